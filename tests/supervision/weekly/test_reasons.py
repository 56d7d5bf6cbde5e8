"""Why a project is behind: what its street said of that, never what it said of a figure that rose."""

from __future__ import annotations

from datetime import date

import pytest

from projects.ledger.models import Project
from renovation.core.periods import Week
from supervision.weekly.enums import ReturnState
from supervision.weekly.reasons import Said, reasons_of
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
EARLIER, WEEK = Week(date(2025, 4, 28)), Week(date(2025, 5, 5))
FEN = 100_0000


@pytest.fixture
def district() -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )


def said(
    project: Project,
    before: tuple[str, int],
    now: tuple[str, int],
    explanation: str,
    *,
    state: ReturnState = ReturnState.APPROVED,
    **words: str,
) -> Said:
    make_return(project.street, {project: before}, week_start=EARLIER.start)
    make_return(
        project.street,
        {project: now},
        week_start=WEEK.start,
        explanation=explanation,
        state=state,
        words={"problems": "", "next_plan": "铺管"} | words,
    )
    found = reasons_of(weeks={project.pk: WEEK})
    return found.get(project.pk, Said("没有", ""))


def test_what_was_said_of_a_jump_is_no_reason(project: Project) -> None:
    assert said(project, ("20.0", FEN), ("45.0", FEN), "补报上月完成量") == Said("", "铺管")


def test_what_was_said_of_too_much_money_is_no_reason(project: Project) -> None:
    too_much = 99_999_999_99
    assert said(project, ("20.0", FEN), ("21.0", too_much), "含追加工程") == Said("", "铺管")


def test_what_was_said_of_a_fall_is_one(project: Project) -> None:
    assert said(project, ("20.0", FEN), ("15.0", FEN), "返工扣减") == Said("返工扣减", "铺管")


def test_what_nobody_asked_for_is_one(project: Project) -> None:
    found = said(project, ("20.0", FEN), ("21.0", FEN), "管线迁改未完成")
    assert found == Said("管线迁改未完成", "铺管")


def test_a_jump_with_a_fall_of_the_money_is_one(project: Project) -> None:
    found = said(project, ("20.0", FEN), ("45.0", FEN - 1), "工程量复核后调减投资")
    assert found.reason == "工程量复核后调减投资"


def test_a_problem_stands_before_either(project: Project) -> None:
    found = said(project, ("20.0", FEN), ("45.0", FEN), "补报上月完成量", problems="管材没有到场")
    assert found.reason == "管材没有到场"


def test_a_report_that_waits_says_nothing(project: Project) -> None:
    found = said(project, ("20.0", FEN), ("19.0", FEN), "还没有核定", state=ReturnState.SUBMITTED)
    assert found == Said("没有", "")
