"""How the estates of projects stand on a day: all households, those that agreed, round by purpose.

The base of every rate is the estate's own count of households, not those listed, asked or answered
(MEASURES.md, Consent). What counts is the newest round of a purpose that was opened by the day: a changed
plan is asked anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from django.db.models import Count, Exists, OuterRef

from projects.ledger.facts import ProjectFacts
from projects.ledger.models import Estate
from projects.ledger.of_project import OfProject
from renovation.accounts.models import Organisation
from renovation.core.holding import held
from renovation.records.services import values_in_force

from .enums import Choice, Purpose
from .models import Answer, Round
from .parameters import BOTH_RATES


@dataclass(frozen=True, slots=True)
class RoundFacts:
    """The round that counts for a purpose, and what an estate said in it: households by answer."""

    number: int
    agreed: int
    disagreed: int
    undecided: int

    @property
    def answered(self) -> int:
        """Households whose answer counts."""
        return self.agreed + self.disagreed + self.undecided


@dataclass(frozen=True, slots=True)
class ConsentFacts(OfProject):
    """An estate on the day ``on``. ``rounds`` holds what was asked by then; ``threshold_percent`` is what both
    rates must reach (两个80%)."""

    on: date
    project: ProjectFacts
    estate_id: int
    estate_name: str
    household_count: int
    listed_count: int
    rounds: Mapping[Purpose, RoundFacts]
    threshold_percent: Decimal

    @property
    def label(self) -> str:
        """The estate's name."""
        return self.estate_name

    def agreed(self, purpose: Purpose) -> int:
        """Households that agreed; 0 where nobody was asked."""
        found = self.rounds.get(purpose)
        return found.agreed if found else 0

    def rate(self, purpose: Purpose) -> Fraction | None:
        """Agreed ÷ all households in percent, unrounded; None without households."""
        if not self.household_count:
            return None
        return Fraction(100 * self.agreed(purpose), self.household_count)

    def reaches(self, purpose: Purpose) -> bool:
        """Whether a rate, unrounded, is not below the threshold; False where nobody was asked."""
        rate = self.rate(purpose)
        return purpose in self.rounds and rate is not None and rate >= self.threshold_percent

    @property
    def reaches_both(self) -> bool:
        """双80%达标."""
        return all(self.reaches(purpose) for purpose in Purpose)


@dataclass(frozen=True, slots=True)
class EstateRow:
    """An estate as the ledger has it, with how many of its households are listed."""

    pk: int
    project_id: int
    name: str
    household_count: int
    listed_count: int


class AskedRound(NamedTuple):
    """A round that was opened: for which project and what, its number, its day, whether it asks for items of the
    menu."""

    pk: int
    project_id: int
    purpose: str
    number: int
    opened_on: date
    has_menu: bool


@dataclass(frozen=True)
class Consent:
    """What was asked and said by a day about the estates of projects."""

    on_day: date
    estates: Mapping[int, Sequence[EstateRow]]
    rounds: Mapping[int, Mapping[Purpose, AskedRound]]
    counts: Mapping[tuple[int, int], Mapping[str, int]]

    def facts(
        self, *, projects: Sequence[ProjectFacts], threshold_percent: Decimal
    ) -> list[ConsentFacts]:
        """A fact per estate, in the order of projects and estates."""
        return [
            ConsentFacts(
                on=self.on_day,
                project=project,
                estate_id=estate.pk,
                estate_name=estate.name,
                household_count=estate.household_count,
                listed_count=estate.listed_count,
                rounds={
                    purpose: self._round(asked, estate.pk)
                    for purpose, asked in self.rounds.get(project.pk, {}).items()
                },
                threshold_percent=threshold_percent,
            )
            for project in projects
            for estate in self.estates.get(project.pk, ())
        ]

    def _round(self, asked: AskedRound, estate_id: int) -> RoundFacts:
        said = self.counts.get((asked.pk, estate_id), {})
        return RoundFacts(
            number=asked.number,
            agreed=said.get(Choice.AGREE, 0),
            disagreed=said.get(Choice.DISAGREE, 0),
            undecided=said.get(Choice.UNDECIDED, 0),
        )


def read_consent(*, project_ids: Iterable[int], on: date) -> Consent:
    """What counts at the end of a day for the projects; three queries, of which a reading request that asks for two
    days asks two once."""
    ids = tuple(project_ids)
    estates = held(("asked estates", ids), lambda: _estates(ids))
    rounds: defaultdict[int, dict[Purpose, AskedRound]] = defaultdict(dict)
    for asked in opened_rounds(project_ids=ids):
        if asked.opened_on <= on:
            rounds[asked.project_id].setdefault(Purpose(asked.purpose), asked)
    counting = [asked.pk for by_purpose in rounds.values() for asked in by_purpose.values()]
    return Consent(on_day=on, estates=estates, rounds=rounds, counts=_counts(counting, on))


def _estates(project_ids: Sequence[int]) -> Mapping[int, list[EstateRow]]:
    """The estates of projects as they are today, by project id."""
    found: defaultdict[int, list[EstateRow]] = defaultdict(list)
    rows = Estate.objects.filter(project_id__in=project_ids).order_by("project_id", "pk")
    for row in rows.annotate(listed=Count("households")).values_list(
        "pk", "project_id", "name", "household_count", "listed"
    ):
        found[row[1]].append(EstateRow(*row))
    return dict(found)


def opened_rounds(*, project_ids: Iterable[int]) -> Sequence[AskedRound]:
    """The rounds of projects that were opened, the newest first. One query, which a reading request asks once."""
    ids = tuple(project_ids)
    return held(("opened rounds", ids), lambda: _opened_rounds(ids))


def _opened_rounds(project_ids: Sequence[int]) -> tuple[AskedRound, ...]:
    menus = Round.items.through.objects.filter(round=OuterRef("pk"))
    rows = Round.objects.filter(project_id__in=project_ids).asked_by(date.max)
    found = rows.annotate(has_menu=Exists(menus)).values_list(*AskedRound._fields)
    return tuple(AskedRound(*row) for row in found)


def _counts(round_ids: Sequence[int], on: date) -> dict[tuple[int, int], dict[str, int]]:
    """(round, estate) → answer → households; no query where nobody was asked."""
    if not round_ids:
        return {}
    said = (
        Answer.objects.filter(round_id__in=round_ids)
        .speaking_on(on)
        .order_by()
        .values_list("round_id", "household__estate_id", "choice")
        .annotate(count=Count("pk"))
    )
    counts: defaultdict[tuple[int, int], dict[str, int]] = defaultdict(dict)
    for round_id, estate_id, choice, count in said:
        counts[round_id, estate_id][choice] = count
    return counts


def threshold_in_force(*, bureau: Organisation, on: date) -> Decimal:
    """What both rates must reach, in percent."""
    return Decimal(values_in_force(organisation=bureau, on=on)[BOTH_RATES.key])


def consent_facts(
    *, projects: Sequence[ProjectFacts], on: date, threshold_percent: Decimal
) -> list[ConsentFacts]:
    """A fact per estate of the projects at the end of a day; three queries."""
    consent = read_consent(project_ids=[project.pk for project in projects], on=on)
    return consent.facts(projects=projects, threshold_percent=threshold_percent)
