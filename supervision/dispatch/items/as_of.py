"""How items stood at a moment that may be past: read from their steps and the extensions that were granted by then,
with who answered at that moment."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Q

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from supervision.dispatch.enums import (
    OPEN_STATES,
    OWED_STATES,
    ExtensionState,
    ItemAct,
    ItemState,
)
from supervision.dispatch.models import DispatchItem, ItemExtension, ItemStep
from supervision.dispatch.querysets import DispatchItemQuerySet

from .answered import answerer_at, read_moves, street_of_project
from .assigning import Answerer

#: The acts whose words say how an item goes, and what they are told under.
_SAID = {
    ItemAct.NOTE: "进展",
    ItemAct.REPORT: "报办结",
    ItemAct.SEND_BACK: "退回",
    ItemAct.GRANT_EXTENSION: "延期",
    ItemAct.CLOSE: "办结",
    # What was said before is not told as the words of who answers since.
    ItemAct.TRANSFER: "转交",
}


@dataclass(frozen=True)
class Standing:
    """An item at a moment: who answered and the street of its project then, its state and deadline then, the last words
    about how it goes."""

    item: DispatchItem
    answerer: Answerer
    project_street: Organisation | None
    state: ItemState
    due_on: date
    changed_at: datetime
    said: str
    said_at: datetime | None
    day: date

    @property
    def is_open(self) -> bool:
        return self.state in OPEN_STATES

    @property
    def overdue_days(self) -> int:
        """Days past the deadline while it was owed, as `DispatchItem.overdue_days` counts them."""
        return max(0, (self.day - self.due_on).days) if self.state in OWED_STATES else 0


def standings(*, items: DispatchItemQuerySet, at: datetime, since: datetime) -> list[Standing]:
    """Items in force at a moment that were open then or came to an end after ``since``, by deadline and code.

    One query where there is none, four otherwise, one more where the project of one ever moved.
    """
    settled = Q(done_at__lt=since) | Q(cancelled_at__lt=since)
    rows = list(
        items.filter(in_force_at__lte=at)
        .exclude(settled)
        .with_moved()
        .select_related("project__street", "organisation")
        .prefetch_related("co_organisations")
    )
    if not rows:
        return []
    read_moves(rows)
    steps = _steps(rows, at)
    granted: dict[int, date] = {}
    for extension in ItemExtension.objects.filter(
        item__in=rows, state=ExtensionState.GRANTED, decided_at__lte=at
    ).order_by("pk"):
        if extension.granted_on is not None:
            granted[extension.item_id] = extension.granted_on
    found = []
    for item in rows:
        every = steps.get(item.pk, [])
        done = [step for step in every if step.at <= at]
        transfers = [step for step in every if step.act == ItemAct.TRANSFER]
        last = done[-1] if done else None
        words = next((step for step in reversed(done) if step.act in _SAID and step.text), None)
        found.append(
            Standing(
                item=item,
                answerer=answerer_at(item=item, transfers=transfers, moment=at),
                project_street=street_of_project(item=item, on=local_day(at)),
                state=ItemState(last.to_state if last else item.state),
                due_on=granted.get(item.pk, item.first_due_on),
                changed_at=last.at if last else item.assigned_at,
                said=f"{_SAID[ItemAct(words.act)]}：{words.text}" if words else "",
                said_at=words.at if words else None,
                day=local_day(at),
            )
        )
    return sorted(found, key=lambda each: (each.due_on, each.item.week_start, each.item.number))


def _steps(rows: Iterable[DispatchItem], at: datetime) -> dict[int, list[ItemStep]]:
    """The steps of items until a moment and the transfers after it, in their order. One query."""
    found: dict[int, list[ItemStep]] = {}
    steps = ItemStep.objects.filter(Q(at__lte=at) | Q(act=ItemAct.TRANSFER), item__in=rows)
    for step in steps.select_related("from_organisation").order_by("pk"):
        found.setdefault(step.item_id, []).append(step)
    return found
