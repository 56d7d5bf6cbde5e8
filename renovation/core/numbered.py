"""Which of some numbers belongs to a row, told to the database: for sums over groups that no table knows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db.models import F, Func, IntegerField
from django.db.models.sql.compiler import SQLCompiler

from .among import array_of


def number_of(column: str, numbers: Mapping[int, int]) -> Func:
    """The number that ``numbers`` (of one key at least) have for the key in a column; 0 for a key between theirs that
    has none. Keys outside are nobody's: who asks filters them out. The numbers go as one array from the lowest key to
    the highest, in which the database looks without a join."""
    lowest, highest = min(numbers), max(numbers)
    return _NumberOf(
        column, array_of([numbers.get(key, 0) for key in range(lowest, highest + 1)]), lowest
    )


class _NumberOf(Func):
    """``numbers`` are one text: Django compares expressions by what they were made with, value by value."""

    output_field = IntegerField()

    def __init__(self, column: str, numbers: str, lowest: int) -> None:
        super().__init__(F(column))
        self._numbers, self._lowest = numbers, lowest

    def as_sql(self, compiler: SQLCompiler, connection: Any, *_: Any, **__: Any) -> Any:
        """SQLite, which reads JSON."""
        key, params = compiler.compile(self.source_expressions[0])
        numbers = f"[{self._numbers[1:-1]}]"
        return f"JSON_EXTRACT(%s, '$[' || ({key} - %s) || ']')", (numbers, *params, self._lowest)

    def as_postgresql(self, compiler: SQLCompiler, connection: Any) -> Any:
        """PostgreSQL, which counts from 1."""
        key, params = compiler.compile(self.source_expressions[0])
        return f"(%s::integer[])[{key} - %s]", (self._numbers, *params, self._lowest - 1)
