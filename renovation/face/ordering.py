"""The order of a list as its address says: one helper under every page and its workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import F, QuerySet

Row = TypeVar("Row")
Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
Key = str | int | Decimal | Fraction | Any


def in_order(
    rows: Iterable[Row], sort: str, keys: Mapping[str, Callable[[Row], Key]], default: str = ""
) -> list[Row]:
    """Rows by the column of the address (``-`` for downwards); what has no value comes last, an unknown column
    leaves the rows as they came (or by ``default``)."""
    chosen = sort if sort.removeprefix("-") in keys else default
    key = keys.get(chosen.removeprefix("-"))
    found = list(rows)
    if key is None:
        return found
    valued = [row for row in found if key(row) is not None]
    without = [row for row in found if key(row) is None]
    return sorted(valued, key=key, reverse=chosen.startswith("-")) + without


def ordered(rows: Rows, sort: str, columns: Mapping[str, str], default: str) -> Rows:
    """``in_order`` for a log, which is too long to be sorted in memory: the database sorts by the column of
    ``columns``, what has no value comes last, of equals the newest first."""
    chosen = sort if sort.removeprefix("-") in columns else default
    column = F(columns[chosen.removeprefix("-")])
    way = column.desc if chosen.startswith("-") else column.asc
    return rows.order_by(way(nulls_last=True), "-pk")
