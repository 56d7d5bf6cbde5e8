"""Pages that join: the overview, the projects, the wall chart, what waits, the search, the handbook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_safe

from projects.ledger.answering import since_before
from projects.ledger.models import Project
from projects.ledger.tabs import section_tabs, tabs_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.scope import Scope, detached
from renovation.core.calendar import local_day
from renovation.core.downloads import attachment, workbook
from renovation.core.unchanged import PAGES, unchanged
from renovation.core.wall_sheet import wall_svg
from renovation.core.wording import chinese_date
from renovation.face.values import Way
from renovation.messaging.services import unread_of
from reports.figures.models import DivergenceAlarm
from reports.figures.services import Facts, at

from .assigned import assigned_now
from .carried import carried_years
from .case import case_of
from .choice import Choice, choose
from .chronicle import chronicle_of, kinds_for
from .comparison import compare as compare_plans
from .comparison import versions_of
from .exports import overview_workbook
from .forms import ProjectFilterForm
from .handbook import handbook as read_handbook
from .listing import Listing, list_projects, listing_workbook, load_facts
from .outside import outside_of
from .overview import Overview, compile_overview
from .picturing.cards import overview_card
from .project_head import (
    coming_of,
    crumbs_of,
    moved_words,
    moves_of,
    project_in_sight,
    project_words,
    street_of,
    week_href,
)
from .roster import roster_to_change
from .searching import MOST
from .searching import search as find
from .todo import counted, items_of
from .walls import wall_of, wall_workbook

#: Where who has no figures to read is sent from the front page, by the first permission held.
_ELSEWHERE: tuple[tuple[Permission, str], ...] = (
    (Permission.LEDGER_READ, "dashboards:projects"),
    (Permission.USERS_MANAGE, "console:users"),
    (Permission.AUDIT_READ, "console:audit"),
)
#: As many of the things to do stand on the front page; the page 待办 has them all.
_TODO_SHOWN = 5
_ROWS_A_PAGE = 50
#: As many entries of its history stand on a project's page.
_ENTRIES_SHOWN = 6


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
    found = None
    if choice is not None:
        found = compile_overview(choice=choice, scope=request.scope, now=now)
    items = items_of(
        request, now=now
    )  # behind what is kept, which would rest on all that is read for it
    context = {
        "choice": choice,
        "todo_count": f"{len(items)} 件" if items else "",
        "todos": [item.shown for item in items[:_TODO_SHOWN]],
        "more": max(0, len(items) - _TODO_SHOWN),
        "now": now,
        "assigned": assigned_now(scope=request.scope, today=local_day(now)),
    }
    if choice is None or found is None:
        return render(request, "dashboards/overview_empty.html", context)
    template = "overview_empty" if found.is_empty else "overview"
    return render(
        request,
        f"dashboards/{template}.html",
        context | _overview_words(found, choice),
    )


def _overview_words(page: Overview, choice: Choice) -> dict[str, object]:
    """Heads and links that the page needs around the compiled figures."""
    weeks = page.return_weeks
    span = f"{weeks[0].number}—{weeks[-1].number}周" if len(weeks) > 1 else "本周"
    count = page.total.projects.text
    return {
        "page": page,
        "subtitle": _subtitle(choice),
        "span": f"第{page.before.number}周 → 第{page.week.number}周"
        if page.before and page.week
        else "",
        "curve_title": f"{page.place}进度",
        "curve_note": f"{page.weighting}；虚线为计划，实线为实际",
        "projects_text": f"看 {count} 个项目",
        "projects_href": reverse("dashboards:projects") + choice.query(),
        "export_href": reverse("dashboards:overview_workbook") + choice.query(),
        "picture_href": reverse("dashboards:overview_picture") + choice.query(),
        "card": overview_card(page, issuer=choice.programme.bureau.name),
        "week_head": f"第{page.week.number}周状态" if page.week else "状态",
        "weeks_head": span,
        "returns_href": reverse("weekly:returns"),
    }


def _subtitle(choice: Choice) -> str:
    return "　".join(part for part in (f"{choice.year}年度计划", choice.week_label) if part)


@require_safe
@scoped(Permission.FIGURES_READ)
def overview_export(request: SignedIn) -> HttpResponse:
    """The tables of the overview as a workbook."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    if choice is None:
        raise Http404("no programme")
    page = compile_overview(choice=choice, scope=request.scope, now=now)
    name = f"{page.place}{page.year}年老旧小区改造总览（截至{chinese_date(page.as_of)}）.xlsx"
    return workbook(content=overview_workbook(page), name=name)


# -- projects ----------------------------------------------------------------------------------------
def _streets(facts: Facts) -> list[tuple[str, str]]:
    """The streets that have a project, for the choice of a filter; the returns need not be read for it."""
    return list({row.street_code: row.street_name for row in facts.projects}.items())


def _listing(request: SignedIn, choice: Choice, now: datetime) -> tuple[Listing, ProjectFilterForm]:
    facts = load_facts(choice=choice, scope=request.scope, now=now)
    form = ProjectFilterForm(
        {"year": str(choice.year), **{k: v for k, v in request.GET.items() if k != "year"}},
        years=[each.year for each in choice.programmes],
        streets=_streets(facts),
        auto_id="filter_%s",
    )
    listing = list_projects(
        choice=choice,
        scope=request.scope,
        facts=facts,
        form=form,
        sort=request.GET.get("sort", ""),
    )
    return listing, form


@require_safe
@scoped(Permission.LEDGER_READ)
def projects(request: SignedIn) -> HttpResponse:
    """项目: what is in sight, with progress, light and money."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    context: dict[str, object] = {
        "choice": choice,
        "may_add": request.scope.can(Permission.LEDGER_WRITE),
        "tabs": section_tabs(scope=request.scope, chosen="dashboards:projects"),
    }
    if choice is None:
        return render(request, "dashboards/projects.html", context)
    listing, form = _listing(request, choice, now)
    query = request.GET.copy()
    query["year"] = str(choice.year)
    query.pop("page", None)
    page = Paginator(listing.rows, _ROWS_A_PAGE).get_page(request.GET.get("page"))
    context |= {
        "listing": listing,
        "outside": outside_of(
            choice=choice, scope=request.scope, form=form, number=request.GET.get("page", "")
        ),
        "form": form,
        "page": page,
        "subtitle": _subtitle(choice),
        "export_href": f"{reverse('dashboards:projects_workbook')}?{query.urlencode()}",
        "clear_href": f"?year={choice.year}",
        "programme_href": reverse("ledger:programme", args=[choice.year])
        if request.scope.can(Permission.FIGURES_READ)
        else "",
    }
    return render(request, "dashboards/projects.html", context)


@require_safe
@scoped(Permission.LEDGER_READ)
def projects_export(request: SignedIn) -> HttpResponse:
    """The rows of the list as a workbook, filtered and sorted as the list."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    if choice is None:
        raise Http404("no programme")
    listing, _ = _listing(request, choice, now)
    title = f"{choice.year}年老旧小区改造项目"
    codes = {each.code for each in listing.rows}
    more = roster_to_change(programme=choice.programme, codes=codes, scope=request.scope, now=now)
    content = listing_workbook(listing=listing, title=title, more=more)
    return workbook(content=content, name=f"{title}（截至{chinese_date(listing.as_of)}）.xlsx")


def _choice_of(request: SignedIn, project: Project, now: datetime) -> Choice:
    """The address's week within the project's own programme."""
    asked = {**request.GET.dict(), "year": str(project.programme.year)}
    choice = choose(scope=request.scope, asked=asked, now=now)
    if choice is None or choice.programme.pk != project.programme_id:
        raise Http404("no such programme")
    return choice


@require_safe
@scoped(Permission.LEDGER_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """One project: the case before the table, kept while nothing changes."""
    now = timezone.now()
    scope = detached(request.scope)
    row = project_in_sight(scope=scope, code=code)
    choice = _choice_of(request, row, now)
    context = unchanged(
        ("project", row.pk, *choice.key, scope, now.replace(second=0, microsecond=0)),
        lambda: _project_context(row, choice, scope, now),
        shelf=PAGES,
    )
    return render(request, "dashboards/project.html", {**context, "choice": choice})


def _project_context(
    row: Project, choice: Choice, scope: Scope, now: datetime
) -> Mapping[str, object]:
    """What the page of a project shows, of the rows alone."""
    code = row.code
    facts = load_facts(choice=choice, scope=scope, now=now, code=code)
    before = at(facts=facts, day=choice.before.end, now=now) if choice.before else None
    case = case_of(project=row, choice=choice, scope=scope, facts=facts, before=before)
    entries = chronicle_of(project=row, scope=scope)
    moves = moves_of(row)
    alarm = None
    if scope.can(Permission.FIGURES_READ):
        alarms = DivergenceAlarm.objects.visible_to(scope).standing_on(choice.as_of)
        alarm = alarms.filter(project=row).first()
    return {
        "case": case,
        "moved": moved_words(row, moves, choice),
        "coming": coming_of(row, scope=scope, today=local_day(now)),
        "since_before": since_before(project=row, moves=moves, on=local_day(now))
        if scope.can(Permission.RETURN_READ)
        else None,
        "may_edit": scope.can(Permission.LEDGER_WRITE),
        "tabs": tabs_of(project=row, chosen="dashboards:project", scope=scope),
        "entries": [entry for entry in entries if entry.day <= choice.as_of][:_ENTRIES_SHOWN],
        "subtitle": project_words(case, street_of(row, moves, choice.as_of)),
        "curve_note": f"虚线为计划（{case.plan_facts[0][1]}），实线为实际"
        if case.plan_facts
        else "",
        "estate_count": f"{len(case.estates)} 个" if case.estates else "",
        "file_count": f"{len(case.files) + len(case.papers)} 件"
        if case.files or case.papers
        else "",
        "files_href": reverse("ledger:documents", args=[code]),
        "photos_href": reverse("ledger:photos", args=[code]),
        "wishes_href": reverse("consent:wishes", args=[code]),
        "history_href": reverse("dashboards:history", args=[code]),
        "history_text": f"全部 {len(entries)} 条",
        "alarm": alarm,
        "alarm_explained": alarm is not None
        and alarm.explained_at is not None
        and local_day(alarm.explained_at) <= choice.as_of,
        "funding_href": reverse("funding:project", args=[code])
        if scope.can(Permission.RETURN_READ)
        else "",
        "works_href": reverse("works:project", args=[code]),
        "works_text": f"还有 {case.doings.rest} 条"
        if case.doings and case.doings.rest
        else "改造内容",
        "week_href": week_href(scope=scope, case=case, project=row, moves=moves),
        "residents_href": reverse("consent:project", args=[code]),
        "care_href": reverse("residents:project_aftercare", args=[code]),
        "crumbs": crumbs_of(row, street_of(row, moves, choice.as_of), choice),
        "section": "项目",
    }


@require_safe
@scoped(Permission.LEDGER_READ)
def compare(request: SignedIn, code: str) -> HttpResponse:
    """Two versions of the plan side by side (``?first=1&second=2``; the last two where none are named), and
    the progress against either."""
    now = timezone.now()
    row = project_in_sight(scope=request.scope, code=code)
    choice = _choice_of(request, row, now)
    facts = load_facts(choice=choice, scope=request.scope, now=now)
    versions = versions_of(project=row, facts=facts)
    numbers = sorted(versions)
    left, right = (
        _version(request.GET.get(name, ""), versions) or (numbers[place] if numbers[1:] else 0)
        for name, place in (("first", -2), ("second", -1))
    )
    found = None
    if numbers[1:]:
        found = compare_plans(
            project=row, facts=facts, first=versions[left], second=versions[right]
        )
    context = {
        "project": row,
        "found": found,
        "choice": choice,
        "left_ways": [
            Way(f"第 {each} 版", f"?first={each}&second={right}", each == left) for each in numbers
        ],
        "right_ways": [
            Way(f"第 {each} 版", f"?first={left}&second={each}", each == right) for each in numbers
        ],
        "left": f"第 {left} 版",
        "right": f"第 {right} 版",
        "tabs": tabs_of(project=row, chosen="ledger:baselines", scope=request.scope),
        "plans_href": reverse("ledger:baselines", args=[code]),
        "crumbs": [*crumbs_of(row), Way("计划比较")],
        "section": "项目",
    }
    return render(request, "dashboards/compare.html", context)


def _version(typed: str, versions: Collection[int]) -> int | None:
    """The number of a version that there is."""
    return int(typed) if typed.isdecimal() and int(typed) in versions else None


@require_safe
@scoped(Permission.LEDGER_READ)
def history(request: SignedIn, code: str) -> HttpResponse:
    """沿革: who did what to a project, when, from what to what."""
    row = project_in_sight(scope=request.scope, code=code)
    entries = chronicle_of(project=row, scope=request.scope)
    kind = request.GET.get("kind", "")
    kinds = kinds_for(request.scope)
    if kind not in dict(kinds):
        kind = ""
    ways = [
        Way(
            word,
            f"?kind={key}" if key else "?",
            key == kind,
            sum(not key or entry.kind == key for entry in entries),
        )
        for key, word in (("", "全部"), *kinds)
    ]
    shown = [entry for entry in entries if not kind or entry.kind == kind]
    context = {
        "project": row,
        "tabs": tabs_of(project=row, chosen="dashboards:history", scope=request.scope),
        "ways": ways,
        "page": Paginator(shown, _ROWS_A_PAGE).get_page(request.GET.get("page")),
        "crumbs": [*crumbs_of(row), Way("沿革")],
        "section": "项目",
    }
    return render(request, "dashboards/history.html", context)


# -- wall chart --------------------------------------------------------------------------------------
@require_safe
@scoped(Permission.FIGURES_READ)
def wall_chart(request: SignedIn) -> HttpResponse:
    """攻坚图, for the wall and for the screen."""
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    context: dict[str, object] = {"choice": choice, "section": "攻坚图"}
    if choice is not None:
        facts = load_facts(choice=choice, scope=request.scope, now=now)
        href = reverse("dashboards:project", args=["--"]).replace("--", "{}") + choice.query()
        today = timezone.localdate(now)
        context |= {
            "chart": wall_of(facts=facts, week=choice.week, today=today, href=href)
            if facts.projects
            else None,
            "facts": facts,
            "carried": carried_years(
                programme=choice.programme, week=choice.week, scope=request.scope
            ),
            "picture_href": reverse("dashboards:wall_picture") + choice.query(),
            "export_href": reverse("dashboards:wall_workbook") + choice.query(),
        }
    return render(request, "dashboards/wall_chart.html", context)


def _wall_facts(request: SignedIn) -> tuple[Choice, Facts, str]:
    now = timezone.now()
    choice = choose(scope=request.scope, asked=request.GET, now=now)
    if choice is None:
        raise Http404("no programme")
    facts = load_facts(choice=choice, scope=request.scope, now=now)
    bureau = choice.programme.bureau
    title = f"{bureau.district_name or bureau.short_name}{choice.year}年老旧小区改造攻坚图"
    return choice, facts, title


@require_safe
@scoped(Permission.FIGURES_READ)
def wall_picture(request: SignedIn) -> HttpResponse:
    """攻坚图 as one picture (SVG)."""
    choice, facts, title = _wall_facts(request)
    chart = wall_of(facts=facts, week=choice.week, today=timezone.localdate())
    return attachment(
        content=wall_svg(chart).encode(),
        name=f"{title}（截至{chinese_date(facts.as_of)}）.svg",
        content_type="image/svg+xml",
    )


@require_safe
@scoped(Permission.FIGURES_READ)
def wall_export(request: SignedIn) -> HttpResponse:
    """攻坚图 as a workbook."""
    choice, facts, title = _wall_facts(request)
    content = wall_workbook(facts=facts, week=choice.week, title=title)
    return workbook(content=content, name=f"{title}（截至{chinese_date(facts.as_of)}）.xlsx")


# -- what waits, search, handbook --------------------------------------------------------------------
@require_safe
@scoped(Permission.FIGURES_READ, Permission.LEDGER_READ, Permission.SETTINGS_MANAGE)
def todo(request: SignedIn) -> HttpResponse:
    """待办: everything that waits for this person."""
    now = timezone.now()
    items = items_of(request, now=now)
    context = {
        "items": [item.shown for item in items],
        "todo_count": f"{len(items)} 件",
        "now": now,
        "unread": unread_of(scope=request.scope, most=5),
    }
    return render(request, "dashboards/todo.html", context)


@require_safe
@scoped(Permission.FIGURES_READ, Permission.LEDGER_READ, Permission.SETTINGS_MANAGE)
def todo_number(request: SignedIn) -> HttpResponse:
    """The number beside 待办, for a page that did not wait for it."""
    count = counted(request, now=timezone.now())
    response = render(request, "dashboards/todo_number.html", {"count": count})
    response.is_aside = True  # type: ignore[attr-defined]  # as ProlongingMiddleware asks
    return response


@require_safe
@scoped(Permission.FIGURES_READ, Permission.LEDGER_READ)
def search(request: SignedIn) -> HttpResponse:
    """查找: projects and papers by a word."""
    text = request.GET.get("q", "").strip()[:60]
    context: dict[str, object] = {"q": text, "most": MOST, "today": timezone.localdate()}
    if text:
        found = find(scope=request.scope, text=text)
        context |= {
            "found": found,
            "project_text": f"{found.project_count} 个",
            "document_text": f"{found.document_count} 件",
        }
    return render(request, "dashboards/search.html", context)


@require_safe
@scoped()
def handbook(request: SignedIn) -> HttpResponse:
    """使用手册."""
    return render(request, "dashboards/handbook.html", {"handbook": read_handbook()})
