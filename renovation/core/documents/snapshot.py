"""A frozen value as canonical JSON, and back: what an issued document is stored as.

Dataclasses, enums, tuples, dates, decimals and fractions survive the way; equal values give equal
text, so that the digest of a paper is the digest of its snapshot.

    text = freeze(compiled)                       # store it
    digest_of(text)                               # 64 hex digits, printed in every rendering
    compiled = thaw(text, [OfficialPaper, …])     # every dataclass and enum that may occur
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from fractions import Fraction
from typing import Any

from renovation.core.documents import blocks, papers

_KIND = "$"
#: What papers are made of; `thaw` knows these without being told.
KNOWN: tuple[type, ...] = (
    blocks.Cell, blocks.Column, blocks.Drawing, blocks.Facts, blocks.Heading, blocks.Kind,
    blocks.Mark, blocks.Note, blocks.PageBreak, blocks.Paragraph, blocks.Row, blocks.RowStyle,
    blocks.Table, blocks.Tone, papers.Annex, papers.ApprovalForm, papers.LetterPaper,
    papers.MinutesPaper, papers.OfficialPaper, papers.SheetPaper, papers.Signature,
)  # fmt: skip


def freeze(value: object) -> str:
    """Canonical JSON of a value: keys sorted, no blanks, full text.

    Raises TypeError for a float, a set and whatever else would not come back as it was.
    """
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def digest_of(text: str) -> str:
    """The sha256 of a snapshot's text, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def thaw(text: str, types: Iterable[type] = ()) -> Any:
    """The value that `freeze` was given. Raises ValueError for a type it was not told of."""
    known = {each.__name__: each for each in (*KNOWN, *types)}
    return _value(json.loads(text), known)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return {_KIND: type(value).__name__, "name": value.name}
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, Decimal):
        return {_KIND: "Decimal", "value": str(value)}
    if isinstance(value, Fraction):
        return {_KIND: "Fraction", "value": str(value)}
    if isinstance(value, datetime):
        return {_KIND: "datetime", "value": value.isoformat()}
    if isinstance(value, date):
        return {_KIND: "date", "value": value.isoformat()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    if isinstance(value, Mapping):
        if _KIND in value or not all(isinstance(key, str) for key in value):
            raise TypeError("a mapping in a snapshot has texts as keys")
        return {key: _plain(each) for key, each in value.items()}
    if is_dataclass(value) and not isinstance(value, type):
        stored = {
            each.name: _plain(getattr(value, each.name)) for each in fields(value) if each.init
        }
        return {_KIND: type(value).__name__, **stored}
    raise TypeError(f"{type(value).__name__} has no place in a snapshot")


_SCALARS: dict[str, Any] = {
    "Decimal": Decimal,
    "Fraction": Fraction,
    "datetime": datetime.fromisoformat,
    "date": date.fromisoformat,
}


def _value(plain: Any, known: Mapping[str, type]) -> Any:
    if isinstance(plain, list):
        return tuple(_value(each, known) for each in plain)
    if not isinstance(plain, dict):
        return plain
    kind = plain.get(_KIND)
    if kind is None:
        return {key: _value(each, known) for key, each in plain.items()}
    if kind in _SCALARS:
        return _SCALARS[kind](plain["value"])
    if kind not in known:
        raise ValueError(f"a snapshot holds the unknown type {kind}")
    cls: Any = known[kind]
    if issubclass(cls, Enum):
        return cls[plain["name"]]
    return cls(**{key: _value(each, known) for key, each in plain.items() if key != _KIND})
