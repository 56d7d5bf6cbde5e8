"""Which weeks of a street are still open to a change of what it reports about (``projects.ledger.enrolment``)."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from renovation.accounts.models import Organisation
from renovation.core.periods import Week

from .enums import ReturnState
from .models import WeeklyReturn

_OPEN = (ReturnState.DRAFT, ReturnState.SENT_BACK)


def free_week(*, street: Organisation, today: date) -> Week:
    """The first week from a day on whose return the street has not sent. One query."""
    week = Week.of(today)
    sent = WeeklyReturn.objects.filter(street=street, week_start__gte=week.start).exclude(
        state__in=_OPEN
    )
    weeks = {Week(start) for start in sent.values_list("week_start", flat=True)}
    while week in weeks:
        week = week.next()
    return week


def hold_weeks(*, street_ids: Collection[int], today: date) -> None:
    """Let nobody begin or send a return of these streets from the week of a day on before the running
    transaction ends: who begins one locks its street as here, who sends one locks the return."""
    streets = Organisation.objects.select_for_update(no_key=True).filter(pk__in=street_ids)
    list(streets.order_by("pk"))
    returns = WeeklyReturn.objects.filter(
        street__in=street_ids, week_start__gte=Week.of(today).start
    )
    list(returns.select_for_update().order_by("pk"))
