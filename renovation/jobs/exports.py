"""The ledger of runs as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment

from .models import Run
from .services import label_of

COLUMNS: Described = (
    (Column("任务", Kind.TEXT, 12), ""),
    (Column("单位", Kind.TEXT, 10), ""),
    (Column("期", Kind.TEXT, 8), "第几周、哪个月、哪一季度或哪一天；每项任务每期只有一条"),
    (Column("应运行", Kind.MOMENT, 9), ""),
    (Column("开始", Kind.MOMENT, 9), "最后一次开始的时间"),
    (Column("完成", Kind.MOMENT, 9), "空：没有完成"),
    (Column("次数", Kind.COUNT, 4), "试过几次"),
    (Column("状态", Kind.LABEL, 6), "已错过：停机时到期，按规定不再补"),
    (Column("失败原因", Kind.TEXT, 24), ""),
)


def runs_workbook(*, rows: Iterable[Run], now: datetime) -> bytes:
    """A row a run, as the page shows and filters them."""
    return list_workbook(
        title="运行记录",
        name="运行记录",
        columns=COLUMNS,
        rows=(
            row(
                label_of(run.kind),
                run.organisation.short_name,
                run.period_key,
                run.due_at,
                run.claimed_at,
                run.finished_at,
                run.attempts,
                run.get_work_state_display(),
                run.error,
            )
            for run in rows
        ),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
