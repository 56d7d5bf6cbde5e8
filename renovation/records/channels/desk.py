"""站内消息: the row itself is what the person reads; it stands on the desk from the moment it is sent."""

from __future__ import annotations

from renovation.records.models import Message


class Desk:
    """The page 消息 of the person."""

    def is_open(self) -> bool:
        """Every deployment has desks."""
        return True

    def carry(self, message: Message) -> None:
        """Nothing is to be carried: once the row is sent, the page shows it."""
