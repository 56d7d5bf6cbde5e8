"""What the picture of 总览 says: its lead, its six figures with their marks, its streets."""

from __future__ import annotations

from renovation.core.cards import Card, CardFigure, CardMark, CardTable, Cell, Run
from renovation.core.measures import Measure
from renovation.core.wording import chinese_date
from reports.dashboards.overview import LIGHT_ORDER, Overview
from reports.dashboards.parts import RankRow, Tile

_HEADS = (
    ("形象（%）", True),
    ("序时（%）", True),
    ("偏差（百分点）", True),
    ("亮灯", False),
)


def overview_card(page: Overview, *, issuer: str) -> Card:
    """The page as a card: the very measures of its figures, each with its own mark."""
    week = f"{page.week.label}　" if page.week else ""
    return Card(
        title=f"{page.total.name or page.place}{page.year}年老旧小区改造进展",
        subtitle=f"{week}截至{chinese_date(page.as_of)}　{page.approval.label}",
        lead=tuple(tuple(Run(piece.text, piece.kind) for piece in each) for each in page.lead),
        figures=tuple(_figure(tile) for tile in page.tiles),
        table=_table(page),
        notes=tuple(note for note in (*page.remarks, page.adjusted.note) if note),
        foot=issuer,
    )


def change_words(change: Measure | None) -> str:
    """较上周 +2.0 百分点, 较上周持平; "" where there is nothing to compare with."""
    if change is None or change.value is None:
        return ""
    if not change.shown:
        return "较上周持平"
    return f"较上周 {change.signed_text} {change.unit.text}"


def _figure(tile: Tile) -> CardFigure:
    measure = tile.measure
    return CardFigure(
        name=tile.name,
        value=measure.text,
        unit=measure.unit.text,
        basis=tile.basis,
        change=change_words(tile.change),
        mark=measure.approval.mark,
    )


def _table(page: Overview) -> CardTable | None:
    """The streets of a district with their returns; the projects where a street looks at itself."""
    if page.is_empty:
        return None
    if not page.is_district:
        return CardTable(
            "各项目",
            (("项目", False), *_HEADS[:3]),
            tuple((row.name, *_progress(row)) for row in page.ranking),
        )
    lights = {row.code: row.counts for row in page.streets}
    words = {row.code: row.word for row in page.returns}
    rate = page.return_rate
    rows: list[tuple[Cell, ...]] = []
    whole = f"已报 {rate.numerator_text} / 应报 {rate.denominator_text}"
    for name, row, counts, word in (
        *((r.name, r, lights[r.code], words.get(r.code, "—")) for r in page.ranking),
        (page.place, page.total, page.lights, whole),
    ):
        marks = tuple(CardMark(light, str(counts[light])) for light in LIGHT_ORDER if counts[light])
        cells: tuple[Cell, ...] = (name, *_progress(row), marks)
        rows.append((*cells, word) if page.returns else cells)
    heads = (("街道", False), *_HEADS, *((("周报", False),) if page.returns else ()))
    return CardTable("各街道", heads, tuple(rows), last_is_total=True)


def _progress(row: RankRow) -> tuple[Cell, ...]:
    return row.physical.text, row.scheduled.text, row.deviation.text
