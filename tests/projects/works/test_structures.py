"""Illegal structures: their steps, since when they stand, who owns them; what they keep from being delivered."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.works.enums import StructureAct, StructureState
from projects.works.models import Completion, IllegalStructure, StructureStep
from projects.works.owners import Owner, seal, unseal
from projects.works.services import structures
from projects.works.services.structures import StructureValues
from renovation.accounts.models import User
from renovation.core.errors import StateConflict
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.ledger import (
    EstateFactory,
    GateFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    MenuItemFactory,
    StructureFactory,
    planned_item,
)
from tests.projects.works.test_pages import CODE, client_of
from tests.projects.works.test_services import deliver, item_of, refused

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def clerk(district: District) -> User:
    return district.users["zhonglou"]


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
    )
    PartyFactory(project=made, organisation=district.contractor)
    GateFactory(
        project=made,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=StoredFileFactory(),
    )
    return made


def step(structure: IllegalStructure, act: str, day: date, by: User, now: datetime, **more: Any) -> StructureStep:  # fmt: skip
    return structures.take_step(
        structure=structure,
        act=StructureAct(act),
        occurred_on=day,
        permissions=scope_for(by).permissions,
        by=by,
        now=now,
        **more,
    )


def test_steps_of_a_structure(project: Project, clerk: User, now: datetime) -> None:
    found = structures.find_structure(
        project=project,
        values=StructureValues(location="屋面", kind="roof", building="3 号楼"),  # type: ignore[arg-type]
        owner=Owner("张三丰", "13812345678"),
        found_on=date(2025, 4, 1),
        evidence=None,
        by=clerk,
        now=now,
    )
    assert b"13812345678" not in bytes(found.owner_sealed or b"")
    assert unseal(found.owner_sealed) == Owner("张三丰", "13812345678")
    refused("structure.order", lambda: step(found, "notify", date(2025, 3, 31), clerk, now))
    refused("structure.future", lambda: step(found, "notify", date(2025, 5, 8), clerk, now))
    refused(
        "structure.due",
        lambda: step(found, "notify", date(2025, 4, 3), clerk, now, due_on=date(2025, 4, 2)),
    )
    step(found, "notify", date(2025, 4, 3), clerk, now, due_on=date(2025, 4, 20))
    refused("comment.missing", lambda: step(found, "object", date(2025, 4, 9), clerk, now))
    step(found, "object", date(2025, 4, 9), clerk, now, note="称有手续")
    with pytest.raises(StateConflict):
        step(found, "remove", date(2025, 4, 10), clerk, now)
    step(found, "uphold", date(2025, 4, 12), clerk, now, note="手续不实")
    step(found, "remove", date(2025, 4, 15), clerk, now)
    assert found.state == "removed"
    assert [row.state for row in found.steps.all()] == [
        "found", "notified", "objected", "notified", "removed",
    ]  # fmt: skip


def test_what_entering_a_structure_refuses(project: Project, clerk: User, now: datetime) -> None:
    def find(day: date, **values: Any) -> IllegalStructure:
        given: dict[str, Any] = {"location": "屋面", "kind": "roof"}
        return structures.find_structure(
            project=project,
            values=StructureValues(**(given | values)),
            owner=Owner("", ""),
            found_on=day,
            evidence=None,
            by=clerk,
            now=now,
        )

    refused("structure.future", lambda: find(date(2025, 5, 8)))
    refused("structure.estate", lambda: find(date(2025, 5, 1), estate=EstateFactory()))
    said = refused("structure.built", lambda: find(date(2025, 5, 1), built_on=date(2025, 5, 2)))
    assert said.message == "建成日期不能晚于发现日期（2025年5月1日）。"
    both = {"built_on": date(2025, 5, 1), "stood_before": True}
    refused("structure.dated", lambda: find(date(2025, 5, 1), **both))
    found = find(date(2025, 5, 1))
    assert found.owner_sealed is None
    refused("structure.reason", lambda: structures.reveal_owner(structure=found, reason="", by=clerk, now=now))  # fmt: skip


def test_no_facade_where_an_illegal_structure_stands(
    project: Project, clerk: User, now: datetime
) -> None:
    facade = item_of(project, "facade", "900")
    structure = StructureFactory(project=project, building="３号楼")
    said = refused(
        "completion.structure", lambda: deliver(facade, clerk, now, building="2 号楼、3 号楼")
    )
    assert "先拆违后治理" in said.message
    assert deliver(facade, clerk, now, building="2 号楼").building == "2 号楼"
    said = refused("completion.explain", lambda: deliver(facade, clerk, now))
    assert "还有 1 处违建没有拆除" in said.message
    IllegalStructure.objects.filter(pk=structure.pk).update(state="removed")
    assert deliver(facade, clerk, now, building="3 号楼").pk


@pytest.mark.parametrize(
    ("since", "code"),
    [
        ({}, "completion.explain"),
        ({"built_on": date(2025, 4, 21)}, ""),
        ({"built_on": date(2025, 4, 20)}, "completion.structure"),
        ({"stood_before": True}, "completion.structure"),
    ],
)
def test_a_structure_built_after_the_facade_does_not_stand_in_the_way_of_its_entry(
    project: Project, clerk: User, now: datetime, since: dict[str, Any], code: str
) -> None:
    """One that nobody can date may have stood: its entry is taken with a reason."""
    facade = item_of(project, "facade", "900")
    StructureFactory(project=project, found_on=date(2025, 5, 2), **since)

    def late(**more: str) -> Completion:
        day = date(2025, 4, 20)
        return deliver(facade, clerk, now, building="3 号楼", delivered_on=day, **more)

    if code:
        refused(code, late)
    else:
        assert late().explanation == ""
    if code == "completion.explain":
        assert late(explanation="4月20日验收时没有").explanation == "4月20日验收时没有"
    today = {"building": "3 号楼", "delivered_on": date(2025, 5, 7)}
    refused("completion.structure", lambda: deliver(facade, clerk, now, **today))


def test_a_structure_goes_through_its_steps(district: District, project: Project) -> None:
    client = client_of(district, "zhonglou")
    sent = {
        "location": "东单元屋面",
        "building": "3 号楼",
        "kind": "roof",
        "area_sqm": "18.5",
        "needs_waterproofing": "on",
        "found_on": "2025-04-01",
        "owner_name": "张三丰",
        "owner_phone": "13812345678",
    }
    assert client.post(reverse("works:structure_new", args=[CODE]), sent).status_code == 302
    found = IllegalStructure.objects.get()
    page = reverse("works:structure", args=[found.pk])
    text = client.get(page).content.decode()
    assert "应在 2025年4月8日 前告知，" in text
    assert "逾期 29 天" in text
    for act, day in (("notify", "2025-04-20"), ("remove", "2025-05-02"), ("restore", "2025-05-06")):
        address = reverse("works:structure_act", args=[found.pk, act])
        assert client.post(address, {"occurred_on": day}).status_code == 302
    found.refresh_from_db()
    assert found.state == StructureState.RESTORED
    late = client.get(reverse("works:structure_act", args=[found.pk, "remove"]))
    assert late.status_code == 409
    assert "当前状态：已恢复防水。" in late.content.decode()


def test_since_when_a_structure_stands_is_said_with_its_grounds_and_can_be_taken_back(
    district: District, project: Project
) -> None:
    facade = planned_item("40", project=project, menu_item=MenuItemFactory(code="facade"))
    CompletionFactory(item=facade, delivered_on=date(2025, 4, 18), building="3 号楼")
    found = StructureFactory(project=project, found_on=date(2025, 4, 30))
    client = client_of(district, "zhonglou")
    page = reverse("works:structure", args=[found.pk])
    address = reverse("works:structure_built", args=[found.pk])
    works = reverse("works:project", args=[CODE])
    assert f'没有登记　<a href="{address}">登记建成日期</a>' in client.get(page).content.decode()
    text = client.get(works).content.decode()
    assert "建成日期没有登记，不知道那时在不在。" in text
    assert "在拆违里补登建成日期后再判断" in text

    def post(**more: str) -> Any:
        seen = client.get(address).context["form"]["seen_version"].value()
        return client.post(address, {"reason": "2025年4月航拍", "seen_version": seen, **more})

    for sent, sentence in (
        ({"built_on": "2025-05-01"}, "建成日期不能晚于发现日期（2025年4月30日）。"),
        ({"built_on": "2025-04-20", "stood_before": "on"}, "只填一项"),
        ({"built_on": "2025-04-20", "reason": ""}, "<p>依据未填。</p>"),
    ):
        answered = post(**sent)
        assert (answered.status_code, sentence in answered.content.decode()) == (422, True)
    assert post(built_on="2025-04-20").status_code == 302
    assert "2025年4月20日" in client.get(page).content.decode()
    assert "施工次序" not in client.get(works).content.decode()
    assert post(stood_before="on").status_code == 302
    text = client.get(works).content.decode()
    assert "还有 1 处违建没有拆除（3 号楼东单元屋面）。" in text
    assert "改造前已有" in client.get(reverse("works:structures", args=[CODE])).content.decode()
    assert post().status_code == 302
    found.refresh_from_db()
    told = list(found.history.values_list("built_on", "stood_before", "history_change_reason"))
    assert told[:3] == [
        (None, False, "2025年4月航拍"),
        (None, True, "2025年4月航拍"),
        (date(2025, 4, 20), False, "2025年4月航拍"),
    ]
    assert client_of(district, "leader").get(address).status_code == 403


def test_who_owns_a_structure_is_shown_against_a_reason_and_never_to_a_company(
    district: District, project: Project
) -> None:
    found = StructureFactory(project=project, owner_sealed=seal(Owner("张三丰", "13812345678")))
    page = reverse("works:structure", args=[found.pk])
    clerk = client_of(district, "zhonglou")
    text = clerk.get(page).content.decode()
    assert "张** 138****5678" in text
    assert "13812345678" not in text
    assert clerk.post(page, {"reason": ""}).status_code == 422
    shown = clerk.post(page, {"reason": "送达告知书"})
    assert "13812345678" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    entry = AuditEntry.objects.get(act="structure.reveal")
    assert (entry.reason, "13812345678" in str(entry.changes) + entry.sentence) == (
        "送达告知书",
        False,
    )
    for user in ("contractor", "npc", "leader"):
        other = client_of(district, user)
        text = other.get(page).content.decode()
        assert "张" not in text.split("</header>")[-1].replace("张榜", "")
        assert other.post(page, {"reason": "想看"}).status_code == 404
