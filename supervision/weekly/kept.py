"""What the rules remarked on the rows of a return when it was submitted, kept in the event of the submission.

Names, streets, gates, evidence and received money change afterwards; what stands on a return that was sent, and on
its paper, is what stood there then (CONTRACT.md, F3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from renovation.core.errors import Fault, Severity

from .enums import ReturnAct
from .models import ReturnEvent

#: Under which a row of the event (`ReturnEvent.rows`) keeps its remarks.
NOTICED = "noticed"
#: What compares with the names, streets and files of today: nothing of it can be told of a day past.
_OF_TODAY = frozenset({"W309", "W310"})
_PARTS = ("code", "message", "column", "found", "expected")


def noticed_as_json(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """The notices among the faults of a row, as the event keeps them."""
    return [
        {part: getattr(fault, part) for part in _PARTS}
        for fault in faults
        if fault.severity is Severity.NOTICE
    ]


def noticed_in(events: Sequence[ReturnEvent]) -> Mapping[str, tuple[Fault, ...]] | None:
    """Project code → the notices at the latest submission among the events; None where it kept none, as before they
    were kept."""
    rows: list[dict[str, Any]] = []
    for event in events:
        if event.act == ReturnAct.SUBMIT:
            rows = event.rows
    if not any(NOTICED in row for row in rows):
        return None
    return {
        str(row["project"]): tuple(
            Fault(severity=Severity.NOTICE, **said) for said in row.get(NOTICED, ())
        )
        for row in rows
    }


def as_sent(
    faults: Iterable[Fault], *, code: str, kept: Mapping[str, tuple[Fault, ...]] | None
) -> tuple[Fault, ...]:
    """The faults of a row of a return that was sent: its notices are those that were kept with it."""
    if kept is None:
        return tuple(fault for fault in faults if fault.code not in _OF_TODAY)
    heavy = (fault for fault in faults if fault.severity is not Severity.NOTICE)
    return (*heavy, *kept.get(code, ()))
