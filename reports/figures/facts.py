"""What is known of a programme on a day, loaded once; every figure at every level is read from it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from functools import cache, cached_property
from typing import Any
from urllib.parse import urlencode

from django.urls import get_script_prefix, reverse

from projects.consent.facts import consent_facts, threshold_in_force
from projects.funding.applications.facts import facts_of_projects
from projects.funding.facts import Money, MoneyFacts, MoneyInSum, MoneyOfStreet
from projects.ledger.facts import Ledger, ProjectFacts
from projects.ledger.models import Programme
from projects.residents.aftercare.facts import care_facts
from projects.residents.facts import talk_facts
from projects.residents.sharing.facts import sharing_facts
from projects.works.facts import item_facts, structure_facts
from renovation.accounts.scope import Scope
from renovation.core.declarations import Contribution, Declaration, Fact, Kind, difference_of
from renovation.core.declarations import contributions as contributions_of
from renovation.core.declarations import measure as compute
from renovation.core.measures import Approval, Measure
from renovation.core.periods import Period
from renovation.core.unchanged import OneAgain, later
from renovation.core.wording import chinese_date
from supervision.dispatch.facts import item_facts as assigned_facts
from supervision.weekly.facts import ProgressFacts
from supervision.weekly.return_facts import ReturnFacts
from supervision.weekly.row_facts import row_facts
from supervision.weekly.rules import Thresholds

from .catalogue import DISTRICT, PROJECT, STREET, catalogue, declarations
from .divergence import Spending, spending
from .reads import ByStreet, Reads


@dataclass(frozen=True, slots=True)
class Place:
    """What a figure is about: its level, code and name (API ``scope``)."""

    level: str
    code: str
    name: str


@cache
def _source_path(code: str, _prefix: str) -> str:
    """The path of the page of a measure's rows, under the prefix that the portal is served at."""
    return reverse("figures:source", args=[code])


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure at a place; ``source_url`` lists the rows that it is made of (≤ 3 clicks)."""

    measure: Measure
    place: Place
    programme_year: int
    asked: Approval

    @property
    def scope_level(self) -> str:
        """district, street or project."""
        return self.place.level

    @property
    def scope_code(self) -> str:
        """The code of the bureau, street or project."""
        return self.place.code

    @property
    def scope_name(self) -> str:
        """淄川区, 般阳路街道, 文昌园小区."""
        return self.place.name

    @property
    def source_url(self) -> str:
        """The address of the page with its source rows."""
        query = {
            "programme": str(self.programme_year),
            "level": self.place.level,
            "scope": self.place.code,
            "as_of": self.measure.as_of.isoformat(),
            "approval": self.asked.value,
        }
        if self.measure.period is not None:
            query["period"] = self.measure.period.key
        path = _source_path(declarations()[self.measure.name].code, get_script_prefix())
        return f"{path}?{urlencode(query)}"

    @property
    def source(self) -> str:
        """As ``source_url``, by the API's name."""
        return self.source_url


#: Tables whose rows hold nothing but values, equal where all of these are.
_PLAIN = frozenset({"ledger", "progress"})
#: Figures of streets: of a hundred a report changes one.
_AGAIN: OneAgain[Sequence[Any], Measure] = OneAgain(4096)

#: So few projects are asked for alone.
_FEW = 200


@dataclass(frozen=True)
class Facts:
    """Everything that is known about a programme at the end of the day ``as_of``.

    ``period`` is what flows are counted over, ``scope`` whose rows these are (None: all of them). ``ledger``
    and ``purse`` are the rows as read, from which another day can be told. The ledger is there from the start;
    progress, money and returns are read when something asks for them, once. ``code`` is that of the one project
    that these facts are about, "" where they are about all.
    """

    programme: Programme
    as_of: date
    approval: Approval
    period: Period
    scope: Scope | None
    thresholds: Thresholds
    ledger: Ledger
    projects: Sequence[ProjectFacts]
    reads: Reads
    code: str = ""
    _found: dict[tuple[str, str, str], Measure] = field(default_factory=dict)
    _tables: dict[str, Sequence[Any]] = field(default_factory=dict, init=False)
    _groups: dict[tuple[str, str], Mapping[str, Sequence[Any]]] = field(
        default_factory=dict, init=False
    )
    _places: dict[str, Sequence[Place]] = field(default_factory=dict, init=False)
    #: What is read when it is first asked for is noted with these facts, where they are kept.
    _reading_on: Callable[[], AbstractContextManager[None]] = field(
        default_factory=later, init=False, repr=False, compare=False
    )

    @cached_property
    def purse(self) -> Money:
        """Plans and events of money as read."""
        with self._reading_on():
            return self.reads.purse()

    @cached_property
    def progress(self) -> Sequence[ProgressFacts]:
        """The progress of every project in scope."""
        with self._reading_on():
            return self.reads.progress()

    @cached_property
    def money(self) -> Sequence[MoneyFacts]:
        """The money of every project in scope by source."""
        with self._reading_on():
            return self.reads.money(self.purse)

    @cached_property
    def amounts(self) -> Sequence[MoneyFacts | MoneyInSum]:
        """The money that figures are made of: by source, or in sum where these facts are read so."""
        with self._reading_on():
            return self.money if self.reads.in_sum is None else self.reads.in_sum(None)

    @cached_property
    def amounts_by_street(self) -> Sequence[MoneyOfStreet] | None:
        """The money of streets where these facts are read so and nobody asked for that of every project before."""
        if self.reads.by_street is None or "amounts" in self.__dict__:
            return None
        with self._reading_on():
            return self.reads.by_street(None)

    @cached_property
    def returns(self) -> Sequence[ReturnFacts]:
        """The returns that were expected in the period."""
        with self._reading_on():
            return self.reads.returns()

    @cached_property
    def declared(self) -> Mapping[str, Declaration]:
        """All measures by name as this reader is told them: who is shown only what is approved learns nothing of
        what waits for approval."""
        if self.scope is None or not self.scope.approved_only:
            return declarations()
        return {
            name: replace(each, waiting=None) if each.waiting and each.waiting.joins else each
            for name, each in declarations().items()
        }

    @cached_property
    def gone(self) -> Mapping[str, str]:
        """Projects of these rows that the reader may not open, by code, with the sentence that says why: their
        figures are those of the street that they left, their pages are of the street where they are."""
        scope = self.scope
        if scope is None or scope.party_ids:
            return {}
        return {
            row.code: f"已调至{row.left_to}，自{chinese_date(row.left_on)}起"
            for row in self.ledger.projects
            if row.left_on is not None and row.now_street_id not in scope.organisation_ids
        }

    @property
    def places(self) -> Places:
        """The places of each level, in order: the district, its streets, their projects.

        There is no district for who does not see all of it: the sum of some streets is not the district's. Only
        what it found is kept here: in a circle with these facts it would hold thousands of rows until the
        collector runs.
        """
        return Places(self, self._places)

    @cached_property
    def whole(self) -> Place:
        """The widest place in sight: the district, or the one street; several streets bear their names."""
        if self.places[DISTRICT]:
            return self.places[DISTRICT][0]
        streets = self.places[STREET]
        if len(streets) == 1:
            return streets[0]
        names = "、".join(place.name for place in streets)
        return Place(DISTRICT, self.programme.bureau.code, names)

    def place(self, level: str, code: str) -> Place | None:
        """The place of a level and code, None where it is not in sight."""
        return next((place for place in self.places[level] if place.code == code), None)

    def _table(self, name: str) -> Sequence[Any]:
        """A table by its name, read when a figure first asks for it."""
        if name == "asked":
            return facts_of_projects(projects=self.projects, on=self.as_of, scope=self.scope)
        if name == "consent":
            limit = threshold_in_force(bureau=self.programme.bureau, on=self.as_of)
            return consent_facts(projects=self.projects, on=self.as_of, threshold_percent=limit)
        if name == "items":
            return item_facts(projects=self.projects, on=self.as_of, approval=self.approval)
        if name == "structures":
            return structure_facts(projects=self.projects, on=self.as_of)
        if name == "talks":
            return talk_facts(projects=self.projects, on=self.as_of)
        if name == "sharing":
            return sharing_facts(projects=self.projects, on=self.as_of)
        if name == "care":
            return care_facts(projects=self.projects, on=self.as_of)
        if name == "assigned":
            return assigned_facts(
                bureau=self.programme.bureau, period=self.period, on=self.as_of, scope=self.scope
            )
        if name == "rows":
            return row_facts(
                bureau=self.programme.bureau,
                returns=self.returns,
                on=self.as_of,
                approval=self.approval,
            )
        if name == "spending":
            return spending(self.progress, self.amounts)
        tables: dict[str, str] = {
            "ledger": "projects",
            "progress": "progress",
            "money": "amounts",
            "returns": "returns",
        }
        found: Sequence[Any] = getattr(self, tables[name])
        return found

    def _rows(self, name: str) -> Sequence[Any]:
        if name not in self._tables:
            with self._reading_on():
                self._tables[name] = self._table(name)
        return self._tables[name]

    def _grouped(self, name: str, level: str) -> Mapping[str, Sequence[Any]]:
        """The rows of a table by the code of their street or project."""
        if (name, level) not in self._groups:
            groups: defaultdict[str, list[Any]] = defaultdict(list)
            for row in self._rows(name):
                groups[row.street_code if level == STREET else row.project_code].append(row)
            groups.pop("", None)
            self._groups[name, level] = groups
        return self._groups[name, level]

    def copy(self) -> Facts:
        """The same facts with all that was read and found, which reads on by itself."""
        new = replace(self, _found=dict(self._found))
        there = {name: value for name, value in vars(self).items() if name not in vars(new)}
        vars(new).update(there)  # what cached properties hold
        for name in ("_tables", "_groups", "_places"):
            vars(new)[name] = dict(vars(self)[name])
        return new

    def only(self, projects: Collection[int]) -> Facts:
        """The same facts of some of the projects (ids): a part of the figures with sums of its own, from the
        rows that were read. Returns stay, for a return belongs to a street."""
        chosen = {fact.pk for fact in self.projects if fact.pk in projects}
        return replace(
            self,
            ledger=self.ledger.only(projects),
            projects=[fact for fact in self.projects if fact.pk in chosen],
            reads=Reads(
                purse=lambda: self.purse,
                progress=lambda: [fact for fact in self.progress if fact.project.pk in chosen],
                money=lambda _: [fact for fact in self.money if fact.project.pk in chosen],
                returns=lambda: self.returns,
                in_sum=None
                if self.reads.in_sum is None
                else lambda some: self._amounts_of(chosen if some is None else some),
                by_street=self._by_street_of(chosen),
            ),
            _found={},
        )

    def _by_street_of(self, projects: Collection[int]) -> ByStreet | None:
        """How the money of some projects is told by street, where that of every project was not read before."""
        by_street = self.reads.by_street
        if by_street is None or "amounts" in self.__dict__:
            return None
        return lambda some: by_street(projects if some is None else some)

    def _amounts_of(self, projects: Collection[int]) -> Sequence[MoneyInSum]:
        """The money in sum of some projects: of a few alone, where that of all was not read before."""
        if (
            self.reads.in_sum is not None
            and len(projects) <= _FEW
            and "amounts" not in self.__dict__
        ):
            return self.reads.in_sum(projects)
        return [
            row
            for row in self.amounts
            if isinstance(row, MoneyInSum) and row.project.pk in projects
        ]

    def settled(self) -> Facts:
        """The same facts, with the money that is approved alone; what else was read is not read again."""
        return replace(
            self,
            approval=Approval.APPROVED,
            reads=Reads(
                purse=lambda: self.purse,
                progress=lambda: self.progress,
                money=lambda purse: purse.on(
                    projects=self.projects, day=self.as_of, approval=Approval.APPROVED
                ),
                returns=lambda: self.returns,
            ),
            _found={},
        )

    def rows(self, table: str, place: Place | None = None) -> Sequence[Any]:
        """The facts of a table at a place (the widest where none is named)."""
        spot = place or self.whole
        if table == "money" and spot.level != PROJECT:
            by_street = self.amounts_by_street
            if by_street is not None:  # another thread may be told later that it is None
                table = "money by street"
                self._tables.setdefault(table, by_street)
        if spot.level == DISTRICT:
            return self._rows(table) if spot.code == self.programme.bureau.code else []
        return self._grouped(table, spot.level).get(spot.code, [])

    def contributions(
        self, declaration: Declaration, place: Place | None = None
    ) -> list[Contribution]:
        """The source rows of a measure at a place: what the number is made of."""
        return contributions_of(declaration, self.rows(declaration.facts, place))

    def get(self, name: str, place: Place | None = None) -> Measure:
        """The figure of a measure at a place (the widest where none is named). KeyError for no measure."""
        spot = place or self.whole
        key = (name, spot.level, spot.code)
        if key not in self._found:
            self._found[key] = self._measure(self.declared[name], spot)
        return self._found[key]

    def _measure(self, declaration: Declaration, place: Place) -> Measure:
        if declaration.kind is Kind.DIFFERENCE and declaration.of is not None:
            minuend, subtrahend = (self.get(part, place) for part in declaration.of)
            return difference_of(declaration, minuend, subtrahend)
        rows = self.rows(declaration.facts, place)

        def made(rows: Sequence[Any]) -> Measure:
            return compute(
                declaration, rows, as_of=self.as_of, approval=self.approval, period=self.period
            )

        if place.level != STREET or declaration.facts not in _PLAIN:
            return made(rows)
        told = declaration.name, declaration.waiting is None  # as ``declared`` tells it
        key = *told, place.code, self.programme.pk, self.as_of, self.approval, self.period
        return _AGAIN(key, rows, made)

    def figure(self, name: str, place: Place | None = None) -> Figure:
        """A measure with its place and the address of its rows."""
        spot = place or self.whole
        return Figure(self.get(name, spot), spot, self.programme.year, self.approval)

    def figures(
        self,
        level: str,
        names: Iterable[str] | None = None,
        places: Sequence[Place] | None = None,
    ) -> list[Figure]:
        """The measures of a level at all its places, or at some of them; measures that the level does not have
        are left out."""
        chosen = [
            name
            for name in (catalogue() if names is None else names)
            if level in declarations()[name].levels
        ]
        spots = self.places[level] if places is None else places
        return [self.figure(name, place) for place in spots for name in chosen]

    def progress_of(self, code: str) -> ProgressFacts:
        """The progress of one project by its code; KeyError where it is not in scope."""
        return self._progress_by_code[code]

    @cached_property
    def _progress_by_code(self) -> Mapping[str, ProgressFacts]:
        return {fact.project.code: fact for fact in self.progress}

    @cached_property
    def _lights(self) -> Mapping[str, str]:
        return {fact.project.code: fact.light for fact in self.progress}

    def light_of(self, code: str) -> str:
        """The light of a project: green, yellow, red or grey."""
        return self._lights[code]

    def lights(self, place: Place | None = None) -> dict[str, int]:
        """How many projects of a place show each light: green, yellow, red, grey."""
        found = {"green": 0, "yellow": 0, "red": 0, "grey": 0}
        for fact in self.rows("progress", place):
            found[self._lights[fact.project.code]] += 1
        return found

    def divergent(self, points: Decimal, place: Place | None = None) -> list[Spending]:
        """The projects whose 支付与进度背离, as shown, exceeds a number of points in either direction."""
        return [
            fact
            for fact in self.rows("spending", place)
            if (shown := self.get("支付与进度背离", self._project_place(fact)).shown) is not None
            and abs(shown) > points
        ]

    def _project_place(self, fact: Spending) -> Place:
        return Place(PROJECT, fact.project_code, fact.label)


class Places(Mapping[str, Sequence[Place]]):
    """The places of facts by level. The streets are those of the projects in scope and of the returns, so only
    who asks for streets pays for the returns."""

    def __init__(self, facts: Facts, found: dict[str, Sequence[Place]]) -> None:
        self._facts = facts
        self._found = found

    def __getitem__(self, level: str) -> Sequence[Place]:
        if level not in self._found:
            read = {DISTRICT: self._districts, STREET: self._streets, PROJECT: self._projects}
            self._found[level] = read[level]()
        return self._found[level]

    def __iter__(self) -> Iterator[str]:
        return iter((DISTRICT, STREET, PROJECT))

    def __len__(self) -> int:
        return 3

    def _districts(self) -> list[Place]:
        facts = self._facts
        bureau = facts.programme.bureau
        if facts.scope is not None and bureau.pk not in facts.scope.organisation_ids:
            return []
        return [Place(DISTRICT, bureau.code, bureau.district_name or bureau.short_name)]

    def _streets(self) -> list[Place]:
        names: dict[str, str] = {}
        rows: list[Fact] = [*self._facts.projects, *self._facts.returns]
        for row in rows:
            names.setdefault(row.street_code, row.street_name)
        return [Place(STREET, code, name) for code, name in names.items()]

    def _projects(self) -> list[Place]:
        return [Place(PROJECT, row.code, row.name) for row in self._facts.projects]
