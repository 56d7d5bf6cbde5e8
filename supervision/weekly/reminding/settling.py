"""When what a reminder of a week asks for is settled: the street has sent, or nothing is wanted of it any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, time

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day, local_moment
from renovation.core.holding import holding
from renovation.core.messages import Settled
from renovation.core.periods import Week
from renovation.records.models import Message
from renovation.records.settling import settle, settle_anew
from supervision.weekly.enums import Telling
from supervision.weekly.register import Entry, Line
from supervision.weekly.weeks import bureau_of, moments_of

from .owing import lines_of, wanted

#: The digest asks for nothing.
REMINDERS = [kind.value for kind in Telling if kind is not Telling.DIGEST]
#: What is wanted now is of the last weeks; of what lies before, so many weeks are looked at at once.
RECENT, BEFORE = 4, 26


def settle_reminders(*, street: Organisation, week: Week, now: datetime) -> int:
    """A street sends the return of a week: nobody there needs the reminders of it any more. Returns how many stood
    open. One statement, for the transaction of the sending."""
    return settle(
        kinds=REMINDERS,
        organisation=street,
        period_key=week.key,
        what=_reported(street),
        now=now,
    )


def reopen_reminders(*, street: Organisation, week: Week, now: datetime) -> int:
    """A week that was closed takes in the return of a street again: where it is wanted, the newest reminder of each
    person stands open again. Returns how many changed; for the transaction of the act."""
    return settle_anew(kinds=REMINDERS, organisation=street, period_key=week.key, now=now)


def _reported(street: Organisation) -> str:
    return f"{street.short_name}已报送。"


def settled_reminders(messages: Sequence[Message], now: datetime) -> dict[int, Settled]:
    """Of which reminders nothing is wanted any more, since when, with what became of the week: sent, closed, not asked
    for. Two registers for each bureau: of the last weeks, and of the earliest before them that has reminders, with the
    half year after it; what lies between is answered when it is asked for again."""
    by_bureau: dict[Organisation, dict[Week, list[Message]]] = {}
    found: dict[int, Settled] = {}
    with holding():
        bureaus: dict[int, Organisation] = {}
        for row in messages:
            if row.organisation is None:
                continue
            street = row.organisation
            if street.pk not in bureaus:
                bureaus[street.pk] = bureau_of(street)
            by_week = by_bureau.setdefault(bureaus[street.pk], defaultdict(list))
            by_week[Week.from_key(row.period_key)].append(row)
        for bureau, by_week in by_bureau.items():
            for weeks in _spans(by_week, now):
                rows = [row for week in weeks for row in by_week[week]]
                lines = lines_of(
                    bureau=bureau,
                    streets={row.organisation_id for row in rows if row.organisation_id},
                    first=weeks[0],
                    last=weeks[-1],
                    now=now,
                )
                for week in weeks:
                    found |= _became(by_week[week], lines.get(week), bureau, week, now)
    return found


def _spans(weeks: Collection[Week], now: datetime) -> Iterator[list[Week]]:
    """The weeks that are looked at at once, each time as one register."""
    running = Week.of(local_day(now))
    recent = sorted(week for week in weeks if week > running.shift(-RECENT))
    before = sorted(week for week in weeks if week <= running.shift(-RECENT))
    if recent:
        yield recent
    if before:
        yield [week for week in before if week < before[0].shift(BEFORE)]


def _became(
    messages: Sequence[Message], line: Line | None, bureau: Organisation, week: Week, now: datetime
) -> dict[int, Settled]:
    """What became of a week for the streets of messages; not of those of which it is still wanted."""
    moments = line.moments if line is not None else moments_of(bureau=bureau, week=week, now=now)
    entries = {entry.street.pk: entry for entry in line.expected} if line is not None else {}
    owing = {entry.street.pk for entry in wanted(line)} if line is not None else set()
    found: dict[int, Settled] = {}
    for row in messages:
        street = row.organisation
        if street is None or street.pk in owing:
            continue
        entry = entries.get(street.pk)
        closes_at = entry.closes_at if entry is not None else moments.closes_at
        over_at = min(now, closes_at or local_moment(week.shift(1).start, time()))
        if entry is None or entry.standing is None:
            found[row.pk] = over_at, f"{street.short_name}这一周不再要求报送。"
        elif entry.standing.is_reported:
            found[row.pk] = _reported_at(entry, row) or over_at, _reported(street)
        else:
            found[row.pk] = over_at, "这一周已关闭。"
    return found


def _reported_at(entry: Entry, message: Message) -> datetime | None:
    """When a street sent what a message asks for: for the first time, or since it was sent back."""
    first = entry.first
    if first is None or first.first_submitted_at is None:
        return None
    if message.sent_at is None or message.sent_at <= first.first_submitted_at:
        return first.first_submitted_at
    return first.submitted_at
