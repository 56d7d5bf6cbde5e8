"""A form that writes several tracked rows at once (planned amounts by source, official totals by street).

No version speaks for all of them, so the form carries a mark: the newest entry in the history of each kind of row that
its reader saw. Who was slower meets a ``SheetConflict``, is told who changed what, and keeps what was typed; the fields
that were left as they stood take the present values (``take_over``). The service that writes such rows holds one lock
for all of them, so that their entries stand in the order in which they were written.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django import forms
from django.db.models import Max, QuerySet

from .conflicts import LONGEST_HISTORY, EditConflict, put_present


class SeenMark(forms.CharField):
    """The hidden field of a form that holds the mark of what its reader saw."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.HiddenInput(), required=False, max_length=60, **options)


class SheetConflict(EditConflict):
    """Rows of the sheet were written since; ``mark`` speaks for the present."""

    taken_over = True

    def __init__(
        self,
        message: str,
        *,
        changes: list[str],
        stood: Mapping[str, Any],
        present: Mapping[str, Any],
        mark: str,
    ) -> None:
        super().__init__(message, changes=changes, stood=stood, present=present)
        self.mark = mark


@dataclass(frozen=True, slots=True)
class Written:
    """One entry of a history: who wrote, what stood before and after (None: no row)."""

    who: str
    at: datetime
    before: Any
    after: Any

    @property
    def row(self) -> Any:
        """The entry that tells which row it is."""
        return self.before if self.after is None else self.after


@dataclass(frozen=True, slots=True)
class Cell:
    """A field of the form that an entry changed: its name there, its label for people, its values before and after,
    and both as people read them."""

    name: str
    label: str
    before: Any
    after: Any
    shown: tuple[str, str]


def mark_of(*histories: QuerySet[Any]) -> str:
    """What a form carries: the newest entry of each history, ``"12-340"``. A query a history."""
    newest = (rows.aggregate(newest=Max("history_id"))["newest"] for rows in histories)
    return "-".join(str(number or 0) for number in newest)


def written_since(*, history: QuerySet[Any], key: str, seen: int) -> list[Written]:
    """The entries after one, oldest first. ``key`` is the field that tells the rows of the sheet apart: a row that was
    taken away and entered again is the same one. One query."""
    last: dict[Any, Any] = {}
    found = []
    for entry in history.select_related("history_user").order_by("history_id"):
        row = getattr(entry, key)
        after = None if entry.history_type == "-" else entry
        if entry.history_id > seen:
            who = str(entry.history_user) if entry.history_user else "系统"
            found.append(Written(who, entry.history_date, last.get(row), after))
        last[row] = after
    return found


def seen_numbers(mark: str, count: int) -> list[int]:
    """The numbers of a mark; a mark that is none has seen nothing."""
    parts = mark.split("-")
    if len(parts) != count or not all(part.isascii() and part.isdecimal() for part in parts):
        return [0] * count
    return [int(part) for part in parts]


def refuse_stale(*, cells: Iterable[tuple[Written, Cell]], noun: str, mark: str) -> None:
    """Raises ``SheetConflict`` where fields were changed; each comes with the entry that did it."""
    stood: dict[str, Any] = {}
    present: dict[str, Any] = {}
    said: list[str] = []
    for entry, cell in sorted(cells, key=lambda pair: pair[0].at):
        stood.setdefault(cell.name, cell.before)
        present[cell.name] = cell.after
        old, new = cell.shown
        said.append(f"{entry.who}把“{cell.label}”由“{old or '空'}”改为“{new or '空'}”。")
    if said:
        raise SheetConflict(
            f"您打开表单后，别人改过{noun}。请看下面的改动，再决定是否保存。",
            changes=said[::-1][:LONGEST_HISTORY],
            stood=stood,
            present=present,
            mark=mark,
        )


def take_over(form: forms.Form, conflict: SheetConflict) -> None:
    """As of a row (``conflicts``), and the form carries what has been seen by now."""
    conflict.taken_over = put_present(form, conflict)
    data: Any = form.data
    data["seen"] = conflict.mark
