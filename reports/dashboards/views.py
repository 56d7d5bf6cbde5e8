"""Pages that join: the overview, the projects, the wall chart, what waits, the search, the handbook."""

from __future__ import annotations

from urllib.parse import quote

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.scope import Scope
from renovation.core.documents.xlsx import CONTENT_TYPE

from .choice import Choice, choose
from .overview import Overview, compile_overview
from .todo import items_of

#: Where who has no figures to read is sent from the front page, by the first permission held.
_ELSEWHERE: tuple[tuple[Permission, str], ...] = (
    (Permission.LEDGER_READ, "dashboards:projects"),
    (Permission.USERS_MANAGE, "console:users"),
    (Permission.AUDIT_READ, "console:audit"),
)
#: As many of the things to do stand on the front page; the page 待办 has them all.
_TODO_SHOWN = 5


def _download(content: bytes, name: str, content_type: str) -> HttpResponse:
    answer = HttpResponse(content, content_type=content_type)
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    return answer


@require_safe
@scoped()
def overview(request: SignedIn) -> HttpResponse:
    """总览, the front page; who reads no figures is sent to what is theirs."""
    if not request.scope.can(Permission.FIGURES_READ):
        for permission, name in _ELSEWHERE:
            if request.scope.can(permission):
                return redirect(name)
        return render(request, "dashboards/no_pages.html")
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    items = items_of(request, now=now)
    context = {
        "choice": choice,
        "todo_count": f"{len(items)} 件" if items else "",
        "todos": [item.shown for item in items[:_TODO_SHOWN]],
        "more": max(0, len(items) - _TODO_SHOWN),
        "now": now,
    }
    if choice is None:
        return render(request, "dashboards/overview_empty.html", context)
    found = compile_overview(choice=choice, scope=request.scope, now=now)
    template = "overview_empty" if found.is_empty else "overview"
    return render(request, f"dashboards/{template}.html", context | _overview_words(found, choice, request.scope))


def _overview_words(page: Overview, choice: Choice, scope: Scope) -> dict[str, object]:
    """Heads and links that the page needs around the compiled figures."""
    first, last = (page.return_weeks[0], page.return_weeks[-1]) if page.return_weeks else (None, None)
    count = page.total.projects.text
    return {
        "page": page,
        "subtitle": "　".join(part for part in (f"{page.year}年度计划", choice.week_label) if part),
        "span": f"第{page.before.number}周 → 第{page.week.number}周" if page.before and page.week else "",
        "curve_title": f"{page.place}进度",
        "curve_note": f"{count} 个项目按建筑面积加权；虚线为计划，实线为实际",
        "projects_text": f"看 {count} 个项目",
        "projects_href": f"{reverse('dashboards:projects')}{choice.query()}",
        "export_href": f"{reverse('dashboards:overview_workbook')}{choice.query()}",
        "week_head": f"第{page.week.number}周状态" if page.week else "状态",
        "weeks_head": f"{first.number}—{last.number}周" if first and last and first != last else "本周",
        "returns_href": reverse("weekly:returns") if scope.can(Permission.RETURN_READ) else "",
    }
