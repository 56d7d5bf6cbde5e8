"""What stood in the rows of a return when it was submitted, and what the rules remarked on them, kept in the event of
the submission.

Names, streets, gates, evidence and received money change afterwards; what stands on a return that was sent, and on
its paper, is what stood there then (CONTRACT.md, F3).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from renovation.core.errors import Fault, Severity

from .enums import ReturnAct
from .models import ReturnEvent

#: Under which a row of the event (`ReturnEvent.rows`) keeps its remarks.
NOTICED = "noticed"
#: Under which it keeps whose row it is: a code may be corrected afterwards, or given to another project.
PROJECT_ID = "project_id"
#: What compares with the names, streets and files of today: nothing of it can be told of a day past.
_OF_TODAY = frozenset({"W309", "W310"})
_PARTS = ("code", "message", "column", "found", "expected")


_Kept = TypeVar("_Kept")


def key_of(row: Mapping[str, Any]) -> int | str:
    """Whose row of an event it is: the project's id, of an event from before it was kept the code."""
    return row.get(PROJECT_ID) or str(row["project"])


def kept_of(rows: Mapping[int | str, _Kept], *, project_id: int, code: str) -> _Kept | None:
    """What is kept of a project under the key of its row; None where nothing is."""
    return rows.get(project_id, rows.get(code))


def noticed_as_json(faults: Iterable[Fault]) -> list[dict[str, str]]:
    """The notices among the faults of a row, as the event keeps them."""
    return [
        {part: getattr(fault, part) for part in _PARTS}
        for fault in faults
        if fault.severity is Severity.NOTICE
    ]


def noticed_in(events: Sequence[ReturnEvent]) -> Mapping[int | str, tuple[Fault, ...]] | None:
    """Key of a project's row (`key_of`) → the notices at the latest submission among the events; None where it kept
    none, as before they were kept."""
    rows: list[dict[str, Any]] = []
    for event in events:
        if event.act == ReturnAct.SUBMIT:
            rows = event.rows
    if not any(NOTICED in row for row in rows):
        return None
    return {
        key_of(row): tuple(Fault(severity=Severity.NOTICE, **said) for said in row.get(NOTICED, ()))
        for row in rows
    }


def as_sent(
    faults: Iterable[Fault],
    *,
    project_id: int,
    code: str,
    kept: Mapping[int | str, tuple[Fault, ...]] | None,
) -> tuple[Fault, ...]:
    """The faults of a row of a return that was sent: its notices are those that were kept with it."""
    if kept is None:
        return tuple(fault for fault in faults if fault.code not in _OF_TODAY)
    heavy = (fault for fault in faults if fault.severity is not Severity.NOTICE)
    return (*heavy, *(kept_of(kept, project_id=project_id, code=code) or ()))
