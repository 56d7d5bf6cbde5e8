"""How long somebody worked at a return: from its first opening to its first sending, pauses left out.

Opening its pages, saving a cell, writing and sending are moments at which somebody was there. Two of them that are at
most ``PAUSE`` apart have work between them; where they are further apart the return lay open. The sum is kept beside
the opening as it grows, since no moment of saving is kept.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.db.models import F

from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from supervision.weekly.models import WeeklyReturn

from .models import ReturnOpening

#: What is longer than this between two moments is no work.
PAUSE = timedelta(minutes=15)
#: As the method line says it.
PAUSE_MINUTES = PAUSE // timedelta(minutes=1)
SECOND = timedelta(seconds=1)


def note_opening(*, street: Organisation, week: Week, version: int, now: datetime) -> None:
    """Remember when a return was first taken up; opened again it is worked at. Two statements, three where the work
    goes on."""
    row = ReturnOpening(
        street=street,
        week_start=week.start,
        version=version,
        opened_at=now,
        seen_at=now,
        worked_seconds=0,
    )
    ReturnOpening.objects.bulk_create([row], ignore_conflicts=True)
    note_work(street_id=street.pk, week_start=week.start, version=version, now=now)


def note_work(
    *, street_id: int, week_start: date, version: int, now: datetime, ends: bool = False
) -> None:
    """Somebody is at a return now; ``ends`` where it is sent, and nothing more is counted, whoever else is at it in the
    same moment. Nothing where it was not taken up here, or was sent before. Two statements, three where others are at
    it while it is sent; of two people at the same moment one counts."""
    openings = ReturnOpening.objects.filter(
        street=street_id, week_start=week_start, version=version
    )
    row = openings.filter(seen_at__lte=now).first()
    if row is not None and row.seen_at is not None:
        passed = now - row.seen_at
        seconds = passed // SECOND if passed <= PAUSE else 0
        # What is left of a second is counted with the next moment: cells are saved every few seconds.
        seen_at = now - passed % SECOND if passed <= PAUSE else now
        if seen_at == row.seen_at and not ends:
            return
        if openings.filter(seen_at=row.seen_at).update(
            worked_seconds=F("worked_seconds") + seconds, seen_at=None if ends else seen_at
        ):
            return
    if ends:  # somebody else counted in between; the return is sent all the same
        openings.filter(seen_at__isnull=False).update(seen_at=None)


def note_work_at(weekly_return: WeeklyReturn, now: datetime, *, ends: bool = False) -> None:
    """The same of a return that is there."""
    note_work(
        street_id=weekly_return.street_id,
        week_start=weekly_return.week_start,
        version=weekly_return.version,
        now=now,
        ends=ends,
    )
