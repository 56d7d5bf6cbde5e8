"""The pre-filled workbook of a street and a week (CONTRACT.md, weekly workbook).

Grey columns are filled in and locked, white ones are the clerk's; the very hidden sheet ``_portal`` tells
which street and week it was made for and what it was filled with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache

from renovation.accounts.models import Organisation
from renovation.core.calendar import SHANGHAI
from renovation.core.documents.addresses import column_letter
from renovation.core.documents.blocks import Kind as CellKind
from renovation.core.documents.xlsx import (
    Book,
    Bounds,
    Choices,
    Paper,
    Role,
    Sheet,
    SheetCell,
    Style,
    write_workbook,
)
from renovation.core.memory import collector_waits
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.intake.manifest import Manifest, sheet_of
from renovation.intake.pipelines import Column, Kind, Template, Value

from . import columns
from .comparison import ProjectContext, WeekContext, load_context
from .written import written_rows

PIPELINE = "weekly"
SHEET_NAME = "周报"
HEADER_ROW = 4
HINT = (
    "灰色各列由平台填好，不用改；白色各列由街道填写，黄色表头为必填。累计数填到本周日为止。"
    "没有任何变化的项目，在“无变化”填“是”即可。"
)
#: Widths in Chinese characters, in the order of the columns.
_WIDTHS = (6.5, 9, 6.5, 10, 6, 6, 6, 7, 6.5, 7, 20, 14, 14, 14, 5, 6.5, 6.5, 4.5, 16)
_KINDS = {
    Kind.TEXT: CellKind.TEXT,
    Kind.DECIMAL: CellKind.DECIMAL,
    Kind.INTEGER: CellKind.COUNT,
    Kind.DATE: CellKind.DATE,
    Kind.FLAG: CellKind.LABEL,
}
_CENTRED = frozenset({"code", "street"})


def file_name(street: Organisation, week: Week) -> str:
    """松龄路街道2025年第38周周报.xlsx"""
    return f"{street.short_name}{week.full_number}周报.xlsx"


@collector_waits()
def build(*, street: Organisation, week: Week, now: datetime) -> Template:
    """The workbook of a street and week, with what the draft of this week already holds."""
    context = load_context(street=street, week=week)
    drafts = {pk: row.values for pk, row in written_rows(street=street, week=week).items()}
    return Template(
        name=file_name(street, week), content=write_workbook(_book(context, drafts, now))
    )


def locked_values(project: ProjectContext, street: Organisation) -> dict[str, Value]:
    """What the portal fills in for a project, by field; what it does not know is None."""
    last = project.last
    return {
        "code": project.code,
        "name": project.name,
        "street": street.short_name,
        "estates": project.estates,
        "planned_start_on": project.planned_start_on,
        "planned_completion_on": project.planned_completion_on,
        "last_progress": last.progress_percent if last else None,
        "last_investment": columns.wanyuan(last.completed_investment_fen) if last else None,
    }


def _book(context: WeekContext, drafts: Mapping[int, Mapping[str, Value]], now: datetime) -> Book:
    street, week = context.street, context.terms.week
    lasts = context.last_weeks
    usual = lasts.week if lasts is not None else None
    filled: dict[str, dict[str, str]] = {}
    rows: list[tuple[SheetCell | None, ...]] = []
    for project in context.projects.values():
        known = locked_values(project, street)
        draft = drafts.get(project.project_id, {})
        rows.append(
            tuple(_cell(column, known, draft, project, usual) for column in columns.COLUMNS)
        )
        filled[project.code] = {
            column.field: column.text(known[column.field])
            for column in columns.COLUMNS
            if column.locked
        }
    manifest = Manifest(
        pipeline=PIPELINE,
        street=street.code,
        street_name=street.short_name,
        week_start=week.key,
        generated_at=now.astimezone(SHANGHAI).isoformat(timespec="seconds"),
        values=filled,
    )
    return Book(
        sheets=(_sheet(context, rows, now), sheet_of(manifest)),
        title=f"{street.short_name}{week.label}周报",
        subject="老旧小区改造周报",
        made_at=now,
    )


def _sheet(context: WeekContext, rows: list[tuple[SheetCell | None, ...]], now: datetime) -> Sheet:
    street, week = context.street, context.terms.week
    last = column_letter(len(columns.COLUMNS))
    first_row, last_row = HEADER_ROW + 1, HEADER_ROW + max(len(rows), 1)
    title = f"{street.short_name}老旧小区改造周报　{week.full_label}"
    head = tuple(
        SheetCell(
            column.header,
            Style(Role.HEAD_REQUIRED if column.required and not column.locked else Role.HEAD),
            column.hint,
        )
        for column in columns.COLUMNS
    )

    def area(column: Column) -> str:
        letter = column_letter(columns.COLUMNS.index(column) + 1)
        return f"{letter}{first_row}:{letter}{last_row}"

    return Sheet(
        name=SHEET_NAME,
        rows=(
            (SheetCell(title, Style(Role.TITLE)),),
            (SheetCell(_basis(context, now), Style(Role.NOTE)),),
            (SheetCell(HINT, Style(Role.NOTE)),),
            head,
            *rows,
        ),
        widths=_WIDTHS,
        heights={
            1: 32,
            2: 20,
            3: 20,
            HEADER_ROW: 34,
            **{HEADER_ROW + n: 44 for n in range(1, len(rows) + 1)},
        },
        merged=(f"A1:{last}1", f"A2:{last}2", f"A3:{last}3"),
        freeze=f"C{first_row}",
        repeat_rows=f"{HEADER_ROW}:{HEADER_ROW}",
        paper=Paper.A3,
        landscape=True,
        protected=True,
        choices=(Choices(area(columns.UNCHANGED), ("是",), "没有任何变化的填“是”，否则不填。"),),
        bounds=(
            Bounds(area(columns.PROGRESS), 0, 100, message="0—100 的数，最多一位小数，填累计数。"),
            Bounds(
                area(columns.INVESTMENT),
                0,
                only_warns=bool(columns.INVESTMENT.suffixes),
                message="万元，最多两位小数，填累计数。带“万元”“元”的也认得。",
            ),
            Bounds(
                area(columns.WORKERS),
                0,
                whole=True,
                only_warns=bool(columns.WORKERS.suffixes),
                message="整数。带“人”的也认得。",
            ),
        ),
        footer_left=f"{street.short_name} {week.label}",
    )


def _basis(context: WeekContext, now: datetime) -> str:
    """Which week “上周” is, in which rows it is another, and when this was made."""
    found = context.last_weeks
    made = f"{chinese_moment(now)}生成。"
    if found is None:
        return f"以前没有报过数。{made}"
    pending = found.pending_count
    mark = f"，其中斜体的 {pending} 个待核" if pending else "，已核定"
    others = f"；{found.others_text}" if found.others else ""
    return f"“上周”取第{found.week.number}周（{found.week.span_label}）的数{others}{mark}。{made}"


def _cell(
    column: Column,
    known: Mapping[str, Value],
    draft: Mapping[str, Value],
    project: ProjectContext,
    usual: Week | None,
) -> SheetCell:
    """A cell of a project; one with an earlier figure says so where its week is not the ``usual`` one, or it waits."""
    kind = CellKind.LABEL if column.field in _CENTRED else _KINDS[column.kind]
    if not column.locked:
        style = _style(Role.INPUT, kind, column.places)
        return SheetCell(_plain(draft.get(column.field)), style)
    value = known[column.field]
    is_last = column in (columns.LAST_PROGRESS, columns.LAST_INVESTMENT)
    last = project.last
    pending = is_last and last is not None and not last.is_approved
    comment = ""
    if is_last and last is not None and pending:
        comment = f"第{last.week.number}周已报送，待核。"
    elif is_last and last is not None and last.week != usual:
        comment = f"取第{last.week.number}周的数。"
    return SheetCell(_plain(value), _style(Role.LOCKED, kind, column.places, pending), comment)


@cache
def _style(role: Role, kind: CellKind, places: int, pending: bool = False) -> Style:
    """One object for all cells of a style: there are thousands."""
    return Style(role, kind, places, pending=pending)


def _plain(value: Value) -> str | int | Decimal | date | None:
    if isinstance(value, bool):
        return "是" if value else None
    return value or None if isinstance(value, str) else value
