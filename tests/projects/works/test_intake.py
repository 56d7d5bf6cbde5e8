"""The workbook of a year's plan: filled with what stands, taken back unchanged, changed with reasons."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from projects.works.enums import Origin, PlanState
from projects.works.intake import COLUMNS, RULES, WORKS_PLAN
from projects.works.models import ItemPlan
from projects.works.services.items import PlanValues, decide_plan, plan_item
from renovation.core.errors import Fault, Refusal, Severity, StateConflict
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target
from renovation.intake.preview import Preview, build
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import BaselineFactory, EstateFactory, ProgrammeFactory, ProjectFactory
from tests.factories.works import (
    CompletionFactory,
    ItemPlanFactory,
    MenuItemFactory,
    WorkItemFactory,
    planned_item,
)

pytestmark = pytest.mark.django_db
HEAD = 3


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """A project with pipes in one estate, a road in all of it, and a lift that was taken out."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    estate = EstateFactory(project=made, name="南院")
    planned_item("1234", project=made, estate=estate, menu_item=MenuItemFactory(code="water-pipes"))
    road = WorkItemFactory(project=made, menu_item=MenuItemFactory(code="roads"))
    ItemPlanFactory(
        item=road,
        quantity=Decimal(800),
        origin=Origin.CHOSEN,
        choice_round=2,
        planned_from=date(2025, 5, 1),
        planned_to=date(2025, 8, 31),
    )
    lift = planned_item("2", project=made, menu_item=MenuItemFactory(code="lifts"))
    ItemPlanFactory(item=lift, version=2, quantity=Decimal(0), is_removed=True)
    return made


def book_of(district: District, now: datetime) -> Any:
    target = Target(organisation=district.bureau, period_key="2025")
    return openpyxl.load_workbook(io.BytesIO(WORKS_PLAN.template(target, now).content))


def sent(district: District, book: Any, now: datetime) -> Upload:
    """The workbook as it comes in and is read."""
    content = io.BytesIO()
    book.save(content)
    upload = intake.receive(
        pipeline=WORKS_PLAN.code,
        organisation=district.bureau,
        period_key="2025",
        file=content.getvalue(),
        name="改造内容计划.xlsx",
        by=district.users["bureau"],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def confirmed(district: District, upload: Upload, now: datetime) -> Upload:
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    upload.refresh_from_db()
    return upload


def faults(upload: Upload) -> set[str]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return {fault.code for fault in found if fault.severity is Severity.ERROR}


def write(book: Any, row: int, **values: Any) -> None:
    places = {column.field: place for place, column in enumerate(COLUMNS, start=1)}
    for name, value in values.items():
        book.worksheets[0].cell(row=row, column=places[name]).value = value


def test_the_template_holds_what_stands(
    district: District, project: Project, now: datetime
) -> None:
    rows = list(book_of(district, now).worksheets[0].iter_rows(min_row=HEAD + 1, values_only=True))
    assert rows[0][:6] == ("ZC2025-01", "文昌园", "南院", "供水管网", "米", 1234)
    assert rows[1][2:8] == (None, "小区道路", "㎡", 800, "居民选定", 2)
    assert rows[1][8].date() == date(2025, 5, 1)
    assert rows[2] == (None,) * len(COLUMNS)


def test_sent_back_as_it_is_it_changes_nothing(
    district: District, project: Project, now: datetime
) -> None:
    before = ItemPlan.objects.count()
    upload = sent(district, book_of(district, now), now)
    assert faults(upload) == set()
    confirmed(district, upload, now)
    assert ItemPlan.objects.count() == before


def test_a_change_and_a_new_row_are_planned(
    district: District, project: Project, now: datetime
) -> None:
    BaselineFactory(project=project)
    book = book_of(district, now)
    write(book, HEAD + 1, quantity=1300, reason="加一段支管")
    write(book, HEAD + 3, project="ZC2025-01", item="照明", quantity=24, reason="居民要求")
    upload = sent(district, book, now)
    assert faults(upload) == set()
    confirmed(district, upload, now)
    made = ItemPlan.objects.filter(state=PlanState.PENDING).order_by("pk")
    assert [
        (str(plan.item), str(plan.item.estate or ""), plan.quantity, plan.reason) for plan in made
    ] == [
        ("供水管网", "南院", Decimal(1300), "加一段支管"),
        ("照明", "", Decimal(24), "居民要求"),
    ]


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"quantity": None}, "G101"),
        ({"project": "ZC2025-99"}, "G142"),
        ({"estate": "北院"}, "G143"),
        ({"item": "修路"}, "G151"),
        ({"unit": "公里"}, "G152"),
        ({"quantity": Decimal("1234.5"), "reason": "改"}, "G153"),
        ({"origin": "上级要求"}, "G154"),
        ({"origin": "居民选定", "choice_round": 2, "reason": "改"}, "G155"),
        ({"choice_round": 2, "reason": "改"}, "G156"),
        ({"origin": None, "choice_round": 2, "reason": "改"}, "G156"),
        ({"planned_from": date(2025, 5, 2), "planned_to": date(2025, 5, 1), "reason": "改"}, "G161"),
        ({"quantity": 30, "reason": "少做"}, "G162"),
        ({"quantity": 1300}, "G164"),
    ],
)  # fmt: skip
def test_every_rule_has_a_workbook_that_breaks_it(
    district: District, project: Project, now: datetime, values: dict[str, Any], code: str
) -> None:
    CompletionFactory(item=project.work_items.get(menu_item__code="water-pipes"))
    book = book_of(district, now)
    write(book, HEAD + 1, **values)
    assert code in faults(sent(district, book, now))


def test_a_row_that_already_waits_is_refused_and_the_rest_stays(
    district: District, project: Project, now: datetime
) -> None:
    BaselineFactory(project=project)
    pipe = project.work_items.get(menu_item__code="water-pipes")
    ItemPlanFactory(item=pipe, version=2, quantity=Decimal(9), state=PlanState.PENDING)
    book = book_of(district, now)
    assert faults(sent(district, book, now)) == set()
    write(book, HEAD + 1, quantity=1300, reason="加一段支管")
    assert faults(sent(district, book, now)) == {"G163"}


def test_every_rule_of_the_wing_is_broken_above() -> None:
    own = {rule.code for rule in RULES if rule.check is not None}
    assert own == {
        "G101", "G142", "G143", "G151", "G152", "G153", "G154", "G155", "G156", "G161", "G162", "G163",
        "G164",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("user", "status"), [("bureau", 200), ("reviewer", 403), ("zhonglou", 403), ("contractor", 403)]
)
def test_only_the_bureau_brings_it_in(
    district: District, project: Project, user: str, status: int
) -> None:
    client = Client()
    client.force_login(district.users[user])
    for address in (
        reverse("works:import", args=[2025]),
        reverse("works:import_template", args=[2025]),
        reverse("works:import_rules"),
    ):
        assert client.get(address).status_code == status


def test_where_no_number_of_rows_is_expected_none_is_missed(
    district: District, project: Project, now: datetime
) -> None:
    client = Client()
    client.force_login(district.users["bureau"])
    upload = sent(district, book_of(district, now), now)
    page = client.get(reverse("intake:upload", args=[upload.pk])).content.decode()
    assert f"{len(upload.rows)} 行" in page
    assert "没有重复行" in page
    assert "应有" not in page


# -- what an empty cell says --------------------------------------------------------------------------
def page_of(upload: Upload, now: datetime) -> Preview:
    return build(upload, WORKS_PLAN, WORKS_PLAN.describe(intake.target_of(upload=upload), now))


def told(page: Preview) -> dict[str, list[tuple[str, str]]]:
    """What the preview says of each row, by its name."""
    return {row.name: [(each.head, each.text) for each in row.said] for row in page.rows}


def committed(district: District, upload: Upload, now: datetime) -> str:
    return intake.commit(upload=upload, by=district.users["bureau"], now=now).text


def test_a_day_that_is_emptied_is_told_counted_and_written(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, now)
    write(book, row_of(book, "小区道路"), planned_to=None, reason="完成时间待定")
    upload = sent(district, book, now)
    assert faults(upload) == set()
    page = page_of(upload, now)
    assert told(page) == {
        "文昌园　供水管网": [],
        "文昌园　小区道路": [("计划完成", "原“2025年8月31日”，清空")],
    }
    assert [row.tag for row in page.rows] == ["没有变化", ""]
    assert (page.changes, page.counts["news"]) == (1, 1)
    assert page.result.text == "写入 1 行，其余 1 行没有变化"
    assert committed(district, upload, now) == "写入 1 行，其余 1 行没有变化"
    plans = ItemPlan.objects.filter(item__menu_item__code="roads").order_by("version")
    assert [(plan.planned_from, plan.planned_to) for plan in plans] == [
        (date(2025, 5, 1), date(2025, 8, 31)),
        (date(2025, 5, 1), None),
    ]


def test_an_empty_origin_of_what_must_be_done_changes_nothing(
    district: District, project: Project, now: datetime
) -> None:
    before = ItemPlan.objects.count()
    book = book_of(district, now)
    write(book, row_of(book, "供水管网"), origin=None)
    upload = sent(district, book, now)
    assert faults(upload) == set()
    page = page_of(upload, now)
    assert (page.changes, page.is_all_same) == (0, True)
    assert committed(district, upload, now) == "没有行写入，2 行没有变化"
    assert ItemPlan.objects.count() == before


@pytest.mark.parametrize("cells", [{}, {"choice_round": None}])
@pytest.mark.parametrize("origin", [None, "按计划必做"])
def test_another_origin_of_what_was_chosen_takes_its_round_along(
    district: District, project: Project, now: datetime, origin: str | None, cells: dict[str, None]
) -> None:
    book = book_of(district, now)
    write(book, row_of(book, "小区道路"), origin=origin, reason="改为必做", **cells)
    upload = sent(district, book, now)
    assert faults(upload) == set()
    page = page_of(upload, now)
    assert told(page)["文昌园　小区道路"] == [
        ("来由", "原“居民选定”，改为“按计划必做”"),
        ("征询轮次", "原“2”，清空"),
    ]
    assert page.changes == 2
    committed(district, upload, now)
    newest = ItemPlan.objects.filter(item__menu_item__code="roads").latest("version")
    assert (newest.origin, newest.choice_round) == (Origin.REQUIRED, None)


@pytest.mark.parametrize(("cell", "value"), [("planned_to", "下周"), ("origin", "居" * 11)])
def test_a_cell_that_cannot_be_read_empties_nothing(
    district: District, project: Project, now: datetime, cell: str, value: str
) -> None:
    book = book_of(district, now)
    write(book, row_of(book, "小区道路"), **{cell: value})
    page = page_of(sent(district, book, now), now)
    assert page.changes == 0
    assert [row.can_take for row in page.rows] == [True, False]


# -- what colleagues changed since the workbook went out ---------------------------------------------
def replanned(district: District, clock: Clock, name: str, **changes: Any) -> datetime:
    """A colleague changes the plan of an item on its page, ten minutes after the workbook went out."""
    later = clock.at("2025-05-07 10:10")
    plan = ItemPlan.objects.filter(item__menu_item__code=name).latest("version")
    names = ("quantity", "origin", "choice_round", "planned_from", "planned_to")
    values = {each: getattr(plan, each) for each in names} | {"reason": "设计调整"} | changes
    plan_item(
        project=plan.item.project,
        menu_item=plan.item.menu_item,
        estate=plan.item.estate,
        values=PlanValues(**values),
        by=district.users["bureau2"],
        now=later,
    )
    return later


def said(upload: Upload, code: str) -> list[str]:
    return [fault["message"] for fault in upload.faults if fault["code"] == code]


def row_of(book: Any, name: str) -> int:
    place = [column.field for column in COLUMNS].index("item") + 1
    sheet = book.worksheets[0]
    return next(row for row in range(HEAD + 1, 20) if sheet.cell(row, place).value == name)


def test_a_plan_that_a_colleague_changed_meanwhile_is_not_taken_back(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    book = book_of(district, now)
    pipes = ItemPlan.objects.get(item__menu_item__code="water-pipes")
    row = row_of(book, str(pipes.item))
    write(book, row, quantity=1300, reason="增加一段")
    later = replanned(district, clock, "water-pipes", planned_from=date(2025, 6, 1))
    upload = sent(district, book, later)
    (told,) = said(upload, "G036")
    assert told == (
        "计划开始在下载以后改过：当时是空的，现在是“2025年6月1日”"
        f"（这一行最后由{district.users['bureau2']}于2025年5月7日 10:10修改）；表里没有改这一格，照现在的不动"
    )
    assert said(upload, "G165") == []
    confirmed(district, upload, later)
    newest = ItemPlan.objects.filter(item=pipes.item).latest("version")
    assert (newest.quantity, newest.planned_from) == (Decimal(1300), date(2025, 6, 1))


def test_a_plan_that_would_be_written_over_is_asked_about(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    book = book_of(district, now)
    pipes = ItemPlan.objects.get(item__menu_item__code="water-pipes")
    write(book, row_of(book, str(pipes.item)), quantity=1300, reason="增加一段")
    later = replanned(district, clock, "water-pipes", quantity=Decimal(900))
    upload = sent(district, book, later)
    (told,) = said(upload, "G165")
    assert told.startswith("计划数量在下载以后改过")
    assert "当时是“1234.00”，现在是“900.00”" in told
    with pytest.raises(Refusal) as refused:
        confirmed(district, upload, later)
    assert refused.value.code == "upload.reason_missing"
    assert ItemPlan.objects.filter(item=pipes.item).latest("version").quantity == Decimal(900)


def test_a_plan_that_another_person_approved_names_both(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    BaselineFactory(project=project)
    book = book_of(district, now)
    later = replanned(district, clock, "water-pipes", quantity=Decimal(900))
    waiting = ItemPlan.objects.get(state=PlanState.PENDING)
    decide_plan(plan=waiting, approve=True, by=district.users["reviewer"], now=later)
    (told,) = said(sent(district, book, later), "G036")
    assert told == (
        "计划数量在下载以后改过：当时是“1234.00”，现在是“900.00”"
        f"（这一行最后由{district.users['bureau2']}于2025年5月7日 10:10修改、"
        f"由{district.users['reviewer']}于2025年5月7日 10:10批准）；表里没有改这一格，照现在的不动"
    )


def test_plans_that_are_changed_after_the_preview_are_shown_once_more_and_asked_about(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    names = ["water-pipes", "roads", "lighting", "gates"]
    for name in names[2:]:
        planned_item("10", project=project, menu_item=MenuItemFactory(code=name))
    book = book_of(district, now)
    for row in range(HEAD + 1, HEAD + 5):
        write(book, row, quantity=700, reason="核减")
    upload = sent(district, book, now)
    assert (faults(upload), said(upload, "G165")) == (set(), [])
    for name in names:
        later = replanned(district, clock, name, quantity=Decimal(900))
    with pytest.raises(StateConflict) as stale:
        confirmed(district, upload, later)
    assert stale.value.code == "upload.stale"
    assert "等 4 条被别人改过" in str(stale.value)
    upload.refresh_from_db()
    asked = said(upload, "G165")
    assert len(asked) == 4
    assert all(each.startswith("计划数量在核对以后改过：当时是") for each in asked)
    assert all(
        f"现在是“900.00”（这一行最后由{district.users['bureau2']}于2025年5月7日 10:10修改），"
        in each
        for each in asked
    )
    with pytest.raises(Refusal) as refused:
        confirmed(district, upload, later)
    assert refused.value.code == "upload.reason_missing"
    assert not ItemPlan.objects.filter(quantity=700).exists()


@pytest.mark.parametrize("second", [1234, 1400])
def test_a_plan_that_is_corrected_in_the_same_workbook_is_taken_as_it_reads(
    district: District, project: Project, now: datetime, second: int
) -> None:
    """Back to what the workbook went out with, or to a third number."""
    book = book_of(district, now)
    pipes = ItemPlan.objects.get(item__menu_item__code="water-pipes")
    row = row_of(book, str(pipes.item))
    write(book, row, quantity=1300, reason="增加一段")
    confirmed(district, sent(district, book, now), now)
    write(book, row, quantity=second, reason="填错了")
    upload = sent(district, book, now)
    assert (said(upload, "G036"), said(upload, "G165")) == ([], [])
    confirmed(district, upload, now)
    assert ItemPlan.objects.filter(item=pipes.item).latest("version").quantity == second


def test_what_waits_for_approval_is_no_change_of_anybody(
    district: District, project: Project, now: datetime
) -> None:
    """What was proposed with the workbook stands once it is approved, not before."""
    BaselineFactory(project=project)
    book = book_of(district, now)
    pipes = ItemPlan.objects.get(item__menu_item__code="water-pipes")
    row = row_of(book, str(pipes.item))
    write(book, row, quantity=1300, reason="增加一段")
    confirmed(district, sent(district, book, now), now)
    write(book, row, quantity=1400, reason="填错了")
    early = sent(district, book, now)
    assert faults(early) == {"G163"}
    assert (said(early, "G036"), said(early, "G165")) == ([], [])
    waiting = ItemPlan.objects.get(state=PlanState.PENDING)
    decide_plan(plan=waiting, approve=True, by=district.users["reviewer"], now=now)
    write(book, row, quantity=1234, reason="填错了")
    late = sent(district, book, now)
    assert faults(late) == set()
    assert (said(late, "G036"), said(late, "G165")) == ([], [])
    confirmed(district, late, now)
    assert ItemPlan.objects.get(state=PlanState.PENDING).quantity == Decimal(1234)


def test_an_item_that_was_taken_out_meanwhile_is_not_planned_again_unseen(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, now)
    pipes = ItemPlan.objects.get(item__menu_item__code="water-pipes")
    ItemPlanFactory(item=pipes.item, version=2, quantity=Decimal(0), is_removed=True)
    upload = sent(district, book, now)
    (told,) = said(upload, "G165")
    assert told.startswith(
        "这一行在下载以后已不在台账的这张表里（删去、作废或改了名），写入会重新添上。"
    )
