"""Projects of other programmes that still report: pages of one programme leave them out and say so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from projects.ledger.models import Programme
from renovation.accounts.scope import Scope
from renovation.core.periods import Week
from supervision.weekly.reporting import carried_over


@dataclass(frozen=True)
class Carried:
    """How many projects of the programme of another year report in a week."""

    year: int
    count: int

    @property
    def name(self) -> str:
        """`2024年度 3 个项目`"""
        return f"{self.year}年度 {self.count} 个项目"

    @property
    def sentence(self) -> str:
        """For paper and workbook, where nothing can be followed."""
        return f"{self.name}仍按周报送，单列于周调度表，不计入本表。"


def carried_years(
    *, programme: Programme, week: Week | None, scope: Scope | None
) -> tuple[Carried, ...]:
    """The other years' projects that report in a week for the streets in sight, the newest year first. Two
    queries, a third where one has moved.

    Once the programme's own year is over it is the one that is carried, and what came after it is not said.
    """
    if week is None:
        return ()
    found = [
        each.project.programme.year
        for each in carried_over(programme=programme, week=week, scope=scope)
        if week.end.year <= programme.year or each.project.programme.year < programme.year
    ]
    counts = Counter(found)
    return tuple(Carried(year, count) for year, count in counts.items())
