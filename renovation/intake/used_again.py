"""A workbook that comes in again: what the person who brings it has written with it already.

People correct a list in the file that they have, and bring the same one in a second time. What they wrote with it is
theirs to change: a cell is then compared with that and not with what it held when the workbook went out.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .held import Keeper, group_of, is_compared, shared_of
from .manifest import Manifest
from .models import Upload, UploadState
from .pipelines import Pipeline, Target, Value
from .rows import StoredRow, rows_from_json
from .together import as_decided
from .verdicts import verdicts_of
from .written import taken_away

#: Row key → field → the text that was written.
Wrote = Mapping[str, Mapping[str, str]]


def wrote_with(
    pipeline: Pipeline, target: Target, manifest: Manifest | None, context: Any
) -> Wrote:
    """What ``target.by`` confirmed of this very workbook, the last word of every cell; {} where nothing was, or the
    pipeline compares no cells. Files of others count for nothing, a copy of the same workbook too. One query."""
    if manifest is None or pipeline.writers is None or target.by is None:
        return {}
    earlier = Upload.objects.for_target(
        pipeline=pipeline.code,
        organisation_id=target.organisation.pk,
        period_key=target.period_key,
    ).filter(workbook=manifest.checksum, received_by=target.by, state=UploadState.COMMITTED)
    found: dict[str, dict[str, str]] = {}
    keeper = Keeper(pipeline, context)
    for upload in earlier.order_by("committed_at", "pk"):
        stored = rows_from_json(upload.rows, pipeline)
        shared = shared_of(pipeline, stored)
        verdicts = verdicts_of(upload, pipeline, stored)
        for each, verdict in zip(as_decided(pipeline, stored, verdicts), verdicts, strict=True):
            if verdict.is_taken and each.row.key:
                of_group = shared.get(group_of(pipeline, each.row.key), {})
                key = pipeline.held_as(each.row.key)
                found.setdefault(key, {}).update(_wrote(each, keeper, of_group))
    return found


def _wrote(stored: StoredRow, keeper: Keeper, of_group: Mapping[str, Value]) -> dict[str, str]:
    """The cells in which a row that was written said something else than what stood, of itself and of what it shares
    with others (``of_group``)."""
    pipeline = keeper.pipeline
    said, stood = stored.row.values, {**of_group, **stored.before}
    untold = pipeline.shared.fields - stood.keys() if pipeline.shared is not None else frozenset()
    found = {}
    for column in pipeline.columns:
        text, before = (column.text(each.get(column.field)) for each in (said, stood))
        if not is_compared(pipeline, column) or column.field in untold:
            continue
        if text != before and (text or pipeline.cells_empty):
            found[column.field] = keeper.held_of(stored.row.key, column, text)
    gone = taken_away(stored, pipeline)
    return found | {name: pipeline.column(name).text(value) for name, value in gone.items()}
