"""资金留置 by hand-made numbers (MEASURES.md, Money): first in first out, corrections from the corrected date, and
the pool of a group."""

from __future__ import annotations

from datetime import date
from fractions import Fraction

import pytest

from projects.funding.enums import EventState, Stage
from projects.funding.facts import Lot, idle_lots, money_facts
from projects.funding.measures import MEASURES
from projects.funding.models import FundingSource
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from renovation.core.declarations import measure
from renovation.core.measures import Approval
from tests.factories.accounts import District
from tests.factories.funding import FundingEventFactory
from tests.factories.ledger import ProjectFactory

R, OUT = Stage.RECEIVED, Stage.RELEASED
A, B, C = date(2025, 3, 1), date(2025, 3, 11), date(2025, 4, 1)
WAN = 1_000_000
DECLARED = {each.name: each for each in MEASURES}


@pytest.mark.parametrize(
    ("movements", "left"),
    [
        ([], ()),
        ([(R, 100, A)], (Lot(A, 100),)),
        ([(R, 100, A), (OUT, 100, B)], ()),
        # The oldest lot goes first; what is left of it keeps its day.
        ([(R, 100, A), (R, 50, B), (OUT, 30, C)], (Lot(A, 70), Lot(B, 50))),
        ([(R, 100, A), (R, 50, B), (OUT, 120, C)], (Lot(B, 30),)),
        # 到位 adjusted down from its own date: it takes from what came last before it.
        ([(R, 100, A), (R, -40, A), (R, 50, B), (OUT, 30, C)], (Lot(A, 30), Lot(B, 50))),
        # 到位 adjusted up: a lot of the same day as the one it corrects.
        ([(R, 100, A), (R, 20, A), (OUT, 110, B)], (Lot(A, 10),)),
        # 拨付 adjusted down gives back to the newest lots that it had taken.
        ([(R, 100, A), (R, 50, B), (OUT, 120, C), (OUT, -30, C)], (Lot(A, 10), Lot(B, 50))),
        # Two receipts of a day in order of entry, both days alike.
        ([(R, 10, A), (R, 20, A), (OUT, 15, B)], (Lot(A, 15),)),
    ],
)
def test_lots(movements: list[tuple[Stage, int, date]], left: tuple[Lot, ...]) -> None:
    assert idle_lots(movements) == left


@pytest.mark.django_db
def test_a_group_pools_the_lots(
    district: District, project: Project, source: FundingSource
) -> None:
    """文昌园: 60 of 100 万元 left since 1 March, 37 days on 7 April; 般阳园: 20 since 28 March, 10 days.
    Mean (60 × 37 + 20 × 10) ÷ 80 = 30.25, oldest 37."""
    other = ProjectFactory(programme=project.programme, street=district.street("banyanglu"))
    on = date(2025, 4, 7)
    for where, stage, wanyuan, day in (
        (project, Stage.ALLOCATED, 100, date(2025, 2, 1)),
        (project, Stage.RECEIVED, 100, date(2025, 3, 1)),
        (project, Stage.RELEASED, 40, date(2025, 3, 20)),
        (other, Stage.ALLOCATED, 20, date(2025, 3, 1)),
        (other, Stage.RECEIVED, 20, date(2025, 3, 28)),
    ):
        FundingEventFactory(
            project=where, source=source, stage=stage, amount_fen=wanyuan * WAN, occurred_on=day
        )
    # Waits for approval: no part of it.
    FundingEventFactory(
        project=other, source=source, stage=Stage.RECEIVED, amount_fen=9 * WAN,
        occurred_on=date(2025, 3, 5), state=EventState.PENDING,
    )  # fmt: skip
    projects = project_facts(projects=Project.objects.order_by("pk"), on=on)
    facts = money_facts(projects=projects, on=on, approval=Approval.APPROVED)
    mean = measure(DECLARED["资金留置天数(加权)"], facts, as_of=on, approval=Approval.APPROVED)
    assert (mean.value, mean.numerator, mean.denominator) == (
        Fraction(121, 4),
        Fraction(2420),
        Fraction(80),
    )
    assert mean.text == "30.3"
    longest = measure(DECLARED["资金留置天数(最长)"], facts, as_of=on, approval=Approval.APPROVED)
    assert longest.text == "37"
    nothing = measure(DECLARED["资金留置天数(加权)"], [], as_of=on, approval=Approval.APPROVED)
    assert nothing.text == "—"
