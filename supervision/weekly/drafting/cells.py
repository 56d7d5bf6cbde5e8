"""Cells of the grid as they travel and as they are told: pure functions over text as it was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from supervision.weekly.forms import FILLED

#: The fields of the grid.
FIELDS = frozenset(column.field for column in FILLED)
#: Nobody types more into a cell; what a rule allows (500) is judged by the rules.
LONGEST = 2000

#: Field → (what the page showed before it was typed over, what stands there now).
Typed = Mapping[str, tuple[str, str]]


@dataclass(frozen=True, slots=True)
class RowTyped:
    """What was typed of one project since the last save; ``seen`` is the edition of the stored row on the page."""

    cells: Typed
    seen: str


@dataclass(frozen=True, slots=True)
class Clash:
    """A cell that the same person filled in otherwise in another window since this one showed it."""

    field: str
    now: str
    at: datetime


@dataclass(frozen=True, slots=True)
class Merged:
    """``cells`` of the draft after a save; ``clashes`` are those that were not taken."""

    cells: dict[str, str]
    clashes: tuple[Clash, ...]


def merge(*, kept: Mapping[str, str], saved_at: datetime, typed: Typed) -> Merged:
    """Compare and swap, cell by cell: a cell is taken where the draft still holds what the page showed, or nothing,
    or the same already."""
    cells, clashes = dict(kept), []
    for field, (before, after) in typed.items():
        if field in kept and kept[field] not in {before, after}:
            clashes.append(Clash(field, kept[field], saved_at))
        else:
            cells[field] = after
    return Merged(cells, tuple(clashes))


def keep_key(*, person_id: int, street: Organisation, week: Week, version: int) -> str:
    """Under which name the browser keeps what could not be sent: one person's, of one version of one return."""
    return f"weekly-form:{person_id}:{street.code}:{week.key}:{version}"


def read_rows(body: Any) -> dict[int, RowTyped]:
    """The rows of a request: ``{"rows": {"12": {"seen": "…", "cells": {"progress_percent": ["45.0", "45.5"]}}}}``.

    Refuses (``form.unreadable``) anything else: the page itself never sends it.
    """
    try:
        return {
            int(key): RowTyped(_cells(row["cells"]), str(row.get("seen", ""))[:40])
            for key, row in body["rows"].items()
        }
    except (KeyError, TypeError, ValueError, AttributeError) as fault:
        raise Refusal("form.unreadable", "没有看懂要保存的内容，请刷新页面后再填。") from fault


def _cells(found: Mapping[str, Any]) -> Typed:
    cells = {}
    for field, (before, after) in found.items():
        if field not in FIELDS or not isinstance(before, str) or not isinstance(after, str):
            raise ValueError(field)
        cells[field] = (before[:LONGEST], after[:LONGEST])
    return cells
