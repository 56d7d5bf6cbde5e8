"""The paper of a return as frozen values; PDF and workbook are renderings of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from renovation.core.periods import Week
from supervision.weekly.detail import Sums


@dataclass(frozen=True, slots=True, kw_only=True)
class PaperRow:
    """A project as the return tells it. Progress in %, changes of it in points, money in 分; None where nothing was
    said or there is no earlier figure. ``last_is_pending``: the earlier figure is not approved."""

    code: str
    name: str
    last_progress: Decimal | None
    progress: Decimal | None
    progress_change: Decimal | None
    last_invested_fen: int | None
    invested_fen: int | None
    workers_count: int | None
    last_is_pending: bool = False
    unchanged: str = ""
    work_done: str = ""
    problems: str = ""
    coordination: str = ""
    next_plan: str = ""
    explanation: str = ""
    started_on: date | None = None
    completed_on: date | None = None

    @property
    def invested_change_fen(self) -> int | None:
        """分 since the earlier figure."""
        if self.invested_fen is None or self.last_invested_fen is None:
            return None
        return self.invested_fen - self.last_invested_fen


@dataclass(frozen=True, slots=True)
class PaperRemark:
    """What a rule remarked: of which project ("" for the street), its code and grade, the finding, and the reason
    that was given for it."""

    project: str
    rule: str
    grade: str
    finding: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Hand:
    """Who did a step, both persons of a stand-in, and when; nobody yet where ``at`` is None."""

    label: str
    who: str = ""
    at: datetime | None = None
    note: str = ""


@dataclass(frozen=True, slots=True)
class PrintedPledge:
    """真实性承诺 under which the return was sent: its words, their version, who accepted them when."""

    text: str
    version: int
    who: str
    accepted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnPaper:
    """报送表 of a street and week in one version. ``draft`` is printed at the top of every page of what the bureau
    has not approved; ``notes`` say what a reader must know of the whole: correction, lateness, what was switched
    off, ``sums`` what its page adds up."""

    street: str
    bureau: str
    week_start: date
    version: int
    state: str
    rows: tuple[PaperRow, ...]
    sums: Sums
    hands: tuple[Hand, ...]
    remarks: tuple[PaperRemark, ...]
    notes: tuple[str, ...]
    pledge: PrintedPledge | None
    made_at: datetime
    draft: str = ""
    is_correction: bool = False

    @property
    def week(self) -> Week:
        return Week(self.week_start)

    @property
    def period(self) -> str:
        """`2025年第19周（5月5日—5月11日）`"""
        return self.week.full_label

    @property
    def heading(self) -> str:
        return f"{self.street}老旧小区改造周报报送表"

    @property
    def edition(self) -> str:
        """`第1版`, `第2版（更正）`"""
        return f"第{self.version}版" + ("（更正）" if self.is_correction else "")

    @property
    def title(self) -> str:
        return f"{self.heading}（{self.period}，{self.edition}）"
