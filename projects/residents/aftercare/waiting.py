"""What of after-care and of joint evaluations waits for somebody."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from datetime import date
from typing import TypeVar
from urllib.parse import urlencode

from django.db.models import Exists, OuterRef, Q
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Gate, Project
from projects.ledger.querysets import ProjectQuerySet
from projects.residents.enums import RecordState
from projects.residents.models import (
    Committee,
    Contribution,
    Evaluation,
    Handover,
    Management,
)
from projects.residents.parameters import TERM_DAYS
from projects.residents.querysets import (
    ContributionQuerySet,
    EvaluationQuerySet,
    HandoverQuerySet,
)
from projects.residents.waiting import LATE, WAITS
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.wording import join, short_date
from renovation.face.todo import Item
from renovation.records.acting import by_others
from renovation.records.services import values_in_force

from .register import Care, care_of, last_day

Records = TypeVar("Records", HandoverQuerySet, EvaluationQuerySet, ContributionQuerySet)
#: No bureau may ask to be told earlier than this (``TERM_DAYS``).
_EARLIEST = 365


def care_waits(today: date) -> Q:
    """Whether a project may have something that waits here: a record to confirm, a completed estate without plan,
    a term that is over or ends within a year; for a queryset of projects. Cheap, a little wide: ``care_waiting``
    decides."""
    draft = Q(state=RecordState.DRAFT)
    own = {"estate__project": OuterRef("pk")}
    done = Gate.objects.counting().filter(
        project=OuterRef("pk"), kind=GateKind.COMPLETED, actual_on__lte=today
    )
    estates = Estate.objects.filter(project=OuterRef("pk"))
    of_estate = {"estate": OuterRef("pk")}
    bare = estates.filter(
        ~Exists(Committee.objects.in_force(today).filter(**of_estate))
        | ~Exists(Management.objects.in_force(today).filter(**of_estate))
    )
    ending = {"until_on__lte": last_day(today, _EARLIEST), **own}
    return (
        Q(Exists(Handover.objects.filter(draft, **own)))
        | Q(Exists(Evaluation.objects.filter(draft, project=OuterRef("pk"))))
        | Q(Exists(Contribution.objects.filter(draft, project=OuterRef("pk"))))
        | (Q(Exists(done)) & Q(Exists(bare)))
        | Q(Exists(Committee.objects.standing(today).filter(**ending)))
        | Q(Exists(Management.objects.standing(today).filter(**ending)))
    )


def care_waiting(*, scope: Scope, today: date) -> list[Item]:
    """What waits for the posts of a scope. A constant number of queries, none for who has no part in it."""
    writes, decides = (
        scope.can(Permission.RESIDENTS_WRITE),
        scope.can(Permission.NOTICE_DECIDE),
    )
    bureau = bureau_in(scope)
    if bureau is None or not (writes or decides):
        return []
    projects = Project.objects.visible_to(scope).in_scope_on(today)
    found: list[Item] = []
    if decides:
        found += _to_confirm(scope, projects)
    if writes:
        days = int(values_in_force(organisation=bureau, on=today)[TERM_DAYS.key])
        rows = care_of(
            estates=Estate.objects.filter(project__in=projects.filter(care_waits(today))).order_by(
                "project__code", "pk"
            ),
            on=today,
            handovers=Handover.objects.visible_to(scope),
        )
        for year, own in _by_year(rows):
            found += _lacking([care for care in own if care.state == "lacking"], year)
            found += _expired([care for care in own if care.expired], year)
            found += _ending([care for care in own if care.ends_within(days)], days, year)
    return found


def _by_year(rows: list[Care]) -> list[tuple[int, list[Care]]]:
    """Estates by the year of their programme, the newest first: the list that an item leads to shows one."""
    own: defaultdict[int, list[Care]] = defaultdict(list)
    for care in rows:
        own[care.estate.project.programme.year].append(care)
    return sorted(own.items(), reverse=True)


def _listed(year: int, state: str) -> str:
    return f"{reverse('residents:aftercare')}?{urlencode({'year': year, 'state': state})}"


def _to_confirm(scope: Scope, projects: ProjectQuerySet) -> Iterator[Item]:
    """Hand-overs, evaluations and contributions that others recorded, with their files; the last an item a project."""
    handed = Handover.objects.visible_to(scope).filter(estate__project__in=projects)
    for row in _ready(handed, scope).select_related("estate__project").order_by("pk"):
        yield Item(
            title=f"确认{row.estate.full_name}的移交管养",
            reason=f"{row.handed_by} {short_date(row.handed_on)} 移交{row.taken_by}，{len(row.items)} 项",
            act="核对确认",
            href=reverse("residents:handover", args=[row.pk]),
            weight=WAITS,
        )
    found = Evaluation.objects.visible_to(scope).filter(project__in=projects)
    for each in _ready(found, scope).select_related("project").order_by("pk"):
        yield Item(
            title=f"确认{each.project}的共同评价",
            reason=f"{short_date(each.held_on)}，参评 {each.base_count} 人，满意 {each.satisfied_count} 人",
            act="核对确认",
            href=reverse("residents:evaluation", args=[each.pk]),
            weight=WAITS,
        )
    gifts = Contribution.objects.visible_to(scope).filter(project__in=projects)
    given: dict[Project, list[Contribution]] = {}
    for gift in _ready(gifts, scope).select_related("project").order_by("project__code", "pk"):
        given.setdefault(gift.project, []).append(gift)
    for project, own in given.items():
        yield Item(
            title=f"确认{project}的居民投入 {len(own)} 笔",
            reason="；".join(f"{row}，{row.purpose}" for row in own[:2])
            + ("等" if len(own) > 2 else ""),
            act="核对确认",
            href=reverse("residents:contribution", args=[own[0].pk])
            if len(own) == 1
            else f"{reverse('residents:project_sharing', args=[project.code])}#gifts",
            weight=WAITS,
        )


def _ready(rows: Records, scope: Scope) -> Records:
    """Those that somebody else recorded and that have their file."""
    drafts = rows.filter(state=RecordState.DRAFT, file__isnull=False)
    return by_others(drafts, "recorded_by", scope.persons)


def _names(rows: list[Care]) -> str:
    names = list(dict.fromkeys(str(care.estate.project) for care in rows))
    return join(names[:3]) + (f"等 {len(names)} 个项目" if len(names) > 3 else "")


def _lacking(rows: list[Care], year: int) -> Iterator[Item]:
    """Completed estates that nobody speaks for or looks after, those whose term or contract is over among them."""
    if rows:
        over = [f"{care.estate}{said}" for care in rows for said in care.expired]
        yield Item(
            title=f"{year} 年度完工小区长效管理没有落实 {len(rows)} 个"
            + (f"，其中已到期 {len(over)} 个" if over else ""),
            reason=_some(over) if over else _names(rows),
            act="看缺哪些",
            href=_listed(year, "lacking"),
            weight=LATE,
            is_alarm=True,
        )


def _expired(rows: list[Care], year: int) -> Iterator[Item]:
    """Terms and contracts that are over; where all of them are of completed estates, ``_lacking`` has said so."""
    if any(care.state != "lacking" for care in rows):
        words = [f"{care.estate}{said}" for care in rows for said in care.expired]
        yield Item(
            title=f"{year} 年度自治组织任期、物业合同已到期 {len(words)} 个",
            reason=_some(words),
            act="看哪些到期",
            href=_listed(year, "expired"),
            weight=LATE,
            is_alarm=True,
        )


def _ending(rows: list[Care], days: int, year: int) -> Iterator[Item]:
    """Terms and contracts that end soon, in one item."""
    if rows:
        words = [f"{care.estate}{said}" for care in rows for said in care.ends_within(days)]
        yield Item(
            title=f"{year} 年度自治组织任期、物业合同 {days} 天内到期 {len(words)} 个",
            reason=_some(words),
            act="看哪些到期",
            href=_listed(year, "ending"),
            weight=WAITS,
        )


def _some(words: list[str]) -> str:
    return "；".join(words[:2]) + ("等" if len(words) > 2 else "")
