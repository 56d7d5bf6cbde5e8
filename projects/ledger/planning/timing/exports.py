"""The windows of a year as a workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from projects.ledger.models import RestWindow
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.documents.sheets import Paper, Sheet
from renovation.core.wording import chinese_moment

COLUMNS: Described = (
    (Column("原因", Kind.LABEL, 7), ""),
    (Column("停哪类作业", Kind.TEXT, 8), ""),
    (Column("起", Kind.DATE, 6), "起止两天都在内。"),
    (Column("止", Kind.DATE, 6), ""),
    (Column("停工要求", Kind.TEXT, 24), ""),
    (Column("依据文号", Kind.TEXT, 10), ""),
)


def rests_workbook(
    *, title: str, rows: Sequence[RestWindow], more: Sequence[Sheet], now: datetime
) -> bytes:
    """A row a window, and the sheets in which they come back in."""
    return list_workbook(
        title=title,
        name=title,
        columns=COLUMNS,
        rows=(
            row(
                str(each.get_cause_display()),
                str(each.get_work_kind_display()),
                each.from_on,
                each.to_on,
                each.reason,
                each.document_number,
            )
            for each in rows
        ),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
        paper=Paper.A4,
        more=more,
    )
