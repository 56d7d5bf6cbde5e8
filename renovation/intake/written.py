"""What of a target is written already, beside the rows of a file for it: new rows, changed ones, those that say the same.

A pipeline that knows it (``Pipeline.written``) has its rows compared twice: when the file is read, so that a person
sees what confirming would change, and when it is confirmed, so that what a colleague wrote meanwhile is not written
over unseen.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from .pipelines import Column, Pipeline, Show, Value
from .rows import StoredRow
from .verdicts import Verdict

#: Row key → field → what is written of it.
Written = Mapping[str, Mapping[str, Value]]


def written_in(pipeline: Pipeline, context: Any) -> Written:
    """What is written of the target, {} where nothing is, the pipeline does not tell, or the file was refused."""
    return {} if pipeline.written is None or context is None else pipeline.written(context)


def changed_columns(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> list[Column]:
    """The columns in which a row says something else than what is written of it; [] where nothing is.

    An empty cell empties what stands, but for the figures of a row that says 无变化 as the written one does.
    """
    if stored.written is None:
        return []
    values = _said(stored, verdict, pipeline)
    flag = pipeline.unchanged_field
    is_unchanged = bool(flag and values.get(flag) and stored.written.get(flag))
    return [
        column
        for column in pipeline.columns
        if not column.locked
        and _bare(values.get(column.field)) != _bare(stored.written.get(column.field))
        and not (is_unchanged and column.show is Show.COMPARE and values.get(column.field) is None)
    ]


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
        if changed_columns(present, verdict, pipeline):
            names.append(each.name or each.row.key)
    return names


def _said(stored: StoredRow, verdict: Verdict, pipeline: Pipeline) -> dict[str, Value]:
    values = dict(stored.row.values)
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
