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
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target
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
        "G101", "G142", "G143", "G151", "G152", "G153", "G154", "G155", "G161", "G162", "G163", "G164",
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
