"""Storing the lights of a week with their reasons and the rules that were used (HOUSE.md §4.6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import NamedTuple

from django.db import transaction

from projects.ledger.facts import read_ledger
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.holding import held
from renovation.core.measures import Approval, round_half_up
from renovation.core.periods import Week

from .enums import Light
from .facts import ProgressFacts, progress_from, report_history, thresholds_in_force
from .models import StatusJudgement
from .reporting import reporting_spans
from .weeks import Phase, moments_between

#: A return that is approved late changes the lights of its week and of those after it, up to here.
REJUDGED_WEEKS = 8
#: How far back a run of yellow and red lights is looked for.
LONGEST_RUN = timedelta(weeks=156)


def judge_week(*, bureau: Organisation, week: Week, now: datetime) -> int:
    """Judge every project that reports in a week, as of its Sunday, on what is approved; returns how many
    judgements are new. A judgement that says the same as the newest one of the week is not repeated."""
    return _judge(bureau=bureau, weeks=[week], street=None, now=now)


def judge_again(*, street: Organisation, bureau: Organisation, week: Week, now: datetime) -> int:
    """After an approval: judge a street's projects anew in the closed weeks that its report speaks for.

    Those are its own week and the closed ones after it, eight at most. Nothing before the week has closed:
    the schedule judges it then.
    """
    last = week.shift(REJUDGED_WEEKS - 1)
    found = moments_between(bureau=bureau, first=week, last=last, now=now)
    closed = [each for each, moments in found.items() if moments.phase(now) is Phase.CLOSED]
    return _judge(bureau=bureau, weeks=closed, street=street, now=now)


@dataclass(frozen=True, slots=True)
class Run:
    """An unbroken run of yellow and red lights: the Monday of its first week, and of how many weeks it is.

    ``light`` is that of its last week; where the run has seen both, ``turned_on`` is the Monday since which it has
    that one, and before which it had the other.
    """

    since: date
    weeks: int
    light: Light
    turned_on: date | None


class Judged(NamedTuple):
    """How a week of a project was judged, with the reasons that were given."""

    week_start: date
    light: str
    reasons: Sequence[str]


def judged_weeks(*, project_id: int) -> Sequence[Judged]:
    """The weeks of a project as they are judged, in order; the newest judgement of a week counts. One query, which a
    reading request asks once."""
    return held(("judged weeks", project_id), lambda: _judged(project_id))


def _judged(project_id: int) -> tuple[Judged, ...]:
    rows = StatusJudgement.objects.filter(project=project_id).order_by("week_start", "pk")
    newest = {row[0]: Judged(*row) for row in rows.values_list(*Judged._fields)}
    return tuple(newest.values())


def lagging_runs(*, project_ids: Iterable[int], on: date) -> dict[int, Run]:
    """The runs in which projects stand on a day, by project id, from the stored judgements of the weeks that
    had ended by then; the newest judgement of a week counts. One query.

    A judgement holds what was approved when the week closed or within eight weeks after it, under the thresholds
    of its week: the run says how the weeks were judged, and does not change when thresholds do.
    """
    last = on - timedelta(days=6)
    ids = list(project_ids)
    lights: defaultdict[int, dict[date, str]] = defaultdict(dict)
    if len(ids) == 1:
        for judged in judged_weeks(project_id=ids[0]):
            if last - LONGEST_RUN <= judged.week_start <= last:
                lights[ids[0]][judged.week_start] = judged.light
    else:
        rows = StatusJudgement.objects.filter(
            project__in=ids, week_start__lte=last, week_start__gte=last - LONGEST_RUN
        )
        for pk, start, light in rows.order_by("week_start", "pk").values_list(
            "project_id", "week_start", "light"
        ):
            lights[pk][start] = light
    found = {}
    for pk, by_week in lights.items():
        run: list[date] = []
        for start, light in by_week.items():
            run = [*run, start] if light in {Light.YELLOW, Light.RED} else []
        if run:
            found[pk] = _run([(start, Light(by_week[start])) for start in run])
    return found


def _run(weeks: Sequence[tuple[date, Light]]) -> Run:
    last = weeks[-1][1]
    others = [place for place, (_, light) in enumerate(weeks) if light is not last]
    return Run(
        since=weeks[0][0],
        weeks=len(weeks),
        light=last,
        turned_on=weeks[others[-1] + 1][0] if others else None,
    )


@transaction.atomic
def _judge(
    *, bureau: Organisation, weeks: Iterable[Week], street: Organisation | None, now: datetime
) -> int:
    chosen = list(weeks)
    spans = [
        span
        for span in reporting_spans(bureau=bureau)
        if (street is None or span.street_id == street.pk)
        and any(span.covers(week) for week in chosen)
    ]
    if not spans:
        return 0
    ids = [span.project.pk for span in spans]
    ledger = read_ledger(projects=Project.objects.filter(pk__in=ids))
    history = report_history(project_ids=ids, approval=Approval.APPROVED)
    newest: dict[tuple[int, Week], StatusJudgement] = {}
    rows = StatusJudgement.objects.filter(
        project__in=ids, week_start__in=[week.start for week in chosen]
    )
    for row in rows.order_by("pk"):
        newest[row.project_id, Week(row.week_start)] = row
    fresh: list[StatusJudgement] = []
    for week in chosen:
        reporting = {span.project.pk for span in spans if span.covers(week)}
        facts = progress_from(
            projects=[each for each in ledger.on(week.end) if each.pk in reporting],
            on=week.end,
            history=history,
            thresholds=thresholds_in_force(bureau=bureau, on=week.end),
        )
        for fact in facts:
            row = _row(fact, week, now)
            if not _same(newest.get((fact.project.pk, week)), row):
                fresh.append(row)
    StatusJudgement.objects.bulk_create(fresh)
    return len(fresh)


def _row(fact: ProgressFacts, week: Week, now: datetime) -> StatusJudgement:
    judgement = fact.judgement
    scheduled, deviation = fact.scheduled_percent, fact.deviation_points
    return StatusJudgement(
        project_id=fact.project.pk,
        week_start=week.start,
        light=judgement.light,
        physical_percent=round_half_up(fact.physical_percent, 1),
        scheduled_percent=None if scheduled is None else round_half_up(scheduled, 1),
        deviation_points=None if deviation is None else round_half_up(deviation, 1),
        reasons=list(judgement.reasons),
        rules=fact.thresholds.as_json(),
        judged_at=now,
    )


_COMPARED = (
    "light",
    "physical_percent",
    "scheduled_percent",
    "deviation_points",
    "reasons",
    "rules",
)


def _same(present: StatusJudgement | None, row: StatusJudgement) -> bool:
    return present is not None and all(
        getattr(present, name) == getattr(row, name) for name in _COMPARED
    )
