"""Changes: drafted with the plan they make, approved by another in one act, refused without a trace in the plans."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger import services
from projects.ledger.baselining import BaselineValues
from projects.ledger.change_flow import FLOW
from projects.ledger.change_words import effects_of
from projects.ledger.changes import ChangeValues, Decision, decide_change, draft_change
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import BaselineState, ChangeAct, ChangeKind, ChangeState, GateKind
from projects.ledger.models import Baseline, Project, ProjectChange
from projects.ledger.plans import in_force
from renovation.accounts.scope import scope_of
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Month
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, ProjectChangeFactory, make_project

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"
TODAY = date(2025, 5, 7)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return planned(district)


def planned(district: District) -> Project:
    """Planned 1 March to 31 October for 300 万元, 20 % at the end of March."""
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        baseline={"targets": {date(2025, 3, 31): 20, date(2025, 9, 30): 90}},
    )


def plan(**changed: Any) -> BaselineValues:
    as_it_is: dict[str, Any] = {
        "planned_start_on": date(2025, 3, 1),
        "planned_completion_on": date(2025, 10, 31),
        "planned_investment_fen": 300_0000_00,
        "area_sqm": Decimal("10000.00"),
        "targets": {Month(2025, 3): Decimal(20), Month(2025, 9): Decimal(90)},
        "tasks": {},
        "reason": "管线迁改",
    }
    return BaselineValues(**(as_it_is | changed))


def values(kind: ChangeKind = ChangeKind.TIME, **changed: Any) -> ChangeValues:
    return ChangeValues(
        **(
            {
                "kind": kind,
                "title": "工期顺延",
                "rationale": "管线迁改",
                "plan": plan(planned_completion_on=date(2025, 11, 20)),
            }
            | changed
        )
    )


def draft(district: District, project: Project, clock: Clock, **changed: Any) -> ProjectChange:
    return draft_change(
        project=project,
        values=values(**changed),
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )


def decide(
    district: District, change: ProjectChange, clock: Clock, name: str, **decision: Any
) -> ProjectChange:
    user = district.users[name]
    return decide_change(
        change=change,
        decision=Decision(**decision),
        scope=scope_of(user, on=TODAY),
        by=user,
        now=clock.at("2025-05-07 11:00"),
    )


APPROVE: dict[str, Any] = {
    "act": ChangeAct.APPROVE,
    "approved_on": TODAY,
    "document_number": "淄建发〔2025〕31号",
}


def test_an_approved_change_makes_the_next_plan(
    district: District, project: Project, clock: Clock
) -> None:
    new_plan = plan(planned_completion_on=date(2025, 11, 20), planned_investment_fen=312_0000_00)
    change = draft(district, project, clock, plan=new_plan)
    assert (change.old_completion_on, change.new_completion_on) == (
        date(2025, 10, 31),
        date(2025, 11, 20),
    )
    assert (change.old_investment_fen, change.new_investment_fen) == (300_0000_00, 312_0000_00)
    assert (change.old_start_on, change.new_area_sqm) == (None, None)
    assert effects_of(change=change) == "完工晚 20 天，投资增 12.00 万元"
    brought = change.baseline
    assert brought is not None
    assert (brought.version, brought.state, brought.drafted_by) == (
        2,
        BaselineState.DRAFT,
        district.users["bureau"],
    )
    with pytest.raises(Refusal) as caught:  # only with its change
        services.approve_baseline(
            baseline=brought,
            approved_on=TODAY,
            by=district.users["reviewer"],
            now=clock.at("2025-05-07 10:30"),
        )
    assert caught.value.code == "baseline.of_change"
    with pytest.raises(Refusal):
        services.discard_baseline(
            baseline=brought, by=district.users["bureau"], now=clock.at("2025-05-07 10:30")
        )
    decide(district, change, clock, "reviewer", **APPROVE)
    change.refresh_from_db()
    brought.refresh_from_db()
    assert (change.state, change.approved_on, change.decided_by) == (
        ChangeState.APPROVED,
        TODAY,
        district.users["reviewer"],
    )
    assert (brought.state, brought.document_number) == (
        BaselineState.APPROVED,
        "淄建发〔2025〕31号",
    )
    rows = list(project.baselines.all())
    assert in_force(baselines=rows, on=date(2025, 5, 6)) == change.departs_from
    assert in_force(baselines=rows, on=TODAY) == brought
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "baseline.draft",
        "change.draft",
        "baseline.approve",
        "change.approve",
    ]


def test_the_drafter_does_not_approve(district: District, project: Project, clock: Clock) -> None:
    change = draft(district, project, clock)
    with pytest.raises(Forbidden):
        decide(district, change, clock, "bureau", **APPROVE)
    ProjectChange.objects.get(pk=change.pk)
    change.drafted_by = district.users["reviewer"]
    change.save()
    with pytest.raises(Forbidden) as caught:
        decide(district, change, clock, "reviewer", **APPROVE)
    assert caught.value.message == "登记变更的人不能自己批准。"
    assert Baseline.objects.get(version=2).state == BaselineState.DRAFT


@pytest.mark.parametrize(
    ("name", "act", "comment", "state"),
    [
        ("reviewer", ChangeAct.REFUSE, "理由不足", ChangeState.REFUSED),
        ("bureau", ChangeAct.WITHDRAW, "", ChangeState.WITHDRAWN),
    ],
)
def test_what_is_not_approved_leaves_no_plan(
    district: District,
    project: Project,
    clock: Clock,
    name: str,
    act: ChangeAct,
    comment: str,
    state: ChangeState,
) -> None:
    change = draft(district, project, clock)
    decide(district, change, clock, name, act=act, comment=comment)
    change.refresh_from_db()
    assert (change.state, change.baseline) == (state, None)
    assert change.new_completion_on == date(2025, 11, 20)  # what was asked for stays
    assert list(project.baselines.values_list("version", flat=True)) == [1]
    with pytest.raises(StateConflict):
        decide(district, change, clock, "reviewer", **APPROVE)


def test_a_change_in_words_makes_no_plan(
    district: District, project: Project, clock: Clock
) -> None:
    change = draft(
        district,
        project,
        clock,
        kind=ChangeKind.DESIGN,
        plan=plan(),
        old_text="倒置式屋面",
        new_text="正置式屋面",
    )
    assert (change.baseline, effects_of(change=change)) == (None, "不影响工期和投资")
    with pytest.raises(Refusal) as caught:
        decide(district, change, clock, "reviewer", **(APPROVE | {"document_number": ""}))
    assert caught.value.code == "change.document"
    with pytest.raises(Refusal) as caught:
        decide(district, change, clock, "reviewer", **(APPROVE | {"approved_on": None}))
    assert caught.value.code == "change.approved_on"
    with pytest.raises(Refusal) as caught:
        decide(district, change, clock, "reviewer", **(APPROVE | {"approved_on": date(2025, 5, 8)}))
    assert caught.value.code == "change.future"
    assert decide(district, change, clock, "reviewer", **APPROVE).state == ChangeState.APPROVED


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"rationale": " "}, "change.rationale"),
        ({"plan": plan()}, "change.nothing"),
        ({"kind": ChangeKind.MONEY}, "change.kind"),
        ({"kind": ChangeKind.SCOPE}, "change.kind"),
        (
            {"plan": plan(planned_investment_fen=310_0000_00), "kind": ChangeKind.TIME},
            "change.kind",
        ),
        (
            {"plan": plan(), "kind": ChangeKind.DESIGN, "old_text": "甲", "new_text": "甲"},
            "change.same_text",
        ),
        (
            {"plan": plan(planned_completion_on=date(2025, 11, 20), targets={Month(2026, 1): 3})},
            "baseline.targets_outside",
        ),
    ],
)
def test_what_a_change_must_say(
    district: District, project: Project, clock: Clock, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(Refusal) as caught:
        draft(district, project, clock, **changed)
    assert caught.value.code == code
    assert ProjectChange.objects.count() == 0
    assert Baseline.objects.count() == 1


def test_nodes_alone_are_a_change_of_time(
    district: District, project: Project, clock: Clock
) -> None:
    change = draft(
        district, project, clock, plan=plan(nodes={GateKind.ACCEPTED: date(2025, 11, 25)})
    )
    assert effects_of(change=change) == "调整月度目标或节点，工期和投资不变"
    assert change.baseline is not None
    assert change.baseline.nodes.get().planned_on == date(2025, 11, 25)


def test_a_change_departs_from_the_plan_it_was_typed_on(
    district: District, project: Project, clock: Clock
) -> None:
    """What was approved meanwhile is never undone by a form that was opened before."""
    later = plan(
        planned_completion_on=date(2025, 11, 20),
        targets={Month(2025, 3): Decimal(15), Month(2025, 9): Decimal(90)},
        nodes={GateKind.ACCEPTED: date(2025, 12, 5)},
    )
    decide(district, draft(district, project, clock, plan=later), clock, "reviewer", **APPROVE)
    typed_on_the_first = values(
        kind=ChangeKind.MONEY, plan=plan(planned_investment_fen=310_0000_00)
    )
    with pytest.raises(EditConflict) as caught:
        draft_change(
            project=project,
            values=typed_on_the_first,
            departs_version=1,
            by=district.users["bureau2"],
            now=clock.at("2025-05-07 12:00"),
        )
    assert (caught.value.version, caught.value.changes) == (
        2,
        [
            f"{district.users['reviewer']}批准了第 2 版计划，2025年5月7日起执行。",
            "第 2 版把“计划完工”由“2025年10月31日”改为“2025年11月20日”。",
            "第 2 版把“2025年3月末（%）”由“20.0”改为“15.0”。",
            "第 2 版把“节点　竣工验收”由“空”改为“2025年12月5日”。",
        ],
    )
    assert ProjectChange.objects.count() == 1
    made = draft_change(
        project=project,
        values=typed_on_the_first,
        departs_version=2,
        by=district.users["bureau2"],
        now=clock.at("2025-05-07 12:00"),
    )
    assert made.departs_from == project.baselines.get(version=2)


def test_a_change_opened_before_the_first_plan_is_told_of_it(
    district: District, project: Project, clock: Clock
) -> None:
    with pytest.raises(EditConflict) as caught:
        draft_change(
            project=project,
            values=values(kind=ChangeKind.DESIGN, plan=None, new_text="正置式屋面"),
            departs_version=0,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 12:00"),
        )
    (said,) = caught.value.changes
    assert said.endswith("批准了第 1 版计划，2025年1月20日起执行。")


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("change_has_rationale", {"rationale": ""}),
        ("change_changes_something", {"new_text": ""}),
        ("change_start_on_old_and_new", {"new_start_on": TODAY}),
        ("change_completion_on_old_and_new", {"old_completion_on": TODAY}),
        ("change_investment_fen_old_and_new", {"new_investment_fen": 1}),
        ("change_area_sqm_old_and_new", {"old_area_sqm": 1}),
        ("change_decided_at_and_by", {"state": "refused"}),
    ],
)
def test_the_database_holds_a_change_to_its_shape(
    project: Project, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        ProjectChangeFactory(project=project, **fields)


def test_the_database_wants_another_approver_and_a_document(project: Project) -> None:
    row = ProjectChangeFactory(project=project)
    other = ProjectChangeFactory(project=project)
    decided = {"state": "approved", "decided_at": row.drafted_at}
    with (
        pytest.raises(IntegrityError, match="change_approver_did_not_draft"),
        transaction.atomic(),
    ):
        ProjectChangeFactory(
            project=project,
            drafted_by=row.drafted_by,
            decided_by=row.drafted_by,
            approved_on=TODAY,
            document_number="1号",
            **decided,
        )
    with (
        pytest.raises(IntegrityError, match="change_approved_has_date_and_document"),
        transaction.atomic(),
    ):
        ProjectChangeFactory(
            project=project, decided_by=other.drafted_by, approved_on=TODAY, **decided
        )


def test_what_was_approved_stays(district: District, project: Project, clock: Clock) -> None:
    change = draft(district, project, clock)
    decide(district, change, clock, "reviewer", **APPROVE)
    change.refresh_from_db()
    change.title = "另一件"
    with pytest.raises(IntegrityError), transaction.atomic():
        change.save()
    with pytest.raises(IntegrityError), transaction.atomic():
        ProjectChange.objects.filter(pk=change.pk).delete()
