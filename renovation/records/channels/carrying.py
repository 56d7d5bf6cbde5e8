"""What a channel is, and how it says that a message did not arrive."""

from __future__ import annotations

from typing import Protocol

from renovation.records.models import Message


class UndeliveredError(Exception):
    """A message that certainly did not arrive, with a sentence for people; ``for_good`` where trying again is
    of no use."""

    def __init__(self, sentence: str, *, for_good: bool = False) -> None:
        super().__init__(sentence)
        self.sentence, self.for_good = sentence, for_good


class OutcomeUnknownError(Exception):
    """A message that was cut short between handing over and the answer: nobody knows whether it arrived."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Channel(Protocol):
    """A way by which messages leave."""

    def is_open(self) -> bool:
        """Whether this deployment has the channel at all."""

    def carry(self, message: Message) -> None:
        """Hand one message over and return when it was taken.

        Raises UndeliveredError where it certainly was not, OutcomeUnknownError where that cannot be told; the
        sentence never holds an address or a secret.
        """
