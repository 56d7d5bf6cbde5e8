"""What others did while a plan waited or a form stood open is not undone."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.works.enums import Origin, PlanState
from projects.works.models import MenuItem, UtilityPlan, WorkItem
from projects.works.services import items
from projects.works.services.items import PlanValues
from renovation.core.errors import Refusal
from tests import editing
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import RoundFactory, wished
from tests.factories.ledger import (
    BaselineFactory,
    GateFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    StructureFactory,
    UtilityPlanFactory,
    WorkItemFactory,
    planned_item,
)

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"
TAKEN_OVER = "您没有动的格，已换成现在的值。"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at("2025-05-07 10:00")
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )
    PartyFactory(project=made, organisation=district.contractor)
    GateFactory(
        project=made,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=StoredFileFactory(),
    )
    return made


def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def pipe_of(project: Project, quantity: str = "100") -> WorkItem:
    return planned_item(quantity, project=project, menu_item=MenuItemFactory(code="water-pipes"))


def test_a_plan_that_another_changed_meanwhile_comes_back_with_what_they_changed(
    district: District, project: Project
) -> None:
    plan = UtilityPlanFactory(project=project, operator="区燃气公司", note="")
    address = reverse("works:utility_edit", args=[plan.pk])
    first, second = client_of(district, "zhonglou"), client_of(district, "bureau")
    form = first.get(address).context["form"]
    sent = {name: form[name].value() for name in form.fields if form[name].value() is not None}
    sent = {name: str(value) for name, value in sent.items()}
    assert sent["seen_version"] == "1"
    assert first.post(address, sent | {"note": "先会签"}).status_code == 302
    late = second.post(address, sent | {"operator": "市燃气公司"})
    text = late.content.decode()
    assert late.status_code == 409
    assert "把“说明”由“空”改为“先会签”。" in text
    plan.refresh_from_db()
    assert (plan.operator, plan.note, plan.version) == ("区燃气公司", "先会签", 2)
    again = sent | {"operator": "市燃气公司", "note": "先会签", "seen_version": "2"}
    assert second.post(address, again).status_code == 302
    plan.refresh_from_db()
    assert (plan.operator, plan.note, plan.version) == ("市燃气公司", "先会签", 3)


def test_since_when_a_structure_stands_is_not_said_over_what_another_said_meanwhile(
    district: District, project: Project
) -> None:
    """A step in the case meanwhile is no change of what is known of it."""
    found = StructureFactory(project=project, found_on=date(2025, 4, 30))
    address = reverse("works:structure_built", args=[found.pk])
    first, second = client_of(district, "zhonglou"), client_of(district, "bureau")
    sent = {"seen_version": str(second.get(address).context["form"]["seen_version"].value())}
    assert sent == {"seen_version": "1"}
    notified = reverse("works:structure_act", args=[found.pk, "notify"])
    assert first.post(notified, {"occurred_on": "2025-05-02"}).status_code == 302
    early = sent | {"built_on": "2025-04-10", "reason": "2025年4月航拍"}
    assert first.post(address, early).status_code == 302
    typed = sent | {"stood_before": "on", "reason": "房产档案"}
    late = second.post(address, typed)
    text = late.content.decode()
    assert late.status_code == 409
    who = district.users["zhonglou"]
    assert f"{who}把“建成日期”由“空”改为“2025年4月10日”。" in text
    assert "您填的都在下面，没有丢。" in text
    form = late.context["form"]
    assert {name: form[name].value() for name in form.fields} == {
        "built_on": "2025-04-10",
        "stood_before": True,
        "reason": "房产档案",
        "seen_version": "2",
    }
    assert TAKEN_OVER in text
    found.refresh_from_db()
    assert (found.built_on, found.stood_before) == (date(2025, 4, 10), False)
    assert found.history.first().history_change_reason == "2025年4月航拍"
    shown = editing.sent(form)
    assert second.post(address, shown).status_code == 422  # not both: a person says which
    assert second.post(address, shown | {"built_on": ""}).status_code == 302
    found.refresh_from_db()
    assert (found.built_on, found.stood_before, found.version) == (None, True, 3)


@pytest.mark.parametrize(
    ("form", "first", "second"),
    [
        ("plan", {"planned_to": "2025-08-31"}, {"quantity": "130.00"}),
        ("plan", {"origin": "required", "choice_round": ""}, {"quantity": "130.00"}),
        ("plan", {"origin": "chosen", "choice_round": "2"}, {"planned_from": "2025-05-01"}),
        ("menu", {"name": "下凹绿地", "is_required": "on"}, {"unit": "个"}),
        ("utility", {"depth_cm": "80", "opens_surface": ""}, {"note": "夜间施工"}),
    ],
)
def test_who_is_second_finds_what_the_first_wrote_in_the_fields_left_alone(
    district: District, project: Project, form: str, first: dict[str, str], second: dict[str, str]
) -> None:
    """What the first one wrote there is not undone unseen."""
    lifts = MenuItemFactory(code="lifts")
    wished(project, lifts, number=2)
    RoundFactory(project=project, number=3)
    addresses: dict[str, Callable[[], str]] = {
        "plan": lambda: reverse("works:plan_change", args=[_lift_of(project, first).pk]),
        "menu": lambda: reverse("works:menu_item", args=[_garden(district).pk]),
        "utility": lambda: reverse("works:utility_edit", args=[_gas(project).pk]),
    }
    address = addresses[form]()
    why = {} if form == "utility" else {"reason": "现场复核"}
    one, other = client_of(district, "bureau"), client_of(district, "bureau2")
    opened = editing.sent(other.get(address).context["form"])
    wanted = {name: value for name, value in first.items() if value}
    quicker = {name: value for name, value in opened.items() if name not in first} | wanted | why
    assert one.post(address, quicker).status_code == 302
    late = other.post(address, opened | second | why)
    assert late.status_code == 409
    assert TAKEN_OVER in late.content.decode()
    shown = editing.sent(late.context["form"])
    assert {name: shown.get(name, "") for name in first} == first
    assert {name: shown[name] for name in second} == second
    assert other.post(address, shown).status_code == 302
    stands = editing.sent(one.get(address).context["form"])
    assert {name: stands.get(name, "") for name in (*first, *second)} == first | second


def _lift_of(project: Project, first: dict[str, str]) -> WorkItem:
    """A lift that is planned as chosen in round 2 where the first one says otherwise."""
    item = WorkItemFactory(project=project, menu_item=MenuItem.objects.get(code="lifts"))
    chosen = {"origin": Origin.CHOSEN, "choice_round": 2} if first.get("choice_round") == "" else {}
    ItemPlanFactory(item=item, quantity=Decimal(100), **chosen)
    return item


def _garden(district: District) -> MenuItem:
    made: MenuItem = MenuItemFactory(bureau=district.bureau, name="雨水花园", unit="处")
    return made


def _gas(project: Project) -> UtilityPlan:
    made: UtilityPlan = UtilityPlanFactory(project=project, operator="区燃气公司", note="")
    return made


def test_an_item_that_was_taken_out_meanwhile_takes_nothing_over(
    district: District, project: Project
) -> None:
    item = pipe_of(project)
    first, second = client_of(district, "bureau"), client_of(district, "bureau2")
    address = reverse("works:plan_change", args=[item.pk])
    opened = editing.sent(second.get(address).context["form"])
    gone = {"reason": "居民不要", "seen_version": "1"}
    assert first.post(reverse("works:remove", args=[item.pk]), gone).status_code == 302
    late = second.post(address, opened | {"quantity": "130", "reason": "加一段"})
    assert late.status_code == 409
    assert "把这一条改为：取消。" in late.content.decode()
    assert TAKEN_OVER not in late.content.decode()
    shown = editing.sent(late.context["form"])
    assert shown == opened | {"quantity": "130", "reason": "加一段", "seen_version": "2"}


@pytest.mark.parametrize(
    ("quantity", "code"), [(None, "item.delivered"), ("300", "item.below_delivered")]
)
def test_what_was_delivered_while_a_plan_waited_keeps_it_from_being_approved(
    project: Project, district: District, clock: Clock, quantity: str | None, code: str
) -> None:
    """Taken out, or 500 → 300, proposed while nothing was delivered; then 400 were."""
    now = clock.at("2025-05-07 10:00")
    item = pipe_of(project, "500")
    BaselineFactory(project=project)
    by, reviewer = district.users["bureau"], district.users["reviewer"]
    if quantity is None:
        waiting = items.remove_item(item=item, reason="居民不要", by=by, now=now)
    else:
        waiting = items.plan_item(
            project=project,
            menu_item=item.menu_item,
            values=PlanValues(quantity=Decimal(quantity), reason="核减"),
            by=by,
            now=now,
        )
    CompletionFactory(item=item, quantity=Decimal(400))
    with pytest.raises(Refusal) as refused:
        items.decide_plan(plan=waiting, approve=True, by=reviewer, now=now)
    assert refused.value.code == code
    waiting.refresh_from_db()
    assert (waiting.state, waiting.effective_on) == (PlanState.PENDING, None)
    items.decide_plan(
        plan=waiting, approve=False, by=reviewer, now=now, comment="已完成 400，请重报"
    )
    assert waiting.state == PlanState.REJECTED
