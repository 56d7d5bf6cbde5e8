"""What a measure is: declared once by the wing that owns its facts (HOUSE.md §3), computed in one place.

A measure is made of *contributions*: every source row gives an amount, or a numerator and a denominator. The
figure is Σ amounts, Σ numerators ÷ Σ denominators, or the greatest; the drill-down lists the very same
contributions, so a number and its rows cannot differ.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, Protocol

from .measures import Approval, Exact, Measure, Unit, difference, exact
from .periods import Period


class Fact(Protocol):
    """A row that measures are made of; it belongs to a street, and to a project where it has one."""

    @property
    def street_code(self) -> str: ...

    @property
    def project_code(self) -> str: ...

    @property
    def label(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Part:
    """What one fact contributes: ``value`` alone (sums, greatest), or over ``weight`` (rates, means)."""

    value: Exact
    weight: Exact | None = None
    note: str = ""


class Kind(StrEnum):
    """How contributions become a figure."""

    SUM = "sum"
    RATE = "rate"
    MEAN = "mean"
    GREATEST = "greatest"
    DIFFERENCE = "difference"
    WORD = "word"


@dataclass(frozen=True, kw_only=True)
class Declaration:
    """One measure.

    ``name`` is its one name (MEASURES.md), ``code`` its ASCII word for addresses, ``definition`` and ``source``
    are Chinese and printed on 指标解释 and in exports. ``facts`` names the table of facts it reads. ``contribute``
    turns a fact into a part, None where the fact is left out on both sides; ``left_out`` words what was left out
    (“无计划 2 个”). ``of`` names minuend and subtrahend of a difference. ``is_flow`` says that it counts what
    happened in a period, not how things stand. ``word`` gives the word of a measure that is one.
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
    contribute: Callable[[Any], Part | None] | None = None
    left_out: Callable[[int], str] | None = None
    of: tuple[str, str] | None = None
    word: Callable[[Any], str] | None = None
    levels: frozenset[str] = frozenset({"district", "street", "project"})
    is_flow: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """A source row of a figure, for the drill-down; ``pending`` marks what is not approved yet."""

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
        if part is not None:
            weight = None if part.weight is None else exact(part.weight)
            found.append(Contribution(fact, exact(part.value), weight, part.note))
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
    if declaration.kind is Kind.WORD:
        return _word(declaration, facts, as_of, approval)
    parts = contributions(declaration, facts)
    left_out = len(facts) - len(parts)
    note = declaration.left_out(left_out) if declaration.left_out and left_out else ""
    common: dict[str, Any] = {
        "as_of": as_of,
        "label": declaration.name,
        "approval": approval,
        "period": period if declaration.is_flow else None,
        "note": note,
    }
    match declaration.kind:
        case Kind.SUM:
            total = sum((part.value for part in parts), Fraction(0))
            return Measure.amount(declaration.name, total, declaration.unit, **common)
        case Kind.GREATEST:
            most = max((part.value for part in parts), default=None)
            return Measure.amount(declaration.name, most, declaration.unit, **common)
        case Kind.RATE:
            return Measure.rate(
                declaration.name,
                sum((part.value for part in parts), Fraction(0)),
                sum((part.weight or Fraction(0) for part in parts), Fraction(0)),
                part_unit=declaration.part_unit,
                **common,
            )
        case Kind.MEAN:
            return Measure.mean(
                declaration.name,
                [(part.value, part.weight or Fraction(0)) for part in parts],
                unit=declaration.unit,
                part_unit=declaration.part_unit,
                **common,
            )
        case _:
            raise ValueError(f"{declaration.name} is no measure over facts")


def _word(
    declaration: Declaration, facts: Sequence[Any], as_of: date, approval: Approval
) -> Measure:
    if declaration.word is None or len(facts) != 1:
        raise ValueError(f"{declaration.name} is the word of one fact")
    return Measure.of_word(
        declaration.name,
        declaration.word(facts[0]),
        as_of=as_of,
        label=declaration.name,
        approval=approval,
    )


def difference_of(declaration: Declaration, minuend: Measure, subtrahend: Measure) -> Measure:
    """The figure of a difference, with the remark of its parts."""
    found = difference(minuend, subtrahend, name=declaration.name, label=declaration.name)
    return replace(found, note=minuend.note)


def decimal_of(value: Fraction | int) -> Decimal:
    """A Decimal for a workbook cell; exact where it ends, else 10 decimals."""
    number = Fraction(value)
    return (
        (Decimal(number.numerator) / Decimal(number.denominator))
        .quantize(Decimal("1e-10"))
        .normalize()
    )
