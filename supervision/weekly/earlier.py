"""The figures that projects had before a week: as they stand now, or as they stood at a moment.

“上周” of a project is its latest approved figure, else the submitted one, marked 待核 (CONTRACT.md). What an approved
return is compared with is what counted when it was approved: a correction of an earlier week, or one that was sent
back and sent anew, changes nothing of it (HOUSE.md §4, approved is immutable).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Case, Q, Value, When

from projects.ledger.querysets import ProjectQuerySet
from renovation.core.periods import Week

from .enums import APPROVED_STATES, PENDING_STATES, ReturnAct
from .kept import key_of
from .models import ReturnEvent, WeeklyReport
from .usual import Step


@dataclass(frozen=True)
class Last:
    """The earlier figure of a project: of which week, and whether it is approved."""

    week: Week
    progress_percent: Decimal
    completed_investment_fen: int
    is_approved: bool

    @property
    def mark(self) -> str:
        """已核定 or 待核."""
        return "已核定" if self.is_approved else "待核"


class _Said(NamedTuple):
    """What a version of a return says of a project; sorted, the later ones stand behind."""

    project_id: int
    week_start: date
    version: int
    is_approved: bool
    progress_percent: Decimal
    investment_fen: int


def figures_before(
    *, among: ProjectQuerySet, week: Week, at: datetime | None = None
) -> tuple[dict[int, Last], dict[int, tuple[Step, ...]]]:
    """“上周” of projects before a week, and the steps that led to it, by project id; as it counts now, or counted at a
    moment. One query; two more where a return that had been sent by that moment was sent back after it."""
    rows = _now(among, week) if at is None else _then(among, week, at)
    found: dict[int, Last] = {}
    said: defaultdict[int, dict[date, tuple[Decimal, int]]] = defaultdict(dict)
    for project_id, week_start, _, is_approved, progress, investment in rows:
        said[project_id][week_start] = (progress, investment)
        known = found.get(project_id)
        if known is None or is_approved or not known.is_approved:
            found[project_id] = Last(Week(week_start), progress, investment, is_approved)
    return found, {project_id: _steps(weeks) for project_id, weeks in said.items()}


_APPROVED, _SENT, _CHANGED = "approved", "sent", "changed"
_FIGURES = Q(progress_percent__isnull=False, completed_investment_fen__isnull=False)


def _now(among: ProjectQuerySet, week: Week) -> Iterator[_Said]:
    """What is approved or waits for it, by week and version."""
    rows = (
        WeeklyReport.objects.filter(
            _FIGURES,
            project__in=among,
            weekly_return__week_start__lt=week.start,
            weekly_return__state__in=APPROVED_STATES | PENDING_STATES,
        )
        .order_by("weekly_return__week_start", "weekly_return__version")
        .values_list(
            "project_id",
            "weekly_return__week_start",
            "weekly_return__version",
            "weekly_return__state",
            "progress_percent",
            "completed_investment_fen",
        )
    )
    for project_id, start, version, state, progress, investment in rows:
        if progress is not None and investment is not None:
            yield _Said(project_id, start, version, state in APPROVED_STATES, progress, investment)


def _then(among: ProjectQuerySet, week: Week, at: datetime) -> list[_Said]:
    """What was approved or waited for it at a moment, by week and version.

    The rows of a version are written before it is sent and after it was sent back, never between; those of an opening
    return (期初导入) while it waits, too. So they still say what they said then where it had been approved by then, or
    had been sent and was neither sent back nor brought in again since; of one that was, the event of its submission
    keeps them.
    """
    approved = Q(weekly_return__approved_at__lte=at)
    changed = Q(weekly_return__first_submitted_at__lte=at) & (
        Q(weekly_return__sent_back_at__gt=at)
        | Q(weekly_return__is_opening=True, weekly_return__submitted_at__gt=at)
    )
    sent = Q(
        weekly_return__submitted_at__lte=at,
        weekly_return__state__in=APPROVED_STATES | PENDING_STATES,
    )
    rows = (
        WeeklyReport.objects.filter(
            changed | (_FIGURES & (approved | sent)),
            project__in=among,
            weekly_return__week_start__lt=week.start,
        )
        .annotate(
            then=Case(
                When(approved, then=Value(_APPROVED)),
                When(changed, then=Value(_CHANGED)),
                default=Value(_SENT),
            )
        )
        .order_by("weekly_return__week_start", "weekly_return__version")
        .values_list(
            "project_id",
            "weekly_return__week_start",
            "weekly_return__version",
            "then",
            "progress_percent",
            "completed_investment_fen",
            "weekly_return_id",
        )
    )
    found: list[_Said] = []
    sent_back: set[int] = set()
    for project_id, start, version, then, progress, investment, return_id in rows:
        if then == _CHANGED:
            sent_back.add(return_id)
        elif progress is not None and investment is not None:
            found.append(_Said(project_id, start, version, then == _APPROVED, progress, investment))
    if sent_back:
        found += _as_sent(sent_back, among, at)
        found.sort(key=lambda said: (said.week_start, said.version))
    return found


def _as_sent(returns: Collection[int], among: ProjectQuerySet, at: datetime) -> Iterator[_Said]:
    """What stood in versions at a moment at which they had been sent and not been sent back, as the events of their
    submission keep it. Two queries."""
    latest: dict[int, ReturnEvent] = {}
    acts = ReturnEvent.objects.filter(
        weekly_return__in=returns, act__in=[ReturnAct.SUBMIT, ReturnAct.SEND_BACK], at__lte=at
    )
    for event in acts.select_related("weekly_return").order_by("pk"):
        latest[event.weekly_return_id] = event
    stood = [event for event in latest.values() if event.act == ReturnAct.SUBMIT]
    keys = {key_of(row) for event in stood for row in event.rows}
    ids, codes = ({key for key in keys if isinstance(key, kind)} for kind in (int, str))
    known: dict[int | str, int] = {}
    for pk, code in among.filter(Q(pk__in=ids) | Q(code__in=codes)).values_list("pk", "code"):
        known |= dict.fromkeys(keys & {pk, code}, pk)
    for event in stood:
        of = event.weekly_return
        for row in event.rows:
            project_id, progress = known.get(key_of(row)), row["progress_percent"]
            investment = row["completed_investment_fen"]
            if project_id is not None and progress is not None and investment is not None:
                yield _Said(
                    project_id, of.week_start, of.version, False, Decimal(progress), investment
                )


def _steps(weeks: Mapping[date, tuple[Decimal, int]]) -> tuple[Step, ...]:
    """From week to week, by Monday; over a gap nothing is told, for it is no step of one week."""
    return tuple(
        Step(monday, weeks[monday][0] - weeks[before][0], weeks[monday][1] - weeks[before][1])
        for before, monday in pairwise(sorted(weeks))
        if monday - before == timedelta(days=7)
    )
