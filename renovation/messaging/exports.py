"""The delivery log as a workbook."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from renovation.core.calendar import local_clock
from renovation.core.documents.blocks import Column, Kind, Row, row
from renovation.core.documents.listing import list_workbook
from renovation.core.wording import chinese_moment
from renovation.records.acting import who
from renovation.records.models import Message
from renovation.records.telling import kind_of

_COLUMNS = (
    (Column("建立时间", Kind.MOMENT, 9), "放进发送记录的时间"),
    (Column("种类", Kind.TEXT, 8), ""),
    (Column("单位", Kind.TEXT, 9), "消息说的是哪个街道或区局"),
    (Column("收件人", Kind.TEXT, 11), ""),
    (Column("方式", Kind.LABEL, 7), "站内消息、邮件，或短信和办公群的网关"),
    (Column("主题", Kind.TEXT, 24), ""),
    (Column("状态", Kind.LABEL, 6), "不再需要：到发送时已经不用提醒，没有发出"),
    (Column("次数", Kind.COUNT, 4), "试过几次"),
    (Column("发出时间", Kind.MOMENT, 9), ""),
    (Column("阅读时间", Kind.MOMENT, 9), "只有站内消息有"),
    (Column("原因", Kind.TEXT, 18), "没有发出的原因"),
    (Column("发送人", Kind.TEXT, 9), "手工催报的人，空的为系统按时发出"),
    (Column("不用再看时间", Kind.MOMENT, 9), "发出以后事情办了、不用再办或另有新提醒的时间"),
    (Column("不用再看原因", Kind.TEXT, 18), "从那时起为什么不用再看"),
)


def log_workbook(*, rows: Iterable[Message], now: datetime) -> bytes:
    """A row a message, as the page shows and filters them."""
    return list_workbook(
        title="消息发送记录",
        name="发送记录",
        columns=_COLUMNS,
        rows=[_row(message) for message in rows],
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def _row(message: Message) -> Row:
    return row(
        local_clock(message.created_at),
        kind_of(message).label,
        message.organisation.short_name if message.organisation else "",
        message.recipient_name,
        message.get_channel_display(),
        message.subject,
        message.get_state_display(),
        message.attempts,
        local_clock(message.sent_at) if message.sent_at else None,
        local_clock(message.read_at) if message.read_at else None,
        message.error,
        who(message, "told_by") if message.told_by else "",
        local_clock(message.settled_at) if message.settled_at else None,
        message.settlement,
    )
