"""What the cells of a workbook held when it went out, and what several rows of it speak of together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from .pipelines import Column, Pipeline, Row, Value
from .rows import StoredRow

#: What a workbook keeps of a cell that went out without saying what stood: it is compared with nothing.
UNTOLD = "\x00"


def is_compared(pipeline: Pipeline, column: Column) -> bool:
    """Whether it is seen of a column what somebody changed in it: always, but of residents' data only by marks."""
    return not column.is_private or pipeline.marks is not None


@dataclass(frozen=True)
class Keeper:
    """What is kept of the cells of a pipeline's rows; ``context`` is what the pipeline loaded for them."""

    pipeline: Pipeline
    context: Any

    def held_of(self, key: str, column: Column, text: str) -> str:
        """What is kept of a text of a cell: the text, or the mark of a private one; "" for none."""
        marks = self.pipeline.marks
        if not column.is_private or not text or marks is None:
            return text
        return marks.make(key, column, text, self.context)

    def is_held(self, key: str, column: Column, text: str, held: str) -> bool:
        """Whether a text is what a cell showed; of a private cell one of its marks is its own."""
        return self._is_one(key, column, text, held, held.split(" "))

    def stood(self, key: str, column: Column, text: str, held: str) -> bool:
        """Whether a text is what stood behind a cell, which may have shown less of it (the first of its marks)."""
        return self._is_one(key, column, text, held, held.split(" ", 1)[:1])

    def _is_one(self, key: str, column: Column, text: str, held: str, found: Sequence[str]) -> bool:
        marks = self.pipeline.marks
        if not column.is_private or not text or not held or marks is None:
            return text == held
        return any(marks.fits(mark, key, column, text, self.context) for mark in found)


# -- what rows share ---------------------------------------------------------------------------------
def group_of(pipeline: Pipeline, key: str) -> str:
    """What a row speaks of together with others, by its key; "" for nothing."""
    return pipeline.shared.group_of(key) if pipeline.shared is not None and key else ""


def shared_only(
    pipeline: Pipeline, by_key: Mapping[str, Mapping[str, str]]
) -> dict[str, dict[str, str]]:
    """Of what is kept of rows by their keys, what they share: group → field → text."""
    found: dict[str, dict[str, str]] = {}
    if pipeline.shared is None:
        return found
    for key, texts in by_key.items():
        if group := group_of(pipeline, key):
            mine = found.setdefault(group, {})
            mine |= {name: text for name, text in texts.items() if name in pipeline.shared.fields}
    return found


def shared_in(
    pipeline: Pipeline, rows: Iterable[Row], context: Any
) -> dict[int, Mapping[str, Value]]:
    """What stands of all that rows speak of together, by the number of the first row of each; {} where the file was
    refused."""
    found: dict[int, Mapping[str, Value]] = {}
    seen = set()
    if pipeline.shared is None or context is None:
        return found
    for row in rows:
        group = group_of(pipeline, row.key)
        if group and group not in seen:
            seen.add(group)
            found[row.number] = pipeline.shared.present(group, context)
    return found


def shared_of(pipeline: Pipeline, stored: Iterable[StoredRow]) -> dict[str, Mapping[str, Value]]:
    """What stood of all that rows speak of together when they were read, by its name."""
    return {
        group_of(pipeline, each.row.key): each.shared for each in stored if each.shared is not None
    }


def said(pipeline: Pipeline, rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """(group, field) → the number of the first row in which something stands of it that could be read; it is what is
    written of the group. Without those of which none says anything."""
    return _voices(pipeline, rows)[0]


def speakers(pipeline: Pipeline, rows: Iterable[Row]) -> dict[tuple[str, str], int]:
    """The same, with the first row of those of which none says anything. A cell that could not be read is no voice."""
    found, first = _voices(pipeline, rows)
    return first | found


def _voices(
    pipeline: Pipeline, rows: Iterable[Row]
) -> tuple[dict[tuple[str, str], int], dict[tuple[str, str], int]]:
    found: dict[tuple[str, str], int] = {}
    first: dict[tuple[str, str], int] = {}
    if pipeline.shared is None:
        return found, first
    for row in rows:
        group = group_of(pipeline, row.key)
        for name in pipeline.shared.fields - row.faulty if group else ():
            first.setdefault((group, name), row.number)
            if row.values.get(name) not in (None, ""):
                found.setdefault((group, name), row.number)
    return found, first
