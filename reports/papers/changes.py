"""Whether a paper was overtaken: its stored figures compared with what they are now (HOUSE.md §2)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest

from renovation.core.wording import chinese_date

from .adjusted import AdjustedProject
from .assigned import AssignedRow
from .compiling import present_content
from .models import Document
from .sheets import DispatchSheet, ReturnInput, SheetRow
from .snapshots import content_of

GONE = "（没有）"


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was when the paper was compiled."""

    name: str
    before: str
    now: str


def changes_since(*, document: Document, now: datetime) -> list[Change]:
    """What differs now, in the order of the paper; empty where the paper would be the same.

    The figures and the projects that were adjusted; for a dispatch sheet also the words of its rows, its
    notes, and the returns that came in or were approved since.
    """
    old, new = content_of(document), present_content(document=document, now=now)
    before, after = old.shown_figures(), new.shown_figures()
    found = [
        Change(name, before.get(name, GONE), after.get(name, GONE))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    found += _adjusted(old.adjusted, new.adjusted)
    if isinstance(old, DispatchSheet) and isinstance(new, DispatchSheet):
        states = {each.street_name: each for each in old.inputs}
        for each in new.inputs:
            was = states.get(each.street_name)
            if was is not None and (was.word, was.version) != (each.word, each.version):
                found.append(
                    Change(f"{each.street_name}周报", _stood(was, each), _stood(each, was))
                )
        found += _words(old, new)
        found += _assigned(old, new)
        found += _notes(old.remarks(), new.remarks())
    return found


def _stood(each: ReturnInput, other: ReturnInput) -> str:
    """How a return stood: its version too, where the other side is another."""
    if each.version == other.version or not each.version:
        return each.word
    return f"第{each.version}版，{each.word}"


def _adjusted(
    before: Iterable[AdjustedProject], now: Iterable[AdjustedProject]
) -> Iterator[Change]:
    """项目调整 that came, went, or is told otherwise."""
    old, new = ({(each.code, each.act): each for each in side} for side in (before, now))
    for key in dict.fromkeys([*old, *new]):
        was, is_now = old.get(key), new.get(key)
        if was != is_now:
            name = (is_now or was).name  # type: ignore[union-attr]
            yield Change(f"项目调整：{name}{key[1]}", _told(was), _told(is_now))


def _told(each: AdjustedProject | None) -> str:
    if each is None:
        return GONE
    streets = f"{each.left_name}→{each.street_name}" if each.left_name else each.street_name
    approved = f"{chinese_date(each.approved_on)}批准" if each.approved_on else ""
    return "，".join(part for part in (streets, each.effect, approved, each.basis) if part)


#: What a row says in words, by the name of its column.
_ROW_WORDS: tuple[tuple[str, Callable[[SheetRow], str]], ...] = (
    ("当前阶段", lambda row: row.stage),
    ("本周完成情况", lambda row: row.work_done),
    ("存在问题", lambda row: row.problems),
    ("需协调事项", lambda row: row.coordination),
    ("下周计划", lambda row: row.next_plan),
    ("备注", lambda row: row.note),
)


def _words(old: DispatchSheet, new: DispatchSheet) -> Iterator[Change]:
    """The words of the rows that both hold; a row that came or went is told by its figures."""
    present = {row.code: row for row in new.rows}
    for was in old.rows:
        row = present.get(was.code)
        if row is None:
            continue
        for name, said in _ROW_WORDS:
            if said(was) != said(row):
                yield Change(f"{row.name}{name}", said(was) or GONE, said(row) or GONE)


def _assigned(old: DispatchSheet, new: DispatchSheet) -> Iterator[Change]:
    """交办事项 that came, went, or stand otherwise: of a sheet compiled before its week was over, what happened in the rest
    of it."""
    before, now = ({each.code: each for each in side.assigned} for side in (old, new))
    for code in dict.fromkeys([*before, *now]):
        was, is_now = before.get(code), now.get(code)
        if was != is_now:
            yield Change(f"交办事项{code}", _stands(was), _stands(is_now))


def _stands(each: AssignedRow | None) -> str:
    if each is None:
        return GONE
    return f"{each.answerer}，{each.word}，期限{chinese_date(each.due_on)}"


def _notes(before: Sequence[str], now: Sequence[str]) -> Iterator[Change]:
    """Notes that only one of the two has, side by side in their order."""
    gone = [note for note in before if note not in now]
    come = [note for note in now if note not in before]
    for was, is_now in zip_longest(gone, come, fillvalue=GONE):
        yield Change("附注", was, is_now)
