"""When what a reminder of a week asks for is settled: the street has sent, or nothing is wanted of it any more."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime

from renovation.accounts.models import Organisation
from renovation.core.holding import holding
from renovation.core.periods import Week
from renovation.records.models import Message
from renovation.records.settling import settle
from supervision.weekly.enums import Telling
from supervision.weekly.register import Line
from supervision.weekly.weeks import bureau_of

from .owing import line_of, wanted

#: The digest asks for nothing.
REMINDERS = [kind.value for kind in Telling if kind is not Telling.DIGEST]


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


def _reported(street: Organisation) -> str:
    return f"{street.short_name}已报送。"


def settled_reminders(messages: Sequence[Message], now: datetime) -> dict[int, str]:
    """Of which reminders nothing is wanted any more, with what became of the week: sent, closed, not asked for. A
    register for each bureau and week."""
    streets: dict[int, Organisation] = {
        row.organisation.pk: row.organisation for row in messages if row.organisation is not None
    }
    found: dict[int, str] = {}
    with holding():
        bureaus = {pk: bureau_of(street) for pk, street in streets.items()}
        by_line = defaultdict(list)
        for row in messages:
            if row.organisation_id is not None:
                by_line[bureaus[row.organisation_id], row.period_key].append(row)
        for (bureau, key), rows in by_line.items():
            asked = {row.organisation_id for row in rows if row.organisation_id is not None}
            line = line_of(bureau=bureau, streets=asked, week=Week.from_key(key), now=now)
            for row in rows:
                what = _became(line, streets[row.organisation_id or 0])
                if what:
                    found[row.pk] = what
    return found


def _became(line: Line | None, street: Organisation) -> str:
    """What became of a week for a street, "" where its return is still wanted."""
    if line is not None:
        if any(entry.street == street for entry in wanted(line)):
            return ""
        if any(entry.street == street for entry in line.reported):
            return _reported(street)
        if any(entry.street == street for entry in line.expected):
            return "这一周已关闭，没有报送的记为未报。"
    return f"{street.short_name}这一周不再要求报送。"
