"""攻坚图: bars lie on their days, values stand in their months, rows join to one sheet."""

import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date

import pytest

from renovation.core.svg import DayScale
from renovation.core.wall import (
    MONTHS_WIDTH,
    ROW_HEIGHT,
    WallBar,
    WallChart,
    WallGroup,
    WallRow,
    WallTotal,
    WallValue,
    as_of_at,
    wall_bars,
    wall_months,
    wall_total_months,
)
from renovation.core.wall_sheet import wall_svg

SVG = "{http://www.w3.org/2000/svg}"
AS_OF = date(2025, 9, 14)
SCALE = DayScale(date(2025, 1, 1), date(2025, 12, 31), 0, MONTHS_WIDTH)

ROW = WallRow(
    number="1", name="甲小区", before=("212",), after=("57.0", "45.8"), light="yellow", light_word="滞后",
    shape="triangle", mark_at_bar=True, now="45.8",
    plan=WallBar(date(2025, 5, 5), date(2025, 11, 30), (
        WallValue(date(2025, 5, 31), "9"), WallValue(date(2025, 6, 30), "22"), WallValue(date(2025, 11, 30), "100"),
    )),
    actual=WallBar(date(2025, 5, 15), AS_OF, (WallValue(date(2025, 5, 31), "7"),)),
)  # fmt: skip
OPEN = replace(
    ROW, number="2", name="乙小区", actual=None, now="", mark_at_bar=False,
    missing=WallBar(date(2025, 8, 20), AS_OF), missing_label="应开未开 25 天",
)  # fmt: skip


def chart(*rows: WallRow, as_of: date = AS_OF) -> WallChart:
    return WallChart(
        title="攻坚图", facts=("2 个项目",), start=date(2025, 1, 1), end=date(2025, 12, 31), as_of=as_of,
        heads=("序号", "项目", "亮灯"), before=(("户数", "户"),), after=(("序时", "%"), ("形象", "%")),
        groups=(WallGroup("某街道", ("2 个项目",), ("57.0", "45.8"), (("yellow", "triangle", 2),), rows),),
        legend=("计划", "实际", "应开未开", "截至日"), lights=(("disc", "正常"), ("triangle", "滞后")),
        total=WallTotal("合计", ("424",), ("57.0", "45.8"), (("月末序时", ("0.0", "1.0")), ("月末形象", ("0.0",)))),
    )  # fmt: skip


def rects(root: ET.Element, **wanted: str) -> list[ET.Element]:
    return [
        r
        for r in root.iter(f"{SVG}rect")
        if all(r.get(k.replace("_", "-")) == v for k, v in wanted.items())
    ]


def shown(root: ET.Element) -> list[str]:
    return [t.text or "" for t in root.iter(f"{SVG}text") if t.get("aria-hidden") != "true"]


def test_actual_is_filled_from_its_start_to_the_as_of_day() -> None:
    (bar,) = rects(ET.fromstring(wall_bars(chart(ROW), ROW)), fill="#1d4e89")
    left, width = float(bar.get("x", "0")), float(bar.get("width", "0"))
    assert left == pytest.approx(SCALE.morning(date(2025, 5, 15)), abs=0.1)
    assert left + width == pytest.approx(SCALE.at(AS_OF), abs=0.1)


def test_plan_is_an_outline() -> None:
    (bar,) = rects(ET.fromstring(wall_bars(chart(ROW), ROW)), stroke="#46515d")
    assert bar.get("fill") == "#ffffff"
    assert float(bar.get("x", "0")) == pytest.approx(SCALE.morning(date(2025, 5, 5)) + 0.5, abs=0.1)


def test_month_end_values_stand_inside_their_months() -> None:
    root = ET.fromstring(wall_bars(chart(ROW), ROW))
    assert shown(root) == ["9", "22", "100", "7", "45.8"]
    (nine,) = [t for t in root.iter(f"{SVG}text") if t.text == "9"]
    assert float(nine.get("x", "0")) == pytest.approx(SCALE.at(date(2025, 5, 31)) - 4, abs=0.1)
    assert nine.get("text-anchor") == "end"


def test_a_value_without_room_is_left_out() -> None:
    short = replace(
        ROW,
        plan=WallBar(date(2025, 5, 30), date(2025, 6, 30), (WallValue(date(2025, 5, 31), "0.5"),)),
        actual=None,
        now="",
    )
    assert shown(ET.fromstring(wall_bars(chart(short), short))) == []


def test_what_should_have_begun_is_a_broken_outline_with_words() -> None:
    root = ET.fromstring(wall_bars(chart(OPEN), OPEN))
    (bar,) = rects(root, stroke="#b06a00")
    assert bar.get("stroke-dasharray") == "4 3"
    assert "应开未开 25 天" in shown(root)
    assert rects(root, fill="#1d4e89") == []


def test_the_light_stands_at_the_bar_too() -> None:
    assert len(list(ET.fromstring(wall_bars(chart(ROW), ROW)).iter(f"{SVG}polygon"))) == 1
    assert list(ET.fromstring(wall_bars(chart(OPEN), OPEN)).iter(f"{SVG}polygon")) == []


def test_as_of_line_runs_through_the_whole_row() -> None:
    root = ET.fromstring(wall_bars(chart(ROW), ROW))
    lines = [ln for ln in root.iter(f"{SVG}line") if ln.get("stroke-width") == "1.5"]
    assert [(ln.get("y1"), ln.get("y2")) for ln in lines] == [("0", str(ROW_HEIGHT))]
    assert float(lines[0].get("x1", "0")) == pytest.approx(SCALE.at(AS_OF), abs=0.1)


def test_no_as_of_line_outside_the_year() -> None:
    root = ET.fromstring(
        wall_bars(
            chart(OPEN, as_of=date(2026, 2, 1)), replace(OPEN, missing=None, missing_label="")
        )
    )
    assert [ln for ln in root.iter(f"{SVG}line") if ln.get("stroke-width") == "1.5"] == []


def test_a_row_says_itself_in_words() -> None:
    assert ET.fromstring(wall_bars(chart(ROW), ROW)).get("aria-label") == (
        "甲小区：计划5月5日至11月30日，实际5月15日开始，现为45.8"
    )
    bare = replace(OPEN, plan=None, missing=None, missing_label="")
    assert ET.fromstring(wall_bars(chart(bare), bare)).get("aria-label") == "乙小区：没有计划"


def test_head_names_twelve_months_and_the_as_of_day() -> None:
    names = shown(ET.fromstring(wall_months(chart(ROW))))
    assert names == [f"{m}月" for m in range(1, 13)] + ["9月14日"]


def test_totals_stand_under_their_months() -> None:
    root = ET.fromstring(wall_total_months(chart(ROW)))
    assert shown(root) == ["0.0", "1.0", "0.0"]
    assert root.get("aria-label") == "月末序时：1月 0.0、2月 1.0；月末形象：1月 0.0"
    assert wall_total_months(replace(chart(ROW), total=None)) == ""


def test_near_the_end_of_the_year_the_value_steps_to_the_left() -> None:
    late = date(2025, 12, 28)
    row = replace(ROW, actual=WallBar(date(2025, 5, 15), late))
    root = ET.fromstring(wall_bars(chart(row, as_of=late), row))
    (now,) = [
        t for t in root.iter(f"{SVG}text") if t.text == "45.8" and t.get("aria-hidden") != "true"
    ]
    assert float(now.get("x", "0")) < SCALE.at(late)


def test_whole_sheet_is_one_picture_in_the_shape_of_a3() -> None:
    root = ET.fromstring(wall_svg(chart(ROW, OPEN)))
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    assert height / width == pytest.approx(297 / 420, abs=0.001)
    texts = shown(root)
    for part in (
        "攻坚图",
        "2 个项目",
        "甲小区",
        "乙小区",
        "（户）",
        "合计",
        "424",
        "月末序时",
        "应开未开 25 天",
        "滞后",
    ):
        assert part in texts
    assert "style=" not in wall_svg(chart(ROW, OPEN))


def test_many_rows_make_a_taller_sheet() -> None:
    rows = [replace(ROW, number=str(n), name=f"小区{n}") for n in range(40)]
    root = ET.fromstring(wall_svg(chart(*rows)))
    assert float(root.get("height", "0")) > 40 * ROW_HEIGHT
    lowest = max(float(t.get("y", "0")) for t in root.iter(f"{SVG}text"))
    assert lowest <= float(root.get("height", "0"))


def test_texts_are_escaped() -> None:
    row = replace(ROW, name="<甲&乙>")
    ET.fromstring(wall_bars(chart(row), row))
    ET.fromstring(wall_svg(chart(row)))


def test_the_place_of_the_as_of_day_lies_within_the_cell() -> None:
    assert as_of_at(chart(ROW)) == round(SCALE.at(AS_OF))
    assert as_of_at(chart(ROW, as_of=date(2024, 12, 1))) == 0
    assert as_of_at(chart(ROW, as_of=date(2026, 3, 1))) == MONTHS_WIDTH
