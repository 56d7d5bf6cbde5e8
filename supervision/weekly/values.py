"""What a return says of one project, as typed values between form, workbook, checks and services."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from renovation.core.measures import format_decimal, wanyuan_from_fen

if TYPE_CHECKING:
    from .models import WeeklyReport


@dataclass(frozen=True, kw_only=True, slots=True)
class ReportValues:
    """One row of a return (CONTRACT.md, weekly workbook).

    ``progress_percent`` is cumulative, 0–100 with one decimal; ``completed_investment_fen`` cumulative, in
    分. An unchanged row may leave both out: they are taken from the earlier week when it is written.
    ``source_row`` is the row of the workbook it came from; two rows that differ in nothing else are equal.
    """

    project_id: int
    progress_percent: Decimal | None = None
    completed_investment_fen: int | None = None
    work_done: str = ""
    problems: str = ""
    coordination: str = ""
    next_plan: str = ""
    workers_count: int | None = None
    claimed_start_on: date | None = None
    claimed_completion_on: date | None = None
    is_unchanged: bool = False
    explanation: str = ""
    source_row: int | None = field(default=None, compare=False)

    @classmethod
    def of(cls, report: WeeklyReport) -> ReportValues:
        """The values of a stored row."""
        return cls(project_id=report.project_id, **{name: getattr(report, name) for name in FIELDS})

    def as_json(self) -> dict[str, Any]:
        """The values for an event or an audit entry; numbers and dates as text."""
        return {name: _plain(getattr(self, name)) for name in FIELDS}

    def changes_from(self, before: ReportValues | None) -> dict[str, list[Any]]:
        """Field → [old, new] as in ``as_json`` for what differs from an earlier row, or from none."""
        if before is None:
            return {name: [None, new] for name, new in self.as_json().items() if new is not None}
        old = before.as_json()
        return {name: [old[name], new] for name, new in self.as_json().items() if old[name] != new}


#: The fields of a report that a person fills in, in the order of the workbook.
FIELDS: tuple[str, ...] = tuple(
    each.name for each in fields(ReportValues) if each.name not in {"project_id", "source_row"}
)


def percent_text(value: Decimal) -> str:
    """45.5"""
    return format_decimal(value, 1)


def wanyuan_text(fen: int) -> str:
    """98.50, in 万元."""
    return format_decimal(wanyuan_from_fen(fen), 2, grouped=False)


def _plain(value: Any) -> Any:
    if value is None or type(value) is str:
        return value
    if isinstance(value, Decimal):
        return f"{value:.1f}"
    return value.isoformat() if isinstance(value, date) else value
