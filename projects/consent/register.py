"""What the pages of consent show: rates of estates, households by building, answers of a household."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import groupby
from typing import Any

from django.db.models import Count, Prefetch, Q, QuerySet
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.facts import ProjectFacts, project_facts
from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation
from renovation.core.declarations import measure
from renovation.core.measures import Approval, Measure
from renovation.face.values import Room

from .enums import Choice, Purpose, Standing
from .facts import ConsentFacts, consent_facts, threshold_in_force
from .measures import MEASURES, NAMES
from .models import Answer, CareVisit, Household, Round
from .overtaken import Overtaken, overtaken_now
from .querysets import HouseholdQuerySet

_DECLARED = {declaration.name: declaration for declaration in MEASURES}
WORDS = {
    Choice.AGREE: "同意",
    Choice.DISAGREE: "不同意",
    Choice.UNDECIDED: "有意见",
}
HELD_WORD, NONE_WORD = "待认定", "未答复"
LEGEND = (
    *((choice.value, word) for choice, word in WORDS.items()),
    ("held", HELD_WORD),
    ("none", NONE_WORD),
)


@dataclass(frozen=True, slots=True)
class Rate:
    """One of the two rates of an estate: the measure, whether it was asked, whether it reaches."""

    purpose: Purpose
    measure: Measure
    round_number: int | None
    answered: int
    reaches: bool

    @property
    def name(self) -> str:
        """同意改造率."""
        return NAMES[self.purpose]

    @property
    def standing(self) -> tuple[str, str]:
        """Word and kind of its mark."""
        if self.round_number is None:
            return "未征询", "waiting"
        return ("达标", "approved") if self.reaches else ("未达标", "alarm")


@dataclass(frozen=True, slots=True)
class EstateLine:
    """An estate with both rates."""

    fact: ConsentFacts
    rates: tuple[Rate, ...]
    #: Of a project whose works have not begun (``RoundQuerySet.before_start``): that its round asked about an
    #: earlier scheme.
    overtaken: Overtaken | None = None

    @property
    def is_asked(self) -> bool:
        """Whether anything was asked."""
        return any(rate.round_number is not None for rate in self.rates)

    @property
    def standing(self) -> tuple[str, str]:
        """双80% in word and mark."""
        if self.fact.reaches_both:
            return "达标", "approved"
        return ("未达标", "alarm") if self.is_asked else ("未征询", "waiting")

    @property
    def listing_gap(self) -> str:
        """What is to be said where the list is longer or shorter than the estate's count; "" where not."""
        gap = self.fact.listed_count - self.fact.household_count
        if not gap:
            return ""
        return f"名册 {self.fact.listed_count} 户，{'多' if gap > 0 else '少'} {abs(gap)} 户"


def estate_line(fact: ConsentFacts, overtaken: Overtaken | None = None) -> EstateLine:
    """An estate with the figures that the declarations give for it."""
    rates = []
    for purpose, name in NAMES.items():
        found = fact.rounds.get(purpose)
        rates.append(
            Rate(
                purpose=purpose,
                measure=measure(_DECLARED[name], [fact], as_of=fact.on, approval=Approval.APPROVED),
                round_number=found.number if found else None,
                answered=found.answered if found else 0,
                reaches=fact.reaches(purpose),
            )
        )
    return EstateLine(fact, tuple(rates), overtaken)


def estates_of(*, projects: ProjectQuerySet, bureau: Organisation, on: date) -> list[EstateLine]:
    """Every estate of the projects in scope on a day, in their order. Eleven queries, three more where a scheme was
    changed after its round."""
    threshold = threshold_in_force(bureau=bureau, on=on)
    rows: Sequence[ProjectFacts] = project_facts(projects=projects, on=on)
    facts = consent_facts(projects=rows, on=on, threshold_percent=threshold)
    ahead = [row.pk for row in rows if not row.passed(GateKind.STARTED)]
    changed = overtaken_now(project_ids=ahead, on=on)
    return [estate_line(fact, changed.get(fact.project.pk)) for fact in facts]


def figures_of(*, lines: Iterable[EstateLine], on: date) -> list[Measure]:
    """The three measures over some estates."""
    facts = [line.fact for line in lines]
    return [
        measure(declaration, facts, as_of=on, approval=Approval.APPROVED)
        for declaration in MEASURES
    ]


# -- households of a round ---------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class Building:
    """A building of an estate with its households: how many gave an answer that counts, how many of these
    agreed, and how many contradict themselves and count for nothing until somebody decides (``held``)."""

    estate_id: int
    estate: str
    name: str
    rooms: tuple[Room, ...]
    answered: int
    agreed: int
    held: int

    @property
    def key(self) -> str:
        """Names the building in a form: estate and building."""
        return f"{self.estate_id}:{self.name}"

    @property
    def title(self) -> str:
        """文昌园小区 3号楼."""
        return (
            f"{self.estate} {self.name}号楼"
            if self.name.isdecimal()
            else f"{self.estate} {self.name}"
        )


def room_order(
    row: Household,
) -> tuple[int, str, tuple[int, str], tuple[int, str], tuple[int, str]]:
    def natural(text: str) -> tuple[int, str]:
        digits = "".join(c for c in text if c.isdecimal())
        return (int(digits) if digits else 0, text)

    return (row.estate_id, "", natural(row.building), natural(row.unit), natural(row.room))


def in_order(rows: Iterable[Household]) -> list[Household]:
    """Households as one walks: estate, building, unit, room, numbers by their value."""
    return sorted(rows, key=room_order)


def buildings(*, found: Round, households: Iterable[Household]) -> list[Building]:
    """The households of a round by building, each with the answer that counts. Two queries."""
    rows = in_order(households)
    looks: dict[int, str] = {}
    for household_id, choice, standing in Answer.objects.filter(
        round=found, standing__in=[Standing.CURRENT, Standing.HELD]
    ).values_list("household_id", "choice", "standing"):
        if standing == Standing.HELD:
            looks[household_id] = "held"
        else:
            looks.setdefault(household_id, choice)
    words = dict(LEGEND)
    made = []
    for (estate_id, building), group in groupby(
        rows, key=lambda row: (row.estate_id, row.building)
    ):
        members = list(group)
        rooms = tuple(
            Room(
                place="-".join(part for part in (row.unit, row.room) if part),
                look=looks.get(row.pk, "none"),
                word=words[looks.get(row.pk, "none")],
                href=reverse("consent:answer", args=[found.project.code, found.number, row.pk]),
            )
            for row in members
        )
        made.append(
            Building(
                estate_id=estate_id,
                estate=members[0].estate.name,
                name=building,
                rooms=rooms,
                answered=sum(room.look in Choice.values for room in rooms),
                agreed=sum(room.look == Choice.AGREE for room in rooms),
                held=sum(room.look == "held" for room in rooms),
            )
        )
    return made


def conflicts_of(*, found: Round) -> list[Household]:
    """The households of a round whose answers wait for a decision. One query."""
    return in_order(
        Household.objects.filter(answers__round=found, answers__standing=Standing.HELD)
        .select_related("estate")
        .distinct()
    )


# -- visits ------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class CareLine:
    """A household to call on, and the visits that stand, the newest first."""

    household: Household
    visits: tuple[CareVisit, ...]

    @property
    def visit_count(self) -> int:
        """How often somebody called."""
        return len(self.visits)

    @property
    def last_on(self) -> date | None:
        """When somebody called last."""
        return self.visits[0].visited_on if self.visits else None

    @property
    def waiting_count(self) -> int:
        """Needs that wait."""
        return sum(visit.is_open for visit in self.visits)


def care_lines(households: HouseholdQuerySet) -> list[CareLine]:
    """Those to call on, never visited first, then by the last visit, each as one walks. Two queries."""
    standing = Prefetch("visits", CareVisit.objects.standing())
    rows = households.to_call_on().select_related("estate").prefetch_related(standing)
    lines = [CareLine(row, tuple(row.visits.all())) for row in in_order(rows)]
    return sorted(lines, key=lambda line: line.last_on or date.min)


@dataclass(frozen=True, slots=True)
class CareCounts:
    """敲门行动 in numbers, the only form in which it is shown outside the archive."""

    households: int
    visited: int
    needs: int
    waiting: int

    def __add__(self, other: CareCounts) -> CareCounts:
        return CareCounts(
            self.households + other.households,
            self.visited + other.visited,
            self.needs + other.needs,
            self.waiting + other.waiting,
        )


NO_CARE = CareCounts(0, 0, 0, 0)


def care_by_estate(*, estate_ids: Collection[int] | QuerySet[Any, Any]) -> dict[int, CareCounts]:
    """Estate → households to call on, those visited, needs found and needs that wait, of the visits that stand. Two
    queries."""
    rows = Household.objects.filter(estate_id__in=estate_ids).to_call_on()
    found = {
        estate: CareCounts(every, seen, 0, 0)
        for estate, every, seen in rows.order_by()
        .values_list("estate_id")
        .annotate(
            every=Count("pk", distinct=True),
            seen=Count("visits__household", filter=Q(visits__withdrawn_at=None), distinct=True),
        )
    }
    visits = CareVisit.objects.standing().filter(
        household__estate_id__in=estate_ids, has_needs=True
    )
    for estate, served_on in visits.values_list("household__estate_id", "served_on"):
        need = CareCounts(0, 0, 1, int(served_on is None))
        found[estate] = found.get(estate, NO_CARE) + need
    return found


def care_counts(*, project: Project) -> CareCounts:
    """The same of a whole project. Two queries."""
    return sum(care_by_estate(estate_ids=project.estates.values("pk")).values(), NO_CARE)


def care_by_street(
    *, lines: Iterable[EstateLine], by_estate: Mapping[int, CareCounts]
) -> list[tuple[str, CareCounts]]:
    """(street, counts) of the estates, the streets in their order; those without a door to call at are told too."""
    found: dict[tuple[str, str], CareCounts] = {}
    for line in lines:
        street = (line.fact.street_code, line.fact.street_name)
        counts = by_estate.get(line.fact.estate_id, NO_CARE)
        found[street] = found.get(street, NO_CARE) + counts
    return [(name, counts) for (_, name), counts in sorted(found.items())]
