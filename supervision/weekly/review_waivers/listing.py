"""The list of switched-off reviews, and its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.ordering import in_order
from renovation.records.acting import who

from .forms import STANDINGS, ReviewWaiverFilterForm
from .models import ReviewWaiver

_KINDS = {"now": "active", "coming": "waiting", "over": "quiet"}


@dataclass(frozen=True, slots=True)
class ReviewWaiverLine:
    """A switched-off review on a day."""

    row: ReviewWaiver
    today: date

    @property
    def standing(self) -> str:
        """``now``, ``coming`` or ``over``."""
        return self.row.standing_on(self.today)

    @property
    def word(self) -> str:
        """Its standing in words."""
        return "提前恢复" if self.row.ended_at is not None else dict(STANDINGS)[self.standing]

    @property
    def kind(self) -> str:
        """How it is drawn."""
        return _KINDS[self.standing]


KEYS: dict[str, Any] = {
    "street": lambda line: (line.row.street.order, line.row.street.code),
    "from": lambda line: line.row.valid_from,
    "to": lambda line: line.row.valid_to,
}


def review_waiver_lines(
    *, scope: Scope, form: ReviewWaiverFilterForm, sort: str, now: datetime
) -> list[ReviewWaiverLine]:
    """Those in sight that fit. One query."""
    rows = ReviewWaiver.objects.visible_to(scope).select_related(
        "street", "approved_by", "ended_by"
    )
    lines = [ReviewWaiverLine(each, local_day(now)) for each in rows]
    standing = form.chosen("standing")
    return in_order([line for line in lines if standing in {"", line.standing}], sort, KEYS)


COLUMNS: Described = (
    (Column("街道", Kind.TEXT, 8), ""),
    (Column("起", Kind.DATE, 6), "这一天 0:00 起报送的，由区局直接核定"),
    (Column("止", Kind.DATE, 6), "这一天 24:00 止"),
    (Column("情况", Kind.LABEL, 6), ""),
    (Column("原因", Kind.TEXT, 18), ""),
    (Column("批准人", Kind.TEXT, 10), ""),
    (Column("批准时间", Kind.MOMENT, 9), ""),
    (Column("提前恢复", Kind.MOMENT, 9), "提前恢复的时间，没有提前恢复的为空"),
)


def review_waivers_workbook(*, lines: Sequence[ReviewWaiverLine], now: datetime) -> bytes:
    """A row each."""
    rows = [
        row(
            line.row.street.short_name,
            line.row.valid_from,
            line.row.valid_to,
            line.word,
            line.row.reason,
            who(line.row, "approved_by"),
            line.row.approved_at,
            line.row.ended_at,
        )
        for line in lines
    ]
    return list_workbook(
        title="街道审核停用登记",
        name="街道审核停用",
        columns=COLUMNS,
        rows=rows,
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
