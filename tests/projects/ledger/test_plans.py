"""Plans: drafted by one, approved by another, superseded and never changed; the straight lines through them."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.ledger import services
from projects.ledger.enums import BaselineState
from projects.ledger.facts import Plan
from projects.ledger.models import Baseline, MonthlyTarget, Project
from projects.ledger.plans import in_force, months_between, side_by_side
from projects.ledger.services import BaselineValues
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Month
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import BaselineFactory, ProgrammeFactory, ProjectFactory, add_baseline


def values(**changed: Any) -> BaselineValues:
    plan: dict[str, Any] = {
        "planned_start_on": date(2025, 3, 1),
        "planned_completion_on": date(2025, 6, 30),
        "planned_investment_fen": 300_0000_00,
        "area_sqm": Decimal("10000.00"),
        "targets": {
            Month(2025, 3): Decimal("20.0"),
            Month(2025, 4): Decimal("50.0"),
            Month(2025, 5): Decimal("80.0"),
        },
        "tasks": {Month(2025, 3): "围挡进场"},
    }
    return BaselineValues(**(plan | changed))


# -- the curve, by hand ------------------------------------------------------------------------------
def plan(*targets: tuple[date, str]) -> Plan:
    return Plan(
        pk=1,
        version=1,
        start_on=date(2025, 3, 1),
        completion_on=date(2025, 6, 30),
        investment_fen=1,
        area_centi=100,
        points=tuple((day, int(Decimal(percent) * 10)) for day, percent in targets),
    )


@pytest.mark.parametrize(
    ("day", "percent"),
    [
        (date(2025, 2, 1), Fraction(0)),
        (date(2025, 3, 1), Fraction(0)),
        (date(2025, 3, 16), Fraction(20) * Fraction(15, 30)),  # 15 of the 30 days to 3-31
        (date(2025, 3, 31), Fraction(20)),
        (date(2025, 4, 10), 20 + Fraction(30) * Fraction(10, 30)),
        (date(2025, 4, 30), Fraction(50)),
        (date(2025, 5, 31), Fraction(80)),
        (date(2025, 6, 15), 80 + Fraction(20) * Fraction(15, 30)),
        (date(2025, 6, 30), Fraction(100)),
        (date(2025, 9, 1), Fraction(100)),
    ],
)
def test_scheduled_percent_runs_straight_between_month_ends(day: date, percent: Fraction) -> None:
    lines = plan(
        (date(2025, 3, 31), "20.0"), (date(2025, 4, 30), "50.0"), (date(2025, 5, 31), "80.0")
    )
    assert lines.scheduled_percent(day) == percent


def test_targets_read_as_a_text_in_any_order_give_the_same_line_every_day() -> None:
    told = [(date(2025, 5, 31), "80.0"), (date(2025, 2, 28), "7.5"), (date(2025, 3, 31), "20.0")]
    told += [(date(2025, 6, 30), "90.0"), (date(2025, 4, 30), "50.0")]
    lines = plan(*sorted(told))
    as_text = lines._replace(
        points=",".join(f"{day.isoformat()} {percent}" for day, percent in told)
    )
    days = [date(2025, 2, 20) + timedelta(days=n) for n in range(140)]
    assert [as_text.scheduled_percent(day) for day in days] == [
        lines.scheduled_percent(day) for day in days
    ]
    assert as_text.targets == lines.targets
    assert plan()._replace(points="").scheduled_percent(date(2025, 4, 1)) == Fraction(3100, 121)


def test_without_targets_it_is_one_line() -> None:
    assert plan().scheduled_percent(date(2025, 4, 1)) == Fraction(31 * 100, 121)


def test_targets_at_the_ends_do_not_count() -> None:
    """A target on the completion day itself (6-30) does not lower the 100 of the completion."""
    assert plan((date(2025, 6, 30), "90.0")).scheduled_percent(date(2025, 6, 30)) == 100


def test_months_lie_strictly_between() -> None:
    assert months_between(start=date(2025, 3, 31), completion=date(2025, 5, 31)) == [Month(2025, 4)]
    assert months_between(start=date(2025, 3, 30), completion=date(2025, 6, 1)) == [
        Month(2025, 3),
        Month(2025, 4),
        Month(2025, 5),
    ]
    assert months_between(start=date(2025, 3, 5), completion=date(2025, 3, 25)) == []


# -- drafting and approving --------------------------------------------------------------------------
@pytest.fixture
def district(db: None) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    programme = ProgrammeFactory(bureau=district.bureau)
    made: Project = ProjectFactory(programme=programme, street=district.street("zhonglou"))
    return made


def test_a_plan_is_drafted_by_one_and_approved_by_another(
    district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    users = district.users
    draft = services.draft_baseline(project=project, values=values(), by=users["bureau"], now=now)
    assert (draft.version, draft.state) == (1, BaselineState.DRAFT)
    assert in_force(baselines=[draft], on=date(2025, 5, 7)) is None
    assert list(draft.targets.values_list("month_end_on", "target_percent", "task")) == [
        (date(2025, 3, 31), Decimal("20.0"), "围挡进场"),
        (date(2025, 4, 30), Decimal("50.0"), ""),
        (date(2025, 5, 31), Decimal("80.0"), ""),
    ]
    with pytest.raises(Forbidden):
        services.approve_baseline(
            baseline=draft, approved_on=date(2025, 5, 7), by=users["bureau"], now=now
        )
    approved = services.approve_baseline(
        baseline=draft, approved_on=date(2025, 5, 7), by=users["reviewer"], now=now
    )
    assert (approved.state, approved.approved_by) == (BaselineState.APPROVED, users["reviewer"])
    with pytest.raises(StateConflict):
        services.approve_baseline(
            baseline=draft, approved_on=date(2025, 5, 7), by=users["reviewer"], now=now
        )
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "baseline.draft",
        "baseline.approve",
    ]


def test_a_new_version_supersedes_from_its_day(
    district: District, project: Project, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    first = add_baseline(project, approved_on=date(2025, 1, 20))
    with pytest.raises(Refusal) as caught:
        services.draft_baseline(
            project=project, values=values(), by=district.users["bureau"], now=now
        )
    assert (caught.value.code, caught.value.field) == ("baseline.reason", "reason")
    second = services.draft_baseline(
        project=project, values=values(reason="管线迁改"), by=district.users["bureau"], now=now
    )
    with pytest.raises(Refusal) as caught:
        services.draft_baseline(
            project=project, values=values(reason="再改"), by=district.users["bureau"], now=now
        )
    assert caught.value.code == "baseline.draft_open"
    for day, code in (
        (date(2025, 5, 8), "baseline.future"),
        (date(2025, 1, 19), "baseline.before_present"),
    ):
        with pytest.raises(Refusal) as caught:
            services.approve_baseline(
                baseline=second, approved_on=day, by=district.users["reviewer"], now=now
            )
        assert caught.value.code == code
    second = services.approve_baseline(
        baseline=second, approved_on=date(2025, 5, 1), by=district.users["reviewer"], now=now
    )
    both = [second, first]
    assert in_force(baselines=both, on=date(2025, 4, 30)) == first
    assert in_force(baselines=both, on=date(2025, 5, 1)) == second
    assert in_force(baselines=both, on=date(2024, 12, 31)) == first  # before the first, the first


@pytest.mark.parametrize(
    ("changed", "code", "field"),
    [
        (
            {"targets": {Month(2025, 3): Decimal(30), Month(2025, 4): Decimal(20)}},
            "baseline.targets_fall",
            "target-2025-04",
        ),
        ({"targets": {Month(2025, 6): Decimal(90)}}, "baseline.targets_outside", "target-2025-06"),
        (
            {"planned_completion_on": date(2025, 3, 1)},
            "baseline.dates",
            "planned_completion_on",
        ),
    ],
)
def test_what_is_no_plan_is_refused_at_its_place(
    district: District, project: Project, clock: Clock, changed: Any, code: str, field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        services.draft_baseline(
            project=project,
            values=values(**changed),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert (caught.value.code, caught.value.field) == (code, field)
    assert Baseline.objects.count() == 0


def test_a_draft_is_discarded_an_approved_plan_is_not(
    district: District, project: Project, clock: Clock
) -> None:
    now, by = clock.at("2025-05-07 10:00"), district.users["bureau"]
    draft = services.draft_baseline(project=project, values=values(), by=by, now=now)
    services.discard_baseline(baseline=draft, by=by, now=now)
    assert Baseline.objects.count() == MonthlyTarget.objects.count() == 0
    approved = add_baseline(project)
    with pytest.raises(StateConflict):
        services.discard_baseline(baseline=approved, by=by, now=now)
    assert Baseline.objects.count() == 1


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE ledger_baseline SET planned_investment_fen = 1",
        "DELETE FROM ledger_baseline",
        "UPDATE ledger_monthlytarget SET target_percent = 1",
        "DELETE FROM ledger_monthlytarget",
    ],
)
def test_the_database_refuses_to_change_what_was_approved(project: Project, statement: str) -> None:
    baseline = add_baseline(project)
    count = baseline.targets.count()
    assert count == 7
    with (
        pytest.raises(IntegrityError, match="已批准的计划不能修改或删除"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    baseline.refresh_from_db()
    assert (baseline.planned_investment_fen, baseline.targets.count()) == (300_0000_00, count)


def test_a_draft_may_still_change(project: Project) -> None:
    baseline = BaselineFactory(project=project, state=BaselineState.DRAFT)
    baseline.planned_investment_fen = 1
    baseline.save()
    baseline.refresh_from_db()
    assert baseline.planned_investment_fen == 1


def test_the_drafter_cannot_stand_as_approver_in_the_database(
    district: District, project: Project
) -> None:
    by = district.users["bureau"]
    with pytest.raises(IntegrityError), transaction.atomic():
        BaselineFactory(project=project, drafted_by=by, approved_by=by)


def test_versions_side_by_side_mark_what_changed(project: Project) -> None:
    add_baseline(project, targets={date(2025, 3, 31): "10.0"})
    add_baseline(
        project,
        version=2,
        approved_on=date(2025, 5, 1),
        planned_completion_on=date(2025, 11, 30),
        targets={date(2025, 3, 31): "10.0", date(2025, 4, 30): "30.0"},
    )
    rows = list(project.baselines.prefetch_related("targets"))
    assert [(line.name, line.cells) for line in side_by_side(baselines=rows)] == [
        ("计划开工", (("2025年3月1日", False), ("2025年3月1日", False))),
        ("计划完工", (("2025年10月31日", False), ("2025年11月30日", True))),
        ("计划投资（万元）", (("300.00", False), ("300.00", False))),
        ("建筑面积（㎡）", (("10,000.00", False), ("10,000.00", False))),
        ("2025年3月末（%）", (("10.0", False), ("10.0", False))),
        ("2025年4月末（%）", (("", False), ("30.0", True))),
    ]
