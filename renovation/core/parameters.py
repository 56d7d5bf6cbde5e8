"""What a bureau may set: parameters that wings declare, with their defaults and what they accept.

A wing lists its own in `parameters.py` as `PARAMETERS: list[Parameter[...]]`. A setting row with history,
resolved up the organisation tree, overrides the default (`renovation.records`); here is only what a
parameter is. Stored is the canonical text (`store`), read back by `read`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import time
from decimal import Decimal
from typing import Generic, TypeVar

from renovation.core.errors import Refusal
from renovation.core.measures import format_decimal
from renovation.core.reading import parse_decimal, parse_integer, to_halfwidth

Value = TypeVar("Value")


@dataclass(frozen=True)
class Kind(Generic[Value]):
    """A kind of value: how its text is read and written, and what is expected, in Chinese.

    `parse` raises Refusal; `write` gives the canonical text, which `parse` reads back to an equal value;
    `show` the text for people. `choices` are the allowed texts with their words, where they are few.
    """

    parse: Callable[[str], Value]
    write: Callable[[Value], str]
    show: Callable[[Value], str]
    hint: str = ""
    choices: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True)
class Parameter(Generic[Value]):
    """One thing that may be set.

    `key` is stable and unique in the portal (`weekly.light.red_behind`), `label`, `unit` and `help` are
    Chinese, `source` names the document and clause that gives the default, `group` the heading under which
    the page of settings lists it. `validate` adds a rule of its own and raises Refusal.
    """

    key: str
    label: str
    default: Value
    kind: Kind[Value]
    unit: str = ""
    help: str = ""
    source: str = ""
    group: str = ""
    validate: Callable[[Value], None] | None = None

    def parse(self, text: str) -> Value:
        """The value that a person typed; raises Refusal at the field `value`."""
        try:
            value = self.kind.parse(text)
            if self.validate is not None:
                self.validate(value)
        except Refusal as refusal:
            raise refusal.at("value") from None
        return value

    def store(self, value: Value) -> str:
        """The canonical text to keep."""
        return self.kind.write(value)

    def read(self, stored: str | None) -> Value:
        """The value of a stored text; the default where nothing is stored."""
        return self.default if stored is None else self.kind.parse(stored)

    def show(self, value: Value) -> str:
        """The value with its unit, for people."""
        return self.kind.show(value) + self.unit


def whole(minimum: int | None = None, maximum: int | None = None) -> Kind[int]:
    """A whole number."""

    def parse(text: str) -> int:
        return parse_integer(text, minimum=minimum, maximum=maximum)

    def show(value: int) -> str:
        return format_decimal(value, 0)

    return Kind(parse, str, show, hint=_range_hint("整数", minimum, maximum))


def calendar_year(minimum: int, maximum: int) -> Kind[int]:
    """A year: a whole number that is shown without a comma."""
    return replace(whole(minimum, maximum), show=str)


def decimal(
    places: int, minimum: Decimal | int | None = None, maximum: Decimal | int | None = None
) -> Kind[Decimal]:
    """A number with at most `places` decimals."""

    def parse(text: str) -> Decimal:
        return parse_decimal(text, places, minimum=minimum, maximum=maximum)

    def write(value: Decimal) -> str:
        return f"{value:f}"

    def show(value: Decimal) -> str:
        return format_decimal(value, places)

    return Kind(parse, write, show, hint=_range_hint(f"最多{places}位小数的数", minimum, maximum))


def text(longest: int = 200, *, blank: bool = False) -> Kind[str]:
    """A line of text."""

    def parse(typed: str) -> str:
        value = typed.strip()
        if not value and not blank:
            raise Refusal("text.missing", "此处不能为空。", found="", expected="文字")
        if len(value) > longest:
            raise Refusal(
                "text.too_long",
                f"文字过长：最多{longest}个字。",
                found=f"{len(value)}个字",
                expected=f"最多{longest}个字",
            )
        return value

    return Kind(parse, str, str, hint=f"最多{longest}个字")


def yes_no() -> Kind[bool]:
    """是 or 否."""

    def parse(typed: str) -> bool:
        word = typed.strip()
        if word not in ("是", "否"):
            raise Refusal(
                "choice.unknown", "请选择“是”或“否”。", found=word[:50], expected="是、否"
            )
        return word == "是"

    def write(value: bool) -> str:
        return "是" if value else "否"

    return Kind(parse, write, write, hint="是或否", choices=(("是", "是"), ("否", "否")))


def choice(words: Mapping[str, str]) -> Kind[str]:
    """One of a few codes, each with its Chinese word."""
    known = dict(words)

    def parse(typed: str) -> str:
        code = typed.strip()
        if code not in known:
            expected = "、".join(known.values())
            raise Refusal(
                "choice.unknown", "请从所列选项中选择。", found=code[:50], expected=expected
            )
        return code

    def show(code: str) -> str:
        return known[code]

    return Kind(parse, str, show, hint="从所列选项中选择", choices=tuple(known.items()))


def clock() -> Kind[time]:
    """A time of day, `17:00`."""

    def parse(typed: str) -> time:
        try:
            hours, minutes = to_halfwidth(typed).strip().split(":")
            return time(int(hours), int(minutes))
        except ValueError:
            raise Refusal(
                "time.unreadable",
                "此处应填时刻。",
                found=typed.strip()[:50],
                expected="时刻，如17:00",
            ) from None

    def write(value: time) -> str:
        return f"{value:%H:%M}"

    return Kind(parse, write, write, hint="时刻，如17:00")


def _range_hint(words: str, minimum: Decimal | int | None, maximum: Decimal | int | None) -> str:
    if minimum is not None and maximum is not None:
        return f"{minimum}至{maximum}之间的{words}"
    if minimum is not None:
        return f"不小于{minimum}的{words}"
    if maximum is not None:
        return f"不大于{maximum}的{words}"
    return words
