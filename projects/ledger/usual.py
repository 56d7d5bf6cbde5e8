"""Whether an amount of money is what such a renovation usually costs: 元 a ㎡ of the estates that it renovates.

The usual range is a setting of the bureau (``ledger.roster.investment_per_sqm``, with its source). What lies outside is
asked about or pointed out, never refused: the data of the cities are a range, no law (DOMAIN.md §10).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from renovation.accounts.models import Organisation
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.records.services import values_in_force

from .models import Estate
from .parameters import INVESTMENT_PER_SQM


@dataclass(frozen=True, slots=True)
class Usual:
    """The lowest and the highest usual 元 a ㎡ of a bureau, and the areas of projects in ㎡."""

    low: Decimal
    high: Decimal
    areas: Mapping[int, Decimal]

    @property
    def range(self) -> str:
        """80—600 元"""
        return f"{self.low.normalize():f}—{self.high.normalize():f} 元"

    def working(self, *, project_id: int, fen: int) -> str:
        """How an amount comes to so much a ㎡: 1,268.50 万元 ÷ 63,000.00 ㎡ = 201.3 元."""
        area = self.areas[project_id]
        return (
            f"{format_decimal(wanyuan_from_fen(fen), 2)} 万元 ÷ {format_decimal(area, 2)} ㎡"
            f" = {format_decimal(_per_sqm(fen, area), 1)} 元"
        )

    def is_much(self, *, project_id: int, fen: int) -> bool:
        """Whether an amount is more a ㎡ than is usual; never for a project whose area is not known."""
        area = self.areas.get(project_id, Decimal(0))
        return area > 0 and _per_sqm(fen, area) > self.high

    def outside(self, *, fen: int, area: Decimal) -> str:
        """A sentence on an amount for an area that is more or less a ㎡ than is usual, "" where it is not."""
        if area <= 0 or self.low <= _per_sqm(fen, area) <= self.high:
            return ""
        shown = format_decimal(_per_sqm(fen, area), 1)
        return f"每平方米投资 {shown} 元，不在常见的 {self.range}之间，请核对单位和小数点。"


def usual_of(*, bureau: Organisation, project_ids: Collection[int], on: date) -> Usual:
    """What amounts of projects of a bureau are measured by on a day. Three queries."""
    low, high = values_in_force(organisation=bureau, on=on)[INVESTMENT_PER_SQM.key]
    areas: defaultdict[int, Decimal] = defaultdict(Decimal)
    rows = Estate.objects.filter(project__in=project_ids)
    for project_id, area in rows.values_list("project_id", "area_sqm"):
        areas[project_id] += area
    return Usual(low, high, dict(areas))


def _per_sqm(fen: int, area: Decimal) -> Fraction:
    return Fraction(fen, 100) / Fraction(area)
