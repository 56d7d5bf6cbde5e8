"""The table of all projects by all standards, filtered, and as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from projects.ledger.enums import Verdict
from projects.ledger.models import StandardItem
from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, Value, row
from renovation.core.documents.listing import to_change
from renovation.core.documents.xlsx import Book, Paper, Sheet, sheet_from_table, write_workbook
from renovation.core.wording import chinese_date, chinese_moment
from renovation.records.acting import who

from .progress import Standing

#: In a cell of the table: symbol and word.
MARKS: dict[Verdict | None, tuple[str, str]] = {
    Verdict.MET: ("✓", "符合"),
    Verdict.UNMET: ("×", "不符合"),
    Verdict.NOT_APPLICABLE: ("—", "不适用"),
    None: ("", "未核对"),
}
OPEN = "open"
#: 符合 with nothing that shows it.
BARE = "bare"


@dataclass(frozen=True, slots=True)
class Cell:
    """A verdict as it is shown: its key for the style, its symbol, its word."""

    key: str
    symbol: str
    word: str
    number: int


def cells(standing: Standing) -> list[Cell]:
    """The verdicts of a project in the order of the standards."""
    found = []
    for item in standing.items:
        verdict = standing.verdict(item)
        symbol, word = MARKS[verdict]
        if standing.lacks_basis(item):
            found.append(Cell(BARE, f"{symbol}?", f"{word}，无依据", item.number))
            continue
        found.append(Cell(verdict or OPEN, symbol, word, item.number))
    return found


def narrowed(rows: Sequence[Standing], *, street: str, number: str, verdict: str) -> list[Standing]:
    """The projects of a street that got a verdict (``open``: none yet; ``bare``: 符合 with nothing that shows it)
    on a standard, or on any of them."""

    def fits(standing: Standing) -> bool:
        if street and standing.project.street.code != street:
            return False
        if not verdict:
            return True
        asked = [item for item in standing.items if not number or str(item.number) == number]
        if verdict == BARE:
            return any(standing.lacks_basis(item) for item in asked)
        wanted = None if verdict == OPEN else Verdict(verdict)
        return any(standing.verdict(item) == wanted for item in asked)

    return [standing for standing in rows if fits(standing)]


def met_by_item(rows: Sequence[Standing], items: Sequence[StandardItem]) -> list[int]:
    """How many of the projects meet each standard."""
    return [sum(each.verdict(item) == Verdict.MET for each in rows) for item in items]


def table_workbook(
    *,
    rows: Sequence[Standing],
    items: Sequence[StandardItem],
    title: str,
    more: Sequence[Sheet] = (),
    on: date,
    now: datetime,
) -> bytes:
    """Three sheets: the table, the verdicts with their notes, the standards; then those in which the verdicts come
    back in."""
    subtitle = f"截至{chinese_date(on)}，{chinese_moment(now)}导出"
    head = (
        Column("项目编号", Kind.LABEL, 7),
        Column("项目", Kind.TEXT, 10),
        Column("街道", Kind.TEXT, 7),
    )
    counts = tuple(
        Column(word, Kind.COUNT, 4) for word in ("符合", "其中无依据", "不符合", "不适用", "未核对")
    )
    verdicts = tuple(Column(str(item.number), Kind.LABEL, 4, group="各条结论") for item in items)
    body = [
        row(
            *_who(each),
            *(MARKS[each.verdict(item)][1] for item in items),
            each.met,
            each.without_basis,
            each.unmet,
            each.not_applicable,
            each.open,
        )
        for each in rows
    ]
    total: list[Value] = [f"合计 {len(rows)} 个", "", ""]
    total += [f"符合 {count}" for count in met_by_item(rows, items)]
    total += [sum(each.met for each in rows), sum(each.without_basis for each in rows)]
    total += [sum(each.unmet for each in rows)]
    total += [sum(each.not_applicable for each in rows), sum(each.open for each in rows)]
    sheets = (
        sheet_from_table(
            Table(
                columns=(*head, *verdicts, *counts),
                rows=(*body, row(*total, style=RowStyle.TOTAL)) if rows else (),
                name="总表",
            ),
            title=title,
            subtitles=(subtitle, *to_change(more)),
            paper=Paper.A3,
            fixed_columns=2,
        ),
        sheet_from_table(_details(rows, items), title="逐条结论", fixed_columns=2, filters=True),
        sheet_from_table(_standards(items), title="衡量标准"),
        *more,
    )
    return write_workbook(Book(sheets=sheets, title=title, made_at=now))


def _who(standing: Standing) -> tuple[str, str, str]:
    project = standing.project
    return project.code, project.name, project.street.short_name


def _details(rows: Sequence[Standing], items: Sequence[StandardItem]) -> Table:
    columns = (
        Column("项目编号", Kind.LABEL, 7),
        Column("项目", Kind.TEXT, 10),
        Column("街道", Kind.TEXT, 7),
        Column("条次", Kind.COUNT, 4),
        Column("结论", Kind.LABEL, 5),
        Column("说明", Kind.TEXT, 24),
        Column("依据文件", Kind.TEXT, 14),
        Column("核对人", Kind.TEXT, 9),
        Column("核对日期", Kind.DATE, 6),
        Column("标准版本", Kind.COUNT, 4),
    )
    body = []
    for each in rows:
        for item in items:
            check = each.checks.get(item.pk)
            if check is None:
                continue
            body.append(
                row(
                    *_who(each),
                    item.number,
                    MARKS[Verdict(check.verdict)][1],
                    check.note,
                    check.evidence.name
                    if check.evidence
                    else "无依据"
                    if each.lacks_basis(item)
                    else "",
                    who(check, "checked_by"),
                    check.checked_at.date(),
                    check.item_version,
                )
            )
    return Table(columns=columns, rows=tuple(body), name="逐条结论")


def _standards(items: Sequence[StandardItem]) -> Table:
    return Table(
        columns=(
            Column("条次", Kind.COUNT, 4),
            Column("类别", Kind.LABEL, 6),
            Column("内容", Kind.TEXT, 40),
            Column("版本", Kind.COUNT, 4),
        ),
        rows=tuple(
            row(item.number, item.get_group_display(), item.text, item.version) for item in items
        ),
        name="衡量标准",
    )
