"""Changes that wait for this person's approval, for the list of what is to be done."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import groupby

from django.urls import reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.face.todo import Item
from renovation.records.acting import by_others, hands

from .change_words import effects_of
from .entering import asked_at_entry, lacking, waiting_exceptions, why_not_let_in
from .enums import ChangeKind, ChangeState
from .gatekeeping import Finding
from .models import Project, ProjectChange

Line = tuple[ProjectChange, list[Finding]]


def changes_waiting(*, scope: Scope, today: date) -> Iterator[Item]:
    """What another person drafted, for who approves: projects to be entered together by year, every other change by
    itself. Entries that can't be approved before an exception is asked for are counted apart, for who asks for it and,
    where that is another post, for who approves. Two queries and, where entries wait, what their conditions read; one
    for who does not approve."""
    drafts = ProjectChange.objects.filter(
        state=ChangeState.DRAFT, project__in=Project.objects.visible_to(scope)
    )
    entries = drafts.filter(kind=ChangeKind.ENTER, project__approved_on=None)
    yield from _entries(
        list(entries.select_related("project__programme", "drafted_by")), scope, today
    )
    if not scope.can(Permission.LEDGER_APPROVE):
        return
    rows = by_others(drafts, "drafted_by", scope.persons)
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


def _entries(rows: Sequence[ProjectChange], scope: Scope, today: date) -> Iterator[Item]:
    """By programme: the entries that may be approved by this person, and those that lack an exception."""
    if not rows:
        return
    found = asked_at_entry(changes=rows, on=today)
    lines = sorted(found.items(), key=lambda line: (line[0].project.programme.year, line[0].pk))
    for year, group in groupby(lines, key=lambda line: line[0].project.programme.year):
        every = list(group)
        if not scope.can(Permission.LEDGER_APPROVE):
            yield from _lacking(year, every, scope)
            continue
        others = [line for line in every if not hands(line[0], "drafted_by") & scope.persons]
        ready = [line for line in others if not why_not_let_in(line[1], persons=scope.persons)]
        if ready:
            excepted = sum(bool(waiting_exceptions(open_)) for _, open_ in ready)
            with_them = f"；{excepted} 个有例外，一并批准" if excepted else ""
            yield Item(
                title=f"批准列入{year}年度计划的项目 {len(ready)} 个",
                reason=f"批准后计入台账和各项指标{with_them}",
                act="逐个看，一次批准",
                href=reverse("ledger:drafts", args=[year]),
                weight=25,
            )
        yield from _lacking(year, every if scope.can(Permission.LEDGER_WRITE) else others, scope)


def _lacking(year: int, lines: Sequence[Line], scope: Scope) -> Iterator[Item]:
    """Entries of a programme with a condition that neither holds nor has an exception asked for."""
    short = [missing for _, open_ in lines if (missing := lacking(open_))]
    if not short:
        return
    titles = "、".join(dict.fromkeys(each.check.title for missing in short for each in missing))
    if scope.can(Permission.LEDGER_WRITE):
        yield Item(
            title=f"列入{year}年度计划的项目 {len(short)} 个不符合条件，待补齐或申请例外",
            reason=f"没有核清：{titles}；补齐或申请例外以前不能批准列入",
            act="申请例外",
            href=reverse("ledger:entry_exceptions", args=[year]),
            weight=25,
        )
    else:
        yield Item(
            title=f"列入{year}年度计划的项目 {len(short)} 个还不能批准",
            reason=f"没有核清：{titles}；由经办补齐或申请例外以后再批准",
            act="看是哪些",
            href=f"{reverse('ledger:drafts', args=[year])}#entries",
            weight=26,
        )
