"""Who answered an item at a moment that may be past: a transfer keeps from whom it went."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime

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
