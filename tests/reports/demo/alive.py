"""What makes a demo alive, whatever its day: asked of the rows alone."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, time, timedelta
from decimal import Decimal
from fractions import Fraction

from django.apps import apps

from projects.funding.chain import Movement, first_breach
from projects.funding.enums import Stage
from projects.funding.models import FundingEvent
from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, FormerStreet, Gate, Programme, Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day, local_moment
from renovation.core.periods import Month, Week
from renovation.records.models import AuditEntry
from reports.demo.outlines import official
from reports.demo.services import FIRST_YEAR
from reports.demo.stories import on_line, tenths
from supervision.weekly.enums import APPROVED_STATES, ReturnState
from supervision.weekly.models import ReturnEvent, ReturnOpening, WeeklyReport, WeeklyReturn
from supervision.weekly.reporting import carried_over, reporting_projects

from .conftest import Demo

#: Moments of the tests in whose week no office has been open for an hour: two Mondays, the holidays of October.
_BEFORE_OFFICE = {
    local_moment(date(2026, 12, 21), time(9, 0)),
    local_moment(date(2026, 11, 23), time(0, 5)),
    local_moment(date(2026, 10, 5), time(10, 0)),
}


def counts() -> dict[str, int]:
    """The rows of every table."""
    return {
        model._meta.label: model._default_manager.count()
        for model in apps.get_models(include_auto_created=True)
    }


def _light(project: Project, day: date) -> str:
    """亮灯 by MEASURES.md, written out here once more, from the rows alone."""
    gates = {
        gate.kind: gate.actual_on
        for gate in project.gates.exclude(actual_on=None).exclude(evidence=None)
        if gate.actual_on <= day
    }
    if GateKind.COMPLETED in gates:
        return "绿"
    approved = [b for b in project.baselines.all() if b.approved_on <= day]
    baseline = approved[-1] if approved else project.baselines.first()
    start, end = baseline.planned_start_on, baseline.planned_completion_on
    line = [(start, Fraction(0))]
    line += [(t.month_end_on, Fraction(t.target_percent)) for t in baseline.targets.all()]
    line += [(end, Fraction(100))]
    report = (
        WeeklyReport.objects.filter(
            project=project,
            weekly_return__state__in=APPROVED_STATES,
            weekly_return__week_start__lte=day,
        )
        .order_by("-weekly_return__week_start", "-weekly_return__version")
        .first()
    )
    physical = report.progress_percent if report else Decimal(0)
    if start > day and not physical:
        return "灰"
    behind = tenths(on_line(line, day)) - physical
    idle = 0
    if GateKind.STARTED not in gates:
        month = Month.of(start)
        while month.end <= day:
            idle += month.end >= start
            month = month.next()
    if behind > 30 or idle >= 3:
        return "红"
    return "黄" if behind >= 10 or idle else "绿"


def check(demo: Demo) -> None:
    """Years, money, weeks, lights and adjustments are as on any day, and nothing is ahead of it."""
    today = local_day(demo.now)
    _check_years(demo, today)
    _check_money()
    _check_weeks(demo)
    _check_carried(demo)
    _check_lights(demo)
    _check_adjusted(demo, today)
    _check_nothing_is_ahead(demo, today)


def _check_years(demo: Demo, today: date) -> None:
    newest = today.year - (today.month == 1)
    assert demo.year == max(newest, 2025)
    assert demo.loaded.years[0] == 2025
    for programme in Programme.objects.all():
        for code, (count, households, area) in official(programme.year).items():
            estates = list(
                Estate.objects.filter(project__programme=programme, project__street__code=code)
            )
            assert len({estate.project_id for estate in estates}) == count
            assert sum(estate.household_count for estate in estates) == households
            assert sum((estate.area_sqm for estate in estates), Decimal(0)) == area


def _check_money() -> None:
    chains = defaultdict(list)
    for event in FundingEvent.objects.all():
        movement = Movement(Stage(event.stage), event.amount_fen, event.effective_on)
        chains[event.project_id, event.source_id].append(movement)
    assert chains
    assert [key for key, moves in chains.items() if first_breach(moves)] == []


def _check_weeks(demo: Demo) -> None:
    """The last closed week misses 钟楼; the newest has one sent, one begun, one nothing: nobody wrote by night or on a holiday."""
    bureau = Organisation.objects.get(code="zichuan-bureau")
    for week in (demo.closed, demo.newest):
        assert len(reporting_projects(bureau=bureau, week=week)) == 3
    closed = WeeklyReturn.objects.filter(week_start=demo.closed.start)
    assert {row.street.code for row in closed} == {"banyanglu", "songlinglu"}
    assert {row.state for row in closed} <= APPROVED_STATES
    newest = WeeklyReturn.objects.filter(week_start=demo.newest.start)
    begun = {"banyanglu": ReturnState.SUBMITTED, "songlinglu": ReturnState.DRAFT}
    assert {row.street.code: row.state for row in newest} == (
        {} if demo.now in _BEFORE_OFFICE else begun
    )


def _check_carried(demo: Demo) -> None:
    """A project of the programme before the newest still reports, whatever the day; the first has none before."""
    programme = Programme.objects.get(year=demo.year)
    carried = carried_over(programme=programme, week=demo.closed)
    years = {each.project.programme.year for each in carried}
    assert (demo.year - 1 in years) is (demo.year > FIRST_YEAR)


def _check_lights(demo: Demo) -> None:
    projects = Project.objects.filter(programme__year=demo.year)
    lights = [(project, _light(project, demo.closed.end)) for project in projects]
    red = [project.street.code for project, light in lights if light == "红"]
    yellow = [project for project, light in lights if light == "黄"]
    assert red == ["zhonglou"]
    assert 2 <= len(yellow) <= 5
    begun = Gate.objects.filter(kind=GateKind.STARTED, actual_on__isnull=False)
    overdue = projects.exclude(gates__in=begun).filter(
        baselines__planned_start_on__lte=demo.closed.end - timedelta(days=10)
    )
    assert [project for project in overdue.distinct() if project in yellow]


def _check_adjusted(demo: Demo, today: date) -> None:
    """One of the newest programme is to go and still counts; the first programme stands as its document has it."""
    year = Project.objects.filter(programme__year=demo.year)
    going = Project.objects.exclude(cancelled_on=None)
    assert [each.programme.year for each in going] == [demo.year] * (demo.year > FIRST_YEAR)
    assert year.in_scope_on(today).count() == 14
    assert all(each.cancelled_on > demo.newest.end for each in going)
    assert not FormerStreet.objects.exclude(project__in=year).exists()
    for stay in FormerStreet.objects.select_related("project", "change"):
        assert stay.until_on == Week.of(stay.change.approved_on).start
        assert demo.year > FIRST_YEAR
        reports = WeeklyReport.objects.filter(project=stay.project)
        before = reports.filter(weekly_return__week_start__lt=stay.until_on)
        after = reports.filter(weekly_return__week_start__gte=stay.until_on)
        assert not before.exclude(weekly_return__street=stay.street).exists()
        assert not after.exclude(weekly_return__street=stay.project.street).exists()
        assert before.exists()
        assert after.exists()


def _check_nothing_is_ahead(demo: Demo, today: date) -> None:
    assert not FundingEvent.objects.filter(occurred_on__gt=today).exists()
    assert not Gate.objects.filter(actual_on__gt=today).exists()
    assert not ReturnEvent.objects.filter(at__gt=demo.now).exists()
    assert not AuditEntry.objects.filter(at__gt=demo.now).exists()
    assert not WeeklyReturn.objects.filter(opened_at__gt=demo.now).exists()
    assert not WeeklyReport.objects.filter(updated_at__gt=demo.now).exists()
    assert not ReturnOpening.objects.filter(opened_at__gt=demo.now).exists()
    assert not ReturnOpening.objects.filter(seen_at__gt=demo.now).exists()
    order = list(GateKind)
    for project in Project.objects.prefetch_related("gates"):
        gates = sorted(project.gates.all(), key=lambda gate: order.index(GateKind(gate.kind)))
        days = [gate.actual_on for gate in gates if gate.actual_on]
        assert days == sorted(days), project.name
