"""Measures of consent (MEASURES.md, Consent)."""

from __future__ import annotations

from collections.abc import Callable

from renovation.core.declarations import Declaration, Kind, Part
from renovation.core.measures import Unit, format_decimal

from .enums import Purpose
from .facts import ConsentFacts
from .parameters import BOTH_RATES

SOURCE = "平台指标口径“居民意愿”"
GROUP = "居民意愿"
#: The order of showing is the order of life: first whether, then how.
NAMES = {Purpose.RENOVATION: "同意改造率", Purpose.SCHEME: "同意方案率"}


def _agreed(purpose: Purpose) -> Callable[[ConsentFacts], Part]:
    def part(fact: ConsentFacts) -> Part:
        asked = fact.rounds.get(purpose)
        if asked is None:
            return Part(0, fact.household_count, note=f"没有征询{purpose.label}")
        note = f"第{asked.number}轮，答复 {asked.answered} 户"
        return Part(asked.agreed, fact.household_count, note=note)

    return part


def _rate(purpose: Purpose, code: str) -> Declaration:
    return Declaration(
        name=NAMES[purpose],
        code=code,
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.HOUSEHOLDS,
        parts=("同意", "全部户数"),
        facts="consent",
        group=GROUP,
        source=SOURCE,
        definition=(
            f"截至日最近一轮“{purpose.label}”征询中同意的户数，除以小区全部户数（不是征询到的户数）。"
            "一户一轮只计一个答复，后来的代替先前的；相互矛盾、还没有认定的不计为同意；没有征询的按 0 户同意计。"
        ),
        contribute=_agreed(purpose),
    )


def _reaches(fact: ConsentFacts) -> Part:
    words = [
        f"{name} {format_decimal(rate, 1)}%"
        for purpose, name in NAMES.items()
        if (rate := fact.rate(purpose)) is not None
    ]
    return Part(int(fact.reaches_both), 1, note="，".join(words))


MEASURES: list[Declaration] = [
    _rate(Purpose.RENOVATION, "consent-renovation"),
    _rate(Purpose.SCHEME, "consent-scheme"),
    Declaration(
        name="双80%达标",
        code="consent-both",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.COUNT,
        parts=("达标", "共"),
        facts="consent",
        group=GROUP,
        source=SOURCE,
        definition="同意改造率、同意方案率都达到规定（不四舍五入）的小区个数，除以在计划内项目的小区个数；每个小区各自判断。",
        contribute=_reaches,
        parameters=(BOTH_RATES,),
    ),
]
