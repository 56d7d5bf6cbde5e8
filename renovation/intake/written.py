"""What of a target is written already, beside the rows of a file for it: new rows, changed ones, those that say the same.

A pipeline that knows it (``Pipeline.written``) has its rows compared twice: when the file is read, so that a person
sees what confirming would change, and when it is confirmed, so that what a colleague wrote meanwhile is not written
over unseen.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from .pipelines import Column, Pipeline, Row, Show, Value
from .rows import StoredRow
from .verdicts import Verdict

#: Row key → field → what is written of it.
Written = Mapping[str, Mapping[str, Value]]


def written_in(pipeline: Pipeline, context: Any) -> Written:
    """What is written of the target, {} where nothing is, the pipeline does not tell, or the file was refused."""
    return {} if pipeline.written is None or context is None else pipeline.written(context)


def is_blank(row: Row, columns: Iterable[Column]) -> bool:
    """Whether nothing stands in a row but what the portal filled in."""
    return not row.texts and all(
        row.values.get(column.field) in (None, "") for column in columns if not column.locked
    )


def is_kept(stored: StoredRow, pipeline: Pipeline) -> bool:
    """Whether a row says nothing and leaves what is written of it (``Pipeline.keeps_blank``)."""
    return (
        pipeline.keeps_blank
        and stored.written is not None
        and is_blank(stored.row, pipeline.columns)
    )


def changes_of(
    stored: StoredRow, verdict: Verdict, pipeline: Pipeline
) -> list[tuple[Column, Value]]:
    """The columns in which a row says something else than what is written of it, each with what would be written; []
    where nothing is written yet. An empty cell empties what stands, but a row that is empty as a whole does not where
    the pipeline ``keeps_blank``."""
    if stored.written is None or is_kept(stored, pipeline):
        return []
    values = _said(stored, verdict, pipeline)
    return [
        (column, values.get(column.field))
        for column in pipeline.columns
        if not column.locked
        and _bare(values.get(column.field)) != _bare(stored.written.get(column.field))
    ]


def changed_fields(stored: StoredRow, pipeline: Pipeline) -> list[str]:
    """The fields of a known row that say something else than before. An empty cell says nothing, but where it empties
    what stands (``Pipeline.cells_empty``); nor does one that could not be read."""
    row = stored.row
    return [
        name
        for name, before in stored.before.items()
        if name not in row.faulty
        and (value := row.values.get(name)) != before
        and (value is not None or pipeline.cells_empty)
    ]


def taken_away(stored: StoredRow, pipeline: Pipeline) -> Mapping[str, Value]:
    """What of a known row goes because of what it newly says elsewhere, field → what it comes to."""
    if pipeline.takes_away is None or not stored.before:
        return {}
    return pipeline.takes_away(stored.row.values, stored.before)


def change_count(stored: StoredRow, pipeline: Pipeline) -> int:
    """How many fields of a known row come to something else."""
    return len({*changed_fields(stored, pipeline), *taken_away(stored, pipeline)})


def is_same(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> bool:
    """Whether a row is known and says nothing else than what stands, or is written already: letting it in writes
    nothing."""
    if pipeline.written is not None:
        return (
            stored.written is not None
            and not verdict.errors
            and not changes_of(stored, verdict, pipeline)
        )
    return pipeline.counts_changes and bool(stored.before) and not changed_fields(stored, pipeline)


def overtaken(
    stored: Sequence[StoredRow],
    verdicts: Sequence[Verdict],
    pipeline: Pipeline,
    written: Written,
) -> list[str]:
    """The names of rows let in that somebody wrote otherwise since the file was read, and that would be written over."""
    names = []
    for each, verdict in zip(stored, verdicts, strict=True):
        now = written.get(each.row.key)
        if not verdict.is_taken or now is None or _same(now, each.written):
            continue
        present = StoredRow(each.row, each.name, each.before, now)
        if changes_of(present, verdict, pipeline):
            names.append(each.name or each.row.key)
    return names


def _said(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> dict[str, Value]:
    """What would be written of a row; one that says 无变化 without its figures takes the earlier ones."""
    values = dict(stored.row.values)
    if pipeline.unchanged_field and values.get(pipeline.unchanged_field):
        for column in pipeline.columns:
            if column.show is Show.COMPARE and values.get(column.field) is None:
                values[column.field] = stored.before.get(column.field)
    if pipeline.reason_field:
        values[pipeline.reason_field] = verdict.explanation
    return values


def _same(one: Mapping[str, Value], other: Mapping[str, Value] | None) -> bool:
    if other is None:
        return False
    return all(_bare(one.get(name)) == _bare(other.get(name)) for name in one.keys() | other.keys())


def _bare(value: Value) -> Value:
    """Nothing is nothing, however it is kept: "", None, or a flag that is not set."""
    return None if value == "" or value is False else value
