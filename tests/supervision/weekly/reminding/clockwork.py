"""The portal's clock over the week of a holiday, minute by minute.

5月1日 to 5月5日 of 2025 is a holiday: week 18 (from 4月28日) is due on Wednesday 4月30日 and closes on Tuesday 5月6日.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from renovation.console.founding import load_holidays
from renovation.core.periods import Week
from renovation.jobs import services as jobs
from renovation.jobs.models import Schedule
from renovation.jobs.services import kinds, set_schedule
from renovation.records import sending, settling
from renovation.records.models import Message, MessageState
from supervision.weekly import services
from supervision.weekly.enums import Telling
from supervision.weekly.extending import grant_exception
from supervision.weekly.models import WeeklyReturn
from tests.conftest import Clock
from tests.supervision.weekly.office import Office, moment, values_of

HOLIDAY_WEEK = Week(date(2025, 4, 28))
REMINDED = {"songlinglu", "songlinglu-head", "zhonglou", "zhonglou-head"}


def start(clock: Clock, office: Office) -> None:
    """Every reminder of the bureau is switched on since Monday morning."""
    now = clock.at("2025-04-28 09:00")
    load_holidays(now=now)
    for kind in Telling:
        if kind is not Telling.BY_HAND:
            switch(office, kind, now=now)


def switch(office: Office, kind: str, *, on: bool = True, now: datetime) -> Schedule:
    return set_schedule(
        kind=kind,
        organisation=office.district.bureau,
        rule=kinds()[kind].default_rule,
        is_enabled=on,
        by=None,
        now=now,
    )


def beat(text: str) -> list[tuple[str, str]]:
    """One minute of the portal; (kind, person) of what reached a desk in it."""
    now = moment(text)
    before = set(at_desks())
    for run in jobs.tick(now=now).waiting:
        jobs.execute(run_id=run, now=now)
    sending.send_due(now=now)
    return sorted(told[1:] for told in set(at_desks()) - before)


def at_desks() -> list[tuple[int, str, str]]:
    rows = Message.objects.filter(channel="desk", state=MessageState.SENT)
    return list(rows.values_list("pk", "kind", "person__username"))


def send_in(office: Office, text: str, **more: Any) -> WeeklyReturn:
    """The return of 松龄路 for the week of the holiday."""
    now = moment(text)
    opened = services.open_return(street=office.street, week=HOLIDAY_WEEK, by=office.clerk, now=now)
    rows = [values_of(project) for project in office.projects]
    services.write_reports(weekly_return=opened, rows=rows, by=office.clerk, now=now)
    return services.submit(weekly_return=opened, by=office.clerk, now=now, **more)


def told(kind: str, people: set[str]) -> list[tuple[str, str]]:
    return sorted((kind, person) for person in people)


def extend(office: Office, closes_at: str, *, now: str) -> None:
    grant_exception(
        street=office.other,
        week=HOLIDAY_WEEK,
        closes_at=moment(closes_at),
        reason="汛期抢险",
        by=office.reviewer,
        now=moment(now),
    )


def standing() -> list[tuple[str, str, str]]:
    """(kind, person, what became of it) of the reminders on desks."""
    rows = Message.objects.filter(channel="desk", state=MessageState.SENT)
    return sorted(
        rows.exclude(kind="return.digest").values_list("kind", "person__username", "settlement")
    )


def sweep(text: str) -> int:
    return settling.settle_overtaken(now=moment(text))
