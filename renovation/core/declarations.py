"""What a measure is: declared once by the wing that owns its facts (HOUSE.md §3), computed in one place.

A measure is made of *contributions*: every source row gives an amount, or a numerator and a denominator. The
figure is Σ amounts, Σ numerators ÷ Σ denominators, or the greatest; the drill-down lists the very same
contributions, so a number and its rows cannot differ.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from fractions import Fraction
from operator import mul
from typing import Any, Protocol

from .measures import (
    WAITS,
    Approval,
    Exact,
    Measure,
    Unit,
    difference,
    exact,
    format_decimal,
    ratio,
)
from .parameters import Parameter
from .periods import Period
from .wording import wide_brackets


class Fact(Protocol):
    """A row that measures are made of; it belongs to a street, and to a project where it has one."""

    @property
    def street_code(self) -> str: ...

    @property
    def street_name(self) -> str: ...

    @property
    def project_code(self) -> str: ...

    @property
    def label(self) -> str: ...


class Adder:
    """An exact sum of numbers that are so many parts of something: integers are added as integers, and one
    fraction is made at the end. ``sums`` holds them by what they are parts of."""

    __slots__ = ("sums",)

    def __init__(self) -> None:
        self.sums: defaultdict[int, int] = defaultdict(int)

    def add(self, number: Exact, over: int = 1) -> None:
        """Add ``number`` ÷ ``over``."""
        if type(number) is not int:
            fraction = exact(number)
            number, over = fraction.numerator, over * fraction.denominator
        self.sums[over] += number

    @property
    def total(self) -> Fraction:
        """The sum."""
        if len(self.sums) == 1:
            ((over, number),) = self.sums.items()
            return Fraction(number, over)
        return sum((Fraction(number, over) for over, number in self.sums.items()), Fraction(0))


@dataclass(slots=True)
class Part:
    """What one fact contributes: ``value`` alone (sums, greatest), or over ``weight`` (rates, means).

    ``over`` and ``weight_over`` are what the two are counted in: ``Part(fen, over=FEN_PER_WANYUAN)`` is an
    amount in 万元 whose sum stays a sum of integers until the end. ``note`` is a Chinese remark for the
    drill-down; one that takes work belongs into ``Declaration.note``.
    """

    value: Exact
    weight: Exact | None = None
    note: str = ""
    over: int = 1
    weight_over: int = 1


@dataclass(frozen=True, slots=True)
class Columns:
    """A contribution of whole numbers, told column by column: called with a fact it gives its part as any other does,
    and ``sums`` adds thousands of facts without making a part of each.

    ``value``, ``weight``, ``over`` and ``weight_over`` are those of a part; ``over`` may differ from fact to fact.
    ``holds`` tells the facts that contribute: all of them without it.
    """

    value: Callable[[Any], int]
    weight: Callable[[Any], int] | None = None
    over: int | Callable[[Any], int] = 1
    weight_over: int = 1
    holds: Callable[[Any], bool] | None = None

    def __call__(self, fact: Any) -> Part | None:
        """What one fact contributes; None where it is left out."""
        if self.holds is not None and not self.holds(fact):
            return None
        weight = None if self.weight is None else self.weight(fact)
        over = self.over if isinstance(self.over, int) else self.over(fact)
        return Part(self.value(fact), weight, over=over, weight_over=self.weight_over)

    def sums(self, facts: Iterable[Any], *, is_mean: bool, scale: int) -> Sums:
        """What the parts of facts come to; of a mean the values are multiplied by their weights, over ``scale``."""
        chosen = list(facts if self.holds is None else filter(self.holds, facts))
        values = list(map(self.value, chosen))
        weights = [] if self.weight is None else list(map(self.weight, chosen))
        below = Fraction(sum(weights), self.weight_over)
        if is_mean:
            if self.weight is None:
                raise ValueError("a mean needs a weight")
            values = list(map(mul, values, weights))
            scale *= self.weight_over
        if isinstance(self.over, int):
            return Sums(Fraction(sum(values), self.over * scale), below, len(chosen))
        above = Adder()
        for value, over in zip(values, map(self.over, chosen), strict=True):
            above.sums[over] += value
        return Sums(above.total / scale, below, len(chosen))


class Kind(StrEnum):
    """How contributions become a figure."""

    SUM = "sum"
    RATE = "rate"
    MEAN = "mean"
    GREATEST = "greatest"
    DIFFERENCE = "difference"
    WORD = "word"


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """What a figure says of data that do not count yet: `待核 128.00 万元，未计入`.

    ``amount`` gives the waiting quantity of a fact (0 where nothing waits), in ``unit`` when divided by ``over``;
    ``noun`` stands for the unit's text in the remark. Where ``joins`` is set, a figure over all data holds what waits (`含待核 …`);
    else it never counts as it is (a gate without its evidence).
    """

    amount: Callable[[Any], Exact]
    over: int = 1
    unit: Unit = Unit.COUNT
    noun: str = "个项目"
    word: str = WAITS
    joins: bool = True

    def holds(self, fact: Any) -> bool:
        """Whether anything of a fact waits."""
        return bool(self.amount(fact))

    def text(self, facts: Iterable[Any], approval: Approval) -> str:
        """The remark over facts; "" where nothing waits."""
        waiting, amount = Adder(), self.amount
        for fact in facts:
            if quantity := amount(fact):
                waiting.add(quantity, self.over)
        total = waiting.total
        if not total:
            return ""
        said = f"{self.word} {format_decimal(total, self.unit.places)} {self.noun}"
        return f"含{said}" if self.joins and approval is Approval.ALL else f"{said}，未计入"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One measure.

    ``name`` is its one name (MEASURES.md), ``code`` its ASCII word for addresses, ``definition`` and ``source``
    are Chinese and printed on 指标解释 and in exports. ``facts`` names the table of facts it reads. ``contribute``
    turns a fact into a part, None where the fact is left out on both sides; ``note`` is the remark of a part in
    the drill-down; ``left_out`` words what was left out (“无计划 2 个”), ``waiting`` what waits. ``rests`` tells whether what a
    fact gives rests on data that are not approved, where those are counted; without it that is what ``waiting`` says.
    ``caveat`` is said with every figure that holds anything. ``of`` names minuend and subtrahend of a difference. ``is_flow`` says
    that it counts what happened in a period, not how things stand. ``word`` gives the word of a measure that is
    one. ``parts`` are the words for numerator and denominator (支付, 到位), for a mean what is added up and the weight.
    ``parameters`` are the thresholds that it depends on. ``is_listed`` is False for what only serves as a
    part of a difference. A mean in percent shows its numerator in the unit of the weight (折合): value =
    numerator ÷ denominator × 100, as for a rate.
    """

    name: str
    code: str
    kind: Kind
    unit: Unit
    definition: str
    facts: str
    group: str
    source: str = ""
    part_unit: Unit = Unit.COUNT
    parts: tuple[str, str] = ("其中", "共")
    contribute: Callable[[Any], Part | None] | None = None
    note: Callable[[Any], str] | None = None
    left_out: Callable[[int], str] | None = None
    waiting: Waiting | None = None
    rests: Callable[[Any], bool] | None = None
    caveat: str = ""
    of: tuple[str, str] | None = None
    word: Callable[[Any], str] | None = None
    levels: frozenset[str] = frozenset({"district", "street", "project"})
    is_flow: bool = False
    parameters: tuple[Parameter[Any], ...] = ()
    is_listed: bool = True

    @property
    def label(self) -> str:
        """The name as people read it: 开工率（项目）; ``name`` is the API's (MEASURES.md)."""
        return wide_brackets(self.name)


@dataclass(frozen=True, slots=True)
class Contribution:
    """A source row of a figure, for the drill-down."""

    fact: Any
    value: Fraction
    weight: Fraction | None
    note: str


def contributions(declaration: Declaration, facts: Iterable[Any]) -> list[Contribution]:
    """The source rows of a measure over facts, in their order."""
    if declaration.contribute is None:
        return []
    found = []
    for fact in facts:
        part = declaration.contribute(fact)
        if part is None:
            continue
        weight = None if part.weight is None else exact(part.weight) / part.weight_over
        note = declaration.note(fact) if declaration.note is not None else part.note
        found.append(Contribution(fact, exact(part.value) / part.over, weight, note))
    return found


def measure(
    declaration: Declaration,
    facts: Sequence[Any],
    *,
    as_of: date,
    approval: Approval,
    period: Period | None = None,
) -> Measure:
    """The figure of a declaration that is not a difference, over facts."""
    held = approval_held(declaration, facts, approval)
    if declaration.kind is Kind.WORD:
        return _word(declaration, facts, as_of, approval, held)
    sums = sums_of(declaration, facts)
    return measure_of(
        declaration,
        sums,
        as_of=as_of,
        approval=held,
        period=period,
        note=_remark(declaration, facts, len(facts) - sums.count, approval),
    )


def approval_held(declaration: Declaration, facts: Iterable[Any], asked: Approval) -> Approval:
    """The mark of a figure over facts: 待核 only where data that are not approved were asked for and the figure
    holds some (MEASURES.md: “data not yet approved count only where the reader asks for them, and are then marked
    待核”). What comes from approved data alone is 已核定 in either view."""
    if asked is Approval.APPROVED:
        return asked
    rests = declaration.rests
    if rests is None:
        waiting = declaration.waiting
        if waiting is None or not waiting.joins:
            return Approval.APPROVED
        rests = waiting.holds
    contribute = declaration.contribute
    return (
        Approval.ALL
        if any(
            rests(fact) and (contribute is None or contribute(fact) is not None) for fact in facts
        )
        else Approval.APPROVED
    )


def approval_of(measures: Iterable[Measure]) -> Approval:
    """The mark of several figures under one sentence: 待核 as soon as one of them holds what is not approved."""
    waits = any(each.approval is Approval.ALL for each in measures)
    return Approval.ALL if waits else Approval.APPROVED


@dataclass(frozen=True, slots=True)
class Sums:
    """What parts come to: Σ values (or the greatest, None where there is none), Σ weights, how many parts."""

    above: Fraction | None
    below: Fraction
    count: int


def measure_of(
    declaration: Declaration,
    sums: Sums,
    *,
    as_of: date,
    approval: Approval,
    period: Period | None = None,
    note: str = "",
) -> Measure:
    """The figure of a declaration from what its parts come to."""
    common: dict[str, Any] = {
        "as_of": as_of,
        "label": declaration.label,
        "approval": approval,
        "period": period if declaration.is_flow else None,
        "note": note,
    }
    above = sums.above
    match declaration.kind:
        case Kind.SUM | Kind.GREATEST:
            return Measure.amount(declaration.name, above, declaration.unit, **common)
        case Kind.RATE | Kind.MEAN if above is not None:
            if declaration.unit is Unit.PERCENT:
                return Measure.rate(
                    declaration.name, above, sums.below, part_unit=declaration.part_unit, **common
                )
            return Measure(
                name=declaration.name,
                value=ratio(above, sums.below),
                unit=declaration.unit,
                numerator=above,
                denominator=sums.below,
                part_unit=declaration.part_unit,
                **common,
            )
        case _:
            raise ValueError(f"{declaration.name} is no measure over facts")


def sums_of(declaration: Declaration, facts: Iterable[Any]) -> Sums:
    """What the parts of facts come to: for a mean Σ value × weight, percent as a share (折合)."""
    contribute = declaration.contribute
    if contribute is None:
        raise ValueError(f"{declaration.name} is no measure over facts")
    above, below = Adder(), Adder()
    values, weights = above.sums, below.sums  # nearly all are integers, and there are thousands
    count = 0
    if declaration.kind is Kind.GREATEST:
        parts = [part for fact in facts if (part := contribute(fact)) is not None]
        most = max((exact(part.value) / part.over for part in parts), default=None)
        return Sums(most, Fraction(0), len(parts))
    is_mean = declaration.kind is Kind.MEAN
    scale = 100 if is_mean and declaration.unit is Unit.PERCENT else 1
    if isinstance(contribute, Columns):
        return contribute.sums(facts, is_mean=is_mean, scale=scale)
    for fact in facts:
        part = contribute(fact)
        if part is None:
            continue
        count += 1
        value, weight, over = part.value, part.weight, part.over
        if weight is not None:
            if type(weight) is int:
                weights[part.weight_over] += weight
            else:
                below.add(weight, part.weight_over)
            if is_mean and over == weight:  # a value per weight: the product is the value's own sum
                over = part.weight_over * scale
            elif is_mean:
                value, over = _product(value, weight), over * part.weight_over * scale
        if type(value) is int:
            values[over] += value
        else:
            above.add(value, over)
    return Sums(above.total, below.total, count)


def _product(value: Exact, weight: Exact) -> Exact:
    if type(value) is int and type(weight) is int:
        return value * weight
    return exact(value) * exact(weight)


def numerator_of(declaration: Declaration, part: Contribution) -> Fraction:
    """What a row adds to the numerator: its value, or value × weight of a mean (percent as a share)."""
    if declaration.kind is not Kind.MEAN:
        return part.value
    product = part.value * (part.weight or Fraction(0))
    return product / 100 if declaration.unit is Unit.PERCENT else product


def _remark(
    declaration: Declaration, facts: Sequence[Any], left_out: int, approval: Approval
) -> str:
    remarks = []
    if declaration.left_out is not None and left_out:
        remarks.append(declaration.left_out(left_out))
    if declaration.waiting is not None:
        remarks.append(declaration.waiting.text(facts, approval))
    if declaration.caveat and left_out < len(facts):
        remarks.append(declaration.caveat)
    return "；".join(remark for remark in remarks if remark)


def _word(
    declaration: Declaration,
    facts: Sequence[Any],
    as_of: date,
    approval: Approval,
    held: Approval,
) -> Measure:
    if declaration.word is None or len(facts) != 1:
        raise ValueError(f"{declaration.name} is the word of one fact")
    return Measure.of_word(
        declaration.name,
        declaration.word(facts[0]),
        as_of=as_of,
        label=declaration.label,
        approval=held,
        note=_remark(declaration, facts, 0, approval),
    )


def difference_of(declaration: Declaration, minuend: Measure, subtrahend: Measure) -> Measure:
    """The figure of a difference, with the remarks of its parts."""
    found = difference(minuend, subtrahend, name=declaration.name, label=declaration.label)
    remarks = dict.fromkeys(
        remark for part in (minuend, subtrahend) for remark in part.note.split("；") if remark
    )
    return replace(found, note="；".join(remarks)) if remarks else found
