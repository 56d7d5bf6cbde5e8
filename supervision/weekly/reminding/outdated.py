"""Whether a reminder is still worth sending when its time comes."""

from __future__ import annotations

from datetime import datetime

from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.face.wording import moment
from renovation.records.hours import office_calendar
from renovation.records.models import Message
from supervision.weekly.enums import Telling
from supervision.weekly.register import Line
from supervision.weekly.weeks import Phase, bureau_of

from .owing import line_of, wanted
from .timetable import late


def reminder_outdated(message: Message, now: datetime) -> str:
    """Why a reminder is not sent any more: its street has sent meanwhile, the week has closed for it, or the next
    reminder of the clock comes at the same time. "" where it still holds."""
    street = message.organisation
    if street is None:
        return ""
    bureau, week = bureau_of(street), Week.from_key(message.period_key)
    line = line_of(bureau=bureau, streets=[street.pk], week=week, now=now)
    if line is None:
        return f"{street.short_name}这一周不再要求报送，没有再提醒。"
    if not wanted(line):
        if line.reported:
            return f"{street.short_name}已经报送，没有再提醒。"
        return f"到 {moment(now)} 已经不能报送，没有再提醒。"
    calendar = office_calendar(organisation=bureau, on=local_day(now))
    closing = late(line.moments, calendar)
    return _overtaken(message, line, closing is not None and closing <= now)


def _overtaken(message: Message, line: Line, closes_today: bool) -> str:
    """A reminder that waited for the office until the next one came is told by that one."""
    if message.kind == Telling.BEFORE and line.phase is not Phase.OPEN:
        return "已过截止时间，由到时提醒代替。"
    if message.kind == Telling.DUE and closes_today:
        return "关闭前另有提醒，由它代替。"
    return ""
