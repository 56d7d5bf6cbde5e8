"""Every figure of the portal, for a programme, a day and a choice of data (HOUSE.md §4.1).

``load`` reads the facts once, in a constant number of queries; all measures at all levels are then read from
memory. Nothing else computes a figure.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

from projects.funding.facts import (
    Money,
    MoneyFacts,
    MoneyInSum,
    MoneyOfStreet,
    money_by_street,
    money_in_sum,
    read_money,
)
from projects.ledger.facts import Ledger, read_ledger
from projects.ledger.models import Programme, Project
from projects.ledger.programmes import PARTS, Quantities, of_row
from projects.ledger.querysets import ProjectQuerySet
from projects.ledger.stays import LedgerRow
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, impersonal
from renovation.core.declarations import Declaration, measure_of
from renovation.core.measures import Approval, Measure, Ranked, change, rank
from renovation.core.periods import Month, Period, Quarter, Week, Year
from renovation.core.unchanged import LARGE, PAGES, kept, rests_on, unchanged
from renovation.core.wording import chinese_date
from renovation.records.services import values_in_force
from supervision.weekly.facts import (
    ProgressFacts,
    progress_facts,
    report_steps,
    steps_of,
    thresholds_in_force,
)
from supervision.weekly.return_facts import ReturnFacts, return_facts
from supervision.weekly.weeks import latest_asked_before

from .catalogue import DISTRICT, LEVELS, PROJECT, STREET, catalogue, declarations, groups
from .curve import day_sums
from .divergence import Spending
from .facts import Facts, Figure, Place
from .figure_table import FigureTable
from .parameters import DIVERGENCE_POINTS
from .reads import Reads, Some


def load(
    *,
    programme: Programme,
    as_of: date,
    approval: Approval,
    now: datetime,
    scope: Scope | None = None,
    period: Period | None = None,
    ledger: Ledger | None = None,
    purse: Callable[[], Money] | None = None,
    code: str = "",
    in_sum: bool = False,
) -> Facts:
    """What is known of a programme at the end of a day, in a constant number of queries.

    ``scope`` narrows to the rows that somebody may see; who is shown only what is approved gets that whatever
    was asked. ``period`` is what flows are counted over: the year to date where none is given. ``ledger`` and
    ``purse`` save reading them again. ``code`` narrows to one project: the page of a project reads its own rows
    only, and no returns, which belong to streets. ``in_sum`` reads the money of each project as the database
    adds it: enough for every amount and rate, not for what lies idle, nor for a source alone.
    """
    if scope is not None and scope.approved_only:
        approval = Approval.APPROVED
    sight = scope and impersonal(scope)
    shelf = PAGES if code else LARGE

    def read() -> Ledger:
        rows = _projects(programme, sight)
        return read_ledger(
            projects=rows.filter(code=code) if code else rows,
            streets=None if sight is None or sight.party_ids else sight.organisation_ids,
            shelf=shelf,
        )

    known = None
    if ledger is None:
        known = kept(("ledger", programme.pk, sight, code), read, shelf=shelf, alone=True)
        ledger = known.value
    projects = ledger.on(as_of)
    thresholds = thresholds_in_force(bureau=programme.bureau, on=as_of)
    span = period or Year.of(as_of)
    ids = ledger.ids

    def progress() -> list[ProgressFacts]:
        return progress_facts(projects=projects, on=as_of, approval=approval, thresholds=thresholds)

    def money(read: Money) -> list[MoneyFacts]:
        return read.on(projects=projects, day=as_of, approval=approval)

    def added(some: Some) -> list[MoneyInSum]:
        if some is None:
            return money_in_sum(projects=projects, project_ids=ids, day=as_of, approval=approval)
        those = [project for project in projects if project.pk in some]
        return money_in_sum(projects=those, project_ids=some, day=as_of, approval=approval)

    def by_street(some: Some) -> list[MoneyOfStreet]:
        def add() -> list[MoneyOfStreet]:
            if known is not None:
                rests_on(known.basis)
            those = projects if some is None else [each for each in projects if each.pk in some]
            return money_by_street(projects=those, day=as_of, approval=approval)

        if known is None:
            return add()
        those = None if some is None else frozenset(some)
        key = programme.pk, sight, code, as_of, approval, those
        return unchanged(("by street", *key), add, shelf=LARGE, alone=True)

    def returns() -> list[ReturnFacts]:
        first, last = _weeks_of(span, as_of)
        found = return_facts(
            bureau=programme.bureau, first=first, last=last, on=as_of, now=now, approval=approval
        )
        if scope is None:
            return found
        return [row for row in found if row.street.pk in scope.organisation_ids]

    return Facts(
        programme=programme,
        as_of=as_of,
        approval=approval,
        period=span,
        scope=scope,
        thresholds=thresholds,
        ledger=ledger,
        projects=projects,
        reads=Reads(
            purse=purse or (lambda: read_money(project_ids=ids)),
            progress=progress,
            money=money,
            returns=(list) if code else returns,
            in_sum=added if in_sum else None,
            by_street=by_street if in_sum else None,
        ),
        code=code,
    )


def figures(
    *,
    programme: Programme,
    as_of: date,
    approval: Approval,
    level: str,
    now: datetime,
    period: Period | None = None,
    scope: Scope | None = None,
    measures: Iterable[str] | None = None,
) -> FigureTable:
    """The figures of a level, as the API lists them: all measures, or those named. Raises KeyError for a
    measure or level that is none."""
    facts = load(
        programme=programme, as_of=as_of, approval=approval, now=now, scope=scope, period=period
    )
    return FigureTable(
        level=level,
        as_of=as_of,
        approval=facts.approval,
        period=facts.period,
        figures=tuple(facts.figures(level, measures)),
    )


def period_of(kind: str, as_of: date) -> Period:
    """The month, quarter or year that holds a day, or the last week that is over on it; ValueError for
    another word."""
    match kind:
        case "week":
            return Week.of(as_of + timedelta(days=1)).previous()
        case "month":
            return Month.of(as_of)
        case "quarter":
            return Quarter.of(as_of)
        case "year":
            return Year.of(as_of)
        case _:
            raise ValueError(f"no period {kind!r}")


def _projects(programme: Programme, scope: Scope | None) -> ProjectQuerySet:
    rows = Project.objects.filter(programme=programme)
    return rows if scope is None else rows.counted_for(scope)


def _weeks_of(period: Period, as_of: date) -> tuple[Week, Week]:
    """The first and last week of a period that are over on a day; a week belongs to the period of its Sunday.
    The last lies before the first where none is."""
    first = Week.of(period.start)
    last = Week.of(min(period.end, as_of))
    return first, last if last.end <= min(period.end, as_of) else last.previous()


def definitions(
    *, bureau_id: int | None, on: date
) -> tuple[Mapping[str, Sequence[Declaration]], Mapping[str, Any]]:
    """All measures under their headings, and the values of parameters in force for a bureau on a day."""
    bureau = Organisation.objects.filter(pk=bureau_id).first()
    values = {} if bureau is None else values_in_force(organisation=bureau, on=on)
    return groups(), values


def source_address(facts: Facts, name: str, place: Place) -> str:
    """The address of the page that lists what a figure is made of."""
    return facts.figure(name, place).source_url


# -- against last week -------------------------------------------------------------------------------
def last_week_end(*, programme: Programme, as_of: date, now: datetime) -> date | None:
    """The Sunday of “last week”: of the latest week that asked for a return before the last one that is over
    on a day. None where there is none."""
    over = Week.of(as_of + timedelta(days=1)).previous()
    found = latest_asked_before(bureau=programme.bureau, week=over, now=now)
    return found.end if found else None


def before(*, facts: Facts, now: datetime) -> Facts | None:
    """The same facts a week earlier, for changes (“较上周”); None where there was no such week."""
    day = last_week_end(programme=facts.programme, as_of=facts.as_of, now=now)
    return None if day is None else at(facts=facts, day=day, now=now)


def at(*, facts: Facts, day: date, now: datetime) -> Facts:
    """The same programme, scope and choice of data on another day; the ledger is not read again.

    A week as period moves to the week of the day.
    """
    period: Period = Week.of(day) if isinstance(facts.period, Week) else facts.period
    return load(
        programme=facts.programme,
        as_of=day,
        approval=facts.approval,
        now=now,
        scope=facts.scope,
        period=period,
        ledger=facts.ledger,
        purse=lambda: facts.purse,
        code=facts.code,
        in_sum=facts.reads.in_sum is not None,
    )


def change_of(
    *, facts: Facts, earlier: Facts | None, name: str, place: Place | None = None
) -> Measure | None:
    """What a figure has become since (百分点 for rates); None where there is nothing to compare with."""
    if earlier is None or declarations()[name].word is not None:
        return None
    spot = place or facts.whole
    return change(facts.get(name, spot), earlier.get(name, spot))


# -- curve -------------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class SeriesPoint:
    """Planned and actual progress of a place at the end of a day; ``physical`` is None after the as-of day."""

    day: date
    physical: Measure | None
    scheduled: Measure

    @property
    def week(self) -> Week:
        """The week of the day."""
        return Week.of(self.day)


def series(facts: Facts, days: Sequence[date], place: Place | None = None) -> list[SeriesPoint]:
    """The curve of a place over days: the very figures 形象进度 and 序时进度 of each day. One query.

    ``days`` are in order. Scope, baseline and gates are those of each day; after the as-of day only the plan is
    told.
    """
    pks = {row.pk for row in facts.ledger.projects}
    steps = (
        steps_of(project_id=pks.pop(), approval=facts.approval)
        if len(pks) == 1
        else report_steps(project_ids=pks, approval=facts.approval)
    )
    physical, scheduled = declarations()["形象进度"], declarations()["序时进度"]
    return [
        SeriesPoint(
            day=sums.day,
            physical=measure_of(physical, sums.physical, as_of=sums.day, approval=facts.approval)
            if sums.day <= facts.as_of
            else None,
            scheduled=measure_of(
                scheduled, sums.scheduled, as_of=sums.day, approval=facts.approval
            ),
        )
        for sums in day_sums(
            ledger=facts.ledger,
            rows=_rows_at(facts, place or facts.whole),
            steps=steps,
            days=days,
        )
    ]


def _rows_at(facts: Facts, place: Place) -> list[LedgerRow]:
    """The projects' stays at a place, whether or not they are in scope on the day of the facts."""
    return [
        row
        for row in facts.ledger.projects
        if place.level == DISTRICT
        or place.code == (row.street_code if place.level == STREET else row.code)
    ]


# -- ranking -----------------------------------------------------------------------------------------
RANKING_METHOD = (
    "按偏差（形象进度 − 序时进度）由高到低排列，同分同名次、其后跳号；进度按基线建筑面积加权，"
    "按显示的一位小数比较。偏差由未取整的两数相减得出，可与所列两数之差相差 0.1。"
)


def ranking(facts: Facts) -> list[Ranked[Place]]:
    """The streets by deviation as shown, competition ranks; a street without number comes last, unranked."""
    return rank(facts.places[STREET], lambda place: facts.get("偏差", place))


def ranking_method(facts: Facts) -> str:
    """What is printed under the ranking: key, direction, ties, weighting, as-of, which data."""
    data = "只计已核定" if facts.approval is Approval.APPROVED else "含待核"
    return f"{RANKING_METHOD}数据截至{chinese_date(facts.as_of)}，{data}。"


# -- alarms and checks -------------------------------------------------------------------------------
def divergence_alarms(*, facts: Facts, place: Place | None = None) -> list[Spending]:
    """The projects whose payments run ahead of or behind their progress by more than the bureau's threshold
    (支付与进度背离, as shown). Two queries."""
    values = values_in_force(organisation=facts.programme.bureau, on=facts.as_of)
    return facts.divergent(values[DIVERGENCE_POINTS.key], place)


@dataclass(frozen=True, slots=True)
class OfficialTotal:
    """A quantity of a street in the programme's document beside the ledger's sum; ``official`` is None where
    the document does not name the street."""

    street: str
    name: str
    unit: str
    official: Decimal | None
    ledger: Decimal

    @property
    def difference(self) -> Decimal | None:
        """Ledger − official."""
        return None if self.official is None else self.ledger - self.official

    @property
    def differs(self) -> bool:
        """Whether the two disagree."""
        return self.difference != 0


def official_totals(facts: Facts) -> list[OfficialTotal]:
    """The ledger beside the programme's official totals, by street and quantity. One query.

    Empty where the programme has none (or none in sight).
    """
    rows = facts.programme.totals.select_related("street").order_by("street__order")
    visible = None if facts.scope is None else facts.scope.organisation_ids
    totals = [row for row in rows if visible is None or row.street_id in visible]
    if not totals:
        return []
    official = {row.street.code: of_row(row) for row in totals}
    names = {row.street.code: row.street.short_name for row in totals}
    names |= {place.code: place.name for place in facts.places[STREET]}
    found = []
    for code, name in names.items():
        ours = Quantities()
        for row in facts.projects:
            if row.street_code == code:
                ours += Quantities(
                    1, row.household_count, row.area_sqm, row.estate_count, row.building_count
                )
        for _, attribute, quantity, unit in PARTS:
            stated = getattr(official[code], attribute) if code in official else None
            if stated is None and code in official:
                continue  # the document leaves it out
            found.append(
                OfficialTotal(
                    name,
                    quantity,
                    unit.strip(),
                    None if stated is None else Decimal(stated),
                    Decimal(getattr(ours, attribute)),
                )
            )
    return found


def totals_differences(facts: Facts) -> list[OfficialTotal]:
    """Where the ledger differs from the programme's document; empty where they agree."""
    return [row for row in official_totals(facts) if row.differs]


__all__ = [
    "DISTRICT",
    "LEVELS",
    "PROJECT",
    "RANKING_METHOD",
    "STREET",
    "Facts",
    "Figure",
    "FigureTable",
    "OfficialTotal",
    "Place",
    "SeriesPoint",
    "at",
    "before",
    "catalogue",
    "change_of",
    "definitions",
    "divergence_alarms",
    "figures",
    "last_week_end",
    "load",
    "official_totals",
    "period_of",
    "ranking",
    "ranking_method",
    "series",
    "source_address",
    "totals_differences",
]
