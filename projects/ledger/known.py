"""What the portal knows already of a project or a street: declared once by the wing that owns it, so that
nobody is asked for it again (HOUSE.md §4.13).

A wing of any floor puts ``KNOWN`` into a module ``known_columns``; it is found by name, so nothing is imported
from above. Who is about to ask for a column looks it up by ``look_up``; who shows one reads it by ``values_of``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from functools import cache
from importlib import import_module
from typing import Any, TypeVar, cast

from django.apps import apps
from django.utils.module_loading import module_has_submodule
from rapidfuzz import fuzz

from renovation.core.documents.blocks import Kind
from renovation.core.measures import NO_NUMBER, format_decimal
from renovation.core.reading import to_halfwidth

from .models import Programme

Value = str | int | Decimal | date | None
Read = TypeVar("Read")


class Level(StrEnum):
    """What a column is about."""

    PROJECT = "project"
    STREET = "street"


@dataclass(frozen=True, kw_only=True)
class Asking:
    """Of which projects or streets (``ids``) of a programme something is to be told, as of the end of ``on``.

    ``once`` lets the columns of a wing share what they read.
    """

    level: Level
    programme: Programme
    ids: tuple[int, ...]
    on: date
    now: datetime
    _read: dict[Hashable, Any] = field(default_factory=dict, compare=False, repr=False)

    def once(self, key: Hashable, read: Callable[[], Read]) -> Read:
        """What ``read`` gives, read once for this asking."""
        if key not in self._read:
            self._read[key] = read()
        return cast("Read", self._read[key])


@dataclass(frozen=True, kw_only=True)
class KnownColumn:
    """Something the portal knows: its stable ``code``, name, other names, and ``where`` it stands, in words that
    end a sentence (“项目台账的‘小区’”). ``read`` gives a value by the id of the project or street; what is not
    known is left out or None."""

    code: str
    label: str
    level: Level
    where: str
    read: Callable[[Asking], Mapping[int, Value]]
    aliases: tuple[str, ...] = ()
    kind: Kind = Kind.TEXT
    unit: str = ""
    places: int = 0

    @property
    def header(self) -> str:
        """户数(户), as a workbook writes it."""
        return f"{self.label}({self.unit})" if self.unit else self.label

    @property
    def title(self) -> str:
        """户数（户）, as a page writes it."""
        return f"{self.label}（{self.unit}）" if self.unit else self.label

    @property
    def names(self) -> tuple[str, ...]:
        """Name and other names, as they are compared."""
        return tuple(plain_name(text) for text in (self.label, *self.aliases))

    def text(self, value: Value) -> str:
        """A value for people; “—” where there is none."""
        if value is None or value == "":
            return NO_NUMBER
        if isinstance(value, str):
            return value
        if isinstance(value, date):
            return value.isoformat()
        return format_decimal(value, self.places if isinstance(value, Decimal) else 0)


@dataclass(frozen=True, slots=True)
class Found:
    """What a name looks like: exactly one thing that is known (``same``), or some that are close (``near``)."""

    same: KnownColumn | None
    near: tuple[KnownColumn, ...]


@cache
def known_columns() -> tuple[KnownColumn, ...]:
    """What all wings declare, lower wings first; a name that two declare belongs to the lower one."""
    found: list[KnownColumn] = []
    taken: set[tuple[Level, str]] = set()
    for config in apps.get_app_configs():
        if not module_has_submodule(config.module, "known_columns"):
            continue
        for column in import_module(f"{config.name}.known_columns").KNOWN:
            key = (column.level, plain_name(column.label))
            if key not in taken:
                taken.add(key)
                found.append(column)
    return tuple(found)


def known_at(level: Level) -> list[KnownColumn]:
    """What is known at a level, in order."""
    return [column for column in known_columns() if column.level is level]


def known_by_code(code: str) -> KnownColumn | None:
    """The column under its code, None where no wing declares it any more."""
    return next((column for column in known_columns() if column.code == code), None)


#: Units that stand in brackets behind a name and say nothing about which thing it is.
_UNITS = ("%", "个百分点", "百分点", "万㎡", "万平方米", "平方米", "㎡", "亿元", "万元", "元", "户", "栋", "幢", "个", "人",
          "件", "处", "部", "条", "公里", "米", "天", "台", "辆")  # fmt: skip
_BRACKETED = re.compile(rf"[(【\[〔](?:单位:?)?(?:{'|'.join(map(re.escape, _UNITS))})[)】\]〕]")
_UNSAID = re.compile(r"[\s\"'“”‘’、，。：:;；·*\-—_/（）()【】\[\]〔〕《》?？]+")


def plain_name(text: str) -> str:
    """The name as it is compared: half-width, without unit in brackets, blanks and punctuation."""
    half = to_halfwidth(text).lower()
    return _UNSAID.sub("", _BRACKETED.sub("", half)) or _UNSAID.sub("", half)


#: Names at least so alike (0–100, ``rapidfuzz.fuzz.ratio``) are shown as a question.
_ALIKE = 75
#: So many questions are asked at once.
_MOST_NEAR = 3


def look_up(*, name: str, level: Level) -> Found:
    """What the portal knows under a name. The same name or alias at the level is the same thing; a name that
    is alike, or holds the other's whole name for the most part, and the same name at another level are near."""
    plain = plain_name(name)
    if not plain:
        return Found(None, ())
    here = known_at(level)
    same = next((column for column in here if plain in column.names), None)
    if same is not None:
        return Found(same, ())
    scored = [(_likeness(plain, column), column) for column in here]
    scored += [
        (100.0, column)
        for column in known_columns()
        if column.level is not level and plain in column.names
    ]
    near = sorted((each for each in scored if each[0] >= _ALIKE), key=lambda each: -each[0])
    return Found(None, tuple(column for _, column in near[:_MOST_NEAR]))


def _likeness(plain: str, column: KnownColumn) -> float:
    return max(_alike(plain, name) for name in column.names)


#: Ends of names that say what kind of thing it is, not which: what stands before them must be alike too.
_ENDS = ("日期", "时间", "数量", "个数", "情况", "电话", "单位", "数", "率")


def _alike(one: str, other: str) -> float:
    """How alike two names are as a whole, and without an end that both share, whichever is less; a name that
    ends with the other, which is at least half of it, is alike: the thing itself stands at the end (总户数)."""
    short, long = sorted((one, other), key=len)
    if long.endswith(short) and _holds(long, short):
        return max(fuzz.ratio(one, other), float(_ALIKE))
    score = fuzz.ratio(one, other)
    for end in _ENDS:
        stems = one.removesuffix(end), other.removesuffix(end)
        if one.endswith(end) and other.endswith(end) and all(stems):
            short, long = sorted(stems, key=len)
            alike = float(_ALIKE) if _holds(long, short) else fuzz.ratio(*stems)
            return min(score, alike)
    return score


def _holds(long: str, short: str) -> bool:
    return len(short) >= 2 and short in long and 2 * len(short) >= len(long)


def values_of(*, columns: Sequence[KnownColumn], asking: Asking) -> dict[int, dict[str, Value]]:
    """Of each id the values of some columns, by code; in a constant number of queries per wing."""
    found: dict[int, dict[str, Value]] = {pk: {} for pk in asking.ids}
    for column in columns:
        for pk, value in column.read(asking).items():
            if pk in found:
                found[pk][column.code] = value
    return found
