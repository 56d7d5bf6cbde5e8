"""What the clock of the demo's last weeks told: the rounds themselves, at their moments."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import F

from renovation.core.calendar import WorkCalendar, local_day
from renovation.core.periods import Week
from renovation.records.hours import office_calendar
from renovation.records.models import ChannelCode, Message, MessageState
from renovation.records.settling import settle_overtaken
from supervision.weekly.enums import Telling
from supervision.weekly.reminding import timetable
from supervision.weekly.reminding.rounds import digest_round, remind_round
from supervision.weekly.weeks import moments_between

from .people import District

#: So many weeks before the running one have their reminders.
WEEKS = 2
ROUNDS = (
    (Telling.BEFORE, timetable.before, remind_round),
    (Telling.DUE, timetable.at_due, remind_round),
    (Telling.LATE, timetable.late, remind_round),
    (Telling.DIGEST, timetable.closed, digest_round),
)


def add_messages(*, district: District, now: datetime) -> None:
    """Do every round of the last weeks whose moment has come; what was told before this week is read."""
    running = Week.of(local_day(now))
    weeks = moments_between(
        bureau=district.bureau, first=running.shift(-WEEKS), last=running, now=now
    )
    calendar = office_calendar(organisation=district.bureau, on=local_day(now))
    for week, moments in weeks.items():
        for kind, moment, told in ROUNDS:
            at = moment(moments, calendar)
            if at is not None and at <= now:
                at = _leaving(kind, at, calendar, now)
                told(kind=kind, bureau=district.bureau, week=week, now=at)
                waiting = Message.objects.filter(
                    state=MessageState.QUEUED, next_attempt_at__lte=now
                )
                waiting.update(state=MessageState.SENT, sent_at=F("next_attempt_at"), attempts=1)
                settle_overtaken(now=min(at + timetable.JUST_AFTER, now))
    settle_overtaken(now=now)
    old = Message.objects.filter(
        channel=ChannelCode.DESK, state=MessageState.SENT, sent_at__lt=now - timedelta(days=5)
    )
    old.update(read_at=F("sent_at") + timedelta(minutes=40))


def _leaving(kind: Telling, at: datetime, calendar: WorkCalendar, now: datetime) -> datetime:
    """When a round is told: a digest is compiled when it leaves, in office hours."""
    opens_at = calendar.next_work_moment(at)
    return opens_at if kind is Telling.DIGEST and opens_at <= now else at
