"""Rows as an upload keeps them (``Upload.rows``): JSON and back.

One dict a row: ``row`` its number in the workbook, ``key``, ``values`` (decimals and days as text),
``texts`` (what stood in cells that could not be read), and what was known when it was read: ``name``,
``before`` (field → earlier value), ``written`` (field → what of this very target was written already), ``shared`` (of
the first row of several that speak of one thing: field → what stood of that, ``Pipeline.shared``). Of a pipeline that holds residents' data each row is one sealed text.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from .pipelines import Kind, Pipeline, Row, RowFacts, Value
from .sealed import opened, sealed

_ROW = "row"


@dataclass(frozen=True)
class StoredRow:
    """A row with what was known of it when it was read."""

    row: Row
    name: str = ""
    before: Mapping[str, Value] = field(default_factory=dict)
    #: None where nothing of it is written yet.
    written: Mapping[str, Value] | None = None
    #: None but in the first row of a group.
    shared: Mapping[str, Value] | None = None


def rows_as_json(
    rows: Sequence[Row],
    facts: Mapping[str, RowFacts | None],
    pipeline: Pipeline,
    written: Mapping[str, Mapping[str, Value]],
    shared: Mapping[int, Mapping[str, Value]],
) -> list[dict[str, Any]]:
    """The rows for ``Upload.rows``; ``shared`` by their numbers."""
    plain = [
        _row_as_json(row, facts.get(row.key), written.get(row.key), shared.get(row.number))
        for row in rows
    ]
    return [sealed(row, pipeline, _ROW) for row in plain]


def stored_as_json(stored: Sequence[StoredRow], pipeline: Pipeline) -> list[dict[str, Any]]:
    """Rows that were read back, for ``Upload.rows`` once more."""
    facts = {
        each.row.key: RowFacts(name=each.name, before=each.before)
        for each in stored
        if each.name or each.before
    }
    written = {each.row.key: each.written for each in stored if each.written is not None}
    shared = {each.row.number: each.shared for each in stored if each.shared is not None}
    return rows_as_json([each.row for each in stored], facts, pipeline, written, shared)


def _row_as_json(
    row: Row,
    facts: RowFacts | None,
    written: Mapping[str, Value] | None,
    shared: Mapping[str, Value] | None,
) -> dict[str, Any]:
    stored: dict[str, Any] = {
        "row": row.number,
        "key": row.key,
        "values": {
            name: value if isinstance(value, str) else _plain(value)
            for name, value in row.values.items()
        },
    }
    if row.texts:
        stored["texts"] = dict(row.texts)
    if facts is not None:
        stored["name"] = facts.name
        stored["before"] = {name: _plain(value) for name, value in facts.before.items()}
    if written is not None:
        stored["written"] = {name: _plain(value) for name, value in written.items()}
    if shared is not None:
        stored["shared"] = {name: _plain(value) for name, value in shared.items()}
    return stored


def _plain(value: Value) -> str | int | bool | None:
    if isinstance(value, Decimal):
        return f"{value:f}"
    return value.isoformat() if isinstance(value, date) else value


def rows_from_json(stored: Sequence[Mapping[str, Any]], pipeline: Pipeline) -> list[StoredRow]:
    """The rows of an upload, typed by the pipeline's columns."""
    kinds = {column.field: column.kind for column in pipeline.columns}

    def typed(values: Mapping[str, Any]) -> dict[str, Value]:
        return {name: _typed(value, kinds[name]) for name, value in values.items() if name in kinds}

    return [
        StoredRow(
            row=Row(each["row"], each["key"], typed(each["values"]), each.get("texts", {})),
            name=each.get("name", ""),
            before=typed(each.get("before", {})),
            written=typed(each["written"]) if "written" in each else None,
            shared=typed(each["shared"]) if "shared" in each else None,
        )
        for each in (opened(row, pipeline, _ROW) for row in stored)
    ]


def _typed(value: Any, kind: Kind) -> Value:
    if value is None:
        return None
    if kind is Kind.DECIMAL:
        return Decimal(value)
    if kind is Kind.DATE:
        return date.fromisoformat(value)
    return value  # type: ignore[no-any-return]
