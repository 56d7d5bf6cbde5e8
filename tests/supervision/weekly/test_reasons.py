"""Why a project is behind: what its street said of that, never what it said of a figure that rose."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from renovation.core.periods import Week
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import ReportQuestion, RuleWaiver
from supervision.weekly.reasons import Said, reasons_of
from tests.factories.weekly import make_return
from tests.supervision.weekly.office import THURSDAY, WEEK, Office
from tests.supervision.weekly.test_earlier import corrected

pytestmark = pytest.mark.django_db
EARLIER = Week(date(2025, 4, 28))
FEN = 30_0000_00


def said(
    office: Office,
    before: tuple[str, int],
    now: tuple[str, int],
    explanation: str,
    *,
    state: ReturnState = ReturnState.APPROVED,
    **words: str,
) -> Said:
    """What is quoted of the first project of two that say the same."""
    make_return(office.street, dict.fromkeys(office.projects, before), week_start=EARLIER.start)
    carry = {ReturnState.APPROVED: office.approved, ReturnState.SUBMITTED: office.submitted}[state]
    carry(
        progress_percent=Decimal(now[0]),
        completed_investment_fen=now[1],
        explanation=explanation,
        **{"next_plan": "铺管", **words},
    )
    return quoted(office)


def quoted(office: Office) -> Said:
    project = office.projects[0]
    return reasons_of(weeks={project.pk: WEEK}).get(project.pk, Said("没有", ""))


def test_what_was_said_of_a_jump_is_no_reason(office: Office) -> None:
    assert said(office, ("20.0", FEN), ("45.0", FEN), "补报上月完成量") == Said("", "铺管")


def test_what_was_said_of_too_much_money_is_no_reason(office: Office) -> None:
    too_much = 99_999_999_99
    assert said(office, ("20.0", FEN), ("21.0", too_much), "含追加工程") == Said("", "铺管")


def test_what_was_said_of_a_fall_is_one(office: Office) -> None:
    assert said(office, ("20.0", FEN), ("15.0", FEN), "返工扣减") == Said("返工扣减", "铺管")


def test_what_nobody_asked_for_is_one(office: Office) -> None:
    found = said(office, ("20.0", FEN), ("21.0", FEN), "管线迁改未完成")
    assert found == Said("管线迁改未完成", "铺管")


def test_a_jump_with_a_fall_of_the_money_is_one(office: Office) -> None:
    found = said(office, ("20.0", FEN), ("45.0", FEN - 1), "工程量复核后调减投资")
    assert found.reason == "工程量复核后调减投资"


def test_a_problem_stands_before_either(office: Office) -> None:
    found = said(office, ("20.0", FEN), ("45.0", FEN), "补报上月完成量", problems="管材没有到场")
    assert found.reason == "管材没有到场"


def test_a_report_that_waits_says_nothing(office: Office) -> None:
    found = said(office, ("20.0", FEN), ("19.0", FEN), "还没有核定", state=ReturnState.SUBMITTED)
    assert found == Said("没有", "")


def test_a_correction_of_the_week_before_makes_no_reason_of_it(
    office: Office, django_assert_num_queries: Any
) -> None:
    """The rise is no rise any more beside the corrected figure; what was said of it is still said of it."""
    one, two = office.projects
    april = make_return(
        office.street, {one: ("10.0", FEN), two: ("10.0", FEN)}, week_start=EARLIER.start
    )
    office.approved(
        progress_percent=Decimal("35.0"),
        completed_investment_fen=FEN,
        explanation="上周漏报，本周补报",
    )
    assert quoted(office) == Said("", "")
    corrected(office, april, "30.0", FEN)
    with django_assert_num_queries(2):
        assert quoted(office) == Said("", "")


def test_a_correction_of_the_week_before_takes_no_reason_away(office: Office) -> None:
    """What was said without being asked stays the reason, though beside the corrected figure it were a rise."""
    one, two = office.projects
    april = make_return(
        office.street, {one: ("30.0", FEN), two: ("30.0", FEN)}, week_start=EARLIER.start
    )
    office.approved(
        progress_percent=Decimal("35.0"),
        completed_investment_fen=FEN,
        explanation="管线迁改未完成",
    )
    corrected(office, april, "5.0", FEN)
    assert quoted(office) == Said("管线迁改未完成", "")


def test_what_a_waiver_spared_was_asked_of_nobody(office: Office) -> None:
    """A rule that a 规则豁免 spared asked for no words: what stands there was said of itself."""
    one, two = office.projects
    make_return(office.street, {one: ("20.0", FEN), two: ("20.0", FEN)}, week_start=EARLIER.start)
    waived = RuleWaiver.objects.create(
        street=office.street,
        rule="W211",
        starts_on=date(2025, 5, 1),
        ends_on=date(2025, 5, 31),
        reason="集中补录",
        asked_by=office.clerk,
        asked_at=THURSDAY,
        state="approved",
        decided_by=office.reviewer,
        decided_at=THURSDAY,
    )
    office.approved(
        progress_percent=Decimal("45.0"),
        completed_investment_fen=FEN,
        explanation="管线迁改未完成",
    )
    assert list(ReportQuestion.objects.filter(project=one).values_list("rule", "waiver")) == [
        ("W211", waived.pk)
    ]
    assert quoted(office) == Said("管线迁改未完成", "")


def test_a_corrected_version_answers_for_what_it_was_asked_itself(office: Office) -> None:
    """Corrected from a jump to a fall: the words of the version that counts are those of a fall."""
    one, two = office.projects
    make_return(office.street, {one: ("20.0", FEN), two: ("20.0", FEN)}, week_start=EARLIER.start)
    sent = office.approved(
        progress_percent=Decimal("45.0"), completed_investment_fen=FEN, explanation="补报"
    )
    assert quoted(office) == Said("", "")
    corrected(office, sent, "15.0", FEN)
    assert quoted(office) == Said("监理核减", "")


# -- from before questions were kept -----------------------------------------------------------------
@pytest.mark.parametrize(
    ("progress", "quoted_as"),
    [("45.0", ""), ("15.0", "补报上月完成量"), ("21.0", "补报上月完成量")],
)
def test_a_version_from_before_questions_were_kept_is_asked_by_its_figures(
    office: Office, progress: str, quoted_as: str
) -> None:
    """Beside the figures of its approval, whatever was corrected since."""
    one, two = office.projects
    earlier = make_return(
        office.street, {one: ("20.0", FEN), two: ("20.0", FEN)}, week_start=EARLIER.start
    )
    make_return(
        office.street,
        {one: (progress, FEN), two: ("20.0", FEN)},
        week_start=WEEK.start,
        explanation="补报上月完成量",
    )
    assert not ReportQuestion.objects.exists()
    assert quoted(office) == Said(quoted_as, "")
    corrected(office, earlier, "44.0" if progress == "45.0" else "1.0", FEN, day="2025-05-14")
    assert quoted(office) == Said(quoted_as, "")


def test_of_a_version_that_kept_what_was_asked_nothing_is_asked_again(
    office: Office, django_assert_num_queries: Any
) -> None:
    """The limit of a jump was 10 points when it was sent, nothing was asked, and nothing is made up from figures."""
    found = said(office, ("20.0", FEN), ("21.0", FEN), "管线迁改未完成")
    assert found.reason == "管线迁改未完成"
    with django_assert_num_queries(2):
        assert quoted(office) == found


@pytest.mark.parametrize("is_opening", [True, False])
def test_of_figures_that_were_brought_in_nothing_was_asked_but_falls(
    office: Office, is_opening: bool
) -> None:
    """A return of 期初 is read by rules that ask about a fall alone: what it says is why the project is behind."""
    one, two = office.projects
    for week, progress in ((EARLIER, "20.0"), (WEEK, "50.0")):
        make_return(
            office.street,
            {one: (progress, FEN), two: ("20.0", FEN)},
            week_start=week.start,
            explanation="管线迁改未完成",
            is_opening=is_opening,
        )
    assert quoted(office) == Said("管线迁改未完成" if is_opening else "", "")
