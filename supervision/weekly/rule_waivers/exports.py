"""The waivers as a workbook, filtered and sorted as the page."""

from __future__ import annotations

from datetime import datetime

from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.records.acting import who

from .listing import RuleWaiverTable

COLUMNS: Described = (
    (Column("规则编号", Kind.LABEL, 6), "与“校验规则”页相同"),
    (Column("规则", Kind.TEXT, 9), ""),
    (Column("街道", Kind.TEXT, 8), ""),
    (Column("项目编号", Kind.LABEL, 7), "空：街道各项目"),
    (Column("项目名称", Kind.TEXT, 10), "空：街道各项目"),
    (Column("从哪天起", Kind.DATE, 7), ""),
    (Column("到哪天止", Kind.DATE, 7), "到这一天 24:00 自行失效"),
    (Column("状态", Kind.LABEL, 6), "导出时的状态"),
    (Column("原因", Kind.TEXT, 24), ""),
    (Column("申请人", Kind.TEXT, 10), ""),
    (Column("申请日期", Kind.DATE, 7), ""),
    (Column("批准人", Kind.TEXT, 10), "作出批准或不批准决定的人，不是申请人"),
    (Column("决定日期", Kind.DATE, 7), ""),
    (Column("意见", Kind.TEXT, 16), "决定、撤回或终止时写的话"),
    (Column("终止日期", Kind.DATE, 7), "到期以前终止的日期"),
    (Column("用到", Kind.COUNT, 4, unit="行"), "因这项豁免没有要求说明的周报数据行"),
)


def rule_waivers_workbook(*, table: RuleWaiverTable, now: datetime) -> bytes:
    """A row a waiver."""
    rows = (
        row(
            line.row.rule,
            line.title,
            line.row.street.short_name,
            line.row.project.code if line.row.project else None,
            line.row.project.name if line.row.project else None,
            line.row.starts_on,
            line.row.ends_on,
            line.word,
            line.row.reason,
            who(line.row, "asked_by"),
            local_day(line.row.asked_at),
            who(line.row, "decided_by") if line.row.decided_by else None,
            local_day(line.row.decided_at) if line.row.decided_at else None,
            line.row.comment,
            local_day(line.row.ended_at) if line.row.ended_at else None,
            line.use_count,
        )
        for line in table.lines
    )
    return list_workbook(
        title="校验规则豁免",
        name="规则豁免",
        columns=COLUMNS,
        rows=rows,
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
