"""The demo of a day, and how it is undone afterwards."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from renovation.core.calendar import local_moment
from renovation.core.periods import Week
from renovation.records.services import work_calendar
from reports.demo.services import Loaded, last_closed, load, moment_of

PASSWORD = "Yanshi-20251"


@dataclass(frozen=True)
class Demo:
    now: datetime
    loaded: Loaded
    newest: Week
    closed: Week
    before: Week

    @property
    def year(self) -> int:
        """The year of the newest programme."""
        return self.loaded.years[-1]


def load_on(day: str, clock: str = "10:00", *, with_papers: bool = False) -> Demo:
    """Load the demo as it stands on a day; without its papers, which take most of the time."""
    today = date.fromisoformat(day)
    now = moment_of(today=today)
    if clock != "10:00":
        now = local_moment(today, datetime.strptime(clock, "%H:%M").time())
    loaded = load(password=PASSWORD, now=now, with_papers=with_papers)
    calendar = work_calendar()
    closed, before = last_closed(calendar=calendar, now=now)
    newest = Week.of(today)
    while calendar.last_workday(newest.start, newest.end) is None:
        newest = newest.previous()
    return Demo(now, loaded, newest, closed.week, before.week)


@contextmanager
def undone(blocker: Any) -> Iterator[None]:
    """Rows that live as long as a fixture."""
    with blocker.unblock(), transaction.atomic():
        yield
        transaction.set_rollback(True)
