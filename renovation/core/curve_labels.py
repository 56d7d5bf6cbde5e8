"""Where the words of a curve find room: near the point they name, off the lines, apart from each other.

Pure geometry in pixels, y downwards.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Literal

#: The corners of a drawn line, x and y, from left to right; two on one x stand for an upright.
Corners = Sequence[tuple[float, float]]
Side = Literal["above", "beneath"]
#: The least and the greatest y of a line.
Span = tuple[float, float]

#: From a point to the words beside it, and from words to a line.
GAP = 10.0
_CLEAR = 3.0
_X = itemgetter(0)
#: How far apart the places are that are tried where the nearest is taken.
_ACROSS, _DOWN = 12.0, 4.0
#: What the worse places cost, in pixels of distance.
_OTHER_HAND, _ACROSS_THE_DAY, _WRONG_SIDE = 40.0, 60.0, 1000.0


@dataclass(frozen=True, slots=True)
class Box:
    """The room that words take."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: Box) -> bool:
        """Whether two boxes share any room."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


@dataclass(frozen=True, slots=True)
class Room:
    """What there is: the paper, the lines on it, the words that stand already."""

    paper: Box
    lines: Sequence[Corners]
    taken: Sequence[Box] = ()

    def holds(self, box: Box, barred: Sequence[Span] | None = None) -> bool:
        """Whether words may stand here: on the paper, on no line, on no other words.

        ``barred`` is what lines take of the column (``barred_to``), where it is known already.
        """
        paper = self.paper
        if barred is None:
            barred = self.barred_to(box.left, box.right)
        return (
            paper.left <= box.left
            and box.right <= paper.right
            and paper.top <= box.top
            and box.bottom <= paper.bottom
            and not any(box.meets(other) for other in self.taken)
            and not any(
                highest < box.bottom + _CLEAR and box.top - _CLEAR < lowest
                for highest, lowest in barred
            )
        )

    def barred_to(self, left: float, right: float) -> list[Span]:
        """What the lines take of the column in which words stand between two x."""
        return list(self.spans(left - _CLEAR, right + _CLEAR))

    def spans(self, left: float, right: float) -> Iterator[Span]:
        """The least and the greatest y of each line that runs between two x.

        A line is one stroke, so it takes every y between them.
        """
        for corners in self.lines:
            first = bisect_left(corners, left, key=_X)
            found = [y for _, y in corners[first : bisect_right(corners, right, key=_X)]]
            for edge in (left, right):
                after = bisect_left(corners, edge, key=_X)
                if 0 < after < len(corners) and edge < corners[after][0]:
                    (x0, y0), (x1, y1) = corners[after - 1], corners[after]
                    found.append(y0 + (y1 - y0) * (edge - x0) / (x1 - x0))
            if found:
                yield min(found), max(found)


def find_room(
    room: Room, *, width: float, height: float, at: tuple[float, float], side: Side
) -> Box | None:
    """The best place for words that name a point; None where there is none.

    Words ``above`` the lines stand best at the left of their point, since curves rise; words ``beneath``
    at its right. Nearer is better; the other hand, across the day of the point, and the wrong side of the
    lines are worse in this order.
    """
    best: tuple[float, Box] | None = None
    for left in _lefts(room.paper, width, at[0]):
        right = left + width
        least = _cost_across(left, right, at[0], side)
        if best is not None and best[0] <= least:
            continue
        spans = list(room.spans(left, right))
        barred = room.barred_to(left, right)
        top = room.paper.top
        while (bottom := top + height) <= room.paper.bottom:
            cost = least + _cost_down(top, bottom, at[1], side, spans)
            if best is None or cost < best[0]:
                box = Box(left, top, right, bottom)
                if room.holds(box, barred):
                    best = cost, box
            top += _DOWN
    return best[1] if best else None


def _lefts(paper: Box, width: float, x: float) -> Iterator[float]:
    left = x - GAP - width
    while left >= paper.left:
        yield left
        left -= _ACROSS
    left = x + GAP
    while left + width <= paper.right:
        yield left
        left += _ACROSS
    yield max(paper.left, min(x - width / 2, paper.right - width))


def _cost_across(left: float, right: float, x: float, side: Side) -> float:
    """What every place of a column costs."""
    across = max(left - x, x - right, 0.0)
    if left < x < right:
        return across + _ACROSS_THE_DAY
    if (side == "above") != (right <= x):
        return across + _OTHER_HAND
    return across


def _cost_down(top: float, bottom: float, y: float, side: Side, spans: Sequence[Span]) -> float:
    """What a place costs for its height, and for each line that it stands on the wrong side of."""
    cost = max(top - y, y - bottom, 0.0)
    for highest, lowest in spans:
        beyond = bottom <= highest if side == "above" else top >= lowest
        cost += 0 if beyond else _WRONG_SIDE
    return cost
