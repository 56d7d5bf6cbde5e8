"""Meetings, minutes and items as the bureau makes them, by the services themselves.

The week is that of 2025-05-05; its return closes on Monday 2025-05-12 at 12:00, and the meeting is on that afternoon.
"""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from typing import Any

from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.core.calendar import local_moment
from renovation.core.periods import Week
from supervision.dispatch.enums import AnswererKind, ItemOrigin, Presence, TopicKind
from supervision.dispatch.items import assigning, services
from supervision.dispatch.items.assigning import Answerer, ItemValues
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings import services as meetings
from supervision.dispatch.meetings.minutes import AttendeeValues, MinutesValues
from supervision.dispatch.meetings.services import MeetingValues, TopicValues
from supervision.dispatch.models import DispatchItem, DispatchMeeting, Minutes

from .accounts import District

WEEK = Week(date(2025, 5, 5))
MEETS_AT = local_moment(date(2025, 5, 12), time(14, 30))
AFTER = MEETS_AT + timedelta(hours=1)
VALUES = MeetingValues(MEETS_AT, "区局三楼会议室", "区局分管负责人")


def make_meeting(
    district: District, *, week: Week = WEEK, values: MeetingValues = VALUES, **more: Any
) -> DispatchMeeting:
    """A planned meeting with the topics that the machine proposed, and one of the clerk's own."""
    now = more.pop("now", values.meets_at - timedelta(hours=2))
    by = district.users["bureau"]
    meeting = meetings.plan(
        bureau=district.bureau, week=week, values=values, by=by, now=now, **more
    )
    meetings.add_topic(
        meeting=meeting,
        values=TopicValues(TopicKind.OTHER, "雨季施工安全", "汛期将至，各项目排查深基坑和脚手架。"),
        by=by,
        now=now,
    )
    return meeting


def make_held(district: District, *, now: datetime | None = None, **more: Any) -> Minutes:
    """A meeting that met; its minutes are being recorded by ``bureau``."""
    meeting = make_meeting(district, **more)
    return meetings.hold(
        meeting=meeting,
        recorder="区局经办岗",
        by=district.users["bureau"],
        now=now or meeting.meets_at + timedelta(hours=1),
    )


def minutes_values(district: District, minutes: Minutes, **changed: Any) -> MinutesValues:
    """What was said: three streets came, one sent its excuses, the last topic was decided."""
    topic = minutes.meeting.topics.kept().order_by("-place").first()
    assert topic is not None
    values: dict[str, Any] = {
        "met_at": minutes.met_at,
        "place": minutes.place,
        "chair": minutes.chair,
        "recorder": minutes.recorder,
        "summary": "通报上周进度，逐项研究存在问题。",
        "attendees": (
            *(
                AttendeeValues(Presence.PRESENT, street.short_name, "分管负责人", street)
                for street in district.streets[:2]
            ),
            AttendeeValues(
                Presence.EXCUSED, district.streets[2].short_name, "分管负责人", district.streets[2]
            ),
            AttendeeValues(Presence.ATTENDING, "区财政局", "经济建设科"),
        ),
        "decisions": {topic.pk: "各街道周五前报排查清单。"},
    }
    return MinutesValues(**{**values, **changed})


def make_recorded(district: District, **more: Any) -> Minutes:
    """Minutes with words in them."""
    minutes = make_held(district, **more)
    return minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes),
        by=district.users["bureau"],
        now=minutes.recorded_at,
    )


def make_submitted(district: District, **more: Any) -> Minutes:
    """Minutes that wait for the signature."""
    minutes = make_recorded(district, **more)
    return minuting.submit(minutes=minutes, by=district.users["bureau"], now=minutes.recorded_at)


def make_signed(district: District, **more: Any) -> Minutes:
    """Minutes that the leader signed."""
    minutes = make_submitted(district, **more)
    return minuting.sign(minutes=minutes, by=district.users["leader"], now=minutes.recorded_at)


def item_values(
    district: District,
    *,
    street: str = "banyanglu",
    owner: User | None = None,
    project: Project | None = None,
    **changed: Any,
) -> ItemValues:
    """A task for a street, due on Monday 2025-05-19."""
    values: dict[str, Any] = {
        "task": "排查在建小区脚手架，列出清单",
        "standard": "清单报区局，隐患全部整改并附照片",
        "answerer": Answerer.street(district.street(street)),
        "due_on": date(2025, 5, 19),
        "owner": owner or district.users["bureau"],
        "project": project,
    }
    return ItemValues(**{**values, **changed})


def make_item(
    district: District,
    *,
    origin: ItemOrigin = ItemOrigin.PHONE,
    meeting: DispatchMeeting | None = None,
    at_once: bool = False,
    now: datetime = AFTER,
    **values: Any,
) -> DispatchItem:
    """An item that ``bureau`` assigned; by telephone, so in force at once, where nothing else is said."""
    return assigning.assign(
        bureau=district.bureau,
        origin=ItemOrigin.MEETING if meeting is not None else origin,
        meeting=meeting,
        at_once=at_once,
        values=item_values(district, **values),
        by=district.users["bureau"],
        now=now,
    )


def answering_user(district: District, item: DispatchItem) -> User:
    """The clerk of the street that answers."""
    assert item.answerer_kind == AnswererKind.STREET
    assert item.organisation is not None
    return district.users[item.organisation.code]


def make_working(district: District, *, now: datetime = AFTER, **more: Any) -> DispatchItem:
    """An item that its street signed for."""
    item = make_item(district, now=now, **more)
    return services.accept(item=item, by=answering_user(district, item), now=now)


def make_reported(district: District, *, now: datetime = AFTER, **more: Any) -> DispatchItem:
    """An item that its street reported done."""
    item = make_working(district, now=now, **more)
    return services.report(
        item=item, text="清单已报，三处隐患已整改。", by=answering_user(district, item), now=now
    )


def make_done(district: District, *, now: datetime = AFTER, **more: Any) -> DispatchItem:
    """An item that the bureau closed."""
    item = make_reported(district, now=now, **more)
    return services.close(item=item, text="已核", by=district.users["bureau"], now=now)
