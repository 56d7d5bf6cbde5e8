"""How a street stands with its return of a week: 待报, 未报, 迟报, 已报 (MEASURES.md, Returns). Pure.

A correction touches none of this: the first version decides whether and when a week was reported.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, Protocol

from .enums import ReturnAct, ReturnState
from .models import ReturnEvent, WeeklyReturn
from .weeks import Phase, WeekMoments

Kind = Literal["quiet", "waiting", "active", "approved", "published", "alarm"]
#: How a state is marked (docs/face.md, state mark).
KIND_OF_STATE: dict[str, Kind] = {
    ReturnState.DRAFT: "quiet",
    ReturnState.SUBMITTED: "waiting",
    ReturnState.REVIEWED: "waiting",
    ReturnState.APPROVED: "approved",
    ReturnState.PUBLISHED: "published",
    ReturnState.SENT_BACK: "alarm",
}


@dataclass(frozen=True, kw_only=True)
class Standing:
    """``is_reported``: submitted by the closing moment and not standing sent back at it. ``is_on_time``: first
    submitted at or before the due moment that it met. ``is_missing``: closed without a report. ``word`` and
    ``kind`` are the mark that people see."""

    is_reported: bool
    is_on_time: bool
    is_missing: bool
    word: str
    kind: Kind

    @property
    def is_late(self) -> bool:
        """Reported, but after the due moment."""
        return self.is_reported and not self.is_on_time


class First(Protocol):
    """What of a first version tells whether and when its week was reported: a row of the model, or as much of it."""

    @property
    def is_opening(self) -> bool: ...

    @property
    def first_submitted_at(self) -> datetime | None: ...

    @property
    def due_at_met(self) -> datetime | None: ...


def reported_at(*, first: First, events: Iterable[ReturnEvent], moment: datetime) -> bool:
    """Whether a first version stood submitted (or further) at a moment.

    ``events`` are the acts on it; they matter only where it was ever sent back. An act that waited for its turn counts
    from when it was asked for. An opening entry (期初导入) was reported, never late.
    """
    if first.is_opening:
        return True
    if first.first_submitted_at is None or first.first_submitted_at > moment:
        return False
    stands = True
    for event in sorted(events, key=lambda event: (event.at, event.pk or 0)):
        if event.judged_at > moment:
            continue
        if event.act == ReturnAct.SEND_BACK:
            stands = False
        elif event.act == ReturnAct.SUBMIT:
            stands = True
    return stands


def met_due(*, first: First, moments: WeekMoments) -> bool:
    """按时: the first submission at or before the due moment; a later sending back does not undo it."""
    if first.is_opening:
        return True
    due_at = first.due_at_met or moments.due_at
    return (
        first.first_submitted_at is not None
        and due_at is not None
        and first.first_submitted_at <= due_at
    )


def standing_of(
    *,
    moments: WeekMoments,
    closes_at: datetime | None,
    first: WeeklyReturn | None,
    latest: WeeklyReturn | None,
    events: Iterable[ReturnEvent],
    now: datetime,
) -> Standing:
    """How an expected street stands now. ``first`` and ``latest`` are versions of the return (the same one
    where nothing was corrected), ``events`` the acts on the first."""
    phase = moments.phase(now, closes_at=closes_at)
    at = now if closes_at is None else min(now, closes_at)
    reported = first is not None and reported_at(first=first, events=events, moment=at)
    on_time = first is not None and met_due(first=first, moments=moments)
    missing = phase is Phase.CLOSED and not reported
    if missing:
        word, kind = "未报", KIND_OF_STATE[ReturnState.SENT_BACK]
    elif latest is None:
        word, kind = ("未开始" if phase is Phase.BEFORE else "待报"), KIND_OF_STATE["draft"]
    elif latest.version > 1 and latest.state in {ReturnState.DRAFT, ReturnState.SENT_BACK}:
        word, kind = "更正中", KIND_OF_STATE[latest.state]
    else:
        word, kind = latest.get_state_display(), KIND_OF_STATE[latest.state]
    return Standing(
        is_reported=reported, is_on_time=on_time, is_missing=missing, word=word, kind=kind
    )
