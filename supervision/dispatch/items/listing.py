"""The list of items: filtered and sorted by the address, each with how late it is and how often it was carried."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from renovation.accounts.scope import Scope
from renovation.core.periods import Week
from renovation.face.ordering import in_order
from supervision.dispatch.enums import FINAL_STATES, OPEN_STATES, ItemState
from supervision.dispatch.models import DispatchItem
from supervision.dispatch.pages import KIND_OF_ITEM
from supervision.dispatch.querysets import DispatchItemQuerySet

from .forms import ItemFilterForm


@dataclass(frozen=True, slots=True)
class ItemLine:
    """An item with how many days it is overdue (0 in time) and whether it is marked as carried too often."""

    row: DispatchItem
    overdue_days: int
    carried: int
    is_marked: bool
    asked_until: date | None

    @property
    def is_overdue(self) -> bool:
        """Still owed past its deadline."""
        return self.overdue_days > 0

    @property
    def word(self) -> str:
        """Its state in words."""
        state = str(self.row.get_state_display())
        return f"{state}，逾期" if self.is_overdue else state

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        return "alarm" if self.is_overdue else KIND_OF_ITEM[ItemState(self.row.state)]

    @property
    def street_name(self) -> str:
        """The street that it concerns: of its project, else the one that answers; "" for the bureau's own."""
        if self.row.project is not None:
            return str(self.row.project.street.short_name)
        return self.row.answerer_name if self.row.answerer_kind == "street" else ""


@dataclass(frozen=True, slots=True)
class ItemTable:
    """The lines that fit, and how they stand."""

    lines: tuple[ItemLine, ...]

    def count(self, *states: str) -> int:
        """How many are in some states."""
        return sum(line.row.state in states for line in self.lines)

    @property
    def open_count(self) -> int:
        """In force and not at their end."""
        return self.count(*OPEN_STATES)

    @property
    def overdue_count(self) -> int:
        return sum(line.is_overdue for line in self.lines)

    @property
    def reported_count(self) -> int:
        """Wait for the bureau to close them."""
        return self.count(ItemState.REPORTED)

    @property
    def asked_count(self) -> int:
        """Wait for an extension to be decided."""
        return sum(line.asked_until is not None for line in self.lines)

    @property
    def done_count(self) -> int:
        return self.count(ItemState.DONE)


KEYS: dict[str, Any] = {
    "code": lambda line: (line.row.week_start, line.row.number),
    "answerer": lambda line: line.row.answerer_name,
    "project": lambda line: line.row.project.name if line.row.project else None,
    "due": lambda line: line.row.due_on,
    "late": lambda line: line.overdue_days,
    "carried": lambda line: line.carried,
}


def line_of(row: DispatchItem, *, today: date, mark: int) -> ItemLine:
    """A row read ``with_carried`` and ``with_asked`` as a line; ``mark`` is from how many meetings on it is marked."""
    carried: int = row.carried_count  # type: ignore[attr-defined]
    asked: date | None = row.asked_until  # type: ignore[attr-defined]
    return ItemLine(
        row=row,
        overdue_days=row.overdue_days(today),
        carried=carried,
        is_marked=carried >= mark and row.is_open,
        asked_until=asked,
    )


def lines_of(*, rows: DispatchItemQuerySet, today: date, mark: int) -> list[ItemLine]:
    """Items as lines; those not settled first, by deadline. One query."""
    found: Iterable[DispatchItem] = (
        rows.with_carried()
        .with_asked()
        .select_related("project__street", "owner", "meeting")
        .order_by("due_on", "week_start", "number")
    )
    lines = [line_of(row, today=today, mark=mark) for row in found]
    return sorted(lines, key=lambda line: line.row.state in FINAL_STATES)


def item_table(
    *, scope: Scope, form: ItemFilterForm, sort: str, today: date, mark: int
) -> ItemTable:
    """The items in sight that fit. One query."""
    rows = DispatchItem.objects.visible_to(scope)
    state = form.chosen("state")
    if state == "overdue":
        rows = rows.overdue_on(today)
    elif not state:
        rows = rows.exclude(state__in=FINAL_STATES)
    elif state != "all":
        rows = rows.filter(state=state)
    if street := form.chosen("street"):
        rows = rows.filter(
            Q(project__street__code=street)
            | Q(organisation__code=street, answerer_kind="street")
            | Q(co_organisations__code=street)
        ).distinct()
    if week := form.chosen("week"):
        rows = rows.filter(week_start=Week.from_key(week).start)
    if words := form.chosen("q").strip():
        rows = rows.filter(
            Q(task__icontains=words)
            | Q(project__name__icontains=words)
            | Q(project__code__icontains=words)
            | Q(answerer_name__icontains=words)
        )
    return ItemTable(tuple(in_order(lines_of(rows=rows, today=today, mark=mark), sort, KEYS)))


def weeks_of(scope: Scope) -> list[tuple[str, str]]:
    """(key, label) of the weeks that the codes of items name, the newest first, for the filter. One query."""
    starts = (
        DispatchItem.objects.visible_to(scope)
        .order_by("-week_start")
        .values_list("week_start", flat=True)
        .distinct()
    )
    weeks = [Week(start) for start in starts]
    return [(week.key, week.full_number) for week in weeks]
