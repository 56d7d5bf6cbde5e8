"""An empty workbook to be filled in, made from the columns of a pipeline; rows are named by 序号."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal

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

from .manifest import Manifest, sheet_of, signed
from .pipelines import Column, Kind, Value

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
    is_signed: bool = False,
) -> bytes:
    """The .xlsx: title, hint, header, ``row_count`` empty rows; ``choices`` by field become lists.

    A list longer than Excel takes (255 characters) is left out.
    """
    sheets = filled_sheets(
        pipeline=pipeline,
        columns=columns,
        sheet=sheet,
        title=title,
        hint=hint,
        organisation=organisation,
        period_key=period_key,
        choices=choices,
        now=now,
        row_count=row_count,
        is_signed=is_signed,
    )
    return write_workbook(Book(sheets=sheets, title=title, made_at=now))


def filled_sheets(
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
    row_count: int,
    rows: Sequence[Mapping[str, Value]] = (),
    groups: Sequence[tuple[int, int]] = (),
    merged_fields: Collection[str] = (),
    counts: Mapping[str, int] | None = None,
    values: Mapping[str, Mapping[str, str]] | None = None,
    is_signed: bool = False,
) -> tuple[Sheet, Sheet]:
    """The sheet to be filled in, ``rows`` (field → value) written into its first lines, and ``_portal``.

    ``counts`` are the rows by pipeline, where the workbook holds more than this sheet, ``values`` what ``_portal`` keeps
    of the cells (``meanwhile.filled_in``), which is signed where marks may stand in it (``manifest.signed``). ``groups`` are (first, last) rows, from 0, over which the cells of ``merged_fields`` are merged.
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
    lists, merged = [], [f"A1:{last}1", f"A2:{last}2"]
    for place, column in enumerate(columns, start=1):
        letter = column_letter(place)
        words = tuple(choices.get(column.field, ()))
        if words and len(",".join(words)) <= 255:
            area = f"{letter}{HEADER_ROW + 1}:{letter}{HEADER_ROW + row_count}"
            lists.append(Choices(area, words, f"从列表中选：{'、'.join(words)}。"[:200]))
        if column.field in merged_fields:
            merged += [
                f"{letter}{HEADER_ROW + 1 + start}:{letter}{HEADER_ROW + 1 + end}"
                for start, end in groups
            ]
    filled = tuple(
        tuple(
            SheetCell(_cell_value(row.get(column.field)), style_of[column.field])
            for column in columns
        )
        for row in rows
    )
    made = Sheet(
        name=sheet,
        rows=(
            (SheetCell(title, Style(Role.TITLE)),),
            (SheetCell(hint, Style(Role.NOTE)),),
            head,
            *filled,
            *(empty for _ in range(row_count - len(filled))),
        ),
        widths=tuple(7 if column.kind is not Kind.TEXT else 9 for column in columns),
        heights={1: 32, 2: 20, HEADER_ROW: 30},
        merged=tuple(merged),
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
        counts=counts if counts is not None else {pipeline: len(rows)} if rows else {},
        values=values or {},
    )
    return made, sheet_of(signed(manifest) if is_signed else manifest)


def _cell_value(value: Value) -> str | int | Decimal | date | None:
    if isinstance(value, bool):
        return "是" if value else None
    return value or None if isinstance(value, str) else value
