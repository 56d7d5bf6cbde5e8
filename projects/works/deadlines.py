"""By when the next step in the case of a structure is due: pure functions over its last step and the limits."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from .enums import StructureState
from .parameters import ANSWER_DAYS, NOTIFY_DAYS, REMOVE_DAYS, RESTORE_DAYS


@dataclass(frozen=True, slots=True)
class Limits:
    """Days for each step, as in force on a day."""

    notify: int
    remove: int
    answer: int
    restore: int

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Limits:
        """From the values in force (``records.services.values_in_force``)."""
        return cls(
            notify=values[NOTIFY_DAYS.key],
            remove=values[REMOVE_DAYS.key],
            answer=values[ANSWER_DAYS.key],
            restore=values[RESTORE_DAYS.key],
        )


@dataclass(frozen=True, slots=True)
class Due:
    """What is next and until when."""

    word: str
    on: date

    def overdue_days(self, today: date) -> int:
        """How many days late it is; 0 where it is not."""
        return max(0, (today - self.on).days)


def next_due(
    *,
    state: StructureState,
    since: date,
    limits: Limits,
    due_on: date | None = None,
    needs_waterproofing: bool = False,
) -> Due | None:
    """The next step that is owed; None where none is. ``since`` is the day of the last step, ``due_on`` the
    limit that the notice itself set."""
    if state is StructureState.FOUND:
        return Due("告知", since + timedelta(days=limits.notify))
    if state is StructureState.NOTIFIED:
        return Due("拆除", due_on or since + timedelta(days=limits.remove))
    if state is StructureState.OBJECTED:
        return Due("答复异议", since + timedelta(days=limits.answer))
    if state is StructureState.REMOVED and needs_waterproofing:
        return Due("恢复防水", since + timedelta(days=limits.restore))
    return None
