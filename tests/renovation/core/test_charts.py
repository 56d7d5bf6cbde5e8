"""Curves and bars: geometry, labels that do not meet, the same text for the same values."""

import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from itertools import combinations, pairwise

import pytest

from renovation.core.charts import CurveMark, CurvePoint, Size, bar_with_tick, curve, value_at
from renovation.core.svg import DayScale, month_ends, num, text_width

SVG = "{http://www.w3.org/2000/svg}"
AS_OF = date(2025, 9, 14)


def points(*pairs: tuple[int, int, str]) -> list[CurvePoint]:
    return [CurvePoint(date(2025, month, day), Decimal(value)) for month, day, value in pairs]


PLAN = points((3, 31, "0"), (6, 30, "40"), (9, 30, "70"), (11, 25, "100"))
ACTUAL = points((5, 12, "0"), (7, 31, "28"), (9, 14, "30"))


def drawn(
    size: Size = "wide",
    as_of: date = AS_OF,
    plan: list[CurvePoint] = PLAN,
    actual: list[CurvePoint] = ACTUAL,
    **more: object,
) -> ET.Element:
    return ET.fromstring(
        curve(
            title="进度：7月起停滞", plan=plan, actual=actual, as_of=as_of, size=size,
            plan_label="序时 61.0%", actual_label="形象 30.0%", gap_label="落后 31.0 百分点", **more,  # type: ignore[arg-type]
        )
    )  # fmt: skip


def texts(root: ET.Element) -> list[ET.Element]:
    return [t for t in root.iter(f"{SVG}text") if t.get("aria-hidden") != "true"]


def box(element: ET.Element) -> tuple[float, float, float, float]:
    size = float(element.get("font-size", "0"))
    width = text_width(element.text or "", size, element.get("font-weight") == "700")
    x, y = float(element.get("x", "0")), float(element.get("y", "0"))
    left = {"start": x, "middle": x - width / 2, "end": x - width}[
        element.get("text-anchor", "start")
    ]
    return left, y - size * 0.85, left + width, y + size * 0.1


def test_curve_says_its_title_and_numbers_to_assistive_tools() -> None:
    root = drawn()
    assert root.get("role") == "img"
    assert root.findtext(f"{SVG}title") == "进度：7月起停滞"
    assert root.findtext(f"{SVG}desc") == "截至9月14日，序时 61.0%，形象 30.0%，落后 31.0 百分点"


def test_plan_is_dashed_and_actual_is_thick() -> None:
    plan, actual = drawn().iter(f"{SVG}path")
    assert (plan.get("stroke-dasharray"), plan.get("stroke"), plan.get("stroke-width")) == (
        "6 4",
        "#46515d",
        "1.8",
    )
    assert (actual.get("stroke-dasharray"), actual.get("stroke"), actual.get("stroke-width")) == (
        None,
        "#1d4e89",
        "3",
    )


def test_nothing_is_drawn_after_the_as_of_day() -> None:
    later = [*ACTUAL, CurvePoint(date(2025, 10, 31), Decimal(90))]
    assert ET.tostring(drawn(actual=later)) == ET.tostring(drawn())


def test_no_inline_style() -> None:
    assert "style=" not in ET.tostring(
        drawn(marks=[CurveMark(date(2025, 5, 12), "实际开工 5月12日")]), encoding="unicode"
    )


@pytest.mark.parametrize("size", ["wide", "broad", "narrow"])
@pytest.mark.parametrize(
    ("as_of", "reached"),
    [
        (date(2025, 1, 10), "0"),
        (date(2025, 5, 31), "20"),
        (AS_OF, "30"),
        (AS_OF, "59.9"),
        (AS_OF, "99"),
        (date(2025, 12, 29), "60"),
        (date(2025, 12, 29), "99.9"),
    ],
)
def test_labels_stand_apart_and_inside(size: Size, as_of: date, reached: str) -> None:
    root = drawn(
        size,
        as_of,
        actual=[CurvePoint(date(2025, 1, 1), Decimal(0)), CurvePoint(as_of, Decimal(reached))],
    )
    width, height = float(root.get("width", "0")), float(root.get("height", "0"))
    named = [t for t in texts(root) if t.text in {"序时 61.0%", "形象 30.0%", "落后 31.0 百分点"}]
    assert len(named) == 3
    boxes = {t.text: box(t) for t in named}
    for left, top, right, bottom in boxes.values():
        assert left >= 0
        assert top >= 0
        assert right <= width + 8
        assert bottom <= height
    for (one, a), (other, b) in combinations(boxes.items(), 2):
        apart = a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1]
        assert apart, f"{one} meets {other}"


@pytest.mark.parametrize("size", ["wide", "broad", "narrow"])
@pytest.mark.parametrize("month", range(1, 13))
def test_month_names_do_not_touch_and_the_present_one_is_bold(size: Size, month: int) -> None:
    root = drawn(size, date(2025, month, 15))
    names = [t for t in texts(root) if re.fullmatch(r"\d+月", t.text or "")]
    bold = [t.text for t in names if t.get("font-weight") == "700"]
    assert bold == [f"{month}月"]
    edges = sorted((box(t)[0], box(t)[2]) for t in names)
    assert all(right < left for (_, right), (left, _) in zip(edges, edges[1:], strict=False))


def test_a_curve_without_report_names_the_plan_only() -> None:
    root = ET.fromstring(
        curve(title="未报", plan=PLAN, actual=[], as_of=AS_OF, plan_label="序时 61.0%")
    )
    assert [t.text for t in texts(root) if "序时" in (t.text or "")] == ["序时 61.0%"]
    assert len(list(root.iter(f"{SVG}path"))) == 1


def test_a_curve_without_plan_or_report_is_only_its_axes() -> None:
    root = ET.fromstring(curve(title="没有计划", plan=[], actual=[], as_of=AS_OF))
    assert list(root.iter(f"{SVG}path")) == []
    assert list(root.iter(f"{SVG}circle")) == []


def test_texts_are_escaped() -> None:
    source = curve(
        title="<b>&", plan=PLAN, actual=ACTUAL, as_of=AS_OF, plan_label="<i>", description="a<b"
    )
    assert "<b>" not in source
    assert "<i>" not in source
    ET.fromstring(source)


def test_the_same_values_give_the_same_bytes() -> None:
    assert ET.tostring(drawn()) == ET.tostring(drawn())


def test_years_are_named_on_a_longer_axis() -> None:
    root = drawn(start=date(2025, 7, 1), end=date(2026, 6, 30))
    names = [t.text for t in texts(root)]
    assert "2026年1月" in names


def test_value_at_is_straight_between_points() -> None:
    line = points((1, 1, "0"), (1, 11, "10"))
    assert value_at(line, date(2024, 1, 1)) == 0
    assert value_at(line, date(2025, 1, 6)) == 5
    assert value_at(line, date(2025, 2, 1)) == 10
    assert value_at([], AS_OF) is None


def test_bar_has_value_and_tick() -> None:
    root = ET.fromstring(
        bar_with_tick(Decimal("48.8"), Decimal("55.8"), label="形象 48.8%，序时 55.8%")
    )
    assert [r.get("width") for r in root.iter(f"{SVG}rect")] == ["100%", "48.8%"]
    assert [t.get("x1") for t in root.iter(f"{SVG}line")] == ["55.8%"]
    assert root.get("aria-label") == "形象 48.8%，序时 55.8%"


@pytest.mark.parametrize(("value", "width"), [("0", []), ("-3", []), ("140", ["100%"])])
def test_bar_stays_within_its_scale(value: str, width: list[str]) -> None:
    root = ET.fromstring(bar_with_tick(Decimal(value), None))
    assert [r.get("width") for r in root.iter(f"{SVG}rect")][1:] == width
    assert root.get("aria-hidden") == "true"


def test_bar_without_numbers_is_only_its_track() -> None:
    root = ET.fromstring(bar_with_tick(None, None))
    assert len(list(root)) == 1


def test_day_scale() -> None:
    scale = DayScale(date(2025, 1, 1), date(2025, 12, 31), 0, 365)
    assert scale.at(date(2025, 1, 1)) == 1
    assert scale.morning(date(2025, 1, 1)) == 0
    assert scale.at(date(2025, 12, 31)) == 365
    assert scale.at(date(2027, 1, 1)) == 365
    assert [round(right) for _, _, right in scale.months()][:2] == [31, 59]


def test_small_parts() -> None:
    assert [num(v) for v in (1.0, 1.25, -0.04, 0)] == ["1", "1.2", "0", "0"]
    assert month_ends(date(2024, 2, 1), date(2024, 3, 30)) == [date(2024, 2, 29)]


def lines_of(root: ET.Element) -> list[list[tuple[float, float]]]:
    """The corners of the drawn lines."""
    found = []
    for path in root.iter(f"{SVG}path"):
        pairs = [corner.split() for corner in str(path.get("d"))[1:].split(" L")]
        found.append([(float(x), float(y)) for x, y in pairs])
    return found


def crossed(corners: list[tuple[float, float]], left: float, right: float) -> list[float]:
    """The heights of a line at many places between two x, none where it does not run."""
    found = []
    for step in range(81):
        x = left + (right - left) * step / 80
        for (x0, y0), (x1, y1) in pairwise(corners):
            if x0 <= x <= x1 and x0 < x1:
                found.append(y0 + (y1 - y0) * (x - x0) / (x1 - x0))
    return found


WEEKS = [date(2025, 1, 5) + timedelta(weeks=week) for week in range(52)]
STEADY = points((2, 28, "0"), (6, 30, "40"), (9, 30, "70"), (12, 20, "100"))
STEEP = points((8, 1, "0"), (9, 15, "88"), (10, 31, "100"))
FLAT = points((1, 1, "0"), (11, 30, "6"), (12, 31, "100"))


@pytest.mark.parametrize("size", ["wide", "broad", "narrow"])
@pytest.mark.parametrize("plan", [STEADY, STEEP, FLAT], ids=["steady", "steep", "flat"])
@pytest.mark.parametrize("share", ["0.55", "0.93", "1.12"])
def test_in_no_week_of_a_year_do_words_lie_on_the_lines(
    size: Size, plan: list[CurvePoint], share: str
) -> None:
    for as_of in WEEKS:
        week_ends = [day for day in WEEKS if day <= as_of]
        actual = [
            CurvePoint(day, min(Decimal(100), (value_at(plan, day) or 0) * Decimal(share)))
            for day in week_ends
        ]
        mark = CurveMark(date(2025, 3, 10), "实际开工 3月10日")
        root = drawn(size, as_of, plan, actual, marks=[mark], end_label=("计划完工", "12月20日"))
        lines = lines_of(root)
        words = [
            t for t in texts(root) if re.search("序时|形象|落后|实际|计划|12月20", t.text or "")
        ]
        assert {"序时 61.0%", "形象 30.0%", "落后 31.0 百分点"} <= {t.text for t in words}
        boxes = [box(t) for t in words]
        for left, top, right, bottom in boxes:
            heights = [y for corners in lines for y in crossed(corners, left, right)]
            assert not [y for y in heights if top < y < bottom], as_of
        for a, b in combinations(boxes, 2):
            assert a[2] <= b[0] or b[2] <= a[0] or a[3] <= b[1] or b[3] <= a[1], as_of


def test_what_is_higher_is_named_higher() -> None:
    for as_of in WEEKS:
        reached = [CurvePoint(day, value_at(STEADY, day) or Decimal(0)) for day in WEEKS]
        actual = [replace(point, value=point.value / 2) for point in reached if point.on <= as_of]
        heights = {
            t.text: float(t.get("y", "0")) for t in texts(drawn("wide", as_of, STEADY, actual))
        }
        if actual[-1].value:
            assert heights["序时 61.0%"] < heights["形象 30.0%"] < heights["落后 31.0 百分点"]
