"""A large district on PostgreSQL: 100 streets, 5,000 projects, every weekly report since the programme began.

Everything is in proportions of a real district made large: a project is one estate with a baseline and its
month ends, the gates it has passed, four sources' worth of money in two sources and eight events, and a
report for each of the weeks that asked for one. Reports are laid by one statement of the database, since
a quarter of a million rows through the ORM would take longer than everything that is measured.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import connection

from projects.funding.enums import EventState, Stage, VarianceReason
from projects.funding.models import (
    FundingEvent,
    FundingPlan,
    FundingSource,
    VarianceExplanation,
)
from projects.ledger.enums import BaselineState, GateKind, RenovationType
from projects.ledger.models import Baseline, Estate, Gate, MonthlyTarget, Programme, Project
from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.periods import Month, Quarter, Week
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.weeks import asked_weeks

STREETS, PROJECTS = 100, 5_000
BATCH = 5_000


@dataclass(frozen=True)
class Large:
    """The district, who sees all of it, who keeps its ledger of money, a project and a street in the middle, and
    that street's clerk."""

    programme: Programme
    leader: User
    keeper: User
    clerk: User
    project: Project
    street: Organisation
    report_count: int


def lay(*, now: datetime) -> Large:
    """Lay the district; the same rows on every machine."""
    dice = random.Random(5000)
    year = now.year
    city = Organisation.objects.create(
        kind=OrganisationKind.CITY,
        code="large-city",
        name="测速市住房和城乡建设局",
        short_name="市局",
    )
    bureau = Organisation.objects.create(
        kind=OrganisationKind.BUREAU,
        code="large",
        name="测速区住房和城乡建设局",
        short_name="区局",
        district_name="测速区",
        parent=city,
    )
    streets = Organisation.objects.bulk_create(
        Organisation(
            kind=OrganisationKind.STREET,
            code=f"large-{number:03d}",
            name=f"测速第{number}街道办事处",
            short_name=f"第{number}街道",
            parent=bureau,
            order=number,
        )
        for number in range(1, STREETS + 1)
    )
    people = [
        User.objects.create(
            username=f"large-{word}", post_name=f"测速区 {word}", must_change_password=False
        )
        for word in ("leader", "keeper", "clerk", "head", "reviewer")
    ]
    leader, keeper, clerk, head, reviewer = people
    middle = STREETS // 2
    Membership.objects.create(user=leader, organisation=bureau, role=Role.LEADER)
    Membership.objects.create(user=keeper, organisation=bureau, role=Role.BUREAU)
    Membership.objects.create(user=clerk, organisation=streets[middle], role=Role.CLERK)
    programme = Programme.objects.create(
        bureau=bureau,
        year=year,
        name=f"测速区{year}年老旧小区改造计划",
        approved_on=date(year, 1, 5),
    )
    projects = Project.objects.bulk_create(
        Project(
            code=f"LG{year}-{number:05d}",
            name=f"测速小区{number}",
            programme=programme,
            street=streets[number % STREETS],
            renovation_type=dice.choice(RenovationType.values),
            approved_on=programme.approved_on,
        )
        for number in range(PROJECTS)
    )
    areas = [dice.randrange(300_000, 4_000_000) for _ in projects]
    Estate.objects.bulk_create(
        Estate(
            project=project,
            name=project.name,
            building_count=dice.randrange(2, 20),
            household_count=area // 8_000,
            area_sqm=f"{area / 100:.2f}",
        )
        for project, area in zip(projects, areas, strict=True)
    )
    _plans(dice, projects, areas, reviewer)
    _money(dice, projects, clerk, reviewer, now)
    count = _reports(programme, streets, (clerk, head, reviewer), now)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
    project = projects[PROJECTS // 2]
    return Large(programme, leader, keeper, clerk, project, streets[middle], count)


def _plans(dice: random.Random, projects: list[Project], areas: list[int], reviewer: User) -> None:
    year = projects[0].approved_on.year
    baselines, gates = [], []
    for project, area in zip(projects, areas, strict=True):
        start = date(year, 3, 1) + timedelta(days=dice.randrange(120))
        baselines.append(
            Baseline(
                project=project,
                version=1,
                state=BaselineState.APPROVED,
                planned_start_on=start,
                planned_completion_on=date(year, 10, 15) + timedelta(days=dice.randrange(70)),
                planned_investment_fen=area * 250,
                area_sqm=f"{area / 100:.2f}",
                approved_on=date(year, 1, 20),
                approved_by=reviewer,
            )
        )
        gates.append(Gate(project=project, kind=GateKind.PROGRAMMED, actual_on=project.approved_on))
        if dice.random() < 0.9:
            actual = start + timedelta(days=dice.randrange(30))
            gates.append(
                Gate(project=project, kind=GateKind.STARTED, actual_on=actual, is_opening=True)
            )
        if dice.random() < 0.1:
            gates.append(
                Gate(
                    project=project,
                    kind=GateKind.COMPLETED,
                    actual_on=date(year, 10, 1) + timedelta(days=dice.randrange(40)),
                    is_opening=True,
                )
            )
    Baseline.objects.bulk_create(baselines, batch_size=BATCH)
    Gate.objects.bulk_create(gates, batch_size=BATCH)
    targets = []
    for baseline in baselines:
        start, completion = baseline.planned_start_on, baseline.planned_completion_on
        month = Month.of(start)
        while month.end < completion:
            share = (month.end - start).days / (completion - start).days
            targets.append(
                MonthlyTarget(
                    baseline=baseline,
                    month_end_on=month.end,
                    target_percent=f"{100 * share**1.2:.1f}",
                )
            )
            month = month.next()
    MonthlyTarget.objects.bulk_create(targets, batch_size=BATCH)


def _money(
    dice: random.Random, projects: list[Project], clerk: User, reviewer: User, now: datetime
) -> None:
    year = now.year
    sources = list(FundingSource.objects.all()[:2])
    if len(sources) < 2:
        sources = FundingSource.objects.bulk_create(
            FundingSource(code=f"large-{word}", name=f"测速来源{word}", order=order)
            for order, word in enumerate(("a", "b"))
        )
    plans, events = [], []
    for project in projects:
        for source in sources:
            planned = dice.randrange(50, 900) * 10_000_00
            plans.append(FundingPlan(project=project, source=source, planned_fen=planned))
            amount, day = planned, date(year, 2, 1) + timedelta(days=dice.randrange(60))
            for stage in Stage:
                amount = amount * dice.randrange(60, 101) // 100
                day += timedelta(days=dice.randrange(10, 60))
                if amount <= 0 or day > now.date():
                    break
                events.append(
                    FundingEvent(
                        project=project,
                        source=source,
                        stage=stage,
                        amount_fen=amount,
                        occurred_on=day,
                        effective_on=day,
                        state=EventState.APPROVED,
                        recorded_by=clerk,
                        recorded_at=now,
                        approved_by=reviewer,
                        approved_at=now,
                    )
                )
    FundingPlan.objects.bulk_create(plans, batch_size=BATCH)
    FundingEvent.objects.bulk_create(events, batch_size=BATCH)
    paid = [event for event in events if event.stage == Stage.PAID]
    VarianceExplanation.objects.bulk_create(
        (
            VarianceExplanation(
                project=event.project,
                source=event.source,
                year=year,
                quarter_number=Quarter.of(event.effective_on).number,
                reason=VarianceReason.SETTLEMENT,
                text="结算提前",
                forecast_fen=None,
                actual_fen=event.amount_fen,
                explained_by=clerk,
                explained_at=now,
            )
            for event in paid[:-50]  # the last fifty are owed, as far as their quarter is over
        ),
        batch_size=BATCH,
    )


def _reports(
    programme: Programme,
    streets: list[Organisation],
    people: tuple[User, User, User],
    now: datetime,
) -> int:
    """A published return of every street for every asked week but the running one, with a report per project
    that rises a little each week."""
    clerk, head, reviewer = people
    weeks = asked_weeks(
        bureau=programme.bureau,
        first=Week.of(programme.approved_on),
        last=Week.of(now.date()).previous(),
        now=now,
    )
    WeeklyReturn.objects.bulk_create(
        (
            WeeklyReturn(
                street=street,
                week_start=week.start,
                opened_at=now,
                submitted_at=now,
                submitted_by=clerk,
                first_submitted_at=now - timedelta(days=(now.date() - week.start).days - 4),
                reviewed_at=now,
                reviewed_by=head,
                approved_at=now,
                approved_by=reviewer,
                published_at=now,
            )
            for week in weeks
            for street in streets
        ),
        batch_size=BATCH,
    )
    with connection.cursor() as cursor:
        cursor.execute(
            """
            INSERT INTO weekly_weeklyreport (weekly_return_id, project_id, progress_percent,
                completed_investment_fen, work_done, problems, coordination, next_plan,
                is_unchanged, explanation, updated_at)
            SELECT r.id, p.id, round(least(100, share * pace * 100), 1),
                (least(100, share * pace * 100) * b.planned_investment_fen / 120)::bigint,
                '外墙保温完成两栋，雨污分流开挖八十米', '材料进场偏慢', '', '继续外墙施工', false, '',
                r.approved_at
            FROM weekly_weeklyreturn r
            JOIN ledger_project p ON p.street_id = r.street_id
            JOIN ledger_baseline b ON b.project_id = p.id
            CROSS JOIN LATERAL (SELECT
                greatest(0, least(1, (r.week_start + 6 - b.planned_start_on)::numeric
                    / (b.planned_completion_on - b.planned_start_on))) AS share,
                0.6 + (p.id * 7919 %% 60)::numeric / 100 AS pace) s
            WHERE p.programme_id = %s
            """,
            [programme.pk],
        )
        count = int(cursor.rowcount)
    # A report enters a return that is being filled in; only then is the return published.
    WeeklyReturn.objects.filter(street__in=streets).update(state=ReturnState.PUBLISHED)
    return count
