"""Acts that decide what other weeks are compared with come one after the other, and are kept in that order.

“上周” of a return that was approved is told by moments: what had been sent, sent back or approved by its approval
(``earlier.figures_before``). A request that began earlier may get its turn later. Its own moment would put it before
what was approved meanwhile without it, and change what that approver saw. Whether it came in time is told by when it
was asked for, which its event keeps beside (``ReturnEvent.asked_at``).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

from django.db.models import Max, Q

from projects.ledger.models import FormerStreet, Project
from renovation.accounts.models import Organisation

from .enums import ReturnAct
from .models import ReturnEvent, WeeklyReturn

#: No request lives longer than this (``runner.commands``). What is kept with a still later moment comes from a clock
#: that was set, and moves nobody's.
LONGEST_WAIT = timedelta(minutes=2)
#: What a database tells apart.
_STEP = timedelta(microseconds=1)
_ACTS = (ReturnAct.SUBMIT, ReturnAct.SEND_BACK, ReturnAct.APPROVE)


def take_turn(weekly_return: WeeklyReturn, *, now: datetime) -> datetime:
    """Wait until nobody else sends, sends back or approves what a return is compared with, or what is compared with
    it; the moment with which the act is kept: ``now``, or just behind the latest of those acts. Two queries."""
    streets = [street.pk for street in hold_streets([weekly_return])]
    return turn_of(streets=streets, now=now, own=[weekly_return.pk])


def hold_streets(returns: Collection[WeeklyReturn]) -> list[Organisation]:
    """Lock until the transaction ends the streets of returns and those in which their projects are now or were before,
    in the order of their ids. Who acts on several returns holds the streets of all of them first.
    One query."""
    ids = [each.pk for each in returns]
    return _lock(
        {each.street_id for each in returns},
        Q(
            pk__in=Project.objects.filter(weekly_reports__weekly_return__in=ids).values("street"),
        )
        | Q(
            pk__in=FormerStreet.objects.filter(
                project__weekly_reports__weekly_return__in=ids
            ).values("street")
        ),
    )


def hold_streets_of(*, streets: Collection[int], projects: Collection[int]) -> list[Organisation]:
    """The same of streets and of projects (ids) that are not in a return yet. One query."""
    former = FormerStreet.objects.filter(project__in=projects).values("street")
    now = Project.objects.filter(pk__in=projects).values("street")
    return _lock(streets, Q(pk__in=now) | Q(pk__in=former))


def turn_of(*, streets: Collection[int], now: datetime, own: Collection[int] = ()) -> datetime:
    """The moment of an act on returns (ids) whose streets are held. One query."""
    latest = ReturnEvent.objects.filter(
        Q(at__gt=now) | (Q(at=now) & ~Q(weekly_return__in=own)),
        weekly_return__street__in=streets,
        act__in=_ACTS,
        at__lt=now + LONGEST_WAIT,
    ).aggregate(latest=Max("at"))["latest"]
    return now if latest is None else latest + _STEP


def _lock(streets: Collection[int], others: Q) -> list[Organisation]:
    # Not FOR UPDATE: acts that only name a street in an audit entry would wait.
    rows = Organisation.objects.select_for_update(no_key=True).filter(Q(pk__in=streets) | others)
    return list(rows.order_by("pk"))
