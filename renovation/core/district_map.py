"""A district's places as a drawing: points and outlines with their lights, streets by name, a scale bar and north.

Pure functions over plain values, as ``charts``: no tiles, nothing from outside, the same on page and in PDF,
readable in black and white. Degrees are laid flat around the middle of what is drawn, which is exact enough for
a district.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from html import escape

from .svg import (
    BAND,
    CONTROL,
    HAIRLINE,
    INK,
    INK_2,
    INK_3,
    SANS,
    SHAPE_COLOUR,
    Shape,
    line,
    num,
    symbol,
    text,
    text_width,
)

#: Latitude and longitude in degrees.
Point = tuple[Decimal, Decimal]
WIDTH, HEIGHT = 888.0, 620.0
_MARGIN, _FOOT = 56.0, 48.0
#: Kilometres of one degree of latitude.
_KM_PER_DEGREE = 111.32
#: Steps of a scale bar in kilometres, the longest first.
_STEPS = (20.0, 10.0, 5.0, 2.0, 1.0, 0.5, 0.2, 0.1, 0.05)
#: What is drawn covers at least so many kilometres, so that one estate does not fill the sheet.
_LEAST_KM = 1.2
_LABEL = 13.0
_NEAR = 6.0


@dataclass(frozen=True, slots=True)
class Site:
    """A place: its name, where it is, the shape of its light and the light's word, the corners of its ground
    (in order, may be empty), and the address its name leads to."""

    name: str
    at: Point
    shape: Shape
    word: str
    outline: Sequence[Point] = ()
    href: str = ""


@dataclass(frozen=True, slots=True)
class Area:
    """A street: its name and the places in it; the name stands in their middle."""

    name: str
    sites: Sequence[Site]


@dataclass(frozen=True, slots=True)
class _Frame:
    """Degrees to pixels: ``scale`` pixels a kilometre around (``south``–``north``, ``west``–``east``)."""

    middle: tuple[float, float]
    scale: float
    squeeze: float

    def xy(self, point: Point) -> tuple[float, float]:
        latitude, longitude = float(point[0]), float(point[1])
        x = (longitude - self.middle[1]) * _KM_PER_DEGREE * self.squeeze * self.scale
        y = (latitude - self.middle[0]) * _KM_PER_DEGREE * self.scale
        return WIDTH / 2 + x, (HEIGHT - _FOOT) / 2 - y


def district_map(*, title: str, areas: Sequence[Area], font_family: str = SANS) -> str:
    """The drawing as one SVG element of 888 × 620; "" where there is no place to draw.

    Names are put to the right of their places, else to the left, above or below, wherever they cover nothing;
    a name that finds no room is left out of the drawing and stands in its tooltip and in the list beside it.
    """
    sites = [site for area in areas for site in area.sites]
    if not sites:
        return ""
    frame = _frame([point for site in sites for point in (site.at, *site.outline)])
    taken = [_covered(site, frame) for site in sites]
    names = [_area(area, frame, taken) for area in areas if area.sites]
    marks, labels = _sites(sites, frame, taken)
    words = f"{title}：共 {len(sites)} 处。" + "；".join(
        f"{area.name} {len(area.sites)} 处" for area in areas if area.sites
    )
    parts = [
        _ground(),
        *names,
        *(_outline(site, frame) for site in sites),
        *marks,
        *labels,
        _scale_bar(frame),
        _north(),
    ]
    return (
        f'<svg class="chart-broad" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {num(WIDTH)} {num(HEIGHT)}"'
        f' width="{num(WIDTH)}" height="{num(HEIGHT)}" role="group" aria-label="{escape(words)}"'
        f' font-family="{escape(font_family)}">{"".join(parts)}</svg>'
    )


def _frame(points: Sequence[Point]) -> _Frame:
    latitudes = [float(point[0]) for point in points]
    longitudes = [float(point[1]) for point in points]
    middle = ((min(latitudes) + max(latitudes)) / 2, (min(longitudes) + max(longitudes)) / 2)
    squeeze = max(0.05, math.cos(math.radians(middle[0])))
    tall = max(_LEAST_KM, (max(latitudes) - min(latitudes)) * _KM_PER_DEGREE)
    broad = max(_LEAST_KM, (max(longitudes) - min(longitudes)) * _KM_PER_DEGREE * squeeze)
    scale = min((WIDTH - 2 * _MARGIN - 80) / broad, (HEIGHT - _FOOT - 2 * _MARGIN) / tall)
    return _Frame(middle, scale, squeeze)


def _ground() -> str:
    bottom = HEIGHT - _FOOT
    return (
        f'<rect x="0.5" y="0.5" width="{num(WIDTH - 1)}" height="{num(bottom - 1)}" fill="{BAND}"'
        f' stroke="{HAIRLINE}"/>'
    )


Box = tuple[float, float, float, float]


def _covered(site: Site, frame: _Frame) -> Box:
    """What a place covers: its mark and its ground."""
    x, y = frame.xy(site.at)
    corners = [frame.xy(corner) for corner in site.outline]
    return (
        min([x - 8, *(corner[0] for corner in corners)]),
        min([y - 8, *(corner[1] for corner in corners)]),
        max([x + 8, *(corner[0] for corner in corners)]),
        max([y + 8, *(corner[1] for corner in corners)]),
    )


def _area(area: Area, frame: _Frame, taken: list[Box]) -> str:
    """The street's name, large and pale, near the middle of its places where it covers none of them."""
    places = [frame.xy(site.at) for site in area.sites]
    half = text_width(area.name, 22, bold=True) / 2
    x = sum(place[0] for place in places) / len(places)
    x = min(max(x, half + 8), WIDTH - half - 8)
    middle = sum(place[1] for place in places) / len(places)

    def box(y: float) -> Box:
        return (x - half - 4, y - 22, x + half + 4, y + 8)

    heights = [
        min(max(middle + step, 30), HEIGHT - _FOOT - 12)
        for step in (-26, 34, -52, 60, -78, 86, -104, 112)
    ]
    free = (y for y in heights if not any(_cross(box(y), other) for other in taken))
    y = next(free, heights[0])
    taken.append(box(y))
    return text(x, y, area.name, size=22, fill=CONTROL, anchor="middle", bold=True)


def _outline(site: Site, frame: _Frame) -> str:
    if len(site.outline) < 3:
        return ""
    corners = " ".join(
        f"{num(x)},{num(y)}" for x, y in (frame.xy(corner) for corner in site.outline)
    )
    colour = SHAPE_COLOUR[site.shape]
    return (
        f'<polygon points="{corners}" fill="{colour}" fill-opacity="0.14" stroke="{colour}"'
        ' stroke-width="1.2"/>'
    )


def _sites(sites: Sequence[Site], frame: _Frame, taken: list[Box]) -> tuple[list[str], list[str]]:
    """Marks with their tooltips, and the names that found room. Alarming ones choose their room first."""
    order = {"square": 0, "triangle": 1, "disc": 2, "ring": 3}
    marks, labels = [], []
    for site in sorted(sites, key=lambda each: (order[each.shape], each.name)):
        x, y = frame.xy(site.at)
        tip = f"<title>{escape(site.name)}：{escape(site.word)}</title>"
        mark = f"<g>{tip}{symbol(site.shape, x, y, 13)}</g>"
        place = _room(_covered(site, frame), (x, y), site.name, taken)
        label = ""
        if place is not None:
            left, base, box = place
            taken.append(box)
            label = text(left, base, site.name, size=_LABEL, fill=INK, halo=True)
        if site.href:
            link = f'<a href="{escape(site.href)}">'
            mark = f"{link}{mark}</a>"
            label = f"{link}{label}</a>" if label else ""
        marks.append(mark)
        labels.append(label)
    return marks, labels


def _room(
    own: Box, at: tuple[float, float], name: str, taken: Sequence[Box]
) -> tuple[float, float, Box] | None:
    """Left edge and base line of a name beside a place that covers nothing; None where there is no room."""
    width = text_width(name, _LABEL)
    beside = at[1] + _LABEL * 0.36
    for left, base in (
        (own[2] + _NEAR, beside),
        (own[0] - _NEAR - width, beside),
        (at[0] - width / 2, own[1] - _NEAR),
        (at[0] - width / 2, own[3] + _NEAR + _LABEL),
    ):
        box = (left - 2, base - _LABEL, left + width + 2, base + 4)
        inside = box[0] > 4 and box[2] < WIDTH - 4 and box[1] > 4 and box[3] < HEIGHT - _FOOT - 4
        if inside and not any(_cross(box, other) for other in taken):
            return left, base, box
    return None


def _cross(one: Box, other: Box) -> bool:
    return not (
        one[2] <= other[0] or other[2] <= one[0] or one[3] <= other[1] or other[3] <= one[1]
    )


def _scale_bar(frame: _Frame) -> str:
    kilometres = next((step for step in _STEPS if step * frame.scale <= 180), _STEPS[-1])
    length = kilometres * frame.scale
    words = f"{kilometres:g} 公里" if kilometres >= 1 else f"{kilometres * 1000:g} 米"
    y = HEIGHT - 20
    return "".join(
        (
            line(8, y, 8 + length, y, stroke=INK_2, width=1.5),
            line(8, y - 5, 8, y + 5, stroke=INK_2, width=1.5),
            line(8 + length, y - 5, 8 + length, y + 5, stroke=INK_2, width=1.5),
            text(8 + length + 10, y + 5, words, size=13, fill=INK_2),
            text(WIDTH - 8, y + 5, "示意图，不作测绘和权属依据", size=13, fill=INK_3, anchor="end"),
        )
    )


def _north() -> str:
    x, y = WIDTH - 30, 24.0
    return (
        f'<polygon points="{num(x)},{num(y)} {num(x - 7)},{num(y + 22)} {num(x)},{num(y + 17)}'
        f' {num(x + 7)},{num(y + 22)}" fill="{INK_2}"/>'
        + text(x, y + 38, "北", size=13, fill=INK_2, anchor="middle")
    )
