"""Pages of the works: who may, what each shows, how forms come back, what the lists cost."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import GateKind, RestCause, WorkKind
from projects.ledger.models import Project
from projects.works.enums import PlanState, UtilityState
from projects.works.models import (
    Completion,
    ItemPlan,
    MenuItem,
    UtilityPlan,
    WorkItem,
)
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import wished
from tests.factories.ledger import (
    BaselineFactory,
    GateFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    RestWindowFactory,
    StoredFileFactory,
)
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    StructureFactory,
    UtilityPlanFactory,
    planned_item,
)
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"


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


@pytest.mark.parametrize(
    ("user", "read", "enter", "plan"),
    [
        ("bureau", 200, 200, 200),
        ("reviewer", 200, 403, 403),
        ("leader", 200, 403, 403),
        ("zhonglou", 200, 200, 403),
        ("zhonglou-head", 200, 403, 403),
        ("banyanglu", 404, 404, 403),
        ("npc", 200, 403, 403),
        ("contractor", 200, 403, 403),
        ("supervisor", 404, 403, 403),
        ("auditor", 403, 403, 403),
    ],
)
def test_who_sees_enters_and_plans(
    district: District, project: Project, user: str, read: int, enter: int, plan: int
) -> None:
    item = pipe_of(project)
    structure = StructureFactory(project=project)
    utility = UtilityPlanFactory(project=project)
    client = client_of(district, user)
    for name in ("project", "structures", "utilities"):
        assert client.get(reverse(f"works:{name}", args=[CODE])).status_code == read, name
    for name, row in (("item", item), ("structure", structure), ("utility", utility)):
        assert client.get(reverse(f"works:{name}", args=[row.pk])).status_code == read, name
    for name in ("structure_new", "utility_new"):
        assert client.get(reverse(f"works:{name}", args=[CODE])).status_code == enter, name
    assert client.get(reverse("works:deliver", args=[item.pk])).status_code == enter
    assert client.get(reverse("works:structure_act", args=[structure.pk, "notify"])).status_code == enter  # fmt: skip
    assert client.get(reverse("works:coordinate", args=[utility.pk])).status_code == enter
    assert client.get(reverse("works:plan_change", args=[item.pk])).status_code == (
        404 if plan == 404 else plan
    )
    assert client.get(reverse("works:plan_new", args=[CODE])).status_code == plan


def test_the_page_shows_items_by_class_and_what_is_out_of_order(
    district: District, project: Project
) -> None:
    pipe = pipe_of(project, "1200")
    CompletionFactory(item=pipe, quantity=Decimal(300))
    road = planned_item("800", project=project, menu_item=MenuItemFactory(code="roads"))
    CompletionFactory(item=road, quantity=Decimal(100))
    other = planned_item("7", menu_item=MenuItemFactory(code="lifts"))
    text = client_of(district, "zhonglou").get(reverse("works:project", args=[CODE])).content.decode()  # fmt: skip
    assert "计划 <b>2 条</b>改造内容，完成 <b>0 条</b>" in text
    assert "0.30 / 1.20 公里" in text
    assert "小区道路已完成 100 ㎡，地下的供水管网还没有完成（完成 300／计划 1,200 米）。" in text
    assert str(other) not in text


def test_a_completion_is_entered_by_the_street_with_its_file(
    district: District, project: Project
) -> None:
    item = pipe_of(project)
    client = client_of(district, "zhonglou")
    address = reverse("works:deliver", args=[item.pk])
    sent = {
        "quantity": "40",
        "delivered_on": "2025-04-18",
        "accepted_by": "监理单位 总监岗",
        "evidence": SimpleUploadedFile("验收单.pdf", PDF, "application/pdf"),
    }
    answer = client.post(address, sent)
    assert answer.status_code == 302
    row = Completion.objects.get()
    assert (row.quantity, row.delivered_on, row.evidence.name) == (  # type: ignore[union-attr]
        Decimal(40), date(2025, 4, 18), "验收单.pdf",
    )  # fmt: skip
    got = client.get(reverse("works:file", args=[row.evidence_id]))
    assert got.content == PDF
    other = client_of(district, "banyanglu").get(reverse("works:file", args=[row.evidence_id]))
    assert other.status_code == 404


def test_a_form_that_comes_back_says_why_at_its_field(district: District, project: Project) -> None:
    item = pipe_of(project)
    answer = client_of(district, "zhonglou").post(
        reverse("works:deliver", args=[item.pk]),
        {"quantity": "140", "delivered_on": "2025-04-18", "accepted_by": "监理单位 总监岗"},
    )
    assert answer.status_code == 422
    text = answer.content.decode()
    assert "累计完成 140 米，超过计划 100 米。请填情况说明。" in text
    assert Completion.objects.count() == 0


def test_a_change_waits_for_another_person_and_is_approved_on_its_page(
    district: District, project: Project
) -> None:
    BaselineFactory(project=project)
    item = pipe_of(project)
    wished(project, item.menu_item, number=2)
    sent = {
        "quantity": "120", "origin": "chosen", "choice_round": "2", "reason": "加一段支管", "seen_version": "1",
    }  # fmt: skip
    client_of(district, "bureau").post(reverse("works:plan_change", args=[item.pk]), sent)
    plan = ItemPlan.objects.get(state=PlanState.PENDING)
    page = reverse("works:item", args=[item.pk])
    assert "由区局审核岗批准" in client_of(district, "bureau").get(page).content.decode()
    npc = client_of(district, "npc").get(page).content.decode()
    assert "加一段支管" not in npc
    reviewer = client_of(district, "reviewer")
    assert "加一段支管" in reviewer.get(page).content.decode()
    decide = reverse("works:decide", args=[plan.pk])
    reviewer.post(decide, {"decision": "reject", "comment": ""})
    plan.refresh_from_db()
    assert plan.state == PlanState.PENDING
    reviewer.post(decide, {"decision": "approve"})
    plan.refresh_from_db()
    assert (plan.state, plan.effective_on) == (PlanState.APPROVED, date(2025, 5, 7))
    assert client_of(district, "bureau").post(decide, {"decision": "approve"}).status_code == 403


def test_planning_from_the_menu(district: District, project: Project) -> None:
    lifts = MenuItem.objects.get(code="lifts")
    client = client_of(district, "bureau")
    sent = {"menu_item": lifts.pk, "quantity": "2", "origin": "required"}
    assert client.post(reverse("works:plan_new", args=[CODE]), sent).status_code == 302
    plan = ItemPlan.objects.get()
    assert (str(plan.item), plan.quantity, plan.state) == ("加装电梯", Decimal(2), "approved")
    again = client.post(reverse("works:plan_new", args=[CODE]), sent)
    assert again.status_code == 422
    assert "与现在的计划相同" in again.content.decode()


def test_a_plan_for_days_on_which_work_rests_is_saved_with_a_warning(
    district: District, project: Project
) -> None:
    RestWindowFactory(
        bureau=district.bureau,
        cause=RestCause.HEAT,
        work_kind=WorkKind.ALL,
        from_on=date(2025, 7, 1),
        to_on=date(2025, 8, 31),
        reason="高温停工",
    )
    sent = {
        "menu_item": MenuItem.objects.get(code="roads").pk,
        "quantity": "800",
        "origin": "required",
        "planned_from": "2025-06-20",
        "planned_to": "2025-07-10",
    }
    client = client_of(district, "bureau")
    answer = client.post(reverse("works:plan_new", args=[CODE]), sent, follow=True)
    text = answer.content.decode()
    assert ItemPlan.objects.count() == 1
    assert (
        text.count("其中 10 天在高温停工期") == 2
    )  # said at once, and on the page as long as it is so
    utility = UtilityPlanFactory(
        project=project, planned_from=date(2025, 7, 1), planned_to=date(2025, 7, 2)
    )
    page = client.get(reverse("works:utility", args=[utility.pk])).content.decode()
    assert "其中 2 天在高温停工期" in page


def test_a_utility_is_entered_coordinated_begun_and_finished(
    district: District, project: Project
) -> None:
    client = client_of(district, "zhonglou")
    sent = {
        "kind": "gas",
        "operator": "区燃气公司",
        "stretch": "小区主路",
        "planned_from": "2025-04-01",
        "planned_to": "2025-04-20",
        "opens_surface": "on",
        "cost_bearer": "operator",
        "contact": "工程部",
    }
    assert client.post(reverse("works:utility_new", args=[CODE]), sent).status_code == 302
    plan = UtilityPlan.objects.get()
    talk = {"held_on": "2025-03-20", "participants": "区局、区燃气公司", "agreed": "4月底前完成"}
    client.post(reverse("works:coordinate", args=[plan.pk]), talk)
    for act, day in (("start", "2025-04-02"), ("finish", "2025-04-18")):
        client.post(reverse("works:utility_act", args=[plan.pk, act]), {"occurred_on": day})
    plan.refresh_from_db()
    assert (plan.state, plan.started_on, plan.finished_on) == (
        UtilityState.DONE,
        date(2025, 4, 2),
        date(2025, 4, 18),
    )
    text = client.get(reverse("works:utility", args=[plan.pk])).content.decode()
    assert "4月底前完成" in text
    late = client.get(reverse("works:utility_act", args=[plan.pk, "withdraw"]))
    assert late.status_code == 409


def test_lists_filter_by_the_address_and_export_what_they_show(
    district: District, project: Project
) -> None:
    elsewhere = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), name="柳泉里"
    )
    pipe_of(project)
    planned_item("2", project=elsewhere, menu_item=MenuItemFactory(code="lifts"))
    StructureFactory(project=project)
    StructureFactory(project=elsewhere, building="9 号楼")
    UtilityPlanFactory(project=project)
    UtilityPlanFactory(project=elsewhere, operator="区热力公司")
    bureau = client_of(district, "bureau")
    for name, here, there in (
        ("items", "供水管网", "加装电梯"),
        ("structures_all", "3 号楼", "9 号楼"),
        ("utilities_all", "区燃气公司", "区热力公司"),
    ):
        address = reverse(f"works:{name}")
        whole = bureau.get(address).content.decode()
        assert here in whole
        assert there in whole
        part = bureau.get(address, {"street": "zhonglou"}).content.decode()
        assert here in part
        assert there not in part
        own = client_of(district, "contractor").get(address).content.decode()
        assert there not in own
        nothing = bureau.get(address, {"q": "没有这个"}).content.decode()
        assert "没有符合条件的" in nothing
        book = bureau.get(reverse(f"works:{name}_export"), {"street": "zhonglou"})
        sheet = openpyxl.load_workbook(io.BytesIO(book.content)).worksheets[0]
        cells = {str(cell.value) for row in sheet.iter_rows() for cell in row}
        assert CODE in cells
        assert elsewhere.code not in cells


def test_the_menu_is_edited_with_a_reason_and_shows_its_history(district: District) -> None:
    client = client_of(district, "bureau")
    lifts = MenuItem.objects.get(code="lifts")
    page = reverse("works:menu_item", args=[lifts.pk])
    sent = {
        "menu_class": lifts.menu_class_id,
        "name": "加装电梯",
        "unit": "个",
        "places": "0",
        "layer": "other",
        "outcome": "lifts",
        "is_offered": "on",
        "reason": "统一单位",
        "seen_version": "1",
    }
    answer = client.post(page, sent)
    assert answer.status_code == 422
    assert "计量单位须为部" in answer.content.decode()
    assert client.post(page, sent | {"unit": "部", "name": "既有住宅加装电梯"}).status_code == 302
    text = client.get(page).content.decode()
    assert "名称：加装电梯 → 既有住宅加装电梯；统一单位" in text
    assert "既有住宅加装电梯" in client.get(reverse("works:menu")).content.decode()
    assert client_of(district, "zhonglou").get(page).status_code == 403


def test_what_several_bureaus_share_is_changed_by_none_of_them(district: District) -> None:
    make_district("boshan-")
    lifts = MenuItem.objects.get(code="lifts")
    page = reverse("works:menu_item", args=[lifts.pk])
    client = client_of(district, "bureau")
    assert "这是各区局共用的条目" in client.get(page).content.decode()
    assert client.post(page, {"name": "改名"}).status_code == 403
    sent: dict[str, Any] = {
        "menu_class": lifts.menu_class_id,
        "name": "雨水花园",
        "unit": "处",
        "places": "0",
        "layer": "surface",
        "is_offered": "on",
    }
    assert client.post(reverse("works:menu_item_new"), sent).status_code == 302
    own = MenuItem.objects.get(name="雨水花园")
    assert own.bureau == district.bureau
    other = client_of_prefix(district)
    assert other.get(reverse("works:menu_item", args=[own.pk])).status_code == 404


def client_of_prefix(district: District) -> Client:
    """The clerk of the other bureau."""
    from renovation.accounts.models import User

    client = Client()
    client.force_login(User.objects.get(username="boshan-bureau"))
    return client


#: The frame of every page costs a dozen; the rest does not grow with the rows.
BUDGETS = {
    "project": 18,
    "structures": 11,
    "utilities": 18,
    "items": 21,
    "structures_all": 18,
    "utilities_all": 19,
}


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("name", sorted(BUDGETS))
def test_pages_cost_the_same_however_much_they_show(
    settings: Any,
    district: District,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
    name: str,
    count: int,
) -> None:
    settings.FACE_TODO_COUNT = ""  # the number beside 待办 is another page's business
    for code in ("water-pipes", "roads", "lifts")[:count]:
        item = planned_item("60", project=project, menu_item=MenuItemFactory(code=code))
        ItemPlanFactory(item=item, version=2, quantity=Decimal(70))
        CompletionFactory(item=item)
        StructureFactory(project=project)
        UtilityPlanFactory(project=project)
    client = client_of(district, "bureau")
    args = [CODE] if name in ("project", "structures", "utilities") else []
    address = reverse(f"works:{name}", args=args)
    client.get(address)
    with django_assert_num_queries(BUDGETS[name]):
        assert client.get(address).status_code == 200
