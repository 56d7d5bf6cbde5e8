"""The figures against a second, plain implementation, on cases that hypothesis makes up."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from projects.funding.enums import Stage
from projects.funding.facts import MoneyFacts, Movement, idle_lots
from projects.ledger.enums import GateKind
from projects.ledger.facts import GateFacts, Plan, ProjectFacts
from renovation.core.declarations import difference_of, measure
from renovation.core.measures import Approval
from renovation.core.periods import Week
from reports.figures.catalogue import declarations
from supervision.weekly.facts import ProgressFacts, Report
from supervision.weekly.models import ReturnEvent, WeeklyReturn
from supervision.weekly.rules import Thresholds
from supervision.weekly.standing import reported_at
from tests.reports.figures import oracle

FIRST = date(2025, 1, 1)
DAYS = st.integers(0, 500).map(lambda days: FIRST + timedelta(days=days))
ROUND = Thresholds()


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    start = draw(DAYS)
    end = start + timedelta(days=draw(st.integers(1, 400)))
    ends = [
        day
        for day in (start + timedelta(days=step) for step in range(-3, (end - start).days + 3))
        if (day + timedelta(days=1)).day == 1
    ]
    tenths = sorted(draw(st.lists(st.integers(0, 1000), min_size=len(ends), max_size=len(ends))))
    return Plan(
        pk=1,
        version=1,
        start_on=start,
        completion_on=end,
        investment_fen=draw(st.integers(1, 10**11)),
        area_centi=draw(st.integers(1, 10**7)),
        points=tuple((day, number) for day, number in zip(ends, tenths, strict=True)),
    )


def targets_of(plan: Plan) -> dict[date, Decimal]:
    return {day: Decimal(tenths) / 10 for day, tenths in plan.targets}


@given(plans(), DAYS)
def test_scheduled_percent(plan: Plan, day: date) -> None:
    expected = oracle.scheduled(plan.start_on, plan.completion_on, targets_of(plan), day)
    assert plan.scheduled_percent(day) == expected


@st.composite
def progress(draw: st.DrawFn, day: date) -> ProgressFacts:
    plan = draw(st.none() | plans())
    gates = {}
    for kind in (GateKind.STARTED, GateKind.COMPLETED):
        if draw(st.booleans()):
            gates[kind] = GateFacts(kind, None, None, draw(DAYS), "", draw(st.booleans()))
    report = None
    if draw(st.booleans()):
        report = Report(
            week=Week(date(2024, 12, 23)),
            progress_tenths=draw(st.integers(0, 1000)),
            investment_fen=draw(st.integers(0, 10**10)),
            is_approved=True,
        )
    project = ProjectFacts(
        on=day, pk=1, code="P", name="P", street_id=1, street_code="s", street_name="s",
        programme_year=2025, renovation_type="basic", estate_count=1, building_count=1,
        household_count=1, area_centi=100, plan=plan, gates=gates,
    )  # fmt: skip
    return ProgressFacts(project, report, report, day, ROUND)


def _passed(fact: ProgressFacts, kind: GateKind) -> bool:
    gate = fact.project.gates.get(kind)
    return bool(gate and gate.counts and gate.actual_on and gate.actual_on <= fact.on)


def _physical(fact: ProgressFacts) -> Fraction:
    if _passed(fact, GateKind.COMPLETED):
        return Fraction(100)
    return Fraction(fact.report.progress_tenths, 10) if fact.report else Fraction(0)


def _planned(fact: ProgressFacts) -> Fraction:
    plan = fact.project.plan
    if plan is None:
        return Fraction(0)
    return oracle.scheduled(plan.start_on, plan.completion_on, targets_of(plan), fact.on)


@given(st.data(), DAYS)
def test_light(data: st.DataObject, day: date) -> None:
    fact = data.draw(progress(day))
    plan = fact.project.plan
    expected = oracle.light(
        completed=_passed(fact, GateKind.COMPLETED),
        started=_passed(fact, GateKind.STARTED),
        plan_start=plan.start_on if plan else None,
        reported=fact.report is not None,
        physical=_physical(fact),
        planned=_planned(fact),
        day=day,
        red=Decimal(30),
        yellow=Decimal(10),
        months=3,
    )
    judgement = fact.judgement
    assert judgement.light == fact.light == expected
    assert judgement.reasons
    assert all(reason.endswith("。") for reason in judgement.reasons)


@given(st.data(), DAYS, st.integers(0, 6))
def test_means_of_a_group(data: st.DataObject, day: date, count: int) -> None:
    facts = [data.draw(progress(day)) for _ in range(count)]
    planned = [fact for fact in facts if fact.project.plan is not None]
    weights = [Fraction(fact.project.plan.area_sqm) for fact in planned if fact.project.plan]
    found = {
        name: measure(declarations()[name], facts, as_of=day, approval=Approval.APPROVED)
        for name in ("形象进度", "序时进度", "投资完成率")
    }
    deviation = difference_of(declarations()["偏差"], found["形象进度"], found["序时进度"])
    without = len(facts) - len(planned)
    assert found["形象进度"].note == (f"无计划 {without} 个" if without else "")
    if not planned:
        assert found["形象进度"].value is found["序时进度"].value is deviation.value is None
        assert found["投资完成率"].value is None
        return
    physical = sum(
        (_physical(fact) * weight for fact, weight in zip(planned, weights, strict=True)),
        Fraction(0),
    ) / sum(weights)
    scheduled = sum(
        (_planned(fact) * weight for fact, weight in zip(planned, weights, strict=True)),
        Fraction(0),
    ) / sum(weights)
    assert found["形象进度"].value == physical
    assert found["序时进度"].value == scheduled
    assert deviation.value == physical - scheduled
    assert deviation.shown == oracle.shown(physical - scheduled)
    done = sum(fact.report.investment_fen if fact.report else 0 for fact in planned)
    whole = sum(fact.project.plan.investment_fen for fact in planned if fact.project.plan)
    assert found["投资完成率"].value == Fraction(done * 100, whole)


receipts = st.lists(st.tuples(DAYS, st.integers(1, 30)), max_size=6)


@given(receipts, st.data(), st.integers(0, 30))
def test_idle_money(rows: list[tuple[date, int]], data: st.DataObject, later: int) -> None:
    rows = sorted(rows, key=lambda row: row[0])
    total = sum(amount for _, amount in rows)
    released = data.draw(st.integers(0, total))
    last = rows[-1][0] if rows else FIRST
    day = last + timedelta(days=later)
    movements = [(Stage.RECEIVED, amount * 100, on) for on, amount in rows]
    cut = data.draw(st.integers(0, released))
    movements += [(Stage.RELEASED, cut * 100, last), (Stage.RELEASED, (released - cut) * 100, day)]
    lots = idle_lots(movements)
    left = oracle.idle(rows, released)
    by_day: dict[date, int] = {}
    for lot in lots:
        by_day[lot.received_on] = by_day.get(lot.received_on, 0) + lot.amount_fen
    assert by_day == {on: amount * 100 for on, amount in left.items()}
    project = data.draw(progress(day)).project
    fact = MoneyFacts(project, "c", "c", 0, 0, {}, dict.fromkeys(Stage, 0), movements, day)
    weighted, longest = (
        measure(declarations()[name], [fact], as_of=day, approval=Approval.APPROVED)
        for name in ("资金留置天数(加权)", "资金留置天数(最长)")
    )
    if not left:
        assert weighted.value is longest.value is None
        assert weighted.text == "—"
        return
    days = sum(amount * (day - on).days for on, amount in left.items())
    assert weighted.value == Fraction(days, sum(left.values()))
    assert longest.value == max((day - on).days for on in left)


@given(receipts, receipts)
def test_a_group_pools_its_lots(
    first: list[tuple[date, int]], second: list[tuple[date, int]]
) -> None:
    day = FIRST + timedelta(days=600)
    facts = []
    for rows in (first, second):
        ordered = sorted(rows, key=lambda row: row[0])
        facts.append(_money([(Stage.RECEIVED, amount, on) for on, amount in ordered], day))
    found = measure(
        declarations()["资金留置天数(加权)"], facts, as_of=day, approval=Approval.APPROVED
    )
    pooled = [*first, *second]
    if not pooled:
        assert found.value is None
        return
    days = sum(amount * (day - on).days for on, amount in pooled)
    assert found.value == Fraction(days, sum(amount for _, amount in pooled))


def _money(movements: list[Movement], day: date) -> MoneyFacts:
    project = ProjectFacts(
        on=day, pk=1, code="P", name="P", street_id=1, street_code="s", street_name="s",
        programme_year=2025, renovation_type="basic", estate_count=1, building_count=1,
        household_count=1, area_centi=100, plan=None, gates={},
    )  # fmt: skip
    return MoneyFacts(project, "c", "c", 0, 0, {}, dict.fromkeys(Stage, 0), movements, day)


MOMENTS = st.integers(0, 20_000).map(
    lambda minutes: datetime(2025, 5, 5, tzinfo=UTC) + timedelta(minutes=minutes)
)


@given(st.lists(MOMENTS, unique=True, max_size=8), MOMENTS)
def test_reported_at_the_closing_moment(moments: list[datetime], closing: datetime) -> None:
    acts = [
        (at, "submit" if index % 2 == 0 else "send_back")
        for index, at in enumerate(sorted(moments))
    ]
    first = WeeklyReturn(first_submitted_at=acts[0][0] if acts else None)
    events = [ReturnEvent(at=at, act=act) for at, act in acts]
    found = reported_at(first=first, events=events, moment=closing)
    assert found == oracle.stands_submitted(acts, closing)
