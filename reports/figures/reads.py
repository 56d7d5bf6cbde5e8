"""How the tables of facts beside the ledger are read."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

from projects.funding.facts import Money, MoneyFacts, MoneyInSum, MoneyOfStreet
from supervision.weekly.facts import ProgressFacts
from supervision.weekly.return_facts import ReturnFacts

#: Of all projects, or of some of them by id.
Some = Collection[int] | None
InSum = Callable[[Some], Sequence[MoneyInSum]]
ByStreet = Callable[[Some], Sequence[MoneyOfStreet]]


@dataclass(frozen=True, kw_only=True)
class Reads:
    """Each is called when a figure first asks for its table. Where there is ``in_sum``, figures are made of the money as
    it tells it, one row a project; ``by_street`` tells it by street for the figures of streets and of the district."""

    purse: Callable[[], Money]
    progress: Callable[[], Sequence[ProgressFacts]]
    money: Callable[[Money], Sequence[MoneyFacts]]
    returns: Callable[[], Sequence[ReturnFacts]]
    in_sum: InSum | None = None
    by_street: ByStreet | None = None
