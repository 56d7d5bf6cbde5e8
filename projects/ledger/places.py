"""Where an estate lies: typed coordinates and outlines, held within the district's box. Pure functions."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from renovation.core.errors import Refusal
from renovation.core.reading import to_halfwidth

#: A place: latitude, longitude in degrees (WGS-84 or what the bureau's own survey uses).
Point = tuple[Decimal, Decimal]
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")
_STEP = Decimal("0.000001")
MOST_CORNERS = 200


@dataclass(frozen=True, slots=True)
class Box:
    """The district's box in degrees; whatever lies outside it was mistyped or turned around."""

    south: Decimal
    west: Decimal
    north: Decimal
    east: Decimal

    def holds(self, point: Point) -> bool:
        """Whether a place lies within the box, its edges included."""
        return self.south <= point[0] <= self.north and self.west <= point[1] <= self.east

    def __str__(self) -> str:
        return f"{self.south}，{self.west}，{self.north}，{self.east}"


def parse_box(typed: str) -> Box:
    """Read 南、西、北、东 in degrees; raises Refusal (``box.unreadable``, ``box.empty``)."""
    numbers = [Decimal(found) for found in _NUMBER.findall(to_halfwidth(typed))]
    if len(numbers) != 4:
        raise Refusal(
            "box.unreadable",
            "应填四个数：南、西、北、东，单位度。",
            found=typed.strip()[:50],
            expected="如36.30，117.60，36.90，118.30",
        )
    south, west, north, east = numbers
    latitudes_fit = -90 <= south < north <= 90
    if not latitudes_fit or not -180 <= west < east <= 180:
        raise Refusal(
            "box.empty",
            "南要小于北，西要小于东，纬度在正负90度之间，经度在正负180度之间。",
            found=typed.strip()[:50],
        )
    return Box(south, west, north, east)


def check_inside(point: Point, box: Box, *, field: str) -> None:
    """Refuse a place outside the box (``place.outside``); latitude and longitude turned around is said."""
    if box.holds(point):
        return
    if box.holds((point[1], point[0])):
        raise Refusal("place.outside", "纬度和经度填反了，请对调。", field=field)
    raise Refusal(
        "place.outside",
        f"这个位置（{point[0]}，{point[1]}）不在本区范围内（纬度 {box.south}—{box.north}，"
        f"经度 {box.west}—{box.east}）。",
        field=field,
    )


def parse_outline(typed: str, *, box: Box, field: str = "outline") -> list[list[str]]:
    """Read pasted corners, one a line as “纬度，经度”; at least three, all within the box.

    Refusals: ``outline.line`` (a line that is not two numbers), ``outline.few``, ``outline.many``,
    ``place.outside``. An outline that ends where it began loses the doubled corner.
    """
    corners: list[Point] = []
    for number, line in enumerate(to_halfwidth(typed).splitlines(), start=1):
        if not line.strip():
            continue
        found = _NUMBER.findall(line)
        if len(found) != 2:
            raise Refusal(
                "outline.line",
                f"第 {number} 行应是一个点：纬度，经度。",
                field=field,
                found=line.strip()[:40],
            )
        point = (Decimal(found[0]).quantize(_STEP), Decimal(found[1]).quantize(_STEP))
        check_inside(point, box, field=field)
        corners.append(point)
    if len(corners) > 1 and corners[0] == corners[-1]:
        corners.pop()
    if corners and len(corners) < 3:
        raise Refusal("outline.few", "轮廓至少要三个点。", field=field)
    if len(corners) > MOST_CORNERS:
        raise Refusal("outline.many", f"轮廓最多 {MOST_CORNERS} 个点。", field=field)
    return [[str(latitude), str(longitude)] for latitude, longitude in corners]


def outline_text(outline: Sequence[Sequence[str]]) -> str:
    """The corners as they are typed, one a line."""
    return "\n".join(f"{latitude}，{longitude}" for latitude, longitude in outline)


def centre(outline: Sequence[Sequence[str]]) -> Point | None:
    """The middle of the corners; None where there are none."""
    if not outline:
        return None
    count = len(outline)
    latitude = sum((Decimal(corner[0]) for corner in outline), Decimal(0)) / count
    longitude = sum((Decimal(corner[1]) for corner in outline), Decimal(0)) / count
    return latitude.quantize(_STEP), longitude.quantize(_STEP)
