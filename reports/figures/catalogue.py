"""The catalogue: every measure that a wing declares, in one order, by name and by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from projects.funding.measures import MEASURES as MONEY
from projects.ledger.measures import MEASURES as LEDGER
from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit
from supervision.weekly.measures import MEASURES as WEEKLY

from .divergence import Divergence

#: What only the joining of wings can answer.
JOINED: list[Declaration] = [
    Declaration(
        name="支付与进度背离",
        code="divergence",
        kind=Kind.MEAN,
        unit=Unit.POINTS,
        part_unit=Unit.WANYUAN,
        facts="divergence",
        group="资金",
        source="MEASURES.md Money",
        definition="支付 ÷ 计划投资 × 100 − 形象进度，百分点；合计按计划投资加权。超过 ±15 个百分点报警，界限是参数。",
        contribute=lambda fact: _divergence(fact),
    ),
]


def _divergence(fact: Divergence) -> Part | None:
    return fact.part


@cache
def catalogue() -> Mapping[str, Declaration]:
    """Declarations by name, in the order in which they are listed."""
    found: dict[str, Declaration] = {}
    for declaration in [*LEDGER, *WEEKLY, *MONEY, *JOINED]:
        if declaration.name in found:
            raise RuntimeError(f"two measures are named {declaration.name!r}")
        found[declaration.name] = declaration
    return found


@cache
def by_code() -> Mapping[str, Declaration]:
    """Declarations by the word that stands in addresses."""
    return {declaration.code: declaration for declaration in catalogue().values()}
