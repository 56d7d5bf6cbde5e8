"""What was meant against what came of it, pair by pair, as SVG: readable in black and white, every bar named.

Pure, as `core.charts`: no Django, no domain words, no number computed that a reader reads.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from .svg import ACTION, CONTROL, INK, INK_2, INK_3, SANS, WHITE, line, num, rect, text, text_width

Size = Literal["broad", "narrow"]
_WIDTH = {"broad": 888, "narrow": 328}
_FONT = {"broad": 14, "narrow": 13}
_BAR = 16
_GAP = 4
_PAIR = 68


@dataclass(frozen=True, slots=True)
class Pair:
    """One pair: its name, the two lengths (any one unit, None where there is none), their texts, and a remark
    beside the second (“−12.4%”)."""

    name: str
    meant: float | None
    came: float | None
    meant_text: str
    came_text: str
    remark: str = ""


def pair_bars(
    *,
    title: str,
    pairs: Sequence[Pair],
    words: tuple[str, str],
    size: Size = "broad",
    font_family: str = SANS,
) -> str:
    """Horizontal bars, the meant one outlined, the other filled, each with its word and number at its end.

    Args:
        title: the finding in words, for assistive tools.
        pairs: from top to bottom.
        words: what the outlined and the filled bar are called (“预测”, “实际”).
        size: "broad" (888 px) or "narrow" (328 px, for phones).
    """
    width, font = _WIDTH[size], _FONT[size]
    labels = [f"{words[0]} {pair.meant_text}" for pair in pairs] + [
        _came(pair, words[1]) for pair in pairs
    ]
    left = max((text_width(pair.name, font, bold=True) for pair in pairs), default=0) + 12
    room = max((text_width(label, font) for label in labels), default=0) + 12
    if size == "narrow":
        left = 0
    longest = max((each or 0 for pair in pairs for each in (pair.meant, pair.came)), default=0)
    scale = (width - left - room - 8) / longest if longest else 0.0
    head = 22 if size == "narrow" else 0
    height = (_PAIR + head) * len(pairs)
    parts = []
    for number, pair in enumerate(pairs):
        top = number * (_PAIR + head)
        if number:
            parts.append(line(0, top, width, top, stroke="#d6dce2"))
        middle = top + head + 12 + _BAR + _GAP / 2
        if size == "narrow":
            parts.append(text(0, top + 24, pair.name, size=font, bold=True))
        else:
            parts.append(text(0, middle + 5, pair.name, size=font, bold=True))
        upper = top + head + 12
        lower = upper + _BAR + _GAP
        for y, value, label, filled in (
            (upper, pair.meant, f"{words[0]} {pair.meant_text}", False),
            (lower, pair.came, _came(pair, words[1]), True),
        ):
            long = (value or 0) * scale
            if long > 0:
                parts.append(
                    rect(left, y, long, _BAR, fill=ACTION)
                    if filled
                    else rect(
                        left + 0.5, y + 0.5, max(long - 1, 1), _BAR - 1, fill=WHITE, stroke=CONTROL
                    )
                )
            parts.append(
                text(left + long + 8, y + 13, label, size=font, fill=INK if filled else INK_2)
            )
        parts.append(line(left, upper - 3, left, lower + _BAR + 3, stroke=INK_3))
    spoken = "；".join(
        f"{pair.name}{words[0]} {pair.meant_text}，{_came(pair, words[1])}" for pair in pairs
    )
    return (
        f'<svg class="chart-{size}" xmlns="http://www.w3.org/2000/svg" role="img"'
        f' viewBox="0 0 {num(width)} {num(height)}" width="{num(width)}" height="{num(height)}"'
        f' font-family="{escape(font_family)}"><title>{escape(title)}</title>'
        f"<desc>{escape(spoken)}</desc>{''.join(parts)}</svg>"
    )


def _came(pair: Pair, word: str) -> str:
    said = f"{word} {pair.came_text}"
    return f"{said}（{pair.remark}）" if pair.remark else said
