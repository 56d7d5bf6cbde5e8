"""Lead sentences: two at most, made of the same measures as the figures, one alarming word at most."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from renovation.core.measures import Measure, change, format_decimal
from renovation.core.wording import join

#: How many names a sentence carries before it counts the rest.
MOST_NAMED = 3


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a sentence; ``kind`` is "" or "strong" (a number) or "alarm" (the one red word)."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class Turn:
    """A project whose light is not what it was: keys of lights, and the deviations then and now."""

    code: str
    name: str
    before: str
    after: str
    deviation_before: Measure
    deviation_now: Measure
    #: Where a project went whose page the reader may not open.
    gone: str = ""

    @property
    def is_worse(self) -> bool:
        """Whether the light went towards red."""
        return _RANK[self.after] > _RANK[self.before]


_RANK = {"grey": 0, "green": 0, "yellow": 1, "red": 2}


def plain(pieces: Iterable[Piece]) -> str:
    """The sentence as text."""
    return "".join(piece.text for piece in pieces)


def standing(
    *, place: str, physical: Measure, deviation: Measure, before: Measure | None
) -> tuple[Piece, ...]:
    """How far, how far behind, and whether the gap has grown since ``before`` (the deviation of last week)."""
    if physical.value is None:
        return (Piece(f"{place}还没有可以计算进度的项目。"),)
    pieces = [Piece(f"{place}形象进度 "), Piece(physical.full_text, "strong")]
    if deviation.shown is not None:
        pieces += _gap(deviation)
    moved = change(deviation, before) if before is not None else None
    if moved is not None and moved.shown is not None and deviation.shown is not None:
        amount = format_decimal(abs(moved.shown), 1)
        behind = deviation.shown < 0
        if moved.shown == 0:
            pieces.append(Piece("，差距与上周持平" if behind else "，与上周持平"))
        elif behind:
            word = "扩大" if moved.shown < 0 else "缩小"
            pieces.append(Piece(f"，差距比上周{word} {amount} 百分点"))
        else:
            word = "收窄" if moved.shown < 0 else "扩大"
            pieces.append(Piece(f"，领先比上周{word} {amount} 百分点"))
    return (*pieces, Piece("。"))


def _gap(deviation: Measure) -> list[Piece]:
    shown = deviation.shown
    if not shown:
        return [Piece("，与序时进度持平")]
    word = "落后序时" if shown < 0 else "领先序时"
    return [Piece(f"，{word} "), Piece(f"{format_decimal(abs(shown), 1)} 百分点", "strong")]


def nothing_new(*, week: int) -> tuple[Piece, ...]:
    """Of a week of which no return counts yet: that the gap grew by the plan's days alone, which is nobody's lapse."""
    return (
        Piece(
            f"第{week}周还没有可计的周报，形象进度按此前的周报计，与上周的差别只是计划时间的推移。"
        ),
    )


def worsened(
    *, turns: Sequence[Turn], lights: Mapping[str, int], silent: Sequence[str]
) -> tuple[Piece, ...]:
    """What got worse since last week: projects by their new light, streets without a return; else how many
    stand behind."""
    clauses: list[list[Piece]] = []
    red = [turn.name for turn in turns if turn.is_worse and turn.after == "red"]
    yellow = [turn.name for turn in turns if turn.is_worse and turn.after == "yellow"]
    if red:
        clauses.append([Piece(f"{named(red)}转为"), Piece("严重滞后", "alarm")])
    if yellow:
        clauses.append([Piece(f"{named(yellow)}转为滞后")])
    if not red and not yellow:
        standing_red, standing_yellow = lights.get("red", 0), lights.get("yellow", 0)
        if standing_red:
            clause = [
                Piece("没有项目转差，"),
                Piece("严重滞后", "alarm"),
                Piece(f" {standing_red} 个"),
            ]
            clauses.append(
                [*clause, Piece(f"、滞后 {standing_yellow} 个")] if standing_yellow else clause
            )
        elif standing_yellow:
            clauses.append([Piece(f"没有项目转差，滞后 {standing_yellow} 个")])
        elif sum(lights.values()):
            clauses.append([Piece("没有项目转差，也没有滞后项目")])
    if silent:
        clauses.append([Piece(f"{named(silent)}本周未报")])
    if not clauses:
        return ()
    pieces: list[Piece] = []
    for number, clause in enumerate(clauses):
        pieces += [Piece("；"), *clause] if number else clause
    return (*pieces, Piece("。"))


def named(names: Sequence[str]) -> str:
    """`甲、乙、丙等 5 个项目`: names while they are few."""
    if len(names) <= MOST_NAMED:
        return join(names)
    return f"{join(names[:MOST_NAMED])}等 {len(names)} 个"
