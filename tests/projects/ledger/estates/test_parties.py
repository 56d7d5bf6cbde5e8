"""Parties: a change keeps the old one, a day shows who served on it, phones are for who may."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import PartyRole
from projects.ledger.estates.services import overlaps
from projects.ledger.models import Party, Project
from renovation.records.models import AuditEntry
from tests.factories.accounts import CompanyFactory, District
from tests.factories.ledger import PartyFactory
from tests.projects.ledger.conftest import CODE

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
OLD, NEW = "鲁中某建设工程有限公司", "般阳某建筑安装有限公司"


@pytest.fixture
def party(project: Project, district: District) -> Party:
    made: Party = PartyFactory(
        project=project,
        name=OLD,
        organisation=district.contractor,
        phone="0533-0000 0001",
        valid_from=date(2025, 1, 20),
    )
    return made


def replace(**changed: str) -> dict[str, str]:
    return {
        "name": NEW,
        "valid_from": "2025-05-07",
        "reason": "合同解除",
        "seen_version": "1",
    } | changed


def test_a_change_of_party_keeps_the_old_one_with_its_end(
    signed: Signed, district: District, party: Party
) -> None:
    client = signed("bureau")
    address = reverse("ledger:party_replace", args=[CODE, party.pk])
    assert client.post(address, replace(reason="")).status_code == 422
    assert client.post(address, replace()).status_code == 302
    party.refresh_from_db()
    new = Party.objects.get(name=NEW)
    assert (party.valid_to, party.version) == (date(2025, 5, 6), 2)
    assert (new.role, new.valid_from, new.valid_to, new.succeeds) == (
        PartyRole.CONTRACTOR,
        date(2025, 5, 7),
        None,
        party,
    )
    assert party.history.first().history_change_reason == "合同解除"
    acts = set(AuditEntry.objects.filter(reason="合同解除").values_list("act", flat=True))
    assert acts == {"party.create", "party.update"}
    answer = client.post(address, replace(seen_version="2"))
    assert "这家单位已经有接替的了。" in answer.content.decode()


@pytest.mark.parametrize(
    ("from_on", "says"),
    [("2025-01-20", "接替日期要晚于原单位的起始日期"), ("2025-05-05", "已经离任")],
)
def test_a_change_that_makes_no_sense_is_refused(
    signed: Signed, party: Party, from_on: str, says: str
) -> None:
    if "离任" in says:
        party.valid_to = date(2025, 5, 1)
        party.save()
    answer = signed("bureau").post(
        reverse("ledger:party_replace", args=[CODE, party.pk]), replace(valid_from=from_on)
    )
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Party.objects.filter(name=NEW).count() == 0


def test_two_who_change_a_party_at_once(signed: Signed, party: Party) -> None:
    edit = reverse("ledger:party", args=[CODE, party.pk])
    typed = {
        "role": party.role,
        "name": OLD,
        "phone": "0533-0000 0009",
        "valid_from": "2025-01-20",
        "seen_version": "1",
    }
    assert signed("bureau").post(edit, typed).status_code == 302
    answer = signed("bureau2").post(
        reverse("ledger:party_replace", args=[CODE, party.pk]), replace()
    )
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "把“联系电话”由“0533-0000 0001”改为“0533-0000 0009”。" in page
    assert f'value="{NEW}"' in page
    assert Party.objects.count() == 1


def test_a_day_shows_who_served_on_it(signed: Signed, project: Project) -> None:
    first = PartyFactory(
        project=project, name=OLD, valid_from=date(2025, 1, 20), valid_to=date(2025, 4, 30)
    )
    PartyFactory(project=project, name=NEW, valid_from=date(2025, 5, 1), succeeds=first)
    client = signed("leader")
    address = reverse("ledger:parties", args=[CODE])

    def names(**asked: str) -> tuple[bool, bool]:
        page = client.get(address, asked).content.decode()
        body = page.split("<tbody>")[1].split("</tbody>")[0] if "<tbody>" in page else ""
        return f'card-name">{OLD}' in body, f'card-name">{NEW}' in body

    assert names() == (False, True)
    assert names(on="2025-04-30") == (True, False)
    assert names(on="2025-05-01") == (False, True)
    assert names(on="2025-01-19") == (False, False)
    assert names(all="1") == (True, True)
    assert "没有“昨天”这一天" in client.get(address, {"on": "昨天"}).content.decode()


def test_phones_are_for_who_works_with_the_streets_and_for_the_company(
    signed: Signed, party: Party
) -> None:
    PartyFactory(
        project=party.project, role=PartyRole.SUPERVISOR, name="某监理", phone="0533-0000 0002"
    )
    address = reverse("ledger:parties", args=[CODE])

    def phones(user: str) -> tuple[bool, bool]:
        page = signed(user).get(address).content.decode()
        return "0533-0000 0001" in page, "0533-0000 0002" in page

    assert phones("bureau") == (True, True)
    assert phones("zhonglou") == (True, True)
    assert phones("contractor") == (True, False)
    assert phones("npc") == (False, False)
    assert phones("inspector") == (False, False)


def test_the_manager_of_a_contractor_is_reached_by_a_number_of_its_own(
    signed: Signed, party: Party
) -> None:
    """Beside the contact's; no other role has one, and the contractor who takes over has its own."""
    client, parties = signed("bureau"), reverse("ledger:parties", args=[CODE])
    new = reverse("ledger:party_new", args=[CODE])
    typed = {"role": PartyRole.SUPERVISOR, "name": "某监理", "manager_phone": "0533-0000 0007"}
    answer = client.post(new, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "项目经理电话只登记在施工单位上。" in page
    assert 'value="0533-0000 0007"' in page
    assert client.post(new, typed | {"manager_phone": ""}).status_code == 302
    supervisor = Party.objects.get(role=PartyRole.SUPERVISOR)
    replacing = reverse("ledger:party_replace", args=[CODE, supervisor.pk])
    assert 'name="manager_phone"' not in client.get(replacing).content.decode()
    replacing = reverse("ledger:party_replace", args=[CODE, party.pk])
    assert client.post(replacing, replace(manager_phone="0533-0000 0007")).status_code == 302
    told = Party.objects.order_by("pk").values_list("name", "phone", "manager_phone")
    assert list(told) == [
        (OLD, "0533-0000 0001", ""), ("某监理", "", ""), (NEW, "", "0533-0000 0007")
    ]  # fmt: skip
    shown = {
        user: "项目经理 0533-0000 0007" in signed(user).get(parties).content.decode()
        for user in ("bureau", "zhonglou", "npc")
    }
    assert shown == {"bureau": True, "zhonglou": True, "npc": False}


def test_two_in_the_same_duty_are_warned_of(signed: Signed, party: Party) -> None:
    other = PartyFactory(
        project=party.project, name=NEW, valid_from=date(2025, 3, 1), valid_to=date(2025, 3, 31)
    )
    designers = PartyFactory.create_batch(2, project=party.project, role=PartyRole.DESIGNER)
    said = overlaps(parties=[party, other, *designers])
    assert said == [f"施工单位：“{OLD}”与“{NEW}”自 2025年3月1日 至 2025年3月31日 同时在任。"]
    address = reverse("ledger:parties", args=[CODE])
    assert said[0] in signed("bureau").get(address).content.decode()
    assert said[0] not in signed("zhonglou").get(address).content.decode()
    other.valid_from, party.valid_to = date(2025, 3, 2), date(2025, 3, 1)
    assert overlaps(parties=[party, other]) == []


def test_a_company_that_was_closed_is_not_offered(
    signed: Signed, district: District, party: Party
) -> None:
    CompanyFactory(parent=district.bureau, name="已注销某公司", valid_to=date(2025, 5, 6))
    page = signed("bureau").get(reverse("ledger:party_new", args=[CODE])).content.decode()
    assert "已注销某公司" not in page
    assert OLD in page


def test_the_database_refuses_an_end_before_the_start_two_successors_and_a_strange_manager(
    party: Party,
) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyFactory(project=party.project, valid_from=date(2025, 5, 2), valid_to=date(2025, 5, 1))
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyFactory(project=party.project, role=PartyRole.SUPERVISOR, manager_phone="0533-1")
    PartyFactory(project=party.project, succeeds=party)
    with pytest.raises(IntegrityError), transaction.atomic():
        PartyFactory(project=party.project, succeeds=party)


@pytest.mark.parametrize("rows", [1, 3])
def test_parties_cost_the_same(
    signed: Signed,
    project: Project,
    rows: int,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: object,
) -> None:
    settings.FACE_TODO_COUNT = ""  # type: ignore[attr-defined]
    PartyFactory.create_batch(rows, project=project)
    client = signed("bureau")
    address = reverse("ledger:parties", args=[CODE])
    client.get(address)
    with django_assert_num_queries(8):
        client.get(address)
