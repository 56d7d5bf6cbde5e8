"""What became of a list between its way out and its coming back in, cell by cell.

A workbook of a list keeps in ``_portal`` what its cells held when it went out (``filled_in``); what was written with it
since takes its place, for who brings it again (``used_again``). A cell that still holds it says nothing: what a
colleague wrote there meanwhile stays, and is told. A cell that says something third would write over it: that is asked
about, and a person decides. The same holds between the preview and its confirmation, where what the preview showed
takes the place of what went out. Of residents' data ``_portal`` keeps marks (``Pipeline.marks``), and what is said of
a change names no value. What several rows speak of together (``Pipeline.shared``: a merged cell) is compared in each of
them and told once, at the row that speaks.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from renovation.core.errors import Refusal

from .held import (
    UNTOLD,
    Keeper,
    group_of,
    is_compared,
    said,
    shared_of,
    shared_only,
    speakers,
)
from .manifest import Manifest
from .pipelines import Column, Finding, Pipeline, Row, Value
from .rows import StoredRow

#: What a rule catches that asks before a colleague's word is written over.
OVERWRITTEN = "portal.overwritten"
_CHANGED = "portal.changed"
#: A key that is a number of the ledger, alone or after the code of its project.
_NUMBERED = re.compile(r"(^|\u3000)#\d+$")


@dataclass(frozen=True, slots=True)
class Merged:
    """A row with what stands in the cells that it leaves alone; ``kept`` are those of them that were changed,
    ``emptied`` the ones among these in which nothing stands any more, ``asked`` the changed ones that it would write
    over; ``changed`` are all that somebody changed. ``is_gone`` where the row went out and stands no more."""

    row: Row
    kept: tuple[Column, ...] = ()
    emptied: frozenset[str] = frozenset()
    asked: tuple[Column, ...] = ()
    changed: tuple[Column, ...] = ()
    is_gone: bool = False


@dataclass(frozen=True, kw_only=True)
class Compared:
    """A row beside what its cells held (``then``) and what stands now (``before``). ``since`` says after what it is
    another: 下载, 核对; for its cells in ``own`` the person wrote them with the same workbook since."""

    merged: Merged
    then: Mapping[str, str]
    before: Mapping[str, Value]
    since: str
    own: Collection[str] = ()

    @property
    def is_late(self) -> bool:
        """Whether something is said of its cells."""
        return bool(self.merged.kept or self.merged.asked)


@dataclass(frozen=True, kw_only=True)
class Standing:
    """The rows of a preview beside what stands now. ``over`` are the numbers of those that would write over what was
    changed since they were shown, or enter again what was taken out; ``changed`` the cells (row, header) of which
    something else is so than was shown, ``compared`` their rows."""

    rows: Sequence[StoredRow]
    over: frozenset[int] = frozenset()
    changed: frozenset[tuple[int, str]] = frozenset()
    compared: Sequence[Compared] = ()

    def over_by(self, pipeline: Pipeline, taken: Collection[int]) -> frozenset[int]:
        """Of ``over`` what the rows with the numbers in ``taken`` would write: their own, and that of which another row
        speaks and one of them says something too (a merged cell)."""
        spoken = said(pipeline, [each.row for each in self.rows if each.row.number in taken])
        through = {
            each.merged.row.number
            for each in self.compared
            for column in each.merged.asked
            if (group_of(pipeline, each.merged.row.key), column.field) in spoken
        }
        return self.over & (through | set(taken))

    def told(self, pipeline: Pipeline, context: Any, since: datetime) -> list[tuple[str, Finding]]:
        """(code, finding) of what was changed; the moment is that of the preview."""
        return _told(pipeline, self.compared, context, since)


def _key(code: str, key: str) -> str:
    """Under which the cells of a row are kept: a workbook may hold several lists."""
    return f"{code} {key}"


def filled_in(
    code: str, columns: Iterable[Column], rows: Iterable[tuple[str, Mapping[str, Value]]]
) -> dict[str, dict[str, str]]:
    """What the cells of a list hold as it goes out, for `Manifest.values`; empty ones and those of residents' data are
    left out. ``UNTOLD`` in place of a value is kept as it is."""
    kept = [column for column in columns if not column.is_private]
    return {
        _key(code, key): {
            column.field: text for column in kept if (text := column.text(values.get(column.field)))
        }
        for key, values in rows
    }


def merged(
    keeper: Keeper,
    row: Row,
    then: Mapping[str, str],
    before: Mapping[str, Value],
    read: Row | None = None,
) -> Merged:
    """A row beside what its cells held (``then``, as texts) and what stands now (``before``). ``read`` is the row with
    its cells as they stood in the workbook, where the pipeline filled in what they stand for (a mask)."""
    pipeline = keeper.pipeline
    changed = [
        column
        for column in pipeline.columns
        if column.field in before
        and (text := column.text(before[column.field])) != then.get(column.field, "")
        and column.field not in row.faulty
        and is_compared(pipeline, column)
        and _is_changed(keeper, row.key, column, text, then.get(column.field, ""))
    ]
    if not changed:
        return Merged(row)
    values = dict(row.values)
    kept, asked, emptied = [], [], set()
    for column in changed:
        value = values.get(column.field)
        said, held = "" if value in (None, "") else column.text(value), then.get(column.field, "")
        filled_in = _was_filled_in(keeper, row.key, column, said, held, read)
        if said == column.text(before[column.field]) and not filled_in:
            continue
        left = filled_in or keeper.is_held(row.key, column, said, held)
        if left and (said or pipeline.cells_empty):
            values[column.field] = before[column.field]
            kept.append(column)
        elif not said and not pipeline.cells_empty:
            kept.append(column)
            emptied |= {column.field} if held else set()
        else:
            asked.append(column)
    gone = pipeline.takes_away(values, before) if pipeline.takes_away is not None else {}
    asked += [column for column in kept if column.field in gone]
    kept = [column for column in kept if column.field not in gone]
    return Merged(
        replace(row, values=values),
        tuple(kept),
        frozenset(emptied),
        tuple(asked),
        tuple(changed),
    )


def _is_changed(keeper: Keeper, key: str, column: Column, text: str, held: str) -> bool:
    """Whether something else stands than what stood when the cell went out."""
    return held != UNTOLD and not keeper.stood(key, column, text, held)


def _was_filled_in(
    keeper: Keeper, key: str, column: Column, said: str, held: str, read: Row | None
) -> bool:
    """Whether a private cell was left as it went out and says what it says only because that was filled in: another
    name may have the same mask."""
    if read is None or not column.is_private:
        return False
    shown = column.text(read.values.get(column.field))
    return shown not in ("", said) and keeper.is_held(key, column, shown, held)


def _told_once(
    pipeline: Pipeline, one: Merged, group: str, voices: Mapping[tuple[str, str], int]
) -> Merged:
    """The same without what another row of the group speaks of."""
    if pipeline.shared is None or not group:
        return one
    silent = {
        name
        for name in pipeline.shared.fields
        if voices.get((group, name), one.row.number) != one.row.number
    }
    kept, asked = (
        tuple(column for column in columns if column.field not in silent)
        for columns in (one.kept, one.asked)
    )
    return replace(one, kept=kept, asked=asked, emptied=one.emptied - silent)


def settled(
    pipeline: Pipeline,
    rows: Sequence[Row],
    manifest: Manifest | None,
    context: Any,
    wrote: Mapping[str, Mapping[str, str]],
    read: Sequence[Row],
) -> tuple[list[Row], list[tuple[str, Finding]]]:
    """The rows of a file with what stands in the cells that they leave alone, and (code, finding) of every cell that
    somebody changed since the workbook went out, or since it was used: ``wrote`` is what the person wrote with it
    (``used_again``), ``read`` the rows before the pipeline settled them."""
    if manifest is None or pipeline.writers is None:
        return list(rows), []
    start = _key(pipeline.code, "")
    sent = {
        key.removeprefix(start): texts
        for key, texts in manifest.values.items()
        if key.startswith(start)
    }
    shared_sent, shared_wrote = shared_only(pipeline, sent), shared_only(pipeline, wrote)
    voices, keeper = speakers(pipeline, rows), Keeper(pipeline, context)
    of_group: dict[str, Mapping[str, Value]] = {}
    found = []
    for row, as_read in zip(rows, read, strict=True):
        key = pipeline.held_as(row.key)
        held, own, group = sent.get(key), wrote.get(key, {}), group_of(pipeline, row.key)
        facts = pipeline.facts(row.key, context) if held is not None or own else None
        before = facts.before if facts is not None else {}
        is_gone = held is not None and not before
        shared = shared_sent.get(group)
        if shared is not None and pipeline.shared is not None:
            if group not in of_group:
                of_group[group] = pipeline.shared.present(group, context)
            before = {**of_group[group], **before}
            own = {**shared_wrote.get(group, {}), **own}
        own = _own(keeper, row.key, own, before)
        then = {**(shared or {}), **(held or {}), **own}
        one = _told_once(pipeline, merged(keeper, row, then, before, as_read), group, voices)
        one = replace(one, is_gone=is_gone)
        found.append(Compared(merged=one, then=then, before=before, since="下载", own=own.keys()))
    return [each.merged.row for each in found], _told(pipeline, found, context, manifest.made_at)


def _told(
    pipeline: Pipeline, found: Iterable[Compared], context: Any, since: datetime
) -> list[tuple[str, Finding]]:
    """What is said of rows, with who wrote them last since a moment."""
    found = list(found)
    late = [each.merged.row.key for each in found if each.is_late]
    who = pipeline.writers(late, context, since) if late and pipeline.writers else {}
    return [pair for each in found for pair in _said(pipeline, each, who)]


def _own(
    keeper: Keeper, key: str, own: Mapping[str, str], before: Mapping[str, Value]
) -> Mapping[str, str]:
    """What a person wrote of a row; where that waits for another one, only what stands by now."""
    pipeline = keeper.pipeline
    if pipeline.waits is None or not pipeline.waits(key, keeper.context):
        return own
    return {
        name: text
        for name, text in own.items()
        if keeper.stood(key, column := pipeline.column(name), column.text(before.get(name)), text)
    }


def _said(
    pipeline: Pipeline, compared: Compared, who: Mapping[str, str]
) -> Iterable[tuple[str, Finding]]:
    each, then, before = compared.merged, compared.then, compared.before
    if each.is_gone:
        yield _gone(pipeline, each.row, compared.since)
    by = f"（这一行最后{who[each.row.key]}）" if each.row.key in who else ""
    asked = each.asked if pipeline.code_for(OVERWRITTEN) else ()  # else its own rules refuse it
    for column in (*each.kept, *asked):
        was = column.said(then.get(column.field, ""))
        now = column.shown(before[column.field])
        since = "上次写入" if column.field in compared.own else compared.since
        told = f"{column.label}在{since}以后改过：当时{_is(was)}，现在{_is(now)}{by}"
        expected = now or "空"
        if column.is_private:
            told, was, expected = f"{column.label}在{since}以后改过{by}", "", "现在的"
        if column in each.kept:
            is_empty = column.field in each.emptied
            left = "是空的，空着的格不改" if is_empty else "没有改这一格"
            code, found = _CHANGED, "" if is_empty else was
            message = f"{told}；表里{left}，照现在的不动"
        else:
            code, found = OVERWRITTEN, column.shown(each.row.values.get(column.field))
            message = f"{told}，写入会把它盖掉。要写入的说明原因，不写入的选“暂留”"
            expected = f"{expected}{'' if column.is_private else '（现在的）'}，或说明原因"
        yield (
            pipeline.rule_for(Refusal(code, message)).code,
            Finding(
                message=message,
                field=column.field,
                found=found or "空",
                expected=expected,
                row=each.row.number,
                is_discreet=column.is_private,
            ),
        )


def _gone(pipeline: Pipeline, row: Row, since: str) -> tuple[str, Finding]:
    """A row that was taken out since. One that is named by its number is not entered anew; its rule says so."""
    code, message, expected = (
        _CHANGED,
        f"这一行在{since}以后{pipeline.words.gone}",
        "不在表里",
    )
    if not _NUMBERED.search(row.key):
        code, message = OVERWRITTEN, f"{message}，写入会重新添上。要添的说明原因，不添的选“暂留”"
        expected = "不再添上，或说明原因"
    rule = pipeline.rule_for(Refusal(code, message))
    return rule.code, Finding(
        message=message, field=pipeline.key, found=f"{since}时有", expected=expected, row=row.number
    )


def _is(text: str) -> str:
    return f"是“{text}”" if text else "是空的"


def as_it_stands(stored: Sequence[StoredRow], pipeline: Pipeline, context: Any) -> Standing:
    """The rows of a preview beside what stands now."""
    if pipeline.writers is None:
        return Standing(rows=list(stored))
    fresh, over, changed, compared = [], set(), set(), []
    keeper = Keeper(pipeline, context)
    shared, voices = shared_of(pipeline, stored), speakers(pipeline, [each.row for each in stored])
    for each in stored:
        facts = pipeline.facts(each.row.key, context) if each.row.key else None
        group = group_of(pipeline, each.row.key)
        was, stands = _of_group(pipeline, shared.get(group), group, context)
        if facts is None or (dict(facts.before) == dict(each.before) and was == stands):
            fresh.append(each)
            continue
        again = stands if each.shared is not None else None
        was, stands = {**was, **each.before}, {**stands, **facts.before}
        then = {
            column.field: keeper.held_of(each.row.key, column, column.text(was.get(column.field)))
            for column in pipeline.columns
        }
        found = _told_once(pipeline, merged(keeper, each.row, then, stands), group, voices)
        found = replace(found, is_gone=bool(each.before) and not facts.before)
        fresh.append(
            replace(each, row=found.row, name=facts.name, before=facts.before, shared=again)
        )
        compared.append(Compared(merged=found, then=then, before=stands, since="核对"))
        columns = pipeline.columns if found.is_gone else found.changed
        changed |= {(each.row.number, column.label) for column in columns}
        if (found.asked or found.is_gone) and pipeline.code_for(OVERWRITTEN):
            over.add(each.row.number)
    return Standing(rows=fresh, over=frozenset(over), changed=frozenset(changed), compared=compared)


def _of_group(
    pipeline: Pipeline, was: Mapping[str, Value] | None, group: str, context: Any
) -> tuple[dict[str, Value], dict[str, Value]]:
    """What stood and what stands of that which a row shares with others; nothing where it was not kept, or is gone. What
    somebody entered since stood as nothing."""
    if was is None or pipeline.shared is None:
        return {}, {}
    stands = pipeline.shared.present(group, context)
    return (dict(was), dict(stands)) if not was or was.keys() == stands.keys() else ({}, {})


def codes_of(pipeline: Pipeline) -> frozenset[str]:
    """The codes under which is said what others changed."""
    return frozenset(pipeline.code_for(caught) for caught in (_CHANGED, OVERWRITTEN))
