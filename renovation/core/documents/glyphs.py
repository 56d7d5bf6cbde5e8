"""Which characters the faces of the papers can print: asked where a text comes in, and before it is printed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from renovation.core.errors import Refusal

FONTS = Path(__file__).resolve().parents[3] / "static" / "fonts"
#: The face behind every family of the stylesheets.
LAST_FACE = FONTS / "song.otf"
#: What needs no glyph: line ends, tabs, and marks that only join or break.
_INVISIBLE = frozenset("\n\r\t\u00ad\u200b\u200c\u200d\u2060\ufeff")


@cache
def _glyphs() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(LAST_FACE, lazy=True) as font:
        return _INVISIBLE | {chr(code) for code in font.getBestCmap()}


def missing_glyphs(text: str) -> set[str]:
    """The characters that no face of the papers has; empty for a text that can be printed."""
    known = _glyphs()
    return set() if known.issuperset(text) else set(text) - known


def check_glyphs(text: str) -> None:
    """Raise Refusal (``paper.glyph``) naming every character that cannot be printed."""
    missing = sorted(missing_glyphs(text))
    if missing:
        named = "、".join(f"“{c}”（U+{ord(c):04X}）" for c in missing)
        raise Refusal(
            "paper.glyph",
            f"文稿中的字符{named}没有可用的字形，请换用规范字后再生成。",
            found="".join(missing),
            expected="《通用规范汉字表》和常用符号中的字符",
        )
