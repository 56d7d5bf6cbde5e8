"""A picture for a work group: title, day, figures with their marks and one table, drawn onto a sheet as PNG.

What a clerk sends into a chat is read on a phone, so the picture says what the page says: the same words, the
same 待核, the same lights as symbol and number. It is drawn with the faces of ``static/fonts``, without a browser,
and the same card gives the same picture. Sizes are CSS pixels of a sheet 720 wide, drawn twice as fine.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any

from renovation.core.documents.glyphs import FONTS, LAST_FACE
from renovation.core.measures import NO_NUMBER

if TYPE_CHECKING:
    from PIL.ImageDraw import ImageDraw

CONTENT_TYPE = "image/png"
WIDTH, SCALE, EDGE = 720, 2, 36
#: Tokens of the face (static/css/tokens.css).
INK, INK_2, INK_3 = "#1a222b", "#46515d", "#626d79"
CONTROL, HAIRLINE, BAND = "#7b8794", "#d6dce2", "#f5f7f9"
VERMILION, GREEN, OCHRE = "#b8281a", "#1f7a4a", "#b06a00"
_GAP = 24
_PIECES = re.compile(r"(?:\d+年)?\d+月\d+日|[A-Za-z0-9.,:%+−/\-]+|\s|.", re.DOTALL)
_CLOSING = frozenset("，。、；：！？）》”%")


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of words; ``kind`` is "", "strong" or "alarm" (bold and red)."""

    text: str
    kind: str = ""


@dataclass(frozen=True, slots=True)
class CardFigure:
    """A figure: name, number and unit, what it is made of, how it changed; ``mark`` is 已核定, 待核 or ""."""

    name: str
    value: str
    unit: str = ""
    basis: str = ""
    change: str = ""
    mark: str = ""


@dataclass(frozen=True, slots=True)
class CardMark:
    """A light in a cell: ``shape`` is green, yellow, red or grey, ``text`` its number or word."""

    shape: str
    text: str

    @property
    def word(self) -> str:
        """For who cannot see it."""
        return f"{_SHAPES[self.shape]} {self.text}".strip()


Cell = str | tuple[CardMark, ...]
_SHAPES = {"green": "正常", "yellow": "滞后", "red": "严重滞后", "grey": "未到开工"}


@dataclass(frozen=True, slots=True)
class CardTable:
    """Rows under heads; a head with True stands over numbers. ``last_is_total`` sets the last row bold."""

    title: str
    heads: tuple[tuple[str, bool], ...]
    rows: tuple[tuple[Cell, ...], ...]
    last_is_total: bool = False


@dataclass(frozen=True, slots=True)
class Card:
    """What the picture says, from top to bottom. ``lead`` are sentences, each of runs."""

    title: str
    subtitle: str
    lead: tuple[tuple[Run, ...], ...] = ()
    figures: tuple[CardFigure, ...] = ()
    table: CardTable | None = None
    notes: tuple[str, ...] = ()
    foot: str = ""

    @property
    def alt(self) -> str:
        """The picture in words: what stands in it, in its order."""
        lines = [self.title, self.subtitle, *("".join(r.text for r in each) for each in self.lead)]
        for each in self.figures:
            aside = "，".join(part for part in (each.basis, each.change, each.mark) if part)
            unit = each.unit if each.value != NO_NUMBER else ""
            lines.append(f"{each.name} {each.value}{unit}" + (f"（{aside}）" if aside else ""))
        if self.table is not None:
            lines.append(self.table.title)
            lines += [" ".join(filter(None, map(cell_text, row))) for row in self.table.rows]
        lines += [*self.notes, self.foot]
        return "\n".join(line for line in lines if line)


def cell_text(cell: Cell) -> str:
    """A cell in words."""
    return cell if isinstance(cell, str) else "、".join(mark.word for mark in cell)


def card_png(card: Card) -> bytes:
    """The picture as PNG, 1,440 pixels wide and as high as its words need; ``Description`` in it is ``card.alt``."""
    from PIL import Image, ImageDraw
    from PIL.PngImagePlugin import PngInfo

    # Once for the height, on a sheet that keeps nothing, and once to draw.
    height = _Sheet(ImageDraw.Draw(Image.new("RGB", (1, 1)))).draw(card)
    image = Image.new("RGB", (WIDTH * SCALE, height * SCALE), "#ffffff")
    _Sheet(ImageDraw.Draw(image)).draw(card)
    words = PngInfo()
    words.add_itxt("Title", card.title, lang="zh-CN")
    words.add_itxt("Description", card.alt, lang="zh-CN")
    out = io.BytesIO()
    image.save(out, "PNG", optimize=True, pnginfo=words)
    return out.getvalue()


class _Sheet:
    """A sheet that is drawn from top to bottom; ``y`` is how far it has come."""

    def __init__(self, brush: ImageDraw) -> None:
        self._brush = brush
        self._y = 0

    def draw(self, card: Card) -> int:
        """Draw a card; the height of the sheet."""
        self._box(0, 0, WIDTH, 4, VERMILION)
        self._y = EDGE
        self._words([Run(card.title)], size=28, line=40, face="song-bold")
        self._words([Run(card.subtitle)], size=15, line=24, colour=INK_2)
        if card.lead:
            self._y += 12
        for sentence in card.lead:
            self._words(sentence, size=19, line=32)
        if card.figures:
            self._y += 16
            self._rule(INK)
        columns = 2 if len(card.figures) in {2, 4} else 3
        for start in range(0, len(card.figures), columns):
            if start:
                self._rule(HAIRLINE)
            self._figures(card.figures[start : start + columns], columns)
        if card.table is not None:
            self._table(card.table)
        if card.notes:
            self._y += 16
        for note in card.notes:
            self._words([Run(note)], size=13, line=20, colour=INK_3)
        if card.foot:
            self._y += 20
            self._rule(HAIRLINE)
            self._y += 10
            self._words([Run(card.foot)], size=13, line=20, colour=INK_3)
        return self._y + EDGE - 12

    # -- parts ---------------------------------------------------------------------------------------
    def _figures(self, figures: Sequence[CardFigure], columns: int) -> None:
        width = (WIDTH - 2 * EDGE - (columns - 1) * _GAP) // columns
        top, bottoms = self._y + 14, []
        for number, each in enumerate(figures):
            x = EDGE + number * (width + _GAP)
            self._y = top
            if number:
                self._box(x - _GAP // 2, top, x - _GAP // 2 + 1, top + 112, HAIRLINE)
            self._words([Run(each.name)], size=14, line=22, colour=INK_2, x=x, width=width)
            self._number(each, x)
            for words, colour in ((each.basis, INK_3), (each.change, INK_2)):
                if words:
                    self._words([Run(words)], size=13, line=20, colour=colour, x=x, width=width)
            if each.mark:
                self._approval(each.mark, x)
            bottoms.append(self._y)
        self._y = max(bottoms) + 14

    def _number(self, each: CardFigure, x: int) -> None:
        value, unit = _Type("hei", 32), _Type("hei", 15)
        self._text(x, self._y + 22, each.value, value, INK, strong=True)
        if each.unit and each.value != NO_NUMBER:
            left = x + value.length(each.value) + 5
            self._text(left, self._y + 27, each.unit, unit, INK_2)
        self._y += 44

    def _approval(self, mark: str, x: int) -> None:
        font, is_approved = _Type("hei", 12), mark == "已核定"
        words = x + (20 if is_approved else 6)
        right = words + font.length(mark) + 6
        top, bottom = self._y + 5, self._y + 25
        corners = ((x, top), (right, top), (right, bottom), (x, bottom), (x, top))
        for (x1, y1), (x2, y2) in pairwise(corners):
            self._line(x1, y1, x2, y2, dashed=not is_approved)
        if is_approved:
            for x1, y1, x2, y2 in ((6, 10, 9, 13), (9, 13, 15, 7)):
                self._line(x + x1, top + y1, x + x2, top + y2, dashed=False)
        self._text(words, (top + bottom) / 2, mark, font, INK)
        self._y += 28

    def _table(self, table: CardTable) -> None:
        self._y += 12
        self._rule(INK)
        self._y += 12
        self._words([Run(table.title)], size=18, line=28, strong=True)
        widths = _widths(table)
        self._cells([head for head, _ in table.heads], table, widths, colour=INK_2, size=13)
        self._rule(CONTROL)
        for number, row in enumerate(table.rows):
            is_total = table.last_is_total and number == len(table.rows) - 1
            self._cells(row, table, widths, strong=is_total)
            self._rule(HAIRLINE)

    def _cells(
        self,
        cells: Sequence[Cell],
        table: CardTable,
        widths: Sequence[int],
        *,
        colour: str = INK,
        size: int = 15,
        strong: bool = False,
    ) -> None:
        font, x, middle = _Type("hei", size), EDGE, self._y + 17
        for cell, (_, is_number), width in zip(cells, table.heads, widths, strict=True):
            if isinstance(cell, str):
                left = x + width - font.length(cell) - 14 if is_number else x
                self._text(left, middle, cell, font, colour, strong=strong)
            else:
                self._marks(x, middle, cell, font)
            x += width
        self._y += 34

    def _marks(self, x: float, middle: float, marks: Sequence[CardMark], font: _Type) -> None:
        for mark in marks:
            self._symbol(x, middle, mark.shape)
            self._text(x + 16, middle, mark.text, font, INK)
            x += 16 + font.length(mark.text) + 12

    def _symbol(self, x: float, middle: float, shape: str) -> None:
        box = [(x * SCALE, (middle - 6) * SCALE), ((x + 12) * SCALE, (middle + 6) * SCALE)]
        (left, top), (right, bottom) = box
        if shape == "yellow":
            points = [(left, bottom), (right, bottom), ((left + right) / 2, top)]
            self._brush.polygon(points, fill=OCHRE)
        elif shape == "red":
            self._brush.rectangle([(left + 2, top + 2), (right - 2, bottom - 2)], fill=VERMILION)
        elif shape == "green":
            self._brush.ellipse(box, fill=GREEN)
        else:
            self._brush.ellipse(box, outline=INK_2, width=SCALE + 1)

    # -- strokes -------------------------------------------------------------------------------------
    def _words(
        self,
        runs: Sequence[Run],
        *,
        size: int,
        line: int,
        colour: str = INK,
        face: str = "hei",
        strong: bool = False,
        x: int = EDGE,
        width: int = WIDTH - 2 * EDGE,
    ) -> None:
        font = _Type(face, size)
        for row in _wrapped(runs, font, width):
            left: float = x
            for run in row:
                ink = VERMILION if run.kind == "alarm" else colour
                self._text(
                    left, self._y + line / 2, run.text, font, ink, strong=strong or bool(run.kind)
                )
                left += font.length(run.text)
            self._y += line

    def _text(
        self, x: float, middle: float, text: str, font: _Type, colour: str, *, strong: bool = False
    ) -> None:
        """Text centred on a line; bold is drawn by a stroke, since the black face has one weight."""
        for part, face in font.stretches(text):
            self._brush.text(
                (x * SCALE, middle * SCALE),
                part,
                font=face,
                fill=colour,
                anchor="lm",
                stroke_width=1 if strong else 0,
                stroke_fill=colour,
            )
            x += face.getlength(part) / SCALE

    def _rule(self, colour: str) -> None:
        self._box(EDGE, self._y, WIDTH - EDGE, self._y + 1, colour)
        self._y += 1

    def _box(self, left: float, top: float, right: float, bottom: float, colour: str) -> None:
        area = [left * SCALE, top * SCALE, right * SCALE - 1, bottom * SCALE - 1]
        self._brush.rectangle(area, fill=colour)

    def _line(self, x1: float, y1: float, x2: float, y2: float, *, dashed: bool) -> None:
        """A straight stroke of one pixel, whole or in dashes of four."""
        length = max(abs(x2 - x1), abs(y2 - y1))
        step = 4 if dashed else length
        at = 0.0
        while at < length:
            end = min(at + step, length)
            begin, stop = (at / length, end / length)
            self._brush.line(
                [
                    ((x1 + (x2 - x1) * begin) * SCALE, (y1 + (y2 - y1) * begin) * SCALE),
                    ((x1 + (x2 - x1) * stop) * SCALE, (y1 + (y2 - y1) * stop) * SCALE),
                ],
                fill=INK,
                width=SCALE,
            )
            at = end + (3 if dashed else 0)


@dataclass(frozen=True, slots=True)
class _Type:
    """A face at a size in CSS pixels. A character that the face lacks comes from the face behind all others."""

    face: str
    size: int

    def length(self, text: str) -> float:
        """How wide a text is, in CSS pixels."""
        return sum(float(font.getlength(part)) for part, font in self.stretches(text)) / SCALE

    def stretches(self, text: str) -> Iterator[tuple[str, Any]]:
        """The text in stretches of one font."""
        known = _characters(self.face)
        if known.issuperset(text):
            yield text, _font(self.face, self.size)
            return
        for is_known, part in groupby(text, key=known.__contains__):
            yield "".join(part), _font(self.face if is_known else LAST_FACE.stem, self.size)


@cache
def _font(face: str, size: int) -> Any:
    from PIL import ImageFont

    return ImageFont.truetype(FONTS / f"{face}.otf", size * SCALE)


@cache
def _characters(face: str) -> frozenset[str]:
    from fontTools.ttLib import TTFont

    with TTFont(FONTS / f"{face}.otf", lazy=True) as font:
        return frozenset(chr(code) for code in font.getBestCmap())


def _widths(table: CardTable) -> list[int]:
    """The widths of the columns: what their words need, the rest shared by those that hold words."""
    head, body = _Type("hei", 13), _Type("hei", 15)
    needed = []
    for number, (word, _) in enumerate(table.heads):
        cells = [row[number] for row in table.rows]
        widths = [head.length(word)]
        widths += [
            body.length(cell)
            if isinstance(cell, str)
            else sum(28 + body.length(mark.text) for mark in cell)
            for cell in cells
        ]
        needed.append(int(max(widths)) + 20)
    spare = max(0, WIDTH - 2 * EDGE - sum(needed))
    share = spare // len(needed)
    return [width + share for width in needed]


def _wrapped(runs: Sequence[Run], font: _Type, width: float) -> Iterator[list[Run]]:
    """Runs in lines no wider than ``width`` (CSS pixels): numbers stay whole, no line begins with a closing mark."""
    row: list[Run] = []
    used = 0.0
    for run in runs:
        for piece in _PIECES.findall(run.text):
            length = font.length(piece)
            if row and used + length > width and piece not in _CLOSING:
                yield row
                row, used = [], 0.0
                if piece.isspace():
                    continue
            if row and row[-1].kind == run.kind:
                row[-1] = Run(row[-1].text + piece, run.kind)
            else:
                row.append(Run(piece, run.kind))
            used += length
    if row:
        yield row
