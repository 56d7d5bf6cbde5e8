"""The table as pages and workbooks show it: heads, rows with their cells, totals, and the words for a chat."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from renovation.core.documents.blocks import Kind as CellKind
from renovation.core.wording import join
from renovation.face.wording import moment

from .enums import ColumnKind, InquiryState, Subject
from .models import Inquiry
from .table import Line, Standing, Table
from .values import Values, as_text


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head; ``is_number`` puts it at the right, ``is_filled`` says that the portal fills it in."""

    label: str
    unit: str
    is_number: bool
    is_filled: bool

    @property
    def title(self) -> str:
        """With its unit."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label


@dataclass(frozen=True, slots=True)
class Shown:
    """A cell: its head and its text."""

    head: Head
    text: str


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A row: name, code, street, cells; ``is_answered`` is False where nobody filled it in yet."""

    name: str
    code: str
    street: str
    street_code: str
    cells: tuple[Shown, ...]
    is_answered: bool


@dataclass(frozen=True, slots=True)
class ShownTotal:
    """A total below a column, with how many of the cells it stands on."""

    head: Head
    text: str
    basis: str


@dataclass(frozen=True, slots=True)
class ShownTable:
    """The whole table."""

    heads: tuple[Head, ...]
    lines: tuple[ShownLine, ...]
    totals: tuple[ShownTotal, ...]
    by_project: bool

    @property
    def is_wide(self) -> bool:
        """More than eight columns: rows are striped."""
        return len(self.heads) > 6


def shown_table(table: Table, *, values: Mapping[int, Values] | None = None) -> ShownTable:
    """The table for people; ``values`` (row id → values) replaces the newest answers, for an older version."""
    by_project = table.inquiry.subject == Subject.PROJECT
    if values is not None:
        lines = [replace(line, values=values.get(line.row.pk)) for line in table.lines]
        table = replace(table, lines=lines)
    filled = [
        Head(column.label, column.unit, column.kind in _NUMBERS, is_filled=True)
        for column in table.known
    ]
    asked = [
        Head(column.label, column.shown_unit, ColumnKind(column.kind).is_summed, is_filled=False)
        for column in table.columns
    ]
    totals = [ShownTotal(head, "", "") for head in filled]
    totals += [
        ShownTotal(head, total.shown, f"{total.answered} / {total.asked}")
        for head, total in zip(asked, table.totals(), strict=True)
    ]
    return ShownTable(
        heads=(*filled, *asked),
        lines=tuple(_line(table, line, filled, asked) for line in table.lines),
        totals=tuple(totals),
        by_project=by_project,
    )


_NUMBERS = frozenset({CellKind.COUNT, CellKind.DECIMAL})


def _line(table: Table, line: Line, filled: Sequence[Head], asked: Sequence[Head]) -> ShownLine:
    said = line.values
    cells = [
        Shown(head, table.filled_text(line, column))
        for head, column in zip(filled, table.known, strict=True)
    ]
    if said is None:  # said once, in the first of the cells that are to be filled in
        cells += [Shown(head, "" if place else "未报") for place, head in enumerate(asked)]
    else:
        cells += [
            Shown(head, as_text(column, said.get(column.name)))
            for head, column in zip(asked, table.columns, strict=True)
        ]
    project = line.row.project
    return ShownLine(
        name=line.label,
        code=project.code if project is not None else "",
        street=line.row.street.short_name,
        street_code=line.row.street.code,
        cells=tuple(cells),
        is_answered=said is not None,
    )


def copy_text(inquiry: Inquiry, standings: Sequence[Standing], now: datetime) -> str:
    """What a bureau pastes into the group of the streets: who is still missing, until when."""
    missing = [each for each in standings if not each.is_complete]
    done = len(standings) - len(missing)
    head = f"临时收数“{inquiry.title}”（{inquiry.number}）"
    if inquiry.state == InquiryState.CLOSED:
        gone = (
            f"没有报齐的：{join(each.street.short_name for each in missing)}。" if missing else ""
        )
        return f"{head}已结束，{done} / {len(standings)} 个街道报齐。{gone}"
    due = moment(inquiry.due_at)
    end = f"已过 {due} 的期限" if now > inquiry.due_at else f"{due} 截止"
    if not missing:
        return f"{head}：{len(standings)} 个街道都已报齐。"
    names = join(
        f"{each.street.short_name}（{each.answered_count} / {each.row_count} 行）"
        if each.answered_count
        else each.street.short_name
        for each in missing
    )
    return (
        f"{head}：{end}，已报齐 {done} / {len(standings)} 个街道。还没有报齐：{names}。"
        f"请在平台“周报—临时收数”里填报，平台已有的内容已经填好。"
    )
