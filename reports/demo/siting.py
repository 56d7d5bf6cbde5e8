"""Where the estates of the demo lie: invented places near the middle of the district, the same on every machine."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .dice import Dice
from .outlines import BANYANG, SONGLING, ZHONGLOU

#: What the demo's bureau takes for its district: south, west, north, east in degrees.
BOX = "36.300000,117.600000,36.900000,118.300000"
#: Around which each street's estates are scattered, in millionths of a degree.
_MIDDLES = {
    BANYANG: (36_647_500, 117_954_000),
    SONGLING: (36_640_500, 117_976_500),
    ZHONGLOU: (36_660_500, 117_971_500),
}


def ground(name: str, street: str) -> dict[str, Any]:
    """The fields of a place for an estate; every sixth has none, as in life."""
    dice = Dice(f"ground {street} {name}")
    if dice.number(1, 6) == 6:
        return {}
    south, west = _MIDDLES[street]
    latitude = south + dice.number(-6000, 6000)
    longitude = west + dice.number(-8500, 8500)
    high, broad = dice.number(450, 800), dice.number(600, 1100)
    slant = dice.number(-160, 160)
    corners = (
        (latitude - high, longitude - broad),
        (latitude - high + slant, longitude + broad),
        (latitude + high + slant, longitude + broad - slant),
        (latitude + high, longitude - broad),
    )
    return {
        "latitude": _degrees(latitude),
        "longitude": _degrees(longitude),
        "outline": [[str(_degrees(a)), str(_degrees(b))] for a, b in corners]
        if dice.number(1, 3) > 1
        else [],
    }


def _degrees(millionths: int) -> Decimal:
    return (Decimal(millionths) / 1_000_000).quantize(Decimal("0.000001"))
