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

from renovation.core.wording import short_date

from .curve_labels import Box, Room, find_room
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
    DayScale,
    line,
    month_name,
    num,
    text,
    text_width,
)

Size = Literal["wide", "broad", "narrow"]
#: Text widths are estimates on the safe side, and a chart may spill this far into the page's margin.
_SPILL = 8
#: How much of a sign's height stands above the line of writing.
_ASCENT = 0.85


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
    planned, reached = value_at(plan, as_of), run[-1].value if run else None
    day = scale.at(as_of)
    gap = [CurvePoint(as_of, value) for value in (planned, reached) if value is not None]
    room = _room(frame, scale, plan, run, gap)
    parts = [_grid(frame), _months(frame, scale, as_of), _as_of(frame, scale, as_of)]
    for mark in marks:
        drawn, box = _mark(frame, scale, mark, room)
        parts.append(drawn)
        room = replace(room, taken=[*room.taken, box])
    parts.append(_path(frame, scale, plan, stroke=INK_2, width=1.75, dash="6 4"))
    parts.append(_path(frame, scale, run, stroke=ACTION, width=3))
    standing, labels = _standing(frame, day, planned, reached, plan_label, actual_label, gap_label)
    words, boxes = _place(frame, day, labels, room)
    if end_label and plan:
        free = replace(room, taken=[*room.taken, *boxes])
        parts.append(_end(frame, scale, plan[-1], end_label, free))
    parts += [standing, words]
    spoken = description or "，".join(
        part for part in (f"截至{short_date(as_of)}", plan_label, actual_label, gap_label) if part
    )
    return (
        f'<svg class="chart-{size}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' viewBox="0 0 {num(frame.width)} {num(frame.height)}"'
        f' width="{num(frame.width)}" height="{num(frame.height)}" font-family="{escape(font_family)}">'
        f"<title>{escape(title)}</title><desc>{escape(spoken)}</desc>{''.join(parts)}</svg>"
    )


def _room(
    frame: _Frame,
    scale: DayScale,
    plan: Sequence[CurvePoint],
    run: Sequence[CurvePoint],
    gap: Sequence[CurvePoint],
) -> Room:
    """Where words may stand: on the paper above the axis, off both lines and the gap between them."""
    lines = [
        [(scale.at(point.on), frame.y(point.value)) for point in points]
        for points in (plan, run, gap)
    ]
    paper = Box(frame.left, frame.top + 2, frame.width + _SPILL - 1, frame.bottom - 4)
    return Room(paper, lines)


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
    label = short_date(as_of)
    half = text_width(label, frame.font) / 2
    at = min(max(x, half), frame.width - half)
    return line(x, frame.top, x, frame.bottom, stroke=INK_3, dash="2 3") + text(
        at, frame.top - 10, label, size=frame.font, fill=INK_2, anchor="middle"
    )


def _mark(frame: _Frame, scale: DayScale, mark: CurveMark, room: Room) -> tuple[str, Box]:
    """A named day at the axis and the room that its name takes: beside the end of its stroke, which is
    as long as the lines ask for."""
    x = scale.at(mark.on)
    width, top = text_width(mark.label, frame.font), frame.bottom - 24 - _ASCENT * frame.font
    # Between the numbers of the axis there is room enough for a label to begin at the edge.
    lefts = [left for left in (x - 6 - width, x + 6) if 0 <= left <= frame.width - width]
    spots = [
        Box(left, top - up, left + width, top - up + frame.font)
        for up in range(0, int(top - frame.top), 6)
        for left in lefts
    ]
    box = next(filter(room.holds, spots), spots[0])
    stroke = line(x, frame.bottom, x, box.top + 2, stroke=ACTION, width=1.5)
    return stroke + _words(frame, [(mark.label, ACTION, False)], box, end=box.right < x), box


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


def _end(frame: _Frame, scale: DayScale, last: CurvePoint, lines: Sequence[str], room: Room) -> str:
    """The end of the plan in words, beneath it at the right or the left; where there is no room, as on a
    narrow chart late in the year, it is left out."""
    x, y = scale.at(last.on), frame.y(last.value)
    width = max(text_width(part, frame.font) for part in lines)
    top = y + 18 - _ASCENT * frame.font
    for left in (x + 8, x - 30 - width):
        box = Box(left, top, left + width, top + _row(frame) * len(lines) - 6)
        if room.holds(box):
            return _words(frame, [(part, INK_2, False) for part in lines], box, end=left < x)
    return ""


#: A line of words: text, colour, whether bold.
_Words = tuple[str, str, bool]


@dataclass(frozen=True, slots=True)
class _Label:
    lines: tuple[_Words, ...]
    at: float  # y of the point that it names

    def width(self, font: float) -> float:
        return max(text_width(content, font, bold) for content, _, bold in self.lines)


def _standing(
    frame: _Frame,
    x: float,
    planned: Decimal | None,
    reached: Decimal | None,
    plan_label: str,
    actual_label: str,
    gap_label: str,
) -> tuple[str, list[_Label]]:
    """The two points of the as-of day with the gap between them, and their labels, the upper first."""
    labels: list[_Label] = []
    parts: list[str] = []
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
    return "".join(parts), drawn


def _place(frame: _Frame, x: float, labels: Sequence[_Label], room: Room) -> tuple[str, list[Box]]:
    """One or two labels near the as-of day: the upper one above the lines, the lower one beneath them and
    never higher than the other; where that can't be, both together above the lines."""
    boxes: list[Box] = []
    for index, label in enumerate(labels):
        upper = index == 0 and len(labels) == 2
        top = boxes[0].top + _row(frame) if boxes else room.paper.top
        box = find_room(
            Room(replace(room.paper, top=top), room.lines, [*room.taken, *boxes]),
            width=label.width(frame.font),
            height=_tall(frame, label),
            at=(x, label.at),
            side="above" if upper else "beneath",
        )
        if box is None:
            boxes = _stack(frame, x, labels, room)
            break
        boxes.append(box)
    words = [
        _words(frame, label.lines, box, end=box.right <= x)
        for label, box in zip(labels, boxes, strict=True)
    ]
    return "".join(words), boxes


def _stack(frame: _Frame, x: float, labels: Sequence[_Label], room: Room) -> list[Box]:
    """The labels one under the other, in one place."""
    width = max(label.width(frame.font) for label in labels)
    height = sum(_tall(frame, label) + 6 for label in labels) - 6
    place = find_room(room, width=width, height=height, at=(x, labels[0].at), side="above")
    left, top = (place.left, place.top) if place else (room.paper.right - width, room.paper.top)
    boxes = []
    for label in labels:
        start = left + width - label.width(frame.font) if left < x else left
        bottom = top + _tall(frame, label)
        boxes.append(Box(start, top, start + label.width(frame.font), bottom))
        top = bottom + 6
    return boxes


def _tall(frame: _Frame, label: _Label) -> float:
    return _row(frame) * len(label.lines) - 6


def _row(frame: _Frame) -> float:
    """From one line of words to the next."""
    return frame.font + 6


def _words(frame: _Frame, lines: Sequence[_Words], box: Box, *, end: bool) -> str:
    """Lines of words in their box, set to its right edge (``end``) or its left one."""
    return "".join(
        text(
            box.right if end else box.left,
            box.top + _ASCENT * frame.font + _row(frame) * number,
            content,
            size=frame.font,
            fill=colour,
            anchor="end" if end else "start",
            bold=bold,
            halo=True,
        )
        for number, (content, colour, bold) in enumerate(lines)
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
