"""The curve's sums are those of the facts of each day, whatever happens to projects in between."""

from __future__ import annotations

import random
from datetime import date, timedelta
from decimal import Decimal

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from renovation.core.measures import Approval
from reports.figures.curve import _Course, _courses, _sum, _told
from reports.figures.services import PROJECT, STREET, Facts, Place, load, series
from supervision.weekly.enums import ReturnState
from supervision.weekly.steps import report_steps
from tests.factories.accounts import make_district
from tests.factories.enrolment import move
from tests.factories.ledger import (
    BaselineFactory,
    GateFactory,
    MonthlyTargetFactory,
    ProgrammeFactory,
    ProjectFactory,
    make_project,
)
from tests.factories.weekly import make_return
from tests.reports.figures.district import NOW

pytestmark = pytest.mark.django_db
AS_OF = date(2025, 5, 11)
DAYS = [date(2024, 12, 30) + timedelta(days=step) for step in range(0, 400, 13)] + [
    date(2026, 3, 1)
]


@pytest.fixture
def facts() -> Facts:
    """A project on its way, one that is replanned, one completed, one cancelled, one added late, one without a
    plan, one that moves to another street, and one that has corrected and waiting reports."""
    district = make_district()
    street = district.street("zhonglou")
    common = {"programme": ProgrammeFactory(bureau=district.bureau), "street": street}
    plain = make_project(code="A", area="10000.00", **common)
    replanned = make_project(code="B", area="3333.33", **common)
    other = BaselineFactory(
        project=replanned,
        version=2,
        approved_on=date(2025, 4, 15),
        planned_start_on=date(2025, 4, 1),
        planned_completion_on=date(2025, 12, 20),
        area_sqm=Decimal("4000.07"),
        reason="增加楼栋",
    )
    MonthlyTargetFactory(
        baseline=other, month_end_on=date(2025, 6, 30), target_percent=Decimal("12.3")
    )
    done = make_project(code="C", area="20000.00", **common)
    GateFactory(project=done, kind=GateKind.COMPLETED, actual_on=date(2025, 5, 7))
    make_project(code="D", cancelled_on=date(2025, 4, 20), cancellation_reason="整村拆迁", **common)
    late = make_project(code="E", area="700.00", approved_on=date(2025, 4, 10), **common)
    ProjectFactory(code="F", **common)
    moved = make_project(code="G", area="5000.00", **common)
    move(moved, district.street("songlinglu"), date(2025, 4, 14))
    make_return(district.street("songlinglu"), {moved: ("41.0", 1)}, week_start=date(2025, 4, 28))
    rows = (plain, replanned, done, late)
    gone = Project.objects.get(code="D")
    for week, percent in ((date(2025, 3, 3), "5.5"), (date(2025, 4, 7), "20.0")):
        make_return(street, dict.fromkeys((*rows, gone, moved), (percent, 1)), week_start=week)
    make_return(street, dict.fromkeys(rows, ("30.0", 1)), week_start=date(2025, 4, 28))
    make_return(
        street,
        dict.fromkeys(rows, ("35.1", 1)),
        week_start=date(2025, 5, 5),
        state=ReturnState.REVIEWED,
    )
    return load(programme=common["programme"], as_of=AS_OF, approval=Approval.APPROVED, now=NOW)


def on(facts: Facts, day: date, approval: Approval) -> Facts:
    return load(programme=facts.programme, as_of=day, approval=approval, now=NOW)


@pytest.mark.parametrize("approval", list(Approval))
def test_every_day_of_every_place(facts: Facts, approval: Approval) -> None:
    places = [
        None,
        *(Place(PROJECT, code, code) for code in "ABCDEFG"),
        *(Place(STREET, code, code) for code in ("zhonglou", "songlinglu")),
    ]
    last = on(facts, AS_OF, approval)
    curves = [series(last, DAYS, place) for place in places]
    for number, day in enumerate(DAYS):
        then = on(facts, day, approval)
        for place, points in zip(places, curves, strict=True):
            point = points[number]
            assert point.day == day
            assert (point.physical is None) == (day > AS_OF)
            for name, measure in (("形象进度", point.physical), ("序时进度", point.scheduled)):
                if measure is None:
                    continue
                expected = then.get(name, place)
                assert (measure.value, measure.numerator, measure.denominator) == (
                    expected.value,
                    expected.numerator,
                    expected.denominator,
                ), (day, name, place)


@pytest.mark.parametrize("seed", range(10))
def test_sums_that_were_kept_are_those_made_anew(facts: Facts, seed: int) -> None:
    """A few courses change at a time, or most; plans, stays, reports and completions among them."""
    throw = random.Random(seed)  # noqa: S311
    ledger = facts.ledger
    ids = {row.pk for row in ledger.projects}
    variants = [
        _courses(ledger, ledger.projects, report_steps(project_ids=ids, approval=approval))
        for approval in Approval
    ]
    there = list(variants[0].values())
    kept = _sum(DAYS, variants[0], None)
    changes = 0
    for _ in range(30):
        courses = dict(kept[0])
        for pk in throw.sample(sorted(ids), throw.choice([0, 1, 1, 2, len(ids) - 1])):
            one, other = throw.choice(there), throw.choice(there)
            courses[pk] = throw.choice(
                [
                    throw.choice(variants)[pk],
                    _Course(one.stays, other.plans, one.steps, other.gate),
                    _Course(one.stays, one.plans, other.steps, one.gate),
                ]
            )
        before = _told(kept[1])
        after = _sum(DAYS, courses, kept)
        assert _told(after[1]) == _told(_sum(DAYS, courses, None)[1])
        assert _told(kept[1]) == before  # others may be reading it
        assert (after is kept) == (courses == kept[0])
        changes += _told(after[1]) != before
        kept = after
    assert changes > 5
