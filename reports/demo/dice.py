"""Choices that look like chance and are the same on every machine and every day."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import TypeVar

T = TypeVar("T")


class Dice:
    """A sequence of choices that follows from a text (``"ZC2025-01 2025-09-08"``) alone."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._throws = 0

    def number(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        self._throws += 1
        digest = sha256(f"{self._text} {self._throws}".encode()).digest()
        return low + int.from_bytes(digest[:6], "big") % (high - low + 1)

    def pick(self, choices: Sequence[T]) -> T:
        """One of the choices."""
        return choices[self.number(0, len(choices) - 1)]

    def sample(self, choices: Sequence[T], count: int) -> list[T]:
        """``count`` different choices in an order of their own."""
        left = list(choices)
        return [left.pop(self.number(0, len(left) - 1)) for _ in range(min(count, len(left)))]
