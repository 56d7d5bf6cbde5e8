"""What is loaded agrees with the official totals, keeps every constraint and never breaks the order of money."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from django.db import connection, models

from projects.funding.chain import Movement, first_breach
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingPlan, FundingSource
from projects.ledger.enums import EVIDENCE_REQUIRED, BaselineState, GateKind, PartyRole
from projects.ledger.models import (
    Baseline,
    Estate,
    Gate,
    MonthlyTarget,
    Party,
    Programme,
    ProgrammeTotal,
    Project,
)
from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.records.models import AuditEntry, Holiday
from renovation.records.services import read_file
from reports.delivery.models import Subscription
from reports.demo.outlines import official
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from tests.reports.demo.conftest import PASSWORD

pytestmark = pytest.mark.django_db


def _ledger_totals(programme: Programme) -> dict[str, tuple[int, int, Decimal]]:
    found = {}
    for street in Organisation.objects.filter(kind="street"):
        projects = Project.objects.filter(programme=programme, street=street)
        estates = list(Estate.objects.filter(project__in=projects))
        found[street.code] = (
            projects.count(),
            sum(estate.household_count for estate in estates),
            sum((estate.area_sqm for estate in estates), Decimal(0)),
        )
    return found


def test_both_years_agree_with_their_official_totals(demo) -> None:
    assert demo.loaded.years == (2025, 2026)
    for programme in Programme.objects.all():
        totals = {
            total.street.code: (total.project_count, total.household_count, total.area_sqm)
            for total in ProgrammeTotal.objects.filter(programme=programme)
        }
        assert totals == official(programme.year)
        assert _ledger_totals(programme) == totals
        parts = {
            total.street.code: (total.estate_count, total.building_count)
            for total in ProgrammeTotal.objects.filter(programme=programme)
        }
        if programme.year == 2025:  # the document names neither
            assert set(parts.values()) == {(None, None)}
        else:
            assert parts == {
                street: (
                    Estate.objects.filter(
                        project__programme=programme, project__street__code=street
                    ).count(),
                    sum(
                        Estate.objects.filter(
                            project__programme=programme, project__street__code=street
                        ).values_list("building_count", flat=True)
                    ),
                )
                for street in totals
            }
    first = Programme.objects.get(year=2025)
    rows = _ledger_totals(first).values()
    assert sum(count for count, _, _ in rows) == 14
    assert sum(households for _, households, _ in rows) == 2404
    assert sum((area for _, _, area in rows), Decimal(0)) == Decimal("241800.00")


def test_codes_are_those_of_the_contract(demo) -> None:
    codes = list(
        Project.objects.filter(programme__year=2025).order_by("code").values_list("code", flat=True)
    )
    assert codes == [f"ZC2025-{number:02}" for number in range(1, 15)]
    bureau = Organisation.objects.get(code="zichuan-bureau")
    assert (bureau.name, bureau.district_name, bureau.document_prefix) == (
        "淄川区住房和城乡建设局",
        "淄川区",
        "淄建发",
    )
    assert bureau.parent is not None
    assert bureau.parent.code == "zibo"


def test_everything_invented_is_marked(demo) -> None:
    assert not Project.objects.filter(is_demo=False).exists()
    assert not User.objects.filter(is_demo=False).exists()


@pytest.mark.parametrize(
    "model",
    [Organisation, User, Membership, Holiday, Programme, ProgrammeTotal, Project, Estate, Party,
     Baseline, Gate, FundingSource, FundingPlan, FundingEvent, Subscription],
)  # fmt: skip
def test_rows_are_clean(demo, model: type[models.Model]) -> None:
    rows = list(model._default_manager.all())
    assert rows
    for row in rows[:: 1 + len(rows) // 300]:
        row.full_clean()


def test_monthly_targets_rise_inside_their_plan(demo) -> None:
    targets = defaultdict(list)
    for target in MonthlyTarget.objects.select_related("baseline").order_by("month_end_on"):
        targets[target.baseline].append(target)
    assert len(targets) == Baseline.objects.count()
    for baseline, rows in targets.items():
        assert baseline.planned_start_on < rows[0].month_end_on
        assert rows[-1].month_end_on < baseline.planned_completion_on
        levels = [row.target_percent for row in rows]
        assert levels == sorted(levels)


def test_baselines_are_approved_and_some_were_replaced_with_a_reason(demo) -> None:
    assert not Baseline.objects.exclude(state=BaselineState.APPROVED).exists()
    replaced = Baseline.objects.filter(project__programme__year=2025, version=2)
    assert {baseline.project.name for baseline in replaced} == {
        "机床厂生活区",
        "青云小区",
        "昆仑巷小区",
    }
    for project in Project.objects.all():
        area = sum((estate.area_sqm for estate in project.estates.all()), Decimal(0))
        assert {baseline.area_sqm for baseline in project.baselines.all()} == {area}


def test_gates_are_passed_in_order_with_their_evidence(demo) -> None:
    today = local_day(demo.now)
    order = list(GateKind)
    for project in Project.objects.all():
        gates = sorted(project.gates.all(), key=lambda gate: order.index(GateKind(gate.kind)))
        # 摸底 of two projects of the newest year is entered as passed before the portal, and waits.
        waiting = list(project.gate_openings.filter(state="pending").values_list("kind", flat=True))
        assert waiting == (["surveyed"] if project.code in {"ZC2026-04", "ZC2026-08"} else [])
        assert [gate.kind for gate in gates] == [kind for kind in order if kind not in waiting]
        days = [gate.actual_on for gate in gates if gate.actual_on]
        assert days == sorted(days), project.name
        assert all(day <= today for day in days)
        for gate in gates:
            if gate.actual_on and GateKind(gate.kind) in EVIDENCE_REQUIRED:
                assert gate.evidence is not None
    late = [
        gate
        for gate in Gate.objects.exclude(planned_on=None).exclude(actual_on=None)
        if gate.actual_on > gate.planned_on
    ]
    assert late


def test_all_of_2025_began_by_the_end_of_october(demo) -> None:
    begun = Gate.objects.filter(project__programme__year=2025, kind=GateKind.STARTED)
    assert begun.count() == 14
    assert max(gate.actual_on for gate in begun).isoformat() == "2025-10-14"
    done = Gate.objects.filter(
        project__programme__year=2025, kind=GateKind.COMPLETED, actual_on__isnull=False
    )
    carried = sorted(gate.project.name for gate in done if gate.actual_on.year == 2026)
    assert carried == ["建材一宿舍", "青云小区", "齐纺一宿舍"]


def test_evidence_is_a_readable_pdf(demo) -> None:
    gate = Gate.objects.get(project__code="ZC2025-01", kind=GateKind.STARTED)
    content = read_file(file=gate.evidence)
    assert content.startswith(b"%PDF-1.4")
    assert gate.evidence.name == "文昌园小区开工报告.pdf"
    assert content.rstrip().endswith(b"%%EOF")


def test_contractor_and_supervisor_are_parties_of_a_few_projects(demo) -> None:
    for user, role in (("contractor", PartyRole.CONTRACTOR), ("supervisor", PartyRole.SUPERVISOR)):
        company = Membership.objects.get(user__username=user).organisation
        names = Party.objects.filter(organisation=company, role=role, project__programme__year=2025)
        assert names.count() == 4
    assert not [
        party for party in Party.objects.filter(role="contractor") if "某" not in party.name
    ]


# -- money -------------------------------------------------------------------------------------------
def _movements(pending: bool) -> dict[tuple[str, str], list[Movement]]:
    found = defaultdict(list)
    rows = FundingEvent.objects.select_related("project", "source")
    for event in rows if pending else rows.filter(state=EventState.APPROVED):
        movement = Movement(Stage(event.stage), event.amount_fen, event.effective_on)
        found[event.project.code, event.source.code].append(movement)
    return found


@pytest.mark.parametrize("pending", [True, False])
def test_the_order_of_money_holds_on_every_date(demo, pending: bool) -> None:
    chains = _movements(pending)
    assert len(chains) > 100
    assert {key: first_breach(moves) for key, moves in chains.items() if first_breach(moves)} == {}


def test_plans_of_sources_add_up_to_the_planned_investment(demo) -> None:
    for project in Project.objects.all():
        planned = sum(plan.planned_fen for plan in project.funding_plans.all())
        baselines = project.baselines.all()
        assert {baseline.planned_investment_fen for baseline in baselines} == {planned}
    total = sum(
        plan.planned_fen for plan in FundingPlan.objects.filter(project__programme__year=2025)
    )
    assert total == 7254 * 1_000_000


def test_corrections_openings_and_what_waits(demo) -> None:
    corrections = FundingEvent.objects.exclude(corrects=None)
    assert corrections.filter(project__programme__year=2025).count() == 2
    for event in corrections:
        assert event.effective_on == event.corrects.effective_on
        assert event.occurred_on > event.effective_on
        assert event.reason
    assert FundingEvent.objects.filter(is_opening=True).count() == 1
    pending = FundingEvent.objects.filter(state=EventState.PENDING)
    assert pending.exists()
    assert not FundingEvent.objects.filter(occurred_on__gt=local_day(demo.now)).exists()


def test_histories_and_audit_entries_are_left_by_the_acts(demo) -> None:
    for model in (Programme, Project, Estate, Party, Gate, FundingPlan, User, Membership):
        assert model.history.count() >= model.objects.count(), model
        assert not model.history.filter(history_date__gt=demo.now).exists(), model
    acts = set(AuditEntry.objects.values_list("act", flat=True))
    assert {
        "project.create",
        "baseline.approve",
        "funding.record",
        "funding.approve",
        "funding.correct",
        "return.submit",
        "return.review",
        "return.approve",
        "return.publish",
    } <= acts
    assert not AuditEntry.objects.filter(at__gt=demo.now).exists()


# -- people ------------------------------------------------------------------------------------------
def test_every_account_of_the_contract_is_there(demo) -> None:
    posts = {
        membership.user.username: (membership.organisation.code, membership.role)
        for membership in Membership.objects.select_related("user", "organisation")
    }
    assert posts == {
        "admin": ("zichuan-bureau", Role.ADMIN),
        "bureau": ("zichuan-bureau", Role.BUREAU),
        "bureau2": ("zichuan-bureau", Role.BUREAU),
        "reviewer": ("zichuan-bureau", Role.REVIEWER),
        "leader": ("zichuan-bureau", Role.LEADER),
        "office": ("zichuan-bureau", Role.OFFICE),
        "banyanglu": ("banyanglu", Role.CLERK),
        "songlinglu": ("songlinglu", Role.CLERK),
        "zhonglou": ("zhonglou", Role.CLERK),
        "banyanglu-head": ("banyanglu", Role.STREET_HEAD),
        "songlinglu-head": ("songlinglu", Role.STREET_HEAD),
        "zhonglou-head": ("zhonglou", Role.STREET_HEAD),
        "contractor": ("demo-builder-1", Role.CONTRACTOR),
        "supervisor": ("demo-supervisor-1", Role.SUPERVISOR),
        "inspector": ("zichuan-bureau", Role.INSPECTOR),
        "npc": ("zichuan-npc", Role.COUNCIL),
        "auditor": ("zichuan-bureau", Role.AUDITOR),
        "hotline": ("zichuan-bureau", Role.HOTLINE),
    }
    for user in User.objects.all():
        assert user.check_password(PASSWORD)
        assert (user.is_demo, user.must_change_password) == (True, False)


def test_no_constraint_is_broken(demo) -> None:
    connection.check_constraints()
    rows: list[models.Model] = [
        *WeeklyReturn.objects.all()[:60], *WeeklyReport.objects.all()[:120], *Gate.objects.all()[:60]
    ]  # fmt: skip
    for row in rows:
        row.validate_constraints()
