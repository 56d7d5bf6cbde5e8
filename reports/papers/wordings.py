"""How a figure is written in the text of a paper, and how figures are found in a text again.

A figure in a text is a number with its unit. Dates, ordinals, document numbers, clause numbers and
times are no figures. Used by the bulletin's check: text = table = workbook.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass

from renovation.core.measures import MINUS, Measure, Unit, format_decimal

#: Units as they are written in running text.
SPOKEN = {Unit.WAN_SQM: "万平方米", Unit.SQM: "平方米"}
#: Words for one unit, → the word that is compared.
_SAME_UNIT = {
    "％": "%",
    "万㎡": "万平方米",
    "㎡": "平方米",
    "百分点": "个百分点",
    "家": "个",
    "项": "个",
    "": "",
}
_UNITS = "个百分点|百分点|万平方米|平方米|万㎡|㎡|万元|亿元|元|%|％|个|项|户|栋|幢|家|天|件|人|周|次|处|部|小时|分"
_NUMBER = rf"[{MINUS}\-－+＋]?\d[\d,，]*(?:\.\d+)?"
_FIGURE = re.compile(rf"(?P<number>{_NUMBER})\s*(?P<unit>{_UNITS})?")
#: What holds digits and is no figure.
_NOT_A_FIGURE = re.compile(
    r"""
      \d{4}\s*[—～~-]\s*\d{4}\s*年(?:度)?
    | \d{4}\s*年(?:度)?(?:\s*\d{1,2}\s*月(?:份|末|底|底前)?(?:\s*\d{1,2}\s*[日号])?)?
    | \d{1,2}\s*月(?:份|末|底)?(?:\s*\d{1,2}\s*[日号])?
    | \d{1,2}\s*日(?=[前后内—，。、；）（]|$)
    | 第\s*\d+\s*[季周期批条款项次号]
    | 〔\d{4}〕\s*\d+\s*号
    | \d+(?:\s*[、—-]\s*\d+)*\s*号(?:楼|院|线|地块|小区|单元)?
    | 附件\s*\d+
    | \d{1,2}[:：]\d{2}
    | (?m:^)\s*\d{1,2}[.．、](?=\D)
    | [（(]\d{1,2}[)）]
    | [A-Za-z]{1,4}\d{2,4}(?:-\d+)+
    | [A-Za-z]+/?[A-Za-z]*\s*\d+(?:\.\d+)?(?:-\d+)?
    """,
    re.VERBOSE,
)


@dataclass(frozen=True)
class Figure:
    """A number with its unit as a text has it, and both as they are compared."""

    token: str
    number: str
    unit: str


def spoken(measure: Measure) -> str:
    """Number and unit for a sentence of a paper, without thousands separators: `2404户`."""
    if measure.word is not None:
        return measure.word
    number = format_decimal(measure.value, measure.unit.places, grouped=False)
    return number if measure.value is None else number + unit_of(measure.unit)


def spoken_distance(measure: Measure) -> str:
    """As `spoken` without its sign, for “低于序时进度7.0个百分点”."""
    return spoken(measure).lstrip(MINUS)


def unit_of(unit: Unit) -> str:
    """The unit behind a number in the text of a paper."""
    return SPOKEN.get(unit, unit.spoken)


def compared_unit(word: str) -> str:
    """One word for words that mean the same unit."""
    return _SAME_UNIT.get(word, word)


def compared_number(text: str) -> str:
    """A number as written, without separators and sign, full-width digits made plain."""
    plain = unicodedata.normalize("NFKC", text).replace(",", "")
    return plain.lstrip("+-" + MINUS)


def figures_in(text: str) -> Iterator[Figure]:
    """The figures of a text in their order."""
    for _, _, figure in figure_spots(text):
        yield figure


def figure_spots(text: str) -> Iterator[tuple[int, int, Figure]]:
    """The figures of a text with their places in it, first and behind the last."""
    for found in _FIGURE.finditer(_NOT_A_FIGURE.sub(lambda other: "\n" * len(other[0]), text)):
        figure = Figure(
            token=re.sub(r"\s", "", found.group()),
            number=compared_number(found["number"]),
            unit=compared_unit(found["unit"] or ""),
        )
        yield found.start(), found.end(), figure


def allowed_pairs(measure: Measure) -> Iterator[tuple[str, str]]:
    """(number, unit) in which a text may write this measure: its value, and the parts of a rate."""
    if measure.word is not None:
        return
    for value, unit in (
        (measure.value, measure.unit),
        (measure.numerator, measure.part_unit),
        (measure.denominator, measure.part_unit),
    ):
        if value is not None:
            number = format_decimal(value, unit.places, grouped=False)
            yield compared_number(number), compared_unit(unit_of(unit))
