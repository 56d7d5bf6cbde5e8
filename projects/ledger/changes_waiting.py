"""Changes that wait for this person's approval, for the list of what is to be done."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count
from django.urls import reverse

from renovation.accounts.scope import Scope
from renovation.face.todo import Item
from renovation.records.acting import by_others

from .change_words import effects_of
from .enums import ChangeKind, ChangeState
from .models import Project, ProjectChange


def changes_waiting(*, scope: Scope) -> Iterator[Item]:
    """What another person drafted: projects to be entered together by year, every other change by itself. Two
    queries."""
    drafts = ProjectChange.objects.filter(
        state=ChangeState.DRAFT, project__in=Project.objects.visible_to(scope)
    )
    rows = by_others(drafts, "drafted_by", scope.persons)
    entries = rows.filter(kind=ChangeKind.ENTER, project__approved_on=None).order_by()
    for year, count in entries.values_list("project__programme__year").annotate(Count("pk")):
        yield Item(
            title=f"批准列入{year}年度计划的项目 {count} 个",
            reason="批准后计入台账和各项指标",
            act="逐个看，一次批准",
            href=reverse("ledger:drafts", args=[year]),
            weight=25,
        )
    others = rows.exclude(kind=ChangeKind.ENTER, project__approved_on=None)
    for change in others.select_related("project"):
        kind = "" if change.is_of_enrolment else f"{change.get_kind_display()}变更，"
        yield Item(
            title=f"批准{change.project}的变更：{change.title}",
            reason=f"{kind}{effects_of(change=change)}",
            act="查看变更",
            href=reverse("ledger:change", args=[change.project.code, change.pk]),
            weight=25,
        )
