"""The follow-ups as a workbook, filtered and sorted as the page."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.models import named
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, Table, row
from renovation.core.documents.xlsx import Book, Paper, sheet_from_table, write_workbook
from renovation.core.wording import chinese_moment
from renovation.face.wording import moment
from renovation.records.acting import who
from supervision.weekly.models import FollowUpStep

from .listing import FollowUpTable, steps_of

_COLUMNS = (
    Column("项目编号", Kind.LABEL, 7),
    Column("项目名称", Kind.TEXT, 10),
    Column("街道", Kind.TEXT, 7),
    Column("周次", Kind.LABEL, 8),
    Column("要核实的问题", Kind.TEXT, 26),
    Column("第几次问", Kind.COUNT, 5),
    Column("提出人", Kind.TEXT, 9),
    Column("提出日期", Kind.DATE, 6),
    Column("答复期限", Kind.DATE, 6),
    Column("状态", Kind.LABEL, 5),
    Column("逾期", Kind.COUNT, 4, unit="天"),
    Column("答复日期", Kind.DATE, 6),
    Column("经办人", Kind.TEXT, 9),
    Column("了结日期", Kind.DATE, 6),
    Column("办理经过", Kind.TEXT, 40),
)


def _said(step: FollowUpStep) -> str:
    """11月13日 10:59 提请核实 区局 经办岗：…"""
    head = f"{moment(step.at)} {step.get_act_display()} {named(step.by, step.stands_for)}"
    return f"{head}：{step.text}" if step.text else head


def follow_ups_workbook(*, table: FollowUpTable, now: datetime) -> bytes:
    """A row a follow-up with all that was said. One query."""
    steps = steps_of(follow_ups=[line.row for line in table.lines])
    rows = tuple(
        row(
            line.row.project.code,
            line.row.project.name,
            line.street.short_name,
            line.week.full_number,
            line.row.question,
            line.row.rounds,
            who(line.row, "asked_by"),
            local_day(line.row.asked_at),
            line.row.due_on,
            str(line.row.get_state_display()),
            line.late_days,
            line.row.answered_on,
            str(line.row.owner),
            line.row.closed_on,
            "\n".join(map(_said, steps.get(line.row.pk, ()))),
        )
        for line in table.lines
    )
    sheet = sheet_from_table(
        Table(columns=_COLUMNS, rows=rows, name="核实事项"),
        title="周报核实事项",
        subtitles=(f"{chinese_moment(now)}导出",),
        paper=Paper.A3,
        fixed_columns=3,
        filters=True,
    )
    return write_workbook(Book(sheets=(sheet,), title="周报核实事项", made_at=now))
