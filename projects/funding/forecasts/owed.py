"""The explanations of variances that a bureau owes, for 待办.

Every page of who keeps the money ledger shows how many they are, so they are found in two steps: the database adds
what was paid by project, source and quarter, beside which stands what was forecast and what was explained last; only
the projects of those that differ are read as the pages of forecasts read them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Count, F, Q, QuerySet, Sum, Value
from django.db.models.functions import ExtractQuarter, ExtractYear

from projects.funding.enums import EventState, Stage
from projects.funding.models import ForecastLine, FundingEvent, VarianceExplanation
from projects.funding.parameters import VARIANCE_PERCENT
from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.periods import Quarter
from renovation.core.wholes import Whole
from renovation.records.services import values_in_force

from .facts import Key
from .listing import Judged, judged
from .variance import variance

_PAID, _MEANT, _SAID = 1, 2, 3


@dataclass(slots=True)
class _Sums:
    """Of a project, source and quarter, in 分: what was paid, and whether any of it here and not before the portal;
    what the forecast in force says; what the last explanation speaks of."""

    paid_fen: int = 0
    is_own: bool = False
    meant_fen: int | None = None
    said: tuple[int | None, int] | None = None


def explanations_owed(*, scope: Scope, today: date) -> list[Judged]:
    """The lines that wait for an explanation from who keeps the money ledger, the first last day in front. Two
    queries where none may be owed, none for who explains nothing; what is read grows with what is owed."""
    if not scope.can(Permission.FUNDING_WRITE):
        return []
    bureau = bureau_in(scope)
    if bureau is None:
        return []
    this = Quarter.of(today)
    rows = Project.objects.visible_to(scope).filter(approved_on__isnull=False)
    differing = _differing(rows, bureau, this)
    if not differing:
        return []
    projects = list(
        rows.filter(pk__in={project for project, _, _ in differing}).order_by(
            "street__order", "code"
        )
    )
    quarters = sorted({quarter for _, _, quarter in differing})
    found = judged(projects=projects, bureau=bureau, quarters=quarters, today=today)
    waiting = [one for one in found if one.waits]
    return sorted(waiting, key=lambda one: (one.due_on or date.max, one.line.quarter))


def _differing(rows: ProjectQuerySet, bureau: Organisation, this: Quarter) -> set[Key]:
    """The projects, sources and quarters that are over of which an explanation may be owed: what came differs from
    what was forecast beyond the threshold, and from what was explained (``variance.owed_since`` says since when)."""
    limits: dict[Quarter, Any] = {}
    found = set()
    for (project, source, quarter), sums in _sums(rows, this).items():
        if sums.meant_fen is None and not sums.is_own:
            continue
        if sums.said == (sums.meant_fen, sums.paid_fen):
            continue
        if quarter not in limits:
            values = values_in_force(organisation=bureau, on=quarter.end)
            limits[quarter] = values[VARIANCE_PERCENT.key]
        came = variance(forecast_fen=sums.meant_fen, actual_fen=sums.paid_fen)
        if came.needs_explanation(limits[quarter]):
            found.add((project, source, quarter))
    return found


def _sums(rows: ProjectQuerySet, this: Quarter) -> dict[Key, _Sums]:
    """Of quarters before one. One query, in which the database adds the payments."""
    read = _paid(rows, this).union(_meant(rows, this), _said(rows, this), all=True)
    found: dict[Key, _Sums] = {}
    newest: dict[tuple[int, Quarter], int] = {}
    told: dict[tuple[int, Quarter, int], dict[int, int]] = {}
    spoken: dict[Key, int] = {}
    for kind, project, source, year, number, order, fen, other in read:
        quarter = Quarter(int(year), int(number))
        key = (project, source, quarter)
        if kind == _PAID:
            sums = found.setdefault(key, _Sums())
            sums.paid_fen, sums.is_own = int(fen), other > 0
        elif kind == _MEANT:
            newest[project, quarter] = max(order, newest.get((project, quarter), order))
            told.setdefault((project, quarter, order), {})[source] = fen
        elif order >= spoken.get(key, order):
            spoken[key] = order
            found.setdefault(key, _Sums()).said = (other, fen)
    for (project, quarter), version in newest.items():
        for source, fen in told[project, quarter, version].items():
            found.setdefault((project, source, quarter), _Sums()).meant_fen = fen
    return found


def _number(value: int) -> Value:
    return Value(value, output_field=BigIntegerField())


def _paid(rows: ProjectQuerySet, this: Quarter) -> QuerySet[Any, Any]:
    """What was paid from the quarter on in which a project was entered, a row a project, source and quarter; how many
    of the payments are no openings comes last."""
    entered = "project__approved_on"
    events = FundingEvent.objects.filter(
        Q(effective_on__gte=F(entered))
        | Q(effective_on__year=ExtractYear(entered), effective_on__quarter=ExtractQuarter(entered)),
        project__in=rows,
        stage=Stage.PAID,
        state=EventState.APPROVED,
        effective_on__lt=this.start,
    )
    keyed = events.order_by().values_list(
        _number(_PAID), "project_id", "source_id",
        ExtractYear("effective_on"), ExtractQuarter("effective_on"), _number(0),
    )  # fmt: skip
    own = Q(is_opening=False) & ~Q(corrects__is_opening=True)
    summed: QuerySet[Any, Any] = keyed.annotate(
        fen=Whole(Sum("amount_fen")), own=Count("pk", filter=own)
    )
    return summed


def _before(this: Quarter, path: str = "") -> Q:
    year, number = f"{path}year", f"{path}quarter_number"
    return Q(**{f"{year}__lt": this.year}) | Q(**{year: this.year, f"{number}__lt": this.number})


def _meant(rows: ProjectQuerySet, this: Quarter) -> QuerySet[Any, Any]:
    """What approved forecasts expect, with their version."""
    lines = ForecastLine.objects.filter(
        _before(this, "forecast__"),
        forecast__project__in=rows,
        forecast__state=EventState.APPROVED,
    )
    return lines.order_by().values_list(
        _number(_MEANT), "forecast__project_id", "source_id", "forecast__year",
        "forecast__quarter_number", "forecast__version", "amount_fen", _number(0),
    )  # fmt: skip


def _said(rows: ProjectQuerySet, this: Quarter) -> QuerySet[Any, Any]:
    """What was explained, with its number: actual, then forecast."""
    said = VarianceExplanation.objects.filter(_before(this), project__in=rows)
    return said.order_by().values_list(
        _number(_SAID), "project_id", "source_id", "year", "quarter_number",
        F("pk"), "actual_fen", "forecast_fen",
    )  # fmt: skip
