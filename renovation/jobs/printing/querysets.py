"""Queries over printings."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Self

from renovation.records.querysets import WorkQuerySet

if TYPE_CHECKING:
    from .models import Printing


class PrintingQuerySet(WorkQuerySet["Printing"]):
    """Printings are reached by the digest of what the reader may compile."""

    def settled_before(self, moment: datetime) -> Self:
        """Made or given up before a moment, the oldest first."""
        rows = self.filter(work_state__in=["done", "failed"], finished_at__lt=moment)
        return rows.order_by("finished_at", "pk")
