"""The lists over all projects in sight: which rows a filter chooses."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.scope import Scope
from renovation.core.calendar import WorkCalendar

from .enums import NoticePoint
from .meeting_lines import MeetingLine, meeting_lines
from .models import Meeting, Notice
from .register import NoticeLine, missing_points, notice_lines

MISSING = "missing"


@dataclass(frozen=True, slots=True)
class MissingRow:
    """A point at which a project should have a notice and has none."""

    project: Project
    point: NoticePoint


def notices_listed(
    scope: Scope,
    *,
    projects: ProjectQuerySet,
    calendar: WorkCalendar,
    values: Mapping[str, Any],
    on: date,
    point: str = "",
    state: str = "",
    sort: str = "",
) -> list[NoticeLine]:
    """The notices of projects: with late objections first, then what hangs by its last day, then the rest; or
    by one of ``SORTS``, with a minus the other way round, what has no value last."""
    rows = Notice.objects.visible_to(scope).filter(project__in=projects)
    if point:
        rows = rows.filter(point=point)
    lines = notice_lines(
        notices=rows.defer("told", "body"), calendar=calendar, values=values, on=on
    )
    wanted = [line for line in lines if _is_wanted(line, state)]
    if sort.removeprefix("-") in SORTS:
        return _sorted(wanted, sort)
    order = {"published": 0, "draft": 1, "concluded": 2, "withdrawn": 3}
    return sorted(
        wanted,
        key=lambda line: (
            -line.overdue_count,
            order[line.notice.state],
            line.closes_on or date.max,
            line.notice.pk,
        ),
    )


SORTS: Mapping[str, Callable[[NoticeLine], Any]] = {
    "project": lambda line: line.notice.project.code,
    "posted": lambda line: line.notice.posted_on,
    "closes": lambda line: line.closes_on,
    "concluded": lambda line: line.notice.concluded_on,
    "objections": lambda line: len(line.objections),
}


def _sorted(lines: list[NoticeLine], sort: str) -> list[NoticeLine]:
    value = SORTS[sort.removeprefix("-")]
    known = [line for line in lines if value(line) is not None]
    known.sort(key=value, reverse=sort.startswith("-"))
    return known + [line for line in lines if value(line) is None]


def _is_wanted(line: NoticeLine, state: str) -> bool:
    """Whether a line is in the state that the filter names; what was withdrawn only where it is asked for."""
    match state:
        case "ripe":
            return line.is_ripe
        case "running":
            return line.notice.state == "published"
        case "objected":
            return line.open_count > 0
        case "overdue":
            return line.overdue_count > 0
        case "draft" | "concluded" | "withdrawn":
            return line.notice.state == state
        case "missing":
            return False
        case _:
            return line.notice.state != "withdrawn"


def missing_listed(*, projects: ProjectQuerySet, point: str = "") -> list[MissingRow]:
    """The points of running projects without a notice, by street and code. Three queries."""
    rows = {
        row.pk: row
        for row in projects.filter(cancelled_on=None)
        .select_related("street")
        .order_by("street__order", "code")
    }
    found = missing_points(project_ids=list(rows))
    return [
        MissingRow(rows[pk], each)
        for pk, points in found.items()
        for each in points
        if not point or each == point
    ]


MEETING_SORTS: Mapping[str, Callable[[MeetingLine], Any]] = {
    "project": lambda line: line.meeting.project.code,
    "held": lambda line: line.meeting.held_on,
    "attended": lambda line: line.meeting.attended,
    "raised": lambda line: len(line.matters),
}


def meetings_listed(
    scope: Scope,
    *,
    projects: ProjectQuerySet,
    on: date,
    kind: str = "",
    state: str = "",
    sort: str = "",
) -> list[MeetingLine]:
    """The meetings of projects, newest first or by one of ``MEETING_SORTS``."""
    rows = Meeting.objects.visible_to(scope).filter(project__in=projects)
    if kind:
        rows = rows.filter(kind=kind)
    lines = meeting_lines(meetings=rows, on=on)
    if state == "overdue":
        lines = [line for line in lines if line.overdue]
    elif state == "open":
        lines = [line for line in lines if line.solved < len(line.matters)]
    elif state == "solved":
        lines = [line for line in lines if line.matters and line.solved == len(line.matters)]
    if sort.removeprefix("-") in MEETING_SORTS:
        lines.sort(key=MEETING_SORTS[sort.removeprefix("-")], reverse=sort.startswith("-"))
    return lines
