"""期初: gates that were passed before the portal count once a second person says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger import services
from projects.ledger.enums import GateKind, OpeningAct, OpeningState
from projects.ledger.gatekeeping import GateRefused
from projects.ledger.models import Gate, GateOpening, Project
from projects.ledger.opening_flow import FLOW
from projects.ledger.openings import (
    OpeningValues,
    approve_openings,
    decide_opening,
    record_opening,
)
from renovation.accounts.scope import scope_of
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.records.models import AuditEntry
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District, UserFactory
from tests.factories.ledger import GateFactory, GateOpeningFactory, make_project

from .conftest import CODE

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
TODAY = date(2025, 5, 7)
DAY = date(2025, 3, 3)


def record(
    district: District,
    project: Project,
    clock: Clock,
    kind: GateKind = GateKind.STARTED,
    actual_on: date | None = DAY,
    by: str = "bureau",
) -> GateOpening:
    return record_opening(
        project=project,
        kind=kind,
        values=OpeningValues(actual_on=actual_on, document_number="开工令 3 号", note="旧台账"),
        by=district.users[by],
        now=clock.at("2025-05-07 10:00"),
    )


def decide(
    district: District,
    opening: GateOpening,
    clock: Clock,
    act: OpeningAct = OpeningAct.APPROVE,
    by: str = "reviewer",
    comment: str = "",
) -> GateOpening:
    user = district.users[by]
    return decide_opening(
        opening=opening,
        act=act,
        comment=comment,
        scope=scope_of(user, on=TODAY),
        by=user,
        now=clock.at("2025-05-07 11:00"),
    )


def test_the_flow_is_total() -> None:
    assert FLOW.problems() == []


def test_an_opening_counts_once_another_approves_it(
    district: District, project: Project, clock: Clock
) -> None:
    opening = record(district, project, clock)
    assert not Gate.objects.exists()
    with pytest.raises(Forbidden):
        decide(district, opening, clock, by="bureau")  # who keeps the ledger does not approve
    decide(district, opening, clock)
    gate = Gate.objects.get()
    assert (gate.kind, gate.actual_on, gate.is_opening, gate.document_number, gate.note) == (
        GateKind.STARTED,
        DAY,
        True,
        "开工令 3 号",
        "旧台账",
    )
    assert services.counts(gate)
    opening.refresh_from_db()
    assert (opening.state, opening.decided_by) == (
        OpeningState.APPROVED,
        district.users["reviewer"],
    )
    acts = AuditEntry.objects.order_by("pk").values_list("act", flat=True)
    assert list(acts) == ["gate_opening.record", "gate.set", "gate_opening.approve"]
    with pytest.raises(StateConflict):
        decide(district, opening, clock)


def test_who_entered_it_does_not_approve_it(
    district: District, project: Project, clock: Clock
) -> None:
    opening = record(district, project, clock, by="reviewer")
    with pytest.raises(Forbidden) as caught:
        decide(district, opening, clock)
    assert caught.value.message == "登记期初的人不能自己核定。"
    assert not Gate.objects.exists()


@pytest.mark.parametrize(
    ("act", "by", "comment", "state"),
    [
        (OpeningAct.RETURN, "reviewer", "与旧台账不符", OpeningState.RETURNED),
        (OpeningAct.WITHDRAW, "bureau", "", OpeningState.WITHDRAWN),
    ],
)
def test_what_is_not_approved_leaves_no_gate(
    district: District,
    project: Project,
    clock: Clock,
    act: OpeningAct,
    by: str,
    comment: str,
    state: OpeningState,
) -> None:
    opening = record(district, project, clock)
    decide(district, opening, clock, act, by, comment)
    opening.refresh_from_db()
    assert opening.state == state
    assert not Gate.objects.exists()
    assert record(district, project, clock, actual_on=date(2025, 3, 4)).state == "pending"


def test_what_an_opening_must_say(district: District, project: Project, clock: Clock) -> None:
    def refused(**changed: Any) -> tuple[str, str]:
        with pytest.raises(Refusal) as caught:
            record(district, project, clock, **changed)
        return caught.value.code, caught.value.message

    assert refused(actual_on=None) == ("gate.opening", "期初的关口要有实际日期。")
    assert refused(actual_on=TODAY) == (
        "gate.opening",
        "项目登记到平台的那一天（2025年5月7日）起过的关口不是期初，请按关口办理。",
    )
    record(district, project, clock)
    assert refused()[1].startswith("这个关口的期初登记（2025年3月3日）等另一人核定")
    # What waits of the other gates bounds it too.
    assert refused(kind=GateKind.COMPLETED, actual_on=date(2025, 3, 1)) == (
        "gate.order",
        "“完工”不能早于“开工”（2025年3月3日）。",
    )
    GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 2, 1))
    assert refused(kind=GateKind.TENDERED) == (
        "gate.opening",
        "这个关口已登记实际日期 2025年2月1日，不能改为期初。",
    )


def test_a_gate_that_was_passed_meanwhile_is_not_passed_again(
    district: District, project: Project, clock: Clock
) -> None:
    opening = record(district, project, clock)
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 4, 1))
    with pytest.raises(Refusal) as caught:
        decide(district, opening, clock)
    assert caught.value.message == "这个关口已登记实际日期 2025年4月1日，请退回这项期初登记。"
    assert Gate.objects.get().actual_on == date(2025, 4, 1)


def test_all_or_none_are_approved_and_earlier_gates_first(
    district: District, project: Project, clock: Clock
) -> None:
    done = record(district, project, clock, GateKind.COMPLETED, date(2025, 4, 30))
    begun = record(district, project, clock)
    wrong = record(district, project, clock, GateKind.TENDERED, date(2025, 2, 1))
    gate = GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 2, 2))
    reviewer = district.users["reviewer"]
    ask: dict[str, Any] = {
        "scope": scope_of(reviewer, on=TODAY),
        "by": reviewer,
        "now": clock.at("2025-05-07 11:00"),
    }
    with pytest.raises(Refusal) as caught:
        approve_openings(openings=[done, begun, wrong], **ask)
    assert caught.value.message == (
        "文昌园关口“招投标”：这个关口已登记实际日期 2025年2月2日，请退回这项期初登记。一个也没有核定。"
    )
    assert list(Gate.objects.all()) == [gate]
    assert approve_openings(openings=[done, begun], **ask) == 2
    assert set(Gate.objects.filter(is_opening=True).values_list("kind", flat=True)) == {
        GateKind.STARTED,
        GateKind.COMPLETED,
    }


def test_another_day_makes_it_a_gate_like_any_other(
    district: District, project: Project, clock: Clock
) -> None:
    """Else one person alone could move a day that two agreed on, past every check."""
    decide(district, record(district, project, clock), clock)

    def move(actual_on: date | None, **more: Any) -> Gate:
        return services.pass_gate(
            project=project,
            kind=GateKind.STARTED,
            actual_on=actual_on,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 12:00"),
            **more,
        )

    kept = move(DAY, note="补记")
    assert (kept.is_opening, services.counts(kept)) == (True, True)
    moved = move(date(2025, 3, 10))
    assert (moved.is_opening, services.counts(moved)) == (False, False)
    GateFactory(project=project, kind=GateKind.TENDERED, actual_on=date(2025, 4, 9))
    from tests.factories.ledger import StoredFileFactory

    with pytest.raises(GateRefused):
        move(date(2025, 3, 10), evidence=StoredFileFactory())


# -- constraints and triggers ------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("gate_opening_decided_at_and_by", {"state": "returned"}),
        ("gate_opening_decided_at_and_by", {"decided_by": True}),
        (
            "gate_opening_approver_did_not_record",
            {"state": "approved", "decided_by": True, "decided_at": True},
        ),
    ],
)
def test_the_database_holds_an_opening_to_its_shape(
    project: Project, constraint: str, fields: dict[str, Any]
) -> None:
    user = UserFactory()
    row = GateOpeningFactory.build(project=project, recorded_by=user)
    said = {"decided_by": user, "decided_at": row.recorded_at}
    given = {name: said.get(name, value) for name, value in fields.items()}
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GateOpeningFactory(project=project, recorded_by=user, **given)


def test_the_database_lets_one_wait_at_a_gate(project: Project) -> None:
    GateOpeningFactory(project=project)
    with (
        pytest.raises(IntegrityError, match=r"gate_opening_waits_once|UNIQUE"),
        transaction.atomic(),
    ):
        GateOpeningFactory(project=project)


def test_what_was_approved_stays(district: District, project: Project, clock: Clock) -> None:
    opening = decide(district, record(district, project, clock), clock)
    rows = GateOpening.objects.filter(pk=opening.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.update(actual_on=date(2025, 1, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        rows.delete()


# -- pages -------------------------------------------------------------------------------------------
LISTING = ("ledger:openings", [2025])


def test_openings_are_approved_on_their_page(
    district: District, project: Project, clock: Clock, signed: Signed
) -> None:
    address = reverse(LISTING[0], args=LISTING[1])
    bureau, reviewer = signed("bureau"), signed("reviewer")
    assert "没有待核的期初关口" in reviewer.get(address).content.decode()
    opening = record(district, project, clock)
    titles = [
        item.title
        for item in todo_items(
            scope=scope_of(district.users["reviewer"], on=TODAY), now=clock.at("2025-05-07 10:05")
        )
    ]
    assert "核定期初关口 1 个" in titles
    page = bureau.get(address).content.decode()
    assert "文昌园" in page
    assert "其中 1 个是您登记的" in page
    assert "全部核定" not in page
    gates = reverse("ledger:gates", args=[CODE])
    assert "期初待核" in bureau.get(gates).content.decode()
    assert "期初待核" not in signed("npc").get(gates).content.decode()
    register = reverse("ledger:register", args=[2025])
    assert "1 个关口登记为平台以前已过" in reviewer.get(register).content.decode()
    assert "平台以前已过" not in signed("leader").get(register).content.decode()
    assert bureau.post(address, {"opening": [opening.pk]}).status_code == 403
    answer = reviewer.post(address, {"opening": []}, follow=True)
    assert "待核的期初关口刚刚有变化" in answer.content.decode()
    assert not Gate.objects.exists()
    answer = reviewer.post(address, {"opening": [opening.pk]}, follow=True)
    assert "已核定 1 个期初关口，从现在起计入。" in answer.content.decode()
    assert Gate.objects.get().is_opening


def test_one_is_returned_with_its_reason(
    district: District, project: Project, clock: Clock, signed: Signed
) -> None:
    opening = record(district, project, clock)
    page = reverse("ledger:opening", args=[CODE, opening.pk])
    act = {
        name: reverse("ledger:opening_decide", args=[CODE, opening.pk, name])
        for name in ("approve", "return", "withdraw")
    }
    reviewer = signed("reviewer")
    assert act["withdraw"] not in reviewer.get(page).content.decode()
    assert act["approve"] not in signed("bureau").get(page).content.decode()
    assert signed("bureau").post(act["approve"], {}).status_code == 403
    assert signed("banyanglu").get(page).status_code == 404
    assert signed("npc").get(page).status_code == 404
    answer = reviewer.post(act["return"], {"comment": ""})
    assert answer.status_code == 422
    assert "退回时请写明意见。" in answer.content.decode()
    assert reviewer.post(act["return"], {"comment": "与旧台账不符"}).status_code == 302
    answer = reviewer.post(act["approve"], {})
    assert answer.status_code == 422
    assert "只有待核的期初登记才能核定。" in answer.content.decode()
    assert "与旧台账不符" in signed("zhonglou").get(page).content.decode()
    assert reviewer.post(act["approve"].replace("approve", "burn")).status_code == 404


@pytest.mark.parametrize(
    ("user", "status"),
    [("bureau", 200), ("reviewer", 200), ("leader", 403), ("zhonglou", 403), ("npc", 403)],
)
def test_who_sees_what_waits(project: Project, signed: Signed, user: str, status: int) -> None:
    assert signed(user).get(reverse(LISTING[0], args=LISTING[1])).status_code == status


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_costs_the_same(
    district: District,
    project: Project,
    rows: int,
    signed: Signed,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: Any,
) -> None:
    settings.FACE_TODO_COUNT = ""
    for number in range(rows):
        GateOpeningFactory(
            project=make_project(
                programme=project.programme, street=project.street, code=f"ZC2025-1{number}"
            )
        )
    client, address = signed("reviewer"), reverse(LISTING[0], args=LISTING[1])
    client.get(address)
    with django_assert_num_queries(7):
        client.get(address)
