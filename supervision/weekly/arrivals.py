"""What an approved change of enrolment means for the returns of a street, told to its clerks in 待办."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import BigIntegerField, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse

from projects.ledger.enrolment import begins_on
from projects.ledger.enums import ChangeKind, ChangeState
from projects.ledger.models import FormerStreet, ProjectChange
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.wording import chinese_date

from .enums import ReturnState
from .models import WeeklyReturn

#: For so long a change is told, an entry also after the Monday from which it reports; two weeks take returns at a
#: time, so every street has met it by then.
TOLD_FOR = timedelta(days=14)
_OPEN = (ReturnState.DRAFT, ReturnState.SENT_BACK)
_TOLD = (ChangeKind.ENTER, ChangeKind.MOVE, ChangeKind.CANCEL)


@dataclass(frozen=True, slots=True)
class Arrival:
    """A change as a street meets it: which (its id), from which week, in words, and where it is looked at."""

    street_id: int
    week: Week
    title: str
    reason: str
    act: str
    href: str
    is_entry: bool = False


def _changes_told(*, scope: Scope, now: datetime) -> QuerySet[ProjectChange]:
    """The changes still to be told by which a project came to a street of the scope, left it or was cancelled in it;
    each with the street that it left (``left_id``, ``left_name``) and the one in which the project reports first
    (``first_id``)."""
    streets, since = scope.organisation_ids, now - TOLD_FOR
    left = FormerStreet.objects.filter(change=OuterRef("pk"))
    # Moves hold from Mondays: the street left next after the first day is that of the whole first week.
    later = FormerStreet.objects.filter(
        project=OuterRef("project"), until_on__gt=OuterRef("begins")
    ).order_by("until_on")
    rows: QuerySet[ProjectChange] = ProjectChange.objects.annotate(
        left_id=Subquery(left.values("street_id")[:1]),
        left_name=Subquery(left.values("street__short_name")[:1]),
        begins=Greatest(  # as projects.ledger.enrolment.begins_on
            F("project__approved_on"),
            Coalesce("project__reporting_from", "project__programme__approved_on"),
        ),
    ).annotate(
        first_id=Coalesce(
            Subquery(later.values("street_id")[:1]),
            F("project__street_id"),
            output_field=BigIntegerField(),
        ),
    )
    entry = Q(kind=ChangeKind.ENTER)
    return rows.filter(
        (entry & Q(first_id__in=streets))
        | (~entry & (Q(project__street__in=streets) | Q(left_id__in=streets))),
        Q(decided_at__gte=since) | (entry & Q(begins__gte=Week.of(local_day(since)).next().start)),
        state=ChangeState.APPROVED,
        kind__in=_TOLD,
        decided_at__lte=now,
    )


def arrivals(*, scope: Scope, now: datetime) -> Iterator[Arrival]:
    """What of these changes a street has still to be told: until it has sent the return of the first week that a
    change touches. One query, two where there is any."""
    rows = _changes_told(scope=scope, now=now)
    rows = rows.select_related("project__street", "project__programme").order_by("decided_at", "pk")
    found = [each for row in rows if (each := _told(row, scope)) is not None]
    if not found:
        return
    sent = WeeklyReturn.objects.filter(
        street__in={each.street_id for each in found},
        week_start__in={each.week.start for each in found},
    ).exclude(state__in=_OPEN)
    done = set(sent.values_list("street_id", "week_start"))
    waiting = [each for each in found if (each.street_id, each.week.start) not in done]
    entries = Counter(each.week for each in waiting if each.is_entry)
    for week, count in entries.items():
        if count > 1:  # a roster: one line for all that begin in a week
            yield Arrival(
                street_id=0,
                week=week,
                title=f"新列入 {count} 个项目，自第{week.number}周起报送",
                reason="已批准列入计划，周报里会有这些项目",
                act="查看项目",
                href=reverse("dashboards:projects"),
            )
    yield from (each for each in waiting if not each.is_entry or entries[each.week] == 1)


def _told(row: Any, scope: Scope) -> Arrival | None:
    """One change for the streets of a scope; None where it says nothing of their returns any more."""
    project, kind = row.project, ChangeKind(row.kind)
    decided = local_day(row.decided_at)
    mine = project.street_id in scope.organisation_ids
    page = reverse("dashboards:project", args=[project.code])
    by = row.document_number or f"{chinese_date(row.approved_on)}批准"
    if kind == ChangeKind.MOVE:
        week = Week.of(decided)
        if mine and project.street_id == row.to_street_id:
            title = f"接收{project}，自第{week.number}周起由{project.street.short_name}报送"
            said = f"由{row.left_name}移交（{by}），周报里会有这个项目"
            return Arrival(project.street_id, week, title, said, "查看项目", page)
        if row.left_id not in scope.organisation_ids:
            return None
        title = f"{project}已调至{row.new_text or '其他街道'}，自第{week.number}周起不再报送"
        href = reverse("weekly:returns")
        return Arrival(row.left_id, week, title, f"{by}；以前各周的周报不变", "查看周报", href)
    if kind == ChangeKind.CANCEL:
        if not mine or project.cancelled_on != row.effective_on:  # taken back
            return None
        week = Week.of(project.cancelled_on)
        title = f"{project}取消，自第{week.number}周起不再报送"
        return Arrival(project.street_id, week, title, f"{by}；{row.rationale}", "查看项目", page)
    if row.corrects_entry or project.cancelled_on is not None:
        return None
    week = Week.of(begins_on(project=project))
    title = f"{project}列入计划，自第{week.number}周起报送"
    said = f"{by}；周报里会有这个项目"
    act = "查看项目"
    if (
        not mine
    ):  # it reports here first and has moved on since: its page is no longer this street's
        act, page = "查看周报", reverse("weekly:returns")
    return Arrival(row.first_id, week, title, said, act, page, is_entry=True)
