"""The roster as a workbook: the same for the template, the export, and the way back in."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from projects.ledger.models import Estate, Programme
from renovation.accounts.models import Organisation
from renovation.core.documents.xlsx import Book, Sheet, write_workbook
from renovation.intake.blanks import filled_sheets
from renovation.intake.pipelines import Value

from .columns import COLUMNS, ESTATE_FIELDS, PROJECT_FIELDS, TYPE
from .context import TYPES, Known, present_values
from .kept import held_in

CODE = "roster"
SHEET = "年度计划"
HINT = (
    "每个小区一行。同一项目的几个小区，项目的各列写一次、合并或每行都写。空着的格不改台账；"
    "台账里有、表里没有的不删除。填数值，不填公式。"
)


def sheets(
    *,
    bureau: Organisation,
    year: int,
    programme: Programme | None,
    known: Iterable[Known],
    with_drafts: bool,
    now: datetime,
    spare_rows: int = 50,
) -> tuple[Sheet, ...]:
    """The sheet of the roster and the hidden one that says what it is for and what it holds. Without ``with_drafts`` a plan
    that waits for approval is left out."""
    known = list(known)
    rows, groups = lines(known, with_drafts=with_drafts)
    return filled_sheets(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=programme.name if programme else f"{bureau.district_name}{year}年度计划",
        hint=HINT,
        organisation=bureau,
        period_key=str(year),
        choices={TYPE.field: list(TYPES)},
        rows=rows,
        groups=groups,
        merged_fields=("code", *PROJECT_FIELDS),
        row_count=len(rows) + spare_rows,
        values=held_in(CODE, known, with_drafts=with_drafts),
        now=now,
    )


def lines(
    known: Iterable[Known], *, with_drafts: bool
) -> tuple[list[dict[str, Value]], list[tuple[int, int]]]:
    """One line an estate, in the order given, and the (first, last) lines of projects that have several; a
    project without an estate has a line of its own."""
    rows: list[dict[str, Value]] = []
    groups: list[tuple[int, int]] = []
    for each in known:
        shown = (
            each if with_drafts or not each.has_draft else Known(each.project, each.estates, None)
        )
        first = len(rows)
        estates: list[Estate | None] = list(each.estates.values())
        for estate in estates or [None]:
            values = present_values(shown, estate)
            if len(rows) > first:
                # Said once a project; the merged cells give it to every row.
                values = {name: values[name] for name in (*ESTATE_FIELDS, "ledger_number")}
            rows.append({"serial": str(len(rows) + 1), **values})
        if len(rows) - first > 1:
            groups.append((first, len(rows) - 1))
    return rows, groups


def roster_workbook(
    *,
    bureau: Organisation,
    year: int,
    programme: Programme | None,
    known: Iterable[Known],
    with_drafts: bool,
    more: Sequence[Sheet] = (),
    now: datetime,
) -> bytes:
    """The .xlsx; ``more`` are sheets to read that follow the roster."""
    roster, portal = sheets(
        bureau=bureau, year=year, programme=programme, known=known, with_drafts=with_drafts, now=now
    )
    title = programme.name if programme else f"{year}年度计划"
    return write_workbook(Book(sheets=(roster, *more, portal), title=title, made_at=now))
