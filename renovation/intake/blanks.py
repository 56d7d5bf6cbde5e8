"""An empty workbook to be filled in, made from the columns of a pipeline; rows are named by 序号."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from renovation.accounts.models import Organisation
from renovation.core.calendar import SHANGHAI
from renovation.core.documents.addresses import column_letter
from renovation.core.documents.blocks import Kind as CellKind
from renovation.core.documents.xlsx import (
    Book,
    Choices,
    Role,
    Sheet,
    SheetCell,
    Style,
    write_workbook,
)

from .manifest import Manifest, sheet_of
from .pipelines import Column, Kind

_KINDS = {
    Kind.TEXT: CellKind.TEXT,
    Kind.DECIMAL: CellKind.DECIMAL,
    Kind.INTEGER: CellKind.COUNT,
    Kind.DATE: CellKind.DATE,
    Kind.FLAG: CellKind.LABEL,
}
HEADER_ROW = 3


def blank_workbook(
    *,
    pipeline: str,
    columns: Sequence[Column],
    sheet: str,
    title: str,
    hint: str,
    organisation: Organisation,
    period_key: str,
    choices: Mapping[str, Sequence[str]],
    now: datetime,
    row_count: int = 300,
) -> bytes:
    """The .xlsx: title, hint, header, ``row_count`` empty rows; ``choices`` by field become lists.

    A list longer than Excel takes (255 characters) is left out.
    """
    last = column_letter(len(columns))
    style_of = {
        column.field: Style(Role.INPUT, _KINDS[column.kind], column.places) for column in columns
    }
    empty = tuple(SheetCell(None, style_of[column.field]) for column in columns)
    head = tuple(
        SheetCell(
            column.header,
            Style(Role.HEAD_REQUIRED if column.required else Role.HEAD),
            column.hint or column.expected,
        )
        for column in columns
    )
    lists = []
    for place, column in enumerate(columns, start=1):
        words = tuple(choices.get(column.field, ()))
        if words and len(",".join(words)) <= 255:
            letter = column_letter(place)
            area = f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + row_count}"
            lists.append(Choices(area, words, f"从列表中选：{'、'.join(words)}。"[:200]))
    made = Sheet(
        name=sheet,
        rows=(
            (SheetCell(title, Style(Role.TITLE)),),
            (SheetCell(hint, Style(Role.NOTE)),),
            head,
            *(empty for _ in range(row_count)),
        ),
        widths=tuple(7 if column.kind is not Kind.TEXT else 9 for column in columns),
        heights={1: 32, 2: 20, HEADER_ROW: 30},
        merged=(f"A1:{last}1", f"A2:{last}2"),
        freeze=f"C{HEADER_ROW + 1}",
        repeat_rows=f"{HEADER_ROW}:{HEADER_ROW}",
        landscape=True,
        choices=tuple(lists),
    )
    manifest = Manifest(
        pipeline=pipeline,
        street=organisation.code,
        street_name=organisation.short_name,
        week_start=period_key,
        generated_at=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
    )
    return write_workbook(Book(sheets=(made, sheet_of(manifest)), title=title, made_at=now))
