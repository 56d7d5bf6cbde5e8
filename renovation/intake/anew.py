"""Looking once more, when a preview is confirmed: whether it still shows what the ledger says and what is written."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from renovation.core.errors import Fault, Refusal, Severity
from renovation.core.wording import join

from .answers import Answers
from .digest import Placer, checked, in_reading_order
from .meanwhile import OVERWRITTEN, Standing, as_it_stands, codes_of
from .models import Upload
from .pipelines import Pipeline
from .rows import StoredRow, stored_as_json
from .verdicts import Verdict
from .written import overtaken, written_in

#: How many rows a sentence names before it counts the rest.
_MOST_NAMED = 3


class Stale(Exception):  # noqa: N818 - undoes the transaction, then becomes a refusal
    """The rows are to be shown once more: the ledger says something else of them than when they were shown, or what
    they would write over does, or the person looked at an earlier page. ``kept`` are the fields of the upload that are
    others from now on."""

    def __init__(self, sentence: str, **kept: Any) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.kept = kept


def stamp(upload: Upload) -> str:
    """What a page shows of an upload, in one word: another as soon as a row, a fault or what is written beside it is."""
    shown = json.dumps([upload.rows, upload.faults], ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(shown.encode()).hexdigest()[:16]


def check_seen(upload: Upload, seen: str | None) -> None:
    """Raise ``Stale`` where a person confirms another page than the present one: the button pressed twice, a second
    window, a colleague. ``seen`` is the `stamp` of what was looked at, None where nobody says."""
    if seen is not None and seen != stamp(upload):
        raise Stale("这一页打开以后，内容又有变化，没有写入。现在列出的是最新的，请看过后再确认。")


def look_anew(
    upload: Upload,
    pipeline: Pipeline,
    stored: Sequence[StoredRow],
    verdicts: Sequence[Verdict],
    context: Any,
) -> list[StoredRow]:
    """The rows beside what is written of them now, as they are to be written: what colleagues changed in cells that a
    row leaves alone stays. Raise ``Stale`` where the preview shows something else than what is so in this
    transaction."""
    standing = as_it_stands(stored, pipeline, context)
    stored = standing.rows
    written = written_in(pipeline, context)
    fresh = [replace(each, written=written.get(each.row.key)) for each in stored]
    taken = {verdict.number for verdict in verdicts if verdict.is_taken}
    over = standing.over_by(pipeline, taken)
    shown = _told_anew(upload, pipeline, standing, context)
    faults = _faults_now(upload, pipeline, stored, shown, context)
    if over or faults is not None:
        names = [each.name or each.row.key for each in stored if each.row.number in over]
        raise Stale(
            _over(names, pipeline)
            if names
            else "核对之后台账有变化，已按现在的台账重新核对，请看过后再确认。",
            faults=_as_json(shown if faults is None else faults),
            rows=stored_as_json(fresh, pipeline),
            **_still_given(upload, pipeline, standing, verdicts),
        )
    if names := overtaken(stored, verdicts, pipeline, written):
        raise Stale(_meanwhile(names, pipeline), rows=stored_as_json(fresh, pipeline))
    return fresh


def _meanwhile(names: Sequence[str], pipeline: Pipeline) -> str:
    """核对之后文昌园小区被别人改过，… and what to do."""
    return (
        f"核对之后{_named(names, pipeline)}被别人改过，已列出现在写着的内容，请看过后再确认，"
        "不想改动的选“暂留”。"
    )


def _over(names: Sequence[str], pipeline: Pipeline) -> str:
    """The same of rows that now ask for a reason."""
    return (
        f"核对之后{_named(names, pipeline)}被别人改过，已列出现在写着的内容，请看过后再确认：要写入的说明原因，"
        "不想改动的选“暂留”。"
    )


def _named(names: Sequence[str], pipeline: Pipeline) -> str:
    """The first names, and how many there are. The row of a list is counted without a word of its own (等 4 行),
    and so is that of a plan of works (等 4 条)."""
    word = pipeline.words.row
    count = f"{len(names)} {'' if word in {'行', '条'} else '个'}{word}"
    return f"{join(names[:_MOST_NAMED])}{f'等 {count}' if len(names) > _MOST_NAMED else ''}"


def _told_anew(upload: Upload, pipeline: Pipeline, standing: Standing, context: Any) -> list[Fault]:
    """The faults that were shown; what they say of cells that were changed since is said of how these stand now."""
    shown = [Fault.from_json(fault) for fault in upload.faults]
    if not standing.compared:
        return shown
    codes = codes_of(pipeline)
    place = Placer(upload.sheet, upload.columns, pipeline)
    found = standing.told(pipeline, context, upload.finished_at or upload.received_at)
    return [
        fault
        for fault in shown
        if fault.code not in codes or (fault.row, fault.column) not in standing.changed
    ] + [place.fault(code, finding) for code, finding in found]


def _still_given(
    upload: Upload, pipeline: Pipeline, standing: Standing, verdicts: Sequence[Verdict]
) -> dict[str, Any]:
    """The answers of the upload without the reasons for writing over what has changed since, for nobody gave one for
    that; {} where all of them still count."""
    if not standing.over:
        return {}
    keys = {verdict.key for verdict in verdicts if verdict.number in standing.over}
    code = pipeline.rule_for(Refusal(OVERWRITTEN, "")).code
    return {"answers": Answers.of(upload.answers, pipeline).without(keys, code).kept(pipeline)}


def _as_json(faults: Sequence[Fault]) -> list[dict[str, Any]]:
    return [fault.as_json() for fault in sorted(faults, key=in_reading_order)]


def _faults_now(
    upload: Upload,
    pipeline: Pipeline,
    stored: Sequence[StoredRow],
    shown: Sequence[Fault],
    context: Any,
) -> list[Fault] | None:
    """The faults under the ledger as it is now, None where they are still those that were shown."""
    ours = {rule.code for rule in pipeline.rules if rule.check is not None}
    ours |= {
        rule.code for rule in pipeline.rules if set(rule.catches) & {"key.missing", "key.doubled"}
    }
    place = Placer(upload.sheet, upload.columns, pipeline)
    fresh = checked(pipeline, [each.row for each in stored], context, place)
    graver = [fault for fault in fresh if fault.severity is not Severity.NOTICE]
    before = [
        fault for fault in shown if fault.code in ours and fault.severity is not Severity.NOTICE
    ]
    if sorted(map(repr, graver)) == sorted(map(repr, before)):
        return None
    return [fault for fault in shown if fault.code not in ours] + fresh
