"""Money against work: what joins the funding chain with physical progress (MEASURES.md, Money)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from projects.funding.enums import Stage
from projects.funding.facts import MoneyFacts, MoneyInSum
from renovation.core.declarations import Declaration, Kind, Part, Waiting
from renovation.core.measures import FEN_PER_WANYUAN, Unit
from supervision.weekly.facts import ProgressFacts

from .parameters import DIVERGENCE_POINTS

SOURCE = "平台指标口径“资金”"


@dataclass(frozen=True, slots=True)
class Spending:
    """A project's payments (分, all sources, and what waits for approval) beside its plan."""

    progress: ProgressFacts
    paid_fen: int
    pending_fen: int

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.progress.street_code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.progress.street_name

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.progress.project_code

    @property
    def label(self) -> str:
        """The project's name."""
        return self.progress.label

    @property
    def part(self) -> Part | None:
        """Paid over planned investment; without a baseline left out on both sides."""
        plan = self.progress.project.plan
        if plan is None:
            return None
        return Part(
            self.paid_fen,
            plan.investment_fen,
            over=FEN_PER_WANYUAN,
            weight_over=FEN_PER_WANYUAN,
        )

    @property
    def ahead_points(self) -> Fraction | None:
        """支付与进度背离 of the project, in points; None without a baseline."""
        plan = self.progress.project.plan
        if plan is None:
            return None
        paid = Fraction(self.paid_fen, plan.investment_fen) * 100
        return paid - self.progress.physical_percent


def spending(
    progress: Sequence[ProgressFacts], money: Sequence[MoneyFacts | MoneyInSum]
) -> list[Spending]:
    """A row per project."""
    paid: defaultdict[int, int] = defaultdict(int)
    pending: defaultdict[int, int] = defaultdict(int)
    for fact in money:
        paid[fact.project.pk] += fact.sums[Stage.PAID]
        pending[fact.project.pk] += fact.pending_fen[Stage.PAID]
    return [Spending(each, paid[each.project.pk], pending[each.project.pk]) for each in progress]


def _part(fact: Spending) -> Part | None:
    return fact.part


MEASURES: list[Declaration] = [
    Declaration(
        name="支付占计划投资",
        code="paid-of-investment",
        kind=Kind.RATE,
        unit=Unit.PERCENT,
        part_unit=Unit.WANYUAN,
        parts=("支付", "计划投资"),
        facts="spending",
        group="资金",
        source=SOURCE,
        definition="支付资金除以截至日有效基线的计划投资；没有基线的项目两边都不计。",
        contribute=_part,
        waiting=Waiting(
            amount=lambda fact: fact.pending_fen,
            over=FEN_PER_WANYUAN,
            unit=Unit.WANYUAN,
            noun="万元",
        ),
        is_listed=False,
    ),
    Declaration(
        name="支付与进度背离",
        code="divergence",
        kind=Kind.DIFFERENCE,
        unit=Unit.POINTS,
        facts="spending",
        group="资金",
        source=SOURCE,
        definition="支付资金除以计划投资（百分比），减形象进度，百分点；正数为付款快于进度，负数为付款慢于进度，超出界限的报警。",
        of=("支付占计划投资", "形象进度"),
        parameters=(DIVERGENCE_POINTS,),
    ),
]
