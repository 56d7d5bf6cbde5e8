"""What reports say of projects as steps of a curve: a year of a district as lists of numbers.

The steps of approved returns are read once and kept, for nobody can change what is approved: behind a write those alone
are read that were approved since, and those that wait, where they count.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from typing import NamedTuple

from django.db.models import CharField, F, OuterRef, Subquery, Value
from django.db.models.functions import Cast, Concat

from projects.ledger.models import Project
from renovation.core.joined import Joined
from renovation.core.measures import Approval
from renovation.core.unchanged import keeps, settled
from renovation.core.wholes import whole

from .enums import APPROVED_STATES, PENDING_STATES, ReturnState
from .models import WeeklyReport, WeeklyReturn
from .of_project import reports_of
from .sealed import under_seal

#: What a report says on the curve: the ordinal of the day it speaks from, its version, tenths of a percent.
Step = tuple[int, int, int]
#: By project, by week, of each week the highest version.
Steps = Mapping[int, Sequence[Step]]
#: Of so few projects the reports are read each time.
_FEW = 100


def counted_states(approval: Approval) -> list[ReturnState]:
    """The states of the returns that count."""
    return [*APPROVED_STATES, *(PENDING_STATES if approval is Approval.ALL else ())]


class _Approved(NamedTuple):
    """What approved returns (``returns``, ids) say of projects, read while the triggers stood ``under`` one seal."""

    under: str
    returns: frozenset[int]
    steps: Steps


class _Return(NamedTuple):
    """A return with what it says: ``said`` are projects with tenths of a percent."""

    pk: int
    state: str
    version: int
    week_start: date
    text: str | None

    @property
    def said(self) -> Iterator[tuple[int, int]]:
        for report in self.text.split(",") if self.text else ():
            project, tenths = report.split(" ")
            yield int(project), int(tenths)


def report_steps(*, project_ids: Collection[int], approval: Approval) -> Steps:
    """The reports of projects as steps of a curve, by week, of each week the highest version that counts; nobody may
    change them. One query, of one row a project: a year of a large district is a quarter of a million reports. Two of
    hardly any rows where those of approved returns are at hand, four where they are kept from now on."""
    states = counted_states(approval)
    if len(project_ids) <= _FEW or not keeps():
        return _read(project_ids, states)
    ids = frozenset(project_ids)
    waiting: list[_Return] = []

    def extend(before: _Approved | None) -> _Approved:
        known = under_seal(before, lambda under: _approved(ids, under))
        found = list(_returns_besides(known.returns, states))
        waiting.extend(each for each in found if each.state not in APPROVED_STATES)
        new = [each for each in found if each.state in APPROVED_STATES]
        if not new:
            return known
        returns = known.returns.union(each.pk for each in new)
        return _Approved(known.under, returns, _with(known.steps, new, ids))

    return _with(settled(("steps", ids), extend).steps, waiting, ids)


def _approved(ids: frozenset[int], under: str) -> _Approved:
    """What is approved by now. All reports are read, drafts as well, and those are taken whose return is known to be
    approved: so nothing is joined to each of them. Two queries."""
    rows = WeeklyReturn.objects.filter(state__in=APPROVED_STATES).order_by()
    known = {
        pk: (_speaks_from(start), version)
        for pk, start, version in rows.values_list("pk", "week_start", "version")
    }
    report = Cast(F("weekly_return") * _TENTHS_IN_ALL + whole("progress_percent", 10), CharField())
    texts = (
        WeeklyReport.objects.filter(project__among=ids, progress_percent__isnull=False)
        .order_by()
        .values_list("project_id")
        .annotate(reports=Joined(report))
    )
    shared: dict[Step, Step] = {}
    found: dict[int, list[Step]] = {}
    for project, text in texts:
        steps = []
        for said in map(int, text.split(",")):
            returned, tenths = divmod(said, _TENTHS_IN_ALL)
            if (when := known.get(returned)) is not None:
                step = (*when, tenths)
                steps.append(shared.setdefault(step, step))
        if steps:
            found[project] = _in_order(steps)
    return _Approved(under, frozenset(known), found)


#: More than a percentage has tenths: a report as one number, of its return and its tenths.
_TENTHS_IN_ALL = 10_000


def _returns_besides(known: frozenset[int], states: Iterable[ReturnState]) -> Iterator[_Return]:
    """The returns that count but for known ones, with all that they say, in one statement: one that is approved at this
    moment either waits or is approved."""
    report = Concat(
        Cast("project_id", CharField()),
        Value(" "),
        Cast(whole("progress_percent", 10), CharField()),
    )
    said = WeeklyReport.objects.filter(
        weekly_return=OuterRef("pk"), progress_percent__isnull=False
    ).order_by()
    text = said.values("weekly_return").annotate(text=Joined(report)).values("text")
    rows = WeeklyReturn.objects.filter(state__in=states).exclude(pk__among=known).order_by()
    columns = rows.values_list("pk", "state", "version", "week_start", Subquery(text))
    return map(_Return._make, columns)


def _with(steps: Steps, returns: Iterable[_Return], ids: frozenset[int]) -> Steps:
    """Steps with those of more returns, as far as they are of some projects."""
    more: defaultdict[int, list[Step]] = defaultdict(list)
    for each in returns:
        day, version = _speaks_from(each.week_start), each.version
        for project, tenths in each.said:
            if project in ids:
                more[project].append((day, version, tenths))
    if not more:
        return steps
    return {**steps, **{pk: _in_order([*steps.get(pk, ()), *new]) for pk, new in more.items()}}


def _in_order(steps: Iterable[Step]) -> list[Step]:
    """By week, of each week the highest version."""
    return list({step[0]: step for step in sorted(steps)}.values())


def _read(project_ids: Collection[int], states: Iterable[ReturnState]) -> Steps:
    """What reports say of projects, read as one text a project. One query."""
    report = Concat(
        Cast("weekly_return__week_start", CharField()),
        Value(" "),
        Cast("weekly_return__version", CharField()),
        Value(" "),
        Cast("progress_percent", CharField()),
    )
    rows = (
        WeeklyReport.objects.filter(
            project__in=Project.objects.filter(pk__among=project_ids).values("pk"),
            weekly_return__state__in=states,
            progress_percent__isnull=False,
        )
        .order_by()
        .values_list("project_id")
        .annotate(reports=Joined(report))
    )
    return {project: _in_order(map(_step, texts.split(","))) for project, texts in rows}


@lru_cache(maxsize=200_000)
def _step(text: str) -> Step:
    """``2025-03-03 1 12.5``: the week from 3 March, version 1, 12.5 percent."""
    start, version, percent = text.split(" ")
    return _speaks_from(date.fromisoformat(start)), int(version), int(Decimal(percent) * 10)


def _speaks_from(week_start: date) -> int:
    """The ordinal of the Sunday of a week."""
    return week_start.toordinal() + 6


def steps_of(*, project_id: int, approval: Approval) -> Steps:
    """The same of one project. One query, none where ``latest_reports`` read its reports."""
    states = counted_states(approval)
    steps: dict[int, Step] = {}
    for said in reports_of(project_id=project_id):
        if said.state in states:
            day = _speaks_from(said.week_start)
            steps[day] = day, said.version, said.progress_tenths
    return {project_id: list(steps.values())} if steps else {}
