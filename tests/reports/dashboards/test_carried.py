"""Pages of one programme say which projects of other years report and are not in their figures."""

from __future__ import annotations

import io
from datetime import date

import pytest
from python_calamine import CalamineWorkbook

from tests.factories.ledger import ProgrammeFactory, make_project

from .conftest import Scene

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
