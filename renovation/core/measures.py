"""The `Measure` value: one number with its origin, exact inside and rounded once when it is shown.

Rules (MEASURES.md, ground rules), and what they mean here:

* Arithmetic is exact: amounts are integers (分, 0.01 ㎡), ratios `Fraction`s; a float is refused (TypeError).
* A figure is rounded once, when shown: percentages and points to 1 decimal, 万元 and 万㎡ to 2, counts to
  none; ROUND_HALF_UP, that is, halves away from zero.
* Thresholds and ranks compare values as shown (`Measure.shown`, `rank`), so that a reader can check them.
* A difference (a deviation, a change since last week) is itself a figure: the difference of the unrounded
  values, rounded once. It may therefore differ by one last digit from the difference of two printed numbers;
  comparing that difference with a threshold uses it as shown. The change of a percentage is given in 百分点.
* A rate with denominator 0 is no number: `value` is None, text “—”, API null, empty cell, no rank.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import Enum, StrEnum
from fractions import Fraction
from typing import Generic, TypeVar

from renovation.core.periods import Period

WAITS = "待核"
"""How a remark about what is not approved begins (`core.declarations.Waiting`)."""

Exact = int | Decimal | Fraction
"""A number without error. Floats are none."""

Row = TypeVar("Row")

NO_NUMBER = "—"
MINUS = "\N{MINUS SIGN}"
FEN_PER_WANYUAN = 1_000_000
SQM_PER_WAN_SQM = 10_000
CENTI_SQM_PER_WAN_SQM = 1_000_000


class Approval(StrEnum):
    """Which data a figure counts: approved ones only, or also those that wait for approval."""

    APPROVED = "approved"
    ALL = "all"

    @property
    def label(self) -> str:
        """For the choice between the two: `已核定` or `含待核`."""
        return "已核定" if self is Approval.APPROVED else "含待核"

    @property
    def mark(self) -> str:
        """For the mark at a figure: `已核定` or `待核`."""
        return "已核定" if self is Approval.APPROVED else "待核"


class Unit(Enum):
    """A unit of display: its code for programs, its Chinese text and the decimals shown."""

    PERCENT = ("percent", "%", 1)
    POINTS = ("points", "百分点", 1)
    WANYUAN = ("wanyuan", "万元", 2)
    WAN_SQM = ("wan_sqm", "万㎡", 2)
    SQM = ("sqm", "㎡", 2)
    COUNT = ("count", "个", 0)
    HOUSEHOLDS = ("households", "户", 0)
    BUILDINGS = ("buildings", "栋", 0)
    DAYS = ("days", "天", 0)
    MEAN_DAYS = ("mean_days", "天", 1)
    ORDERS = ("orders", "件", 0)
    ITEMS = ("items", "件", 0)
    PER_THOUSAND = ("per_thousand", "件/千户", 2)
    PEOPLE = ("people", "人", 0)
    VISITS = ("visits", "次", 0)
    HOURS = ("hours", "小时", 0)
    BALLOTS = ("ballots", "票", 0)
    STREETS = ("streets", "家", 0)
    KILOMETRES = ("kilometres", "公里", 2)
    LIFTS = ("lifts", "部", 0)
    ROADS = ("roads", "条", 0)
    PLACES = ("places", "处", 0)
    ROWS = ("rows", "行", 0)
    SCORE = ("score", "分", 1)
    WORD = ("word", "", 0)

    def __init__(self, code: str, text: str, places: int) -> None:
        self.code = code
        self.text = text
        self.places = places

    @property
    def spoken(self) -> str:
        """The unit behind a number in a sentence: `个百分点` for points, else `text`."""
        return "个百分点" if self is Unit.POINTS else self.text

    @property
    def of_change(self) -> Unit:
        """The unit in which a change of such a figure is given."""
        return Unit.POINTS if self is Unit.PERCENT else self


def exact(number: Exact) -> Fraction:
    """The number as a Fraction; TypeError for floats and booleans, ValueError for NaN and infinity."""
    if type(number) is Fraction:
        return number
    if isinstance(number, bool) or not isinstance(number, int | Decimal | Fraction):
        raise TypeError(f"{number!r} is not an exact number")
    if isinstance(number, Decimal) and not number.is_finite():
        raise ValueError(f"{number} is no number")
    return Fraction(number)


def round_half_up(value: Exact, places: int) -> Decimal:
    """`value` rounded to `places` decimals, halves away from zero; never a negative zero."""
    above, below = _parts(value)
    scaled = 2 * abs(above) * 10**places
    whole = (scaled + below) // (2 * below)
    # From a text, since arithmetic of decimals would round to the digits of its context.
    return Decimal(f"{'-' if above < 0 and whole else ''}{whole}e{-places}")


def _parts(value: Exact) -> tuple[int, int]:
    """Numerator and denominator of a number; raises as `exact` does."""
    if type(value) is int:
        return value, 1
    if type(value) is Decimal and value.is_finite():
        return value.as_integer_ratio()
    number = exact(value)
    return number.numerator, number.denominator


def ratio(numerator: Exact, denominator: Exact) -> Fraction | None:
    """The quotient; None where the denominator is 0."""
    below = exact(denominator)
    return exact(numerator) / below if below else None


def percent(numerator: Exact, denominator: Exact) -> Fraction | None:
    """The quotient in percent (0–100 for a part of a whole); None where the denominator is 0."""
    quotient = ratio(numerator, denominator)
    return None if quotient is None else quotient * 100


def wanyuan_from_fen(fen: int) -> Fraction:
    """分 → 万元, exact."""
    return exact(fen) / FEN_PER_WANYUAN


def wan_sqm_from_sqm(sqm: Exact) -> Fraction:
    """㎡ → 万㎡, exact."""
    return exact(sqm) / SQM_PER_WAN_SQM


def sqm_from_centi(hundredths: int) -> Fraction:
    """0.01 ㎡ → ㎡, exact."""
    return exact(hundredths) / 100


def format_decimal(
    value: Exact | None, places: int, *, grouped: bool = True, signed: bool = False
) -> str:
    """A number for people: rounded half up to `places`, thousands separators, U+2212 for minus.

    None is “—”. `signed` puts a `+` before what is above zero (for changes).
    """
    if value is None:
        return NO_NUMBER
    shown = round_half_up(value, places)
    digits = f"{abs(shown):,.{places}f}" if grouped else f"{abs(shown):.{places}f}"
    if shown < 0:
        return MINUS + digits
    return f"+{digits}" if signed and shown > 0 else digits


def exact_string(value: Exact | None) -> str | None:
    """An unrounded number for the API: the decimal expansion where it ends, else 6 decimals rounded."""
    if value is None:
        return None
    number = exact(value)
    rest, places = number.denominator, 0
    while rest % 10 == 0:
        rest //= 10
        places += 1
    for prime in (2, 5):
        while rest % prime == 0:
            rest //= prime
            places += 1
    return f"{round_half_up(number, places if rest == 1 else 6):f}"


@dataclass(frozen=True, kw_only=True)
class Measure:
    """One figure, as page, document, workbook, API and e-mail show it; none of them computes.

    `name` is the one measure name of MEASURES.md (API `measure`), `label` the Chinese words shown,
    `value` exact and in `unit` (percent 0–100, 万元, 万㎡), None where there is no number. `numerator` and
    `denominator` are unrounded, in `part_unit`; both None where the figure is no rate. `as_of` is the day
    about whose end it speaks, `approval` whether it holds data that are not approved (待核). `period` is the period of a flow. A figure that
    is a word (亮灯: 红/黄/绿/灰) has the unit WORD and its word in `word`. `note` is a Chinese remark that
    belongs beside the number (“无计划 2 个”).
    """

    name: str
    value: Fraction | None
    unit: Unit
    as_of: date
    label: str = ""
    numerator: Fraction | None = None
    denominator: Fraction | None = None
    part_unit: Unit = Unit.COUNT
    approval: Approval = Approval.APPROVED
    period: Period | None = None
    word: str | None = None
    note: str = ""

    def __post_init__(self) -> None:
        for part in ("value", "numerator", "denominator"):
            number = getattr(self, part)
            if number is not None and type(number) is not Fraction:
                object.__setattr__(self, part, exact(number))
        if (self.numerator is None) != (self.denominator is None):
            raise ValueError("a rate has both numerator and denominator")
        if (self.unit is Unit.WORD) != (self.word is not None):
            raise ValueError("a word stands in the unit WORD, and only there")

    @classmethod
    def amount(
        cls,
        name: str,
        value: Exact | None,
        unit: Unit,
        *,
        as_of: date,
        label: str = "",
        approval: Approval = Approval.APPROVED,
        period: Period | None = None,
        note: str = "",
    ) -> Measure:
        """A count, an amount or a duration that is no rate; `value` in `unit`."""
        return cls(
            name=name,
            value=None if value is None else exact(value),
            unit=unit,
            as_of=as_of,
            label=label,
            approval=approval,
            period=period,
            note=note,
        )

    @classmethod
    def rate(
        cls,
        name: str,
        numerator: Exact,
        denominator: Exact,
        *,
        as_of: date,
        label: str = "",
        part_unit: Unit = Unit.COUNT,
        approval: Approval = Approval.APPROVED,
        period: Period | None = None,
        note: str = "",
    ) -> Measure:
        """A rate in percent with the parts it is made of; no number where `denominator` is 0."""
        return cls(
            name=name,
            value=percent(numerator, denominator),
            unit=Unit.PERCENT,
            as_of=as_of,
            label=label,
            numerator=exact(numerator),
            denominator=exact(denominator),
            part_unit=part_unit,
            approval=approval,
            period=period,
            note=note,
        )

    @classmethod
    def mean(
        cls,
        name: str,
        weighted: Iterable[tuple[Exact, Exact]],
        *,
        as_of: date,
        unit: Unit = Unit.PERCENT,
        label: str = "",
        part_unit: Unit = Unit.WAN_SQM,
        approval: Approval = Approval.APPROVED,
        period: Period | None = None,
        note: str = "",
    ) -> Measure:
        """The mean of (value, weight) pairs; numerator Σ value × weight, denominator Σ weight.

        No number where the weights add up to 0.
        """
        pairs = [(exact(value), exact(weight)) for value, weight in weighted]
        above = sum((value * weight for value, weight in pairs), Fraction(0))
        below = sum((weight for _, weight in pairs), Fraction(0))
        return cls(
            name=name,
            value=ratio(above, below),
            unit=unit,
            as_of=as_of,
            label=label,
            numerator=above,
            denominator=below,
            part_unit=part_unit,
            approval=approval,
            period=period,
            note=note,
        )

    @classmethod
    def of_word(
        cls,
        name: str,
        word: str,
        *,
        as_of: date,
        label: str = "",
        approval: Approval = Approval.APPROVED,
        note: str = "",
    ) -> Measure:
        """A figure that is a word, such as a status light."""
        return cls(
            name=name,
            value=None,
            unit=Unit.WORD,
            as_of=as_of,
            label=label,
            approval=approval,
            word=word,
            note=note,
        )

    @property
    def shown(self) -> Decimal | None:
        """The value rounded once to the decimals of its unit. Thresholds and ranks compare this."""
        return None if self.value is None else round_half_up(self.value, self.unit.places)

    @property
    def text(self) -> str:
        """The number for people, without unit: `1,234.50`, `−3.1`, `—`; the word where it is one."""
        return self.word if self.word is not None else format_decimal(self.value, self.unit.places)

    @property
    def signed_text(self) -> str:
        """As `text`, with `+` before what is above zero: for changes and deviations."""
        return (
            format_decimal(self.value, self.unit.places, signed=True)
            if self.word is None
            else self.word
        )

    @property
    def full_text(self) -> str:
        """Number and unit for a sentence: `48.8%`, `−3.1个百分点`, `1,234.50万元`; `—` alone."""
        return self.text if self.value is None else self.text + self.unit.spoken

    @property
    def decimal_string(self) -> str | None:
        """The API's `value`: the decimal string as shown (`48.8`), the word, or None."""
        return self.word if self.shown is None else f"{self.shown:f}"

    @property
    def numerator_text(self) -> str:
        return format_decimal(self.numerator, self.part_unit.places)

    @property
    def denominator_text(self) -> str:
        return format_decimal(self.denominator, self.part_unit.places)

    @property
    def waits_text(self) -> str:
        """What of `note` says that something waits for approval, without the word: `3 个项目，未计入` where it is left
        out, `含 3 个项目` where the figure holds it."""
        return "；".join(
            each.replace(WAITS, "", 1).strip() for each in self._remarks if _waits(each)
        )

    @property
    def aside_text(self) -> str:
        """The rest of `note`, about the figure itself: `无计划 2 个`."""
        return "；".join(each for each in self._remarks if not _waits(each))

    @property
    def _remarks(self) -> list[str]:
        return [each for each in self.note.split("；") if each]

    @property
    def parts_text(self) -> str:
        """`5 / 14`; empty where the figure is no rate."""
        return (
            "" if self.denominator is None else f"{self.numerator_text} / {self.denominator_text}"
        )

    @property
    def numerator_string(self) -> str | None:
        """The API's `numerator`, unrounded."""
        return exact_string(self.numerator)

    @property
    def denominator_string(self) -> str | None:
        """The API's `denominator`, unrounded."""
        return exact_string(self.denominator)


def _waits(remark: str) -> bool:
    return remark.removeprefix("含").startswith(WAITS)


def difference(minuend: Measure, subtrahend: Measure, *, name: str, label: str = "") -> Measure:
    """`minuend − subtrahend` of one unit as a figure of its own (偏差 = 形象进度 − 序时进度).

    The difference of the unrounded values, rounded once; percentages give points. No number where one of
    the two has none. It counts what is not approved as soon as one of the two does. Raises ValueError
    where the units differ or are words.
    """
    if minuend.unit is not subtrahend.unit or minuend.unit is Unit.WORD:
        raise ValueError(f"{minuend.name} and {subtrahend.name} have no difference")
    first, second = minuend.value, subtrahend.value
    both_approved = minuend.approval is subtrahend.approval is Approval.APPROVED
    return replace(
        minuend,
        name=name,
        label=label,
        value=None if first is None or second is None else first - second,
        unit=minuend.unit.of_change,
        numerator=None,
        denominator=None,
        approval=Approval.APPROVED if both_approved else Approval.ALL,
        note="",
    )


def change(now: Measure, before: Measure) -> Measure:
    """What `now` has become since `before`, in its own unit (百分点 for rates); see `difference`."""
    return difference(now, before, name=f"{now.name}_change", label=now.label)


def change_percent(now: Measure, before: Measure) -> Measure:
    """环比 or 同比 in percent, from unrounded values; no number where the base is 0 or missing."""
    if now.unit is not before.unit or now.unit is Unit.WORD:
        raise ValueError(f"{now.name} and {before.name} have no change")
    grown = None
    if now.value is not None and before.value is not None:
        grown = percent(now.value - before.value, abs(before.value))
    return replace(
        now,
        name=f"{now.name}_change_percent",
        value=grown,
        unit=Unit.PERCENT,
        numerator=None,
        denominator=None,
        note="",
    )


@dataclass(frozen=True)
class Ranked(Generic[Row]):
    """A row with its competition rank; `place` is None for a row without number."""

    place: int | None
    row: Row
    shown: Decimal | None

    @property
    def text(self) -> str:
        return NO_NUMBER if self.place is None else str(self.place)


def rank(
    rows: Iterable[Row],
    key: Callable[[Row], Measure | Decimal | int | None],
    descending: bool = True,
) -> list[Ranked[Row]]:
    """Rows in order of their key with competition ranks 1, 2, 2, 4.

    A `Measure` is compared as shown, so equal printed numbers share a rank. Ties keep the order in which
    they came. Rows without number come last and take no rank.
    """
    numbered: list[tuple[Decimal, Row]] = []
    without: list[Row] = []
    for row in rows:
        value = key(row)
        shown = value.shown if isinstance(value, Measure) else value
        if shown is None:
            without.append(row)
        else:
            numbered.append((Decimal(shown), row))
    numbered.sort(key=lambda pair: pair[0], reverse=descending)
    ranked: list[Ranked[Row]] = []
    for index, (shown, row) in enumerate(numbered):
        tied = ranked[-1].place if ranked and ranked[-1].shown == shown else None
        ranked.append(Ranked(tied or index + 1, row, shown))
    return ranked + [Ranked(None, row, None) for row in without]
