"""Notices as pages and checks see them: how long they hang, what came to them, what is missing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from renovation.core.calendar import WorkCalendar
from renovation.core.holding import held
from renovation.core.wording import chinese_date

from .enums import POSTED, NoticePoint, NoticeState
from .models import Notice, Objection
from .parameters import ANSWER_DAYS
from .querysets import NoticeQuerySet

#: A notice is missing once a gate behind which it should hang is passed. Works are announced between their permit and
#: their start, also where no permit is recorded.
DUE_AFTER: Mapping[NoticePoint, tuple[GateKind, ...]] = {
    NoticePoint.LAUNCH: (GateKind.PROGRAMMED,),
    NoticePoint.SCHEME: (GateKind.DESIGNED,),
    NoticePoint.CONTRACTOR: (GateKind.TENDERED,),
    NoticePoint.NODE: (GateKind.PERMITTED, GateKind.STARTED),
    NoticePoint.ACCEPTANCE: (GateKind.COMPLETED,),
}


def last_day(*, notice: Notice, calendar: WorkCalendar) -> date | None:
    """The last day of the period: as printed, or later where a holiday that was published since moves it.

    Source: 民法典 第二百零一条、第二百零三条 (the day of posting is not counted; ``core.calendar``).
    """
    if notice.posted_on is None or notice.closes_on is None:
        return None
    return max(notice.closes_on, calendar.add_workdays(notice.posted_on, notice.period_days))


@dataclass(frozen=True, slots=True)
class ObjectionLine:
    """An objection with the day until which it should be answered, and how many days it is late today."""

    objection: Objection
    due_on: date
    overdue_days: int

    @property
    def is_open(self) -> bool:
        """Whether it waits for an answer."""
        return not self.objection.outcome


@dataclass(frozen=True, slots=True)
class NoticeLine:
    """A notice as a page shows it on a day. ``closes_on`` is its last day, None for a draft; ``days_left`` the
    working days that are still to come."""

    notice: Notice
    closes_on: date | None
    days_left: int
    today: date
    objections: list[ObjectionLine] = field(default_factory=list)

    @property
    def open_count(self) -> int:
        """Objections that wait for an answer."""
        return sum(each.is_open for each in self.objections)

    @property
    def overdue_count(self) -> int:
        """Objections that wait for longer than they should."""
        return sum(bool(each.overdue_days) for each in self.objections)

    @property
    def is_ripe(self) -> bool:
        """Whether the period is over and it still hangs."""
        return (
            self.notice.state == NoticeState.PUBLISHED
            and self.closes_on is not None
            and self.today > self.closes_on
        )

    @property
    def word(self) -> str:
        """The state in words: 期满待结束 where it hangs longer than it has to."""
        return "期满待结束" if self.is_ripe else str(self.notice.get_state_display())

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md)."""
        if self.overdue_count:
            return "alarm"
        kinds = {
            NoticeState.DRAFT: "waiting",
            NoticeState.PUBLISHED: "active",
            NoticeState.CONCLUDED: "approved",
            NoticeState.WITHDRAWN: "quiet",
        }
        return "waiting" if self.is_ripe else kinds[NoticeState(self.notice.state)]


def objection_lines(
    *, objections: Iterable[Objection], calendar: WorkCalendar, answer_days: int, on: date
) -> list[ObjectionLine]:
    """Objections with their deadlines, in their order."""
    found = []
    for row in objections:
        due = calendar.add_workdays(row.raised_on, answer_days)
        late = 0 if row.outcome else max(0, (on - due).days)
        found.append(ObjectionLine(row, due, late))
    return found


def notice_lines(
    *,
    notices: NoticeQuerySet,
    calendar: WorkCalendar,
    values: Mapping[str, Any],
    on: date,
) -> list[NoticeLine]:
    """The notices of a queryset in its order, with their objections. Two queries."""
    rows = list(notices.select_related("project__street"))
    own: defaultdict[int, list[Objection]] = defaultdict(list)
    found = Objection.objects.filter(notice_id__in=[row.pk for row in rows])
    for objection in found.defer("who_sealed").order_by("notice_id", "number"):
        own[objection.notice_id].append(objection)
    return [
        line_of(
            notice=row,
            objections=own[row.pk],
            calendar=calendar,
            answer_days=int(values[ANSWER_DAYS.key]) if own[row.pk] else 0,
            on=on,
        )
        for row in rows
    ]


def line_of(
    *,
    notice: Notice,
    objections: Sequence[Objection],
    calendar: WorkCalendar,
    answer_days: int,
    on: date,
) -> NoticeLine:
    """One notice as it stands on a day."""
    last = last_day(notice=notice, calendar=calendar)
    left = calendar.workdays_between(on, last) if last is not None else 0
    return NoticeLine(
        notice=notice,
        closes_on=last,
        days_left=left,
        today=on,
        objections=objection_lines(
            objections=objections, calendar=calendar, answer_days=answer_days, on=on
        ),
    )


def objections_of(*, notice: Notice) -> list[Objection]:
    """The objections to a notice, in order, with who answered them. One query."""
    rows = Objection.objects.filter(notice=notice).order_by("number")
    return list(rows.select_related("recorded_by", "answered_by"))


def has_other(*, notice: Notice) -> bool:
    """Whether another version of a notice is drafted, hangs or hung to its end. One query."""
    rows = Notice.objects.filter(project=notice.project_id, point=notice.point, node=notice.node)
    return rows.exclude(pk=notice.pk).exclude(state=NoticeState.WITHDRAWN).exists()


def standing_notices(*, project: Project) -> Sequence[Notice]:
    """The notices of a project that hang or hung to their end, in order, without their texts. One query, which a reading
    request asks once."""
    rows = Notice.objects.standing().filter(project=project).defer("body", "told")
    return held(("standing notices", project.pk), lambda: list(rows.order_by("posted_on", "pk")))


def points_hung(*, project: Project, on: date) -> set[NoticePoint]:
    """The points at which a notice hung by a day. One query, none where ``standing_notices`` were read."""
    return {
        NoticePoint(row.point)
        for row in standing_notices(project=project)
        if row.posted_on is not None and row.posted_on <= on
    }


def passed_gates(*, project: Project) -> dict[GateKind, date]:
    """The gates that a project has passed, with their days. One query."""
    rows = Gate.objects.filter(project=project, actual_on__isnull=False)
    return {GateKind(kind): day for kind, day in rows.values_list("kind", "actual_on") if day}


@dataclass(frozen=True, slots=True)
class PointGroup:
    """The notices of a project at one point, newest first; ``missing`` says why one should hang, "" where one
    does or none is due."""

    point: NoticePoint
    lines: list[NoticeLine]
    missing: str = ""

    @property
    def stands(self) -> bool:
        """Whether one hangs or hung to its end."""
        return any(line.notice.state in POSTED for line in self.lines)

    @property
    def may_draft(self) -> bool:
        """Whether another one can be drafted: of each works before they begin, of the rest one at a time."""
        return self.point is NoticePoint.NODE or all(
            line.notice.state == NoticeState.WITHDRAWN for line in self.lines
        )


def by_point(*, lines: Sequence[NoticeLine], passed: Mapping[GateKind, date]) -> list[PointGroup]:
    """The five points of one project with their notices; ``passed`` are its gates with their days."""
    found = []
    for point in NoticePoint:
        own = [line for line in lines if line.notice.point == point]
        own.sort(key=lambda line: (line.notice.node, -line.notice.pk))
        stands = any(line.notice.state in POSTED for line in own)
        gate = next((each for each in DUE_AFTER[point] if each in passed), None)
        missing = ""
        if gate and not stands:
            missing = f"“{gate.label}”已于 {chinese_date(passed[gate])}通过，还没有公示。"
        found.append(PointGroup(point, own, missing))
    return found


def missing_points(*, project_ids: Sequence[int]) -> dict[int, list[NoticePoint]]:
    """The points at which running projects should have a notice and have none, by project. Two queries.

    A project that has passed 竣工验收 is done: nobody hangs a notice of its launch any more.
    """
    gates: defaultdict[int, set[str]] = defaultdict(set)
    rows = Gate.objects.filter(project__among=project_ids, actual_on__isnull=False)
    for project_id, kind in rows.values_list("project_id", "kind"):
        gates[project_id].add(kind)
    standing = set(
        Notice.objects.standing()
        .filter(project__among=project_ids)
        .values_list("project_id", "point")
    )
    found: dict[int, list[NoticePoint]] = {}
    for project_id in project_ids:
        if GateKind.ACCEPTED in gates[project_id]:
            continue
        points = [
            point
            for point, after in DUE_AFTER.items()
            if gates[project_id].intersection(after) and (project_id, point.value) not in standing
        ]
        if points:
            found[project_id] = points
    return found
