"""Money against work: what joins the funding chain with physical progress."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

from projects.funding.enums import Stage
from projects.funding.facts import MoneyFacts
from renovation.core.declarations import Part
from renovation.core.measures import wanyuan_from_fen
from supervision.weekly.facts import ProgressFacts


@dataclass(frozen=True, slots=True)
class Divergence:
    """A project's payments (分, all sources) beside its progress."""

    progress: ProgressFacts
    paid_fen: int

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.progress.street_code

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
        """Points by which payment runs ahead of progress, weighted by planned investment."""
        plan = self.progress.project.plan
        if plan is None:
            return None
        paid = Fraction(self.paid_fen, plan.investment_fen) * 100
        return Part(paid - self.progress.physical_percent, wanyuan_from_fen(plan.investment_fen))


def divergences(progress: list[ProgressFacts], money: list[MoneyFacts]) -> list[Divergence]:
    """A row per project."""
    paid: dict[int, int] = {}
    for fact in money:
        paid[fact.project.pk] = paid.get(fact.project.pk, 0) + fact.sums[Stage.PAID]
    return [Divergence(fact, paid.get(fact.project.pk, 0)) for fact in progress]
