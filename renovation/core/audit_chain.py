"""The hash chain of the audit log: pure functions over entries that are already written.

Entries are appended in the writing transaction; the tick seals them in batches. The digest of an entry is
SHA-256 over the digest before it and the entry's canonical bytes, so whoever changes, removes, inserts or
reorders a sealed entry breaks every digest after it. Canonical bytes are JSON with sorted keys, no spaces,
UTF-8; moments are UTC with microseconds, dates ISO, decimals and identifiers text. Floats are refused,
for their text is not canonical. Source: GB/T 22239-2019, 安全审计; HOUSE.md §4.10.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from enum import Enum
from functools import reduce
from typing import Any
from uuid import UUID

GENESIS = "0" * 64
"""The digest before the first entry."""

Entry = Mapping[str, Any]


def canonical(entry: Entry) -> bytes:
    """The bytes of an entry that are hashed.

    Raises TypeError for what has no canonical text (floats, sets, objects) and ValueError for a naive
    moment.
    """
    plain = _plain(entry)
    return json.dumps(
        plain, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False
    ).encode()


def link(previous: str, entry: Entry) -> str:
    """The digest of `entry` that follows `previous`: 64 lower-case hex digits."""
    return hashlib.sha256(bytes.fromhex(previous) + canonical(entry)).hexdigest()


def links(previous: str, entries: Iterable[Entry]) -> Iterator[str]:
    """The digest of every entry, in order."""
    for entry in entries:
        previous = link(previous, entry)
        yield previous


def digest(previous: str, entries: Iterable[Entry]) -> str:
    """The digest after the last of `entries`; `previous` where there are none."""
    return reduce(link, entries, previous)


def first_break(previous: str, sealed: Iterable[tuple[Entry, str]]) -> int | None:
    """The index of the first entry whose stored digest does not follow; None where the chain holds."""
    for index, (entry, stored) in enumerate(sealed):
        previous = link(previous, entry)
        if previous != stored:
            return index
    return None


def _plain(value: Any) -> Any:
    match value:
        case None | bool():
            return value
        case Enum():
            return _plain(value.value)
        case str() | int():
            return value
        case Decimal() | UUID():
            return str(value)
        case datetime():
            if value.tzinfo is None:
                raise ValueError("an audit entry carries aware moments only")
            return value.astimezone(UTC).isoformat(timespec="microseconds")
        case date():
            return value.isoformat()
        case Mapping():
            if not all(isinstance(key, str) for key in value):
                raise TypeError("the keys of an audit entry are text")
            return {str(key): _plain(part) for key, part in value.items()}
        case list() | tuple():
            return [_plain(part) for part in value]
        case _:
            raise TypeError(f"{type(value).__name__} has no canonical text")
