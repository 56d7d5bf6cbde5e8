"""Where the words of a curve find room: near the point they name, off the lines, apart from each other.

Pure geometry in pixels, y downwards.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

#: The corners of a drawn line, x and y, from left to right; two on one x stand for an upright.
Corners = Sequence[tuple[float, float]]
Side = Literal["above", "beneath"]

#: From a point to the words beside it, and from words to a line.
GAP = 10.0
_CLEAR = 3.0
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

    def holds(self, box: Box) -> bool:
        """Whether words may stand here: on the paper, on no line, on no other words."""
        paper = self.paper
        return (
            paper.left <= box.left
            and box.right <= paper.right
            and paper.top <= box.top
            and box.bottom <= paper.bottom
            and not any(box.meets(other) for other in self.taken)
            and not any(
                highest < box.bottom + _CLEAR and box.top - _CLEAR < lowest
                for highest, lowest in self.spans(box.left - _CLEAR, box.right + _CLEAR)
            )
        )

    def spans(self, left: float, right: float) -> Iterator[tuple[float, float]]:
        """The least and the greatest y of each line that runs between two x.

        A line is one stroke, so it takes every y between them.
        """
        for corners in self.lines:
            found = [y for x, y in corners if left <= x <= right]
            for (x0, y0), (x1, y1) in pairwise(corners):
                found += [
                    y0 + (y1 - y0) * (edge - x0) / (x1 - x0)
                    for edge in (left, right)
                    if x0 < edge < x1
                ]
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
        spans = list(room.spans(left, left + width))
        top = room.paper.top
        while top + height <= room.paper.bottom:
            box = Box(left, top, left + width, top + height)
            cost = _cost(box, at, side, spans)
            if (best is None or cost < best[0]) and room.holds(box):
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


def _cost(
    box: Box, at: tuple[float, float], side: Side, spans: Sequence[tuple[float, float]]
) -> float:
    x, y = at
    across = max(box.left - x, x - box.right, 0.0)
    down = max(box.top - y, y - box.bottom, 0.0)
    cost = across + down
    if box.left < x < box.right:
        cost += _ACROSS_THE_DAY
    elif (side == "above") != (box.right <= x):
        cost += _OTHER_HAND
    for highest, lowest in spans:
        beyond = box.bottom <= highest if side == "above" else box.top >= lowest
        cost += 0 if beyond else _WRONG_SIDE
    return cost
