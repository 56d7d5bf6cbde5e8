"""The register of returns: weeks × streets, who owes, who sent, when (CONTRACT.md, /weeks/…/returns)."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.calendar import local_day
from renovation.core.periods import Week, Year

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
    """Lines from the newest week to the oldest; ``streets`` are those of which anything was expected."""

    streets: tuple[Organisation, ...]
    lines: tuple[Line, ...]
    years: tuple[int, ...] = ()

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
) -> Register:
    """The asked weeks from ``first`` to ``last`` in a constant number of queries, the newest first.

    Whether a return is a 零报告 is looked up in its rows, only where ``tells_nil`` asks for it.
    """
    seen = set(streets)
    groups = [group for group in reporting_groups(bureau=bureau) if group.street_id in seen]
    known = {group.street_id for group in groups}
    shown = [street for street in reporting_streets(bureau=bureau) if street.pk in known]
    moments = moments_between(bureau=bureau, first=first, last=last, now=now)
    closing = closing_moments(streets=shown, moments=moments)
    versions = _versions(shown, moments)
    events = _events(versions.values())
    nil = nil_returns(rows[0].pk for rows in versions.values()) if tells_nil else set()
    expected_of = reporting_counts(groups=groups, weeks=moments)
    lines = []
    for week, each in moments.items():
        counts = expected_of[week]
        if not each.is_asked or not counts:
            continue
        entries = []
        for street in shown:
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
    )


def _years(groups: Iterable[ReportingGroup], newest: Week) -> tuple[int, ...]:
    """The years in which anything was to be reported, the newest first."""
    first = Week(min((group.first.start for group in groups), default=newest.start))
    return tuple(range(newest.end.year, min(first, newest).end.year - 1, -1))


#: What the register, 待办 and the API say of a return: how it stands, since when, by whom; its rows are elsewhere.
_COLUMNS = (
    "street_id",
    "week_start",
    "version",
    "state",
    "is_opening",
    "first_submitted_at",
    "due_at_met",
    "submitted_at",
    "submitted_by_id",
    "reviewed_at",
    "reviewed_by_id",
    "approved_at",
    "sent_back_at",
    "late_reason",
    "comment",
)


def _versions(
    streets: Iterable[Organisation], moments: Mapping[Week, WeekMoments]
) -> dict[tuple[Week, int], list[WeeklyReturn]]:
    """The versions of every return, the first first."""
    found: dict[tuple[Week, int], list[WeeklyReturn]] = {}
    weeks = [week.start for week in moments]
    rows = WeeklyReturn.objects.filter(
        street__in=[street.pk for street in streets],
        week_start__gte=min(weeks),
        week_start__lte=max(weeks),
    )
    for row in rows.only(*_COLUMNS).order_by("version"):
        found.setdefault((Week(row.week_start), row.street_id), []).append(row)
    return found


def _events(versions: Iterable[list[WeeklyReturn]]) -> dict[int, list[ReturnEvent]]:
    """The acts on first versions that were ever sent back: only there they decide anything."""
    ids = [rows[0].pk for rows in versions if rows[0].sent_back_at is not None]
    found: dict[int, list[ReturnEvent]] = {}
    for event in ReturnEvent.objects.filter(weekly_return__in=ids).defer("rows"):
        found.setdefault(event.weekly_return_id, []).append(event)
    return found
