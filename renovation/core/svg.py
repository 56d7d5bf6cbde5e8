"""What server-drawn charts are made of: colours, text, a scale of days. Pure strings, no Django.

Everything is said by presentation attributes, so that a page under a strict content security policy
and a PDF show the same drawing without a stylesheet. Colours are the tokens of FACE.md.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta
from html import escape
from typing import Literal

INK = "#1a222b"
INK_2 = "#46515d"
INK_3 = "#626d79"
CONTROL = "#7b8794"
HAIRLINE = "#d6dce2"
BAND = "#f5f7f9"
TINT = "#eaf0f7"
ACTION = "#1d4e89"
ALARM = "#b8281a"
GREEN = "#1f7a4a"
OCHRE = "#b06a00"
WHITE = "#ffffff"

SANS = "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif"
SERIF = "STZhongsong, SimSun, Noto Serif CJK SC, Songti SC, serif"

Anchor = Literal["start", "middle", "end"]
Shape = Literal["disc", "triangle", "square", "ring"]
SHAPE_COLOUR: dict[str, str] = {"disc": GREEN, "triangle": OCHRE, "square": ALARM, "ring": INK_2}


def num(value: float) -> str:
    """A coordinate with at most one decimal, the same text for the same value."""
    shown = f"{value:.1f}".removesuffix(".0")
    return "0" if shown == "-0" else shown


def text_width(content: str, size: float, bold: bool = False) -> float:
    """About how wide a text is in pixels: full-width signs one em, others a little over half."""
    wide = sum(1 for char in content if unicodedata.east_asian_width(char) in "WF")
    return size * (wide + (0.6 if bold else 0.56) * (len(content) - wide))


def text(
    x: float,
    y: float,
    content: str,
    *,
    size: float = 14,
    fill: str = INK,
    anchor: Anchor = "start",
    bold: bool = False,
    halo: bool = False,
    family: str = "",
) -> str:
    """A line of text; ``halo`` draws it on a white edge where it may cross a line."""
    attributes = f'x="{num(x)}" y="{num(y)}" font-size="{num(size)}"'
    if anchor != "start":
        attributes += f' text-anchor="{anchor}"'
    if bold:
        attributes += ' font-weight="700"'
    if family:
        attributes += f' font-family="{escape(family)}"'
    shown = escape(content)
    drawn = f'<text {attributes} fill="{fill}">{shown}</text>'
    if halo:
        edge = f'fill="{WHITE}" stroke="{WHITE}" stroke-width="5" stroke-linejoin="round"'
        drawn = f'<text {attributes} {edge} aria-hidden="true">{shown}</text>{drawn}'
    return drawn


def line(
    x1: float, y1: float, x2: float, y2: float, *, stroke: str, width: float = 1, dash: str = ""
) -> str:
    """A straight line."""
    dashes = f' stroke-dasharray="{dash}"' if dash else ""
    return (
        f'<line x1="{num(x1)}" y1="{num(y1)}" x2="{num(x2)}" y2="{num(y2)}"'
        f' stroke="{stroke}" stroke-width="{num(width)}"{dashes}/>'
    )


def rect(
    x: float,
    y: float,
    width: float,
    height: float,
    *,
    fill: str = "none",
    stroke: str = "none",
    stroke_width: float = 1,
    dash: str = "",
) -> str:
    """A box."""
    drawn = (
        f'<rect x="{num(x)}" y="{num(y)}" width="{num(width)}" height="{num(height)}" fill="{fill}"'
    )
    if stroke != "none":
        drawn += f' stroke="{stroke}" stroke-width="{num(stroke_width)}"'
        drawn += f' stroke-dasharray="{dash}"' if dash else ""
    return drawn + "/>"


def symbol(shape: Shape, x: float, y: float, size: float = 11) -> str:
    """A light's symbol centred at (x, y): disc, triangle, square, ring, all of one weight."""
    half = size / 2
    colour = SHAPE_COLOUR[shape]
    if shape == "disc":
        return f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(half * 0.96)}" fill="{colour}"/>'
    if shape == "ring":
        return (
            f'<circle cx="{num(x)}" cy="{num(y)}" r="{num(half * 0.8)}" fill="none"'
            f' stroke="{colour}" stroke-width="1.6"/>'
        )
    if shape == "square":
        return rect(x - half * 0.92, y - half * 0.92, size * 0.92, size * 0.92, fill=colour)
    base = num(y + half * 0.9)
    points = f"{num(x)},{num(y - half)} {num(x + half * 1.1)},{base} {num(x - half * 1.1)},{base}"
    return f'<polygon points="{points}" fill="{colour}"/>'


def month_ends(start: date, end: date) -> list[date]:
    """The last days of the months that end between two days, both included."""
    found = []
    last = month_end(start)
    while last <= end:
        found.append(last)
        last = month_end(last + timedelta(days=1))
    return found


def month_end(day: date) -> date:
    """The last day of the month of a day."""
    following = (day.replace(day=28) + timedelta(days=4)).replace(day=1)
    return following - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class DayScale:
    """Days on a line: ``start`` at its morning lies at ``left``, ``end`` at its evening at ``right``."""

    start: date
    end: date
    left: float
    right: float

    def at(self, day: date) -> float:
        """Where the evening of a day lies, held within the line."""
        whole = (self.end - self.start).days + 1
        share = ((day - self.start).days + 1) / whole
        return self.left + (self.right - self.left) * min(1.0, max(0.0, share))

    def morning(self, day: date) -> float:
        """Where the morning of a day lies, held within the line."""
        return self.at(day - timedelta(days=1))

    def months(self) -> list[tuple[date, float, float]]:
        """The months on the line: first day, left and right edge."""
        found = []
        day = self.start
        while day <= self.end:
            last = min(month_end(day), self.end)
            found.append((day, self.morning(day), self.at(last)))
            day = last + timedelta(days=1)
        return found


def month_name(first: date, *, with_year: bool) -> str:
    """9月, or 2026年1月 for a January of a line over several years."""
    return f"{first.year}年{first.month}月" if with_year else f"{first.month}月"
