"""Queries over printings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renovation.records.querysets import WorkQuerySet

if TYPE_CHECKING:
    from .models import Printing


class PrintingQuerySet(WorkQuerySet["Printing"]):
    """Printings are reached by the digest of what the reader may compile."""
