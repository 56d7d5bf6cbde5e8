"""What stands around the page of a project: the way back, its street in the week that is shown, what moved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Exists, OuterRef, Q
from django.shortcuts import get_object_or_404
from django.urls import reverse

from projects.ledger.change_words import effects_of
from projects.ledger.enums import ENROLMENT, ChangeKind, ChangeState
from projects.ledger.models import FormerStreet, Project, ProjectChange
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.face.values import Way

from .case import Case
from .choice import Choice


def with_moves(projects: ProjectQuerySet) -> ProjectQuerySet:
    """The same projects, each with ``has_moved``: whether it ever left a street."""
    left = FormerStreet.objects.filter(project=OuterRef("pk"))
    return projects.annotate(has_moved=Exists(left))


def project_in_sight(*, scope: Scope, code: str) -> Project:
    """The project within the scope, with ``has_moved``: whether it ever left a street, and ``may_change``: whether
    a change of its enrolment waits."""
    rows = Project.objects.visible_to(scope).select_related("programme__bureau", "street")
    waits = ProjectChange.objects.filter(
        project=OuterRef("pk"), kind__in=ENROLMENT, state=ChangeState.DRAFT
    )
    rows = with_moves(rows).annotate(may_change=Exists(waits))
    found: Project = get_object_or_404(rows, code=code)
    return found


def moves_of(project: Project) -> list[FormerStreet]:
    """The streets that a project left, the earliest first. No query for one of which is known (``has_moved``) that
    it never moved, one for another."""
    if not getattr(project, "has_moved", True):
        return []
    return list(project.former_streets.select_related("street", "change").order_by("until_on"))


def street_of(project: Project, moves: Sequence[FormerStreet], day: date) -> Organisation:
    """The street that a project was in on a day."""
    return next((move.street for move in moves if move.until_on > day), project.street)


def moved_words(project: Project, moves: Sequence[FormerStreet], choice: Choice) -> str:
    """That the project is in another street now than in the week looked at, "" where it is not."""
    then = street_of(project, moves, choice.as_of)
    left = next((move for move in moves if move.until_on > choice.as_of), None)
    if left is None or then.pk == project.street_id:
        return ""
    day = f"第{choice.week.number}周" if choice.week else chinese_date(choice.as_of)
    last = moves[-1].until_on
    return (
        f"{day}属{then.short_name}；自{chinese_date(last)}（第{Week.of(last).number}周）起"
        f"属{project.street.short_name}。"
    )


@dataclass(frozen=True, kw_only=True)
class Coming:
    """A change of enrolment that is approved for a coming day, or that waits: what, from when, by which document,
    and where it stands."""

    title: str
    words: str
    href: str


def coming_of(project: Project, *, scope: Scope, today: date) -> list[Coming]:
    """What is about to become of a project: its approved cancellation from a coming day on, and the change of
    enrolment that waits, for whom more than the approved is meant. No query where neither is known of it
    (``may_change``)."""
    leaves = project.cancelled_on is not None and project.cancelled_on > today
    if not leaves and not getattr(project, "may_change", True):
        return []
    rows = ProjectChange.objects.visible_to(scope).filter(project=project, kind__in=ENROLMENT)
    asked = Q(state=ChangeState.DRAFT)
    if leaves:
        asked |= Q(
            state=ChangeState.APPROVED,
            kind=ChangeKind.CANCEL,
            effective_on=project.cancelled_on,
        )
    return [_coming(project, change) for change in rows.filter(asked).order_by("drafted_at", "pk")]


def _coming(project: Project, change: ProjectChange) -> Coming:
    if change.state == ChangeState.APPROVED:
        day = "" if change.effective_on is None else chinese_date(change.effective_on)
        title, words = f"自{day}起取消。", "取消以前照常计入、照常报送。"
    else:
        title = f"“{change.title}”等待批准。"
        words = f"批准后：{effects_of(change=change)}。"
    document = f"文号：{change.document_number}。" if change.document_number else ""
    return Coming(
        title=title,
        words=f"{words}{document}",
        href=reverse("ledger:change", args=[project.code, change.pk]),
    )


def week_href(*, scope: Scope, case: Case, project: Project, moves: Sequence[FormerStreet]) -> str:
    """The return that the texts of the week are from, "" where the reader may not open it."""
    report = case.fact.report if case.fact else None
    if report is None or not scope.can(Permission.RETURN_READ):
        return ""
    street = street_of(project, moves, report.week.start)
    if street.pk not in scope.organisation_ids:
        return ""
    return reverse("weekly:street_week", args=[report.week.key, street.code])


def project_words(case: Case, street: Organisation) -> str:
    """ZC2025-14　钟楼街道　1 个小区 6 栋 294 户 2.90 万㎡; the street is that of the week."""
    words = [case.project.code, street.short_name]
    if case.quantities:
        words.append(case.quantities)
    return "　".join(words)


def crumbs_of(
    project: Project, street: Organisation | None = None, choice: Choice | None = None
) -> list[Way]:
    """The way back: the list and the street, of the same week where there is a choice."""
    home = reverse("dashboards:projects")
    query = choice.query() if choice else f"?year={project.programme.year}"
    street = street or project.street
    own = reverse("dashboards:project", args=[project.code])
    return [
        Way("项目", f"{home}{query}"),
        Way(street.short_name, f"{home}{query}&street={street.code}"),
        Way(project.name, f"{own}{query}" if choice else own),
    ]
