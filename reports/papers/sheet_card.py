"""A dispatch sheet as a picture for a work group: its figures and its streets."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from renovation.core.cards import Card, CardFigure, CardMark, CardTable, Cell
from renovation.core.measures import Measure
from renovation.core.wording import wide_brackets

from . import names
from .pages import key_figures
from .sheets import MARKS, DispatchSheet, SheetRow, count_lights

_LIGHTS = {"红": "red", "黄": "yellow", "灰": "grey", "绿": "green"}


def sheet_card(sheet: DispatchSheet, *, is_issued: bool) -> Card:
    """What the picture says; the same figures as the words for the group."""
    draft = "" if is_issued else "　未印发"
    return Card(
        title=sheet.head,
        subtitle=f"{sheet.period_label}{draft}",
        figures=tuple(
            CardFigure(
                name=wide_brackets(each.label),
                value=each.text,
                unit=each.unit.text,
                basis=f"{each.parts_text} {each.part_unit.text}" if each.parts_text else "",
                mark=each.approval.mark,
            )
            for each in key_figures(sheet)
        ),
        table=_table(sheet),
        notes=sheet.remarks(),
        foot=sheet.bureau_name,
    )


def _table(sheet: DispatchSheet) -> CardTable:
    """The streets with their sums; the projects of a street's own sheet."""
    if sheet.is_district:
        rows = [
            (
                group.street_name + (f"（{group.year}年）" if len(sheet.parts) > 1 else ""),
                group.figures,
                group.rows,
            )
            for group in sheet.groups
        ]
        rows.append((sheet.subject_name, sheet.figures, tuple(sheet.rows)))
    else:
        rows = [(row.name, row.figures, (row,)) for row in sheet.rows]
    return CardTable(
        "各街道" if sheet.is_district else "各项目",
        (
            ("街道" if sheet.is_district else "项目", False),
            ("形象（%）", True),
            ("序时（%）", True),
            ("偏差（百分点）", True),
            ("亮灯", False),
        ),
        tuple(
            (name, *_numbers(figures), _marks(members, counts=sheet.is_district))
            for name, figures, members in rows
        ),
        last_is_total=sheet.is_district,
    )


def _numbers(figures: Mapping[str, Measure]) -> tuple[Cell, ...]:
    wanted = (names.PHYSICAL, names.SCHEDULED, names.DEVIATION)
    return tuple(figures[name].text if name in figures else "—" for name in wanted)


def _marks(rows: Iterable[SheetRow], *, counts: bool) -> tuple[CardMark, ...]:
    """How many projects stand in each light; of one project its light in words."""
    counted = count_lights(row.figures for row in rows)
    return tuple(
        CardMark(shape, str(counted[word]) if counts else MARKS[word].word)
        for word, shape in _LIGHTS.items()
        if counted.get(word)
    )
