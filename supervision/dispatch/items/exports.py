"""The items as a workbook, filtered and sorted as the page, with all that was said."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime

from renovation.accounts.models import named
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.wording import moment
from supervision.dispatch.models import ItemStep

from .chain import chains_of
from .listing import ItemTable

_COLUMNS = (
    (
        Column("编号", Kind.LABEL, 9),
        "年、周和当周序号；周是会议所调度的周，电话、现场交办的是交办当天所在的周",
    ),
    (Column("交办内容", Kind.TEXT, 22), ""),
    (Column("完成标准", Kind.TEXT, 16), "怎样算办完"),
    (Column("来源", Kind.LABEL, 5), "会议交办、电话交办或现场交办"),
    (Column("会议", Kind.TEXT, 10), ""),
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 9), ""),
    (Column("街道", Kind.TEXT, 7), "项目所在的街道；不涉及项目的，责任街道"),
    (Column("责任单位", Kind.TEXT, 9), ""),
    (Column("配合单位", Kind.TEXT, 10), ""),
    (Column("跟办人", Kind.TEXT, 9), "区局跟到办结的岗位"),
    (Column("交办日期", Kind.DATE, 6), "生效的日期，会议交办的为纪要签发日"),
    (Column("最初期限", Kind.DATE, 6), "交办时定的期限，延期不改"),
    (Column("办结期限", Kind.DATE, 6), "准许延期以后的期限"),
    (Column("延期", Kind.COUNT, 4, unit="次"), ""),
    (Column("状态", Kind.LABEL, 6), ""),
    (Column("逾期", Kind.COUNT, 4, unit="天"), "截至导出日，未报办结的"),
    (Column("上会", Kind.COUNT, 4, unit="次"), "未了时列入会议的次数"),
    (Column("退回", Kind.COUNT, 4, unit="次"), "退回重办的次数"),
    (Column("报办结", Kind.DATE, 6), ""),
    (Column("办结", Kind.DATE, 6), ""),
    (Column("办理经过", Kind.TEXT, 36), ""),
)


def _said(step: ItemStep) -> str:
    head = f"{moment(step.at)} {step.get_act_display()} {named(step.by, step.stands_for)}"
    return f"{head}：{step.text}" if step.text else head


def _day(at: datetime | None) -> date | None:
    return local_day(at) if at is not None else None


def items_workbook(*, table: ItemTable, scope: Scope, now: datetime) -> bytes:
    """A row an item, with what its reader is shown of what was said. Two queries for the bureau, four at most for
    others."""
    ids = [line.row.pk for line in table.lines]
    chains = chains_of(items=[line.row for line in table.lines], scope=scope)
    through = type(table.lines[0].row).co_organisations.through if ids else None
    helpers: defaultdict[int, list[str]] = defaultdict(list)
    if through is not None:
        pairs = through._default_manager.filter(dispatchitem__in=ids).order_by(
            "organisation__order"
        )
        for pk, name in pairs.values_list("dispatchitem", "organisation__short_name"):
            helpers[pk].append(name)
    rows = [
        row(
            line.row.code,
            line.row.task,
            line.row.standard,
            str(line.row.get_origin_display()),
            line.row.meeting.name if line.row.meeting else "",
            line.row.project.code if line.row.project else "",
            line.row.project.name if line.row.project else "",
            line.street_name,
            line.row.answerer_name,
            "、".join([*helpers[line.row.pk], *([line.row.co_names] if line.row.co_names else [])]),
            str(line.row.owner),
            _day(line.row.in_force_at),
            line.row.first_due_on,
            line.row.due_on,
            line.row.extension_count,
            str(line.row.get_state_display()),
            line.overdue_days,
            line.carried,
            line.row.send_back_count,
            _day(line.row.reported_at),
            _day(line.row.done_at),
            "\n".join(_said(step) for step in chains[line.row.pk].steps),
        )
        for line in table.lines
    ]
    return list_workbook(
        title="交办事项",
        name="交办事项",
        columns=_COLUMNS,
        rows=rows,
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
