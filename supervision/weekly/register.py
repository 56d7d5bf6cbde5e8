"""The register of returns: weeks × streets, who owes, who sent, when (CONTRACT.md, /weeks/…/returns)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import NamedTuple

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.calendar import local_day
from renovation.core.periods import Week, Year

from .enums import APPROVED_STATES
from .models import ReturnEvent, WeeklyReturn
from .reporting import ReportingGroup, reporting_counts, reporting_groups, reporting_streets
from .return_facts import nil_returns
from .standing import Standing, standing_of
from .weeks import Phase, WeekMoments, closing_moments, moments_between


@dataclass(frozen=True, kw_only=True)
class Entry:
    """A street in a week. ``phase`` is where the week stands for it, an exception included; ``standing`` is None
    where nothing is expected of it; ``project_count`` are its reporting projects, ``is_nil`` a report in which
    nothing changed (零报告)."""

    street: Organisation
    week: Week
    phase: Phase
    closes_at: datetime | None
    project_count: int
    standing: Standing | None
    first: WeeklyReturn | None
    latest: WeeklyReturn | None
    is_nil: bool = False

    @property
    def is_open(self) -> bool:
        """Whether the week takes something in of this street."""
        return self.phase in {Phase.OPEN, Phase.LATE}

    @property
    def sent_at(self) -> datetime | None:
        """When it was first submitted."""
        return self.first.first_submitted_at if self.first else None


@dataclass(frozen=True, kw_only=True)
class Line:
    """A week with its streets, in the order of the register's streets; ``phase`` is that of the bureau."""

    moments: WeekMoments
    phase: Phase
    entries: tuple[Entry, ...]

    @property
    def week(self) -> Week:
        return self.moments.week

    @property
    def expected(self) -> list[Entry]:
        """应报."""
        return [entry for entry in self.entries if entry.standing is not None]

    @property
    def reported(self) -> list[Entry]:
        """已报."""
        return [entry for entry in self.expected if entry.standing and entry.standing.is_reported]

    @property
    def missing(self) -> list[Entry]:
        """未报: closed without a report."""
        return [entry for entry in self.expected if entry.standing and entry.standing.is_missing]

    @property
    def owing(self) -> list[Entry]:
        """Those of whom a report is still wanted, 待报 and 未报."""
        return [
            entry for entry in self.expected if entry.standing and not entry.standing.is_reported
        ]

    @property
    def late(self) -> list[Entry]:
        """迟报."""
        return [entry for entry in self.expected if entry.standing and entry.standing.is_late]


@dataclass(frozen=True, kw_only=True)
class Register:
    """Lines from the newest week to the oldest; ``streets`` are those of which anything was expected. ``settled``
    are the weeks and streets (ids) that the lines leave out, where they do."""

    streets: tuple[Organisation, ...]
    lines: tuple[Line, ...]
    years: tuple[int, ...] = ()
    settled: frozenset[tuple[Week, int]] = frozenset()

    @property
    def current(self) -> list[Line]:
        """The weeks that take something in now, be it of one street, the older first."""
        open_now = [line for line in self.lines if any(entry.is_open for entry in line.expected)]
        return list(reversed(open_now))

    @property
    def unpublished_years(self) -> list[int]:
        """Years whose holidays are not entered."""
        found = {year for line in self.lines for year in line.moments.unpublished_years}
        return sorted(found)


def register_of_year(*, scope: Scope, year: int, now: datetime) -> Register:
    """The weeks of a year (by their Sunday) that have begun, for the streets in sight; empty for a scope
    that belongs to no bureau."""
    bureau = bureau_in(scope)
    if bureau is None:
        return Register(streets=(), lines=())
    streets = scope.organisation_ids
    groups = reporting_groups(bureau=bureau)
    newest = Week.of(local_day(now))
    years = _years(groups, newest)
    weeks = [week for week in Year(year).weeks() if week <= newest] if year in years else []
    first = Week(min((group.first.start for group in groups), default=newest.start))
    weeks = [week for week in weeks if week >= first]
    if not weeks:
        return Register(streets=(), lines=(), years=years)
    return register_between(bureau=bureau, streets=streets, first=weeks[0], last=weeks[-1], now=now)


def register_between(
    *,
    bureau: Organisation,
    streets: Collection[int],
    first: Week,
    last: Week,
    now: datetime,
    tells_nil: bool = True,
    tells_settled: bool = True,
    most: int | None = None,
) -> Register:
    """The asked weeks from ``first`` to ``last`` in a constant number of queries, the newest first, and no more than
    ``most`` of them.

    Whether a return is a 零报告 is looked up in its rows, only where ``tells_nil`` asks for it. Without
    ``tells_settled`` a line has no entry of a street whose report came before it closed, was never sent back nor
    corrected and is approved, it is named in ``Register.settled`` alone: in a large district that is nearly every
    street, and nothing waits of it.
    """
    seen = set(streets)
    groups = [group for group in reporting_groups(bureau=bureau) if group.street_id in seen]
    known = {group.street_id for group in groups}
    shown = [street for street in reporting_streets(bureau=bureau) if street.pk in known]
    moments = moments_between(bureau=bureau, first=first, last=last, now=now)
    expected_of = reporting_counts(groups=groups, weeks=moments)
    if most is not None:
        told = [week for week, each in moments.items() if each.is_asked and expected_of[week]]
        moments = {week: moments[week] for week in told[-most:]}
    closing = closing_moments(streets=shown, moments=moments)
    read = _read(shown, moments) if moments else {}
    settled = frozenset(
        key
        for key, said in read.items()
        if not tells_settled and _is_settled(said, closing.get(key))
    )
    versions = {
        key: [row.made() for row in said] for key, said in read.items() if key not in settled
    }
    events = _events(versions.values())
    nil = nil_returns(rows[0].pk for rows in versions.values()) if tells_nil else set()
    lines = []
    for week, each in moments.items():
        counts = expected_of[week]
        if not each.is_asked or not counts:
            continue
        entries = []
        for street in shown:
            if (week, street.pk) in settled:
                continue
            rows = versions.get((week, street.pk), [])
            closes_at = closing.get((week, street.pk))
            front, latest = (rows[0], rows[-1]) if rows else (None, None)
            expected = street.pk in counts
            standing = (
                standing_of(
                    moments=each,
                    closes_at=closes_at,
                    first=front,
                    latest=latest,
                    events=events.get(front.pk, []) if front else [],
                    now=now,
                )
                if expected
                else None
            )
            entries.append(
                Entry(
                    street=street,
                    week=week,
                    phase=each.phase(now, closes_at=closes_at),
                    closes_at=closes_at,
                    project_count=counts.get(street.pk, 0),
                    standing=standing,
                    first=front,
                    latest=latest,
                    is_nil=standing is not None
                    and standing.is_reported
                    and front is not None
                    and front.pk in nil,
                )
            )
        lines.append(Line(moments=each, phase=each.phase(now), entries=tuple(entries)))
    lines.reverse()
    return Register(
        streets=tuple(shown),
        lines=tuple(lines),
        years=_years(groups, Week.of(local_day(now))),
        settled=settled,
    )


def _years(groups: Iterable[ReportingGroup], newest: Week) -> tuple[int, ...]:
    """The years in which anything was to be reported, the newest first."""
    first = Week(min((group.first.start for group in groups), default=newest.start))
    return tuple(range(newest.end.year, min(first, newest).end.year - 1, -1))


class _Said(NamedTuple):
    """What the register, 待办 and the API say of a version of a return: how it stands, since when, by whom; its
    rows are elsewhere. In the order of the model's fields, as ``from_db`` takes them."""

    id: int
    street_id: int
    week_start: date
    version: int
    state: str
    late_reason: str
    late_code: str
    is_opening: bool
    first_submitted_at: datetime | None
    due_at_met: datetime | None
    submitted_at: datetime | None
    submitted_by_id: int | None
    submitted_for_id: int | None
    reviewed_at: datetime | None
    reviewed_by_id: int | None
    reviewed_for_id: int | None
    review_waiver_id: int | None
    approved_at: datetime | None
    sent_back_at: datetime | None
    comment: str

    def made(self) -> WeeklyReturn:
        """The version, without the columns that are not read."""
        return WeeklyReturn.from_db(None, self._fields, self)


def _read(
    streets: Iterable[Organisation], moments: Mapping[Week, WeekMoments]
) -> dict[tuple[Week, int], list[_Said]]:
    """The versions of every return, the first first."""
    found: dict[tuple[Week, int], list[_Said]] = {}
    weeks = {week.start: week for week in moments}
    rows = WeeklyReturn.objects.filter(
        street__in=[street.pk for street in streets],
        week_start__gte=min(weeks),
        week_start__lte=max(weeks),
    )
    for said in map(_Said._make, rows.order_by("version").values_list(*_Said._fields)):
        found.setdefault((weeks[said.week_start], said.street_id), []).append(said)
    return found


def _is_settled(versions: Sequence[_Said], closes_at: datetime | None) -> bool:
    first = versions[0]
    if len(versions) > 1 or first.state not in APPROVED_STATES or first.sent_back_at is not None:
        return False
    return first.is_opening or (
        closes_at is not None
        and first.first_submitted_at is not None
        and first.first_submitted_at <= closes_at
    )


def _events(versions: Iterable[list[WeeklyReturn]]) -> dict[int, list[ReturnEvent]]:
    """The acts on first versions that were ever sent back: only there they decide anything."""
    ids = [rows[0].pk for rows in versions if rows[0].sent_back_at is not None]
    found: dict[int, list[ReturnEvent]] = {}
    for event in ReturnEvent.objects.filter(weekly_return__in=ids).defer("rows"):
        found.setdefault(event.weekly_return_id, []).append(event)
    return found
