"""Which weeks of a street are still open to a change of what it reports about (``projects.ledger.enrolment``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.periods import Week

from .enums import ReturnState
from .models import WeeklyReturn
from .weeks import bureau_of, moments_of

_OPEN = (ReturnState.DRAFT, ReturnState.SENT_BACK)


def free_week(*, street: Organisation, now: datetime) -> Week:
    """The first week from now on whose return the street has neither sent nor missed: a street is made to owe
    nothing, and rid of nothing, after the due moment."""
    week = Week.of(local_day(now))
    due_at = moments_of(bureau=bureau_of(street), week=week, now=now).due_at
    if due_at is not None and due_at <= now:
        week = week.next()
    sent = WeeklyReturn.objects.filter(street=street, week_start__gte=week.start).exclude(
        state__in=_OPEN
    )
    weeks = {Week(start) for start in sent.values_list("week_start", flat=True)}
    while week in weeks:
        week = week.next()
    return week


def hold_weeks(*, street_ids: Collection[int], today: date) -> None:
    """Let nobody begin or send a return of these streets from the week of a day on before the running
    transaction ends: who begins one locks its street as here, and so does who sends one before the return
    (``turns``)."""
    streets = Organisation.objects.select_for_update(no_key=True).filter(pk__in=street_ids)
    list(streets.order_by("pk"))
    returns = WeeklyReturn.objects.filter(
        street__in=street_ids, week_start__gte=Week.of(today).start
    )
    list(returns.select_for_update().order_by("pk"))
