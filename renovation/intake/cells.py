"""One cell to one typed value, or a refusal in the words that a clerk can act on."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from renovation.core.documents.glyphs import missing_glyphs
from renovation.core.documents.reading import ReadCell
from renovation.core.errors import Refusal
from renovation.core.reading import (
    FIRST_YEAR,
    LAST_YEAR,
    clean,
    parse_date,
    parse_decimal,
    parse_integer,
    to_halfwidth,
)
from renovation.core.tuples import made
from renovation.core.wording import chinese_date

from .pipelines import Column, Finding, Kind, Value

YES, NO = "是", "否"
_NUMERIC = set("0123456789.,+-%")
_UNITS = re.compile(r"[0-9.,%]\s*(个百分点|百分点|万元|亿元|元|人|个|天)$")
_LONGEST_FOUND = 60
#: Decimals of a number before its unit is converted.
_MOST_PLACES = 6
#: What a whole number without a bound of its column may be, to be read without a second look.
_PLAIN_INTEGER = 10**15


def read_cell(cell: ReadCell | None, column: Column) -> Value:
    """The typed value of a cell, None where it is blank.

    Raises Refusal with a dotted code: ``cell.formula``, ``cell.error``, ``number.…``, ``date.…``,
    ``text.too_long``, ``text.unprintable``, ``choice.unknown``.
    """
    if cell is None:
        return None
    if cell.is_formula:
        raise Refusal("cell.formula", "公式", found=_formula_text(cell))
    if cell.error:
        raise Refusal("cell.error", "错误值", found=cell.error)
    if column.kind is Kind.TEXT:
        return _text(cell, column)
    value = cell.value
    if isinstance(value, str) and not clean(value):
        return None
    if (quick := _plain_value(cell, column)) is not None:
        return quick
    if column.suffixes and isinstance(value, str):
        cell = _without_unit(cell, value, column)
        value = cell.value
    if column.kind is Kind.DECIMAL:
        return _decimal(cell, column)
    if column.kind is Kind.INTEGER:
        if cell.is_percent:
            raise Refusal("number.unreadable", "百分数", found=cell.text)
        return parse_integer(value, minimum=_whole(column.minimum), maximum=_whole(column.maximum))
    if column.kind is Kind.DATE:
        return parse_date(value)
    return _flag(cell)


class Readings(dict[tuple[type, tuple[Any, ...]], Value]):
    """What `read_cell` makes of the cells of one column, each content read once: streets, days, figures and words come
    again and again. The key is all of a cell but where it stands, ``cell[2:]``, and the type of its value, for 1 and
    TRUE are equal. What is refused is refused anew."""

    def __init__(self, column: Column) -> None:
        self.column = column

    def __missing__(self, content: tuple[type, tuple[Any, ...]]) -> Value:
        value = self[content] = read_cell(made(ReadCell, (0, 0, *content[1])), self.column)
        return value


def _plain_value(cell: ReadCell, column: Column) -> Decimal | int | date | None:
    """What nearly every cell holds, a number or day as the program stores it, read without detours; None
    sends the cell the careful way, which says what is wrong with it."""
    value = cell.value
    if column.kind is Kind.DECIMAL and type(value) in (int, float) and not cell.is_percent:
        if type(value) is int:
            if abs(value) >= _PLAIN_INTEGER:
                return None
            number = Decimal(value)
        else:
            number = Decimal(format(value, ".15g"))
            exponent = number.as_tuple().exponent
            if not isinstance(exponent, int) or not -column.places <= exponent <= 0:
                return None
        if column.minimum is not None and number < column.minimum:
            return None
        if column.maximum is not None and number > column.maximum:
            return None
        return number.quantize(column.last_place)
    if column.kind is Kind.INTEGER and type(value) is int and not cell.is_percent:
        is_within = (column.minimum is None or value >= column.minimum) and (
            abs(value) <= _PLAIN_INTEGER if column.maximum is None else value <= column.maximum
        )
        return value if is_within else None
    if column.kind is Kind.DATE and type(value) is date and FIRST_YEAR <= value.year <= LAST_YEAR:
        return value
    return None


def _without_unit(cell: ReadCell, text: str, column: Column) -> ReadCell:
    """The cell with its number in the column's own unit, where the text ends with a unit; else as it is. Exact: what
    has more decimals then is refused as any other number."""
    plain = to_halfwidth(clean(text)).strip()
    for unit, factor in column.suffixes:
        if plain.endswith(unit):
            try:
                number = parse_decimal(plain.removesuffix(unit).rstrip(), _MOST_PLACES)
            except Refusal:
                return cell
            return cell._replace(value=f"{number * factor:f}")
    return cell


def _formula_text(cell: ReadCell) -> str:
    if cell.formula:
        return cell.formula
    return f"公式，算得 {cell.text}" if cell.text else "公式"


def _text(cell: ReadCell, column: Column) -> str | None:
    value = cell.value
    if isinstance(value, str):
        text = value.strip() if value.isprintable() else clean(value)
    else:
        text = cell.text
    if len(text) > column.longest:
        raise Refusal(
            "text.too_long",
            "文字过长",
            found=f"{len(text)} 个字",
            expected=f"不超过 {column.longest} 个字",
        )
    if missing := missing_glyphs(text):
        raise Refusal(
            "text.unprintable",
            "有印不出来的字符",
            found="".join(sorted(missing))[:10],
            expected="规范汉字和常用符号，不用表情符号",
        )
    return text or None


def _decimal(cell: ReadCell, column: Column) -> Decimal:
    if cell.is_percent and not column.percent:
        raise Refusal("number.unreadable", "百分数", found=cell.text)
    return parse_decimal(
        cell.value,
        column.places,
        minimum=column.minimum,
        maximum=column.maximum,
        percent=column.percent,
        percent_formatted=cell.is_percent,
    )


def _whole(bound: Decimal | None) -> int | None:
    return None if bound is None else int(bound)


def _flag(cell: ReadCell) -> bool:
    word = to_halfwidth(clean(cell.value)).strip() if isinstance(cell.value, str) else cell.text
    if word not in (YES, NO):
        raise Refusal("choice.unknown", "填法不对", found=word[:_LONGEST_FOUND])
    return word == YES


def finding_of(refusal: Refusal, column: Column, cell: ReadCell, row: int) -> Finding:
    """A refused cell in full sentences: what is wrong, what was found, what should be there."""
    shown = _clipped(refusal.found if refusal.code.startswith("cell.") else cell.text)
    message, found = _WORDS.get(refusal.code, _plain)(column, shown)
    expected = column.expected or refusal.expected or ""
    if refusal.code == "cell.formula":
        expected = "；".join(part for part in (column.expected, "不收公式，请填数值") if part)
    if refusal.code in {"text.too_long", "text.unprintable"}:
        found, expected = refusal.found or "", refusal.expected or ""
    return Finding(message=message, field=column.field, found=found, expected=expected, row=row)


def _clipped(text: str | None) -> str:
    text = text or ""
    return text if len(text) <= _LONGEST_FOUND else text[:_LONGEST_FOUND] + "……"


def _plain(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}填得不对：{shown}", shown


def _formula(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}是公式：{shown}", shown


def _error(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}是错误值：{shown}", shown


def _no_number(column: Column, shown: str) -> tuple[str, str]:
    odd = odd_character(shown)
    return f"{column.label}不是数：{shown}", f"{shown}（{odd}）" if odd else shown


def _decimals(column: Column, shown: str) -> tuple[str, str]:
    if column.kind is Kind.INTEGER:
        return f"{column.label}应为整数：{shown}", shown
    found = shown
    number = _number(shown)
    if column.percent and number is not None and 0 < number < 1:
        found = (
            f"{shown}（如指 {(number * 100).normalize():f}%，请填 {(number * 100).normalize():f}）"
        )
    return f"{column.label}小数位数过多：{shown}", found


def _too_small(column: Column, shown: str) -> tuple[str, str]:
    bound = "位数过多" if column.minimum is None else f"小于 {column.minimum:f}"
    return f"{column.label}{bound}：{shown}", shown


def _too_large(column: Column, shown: str) -> tuple[str, str]:
    bound = "位数过多" if column.maximum is None else f"大于 {column.maximum:f}"
    number, factor = _number(shown), dict(column.suffixes).get("元")
    if (
        column.maximum is not None
        and number is not None
        and factor
        and number * factor <= column.maximum
    ):
        meant = f"{(number * factor).normalize():f}"
        return f"{column.label}{bound}：{shown}", f"{shown}（如指 {shown} 元，请填 {meant}）"
    return f"{column.label}{bound}：{shown}", shown


def _no_date(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}看不懂：{shown}", shown


def _no_such_day(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}不存在：{shown}", shown


def _far_date(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}不在 2000—2100 年之间：{_as_day(shown)}", _as_day(shown)


def _as_day(shown: str) -> str:
    """What a reader of the sheet sees where a small number stands in a date column: 1900-…."""
    if re.fullmatch(r"[0-9]{1,6}(?:\.[0-9]+)?", shown):
        serial = int(shown.partition(".")[0])
        first = date(1899, 12, 30)
        try:
            day = date.fromordinal(first.toordinal() + serial)
        except (ValueError, OverflowError):
            return shown
        return f"{shown}（即 {chinese_date(day)}）"
    return shown


def _too_long(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}超过 {column.longest} 个字", shown


def _unprintable(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}里有印不出来的字符", shown


def _flag_words(column: Column, shown: str) -> tuple[str, str]:
    return f"{column.label}只填“{YES}”或不填：{shown}", shown


_WORDS = {
    "cell.formula": _formula,
    "cell.error": _error,
    "number.unreadable": _no_number,
    "number.too_many_decimals": _decimals,
    "number.too_small": _too_small,
    "number.too_large": _too_large,
    "date.unreadable": _no_date,
    "date.not_real": _no_such_day,
    "date.out_of_range": _far_date,
    "text.too_long": _too_long,
    "text.unprintable": _unprintable,
    "choice.unknown": _flag_words,
}


def _number(text: str) -> Decimal | None:
    try:
        return Decimal(to_halfwidth(text).replace(",", ""))
    except ArithmeticError:
        return None


def odd_character(text: str) -> str:
    """Which character keeps a text from being a number: 末位是字母 O; "" where that cannot be said."""
    plain = to_halfwidth(text).strip().replace("\N{MINUS SIGN}", "-")
    if unit := _UNITS.search(plain):
        return f"带了单位“{unit[1]}”，只填数"
    odd = [index for index, character in enumerate(plain) if character not in _NUMERIC]
    if len(odd) == 1:
        index = odd[0]
        where = (
            "首位" if index == 0 else "末位" if index == len(plain) - 1 else f"第 {index + 1} 位"
        )
        return f"{where}是{_name(plain[index])}"
    if odd:
        return (
            "应只有数字"
            if len(odd) == len(plain)
            else f"含有“{''.join(plain[i] for i in odd)[:10]}”"
        )
    if plain.count(".") > 1:
        return "小数点多于一个"
    if "," in plain:
        return "千分位逗号的位置不对"
    return "百分号不用填" if "%" in plain else ""


def _name(character: str) -> str:
    if character.isascii() and character.isalpha():
        return f"字母 {character}"
    if character == " ":
        return "空格"
    return f"汉字“{character}”" if "\u4e00" <= character <= "\u9fff" else f"“{character}”"
