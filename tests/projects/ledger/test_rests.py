"""Windows in which work rests: who approves a plan inside them says why, and no project begins in one unsaid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger import services
from projects.ledger.baselining import BaselineValues
from projects.ledger.changes import ChangeValues, Decision, decide_change, draft_change
from projects.ledger.enums import BaselineState, ChangeAct, ChangeKind, GateKind, WorkKind
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import Baseline, Project
from projects.ledger.rests import outline, resting, rests_of
from renovation.core.errors import Refusal
from renovation.core.periods import Month
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.ledger import (
    BaselineFactory,
    GateFactory,
    ProgrammeFactory,
    ProjectFactory,
    RestWindowFactory,
)

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"
TODAY = date(2025, 5, 7)
JUNE, JULY = Month(2025, 6), Month(2025, 7)
WHY = "高温时段错时施工，11 时至 16 时停止外墙作业"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at(NOW)
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """A project, and a window from 11 July to 5 August in which outer walls rest."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    RestWindowFactory(bureau=district.bureau, from_on=date(2025, 7, 11), to_on=date(2025, 8, 5))
    return made


def values(july: WorkKind | None = WorkKind.WALL, **changed: Any) -> BaselineValues:
    """From June to 20 August: walls in July unless it is said otherwise."""
    works = {JUNE: WorkKind.ROOF} | ({JULY: july} if july else {})
    plan: dict[str, Any] = {
        "planned_start_on": date(2025, 6, 1),
        "planned_completion_on": date(2025, 8, 20),
        "planned_investment_fen": 300_0000_00,
        "area_sqm": Decimal("10000.00"),
        "targets": {JUNE: Decimal(20), JULY: Decimal(60)},
        "tasks": {},
        "work_kinds": works,
    }
    return BaselineValues(**(plan | changed))


def drafted(district: District, project: Project, clock: Clock, **more: Any) -> Baseline:
    opening = more.pop("is_opening", False)
    return services.draft_baseline(
        project=project,
        values=values(**more),
        by=district.users["bureau"],
        now=clock.at(NOW),
        is_opening=opening,
    )


def approve(district: District, plan: Baseline, clock: Clock, **more: Any) -> Baseline:
    return services.approve_baseline(
        baseline=plan,
        approved_on=TODAY,
        by=district.users["reviewer"],
        now=clock.at(NOW),
        **more,
    )


# -- plans -------------------------------------------------------------------------------------------
def test_a_plan_inside_a_rest_is_approved_with_a_reason(
    district: District, project: Project, clock: Clock
) -> None:
    plan = drafted(district, project, clock)
    for said in ("", "  "):
        with pytest.raises(Refusal) as caught:
            approve(district, plan, clock, rest_reason=said)
        assert (caught.value.code, caught.value.field) == ("baseline.rests", "rest_reason")
        assert caught.value.message == (
            "计划有停工期内的施工：2025年7月要推进 40.0 个百分点（外墙），其中 21 天在高温停工期"
            "（7月11日—8月5日，外墙）：日最高气温 35 ℃ 以上停止外墙作业。"
            "批准须写明停工期内施工的理由，或者退回调整。"
        )
    plan.refresh_from_db()
    assert plan.state == BaselineState.DRAFT
    approved = approve(district, plan, clock, rest_reason=f" {WHY} ")
    assert (approved.state, approved.rest_reason) == (BaselineState.APPROVED, WHY)


@pytest.mark.parametrize("kind", [WorkKind.ROOF, WorkKind.UNDERGROUND])
def test_a_plan_of_other_works_is_asked_nothing_and_keeps_no_reason(
    district: District, project: Project, clock: Clock, kind: WorkKind
) -> None:
    approved = approve(
        district, drafted(district, project, clock, july=kind), clock, rest_reason=WHY
    )
    assert approved.rest_reason is None


def test_a_plan_from_before_the_portal_is_asked_nothing(
    district: District, project: Project, clock: Clock
) -> None:
    plan = drafted(district, project, clock, is_opening=True)
    assert approve(district, plan, clock).rest_reason is None


def test_a_month_whose_work_nobody_named_may_be_any_work(
    district: District, project: Project, clock: Clock
) -> None:
    """Of the month in which a plan ends nobody names the work: it rests with everything outdoors alone."""
    plan = drafted(district, project, clock, july=None)
    (found,) = rests_of(baselines=[plan], bureau_id=district.bureau.pk)[plan.pk]
    assert found.field == "target-2025-07"
    assert found.sentence == (
        "2025年7月要推进 40.0 个百分点（没有写主要作业），其中 21 天在高温停工期"
        "（7月11日—8月5日，外墙）：日最高气温 35 ℃ 以上停止外墙作业。"
    )
    with pytest.raises(Refusal):
        approve(district, plan, clock)
    windows = [
        RestWindowFactory.build(
            bureau=district.bureau,
            from_on=date(2025, 8, 1),
            to_on=date(2025, 8, 10),
            work_kind=kind,
        )
        for kind in (WorkKind.WALL, WorkKind.ALL)
    ]
    told = outline(
        start=date(2025, 6, 1), completion=date(2025, 8, 20), targets={JULY: Decimal(60)}, works={}
    )
    assert [len(resting(of=told, windows=[each])) for each in windows] == [0, 1]


def test_a_change_that_brings_such_a_plan_is_approved_with_a_reason(
    district: District, project: Project, clock: Clock
) -> None:
    first = approve(district, drafted(district, project, clock, july=WorkKind.ROOF), clock)
    change = draft_change(
        project=project,
        values=ChangeValues(
            kind=ChangeKind.TIME,
            title="外墙提前",
            rationale="材料先到",
            plan=values(planned_completion_on=date(2025, 8, 30), reason="材料先到"),
        ),
        departs_version=first.version,
        by=district.users["bureau"],
        now=clock.at(NOW),
    )
    page = reverse("ledger:change", args=[project.code, change.pk])
    head = signed(district, "reviewer")
    assert 'name="rest_reason"' in head.get(page).content.decode()
    decide = reverse("ledger:change_decide", args=[project.code, change.pk, "approve"])
    typed = {"approved_on": "2025-05-07", "document_number": "淄建发〔2025〕31号"}
    refused = head.post(decide, typed)
    assert refused.status_code == 422
    assert refused.content.decode().count("批准须写明停工期内施工的理由，或者退回调整。") == 2
    decision = Decision(
        act=ChangeAct.APPROVE,
        approved_on=TODAY,
        document_number="淄建发〔2025〕31号",
        rest_reason=WHY,
    )
    by = district.users["reviewer"]
    decide_change(change=change, decision=decision, scope=scope_for(by), by=by, now=clock.at(NOW))
    assert Baseline.objects.get(version=2).rest_reason == WHY


# -- pages -------------------------------------------------------------------------------------------
def signed(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def test_the_reason_is_typed_where_the_plan_is_approved_and_shown_with_it(
    district: District, project: Project, clock: Clock
) -> None:
    drafted(district, project, clock)
    head = signed(district, "reviewer")
    listing = reverse("ledger:baselines", args=[project.code])
    assert "停工期内有施工的，批准时须写明理由。" in head.get(listing).content.decode()
    decide = reverse("ledger:baseline_approve", args=[project.code, 1])
    refused = head.post(decide, {"approved_on": "2025-05-07", "rest_reason": ""})
    assert refused.status_code == 422
    assert refused.content.decode().count("批准须写明停工期内施工的理由，或者退回调整。") == 2
    answer = head.post(decide, {"approved_on": "2025-05-07", "rest_reason": WHY})
    assert answer.status_code == 302
    assert WHY in head.get(listing).content.decode()
    for user in ("leader", "zhonglou"):
        shown = signed(district, user).get(reverse("dashboards:project", args=[project.code]))
        assert WHY in shown.content.decode()


def test_a_plan_outside_every_rest_asks_for_no_reason(
    district: District, project: Project, clock: Clock
) -> None:
    drafted(district, project, clock, july=WorkKind.ROOF)
    listing = reverse("ledger:baselines", args=[project.code])
    page = signed(district, "reviewer").get(listing).content.decode()
    assert "批准这一版" in page
    assert 'name="rest_reason"' not in page


def test_drafts_are_approved_together_with_one_reason(
    district: District, project: Project, clock: Clock
) -> None:
    plan = drafted(district, project, clock)
    other = ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-02")
    quiet = drafted(district, other, clock, july=WorkKind.ROOF)
    head = signed(district, "reviewer")
    drafts = reverse("ledger:drafts", args=[2025])
    page = head.get(drafts).content.decode()
    assert page.count("停工期内施工 1 处") == 1
    typed = {"approved_on": "2025-05-07", "baseline": [str(plan.pk), str(quiet.pk)]}
    refused = head.post(drafts, typed)
    assert refused.status_code == 422
    assert "文昌园：计划有停工期内的施工" in refused.content.decode()
    assert not Baseline.objects.approved().exists()
    assert head.post(drafts, typed | {"rest_reason": WHY}).status_code == 302
    kept = dict(Baseline.objects.approved().values_list("pk", "rest_reason"))
    assert kept == {plan.pk: WHY, quiet.pk: None}


# -- the start ---------------------------------------------------------------------------------------
def said(project: Project, on: date) -> str | None:
    check = check_named(code="ledger.rests")
    assert check is not None
    assert (check.gate, check.waivable) == (GateKind.STARTED, True)
    rows = Project.objects.prefetch_related("gates", "baselines__targets")
    return check.find(rows.get(pk=project.pk), on)


SENTENCE = "2025年7月15日在高温停工期（7月11日—8月5日，外墙）：日最高气温 35 ℃ 以上停止外墙作业。"


def test_no_project_begins_in_a_rest_of_its_work(
    district: District, project: Project, clock: Clock
) -> None:
    assert said(project, date(2025, 7, 15)) is None  # without a plan only everything outdoors rests
    plan = BaselineFactory(project=project)
    target = plan.targets.create(month_end_on=JULY.end, target_percent=60, work_kind=WorkKind.WALL)
    assert said(project, date(2025, 7, 15)) == SENTENCE
    assert said(project, date(2025, 7, 10)) is None
    assert said(project, date(2025, 8, 6)) is None
    assert target.work_kind == WorkKind.WALL
    RestWindowFactory(
        bureau=district.bureau,
        cause="event",
        from_on=date(2025, 6, 7),
        to_on=date(2025, 6, 10),
        work_kind=WorkKind.ALL,
        reason="高考",
    )
    bare = ProjectFactory(programme=project.programme, street=project.street)
    assert said(bare, date(2025, 6, 8)) == (
        "2025年6月8日在重大活动停工期（6月7日—6月10日，全部室外作业）：高考。"
    )


def test_what_the_plan_gave_a_reason_for_is_not_asked_again(
    district: District, project: Project, clock: Clock
) -> None:
    approve(district, drafted(district, project, clock), clock, rest_reason=WHY)
    assert said(project, date(2025, 7, 15)) is None


def test_a_project_that_has_begun_is_judged_by_its_first_day(
    district: District, project: Project
) -> None:
    plan = BaselineFactory(project=project)
    plan.targets.create(month_end_on=JULY.end, target_percent=60, work_kind=WorkKind.WALL)
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 10))
    assert said(project, date(2025, 7, 15)) is None
