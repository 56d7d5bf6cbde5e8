"""Reminders whose matter is settled: they are unread no more, and say what became of it.

Who settles a matter settles its reminders in the same transaction (``settle``). What nobody acts on, a week that
closes or that asks a street for nothing any more, is found by the minute (``settle_overtaken``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime

import structlog

from renovation.accounts.models import Organisation

from .models import Message
from .telling import kinds

log = structlog.get_logger(__name__)


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


def settle_overtaken(*, now: datetime) -> int:
    """Settle the open reminders of which their wing says that nothing is wanted any more; returns how many.

    One query where none is open; a wing whose answer breaks keeps its own reminders open and nobody else's.
    """
    declared = kinds()
    asking = [code for code, kind in declared.items() if kind.settled is not None]
    rows = Message.objects.open().filter(kind__in=asking).select_related("organisation")
    by_answer = defaultdict(list)
    for row in rows.defer("text", "html").order_by("pk"):
        by_answer[declared[row.kind].settled].append(row)
    found: dict[str, list[int]] = defaultdict(list)
    for answer, those in by_answer.items():
        if answer is None:
            continue
        try:
            answers = answer(those, now)
        except Exception:  # one wing's question stops no other's
            log.exception("messages_unsettled", kind=those[0].kind)
            continue
        for pk, what in answers.items():
            found[what].append(pk)
    return sum(
        Message.objects.open().filter(pk__in=pks).update(settled_at=now, settlement=what)
        for what, pks in found.items()
    )
