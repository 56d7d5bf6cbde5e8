"""The outcomes that are counted, each in one unit: plain data, no models."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from renovation.core.measures import Unit

from .enums import Outcome


@dataclass(frozen=True, slots=True)
class Counted:
    """How an outcome is counted: its unit, and by the unit of a menu item how much of it one is."""

    unit: Unit
    units: Mapping[str, Fraction]

    @property
    def unit_words(self) -> str:
        """The units that an item of this outcome may have: 米、公里."""
        return "、".join(self.units)


ONE = Fraction(1)
COUNTED: Mapping[Outcome, Counted] = {
    Outcome.PIPES: Counted(Unit.KILOMETRES, {"米": Fraction(1, 1000), "公里": ONE}),
    Outcome.LIFTS: Counted(Unit.LIFTS, {"部": ONE}),
    Outcome.PARKING: Counted(Unit.COUNT, {"个": ONE}),
    Outcome.CHARGERS: Counted(Unit.COUNT, {"个": ONE}),
    Outcome.SERVICES: Counted(Unit.COUNT, {"个": ONE}),
    Outcome.MARKETS: Counted(Unit.COUNT, {"个": ONE}),
    Outcome.ROADS: Counted(Unit.ROADS, {"条": ONE}),
    Outcome.WATER: Counted(Unit.PLACES, {"处": ONE}),
}
