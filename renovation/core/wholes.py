"""Whole numbers out of a table, without a ``Decimal`` on the way."""

from __future__ import annotations

from typing import Any

from django.db.models import BigIntegerField, F
from django.db.models.functions import Cast, Round


class Whole(Cast):
    """An expression as a whole number. Both databases give it as an ``int``, which nobody turns into one once more, row
    by row."""

    def __init__(self, expression: Any) -> None:
        super().__init__(expression, BigIntegerField())

    def get_db_converters(self, connection: Any) -> list[Any]:
        return []


def whole(column: str, parts: int) -> Whole:
    """A column as the whole number of its parts (``parts`` to one): of a decimal with two places the hundredths.

    Sums of thousands are made of integers; a ``Decimal`` a row only to multiply it costs more than to read it.
    Rounded, since SQLite multiplies as floats.
    """
    return Whole(Round(F(column) * parts))
