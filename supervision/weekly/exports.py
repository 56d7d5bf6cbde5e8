"""The register of returns as a workbook."""

from __future__ import annotations

from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, Table, Value, row
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook

from .enums import ReturnState
from .models import WeeklyReturn
from .register import Entry, Register

COLUMNS = (
    Column("周", Kind.TEXT, 14),
    Column("周一", Kind.DATE, 7),
    Column("街道", Kind.TEXT, 8),
    Column("在报项目", Kind.COUNT, 5, unit="个"),
    Column("状态", Kind.LABEL, 6),
    Column("截止", Kind.MOMENT, 10),
    Column("首次报送", Kind.MOMENT, 10),
    Column("是否按时", Kind.LABEL, 5),
    Column("零报告", Kind.LABEL, 4),
    Column("街道审核", Kind.MOMENT, 10),
    Column("区局核定", Kind.MOMENT, 10),
    Column("版次", Kind.COUNT, 4),
    Column("迟报类别", Kind.LABEL, 7),
    Column("迟报原因", Kind.TEXT, 16),
)


def register_workbook(*, register: Register, title: str, subtitle: str) -> bytes:
    """One row a week and street of which a return was expected, the newest week first."""
    rows = tuple(
        row(*_cells(entry, line.moments.due_at))
        for line in register.lines
        for entry in line.expected
    )
    table = Table(
        columns=COLUMNS,
        rows=rows,
        caption=title,
        name="周报报送情况",
        notes=(
            "首次报送在截止时间（含）以前为按时，截止至关闭之间为迟报，关闭后没有报送为未报。",
            "街道审核为空而已核定的，报送时街道审核停用，由区局直接核定。",
            "更正不影响是否按时；零报告指全部项目填“无变化”。",
        ),
    )
    sheet = sheet_from_table(
        table, title=title, subtitles=(subtitle,), fixed_columns=3, filters=True
    )
    return write_workbook(Book(sheets=(sheet,), title=title))


def _cells(entry: Entry, due_at: datetime | None) -> tuple[Value, ...]:
    standing, first, latest = entry.standing, entry.first, entry.latest
    return (
        entry.week.label,
        entry.week.start,
        entry.street.short_name,
        entry.project_count,
        standing.word if standing else "",
        due_at,
        entry.sent_at,
        _punctuality(entry),
        "是" if entry.is_nil else "",
        latest.reviewed_at if latest else None,
        latest.approved_at if latest and _is_approved(latest) else None,
        latest.version if latest else None,
        str(first.get_late_code_display()) if first else "",
        first.late_reason if first else "",
    )


def _punctuality(entry: Entry) -> str:
    standing = entry.standing
    if standing is None or not (standing.is_reported or standing.is_missing):
        return ""
    if standing.is_missing:
        return "按时报后退回" if standing.is_on_time else "未报"
    return "按时" if standing.is_on_time else "迟报"


def _is_approved(found: WeeklyReturn) -> bool:
    return found.state in {ReturnState.APPROVED, ReturnState.PUBLISHED}
