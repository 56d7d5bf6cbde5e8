"""Every rule of a list has a workbook that breaks it; what is new is entered and comes back."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from django.db import models

from projects.funding.models import FundingPlan
from projects.ledger.books.registry import books
from projects.ledger.models import (
    Building,
    Party,
    Project,
    StandardCheck,
)
from projects.works.models import IllegalStructure, UtilityPlan
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target, pipeline_of
from renovation.intake.preview import build
from tests.factories.accounts import District
from tests.factories.funding import FundingSourceFactory
from tests.factories.ledger import GatePromiseFactory
from tests.unguarded import unguarded

from .scene import HEAD, book_of, errors, sent, write

pytestmark = pytest.mark.django_db


def codes(upload: Upload) -> set[str]:
    return {fault.code for fault in errors(upload)}


@pytest.mark.parametrize(
    ("slug", "values", "code"),
    [
        ("buildings", {"number": None}, "L101"),
        ("parties", {"project": None}, "L141"),
        ("parties", {"party": None, "number": None}, "L101"),
        ("plans", {"project": "ZC2025-99"}, "L142"),
        ("parties", {"role": "总包"}, "L151"),
        ("parties", {"number": 99999}, "L161"),
        ("parties", {"number": None}, "L161"),
        ("targets", {"month": "五月"}, "L171"),
        ("targets", {"target_percent": 12}, "L171"),
        ("gates", {"gate": "开工", "planned_on": date(2025, 3, 9)}, "L171"),
        ("standards", {"item": 9}, "L171"),
        ("structures", {"estate": "北院"}, "L171"),
        ("structures", {"built_on": date(2025, 3, 11)}, "L171"),
        ("buildings", {"area_sqm": Decimal("3400.555")}, "L105"),
    ],
)
def test_every_rule_has_a_workbook_that_breaks_it(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    values: dict[str, Any],
    code: str,
) -> None:
    book = book_of(district, slug, now)
    write(book, slug, 1, **values)
    assert code in codes(sent(district, slug, book, now))


@pytest.mark.parametrize(
    ("stands", "written", "comes_to"),
    [
        ((date(2025, 2, 3), False), {"built_on": None, "stood_before": "是"}, (None, True)),
        ((None, True), {"built_on": date(2025, 2, 3)}, (date(2025, 2, 3), False)),
        ((None, True), {"built_on": date(2025, 2, 3), "stood_before": None}, (date(2025, 2, 3), False)),
        ((None, True), {"built_on": date(2025, 2, 3), "stood_before": "否"}, (date(2025, 2, 3), False)),
        ((None, True), {"stood_before": "否"}, (None, False)),
        ((date(2025, 2, 3), False), {"built_on": None, "stood_before": None}, (date(2025, 2, 3), False)),
    ],
)  # fmt: skip
def test_since_when_a_structure_stands_is_said_otherwise_by_the_cell_that_is_filled(
    district: District,
    project: Project,
    now: datetime,
    stands: tuple[date | None, bool],
    written: dict[str, Any],
    comes_to: tuple[date | None, bool],
) -> None:
    built_on, stood_before = stands
    IllegalStructure.objects.update(built_on=built_on, stood_before=stood_before)
    book = book_of(district, "structures", now)
    write(book, "structures", 1, **written)
    upload = sent(district, "structures", book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert IllegalStructure.objects.values_list("built_on", "stood_before").get() == comes_to


@pytest.mark.parametrize(
    ("stands", "written", "told", "count"),
    [
        (
            (date(2025, 2, 3), False),
            {"built_on": None, "stood_before": "是"},
            {"建成日期": "原“2025年2月3日”，清空", "改造前已有": "原“否”，改为“是”"},
            2,
        ),
        (
            (None, True),
            {"built_on": date(2025, 2, 3)},
            {"建成日期": "原为空，改为“2025年2月3日”", "改造前已有": "原“是”，改为“否”"},
            2,
        ),
        (
            (None, True),
            {"built_on": date(2025, 2, 3), "stood_before": "是"},
            {"建成日期": "原为空，改为“2025年2月3日”", "改造前已有": "原“是”，改为“否”"},
            2,
        ),
        (
            (None, True),
            {"built_on": date(2025, 2, 3), "stood_before": None},
            {"建成日期": "原为空，改为“2025年2月3日”", "改造前已有": "原“是”，改为“否”"},
            2,
        ),
        (
            (None, True),
            {"built_on": date(2025, 2, 3), "stood_before": "否"},
            {"建成日期": "原为空，改为“2025年2月3日”", "改造前已有": "原“是”，改为“否”"},
            2,
        ),
        ((date(2025, 2, 3), False), {"built_on": None, "note": "核过"}, {"说明": "原为空，改为“核过”"}, 1),
        ((date(2025, 2, 3), False), {"built_on": None}, {}, 0),
    ],
)  # fmt: skip
def test_the_preview_says_which_answer_goes_because_of_the_other(
    district: District,
    project: Project,
    now: datetime,
    stands: tuple[date | None, bool],
    written: dict[str, Any],
    told: dict[str, str],
    count: int,
) -> None:
    built_on, stood_before = stands
    IllegalStructure.objects.update(built_on=built_on, stood_before=stood_before)
    book = book_of(district, "structures", now)
    write(book, "structures", 1, **written)
    pipeline = pipeline_of("list_structures")
    target = Target(organisation=district.bureau, period_key="2025")
    upload = sent(district, "structures", book, now)
    page = build(upload, pipeline, pipeline.describe(target, now))
    (row,) = page.rows
    assert {said.head: said.text for said in row.said} == told
    assert page.changes == count
    assert [cell.value for cell in page.strip if cell.name == "与台账相比"] == [f"改动 {count} 处"]


@pytest.mark.parametrize(
    ("stands", "written"),
    [
        ((date(2025, 2, 3), False), {"stood_before": "是"}),
        ((None, False), {"built_on": date(2025, 2, 3), "stood_before": "是"}),
    ],
)
def test_a_day_that_is_left_beside_the_word_is_not_thrown_away(
    district: District,
    project: Project,
    now: datetime,
    stands: tuple[date | None, bool],
    written: dict[str, Any],
) -> None:
    built_on, stood_before = stands
    IllegalStructure.objects.update(built_on=built_on, stood_before=stood_before)
    book = book_of(district, "structures", now)
    write(book, "structures", 1, **written)
    upload = sent(district, "structures", book, now)
    assert [(fault.code, fault.message) for fault in errors(upload)] == [
        ("L171", "建成日期和“改造前已有”只填一项：知道日期的填日期。")
    ]


def test_what_is_met_says_what_shows_it_and_what_stood_before_stays(
    district: District, project: Project, now: datetime
) -> None:
    """The first standard stands as 符合 with nothing that shows it; the second was never judged."""
    book = book_of(district, "standards", now)
    write(book, "standards", 2, verdict="符合")
    upload = sent(district, "standards", book, now)
    assert [(fault.code, fault.cell[:1], fault.message) for fault in errors(upload)] == [
        ("L171", "F", "“符合”要有依据：附依据文件，或在说明里写明依据是什么、在哪里。")
    ]
    write(book, "standards", 2, verdict="符合", note="见会议纪要")
    upload = sent(district, "standards", book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    rows = StandardCheck.objects.order_by("item__number")
    assert [(row.verdict, row.note) for row in rows] == [("met", ""), ("met", "见会议纪要")]


@pytest.mark.parametrize(
    ("slug", "values", "model"),
    [
        (
            "parties",
            {"project": "ZC2025-01", "role": "监理单位", "party": "某监理公司", "contact": "总监"},
            Party,
        ),
        (
            "buildings",
            {
                "project": "ZC2025-01",
                "estate": "南院",
                "number": "4号楼",
                "household_count": 24,
                "area_sqm": Decimal("2100.5"),
            },
            Building,
        ),
        (
            "plans",
            {"project": "ZC2025-01", "source": "区级财政", "planned": 50},
            FundingPlan,
        ),
        (
            "structures",
            {
                "project": "ZC2025-01",
                "location": "北墙外",
                "kind": "棚屋储藏间",
                "found_on": date(2025, 5, 6),
            },
            IllegalStructure,
        ),
        (
            "utilities",
            {
                "project": "ZC2025-01",
                "kind": "供水",
                "operator": "区自来水公司",
                "planned_from": date(2025, 6, 1),
                "planned_to": date(2025, 6, 20),
                "contact": "工程部",
            },
            UtilityPlan,
        ),
    ],
)
def test_a_new_row_is_entered_and_comes_back(
    district: District,
    project: Project,
    now: datetime,
    slug: str,
    values: dict[str, Any],
    model: type[models.Model],
) -> None:
    FundingSourceFactory(code="district")
    book = book_of(district, slug, now)
    write(book, slug, 2, **values)
    upload = sent(district, slug, book, now)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    assert model._default_manager.count() == 2
    rows = list(book_of(district, slug, now).worksheets[0].iter_rows(min_row=HEAD + 1))
    places = [column.field for column in books()[slug].columns]
    written = {name: rows[1][places.index(name)].value for name in values}
    given = {
        name: datetime.combine(value, datetime.min.time()) if isinstance(value, date) else value
        for name, value in values.items()
    }
    assert written == given


def test_the_number_of_a_manager_stands_at_contractors_alone(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "parties", now)
    write(book, "parties", 1, manager_phone="0533-0000 0007")
    new = {"project": "ZC2025-01", "role": "监理单位", "party": "某监理公司"}
    write(book, "parties", 2, **new, manager_phone="0533-0000 0007")
    (fault,) = errors(sent(district, "parties", book, now))
    assert (fault.column, fault.message) == ("项目经理电话", "项目经理电话只登记在施工单位上。")
    book = book_of(district, "parties", now)
    write(book, "parties", 1, manager_phone="0533-0000 0007")
    intake.commit(upload=sent(district, "parties", book, now), by=district.users["bureau"], now=now)
    assert list(Party.objects.values_list("role", "manager_phone")) == [
        ("contractor", "0533-0000 0007")
    ]


def test_a_promise_of_more_than_a_formality_is_refused_at_its_cell(
    district: District, project: Project, now: datetime
) -> None:
    """One that an earlier release let in goes out and comes back unchanged."""
    with unguarded():
        GatePromiseFactory(project=project, lacks="计划文件", missing_gate="programmed")
    book = book_of(district, "promises", now)
    assert errors(sent(district, "promises", book, now)) == []
    new = {
        "project": "ZC2025-01",
        "gate": "开工",
        "lacks": "列入计划文件",
        "missing_gate": "列入计划",
        "promised_by": "建设单位",
        "promised_on": date(2025, 4, 1),
        "due_on": date(2025, 5, 31),
    }
    write(book, "promises", 3, **new)
    (fault,) = errors(sent(district, "promises", book, now))
    assert (fault.code, fault.column) == ("L171", "缺少的手续")
    assert fault.message == (
        "“列入计划”不能容缺；只有立项批复、招投标、施工许可这样的手续可以，确有特殊情况的申请例外。"
    )


def test_a_planned_amount_that_is_too_much_for_the_area_needs_a_reason(
    district: District, project: Project, now: datetime
) -> None:
    FundingSourceFactory(code="district")
    book = book_of(district, "plans", now)
    write(book, "plans", 2, project="ZC2025-01", source="区级财政", planned=9_999_999)
    upload = sent(district, "plans", book, now)
    assert errors(upload) == []
    assert [(fault["code"], fault["severity"], fault["message"]) for fault in upload.faults] == [
        ("L181", "reason", "计划合计每平方米高于常见的 80—600 元")
    ]
    book = book_of(district, "plans", now)
    write(book, "plans", 2, project="ZC2025-01", source="区级财政", planned=1)
    assert sent(district, "plans", book, now).faults == []
