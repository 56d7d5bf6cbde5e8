"""The changes of all projects as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, Row, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment
from renovation.records.acting import who

from .lines import ChangeLine

COLUMNS: Described = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), "项目现在所属的街道。"),
    (Column("变更事项", Kind.TEXT, 12), ""),
    (Column("类别", Kind.LABEL, 6), ""),
    (Column("变更理由", Kind.TEXT, 16), ""),
    (Column("变更前", Kind.TEXT, 12), ""),
    (Column("变更后", Kind.TEXT, 12), ""),
    (Column("影响", Kind.TEXT, 12), "对工期、投资，或对从何时、由谁计入和报送。"),
    (Column("原计划完工", Kind.DATE, 6), "不改工期的为空。"),
    (Column("新计划完工", Kind.DATE, 6), ""),
    (Column("完工推迟", Kind.COUNT, 4, unit="天"), "提前的为负。"),
    (Column("原计划投资", Kind.DECIMAL, 7, unit="万元", places=2), "不改投资的为空。"),
    (Column("新计划投资", Kind.DECIMAL, 7, unit="万元", places=2), ""),
    (Column("投资增减", Kind.DECIMAL, 6, unit="万元", places=2), "减少的为负。"),
    (Column("新计划", Kind.COUNT, 4, unit="版"), "批准后成为第几版计划，不改计划的为空。"),
    (Column("生效日期", Kind.DATE, 6), "列入、取消和更正报送的，从这一天起。"),
    (Column("批准文号", Kind.TEXT, 9), ""),
    (Column("状态", Kind.LABEL, 5), ""),
    (Column("拟定", Kind.TEXT, 8), "岗位。"),
    (Column("拟定日期", Kind.DATE, 6), ""),
    (Column("批准", Kind.TEXT, 8), "批准、不批准或撤回的岗位。"),
    (Column("批准日期", Kind.DATE, 6), "批准文件的日期，没有批准的为空。"),
    (Column("意见", Kind.TEXT, 10), ""),
)


def changes_workbook(*, title: str, lines: Iterable[ChangeLine], now: datetime) -> bytes:
    """Every line of the list, and what its columns mean."""
    return list_workbook(
        title=title,
        name="变更",
        columns=COLUMNS,
        rows=[_row(line) for line in lines],
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def _row(line: ChangeLine) -> Row:
    change = line.change
    old, new, more = (
        None if fen is None else wanyuan_from_fen(fen)
        for fen in (change.old_investment_fen, change.new_investment_fen, change.more_fen)
    )
    return row(
        change.project.code,
        change.project.name,
        change.project.street.short_name,
        change.title,
        str(change.get_kind_display()),
        change.rationale,
        change.old_text,
        change.new_text,
        line.effect,
        change.old_completion_on,
        change.new_completion_on,
        change.days_later,
        old,
        new,
        more,
        change.baseline.version if change.baseline else None,
        change.effective_on,
        change.document_number,
        str(change.get_state_display()),
        who(change, "drafted_by"),
        local_day(change.drafted_at),
        who(change, "decided_by") if change.decided_by else "",
        change.approved_on,
        change.comment,
    )
