"""居民选定 names a round of the project that asked about the item, and in which a household chose it (W29, L2)."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.models import Answer
from projects.ledger.models import Project
from projects.works.enums import Origin, PlanState
from projects.works.menu_rounds import rounds_of
from projects.works.models import ItemPlan, MenuItem
from projects.works.services import items
from projects.works.services.items import PlanValues
from renovation.core.errors import Fault, Refusal, Severity
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import AnswerFactory, HouseholdFactory, RoundFactory, wished
from tests.factories.ledger import BaselineFactory, EstateFactory, ProgrammeFactory, ProjectFactory
from tests.factories.works import ItemPlanFactory, MenuItemFactory, WorkItemFactory
from tests.projects.works import test_intake as works

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """Round 1 asked without a menu; in round 2 a household of the southern estate chose lifts, none the roads."""
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("zhonglou")
    made: Project = ProjectFactory(programme=programme, street=street, code=CODE)
    south = EstateFactory(project=made, name="南院")
    EstateFactory(project=made, name="北院")
    RoundFactory(project=made, number=1)
    wished(made, menu("lifts"), number=2, asked=[menu("roads")], estate=south)
    other = ProjectFactory(programme=programme, street=street, code="ZC2025-02")
    wished(other, menu("roads"), menu("lighting"), number=3)
    return made


def menu(code: str) -> MenuItem:
    return MenuItem.objects.get(code=code)


def planned(
    project: Project, district: District, now: datetime, code: str, number: int | None, **more: Any
) -> ItemPlan:
    estate = project.estates.get(name=more.pop("estate")) if "estate" in more else None
    values = {"quantity": Decimal(2), "origin": Origin.CHOSEN, "choice_round": number} | more
    return items.plan_item(
        project=project,
        menu_item=menu(code),
        estate=estate,
        values=PlanValues(**values),
        by=district.users["bureau"],
        now=now,
    )


@pytest.mark.parametrize(
    ("code", "number", "more", "refusal", "sentence"),
    [
        ("lifts", None, {}, "item.round_missing", "居民选定的，写明在哪一轮征询里选定。"),
        ("lifts", 1, {}, "item.round", "本项目的第 1 轮征询没有问过点单。"),
        ("roads", 3, {}, "item.round", "本项目的第 3 轮征询没有问过点单。"),
        ("lighting", 2, {}, "item.not_asked", "第 2 轮征询的点单里没有“照明”。"),
        ("roads", 2, {}, "item.not_chosen", "第 2 轮征询里没有一户选“小区道路”。"),
        ("lifts", 2, {"estate": "北院"}, "item.not_chosen", "第 2 轮征询里这个小区没有一户选“加装电梯”。"),
    ],
)  # fmt: skip
def test_what_no_round_tells_is_refused(
    project: Project,
    district: District,
    now: datetime,
    code: str,
    number: int | None,
    more: dict[str, Any],
    refusal: str,
    sentence: str,
) -> None:
    with pytest.raises(Refusal) as caught:
        planned(project, district, now, code, number, **more)
    assert (caught.value.code, caught.value.message, caught.value.field) == (
        refusal,
        sentence,
        "choice_round",
    )
    assert not ItemPlan.objects.exists()


@pytest.mark.parametrize("more", [{}, {"estate": "南院"}])
def test_what_a_household_chose_is_planned(
    project: Project, district: District, now: datetime, more: dict[str, Any]
) -> None:
    made = planned(project, district, now, "lifts", 2, **more)
    assert (made.origin, made.choice_round, made.state) == ("chosen", 2, PlanState.APPROVED)


def test_a_draft_round_has_asked_nobody(
    project: Project, district: District, now: datetime
) -> None:
    RoundFactory(project=project, number=5, state="draft").items.set([menu("lifts")])
    with pytest.raises(Refusal) as caught:
        planned(project, district, now, "lifts", 5)
    assert (caught.value.code, caught.value.expected) == ("item.round", "第 2 轮")


def test_an_answer_that_was_replaced_chooses_no_more(
    project: Project, district: District, now: datetime
) -> None:
    """The household that wished for lifts says later what it wishes instead."""
    earlier = Answer.objects.get(round__project=project, items=menu("lifts"))
    Answer.objects.filter(pk=earlier.pk).update(standing="replaced")
    later = AnswerFactory(
        round=earlier.round, household=earlier.household, answered_on=date(2025, 4, 1), supersedes=earlier
    )  # fmt: skip
    later.items.set([menu("roads")])
    with pytest.raises(Refusal):
        planned(project, district, now, "lifts", 2)
    assert planned(project, district, now, "roads", 2).choice_round == 2


def test_it_is_asked_again_when_it_is_approved(
    project: Project, district: District, now: datetime
) -> None:
    BaselineFactory(project=project)
    waiting = planned(project, district, now, "lifts", 2, reason="居民点单")
    Answer.objects.filter(round__project=project).update(standing="replaced")
    answer = Answer.objects.get(items=menu("lifts"))
    AnswerFactory(round=answer.round, household=answer.household, supersedes=answer)
    common = {"plan": waiting, "by": district.users["reviewer"], "now": now}
    with pytest.raises(Refusal) as caught:
        items.decide_plan(approve=True, **common)
    assert caught.value.code == "item.not_chosen"
    assert items.decide_plan(approve=False, comment="没有住户选", **common).state == "rejected"


def test_what_stood_before_stays_and_may_change_its_quantity(
    project: Project, district: District, now: datetime
) -> None:
    road = WorkItemFactory(project=project, menu_item=menu("lighting"))
    ItemPlanFactory(item=road, quantity=Decimal(8), origin=Origin.CHOSEN, choice_round=9)
    changed = planned(
        project, district, now, "lighting", 9, quantity=Decimal(9), reason="多一个单元"
    )
    assert (changed.version, changed.choice_round) == (2, 9)
    with pytest.raises(Refusal):
        planned(project, district, now, "lighting", 8, quantity=Decimal(9), reason="改轮次")


def test_the_form_offers_the_rounds_that_asked_about_the_menu(
    project: Project, district: District, now: datetime
) -> None:
    client = Client()
    client.force_login(district.users["bureau"])
    address = reverse("works:plan_new", args=[CODE])
    page = client.get(address).content.decode()
    assert '<option value="2">第2轮　方案意见（点单 2 条，1 户已答）</option>' in page
    assert '<option value="1">第1轮' not in page
    assert '<option value="3">第3轮' not in page
    typed = {"menu_item": menu("roads").pk, "quantity": "2", "origin": "chosen"}
    for number, status in (("", 422), ("3", 422), ("2", 422)):
        assert client.post(address, typed | {"choice_round": number}).status_code == status
    refused = client.post(address, typed | {"choice_round": "2"}).content.decode()
    assert refused.count("第 2 轮征询里没有一户选“小区道路”。") == 2
    typed |= {"menu_item": menu("lifts").pk, "choice_round": "2"}
    assert client.post(address, typed).status_code == 302
    assert ItemPlan.objects.get().choice_round == 2


def test_a_project_that_was_never_asked_says_where_to_ask(
    district: District, project: Project, now: datetime
) -> None:
    ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-03")
    client = Client()
    client.force_login(district.users["bureau"])
    address = reverse("works:plan_new", args=["ZC2025-03"])
    said = "本项目还没有征询问过点单，来由选“按计划必做”，或先在“征询”里问点单。"
    assert said in client.get(address).content.decode()
    typed = {"menu_item": menu("lifts").pk, "quantity": "2", "origin": "chosen"}
    assert client.post(address, typed).status_code == 422
    typed["origin"] = "required"
    assert client.post(address, typed).status_code == 302


BESIDE = "来由是“按计划必做”的不选轮次；居民选定的，来由选“居民选定”。"


def test_a_round_beside_what_must_be_done_is_not_passed_over_on_the_form(
    project: Project, district: District, now: datetime
) -> None:
    client = Client()
    client.force_login(district.users["bureau"])
    address = reverse("works:plan_new", args=[CODE])
    typed = {"menu_item": menu("lifts").pk, "quantity": "2", "origin": "required"}
    refused = client.post(address, typed | {"choice_round": "2"})
    assert refused.status_code == 422
    assert refused.context["form"].errors == {"choice_round": [BESIDE]}
    assert BESIDE in refused.content.decode()
    assert not ItemPlan.objects.exists()
    chosen = planned(project, district, now, "lifts", 2)
    change = reverse("works:plan_change", args=[chosen.item_id])
    wanted = {"quantity": "2", "origin": "required", "reason": "改为必做", "seen_version": "1"}
    assert client.post(change, wanted | {"choice_round": "2"}).status_code == 302
    newest = ItemPlan.objects.latest("version")
    assert (newest.version, newest.origin, newest.choice_round) == (2, Origin.REQUIRED, None)


def test_a_round_beside_what_must_be_done_is_told_at_its_cell(
    project: Project, district: District, now: datetime
) -> None:
    planned(project, district, now, "lifts", 2, estate="南院")
    book = works.book_of(district, now)
    row = works.row_of(book, "加装电梯")
    works.write(book, row, origin="按计划必做", choice_round=1, reason="改为必做")
    (fault,) = [Fault.from_json(each) for each in works.sent(district, book, now).faults]
    assert (fault.code, fault.severity, fault.cell) == ("G156", Severity.ERROR, f"H{row}")
    assert (fault.message, fault.found, fault.expected) == (
        "来由是“按计划必做”（空着也是），不填征询轮次",
        "第 1 轮",
        "空着；居民选定的，来由填“居民选定”",
    )


def test_a_round_that_would_go_with_its_origin_is_asked_about_where_a_colleague_changed_it(
    project: Project, district: District, now: datetime, clock: Clock
) -> None:
    """The workbook says 按计划必做 beside the round that it went out with; another one stands by now."""
    ItemPlanFactory(
        item=WorkItemFactory(project=project, menu_item=menu("lifts")),
        origin=Origin.CHOSEN,
        choice_round=9,
    )
    book = works.book_of(district, now)
    works.write(book, works.row_of(book, "加装电梯"), origin="按计划必做", reason="改为必做")
    later = works.replanned(district, clock, "lifts", choice_round=2)
    upload = works.sent(district, book, later)
    assert works.faults(upload) == set()
    (asked,) = works.said(upload, "G165")
    assert asked.startswith("征询轮次在下载以后改过：当时是“9”，现在是“2”")


@pytest.mark.parametrize("count", [1, 3])
def test_the_rounds_of_many_projects_cost_the_same(
    district: District,
    now: datetime,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    roads = MenuItemFactory(code="roads")
    programme = ProgrammeFactory(bureau=district.bureau)
    made = [ProjectFactory(programme=programme) for _ in range(count)]
    for each in made:
        wished(each, roads)
        HouseholdFactory(estate=each.estates.get())
    with django_assert_num_queries(4):
        found = rounds_of(project_ids=[each.pk for each in made], on=date(2025, 5, 7))
    assert [each.household_count(roads.pk, None) for each in found] == [1] * count
    assert rounds_of(project_ids=[made[0].pk], on=date(2025, 3, 4)) == []
