"""Reminders that nobody needs to read any more: their matter is settled, or a later one tells of it. They are unread no
more, and say what became of it.

Who settles a matter settles its reminders in the same transaction (``settle``), and who opens it again opens them
again (``settle_anew``). What nobody acts on, a week that closes or that asks a street for nothing any more, is found
by the minute (``settle_overtaken``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import datetime

import structlog
from django.db import transaction

from renovation.accounts.models import Organisation
from renovation.core.messages import Settled

from .models import ChannelCode, Message, MessageState
from .telling import kinds

log = structlog.get_logger(__name__)

#: What became of a reminder that a later one of the same matter, to the same person, stands for.
REPLACED = "已有新的提醒。"
#: So many are settled in a minute, and what belongs to their matters.
PER_SWEEP = 500

Answer = Callable[[Sequence[Message], datetime], Mapping[int, Settled]]


def settle(
    *,
    kinds: Collection[str],
    period_key: str,
    what: str,
    now: datetime,
    organisation: Organisation | None = None,
) -> int:
    """The matter of a period (of an organisation, where one is given) is settled: its reminders on desks that are open
    say ``what`` became of it, a sentence. Returns how many. One statement; the words that were sent stay."""
    rows = Message.objects.open().filter(kind__in=kinds, period_key=period_key)
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    return rows.update(settled_at=now, settlement=what)


@transaction.atomic
def settle_anew(
    *,
    kinds: Collection[str],
    period_key: str,
    now: datetime,
    organisation: Organisation | None = None,
) -> int:
    """Something is wanted again in the matter of a period, or of somebody else: of all its reminders on desks is asked
    anew whether anything is wanted. Those that are wanted again stand open, those that are not wanted any more are
    settled; what the matter itself settled and settles now keeps what it says. Returns how many changed.

    They are locked, open or not, so that the sweep that found them settled a moment ago is waited for.
    """
    rows = Message.objects.filter(
        channel=ChannelCode.DESK, state=MessageState.SENT, kind__in=kinds, period_key=period_key
    )
    if organisation is not None:
        rows = rows.filter(organisation=organisation)
    locked = rows.select_for_update(of=("self",)).select_related("organisation")
    by_answer = _by_answer(list(locked.defer("text", "html").order_by("pk")))
    changed = 0
    for answer, those in by_answer.items():
        found = _asked(answer, those, now)
        again = [row.pk for row in those if row.settled_at is not None and row.pk not in found]
        if again:
            changed += Message.objects.filter(pk__in=again).update(settled_at=None, settlement="")
        changed += _write([row for row in those if _is_to_write(row, found.get(row.pk))], found)
    return changed


def settle_overtaken(*, now: datetime) -> int:
    """Settle the open reminders of which their wing says that nothing is wanted any more, and those that a later one
    stands for; returns how many, at most some ``PER_SWEEP`` of a wing.

    One query where none is open; a wing whose answer breaks keeps its own reminders open and nobody else's.
    """
    asking = [code for code, kind in kinds().items() if kind.settled is not None]
    rows = Message.objects.open().filter(kind__in=asking).select_related("organisation")
    settled = 0
    for answer, those in _by_answer(list(rows.defer("text", "html").order_by("pk"))).items():
        try:
            found = _asked(answer, those, now)
            if found:
                settled += _settle_found(answer, those, found, now)
        except Exception:  # one wing's question stops no other's
            log.exception("messages_unsettled", kind=those[0].kind)
    return settled


@transaction.atomic
def _settle_found(
    answer: Answer, rows: Sequence[Message], found: Mapping[int, Settled], now: datetime
) -> int:
    """Lock what was found with all of its matters and ask once more: an act that opens them again comes before it or
    after it. What an act holds waits for the next minute."""
    first = set(sorted(found)[:PER_SWEEP])
    matters = {row.period_key for row in rows if row.pk in first}
    locked = (
        Message.objects.open()
        .filter(kind__in={row.kind for row in rows}, period_key__in=matters)
        .select_for_update(of=("self",), skip_locked=True)
        .select_related("organisation")
        .defer("text", "html")
        .order_by("pk")
    )
    those = list(locked)
    return _write(those, _asked(answer, those, now)) if those else 0


def _by_answer(rows: Sequence[Message]) -> dict[Answer, list[Message]]:
    """Messages by who knows whether anything is wanted of them; those of which nobody does are left out."""
    declared = kinds()
    found: dict[Answer, list[Message]] = defaultdict(list)
    for row in rows:
        kind = declared.get(row.kind)
        if kind is not None and kind.settled is not None:
            found[kind.settled].append(row)
    return found


def _asked(answer: Answer, rows: Sequence[Message], now: datetime) -> dict[int, Settled]:
    """What the wing says of messages, and which of them a later one stands for, to the same person about the same
    matter: whichever was first."""
    found = dict(answer(rows, now))
    newest: dict[tuple[object, ...], Message] = {}
    for row in sorted(rows, key=lambda row: (_sent_at(row), row.pk)):
        newest[_matter(row)] = row
    for row in rows:
        later = newest[_matter(row)]
        at = _sent_at(later)
        if later is not row and (row.pk not in found or at < found[row.pk][0]):
            found[row.pk] = (at, REPLACED)
    return found


def _is_to_write(row: Message, became: Settled | None) -> bool:
    """Whether a message, open or not, says something else now. What its matter settled says what became of it then."""
    if became is None:
        return False
    return row.settled_at is None or became[1] == REPLACED != row.settlement


def _matter(row: Message) -> tuple[object, ...]:
    return row.person_id, row.organisation_id, row.period_key


def _sent_at(row: Message) -> datetime:
    return row.sent_at or row.created_at


def _write(rows: Sequence[Message], found: Mapping[int, Settled]) -> int:
    """Keep what became of locked, open messages; nothing was settled before it was sent."""
    settled = [row for row in rows if row.pk in found]
    for row in settled:
        moment, row.settlement = found[row.pk]
        row.settled_at = max(moment, _sent_at(row))
    Message.objects.bulk_update(settled, ["settled_at", "settlement"], batch_size=200)
    return len(settled)
