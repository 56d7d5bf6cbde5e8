"""Forecast and actual payments by project, source and quarter, read in a constant number of queries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal

from projects.funding.enums import EventState, Stage
from projects.funding.models import (
    Forecast,
    ForecastLine,
    FundingEvent,
    FundingSource,
    VarianceExplanation,
)
from projects.ledger.models import Project
from renovation.core.periods import Quarter

from .variance import Said, Variance, owed_since, variance

#: Project, source, quarter.
Key = tuple[int, int, Quarter]


@dataclass(slots=True)
class Paid:
    """支付 of a project and source in a quarter: each amount in 分 with the moment of its approval, and whether all
    of it was moved before the portal (期初导入)."""

    payments: list[tuple[datetime, int]] = field(default_factory=list)
    is_brought_in: bool = True

    @property
    def fen(self) -> int:
        """In sum."""
        return sum(amount for _, amount in self.payments)


@dataclass(frozen=True, slots=True)
class Line:
    """A project and source in a quarter: what was forecast (the approved version in force), what was paid by the
    day asked for, what was said about the difference."""

    project: Project
    source: FundingSource
    quarter: Quarter
    variance: Variance
    version: int | None
    explanation: VarianceExplanation | None
    paid: Paid = field(default_factory=Paid)

    @property
    def is_stale(self) -> bool:
        """Whether the amounts have changed since they were explained."""
        said = self.explanation
        return said is not None and (
            said.actual_fen != self.variance.actual_fen
            or said.forecast_fen != self.variance.forecast_fen
        )

    def owed_since(self, *, threshold_percent: Decimal, today: date) -> date | None:
        """The day since which an explanation is owed; None where none is: while the quarter runs, within the
        threshold, once it is explained as it stands, for a quarter before the project was entered, and for what
        was paid before the portal, when nobody could forecast it here."""
        entered_on = self.project.approved_on
        if self.quarter.end >= today or entered_on is None or self.quarter < Quarter.of(entered_on):
            return None
        if self.version is None and self.paid.is_brought_in:
            return None
        said = self.explanation
        return owed_since(
            forecast_fen=self.variance.forecast_fen,
            payments=self.paid.payments,
            quarter_end=self.quarter.end,
            said=Said(said.explained_at, said.forecast_fen, said.actual_fen) if said else None,
            threshold_percent=threshold_percent,
        )


def lines_of(*, projects: Sequence[Project], quarters: Collection[Quarter], on: date) -> list[Line]:
    """The lines that have a forecast or a payment by a day, in order of projects, quarters and sources.
    Four queries. What counts is approved."""
    ids = [project.pk for project in projects]
    by_pk = {project.pk: project for project in projects}
    wanted = set(quarters)
    forecast: dict[Key, tuple[int, int]] = {}
    rows = ForecastLine.objects.filter(
        forecast__project__in=ids, forecast__state=EventState.APPROVED
    ).order_by("forecast__version")
    newest: dict[tuple[int, Quarter], int] = {}
    amounts: dict[tuple[int, Quarter, int], dict[int, int]] = defaultdict(dict)
    for project_id, year, number, version, source_id, amount in rows.values_list(
        "forecast__project", "forecast__year", "forecast__quarter_number",
        "forecast__version", "source", "amount_fen",
    ):  # fmt: skip
        quarter = Quarter(year, number)
        newest[project_id, quarter] = version
        amounts[project_id, quarter, version][source_id] = amount
    for (project_id, quarter), version in newest.items():
        for source_id, amount in amounts[project_id, quarter, version].items():
            forecast[project_id, source_id, quarter] = (amount, version)
    actual = {key: paid for key, paid in _paid(ids, on).items() if paid.fen}
    said = _explanations(ids)
    sources = {source.pk: source for source in FundingSource.objects.all()}
    place = {project.pk: number for number, project in enumerate(projects)}
    keys = {key for key in {*forecast, *actual} if key[2] in wanted}
    found = []
    for key in sorted(
        keys, key=lambda each: (place[each[0]], each[2], sources[each[1]].order, each[1])
    ):
        amount_fen, in_force = forecast.get(key, (None, None))
        paid = actual.get(key) or Paid()
        found.append(
            Line(
                project=by_pk[key[0]],
                source=sources[key[1]],
                quarter=key[2],
                variance=variance(forecast_fen=amount_fen, actual_fen=paid.fen),
                version=in_force,
                explanation=said.get(key),
                paid=paid,
            )
        )
    return found


def _paid(ids: Iterable[int], on: date) -> dict[Key, Paid]:
    """支付 by project, source and quarter; corrections count from the date that they correct."""
    found: defaultdict[Key, Paid] = defaultdict(Paid)
    events = FundingEvent.objects.filter(
        project__in=list(ids), stage=Stage.PAID, state=EventState.APPROVED, effective_on__lte=on
    )
    for project_id, source_id, day, amount, moment, is_opening, corrects_opening in events.values_list(
        "project", "source", "effective_on", "amount_fen", "approved_at", "is_opening",
        "corrects__is_opening",
    ):  # fmt: skip
        if moment is None:
            raise ValueError("what is approved was approved at a moment")
        paid = found[project_id, source_id, Quarter.of(day)]
        paid.payments.append((moment, amount))
        paid.is_brought_in = paid.is_brought_in and bool(is_opening or corrects_opening)
    return dict(found)


def _explanations(ids: Iterable[int]) -> dict[Key, VarianceExplanation]:
    rows = VarianceExplanation.objects.filter(project__in=list(ids)).select_related("explained_by")
    return {
        (row.project_id, row.source_id, Quarter(row.year, row.quarter_number)): row
        for row in rows.order_by("pk")
    }


def in_force(*, project: Project, quarter: Quarter, at: datetime | None = None) -> Forecast | None:
    """The approved version of a quarter, as of a moment where one is given."""
    rows = Forecast.objects.approved().filter(
        project=project, year=quarter.year, quarter_number=quarter.number
    )
    if at is not None:
        rows = rows.filter(decided_at__lte=at)
    return rows.order_by("version").last()
