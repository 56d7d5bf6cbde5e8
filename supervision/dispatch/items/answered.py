"""Who answered an item at a moment that may be past, and in which street its project was then: a transfer keeps from
whom it went, a move from where."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime

from django.db.models import Prefetch, prefetch_related_objects

from projects.ledger.models import FormerStreet
from renovation.accounts.models import Organisation
from supervision.dispatch.enums import AnswererKind, ItemAct
from supervision.dispatch.models import DispatchItem, ItemStep

from .assigning import Answerer


def answerer_at(*, item: DispatchItem, transfers: Iterable[ItemStep], moment: datetime) -> Answerer:
    """Who answered at a moment; ``transfers`` are those of the item in their order, with ``from_organisation``. The
    party itself is not read. No query where ``organisation`` was selected."""
    for step in transfers:
        if step.at > moment:
            return Answerer(AnswererKind(step.from_kind), step.from_name, step.from_organisation)
    return Answerer(AnswererKind(item.answerer_kind), item.answerer_name, item.organisation)


def transfers_of(items: Iterable[DispatchItem]) -> dict[int, list[ItemStep]]:
    """item id → its transfers in their order. One query, none without items."""
    found: defaultdict[int, list[ItemStep]] = defaultdict(list)
    rows = ItemStep.objects.filter(
        item__in=[item.pk for item in items], act=ItemAct.TRANSFER
    ).select_related("from_organisation")
    for step in rows.order_by("pk"):
        found[step.item_id].append(step)
    return found


def read_moves(items: Iterable[DispatchItem]) -> None:
    """Read the moves of the projects of items, which come ``with_moved`` and with their project. One query, none where
    no project moved."""
    prefetch_related_objects(
        [item.project for item in items if item.project is not None and _moved(item)],
        Prefetch("former_streets", FormerStreet.objects.select_related("street")),
    )


def street_of_project(*, item: DispatchItem, on: date) -> Organisation | None:
    """The street of its project on a day; None where it is about no single project. No query after ``read_moves``."""
    if item.project is None:
        return None
    return item.project.street_on(on) if _moved(item) else item.project.street


def _moved(item: DispatchItem) -> bool:
    moved: bool = item.has_moved  # type: ignore[attr-defined]
    return moved
