"""How good the rows of the returns were, as figures see it: filled in, without questions, corrected afterwards
(CAPABILITIES.md D8). A row is what one project reports for one street in one week."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, time
from itertools import pairwise
from typing import NamedTuple

from django.db.models import Q

from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_moment
from renovation.core.measures import Approval
from renovation.core.periods import DAY, Week
from renovation.core.wording import join

from .models import FollowUp, ReportQuestion, WeeklyReport, WeeklyReturn
from .reporting import reporting_spans
from .return_facts import ReturnFacts, counts_as_correction
from .values import FIELDS

#: What a row holds that is whole: 下周计划 and 在场人数 are asked for, though a return may be sent without them.
_ASKED = ("work_done", "next_plan")


class RowFacts(NamedTuple):
    """A row that was expected, as its street first reported it. ``is_there`` says that it was reported by the closing
    moment, ``lacks`` which columns stand empty in it (as words), ``asked`` what rules and the bureau asked about it.
    ``was_approved`` and ``was_corrected`` are about the first version and those after it, ``correction_waits`` says
    that it was corrected by what is not approved."""

    week: Week
    street: Organisation
    project: Project
    is_there: bool
    is_closed: bool
    lacks: tuple[str, ...]
    asked: tuple[str, ...]
    was_approved: bool
    was_corrected: bool
    correction_waits: bool

    @property
    def is_whole(self) -> bool:
        """Reported, with everything that the week asks for."""
        return self.is_there and not self.lacks

    @property
    def is_expected(self) -> bool:
        """Counts as 应填: it is there, or can come no more."""
        return self.is_there or self.is_closed

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.street.code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.street.short_name

    @property
    def project_code(self) -> str:
        """The project's code."""
        return self.project.code

    @property
    def label(self) -> str:
        """Project and week."""
        return f"{self.project.name} {self.week.label}"

    @property
    def whole_note(self) -> str:
        """未报, or what it lacks."""
        if not self.is_there:
            return "没有报"
        return f"没有填{join(self.lacks)}" if self.lacks else ""

    @property
    def asked_note(self) -> str:
        """What was asked about it."""
        return "；".join(self.asked)


class _Row(NamedTuple):
    """What of a stored row is looked at."""

    is_unchanged: bool
    work_done: str
    next_plan: str
    workers_count: int | None

    @property
    def lacks(self) -> tuple[str, ...]:
        if self.is_unchanged:  # it says that nothing changed, which is all that there is to say
            return ()
        words = {"work_done": "本周完成情况", "next_plan": "下周计划"}
        found = [word for name, word in words.items() if not getattr(self, name).strip()]
        return (*found, "在场人数") if self.workers_count is None else tuple(found)


def row_facts(
    *,
    bureau: Organisation,
    returns: Sequence[ReturnFacts],
    on: date,
    approval: Approval = Approval.APPROVED,
) -> list[RowFacts]:
    """Every row that the expected returns asked for, by week, street and project. A constant number of queries, none
    where nothing was expected.

    What rules asked is that of the submission which stands; a waived rule asked nothing. Questions of the bureau count
    from the day on which they were asked, corrections from that on which they were approved.
    """
    if not returns:
        return []
    spans: defaultdict[int, list[tuple[Project, Week, Week | None]]] = defaultdict(list)
    for span in reporting_spans(bureau=bureau):
        spans[span.street_id].append((span.project, span.first, span.last))
    firsts = [each.first_id for each in returns if each.first_id is not None and each.is_reported]
    rows = _rows(firsts)
    asked = _asked(firsts, on)
    corrected = _corrected([each for each in returns if each.was_corrected], on, approval)
    found = []
    for each in returns:
        counted = each.first_id if each.is_reported else None
        for project, first, last in spans[each.street.pk]:
            if each.week < first or (last is not None and each.week > last):
                continue
            row = rows.get((counted, project.pk)) if counted is not None else None
            found.append(
                RowFacts(
                    week=each.week,
                    street=each.street,
                    project=project,
                    is_there=row is not None,
                    is_closed=each.is_closed,
                    lacks=row.lacks if row is not None else (),
                    asked=tuple(asked.get((counted, project.pk), ())) if counted else (),
                    was_approved=row is not None and each.was_approved,
                    was_corrected=(each.first_id, project.pk) in corrected,
                    correction_waits=each.correction_waits
                    and (each.first_id, project.pk) in corrected,
                )
            )
    return found


def _rows(firsts: Collection[int]) -> Mapping[tuple[int, int], _Row]:
    """(return, project) → the row. One query."""
    rows = WeeklyReport.objects.filter(weekly_return__in=firsts).order_by()
    names = ("weekly_return_id", "project_id", "is_unchanged", *_ASKED, "workers_count")
    return {(pk, project): _Row(*rest) for pk, project, *rest in rows.values_list(*names)}


def _asked(firsts: Collection[int], on: date) -> Mapping[tuple[int, int], list[str]]:
    """(return, project) → what rules and the bureau asked. Two queries."""
    found: defaultdict[tuple[int, int], list[str]] = defaultdict(list)
    rules = ReportQuestion.objects.filter(weekly_return__in=firsts, waiver=None).order_by("pk")
    for pk, project, message in rules.values_list("weekly_return_id", "project_id", "message"):
        found[pk, project].append(message)
    until: datetime = local_moment(on + DAY, time())
    of_bureau = FollowUp.objects.filter(weekly_return__in=firsts, asked_at__lt=until)
    for pk, project, question in of_bureau.order_by("pk").values_list(
        "weekly_return_id", "project_id", "question"
    ):
        found[pk, project].append(f"区局核实：{question}")
    return found


def _corrected(
    returns: Iterable[ReturnFacts], on: date, approval: Approval
) -> frozenset[tuple[int, int]]:
    """(first version, project) of the rows that a later version changed. Two queries, none without a correction."""
    wanted = {(each.street.pk, each.week.start): each.first_id for each in returns}
    if not wanted:
        return frozenset()
    about = Q()
    for street, monday in wanted:
        about |= Q(street=street, week_start=monday)
    versions: defaultdict[int, list[int]] = defaultdict(list)
    for row in WeeklyReturn.objects.filter(about).order_by("version"):
        first = wanted[row.street_id, row.week_start]
        if first is not None and (row.version == 1 or counts_as_correction(row, on, approval)):
            versions[first].append(row.pk)
    of_version: defaultdict[int, dict[int, tuple[object, ...]]] = defaultdict(dict)
    ids = [pk for several in versions.values() for pk in several]
    rows = WeeklyReport.objects.filter(weekly_return__in=ids).order_by()
    for pk, project, *values in rows.values_list("weekly_return_id", "project_id", *FIELDS):
        of_version[pk][project] = tuple(values)
    return frozenset(
        (first, project)
        for first, several in versions.items()
        for before, after in pairwise(several)
        for project, values in of_version[before].items()
        if of_version[after].get(project) != values
    )
