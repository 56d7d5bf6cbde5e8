"""攻坚图 geometry: rows of plan and actual bars over the months of a year, on page and as one picture.

Pure functions over plain values. A sheet has columns of text before and after the months, groups with
sums, and month totals at the foot. It is read on a wall and survives a black-and-white copier: the
plan is an outline, the actual a fill, what should have begun and has not a broken outline.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from html import escape

from renovation.core.wording import short_date

from .svg import (
    ACTION,
    CONTROL,
    HAIRLINE,
    INK,
    INK_2,
    OCHRE,
    SANS,
    WHITE,
    DayScale,
    Shape,
    line,
    month_name,
    num,
    rect,
    symbol,
    text,
    text_width,
)

#: Width of the months and height of a row in px, on the page.
MONTHS_WIDTH = 744
ROW_HEIGHT = 60
_BAR = 20


@dataclass(frozen=True, slots=True)
class WallValue:
    """What is printed in a bar at the end of a day, mostly of a month ("27")."""

    on: date
    shown: str


@dataclass(frozen=True, slots=True)
class WallBar:
    """A bar from the morning of ``start`` to the evening of ``end`` with its values."""

    start: date
    end: date
    values: tuple[WallValue, ...] = ()


@dataclass(frozen=True, slots=True)
class WallRow:
    """One thing on the sheet.

    ``now`` is the value printed at the as-of line, ``remark`` is printed there instead ("8月29日完工").
    ``missing`` is the time in which it should have begun and has not, with ``missing_label`` before it.
    ``mark`` is the light's shape where it deserves one at the bar, ``light`` its status key for the end
    of the row. ``before`` and ``after`` are the texts of the columns.
    """

    number: str
    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    light: str
    light_word: str
    shape: Shape
    href: str = ""
    plan: WallBar | None = None
    actual: WallBar | None = None
    missing: WallBar | None = None
    missing_label: str = ""
    now: str = ""
    remark: str = ""
    mark_at_bar: bool = False


@dataclass(frozen=True, slots=True)
class WallGroup:
    """Rows that belong together, with the sums that stand in the band above them."""

    name: str
    facts: tuple[str, ...]
    after: tuple[str, ...]
    lights: tuple[tuple[str, Shape, int], ...]
    rows: tuple[WallRow, ...]


@dataclass(frozen=True, slots=True)
class WallTotal:
    """The foot: a line of month values each with its name, and the sums of the columns."""

    name: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    months: tuple[tuple[str, tuple[str, ...]], ...]


@dataclass(frozen=True, slots=True)
class WallChart:
    """A whole sheet, all its words from the caller.

    ``heads`` name the columns of number, name and light; ``before`` and ``after`` the columns of text
    around the months, as (name, unit). ``legend`` explains outline, fill, broken outline and the as-of
    line, ``lights`` the symbols.
    """

    title: str
    facts: tuple[str, ...]
    start: date
    end: date
    as_of: date
    heads: tuple[str, str, str]
    before: tuple[tuple[str, str], ...]
    after: tuple[tuple[str, str], ...]
    groups: tuple[WallGroup, ...]
    legend: tuple[str, str, str, str]
    lights: tuple[tuple[Shape, str], ...]
    total: WallTotal | None = None
    notes: tuple[str, ...] = ()
    issuer: str = ""
    issued_on: str = ""
    approval: str = ""

    @property
    def rows(self) -> tuple[WallRow, ...]:
        """All rows in order."""
        return tuple(row for group in self.groups for row in group.rows)


def wall_months(chart: WallChart, *, width: int = MONTHS_WIDTH) -> str:
    """The head of the months with the as-of day above its month, as SVG for a table head."""
    scale = DayScale(chart.start, chart.end, 0, width)
    return _svg(
        width,
        44,
        f"{chart.start.year}年各月，数据截至{short_date(chart.as_of)}",
        draw_month_names(chart, scale, 36),
    )


def as_of_at(chart: WallChart, *, width: int = MONTHS_WIDTH) -> int:
    """Where the as-of day lies in the cells of bars, in px from their left edge and within them."""
    x = DayScale(chart.start, chart.end, 0, width).at(chart.as_of)
    return round(min(max(x, 0), width))


def wall_bars(
    chart: WallChart, row: WallRow, *, width: int = MONTHS_WIDTH, height: int = ROW_HEIGHT
) -> str:
    """The bars of one row as SVG for its cell; rows of one chart join without a seam."""
    scale = DayScale(chart.start, chart.end, 0, width)
    return _svg(width, height, _spoken(row), draw_row(chart, row, scale, 0, height))


def wall_total_months(chart: WallChart, *, width: int = MONTHS_WIDTH) -> str:
    """The month totals as SVG for the foot of the table, "" where there are none."""
    if chart.total is None or not chart.total.months:
        return ""
    scale = DayScale(chart.start, chart.end, 0, width)
    height = 24 * len(chart.total.months) + 8
    spoken = "；".join(
        f"{name}："
        + "、".join(
            f"{month_name(first, with_year=False)} {value}"
            for (first, _, _), value in zip(scale.months(), values, strict=False)
        )
        for name, values in chart.total.months
    )
    body = draw_as_of_line(scale, chart.as_of, 0, height) + draw_total_values(chart, scale, 20)
    return _svg(width, height, spoken, body)


def _svg(width: float, height: float, spoken: str, body: str) -> str:
    return (
        f'<svg class="wall-cell" xmlns="http://www.w3.org/2000/svg" role="img" aria-label="{escape(spoken)}"'
        f' width="{num(width)}" height="{num(height)}" viewBox="0 0 {num(width)} {num(height)}"'
        f' font-family="{escape(SANS)}" font-weight="400">{body}</svg>'
    )


def _spoken(row: WallRow) -> str:
    """A row in words for assistive tools."""
    parts = []
    if row.plan:
        parts.append(f"计划{short_date(row.plan.start)}至{short_date(row.plan.end)}")
    if row.actual:
        parts.append(f"实际{short_date(row.actual.start)}开始")
    if row.missing_label:
        parts.append(row.missing_label)
    if row.now:
        parts.append(f"现为{row.now}")
    if row.remark:
        parts.append(row.remark)
    return f"{row.name}：{'，'.join(parts) or '没有计划'}"


def draw_month_names(chart: WallChart, scale: DayScale, baseline: float) -> str:
    """The months' names, and above them the as-of day and, on a sheet over several years, each January's year."""
    parts = []
    several_years = chart.start.year != chart.end.year
    label = short_date(chart.as_of)
    if several_years:
        label = f"{chart.as_of.year}年{label}"
    half = text_width(label, 13, bold=True) / 2
    at = min(max(scale.at(chart.as_of), scale.left + half), scale.right - half)
    for first, left, right in scale.months():
        now = (first.year, first.month) == (chart.as_of.year, chart.as_of.month)
        middle = (left + right) / 2
        name = month_name(first, with_year=False)
        colour = INK if now else INK_2
        parts.append(text(middle, baseline, name, size=13, fill=colour, anchor="middle", bold=now))
        year = f"{first.year}年"
        if several_years and first.month == 1 and left + text_width(year, 13) < at - half:
            parts.append(text(left, baseline - 20, year, size=13, fill=INK_2))
    if chart.start <= chart.as_of <= chart.end:
        parts.append(text(at, baseline - 20, label, size=13, anchor="middle", bold=True))
    return "".join(parts)


def draw_row(chart: WallChart, row: WallRow, scale: DayScale, top: float, height: float) -> str:
    """The bars of one row between ``top`` and ``top + height``, with the lines of the months."""
    parts = [line(left, top, left, top + height, stroke=HAIRLINE) for _, left, _ in scale.months()]
    parts.append(line(scale.right - 0.5, top, scale.right - 0.5, top + height, stroke=HAIRLINE))
    upper = top + (height - 2 * _BAR - 3) / 2
    lower = upper + _BAR + 3
    if row.plan:
        parts.append(_bar(scale, row.plan, upper, filled=False))
    parts.append(draw_as_of_line(scale, chart.as_of, top, height))
    if row.plan:
        parts.append(_crossed(scale, row.plan, chart.as_of, upper))
    if row.actual:
        parts.append(_bar(scale, row.actual, lower, filled=True))
    if row.missing:
        parts.append(_missing(scale, row.missing, row.missing_label, lower))
    parts.append(_at_line(chart, row, scale, lower))
    return "".join(parts)


def draw_as_of_line(scale: DayScale, as_of: date, top: float, height: float) -> str:
    """The as-of day as a line, nothing where it lies outside."""
    if not scale.start <= as_of <= scale.end:
        return ""
    x = scale.at(as_of)
    return line(x, top, x, top + height, stroke=INK, width=1.5)


def _crossed(scale: DayScale, bar: WallBar, as_of: date, top: float) -> str:
    """The value of a plan that the as-of line runs through, once more above the line with a halo."""
    x, before = scale.at(as_of), scale.morning(bar.start)
    parts = []
    for value in bar.values:
        at = scale.at(value.on)
        width = text_width(value.shown, 13)
        if width + 6 <= at - before and at - 6 - width < x < at - 2:
            parts.append(
                text(at - 4, top + 15, value.shown, size=13, fill=INK_2, anchor="end", halo=True)
            )
        before = at
    return "".join(parts)


def _bar(scale: DayScale, bar: WallBar, top: float, *, filled: bool) -> str:
    left, right = scale.morning(bar.start), scale.at(bar.end)
    if right <= left:
        return ""
    if filled:
        parts = [rect(left, top, right - left, _BAR, fill=ACTION)]
    else:
        parts = [rect(left + 0.5, top + 0.5, right - left - 1, _BAR - 1, fill=WHITE, stroke=INK_2)]
    before = left
    for value in bar.values:
        at = scale.at(value.on)
        if not left < at <= right:
            continue
        if at < right - 0.5:
            colour = "#8aa6c6" if filled else CONTROL
            parts.append(line(at, top + 1, at, top + _BAR - 1, stroke=colour))
        # A value stands in its own month; where that is too narrow it is left out, not squeezed.
        if text_width(value.shown, 13) + 6 <= at - before:
            colour = WHITE if filled else INK_2
            parts.append(text(at - 4, top + 15, value.shown, size=13, fill=colour, anchor="end"))
        before = at
    return "".join(parts)


def _missing(scale: DayScale, bar: WallBar, label: str, top: float) -> str:
    left, right = scale.morning(bar.start), scale.at(bar.end)
    outline = rect(
        left + 0.75,
        top + 0.75,
        max(4.0, right - left - 1.5),
        _BAR - 1.5,
        fill=WHITE,
        stroke=OCHRE,
        stroke_width=1.5,
        dash="4 3",
    )
    fits = left - 6 - text_width(label, 13) >= scale.left
    return outline + (
        text(left - 6, top + 15, label, size=13, anchor="end", halo=True)
        if fits
        else text(right + 6, top + 15, label, size=13, halo=True)
    )


def _at_line(chart: WallChart, row: WallRow, scale: DayScale, top: float) -> str:
    shown = row.remark or row.now
    if not shown:
        return ""
    x = scale.at(chart.as_of)
    if row.actual:
        x = max(x, scale.at(row.actual.end))
    width = text_width(shown, 13, bold=True) + (20 if row.mark_at_bar else 0)
    if x + 6 + width <= scale.right:
        at = x + 6
    elif row.actual and scale.at(row.actual.end) + 6 + width <= scale.right:
        # No room beyond the as-of line: right behind the bar, over the line.
        at = scale.at(row.actual.end) + 6
        return rect(at - 2, top, width + 4, _BAR, fill=WHITE) + _now(at, top, shown, row)
    else:
        at = scale.at(row.actual.end) - 6 - width if row.actual else x - 6 - width
        return rect(at - 2, top, width + 4, _BAR, fill=WHITE) + _now(at, top, shown, row)
    return _now(at, top, shown, row)


def _now(at: float, top: float, shown: str, row: WallRow) -> str:
    drawn = text(at, top + 15, shown, size=13, bold=True, halo=True)
    if row.mark_at_bar:
        drawn += symbol(row.shape, at + text_width(shown, 13, bold=True) + 8, top + 10)
    return drawn


def draw_total_values(chart: WallChart, scale: DayScale, baseline: float) -> str:
    """The month totals, each line under the other from ``baseline``; the second bold. Where the months are too
    narrow for all, every second (or third) is left out, not squeezed."""
    if chart.total is None:
        return ""
    parts = []
    months = scale.months()
    widest = text_width("100.0", 13, bold=True) + 4
    step = -(-int(widest) // max(1, int((scale.right - scale.left) / len(months))))
    for number, (_, values) in enumerate(chart.total.months):
        for place, ((_, left, right), value) in enumerate(zip(months, values, strict=False)):
            if (len(months) - 1 - place) % step:
                continue
            parts.append(
                text(
                    (left + right) / 2,
                    baseline + 24 * number,
                    value,
                    size=13,
                    anchor="middle",
                    bold=number == 1,
                    halo=True,
                )
            )
    return "".join(parts)
