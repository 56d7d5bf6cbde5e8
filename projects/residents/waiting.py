"""What of the wing waits for somebody: notices to publish or to conclude, objections, points without a notice,
matters of meetings that are past their day."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from django.db.models import Case, CharField, Exists, OuterRef, Value, When
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Programme, Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.wording import join, near_date
from renovation.face.todo import Item
from renovation.records.acting import hands
from renovation.records.services import values_in_force, work_calendar

from .enums import NoticeState
from .models import Matter, Notice
from .register import DUE_AFTER, NoticeLine, missing_points, notice_lines

#: The weights of what is overdue and of what only waits.
LATE, WAITS = 18, 29
_OPEN = (NoticeState.DRAFT, NoticeState.PUBLISHED)


def notices_wait() -> Exists:
    """Whether a project has a notice that is drafted or hangs; for a queryset of projects."""
    return Exists(Notice.objects.filter(project=OuterRef("pk"), state__in=_OPEN))


def notices_lack() -> Exists:
    """Whether a project has passed a gate without the notice that belongs to it (``register.DUE_AFTER``)."""
    points = [
        When(kind=gate, then=Value(point)) for point, after in DUE_AFTER.items() for gate in after
    ]
    hung = Notice.objects.standing().filter(project=OuterRef("project_id"), point=OuterRef("point"))
    passed = Gate.objects.filter(project=OuterRef("pk"), actual_on__isnull=False)
    due = passed.filter(kind__in=[gate for after in DUE_AFTER.values() for gate in after])
    return Exists(
        due.annotate(point=Case(*points, output_field=CharField()))
        .filter(~Exists(hung))
        .exclude(project__gates__kind=GateKind.ACCEPTED, project__gates__actual_on__isnull=False)
    )


def matters_late(today: date) -> Exists:
    """Whether a project has a matter of a meeting that is past its day; for a queryset of projects."""
    return Exists(Matter.objects.open().filter(meeting__project=OuterRef("pk"), due_on__lt=today))


def matters_waiting(*, scope: Scope, today: date) -> list[Item]:
    """Matters past their day, one item a project, the longest overdue first. One query, none for who does not
    write them."""
    if not scope.can(Permission.RESIDENTS_WRITE):
        return []
    late = Matter.objects.visible_to(scope).open()
    late = late.filter(due_on__lt=today, meeting__project__cancelled_on=None)
    by_project: dict[Project, list[Matter]] = {}
    for matter in late.select_related("meeting__project").order_by("due_on", "pk"):
        by_project.setdefault(matter.meeting.project, []).append(matter)
    return [
        Item(
            title=f"{project}议事问题逾期 {len(matters)} 个，最长 {(today - matters[0].due_on).days} 天",
            reason=f"{matters[0].content}；{matters[0].owner}应在 {near_date(matters[0].due_on, today)} 前解决",
            act="登记解决",
            href=reverse("residents:matter_solve", args=[matters[0].pk])
            if len(matters) == 1
            else reverse("residents:project_meetings", args=[project.code]),
            weight=LATE,
            is_alarm=True,
        )
        for project, matters in by_project.items()
    ]


def waiting_for(*, scope: Scope, today: date) -> list[Item]:
    """What waits for the posts of a scope; points without a notice are asked of the newest programme alone. A
    constant number of queries."""
    writes, decides = (
        scope.can(Permission.RESIDENTS_WRITE),
        scope.can(Permission.NOTICE_DECIDE),
    )
    bureau = bureau_in(scope)
    if bureau is None or not (writes or decides):
        return []
    projects = Project.objects.visible_to(scope).filter(cancelled_on=None)
    lines = notice_lines(
        notices=Notice.objects.visible_to(scope)
        .filter(project__in=projects, state__in=_OPEN)
        .defer("told", "body")
        .order_by("project__code", "pk"),
        calendar=work_calendar(),
        values=values_in_force(organisation=bureau, on=today),
        on=today,
    )
    found: list[Item] = []
    if decides:
        found += _to_decide(lines, scope, today)
    if writes:
        newest = Programme.objects.visible_to(scope).filter(approved_on__lte=today).first()
        found += _objections(lines, today)
        found += _missing(projects.filter(programme=newest))
    return found


def _to_decide(lines: list[NoticeLine], scope: Scope, today: date) -> Iterator[Item]:
    """Drafts of others to publish, and periods that are over."""
    for line in lines:
        row = line.notice
        href = reverse("residents:notice", args=[row.pk])
        if row.state == NoticeState.DRAFT and not hands(row, "drafted_by") & scope.persons:
            yield Item(
                title=f"发布{row.project}{row.title}",
                reason=f"草稿，公示期 {row.period_days} 个工作日，{row.place}",
                act="查看发布",
                href=href,
                weight=WAITS,
            )
        elif line.is_ripe and line.closes_on is not None and not line.open_count:
            yield Item(
                title=f"结束{row.project}{row.title}",
                reason=f"公示期 {near_date(line.closes_on, today)} 届满，异议 {len(line.objections)} 条已全部答复",
                act="结束公示",
                href=href,
                weight=WAITS,
            )


def _objections(lines: list[NoticeLine], today: date) -> Iterator[Item]:
    """Objections without an answer, one item a notice."""
    for line in lines:
        if not line.open_count:
            continue
        first = min(each.due_on for each in line.objections if each.is_open)
        yield Item(
            title=f"答复{line.notice.project}{line.notice.title}的异议 {line.open_count} 条",
            reason=f"{line.overdue_count} 条已过答复期限"
            if line.overdue_count
            else f"{near_date(first, today)} 前答复",
            act="登记答复",
            href=reverse("residents:notice", args=[line.notice.pk]),
            weight=LATE if line.overdue_count > 0 else WAITS,
            is_alarm=line.overdue_count > 0,
        )


def _missing(projects: ProjectQuerySet) -> Iterator[Item]:
    """All points without a notice as one item."""
    names_of = dict(projects.order_by("code").values_list("pk", "name"))
    found = missing_points(project_ids=list(names_of))
    if not found:
        return
    count = sum(len(points) for points in found.values())
    names = [names_of[pk] for pk in found]
    yield Item(
        title=f"该公示未公示 {count} 处",
        reason=join(names[:3]) + (f"等 {len(names)} 个项目" if len(names) > 3 else ""),
        act="看缺哪些",
        href=f"{reverse('residents:notices')}?state=missing",
        weight=LATE,
        is_alarm=True,
    )
