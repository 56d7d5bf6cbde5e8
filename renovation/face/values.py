"""What components are given: frozen values without domain words. Pages build them, tags draw them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

GateState = Literal["done", "now", "todo"]


@dataclass(frozen=True, slots=True)
class Gate:
    """One station of a horizontal timeline.

    ``done`` happened with evidence, ``now`` is where things stand, ``todo`` is to come. ``lines``
    are the dates under the name ("计划 4月25日"), ``alarm`` the lateness in days, in red.
    """

    name: str
    state: GateState
    lines: tuple[str, ...] = ()
    alarm: str = ""
    note: str = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Step:
    """One station of a vertical timeline; ``when`` is shown as it is, "" becomes “—”."""

    when: str
    title: str
    detail: str = ""
    state: GateState = "done"
    href: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a history: what it is (``label``: a date or a kind), what happened, the detail.

    ``before`` and ``after`` are status lights of a change and draw as symbol, word → symbol, word.
    """

    label: str
    title: str
    detail: str = ""
    href: str = ""
    before: str = ""
    after: str = ""


@dataclass(frozen=True, slots=True)
class Todo:
    """One thing to do today: the thing, the reason, the act. ``light`` puts its symbol at the reason."""

    title: str
    reason: str
    act: str
    href: str
    light: str = ""


@dataclass(frozen=True, slots=True)
class Link:
    """One amount of a chain on one scale. ``share`` is its part of the longest, 0–100, or None."""

    name: str
    value: str
    unit: str
    share: float | None
    lines: tuple[str, ...] = ()
    strong_line: str = ""


@dataclass(frozen=True, slots=True)
class Cell:
    """One fact of a strip: name above, value, note below; ``alarm`` makes the value red."""

    name: str
    value: str
    note: str = ""
    alarm: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """One segment, tab or crumb: a text, where it leads (None: not available), whether it is chosen.

    ``show`` is the kind of rows that a segment over a table on the same page leaves visible.
    """

    text: str
    href: str | None = None
    chosen: bool = False
    count: int | str | None = None
    show: str = ""


@dataclass(frozen=True, slots=True)
class Fault:
    """One line of an error summary: the place in words, what is wrong there, the address of the place."""

    place: str
    message: str
    href: str = ""


@dataclass(frozen=True, slots=True)
class LightLook:
    """How a status is drawn: its key, its word, its shape."""

    key: str
    word: str
    shape: Literal["disc", "triangle", "square", "ring"]


#: The four lights; symbol and word always, colour never alone (HOUSE.md §8).
LIGHTS: dict[str, LightLook] = {
    "green": LightLook("green", "正常", "disc"),
    "yellow": LightLook("yellow", "滞后", "triangle"),
    "red": LightLook("red", "严重滞后", "square"),
    "grey": LightLook("grey", "未到开工", "ring"),
}
_OTHER_NAMES = {
    "绿": "green",
    "黄": "yellow",
    "红": "red",
    "灰": "grey",
    "gray": "grey",
    "正常": "green",
    "滞后": "yellow",
    "严重滞后": "red",
    "未到开工": "grey",
}


def light_look(status: object) -> LightLook:
    """The look of a status given as key, as 红黄绿灰 or as its word.

    Raises:
        ValueError: it is none of the four; a page must not invent a light.
    """
    text = str(getattr(status, "value", status))
    try:
        return LIGHTS[_OTHER_NAMES.get(text, text)]
    except KeyError:
        raise ValueError(f"not a status light: {text!r}") from None


@dataclass(frozen=True, slots=True)
class Room:
    """A household in the grid of a building: its room, the word and symbol of its answer, where it leads.

    ``look``: agree, disagree, undecided, held or none.
    """

    place: str
    look: str
    word: str
    href: str = ""
