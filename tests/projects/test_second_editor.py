"""Two people at one form of the ledger, the money, the works or the consent: the second is told who changed what, and
keeps what was typed. Those of the residents' wing are in its own `test_meanwhile`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, time
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from projects.consent.enums import RoundState
from projects.funding.accounts.services import AccountValues, open_account
from projects.funding.enums import FindingOrigin, FindingSeverity, Stage
from projects.funding.findings.services import FindingValues, record_finding
from projects.ledger.enums import GateKind, Verdict
from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from tests.conftest import Clock
from tests.editing import check_the_second_is_told, sent
from tests.factories.accounts import District, make_district
from tests.factories.consent import HouseholdFactory, RoundFactory
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import (
    BuildingFactory,
    EstateFactory,
    GateFactory,
    GatePromiseFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    RestWindowFactory,
    StandardCheckFactory,
    StandardItemFactory,
)
from tests.factories.works import MenuItemFactory, planned_item

pytestmark = pytest.mark.django_db
BUREAU, STREET = ("bureau", "bureau2"), ("zhonglou", "zhonglou-head")
EARLIER = local_moment(date(2025, 5, 6), time(10))


@dataclass
class Scene:
    district: District
    project: Project

    @property
    def code(self) -> str:
        return self.project.code


@dataclass(frozen=True)
class Case:
    """Where the form is (made with what stands there), what each of the two types, and what the second is told."""

    address: Callable[[Scene], str]
    first: dict[str, str]
    second: dict[str, str]
    told: str
    people: tuple[str, str] = BUREAU
    again: int = 302


def _of_estate(name: str) -> Callable[[Scene], str]:
    return lambda scene: reverse(
        f"ledger:{name}", args=[scene.code, scene.project.estates.get().pk]
    )


def _building(scene: Scene) -> str:
    estate = scene.project.estates.get()
    row = BuildingFactory(estate=estate)
    return reverse("ledger:building", args=[scene.code, estate.pk, row.pk])


def _party(name: str) -> Callable[[Scene], str]:
    def address(scene: Scene) -> str:
        row = PartyFactory(
            project=scene.project, valid_from=date(2025, 1, 20), contact="项目经理岗"
        )
        return reverse(f"ledger:{name}", args=[scene.code, row.pk])

    return address


def _gate(scene: Scene) -> str:
    GateFactory(project=scene.project, kind=GateKind.APPROVED, actual_on=None)
    return reverse("ledger:gate_edit", args=[scene.code, GateKind.APPROVED])


def _standard(scene: Scene) -> str:
    item = StandardItemFactory(bureau=scene.district.bureau, number=3)
    StandardCheckFactory(project=scene.project, item=item, verdict=Verdict.UNMET, note="未完成")
    return reverse("ledger:standard", args=[scene.code, item.number])


def _plans(scene: Scene) -> str:
    FundingPlanFactory(project=scene.project, source=FundingSourceFactory(pk=9001, code="own"))
    return reverse("funding:plans", args=[scene.code])


def _correction(scene: Scene) -> str:
    event = FundingEventFactory(project=scene.project, amount_fen=100_0000_00)
    return reverse("funding:correct", args=[event.pk])


def _forecast(scene: Scene) -> str:
    FundingPlanFactory(project=scene.project, source=FundingSourceFactory(pk=9001, code="own"))
    return reverse("funding:forecast_new", args=[scene.code])


def _variance(scene: Scene) -> str:
    source = FundingSourceFactory()
    FundingPlanFactory(project=scene.project, source=source)
    FundingEventFactory(
        project=scene.project, source=source, stage=Stage.PAID, occurred_on=date(2025, 2, 20)
    )
    return reverse("funding:forecast_explain", args=[scene.code, "2025-Q1", source.code])


def _account(scene: Scene) -> str:
    values = AccountValues(
        name="文昌园改造专户", bank="齐鲁银行淄川支行", purpose="工程款",
        opened_on=date(2025, 3, 1), number="1603 0012 0920 0456 789",
    )  # fmt: skip
    by = scene.district.users["reviewer"]
    row = open_account(project=scene.project, values=values, by=by, now=EARLIER)
    return reverse("funding:account_change", args=[row.pk])


def _finding(scene: Scene) -> str:
    values = FindingValues(
        origin=FindingOrigin.FOLLOWING, title="外墙保温多计量", detail="", found_on=date(2025, 4, 1),
        amount_fen=9_6000_00, severity=FindingSeverity.MAJOR, document_number="淄审跟〔2025〕3号",
        responsible="某建设工程有限公司", owner=scene.district.users["zhonglou"],
        deadline_on=date(2025, 5, 30),
    )  # fmt: skip
    by = scene.district.users["bureau"]
    row = record_finding(project=scene.project, values=values, report=None, by=by, now=EARLIER)
    return reverse("funding:finding_act", args=[row.pk, "answer"])


def _item(name: str) -> Callable[[Scene], str]:
    def address(scene: Scene) -> str:
        menu = MenuItemFactory(code="water-pipes")
        item = planned_item("100", project=scene.project, menu_item=menu)
        return reverse(f"works:{name}", args=[item.pk])

    return address


def _menu_item(scene: Scene) -> str:
    menu = MenuItemFactory(bureau=scene.district.bureau, name="雨水花园", unit="处")
    return reverse("works:menu_item", args=[menu.pk])


def _round(scene: Scene) -> str:
    row = RoundFactory(project=scene.project, number=1, state=RoundState.DRAFT)
    return reverse("consent:round_edit", args=[scene.code, row.number])


def _household(scene: Scene) -> str:
    row = HouseholdFactory(estate=scene.project.estates.get())
    return reverse("consent:household_edit", args=[row.pk])


CASES = {
    "project": Case(
        lambda scene: reverse("ledger:edit", args=[scene.code]),
        {"name": "甲小区", "reason": "更名"}, {"note": "乙的说明", "reason": "补充"},
        "把“项目名称”由“文昌园”改为“甲小区”。",
    ),
    "estate": Case(
        _of_estate("estate"), {"address": "甲路 1 号"}, {"household_count": "99"}, "改为“甲路 1 号”。"
    ),
    "building": Case(_building, {"floor_count": "5"}, {"year_built": "1988"}, "改为“5”。"),
    "party": Case(_party("party"), {"contact": "甲岗"}, {"contact": "乙岗"}, "由“项目经理岗”改为“甲岗”。"),
    "gate": Case(
        _gate, {"forecast_on": "2025-06-09"}, {"note": "等待批复"}, "把“预计日期”由“空”改为“2025年6月9日”。"
    ),
    "standard": Case(
        _standard, {"verdict": "met"}, {"note": "乙楼未完成"}, "把“结论”由“不符合”改为“符合”。"
    ),
    "planned amounts": Case(
        _plans, {"planned-9001": "280"}, {"planned-9001": "260"}, "由“300.00 万元”改为“280.00 万元”。"
    ),
    "correction": Case(
        _correction, {"amount": "90", "reason": "发票作废"}, {"amount": "80", "reason": "重复登记"},
        "下达 −10.00 万元（发票作废）。",
    ),
    "forecast": Case(
        _forecast, {"amount-9001": "50"}, {"amount-9001": "60", "note": "乙的依据"},
        "用款预测第 1 版，50.00 万元。", again=422,
    ),
    "variance": Case(
        _variance, {"reason": "funds", "text": "甲的说明"}, {"reason": "funds", "text": "乙的说明"},
        "（甲的说明）。",
    ),
    "account": Case(
        _account, {"purpose": "甲用途"}, {"purpose": "乙用途"}, "改为“甲用途”。"
    ),
    "finding": Case(
        _finding, {"text": "已扣减计量。"}, {"text": "已约谈施工单位。"}, "（已扣减计量）。", again=422
    ),
    "item": Case(
        _item("plan_change"), {"quantity": "120", "reason": "现场复核"},
        {"quantity": "130", "reason": "居民要求"}, "把“计划数量”由“100 米”改为“120 米”。",
    ),
    "item taken out": Case(
        _item("remove"), {"reason": "甲的原因"}, {"reason": "乙的原因"}, "把这一条改为：取消。", again=422
    ),
    "menu item": Case(
        _menu_item, {"name": "下凹绿地", "reason": "规范名称"}, {"unit": "个", "reason": "统一单位"},
        "把“名称”由“雨水花园”改为“下凹绿地”。",
    ),
    "round": Case(
        _round, {"question": "您同意甲方案吗？"}, {"question": "您同意乙方案吗？"},
        "把“问题”由“您是否同意本小区列入改造？”改为“您同意甲方案吗？”。", STREET,
    ),
    "home": Case(
        _household, {"phone": "13800001111"}, {"name": "李试样"}, "改过这一户的姓名、电话或上门关注。", STREET
    ),
}  # fmt: skip


@pytest.fixture
def scene(clock: Clock) -> Scene:
    clock.at("2025-05-07 10:00")
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("zhonglou")
    project = ProjectFactory(programme=programme, street=street, code="ZC2025-01", name="文昌园")
    EstateFactory(project=project, name="文昌园小区")
    return Scene(district, project)


@pytest.mark.parametrize("name", CASES)
def test_the_second_is_told_and_keeps_what_was_typed(scene: Scene, name: str) -> None:
    case = CASES[name]
    clients: list[Any] = []
    for user in case.people:
        client = Client()
        client.force_login(scene.district.users[user])
        clients.append(client)
    check_the_second_is_told(
        case.address(scene),
        one=clients[0],
        other=clients[1],
        by=scene.district.users[case.people[0]],
        first=case.first,
        second=case.second,
        told=case.told,
        again=case.again,
    )


def _source(scene: Scene) -> str:
    row = FundingSourceFactory(bureau=scene.district.bureau, code="own-7", name="区级配套")
    return reverse("funding:source_change", args=[row.pk])


def _promise(scene: Scene) -> str:
    row = GatePromiseFactory(project=scene.project)
    return reverse("ledger:promise", args=[scene.code, row.gate, row.pk])


def _rest(scene: Scene) -> str:
    row = RestWindowFactory(bureau=scene.district.bureau)
    return reverse("ledger:rest", args=[row.pk])


@pytest.mark.parametrize(
    ("address", "first", "second"),
    [
        (_account, {"purpose": "甲用途"}, {"bank": "淄博银行"}),
        (_source, {"order": "55", "reason": "调整"}, {"name": "区级自筹", "reason": "规范名称"}),
        (_promise, {"document_number": "承诺 9 号"}, {"note": "已催办"}),
        (_rest, {"document_number": "淄建发 9 号"}, {"reason": "停止土方、拆除作业"}),
        (_menu_item, {"name": "下凹绿地", "reason": "规范名称"}, {"unit": "个", "reason": "统一"}),
    ],
)
def test_what_the_first_wrote_stands_in_the_fields_that_the_second_left_alone(
    scene: Scene, address: Callable[[Scene], str], first: dict[str, str], second: dict[str, str]
) -> None:
    """Pressing the button again undoes nothing of it unseen, and the page says so."""
    url, (one, other) = address(scene), (Client(), Client())
    for client, user in zip((one, other), BUREAU, strict=True):
        client.force_login(scene.district.users[user])
    typed = sent(other.get(url).context["form"]) | second
    assert one.post(url, sent(one.get(url).context["form"]) | first).status_code == 302
    back = other.post(url, typed)
    assert back.status_code == 409
    assert "您没有动的格，已换成现在的值。" in back.content.decode()
    shown = sent(back.context["form"])
    wanted = first | second
    assert {name: shown[name] for name in wanted} == wanted
    assert other.post(url, shown).status_code == 302
    stands = sent(one.get(url).context["form"])
    kept = wanted.keys() - ({"reason"} if not stands.get("reason") else set())
    assert {name: stands[name] for name in kept} == {name: wanted[name] for name in kept}
