"""Charts as SVG from the server: the same on page and in PDF, readable in black and white.

Pure functions over plain values: no Django, no domain words, no number computed here that a reader
reads. Labels come with their numbers from the caller, who has them from the measures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from html import escape
from itertools import pairwise
from typing import Literal

from .svg import (
    ACTION,
    CONTROL,
    HAIRLINE,
    INK,
    INK_2,
    INK_3,
    SANS,
    TINT,
    WHITE,
    Anchor,
    DayScale,
    day_name,
    line,
    month_name,
    num,
    text,
    text_width,
)

Size = Literal["wide", "broad", "narrow"]
#: Text widths are estimates on the safe side, and a chart may spill this far into the page's margin.
_SPILL = 8


@dataclass(frozen=True, slots=True)
class CurvePoint:
    """A percentage (0–100) reached at the end of a day."""

    on: date
    value: Decimal


@dataclass(frozen=True, slots=True)
class CurveMark:
    """A day that explains the curve, named at the axis (“实际开工 5月12日”)."""

    on: date
    label: str


@dataclass(frozen=True, slots=True)
class _Frame:
    width: float
    height: float
    left: float
    right: float
    top: float
    bottom: float
    font: float

    def y(self, value: Decimal | float) -> float:
        share = min(1.0, max(0.0, float(value) / 100))
        return self.bottom - (self.bottom - self.top) * share


_FRAMES: dict[str, _Frame] = {
    "wide": _Frame(680, 432, 44, 676, 34, 396, 14),
    "broad": _Frame(888, 344, 44, 880, 34, 308, 14),
    "narrow": _Frame(328, 284, 38, 322, 30, 246, 13),
}


def curve(
    *,
    title: str,
    plan: Sequence[CurvePoint],
    actual: Sequence[CurvePoint],
    as_of: date,
    plan_label: str = "",
    actual_label: str = "",
    gap_label: str = "",
    start: date | None = None,
    end: date | None = None,
    size: Size = "wide",
    marks: Sequence[CurveMark] = (),
    end_label: Sequence[str] = (),
    description: str = "",
    font_family: str = SANS,
) -> str:
    """Plan against actual over the months of a year, as one SVG element.

    The plan is dashed ink, the actual solid and thick; both are named where they stand on the as-of
    day, the gap beneath. Lines are drawn only while they run: the actual ends at ``as_of``.

    Args:
        title: the finding in words, for assistive tools (“全区进度：形象落后序时”).
        plan: cumulative targets, rising by date, 0–100; the first is where the plan starts.
        actual: cumulative values up to ``as_of``, later ones are not drawn.
        plan_label, actual_label: name and number (“序时进度 55.8%”), as the measures show them.
        gap_label: the gap in 百分点 (“落后 7.0 百分点”).
        start, end: first and last day of the axis; the calendar year of ``as_of`` by default.
        size: "wide" (680 px), "broad" (888 px) or "narrow" (328 px, for phones).
        marks: at most a few named days.
        end_label: one or two short lines at the end of the plan (“计划完工”, “11月25日”).
        description: longer text for assistive tools; made from the labels where it is missing.
    """
    frame = _FRAMES[size]
    scale = DayScale(
        start or date(as_of.year, 1, 1), end or date(as_of.year, 12, 31), frame.left, frame.right
    )
    run = [point for point in actual if point.on <= as_of]
    parts = [_grid(frame), _months(frame, scale, as_of), _as_of(frame, scale, as_of)]
    parts += [_mark(frame, scale, mark) for mark in marks]
    parts.append(_path(frame, scale, plan, stroke=INK_2, width=1.75, dash="6 4"))
    parts.append(_path(frame, scale, run, stroke=ACTION, width=3))
    if end_label and plan:
        parts.append(_end(frame, scale, plan[-1], as_of, end_label))
    parts.append(
        _standing(
            frame, scale, as_of, value_at(plan, as_of), run, plan_label, actual_label, gap_label
        )
    )
    spoken = description or "，".join(
        part for part in (f"截至{day_name(as_of)}", plan_label, actual_label, gap_label) if part
    )
    return (
        f'<svg class="chart-{size}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' viewBox="0 0 {num(frame.width)} {num(frame.height)}"'
        f' width="{num(frame.width)}" height="{num(frame.height)}" font-family="{escape(font_family)}">'
        f"<title>{escape(title)}</title><desc>{escape(spoken)}</desc>{''.join(parts)}</svg>"
    )


def value_at(points: Sequence[CurvePoint], day: date) -> Decimal | None:
    """The height of a line on a day, straight between its points; held before and after them.

    Used to place a marker, never to print a number. None without points.
    """
    if not points:
        return None
    if day <= points[0].on:
        return points[0].value
    for before, after in pairwise(points):
        if day <= after.on:
            days = (after.on - before.on).days
            if days <= 0:
                return after.value
            return before.value + (after.value - before.value) * (day - before.on).days / days
    return points[-1].value


def _grid(frame: _Frame) -> str:
    parts = []
    for value in (100, 75, 50, 25):
        y = frame.y(value)
        parts.append(line(frame.left, y, frame.right, y, stroke=HAIRLINE))
        label = f"{value}%" if value == 100 else str(value)
        parts.append(text(frame.left - 8, y + 5, label, size=frame.font, fill=INK_3, anchor="end"))
    parts.append(
        text(frame.left - 8, frame.bottom + 5, "0", size=frame.font, fill=INK_3, anchor="end")
    )
    parts.append(line(frame.left, frame.bottom, frame.right, frame.bottom, stroke=CONTROL))
    return "".join(parts)


def _months(frame: _Frame, scale: DayScale, as_of: date) -> str:
    months = scale.months()
    room = (frame.right - frame.left) / max(1, len(months))
    step = max(1, -(-int(text_width("10月", frame.font) + 8) // max(1, int(room))))
    several_years = scale.start.year != scale.end.year
    now = next((i for i, (first, _, _) in enumerate(months) if _same_month(first, as_of)), -1)
    parts = []
    for index, (first, left, right) in enumerate(months):
        if index:
            parts.append(line(left, frame.bottom, left, frame.bottom + 5, stroke=CONTROL))
        is_now = index == now
        # The month of the as-of day is always named; a neighbour that would touch it gives way.
        shown = is_now or (index % step == 0 and (now < 0 or abs(index - now) >= step))
        if shown:
            name = month_name(first, with_year=several_years and first.month == 1)
            parts.append(
                text(
                    (left + right) / 2,
                    frame.bottom + 24,
                    name,
                    size=frame.font,
                    fill=INK if is_now else INK_3,
                    anchor="middle",
                    bold=is_now,
                )
            )
    return "".join(parts)


def _same_month(first: date, day: date) -> bool:
    return (first.year, first.month) == (day.year, day.month)


def _as_of(frame: _Frame, scale: DayScale, as_of: date) -> str:
    x = scale.at(as_of)
    label = day_name(as_of)
    half = text_width(label, frame.font) / 2
    at = min(max(x, half), frame.width - half)
    return line(x, frame.top, x, frame.bottom, stroke=INK_3, dash="2 3") + text(
        at, frame.top - 10, label, size=frame.font, fill=INK_2, anchor="middle"
    )


def _mark(frame: _Frame, scale: DayScale, mark: CurveMark) -> str:
    x = scale.at(mark.on)
    # Between the numbers of the axis there is room enough for a label to begin at the edge.
    room_left = x - 6 - text_width(mark.label, frame.font) >= 0
    return line(x, frame.bottom, x, frame.bottom - 34, stroke=ACTION, width=1.5) + text(
        x - 6 if room_left else x + 6,
        frame.bottom - 24,
        mark.label,
        size=frame.font,
        fill=ACTION,
        anchor="end" if room_left else "start",
        halo=True,
    )


def _path(
    frame: _Frame,
    scale: DayScale,
    points: Sequence[CurvePoint],
    *,
    stroke: str,
    width: float,
    dash: str = "",
) -> str:
    if len(points) < 2:
        return ""
    steps = " L".join(f"{num(scale.at(point.on))} {num(frame.y(point.value))}" for point in points)
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<path d="M{steps}" fill="none" stroke="{stroke}" stroke-width="{num(width)}"'
        f' stroke-linejoin="round" stroke-linecap="{"butt" if dash else "round"}"{dashes}/>'
    )


def _end(
    frame: _Frame, scale: DayScale, last: CurvePoint, as_of: date, lines: Sequence[str]
) -> str:
    """The end of the plan in words, right of it or, above the line, left of it; on a narrow chart
    where that would lie across the as-of day it is left out."""
    x, y = scale.at(last.on), frame.y(last.value)
    widest = max(text_width(part, frame.font) for part in lines)
    fits = x + 8 + widest <= frame.width
    if not fits and x - 30 - widest - 6 <= scale.at(as_of) <= x:
        return ""
    return "".join(
        text(
            x + 8 if fits else x - 30,
            y + 18 + 18 * row,
            part,
            size=frame.font,
            fill=INK_2,
            anchor="start" if fits else "end",
            halo=True,
        )
        for row, part in enumerate(lines)
    )


@dataclass(frozen=True, slots=True)
class _Label:
    lines: tuple[tuple[str, str, bool], ...]
    at: float  # y of the point that it names

    def width(self, font: float) -> float:
        return max(text_width(content, font, bold) for content, _, bold in self.lines)


def _standing(
    frame: _Frame,
    scale: DayScale,
    as_of: date,
    planned: Decimal | None,
    run: Sequence[CurvePoint],
    plan_label: str,
    actual_label: str,
    gap_label: str,
) -> str:
    """The two points of the as-of day with their labels: the upper one at the left above the lines,
    the lower one at the right beneath them, where no line runs."""
    x = scale.at(as_of)
    labels: list[_Label] = []
    parts: list[str] = []
    reached = run[-1].value if run else None
    if planned is not None and reached is not None and planned != reached:
        parts.append(line(x, frame.y(planned), x, frame.y(reached), stroke=INK, width=1.5))
    if reached is not None:
        y = frame.y(reached)
        parts.append(f'<circle cx="{num(x)}" cy="{num(y)}" r="4.5" fill="{ACTION}"/>')
        lines = [(actual_label, ACTION, True), (gap_label, INK, False)]
        labels.append(_Label(tuple(entry for entry in lines if entry[0]), y))
    if planned is not None:
        y = frame.y(planned)
        parts.append(
            f'<circle cx="{num(x)}" cy="{num(y)}" r="4" fill="{WHITE}" stroke="{INK_2}" stroke-width="1.75"/>'
        )
        labels.append(_Label(((plan_label, INK_2, False),) if plan_label else (), y))
    drawn = sorted((label for label in labels if label.lines), key=lambda label: label.at)
    return "".join(parts) + _place(frame, x, drawn)


@dataclass(frozen=True, slots=True)
class _Spot:
    """Where a label goes: the anchor's x, its side, the first baseline."""

    at: float
    anchor: Anchor
    first: float


def _place(frame: _Frame, x: float, labels: Sequence[_Label]) -> str:
    """Put one or two labels beside x, upper first, without touching each other or the frame.

    The upper one stands at the left above the lines. The lower one stands at the right of its point;
    where the frame ends too soon, it ends at the frame's edge, beneath its point.
    """
    row = frame.font + 6
    spots: list[_Spot] = []
    for index, label in enumerate(labels):
        upper = index == 0 and len(labels) == 2
        width = label.width(frame.font)
        tall = row * (len(label.lines) - 1)
        if upper and x - 10 - width >= frame.left:
            spot = _Spot(x - 10, "end", label.at - 8 - tall)
        elif x + 10 + width <= frame.width + _SPILL:
            spot = _Spot(x + 10, "start", label.at + 6)
        else:
            spot = _Spot(frame.width, "end", label.at + row + 4)
        if spots and not (spots[0].anchor == "end" and spot.anchor == "start"):
            spot = replace(spot, first=max(spot.first, spots[0].first + row * len(labels[0].lines)))
        first = max(frame.top + frame.font, min(spot.first, frame.bottom - 8 - tall))
        spots.append(replace(spot, first=first))
    if len(spots) == 2 and spots[0].anchor != "end":
        ceiling = spots[1].first - row * len(labels[0].lines)
        spots[0] = replace(spots[0], first=min(spots[0].first, ceiling))
    return "".join(
        _lines(frame, row, label, spot) for label, spot in zip(labels, spots, strict=True)
    )


def _lines(frame: _Frame, row: float, label: _Label, spot: _Spot) -> str:
    return "".join(
        text(
            spot.at,
            spot.first + row * number,
            content,
            size=frame.font,
            fill=colour,
            anchor=spot.anchor,
            bold=bold,
            halo=True,
        )
        for number, (content, colour, bold) in enumerate(label.lines)
    )


def bar_with_tick(
    value: Decimal | None,
    tick: Decimal | None,
    *,
    label: str = "",
    width: int | str = "100%",
    height: int = 16,
) -> str:
    """One number against its due: a bar to ``value`` and a tick at ``tick``, both 0–100 or None.

    The numbers stand in the columns as well; ``label`` says them to assistive tools, without one the
    drawing is left out for them. ``width`` is in px or, on pages, the whole of its place.
    """
    spoken = f'role="img" aria-label="{escape(label)}"' if label else 'aria-hidden="true"'
    thick = height - 8
    parts = [_share(100, TINT, thick)]
    if value is not None and value > 0:
        parts.append(_share(value, ACTION, thick))
    if tick is not None:
        at = _percent(tick)
        parts.append(
            f'<line x1="{at}" x2="{at}" y1="0" y2="{height}" stroke="{INK}" stroke-width="2"/>'
        )
    return (
        f'<svg class="bar" xmlns="http://www.w3.org/2000/svg" {spoken} width="{width}" height="{height}">'
        f"{''.join(parts)}</svg>"
    )


def _share(value: Decimal | int, fill: str, thick: int) -> str:
    return f'<rect x="0" y="4" width="{_percent(value)}" height="{thick}" fill="{fill}"/>'


def _percent(value: Decimal | int) -> str:
    return f"{num(min(100.0, max(0.0, float(value))))}%"
