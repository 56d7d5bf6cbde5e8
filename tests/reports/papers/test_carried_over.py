"""Projects of other programmes that still report stand on the week's sheet, apart and in the sum."""

from __future__ import annotations

import io
from datetime import date, time
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.ledger.enums import GateKind
from projects.ledger.models import Programme, Project
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.documents.blocks import RowStyle
from renovation.core.measures import Approval, change
from renovation.core.periods import Quarter, Week
from reports.figures.services import DISTRICT, STREET, load
from reports.papers import names, services
from reports.papers.bulletin_facts import compile_bulletin_content
from reports.papers.enums import Format
from reports.papers.rendering import render
from reports.papers.sheet_facts import compile_sheet_content
from reports.papers.sheet_tables import sheet_table
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import is_whole, sheet_of
from supervision.weekly.reporting import carried_over
from tests.factories.accounts import StreetFactory
from tests.factories.enrolment import cancel, move
from tests.factories.ledger import EstateFactory, GateFactory, ProgrammeFactory, add_baseline
from tests.factories.papers import AFTER_QUARTER, CLOSED, EARLIER, QUARTER, WEEK, World
from tests.factories.weekly import make_return

AFTER_WEEK = WEEK.next().start


def add_carried(
    world: World, code: str, street: str, *, completed_on: date | None = None
) -> Project:
    """A project of 2024 that is half done."""
    programme = Programme.objects.filter(year=2024, bureau=world.district.bureau).first()
    programme = programme or ProgrammeFactory(bureau=world.district.bureau, year=2024)
    project: Project = Project.objects.create(
        programme=programme,
        street=world.district.street(street),
        code=code,
        name=f"旧{code[-2:]}小区",
        approved_on=programme.approved_on,
    )
    EstateFactory(project=project, name=project.name)
    add_baseline(
        project,
        planned_start_on=date(2024, 3, 1),
        planned_completion_on=date(2024, 12, 31),
        area_sqm=Decimal("10000.00"),
    )
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2024, 3, 5))
    if completed_on is not None:
        GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=completed_on)
    return project


@pytest.fixture(autouse=True)
def _fourth_street(world: World) -> None:
    """A street that has no project of this year."""
    street = StreetFactory(
        code="kunlun",
        name="昆仑镇人民政府",
        short_name="昆仑镇",
        parent=world.district.bureau,
        order=4,
    )
    world.district.streets.append(street)


@pytest.fixture
def carried(world: World) -> World:
    """A street with a carried project beside its own, and a street that has nothing else."""
    first = add_carried(world, "ZC2024-01", "banyanglu")
    second = add_carried(world, "ZC2024-02", "kunlun")
    add_carried(world, "ZC2024-03", "kunlun", completed_on=date(2025, 5, 30))
    for project in (first, second):
        world.projects[project.code] = project
    for week, percent in ((EARLIER, "50.0"), (WEEK, "60.0")):
        make_return(
            world.district.street("kunlun"), {second: (percent, 10_0000_00)}, week_start=week.start
        )
    return world


def sheet(world: World, subject: str = "") -> DispatchSheet:
    return sheet_of(world.sheet(subject=subject))


def test_who_is_carried_over(carried: World) -> None:
    found = carried_over(programme=carried.programme, week=WEEK)
    assert [each.project.code for each in found] == ["ZC2024-01", "ZC2024-02"]
    in_may = carried_over(programme=carried.programme, week=WEEK.shift(-17))
    assert [each.project.code for each in in_may] == ["ZC2024-01", "ZC2024-02", "ZC2024-03"]


def test_one_that_moved_stands_with_the_street_of_the_week(carried: World) -> None:
    """昆仑镇's project went to 松龄路 on the Monday after the week."""
    move(carried.projects["ZC2024-02"], carried.district.street("songlinglu"), AFTER_WEEK)
    this, after = (
        [
            (each.project.code, each.street.short_name)
            for each in carried_over(programme=carried.programme, week=week)
        ]
        for week in (WEEK, WEEK.next())
    )
    assert this == [("ZC2024-01", "般阳路街道"), ("ZC2024-02", "昆仑镇")]
    assert after == [("ZC2024-01", "般阳路街道"), ("ZC2024-02", "松龄路街道")]


def test_a_street_counts_what_reported_for_it_in_the_week(carried: World) -> None:
    project = carried.projects["ZC2024-01"]
    move(project, carried.district.street("songlinglu"), AFTER_WEEK)

    def codes(name: str, week: Week) -> list[str]:
        user = carried.district.users[name]
        found = carried_over(
            programme=carried.programme, week=week, scope=scope_of(user, on=AFTER_WEEK)
        )
        return [each.project.code for each in found]

    assert codes("banyanglu", WEEK) == ["ZC2024-01"]
    assert codes("banyanglu", WEEK.next()) == []
    assert codes("songlinglu", WEEK) == []
    assert codes("songlinglu", WEEK.next()) == ["ZC2024-01"]
    assert codes("leader", WEEK) == ["ZC2024-01", "ZC2024-02"]


def test_a_past_quarter_names_the_street_of_its_days(carried: World) -> None:
    move(carried.projects["ZC2024-02"], carried.district.street("songlinglu"), AFTER_WEEK)
    content = compile_bulletin_content(
        bureau=carried.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )
    assert content.passage("carried").text == (
        "以前年度结转、仍按周报送的项目2个（般阳路街道、昆仑镇），由周调度表单列，不计入以上各项数据。"
    )
    after = Quarter(2025, 4)
    now = local_moment(date(2026, 1, 8), time(9, 0))
    content = compile_bulletin_content(
        bureau=carried.district.bureau, quarter=after, texts={}, now=now
    )
    assert "（般阳路街道、松龄路街道）" in content.passage("carried").text


def test_carried_projects_take_two_queries_and_a_third_where_one_moved(
    carried: World, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(2):
        carried_over(programme=carried.programme, week=WEEK)
    move(carried.projects["ZC2024-02"], carried.district.street("songlinglu"), AFTER_WEEK)
    with django_assert_num_queries(3):
        carried_over(programme=carried.programme, week=WEEK)


def test_every_reporting_project_stands_on_the_sheet_by_programme(carried: World) -> None:
    found = sheet(carried)
    assert [
        (part.label, [g.street_name for g in found.groups_of(part)]) for part in found.parts
    ] == [
        ("2025年度", ["般阳路街道", "松龄路街道", "钟楼街道"]),
        ("2024年度结转", ["般阳路街道", "昆仑镇"]),
    ]
    assert [row.code for row in found.rows][-2:] == ["ZC2024-01", "ZC2024-02"]
    assert "ZC2024-03" not in {row.code for row in found.rows}
    labels = [row.cells[0].value for row in sheet_table(found).rows if row.style is RowStyle.GROUP]
    assert labels[0] == "淄川区2025年老旧小区改造计划（4个项目）"
    assert labels[4] == "淄川区2024年老旧小区改造计划结转项目（2个项目）"
    assert "以前年度结转、本周仍应报送的项目2个" in "".join(found.notes())


def test_the_sums_come_from_the_figures(carried: World) -> None:
    """A programme's sums are the figures of that programme; the total is over all rows of the sheet."""
    found = sheet(carried)
    this_year = load(
        programme=carried.programme, as_of=WEEK.end, approval=Approval.ALL, now=CLOSED, period=WEEK
    )
    (place,) = this_year.places[DISTRICT]
    own, old = found.parts
    for name in (names.PROJECTS, names.HOUSEHOLDS, names.PHYSICAL, names.SCHEDULED):
        assert own.figures[name].value == this_year.get(name, place).value
    assert (own.figures[names.PROJECTS].value, old.figures[names.PROJECTS].value) == (4, 2)
    assert found.figures[names.PROJECTS].value == 6
    assert old.figures[names.PHYSICAL].shown == Decimal("30.0")  # 0 and 60, of one area each
    weights = (own.figures[names.PHYSICAL].denominator, old.figures[names.PHYSICAL].denominator)
    assert found.figures[names.PHYSICAL].denominator == sum(w or 0 for w in weights)
    assert old.progress_change is not None
    assert old.progress_change.shown == Decimal("5.0")
    assert found.leading_figures == own.figures
    totals = [row for row in sheet_table(found).rows if row.style is RowStyle.SUBTOTAL]
    assert [row.cells[4].value for row in totals] == [
        "般阳路街道小计", "松龄路街道小计", "钟楼街道小计", "2025年度小计",
        "般阳路街道小计", "昆仑镇小计", "2024年度结转小计",
    ]  # fmt: skip


def test_what_was_cancelled_in_the_week_is_in_the_change_of_its_programme(carried: World) -> None:
    """As it is in the sum of the sheet, whether or not an earlier year's projects stand beside it."""
    cancel(carried.projects["01"], WEEK.start)
    now, then = (
        load(
            programme=carried.programme, as_of=week.end, approval=Approval.ALL, now=CLOSED, period=week
        )
        for week in (WEEK, EARLIER)
    )  # fmt: skip
    moved = change(now.get(names.PHYSICAL, now.whole), then.get(names.PHYSICAL, then.whole))
    (street,) = [place for place in now.places[STREET] if place.code.endswith("banyanglu")]
    of_street = change(now.get(names.PHYSICAL, street), then.get(names.PHYSICAL, street))
    found = sheet(carried)
    assert (found.parts[0].progress_change, found.groups[0].progress_change) == (moved, of_street)
    assert (moved.shown, of_street.shown) == (Decimal("-9.2"), Decimal("5.0"))


def test_a_street_gets_its_own_carried_projects(carried: World) -> None:
    found = sheet(carried, "banyanglu")
    assert [row.code for row in found.rows] == ["ZC2025-01", "ZC2025-03", "ZC2024-01"]
    assert [part.label for part in found.parts] == ["2025年度", "2024年度结转"]
    assert found.figures[names.PROJECTS].value == 3
    assert [part.figures[names.PROJECTS].value for part in found.parts] == [2, 1]
    only_old = sheet(carried, "kunlun")
    assert [part.label for part in only_old.parts] == ["2024年度结转"]
    styles = [row.style for row in sheet_table(only_old).rows]
    assert styles == [RowStyle.GROUP, RowStyle.BODY]
    plain = sheet(carried, "songlinglu")
    assert (plain.parts, [row.code for row in plain.rows]) == ((), ["ZC2025-02"])


def test_each_street_that_reports_has_a_sheet(carried: World) -> None:
    made = services.compile_sheets(bureau=carried.district.bureau, week=WEEK, now=CLOSED)
    assert [document.subject.code for document in made] == [
        carried.district.bureau.code, "banyanglu", "songlinglu", "zhonglou", "kunlun",
    ]  # fmt: skip
    again = services.compile_sheet(
        bureau=carried.district.bureau, subject=made[1].subject, week=WEEK, now=CLOSED
    )
    assert (again.pk, again.digest) == (made[1].pk, made[1].digest)


def test_the_workbook_holds_them_too(carried: World) -> None:
    document = carried.sheet()
    assert is_whole(document)
    page = openpyxl.load_workbook(io.BytesIO(render(document, Format.XLSX)))["周调度表"]
    codes = [line[1] for line in page.iter_rows(values_only=True)]
    assert "ZC2024-01" in codes
    assert "ZC2024-02" in codes
    assert "ZC2024-03" not in codes


def test_the_bulletin_says_how_many_it_leaves_out(carried: World) -> None:
    content = compile_bulletin_content(
        bureau=carried.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )
    assert {project.code[:6] for project in content.projects} == {"ZC2025"}
    said = content.passage("carried").text
    assert said == (
        "以前年度结转、仍按周报送的项目2个（般阳路街道、昆仑镇），由周调度表单列，不计入以上各项数据。"
    )
    assert content.faults({}) == []


def test_without_carried_projects_the_bulletin_says_nothing_of_them(world: World) -> None:
    content = compile_bulletin_content(
        bureau=world.district.bureau, quarter=QUARTER, texts={}, now=AFTER_QUARTER
    )
    assert "carried" not in {passage.key for passage in content.passages}


@pytest.mark.parametrize("count", [1, 3])
def test_compiling_takes_the_same_queries_however_many_are_carried(
    world: World, count: int
) -> None:
    for number in range(1, count + 1):
        add_carried(world, f"ZC2024-{number:02}", "kunlun")
    with CaptureQueriesContext(connection) as queries:
        compile_sheet_content(
            bureau=world.district.bureau, subject=world.district.bureau, week=WEEK, now=CLOSED
        )
    assert len(queries) == BUDGET


BUDGET = 54
