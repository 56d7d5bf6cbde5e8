"""What the wing tells people: that an item is due soon, that it is overdue."""

from __future__ import annotations

from renovation.core.messages import MessageKind, Purpose

from .enums import Telling
from .items.settling import outdated, settled

KINDS = [
    MessageKind(
        code=kind.value,
        label=str(kind.label),
        purpose=Purpose.REMINDER,
        in_hours=True,
        outdated=outdated,
        settled=settled,
    )
    for kind in Telling
]
