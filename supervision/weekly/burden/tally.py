"""Counting cells, minutes and the use of optional columns over the last weeks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from statistics import median_low

from django.db.models import Count, Max, Q

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.intake.pipelines import Column, Kind
from renovation.records.services import values_in_force
from supervision.weekly.columns import COLUMNS, EXPLANATION, UNCHANGED
from supervision.weekly.models import ReturnOpening, WeeklyReport, WeeklyReturn
from supervision.weekly.parameters import BURDEN_WEEKS

REQUIRED: tuple[Column, ...] = tuple(c for c in COLUMNS if c.required and not c.locked)
OPTIONAL: tuple[Column, ...] = tuple(
    c for c in COLUMNS if not c.required and not c.locked and c is not UNCHANGED
)


def _filled(column: Column) -> Q:
    """The rows in which a column says something."""
    if column.kind is Kind.TEXT:
        return ~Q(**{column.field: ""})
    return Q(**{f"{column.field}__isnull": False})


@dataclass(frozen=True, kw_only=True)
class Line:
    """One return that was sent. A row asks for its required cells, or for 无变化 alone; ``used_count`` are the optional
    cells that were filled in of ``optional_count``."""

    street: Organisation
    week: Week
    project_count: int
    unchanged_count: int
    used_count: int
    opened_at: datetime | None
    sent_at: datetime
    worked_seconds: int | None = None

    @property
    def required_count(self) -> int:
        """Cells that had to be filled in: all required ones of a row that changed, one of a row that did not."""
        changed = self.project_count - self.unchanged_count
        return changed * len(REQUIRED) + self.unchanged_count

    @property
    def optional_count(self) -> int:
        """Cells that could be left empty."""
        return self.project_count * len(OPTIONAL)

    @property
    def asked_count(self) -> int:
        """All cells that the form showed to be filled in."""
        return self.required_count + self.optional_count

    @property
    def minutes(self) -> int | None:
        """Whole minutes worked at it from the first opening to the first sending, pauses left out (``working``); None
        where nobody opened it in the portal before it was sent, or it was taken up before work was counted."""
        if self.opened_at is None or self.opened_at > self.sent_at or self.worked_seconds is None:
            return None
        return self.worked_seconds // 60


@dataclass(frozen=True, kw_only=True)
class Use:
    """How an optional column was used: in ``used_count`` of ``row_count`` rows, last in ``last_week``."""

    column: Column
    row_count: int
    used_count: int
    last_week: Week | None

    @property
    def is_unused(self) -> bool:
        """Nobody filled it in: it is proposed for removal. 情况说明 is asked for by rules, so never."""
        return self.row_count > 0 and self.used_count == 0 and self.column is not EXPLANATION


@dataclass(frozen=True, kw_only=True)
class Burden:
    """The returns sent in the last ``weeks`` weeks up to ``last``, the newest first, and the optional columns."""

    weeks: int
    last: Week
    lines: tuple[Line, ...]
    uses: tuple[Use, ...]

    @property
    def unused(self) -> list[Use]:
        """What is proposed for removal."""
        return [use for use in self.uses if use.is_unused]

    @property
    def cells_per_return(self) -> int:
        """Cells asked in a return, on average, rounded down."""
        return sum(line.asked_count for line in self.lines) // len(self.lines) if self.lines else 0

    @property
    def median_minutes(self) -> int | None:
        """Of the returns whose work is known, the middle one."""
        known = [line.minutes for line in self.lines if line.minutes is not None]
        return median_low(known) if known else None


def burden_of(*, scope: Scope, now: datetime) -> Burden:
    """What the returns in sight asked for, the first versions that were sent in the last weeks (``weekly.burden_weeks``),
    those read in from before the portal left out. Four queries."""
    bureau = Organisation.objects.get(pk=scope.bureau_id)
    today = local_day(now)
    weeks = values_in_force(organisation=bureau, on=today)[BURDEN_WEEKS.key]
    last = Week.of(today)
    first = last.shift(1 - weeks)
    returns = list(
        WeeklyReturn.objects.visible_to(scope)
        .filter(
            week_start__gte=first.start,
            week_start__lte=last.start,
            version=1,
            is_opening=False,
            first_submitted_at__isnull=False,
        )
        .select_related("street")
        .order_by("-week_start", "street__order", "street_id")
    )
    if not returns:
        return Burden(weeks=weeks, last=last, lines=(), uses=())
    rows = _counts(returns)
    opened = {
        (opening.street_id, opening.week_start): opening
        for opening in ReturnOpening.objects.visible_to(scope).filter(
            week_start__gte=first.start, version=1
        )
    }
    lines = tuple(
        Line(
            street=row.street,
            week=Week(row.week_start),
            project_count=rows.get(row.pk, {}).get("row_count", 0),
            unchanged_count=rows.get(row.pk, {}).get("unchanged_count", 0),
            used_count=sum(rows.get(row.pk, {}).get(f"{c.field}_used", 0) for c in OPTIONAL),
            opened_at=opening.opened_at if opening else None,
            sent_at=row.first_submitted_at,
            worked_seconds=opening.worked_seconds if opening else None,
        )
        for row in returns
        for opening in [opened.get((row.street_id, row.week_start))]
        if row.first_submitted_at is not None
    )
    return Burden(weeks=weeks, last=last, lines=lines, uses=_uses(returns))


def _counts(returns: Sequence[WeeklyReturn]) -> Mapping[int, dict[str, int]]:
    """Return → rows, unchanged rows, and filled cells by optional column."""
    used = {f"{c.field}_used": Count("pk", filter=_filled(c)) for c in OPTIONAL}
    found = (
        WeeklyReport.objects.filter(weekly_return__in=[row.pk for row in returns])
        .order_by()
        .values_list("weekly_return_id")
        .annotate(
            row_count=Count("pk"),
            unchanged_count=Count("pk", filter=Q(is_unchanged=True)),
            **used,
        )
    )
    names = ("row_count", "unchanged_count", *used)
    return {pk: dict(zip(names, counts, strict=True)) for pk, *counts in found}


def _uses(returns: Sequence[WeeklyReturn]) -> tuple[Use, ...]:
    rows = WeeklyReport.objects.filter(weekly_return__in=[row.pk for row in returns])
    counts = {f"{c.field}_used": Count("pk", filter=_filled(c)) for c in OPTIONAL}
    lasts = {
        f"{c.field}_last": Max("weekly_return__week_start", filter=_filled(c)) for c in OPTIONAL
    }
    found = rows.order_by().aggregate(row_count=Count("pk"), **counts, **lasts)

    def week(start: date | None) -> Week | None:
        return Week(start) if start is not None else None

    return tuple(
        Use(
            column=c,
            row_count=found["row_count"],
            used_count=found[f"{c.field}_used"],
            last_week=week(found[f"{c.field}_last"]),
        )
        for c in OPTIONAL
    )
