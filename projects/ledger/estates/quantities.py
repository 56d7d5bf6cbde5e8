"""An estate's quantities beside the sums over its buildings. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from projects.ledger.models import Building, Estate
from renovation.core.measures import format_decimal


@dataclass(frozen=True, slots=True)
class Compared:
    """A quantity as the estate has it, and its sum over the buildings."""

    name: str
    unit: str
    places: int
    estate: Decimal
    buildings: Decimal

    @property
    def agrees(self) -> bool:
        """Whether both are the same."""
        return self.estate == self.buildings

    @property
    def sentence(self) -> str:
        """户数：楼幢合计 98 户，小区登记 100 户，少 2 户。"""
        gap = self.buildings - self.estate
        word = "多" if gap > 0 else "少"
        shown = [
            format_decimal(each, self.places) for each in (self.buildings, self.estate, abs(gap))
        ]
        return (
            f"{self.name}：楼幢合计 {shown[0]} {self.unit}，小区登记 {shown[1]} {self.unit}，"
            f"{word} {shown[2]} {self.unit}。"
        )


def compare(*, estate: Estate, buildings: Sequence[Building]) -> list[Compared]:
    """Number of buildings, households and area of an estate beside its buildings; empty where none is entered."""
    if not buildings:
        return []
    area = sum((each.area_sqm for each in buildings), Decimal(0))
    households = sum(each.household_count for each in buildings)
    return [
        Compared("楼栋数", "栋", 0, Decimal(estate.building_count), Decimal(len(buildings))),
        Compared("户数", "户", 0, Decimal(estate.household_count), Decimal(households)),
        Compared("建筑面积", "㎡", 2, estate.area_sqm, area),
    ]


def differences(*, estate: Estate, buildings: Sequence[Building]) -> list[str]:
    """Sentences on what does not agree."""
    rows = compare(estate=estate, buildings=buildings)
    return [row.sentence for row in rows if not row.agrees]
