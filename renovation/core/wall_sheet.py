"""The wall chart as one standalone picture, in the proportion of A3 landscape or taller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from .svg import (
    ACTION,
    BAND,
    CONTROL,
    HAIRLINE,
    INK,
    INK_2,
    INK_3,
    OCHRE,
    SANS,
    SERIF,
    WHITE,
    DayScale,
    line,
    num,
    rect,
    symbol,
    text,
    text_width,
)
from .wall import (
    MONTHS_WIDTH,
    ROW_HEIGHT,
    WallChart,
    WallGroup,
    WallRow,
    WallTotal,
    draw_as_of_line,
    draw_month_names,
    draw_row,
    draw_total_values,
)

_MARGIN = 40
_NUMBER_WIDTH = 48
_LIGHT_WIDTH = 110
_COLUMN = 72


def wall_svg(chart: WallChart, *, font_family: str = SANS, title_family: str = SERIF) -> str:
    """The whole sheet as one SVG document, for download; it needs no stylesheet."""
    name_width = max(96.0, *(text_width(row.name, 14, bold=True) + 16 for row in chart.rows), 0.0)
    before = [_COLUMN] * len(chart.before)
    after = [_COLUMN] * (len(chart.after) - 1) + [_COLUMN + 20] if chart.after else []
    left = _MARGIN + _NUMBER_WIDTH + name_width + sum(before)
    sheet = _Sheet(
        chart=chart,
        name_at=_MARGIN + _NUMBER_WIDTH,
        before_at=_edges(_MARGIN + _NUMBER_WIDTH + name_width, before),
        scale=DayScale(chart.start, chart.end, left + 12, left + 12 + MONTHS_WIDTH),
        after_at=_edges(left + 12 + MONTHS_WIDTH, after),
        width=left + 12 + MONTHS_WIDTH + sum(after) + 16 + _LIGHT_WIDTH + _MARGIN,
    )
    body, height = sheet.draw(title_family)
    full = max(height, sheet.width * 297 / 420)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" role="img" width="{num(sheet.width)}"'
        f' height="{num(full)}" viewBox="0 0 {num(sheet.width)} {num(full)}"'
        f' font-family="{escape(font_family)}"><title>{escape(chart.title)}</title>'
        f"{rect(0, 0, sheet.width, full, fill=WHITE)}{body}</svg>"
    )


def _edges(left: float, widths: Sequence[float]) -> tuple[float, ...]:
    """The right edges of columns, where their numbers end."""
    found = []
    for width in widths:
        left += width
        found.append(left)
    return tuple(found)


@dataclass(frozen=True)
class _Sheet:
    chart: WallChart
    name_at: float
    before_at: tuple[float, ...]
    scale: DayScale
    after_at: tuple[float, ...]
    width: float

    @property
    def right(self) -> float:
        return self.width - _MARGIN

    @property
    def names_end(self) -> float:
        """Where the column of names ends."""
        return (self.before_at[0] if self.before_at else self.scale.left) - _COLUMN + 16

    @property
    def light_at(self) -> float:
        return (self.after_at[-1] if self.after_at else self.scale.right) + 24

    def draw(self, title_family: str) -> tuple[str, float]:
        """All parts and the height that they need."""
        chart = self.chart
        middle = self.width / 2
        facts = "　".join((*chart.facts, chart.approval)).rstrip("　")
        parts = [
            text(middle, 68, chart.title, size=36, anchor="middle", bold=True, family=title_family),
            text(middle, 104, facts, size=16, fill=INK_2, anchor="middle"),
            line(_MARGIN, 124, self.right, 124, stroke=INK, width=2),
            self._heads(124),
        ]
        y: float = 176
        parts.append(line(_MARGIN, y, self.right, y, stroke=INK))
        for group in chart.groups:
            parts.append(self._group(group, y))
            y += 32
            for row in group.rows:
                parts.append(self._row(row, y))
                y += ROW_HEIGHT
        if chart.total is not None:
            height = 24 * max(1, len(chart.total.months)) + 8
            parts.append(self._total(chart.total, y, height))
            y += height
        parts.append(line(_MARGIN, y, self.right, y, stroke=INK, width=2))
        parts.append(self._legend(y + 28))
        y += 52
        for note in chart.notes:
            parts.append(text(_MARGIN, y, note, size=13, fill=INK_3))
            y += 22
        parts.append(text(_MARGIN, y + 20, chart.issuer, size=14))
        parts.append(text(self.right, y + 20, chart.issued_on, size=14, anchor="end"))
        return "".join(parts), y + 20 + _MARGIN

    def _heads(self, top: float) -> str:
        number, name, light = self.chart.heads
        parts = [
            text(_MARGIN + 8, top + 40, number, size=13, fill=INK_2),
            text(self.name_at, top + 40, name, size=13, fill=INK_2),
            text(self.light_at, top + 40, light, size=13, fill=INK_2),
            draw_month_names(self.chart, self.scale, top + 40),
        ]
        columns = [
            *zip(self.before_at, self.chart.before, strict=True),
            *zip(self.after_at, self.chart.after, strict=True),
        ]
        for right, (head, unit) in columns:
            if unit:
                parts.append(text(right, top + 22, head, size=13, fill=INK_2, anchor="end"))
                parts.append(
                    text(right + 6, top + 42, f"（{unit}）", size=13, fill=INK_2, anchor="end")
                )
            else:
                parts.append(text(right, top + 40, head, size=13, fill=INK_2, anchor="end"))
        return "".join(parts)

    def _group(self, group: WallGroup, top: float) -> str:
        parts = [
            rect(_MARGIN, top, self.right - _MARGIN, 32, fill=BAND),
            text(_MARGIN + 8, top + 21, group.name, size=14, bold=True),
            text(self.scale.left, top + 21, "　".join(group.facts), size=14, fill=INK_2),
            line(_MARGIN, top + 32, self.right, top + 32, stroke=CONTROL),
            *self._numbers(group.after, top + 21, bold=True),
        ]
        x = self.light_at
        for _, shape, count in group.lights:
            parts.append(symbol(shape, x + 6, top + 16))
            parts.append(text(x + 16, top + 21, str(count), size=14))
            x += 24 + text_width(str(count), 14)
        return "".join(parts)

    def _row(self, row: WallRow, top: float) -> str:
        middle = top + ROW_HEIGHT / 2 + 5
        parts = [
            text(_MARGIN + 8, middle, row.number, size=14, fill=INK_2),
            text(self.name_at, middle, row.name, size=14, bold=True),
            *(
                text(at, middle, value, size=14, anchor="end")
                for at, value in zip(self.before_at, row.before, strict=True)
            ),
            *self._numbers(row.after, middle),
            draw_row(self.chart, row, self.scale, top, ROW_HEIGHT),
            symbol(row.shape, self.light_at + 6, middle - 5),
            text(self.light_at + 18, middle, row.light_word, size=14),
            line(_MARGIN, top + ROW_HEIGHT, self.right, top + ROW_HEIGHT, stroke=HAIRLINE),
        ]
        return "".join(parts)

    def _numbers(self, values: Sequence[str], baseline: float, *, bold: bool = False) -> list[str]:
        return [
            text(at, baseline, value, size=14, anchor="end", bold=bold)
            for at, value in zip(self.after_at, values, strict=True)
        ]

    def _total(self, total: WallTotal, top: float, height: float) -> str:
        middle = top + height / 2 + 5
        parts = [
            text(_MARGIN + 8, middle, total.name, size=14, bold=True),
            *(
                text(at, middle, value, size=14, anchor="end", bold=True)
                for at, value in zip(self.before_at, total.before, strict=True)
            ),
            *self._numbers(total.after, middle, bold=True),
            *(
                text(self.names_end, top + 20 + 24 * number, name, size=13, anchor="end")
                for number, (name, _) in enumerate(total.months)
            ),
            draw_as_of_line(self.scale, self.chart.as_of, top, height),
            draw_total_values(self.chart, self.scale, top + 20),
        ]
        return "".join(parts)

    def _legend(self, baseline: float) -> str:
        plan, actual, missing, as_of = self.chart.legend
        x = float(_MARGIN)
        parts = []
        for words, box in (
            (plan, rect(0.5, -13.5, 44, 15, fill=WHITE, stroke=INK_2)),
            (actual, rect(0, -14, 45, 16, fill=ACTION)),
            (
                missing,
                rect(0.75, -13.25, 44, 15, fill=WHITE, stroke=OCHRE, stroke_width=1.5, dash="4 3"),
            ),
        ):
            parts.append(f'<g transform="translate({num(x)} {num(baseline)})">{box}</g>')
            parts.append(text(x + 52, baseline, words, size=13, fill=INK_2))
            x += 52 + text_width(words, 13) + 28
        parts.append(line(x + 1, baseline - 13, x + 1, baseline + 2, stroke=INK, width=1.5))
        parts.append(text(x + 10, baseline, as_of, size=13, fill=INK_2))
        x += 10 + text_width(as_of, 13) + 28
        for shape, word in self.chart.lights:
            parts.append(symbol(shape, x + 6, baseline - 5))
            parts.append(text(x + 18, baseline, word, size=13, fill=INK_2))
            x += 18 + text_width(word, 13) + 24
        return "".join(parts)
