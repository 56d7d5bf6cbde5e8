"""Notices as a list: a new row becomes a draft, a draft may change; publishing is an act of another post."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import datetime

from projects.ledger.books.declaring import NAME, PROJECT, Change, Found, Line, ListBook, Listing
from projects.ledger.models import Project
from projects.residents.enums import Channel, NoticePoint, NoticeState
from projects.residents.models import Notice
from projects.residents.services.notices import save_draft, shortest
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .shared import NUMBER, count, day, fresh, head, in_order, list_of, save

POINT = Column(field="point", header="节点", longest=20, expected="平台里的五个节点")
NODE = Column(
    field="node", header="施工内容", longest=40, expected="重要节点施工前的填，如“屋面防水施工”"
)
BODY = Column(field="body", header="告知内容", longest=2000, expected="不写居民姓名电话")
TELLS = Column(field="tells_investment", header="公示计划投资", kind=Kind.FLAG, expected="是、否")
PERIOD = count("period_days", "公示期(工作日)", 60)
CHANNELS = Column(
    field="channels",
    header="公示渠道",
    longest=80,
    expected=f"用顿号分开：{'、'.join(str(channel.label) for channel in Channel)}",
)
PLACE = Column(field="place", header="张贴地点", longest=80, expected="如“小区东门公示栏”")
FEEDBACK = Column(
    field="feedback", header="意见反馈方式", longest=120, expected="到哪里、打什么电话提意见"
)
STATE = Column(field="state", header="状态", longest=10, expected="只供查看；发布在页面上办理")
POSTED = day("posted_on", "张贴", "只供查看")
_WRITES = (POINT, NODE, BODY, TELLS, PERIOD, CHANNELS, PLACE, FEEDBACK)
_PLAIN = (NODE, BODY, TELLS, PERIOD, PLACE, FEEDBACK)
POINTS = {str(point.label): point for point in NoticePoint}
_CHANNELS = {str(channel.label): channel.value for channel in Channel}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every notice that was not withdrawn. One query."""
    rows = Notice.objects.filter(project__in=projects).exclude(state=NoticeState.WITHDRAWN)
    return [
        Line(
            name=f"{row.project}　{row}",
            values={
                **head(row.project),
                **{column.field: getattr(row, column.field) for column in (*_PLAIN, POSTED)},
                POINT.field: str(row.get_point_display()),
                CHANNELS.field: row.channel_words,
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in in_order(
            projects,
            rows.select_related("project__programme__bureau").defer("told"),
            lambda row: row.project_id,
        )
    ], None


def _channels(words: str) -> list[str]:
    """The channels that a cell names, in the order of the portal."""
    named = [word for word in re.split(r"[、，,；;\s]+", words) if word]
    unknown = [word for word in named if word not in _CHANNELS]
    if unknown or not named:
        raise Refusal(
            "notice.channels",
            f"公示渠道“{'、'.join(unknown) or words}”不认得。",
            field=CHANNELS.field,
            expected=CHANNELS.expected,
        )
    return [code for word, code in _CHANNELS.items() if word in named]


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a draft as its page does."""
    for change in changes:
        row = fresh(change, Notice(project=change.project))
        if row.state != NoticeState.DRAFT:
            raise Refusal("notice.published", "已经发布的公示不能修改，撤回后另拟一版。")
        row.point = POINTS[str(change.values[POINT.field])]
        row.node = str(change.values[NODE.field] or "")
        if (row.point == NoticePoint.NODE) is not bool(row.node):
            raise Refusal(
                "notice.node",
                "重要节点施工前的公示要写施工内容，其他节点不写。",
                field=NODE.field,
            )
        for column in (BODY, PLACE, FEEDBACK):
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        row.tells_investment = change.values[TELLS.field] is True
        row.channels = _channels(str(change.values[CHANNELS.field]))
        row.period_days = change.values[PERIOD.field]
        least = shortest(project=change.project, point=NoticePoint(row.point), on=local_day(at.now))
        if row.period_days < least:
            raise Refusal("notice.period", f"不能少于 {least} 个工作日。", field=PERIOD.field)
        save(row, change, at, by, of=str(change.project), service=save_draft)


NOTICES = ListBook(
    slug="notices",
    label="公示",
    hint="一份公示一行。新增的成为草稿，由街道审核岗在页面上发布；已发布的不能改，已撤回的不在表里。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=list_of("notices"),
    result_word="看公示",
    columns=(PROJECT, NAME, *_WRITES, STATE, POSTED, NUMBER),
    keys=(PROJECT, POINT, NODE),
    optional_keys=(NODE,),
    writes=_WRITES,
    needed=(BODY, PERIOD, CHANNELS, PLACE, FEEDBACK),
    number=NUMBER,
    known={POINT.field: lambda at: list(POINTS)},
    load=load,
    write=write,
    last_step="存为草稿",
    after="新增的存为草稿，草稿的改动直接写入；发布由街道审核岗在页面上办理。",
)
