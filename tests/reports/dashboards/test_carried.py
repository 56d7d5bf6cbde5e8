"""Pages of one programme say which projects of other years report and are not in their figures."""

from __future__ import annotations

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Programme, Project
from renovation.core.measures import Approval
from renovation.core.periods import Week, Year
from reports.figures import services as figures
from supervision.weekly.models import StatusJudgement
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

from .conftest import WEEK, Scene

LINK = '<a href="/projects/?year=2024">2024年度 {} 个项目</a>'


@pytest.fixture
def carried(scene: Scene) -> Scene:
    """Two projects of 2024 report in two streets, a third was completed; one of another district reports."""
    old = ProgrammeFactory(bureau=scene.district.bureau, year=2024)
    street = scene.street("banyanglu")
    make_project(code="ZC2024-01", name="旧一小区", programme=old, street=street)
    make_project(code="ZC2024-02", name="旧二小区", programme=old, street=scene.street("zhonglou"))
    make_project(
        code="ZC2024-03", name="旧三小区", programme=old, street=street,
        started_on=date(2024, 3, 4), completed_on=date(2024, 12, 20),
    )  # fmt: skip
    foreign = ProgrammeFactory(bureau=scene.other.programme.bureau, year=2024)
    make_project(code="BS2024-01", name="别区小区", programme=foreign, street=scene.other.street)
    return scene


@pytest.mark.parametrize("address", ["/", "/wall-chart/"])
def test_the_page_names_them_with_count_and_link(carried: Scene, address: str) -> None:
    page = carried.text("leader", address)
    assert LINK.format(2) in page
    assert "不计入本页数据" in page
    assert LINK.format(1) in carried.text("banyanglu", address)


@pytest.mark.parametrize("address", ["/", "/wall-chart/"])
def test_nothing_is_said_where_there_is_none(scene: Scene, address: str) -> None:
    assert "仍按周报送" not in scene.text("leader", address)


def test_paper_and_workbook_say_it_too(carried: Scene) -> None:
    said = "2024年度 2 个项目仍按周报送，单列于周调度表，不计入本表。"
    assert said in carried.get("leader", "/wall-chart/picture/").content.decode()
    for address in ("/wall-chart/export/", "/overview/export/"):
        answer = carried.get("leader", address)
        book = CalamineWorkbook.from_filelike(io.BytesIO(answer.content))
        cells = [
            str(cell)
            for name in book.sheet_names
            for row in book.get_sheet_by_name(name).to_python()
            for cell in row
        ]
        assert any(said in cell for cell in cells), address


def test_pages_of_an_earlier_programme_go_on_while_a_project_of_it_reports(carried: Scene) -> None:
    project = Project.objects.get(code="ZC2024-02")
    make_return(project.street, {project: ("77.0", 1_0000_00)}, week_start=WEEK)
    for address in ("/projects/", "/", "/wall-chart/"):
        choice = carried.get("leader", address, year="2024").context["choice"]
        assert (address, choice.as_of) == (address, date(2025, 5, 11))
    page = carried.get("leader", "/projects/ZC2024-02/")
    assert page.context["choice"].as_of == date(2025, 5, 11)
    assert "77.0%" in page.content.decode()
    # The curve runs on into the year in which the project still reports.
    assert [day for day, _, _ in page.context["case"].curve.points][-1] == date(2025, 5, 31)
    assert "2025年度" not in carried.text("leader", "/wall-chart/", year="2024")
    book = CalamineWorkbook.from_filelike(
        io.BytesIO(carried.get("leader", "/wall-chart/export/", year="2024").content)
    )
    cells = [str(cell) for row in book.get_sheet_by_index(0).to_python() for cell in row]
    assert [cell[:7] for cell in cells if cell.startswith("2025年5月")][0] == "2025年5月"


def test_an_earlier_programme_stands_at_its_last_week_once_all_is_completed(scene: Scene) -> None:
    old = ProgrammeFactory(bureau=scene.district.bureau, year=2024)
    make_project(
        code="ZC2024-01", name="旧一小区", programme=old, street=scene.street("banyanglu"),
        started_on=date(2024, 3, 4), completed_on=date(2025, 1, 15),
    )  # fmt: skip
    choice = scene.get("leader", "/projects/", year="2024").context["choice"]
    assert choice.as_of == date(2025, 1, 19)
    Gate.objects.filter(project__code="ZC2024-01", kind=GateKind.COMPLETED).update(
        actual_on=date(2024, 11, 15)
    )
    choice = scene.get("leader", "/projects/", year="2024").context["choice"]
    assert choice.as_of == date(2024, 12, 29)


def test_flows_of_an_earlier_programme_are_counted_over_the_year_to_date(carried: Scene) -> None:
    facts = figures.load(
        programme=Programme.objects.get(bureau=carried.district.bureau, year=2024),
        as_of=date(2025, 5, 11),
        approval=Approval.APPROVED,
        now=carried.now,
    )
    assert facts.period == Year(2025)


def test_the_page_counts_the_weeks_that_were_judged(scene: Scene) -> None:
    weeks = [Week(WEEK).shift(-step) for step in (3, 2, 1, 0)]
    for week, light in zip(weeks, ("green", "yellow", "red", "red"), strict=True):
        StatusJudgement.objects.create(
            project=scene.behind, week_start=week.start, light=light, reasons=[], rules={},
            judged_at=scene.now,
        )  # fmt: skip
    assert "已连续 3 周滞后" in scene.text("leader", "/projects/ZC2025-02/")


def test_a_street_that_completed_all_has_no_older_figures(carried: Scene) -> None:
    Gate.objects.create(
        project=Project.objects.get(code="ZC2024-01"),
        kind=GateKind.COMPLETED,
        actual_on=date(2025, 4, 1),
        is_opening=True,
    )
    page = carried.text("leader", "/wall-chart/", year="2024")
    assert "般阳路街道第19周" not in page
    assert "钟楼街道第19周未报，还没有可计的周报" in page
