"""Lists over all projects in sight, their filters in the address, and the same lists as workbooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.filtering import ProjectListForm
from projects.ledger.querysets import ProjectQuerySet
from projects.ledger.tabs import section_tabs
from projects.residents import exports
from projects.residents.forms.filters import MeetingFilterForm, NoticeFilterForm
from projects.residents.lists import (
    MISSING,
    bureau_of,
    choices_of,
    chosen_projects,
    meetings_listed,
    missing_listed,
    notices_listed,
)
from projects.residents.meeting_lines import MeetingLine, sums_of
from projects.residents.register import NoticeLine
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.face.values import Way
from renovation.records.services import values_in_force, work_calendar

PAGE = 50
LISTS = (
    ("notices", "公示"),
    ("meetings", "议事"),
    ("sharing", "共建共评"),
    ("aftercare", "长效管理"),
)


@dataclass(frozen=True)
class Chosen:
    """What the filter bar chose."""

    form: Any
    year: int
    projects: ProjectQuerySet
    today: date
    values: Any


def choose(request: SignedIn, form_class: type[ProjectListForm]) -> Chosen | None:
    """The filter bar as chosen; None where no project is in sight. A year that is none is the newest."""
    choices = choices_of(request.scope)
    if not choices.years:
        return None
    asked = request.GET.copy()
    if asked.get("year") not in {str(year) for year in choices.years}:
        asked["year"] = str(choices.years[0])
    form = form_class(asked, years=choices.years, streets=choices.streets)
    year = int(str(asked["year"]))
    projects = chosen_projects(
        request.scope, year=year, street=form.chosen("street"), words=form.chosen("q")
    )
    today = local_day(timezone.now())
    bureau = bureau_of(request.scope, projects=projects)
    values = values_in_force(organisation=bureau, on=today) if bureau else {}
    return Chosen(form, year, projects, today, values)


def list_frame(request: SignedIn, part: str, chosen: Chosen | None, **more: Any) -> dict[str, Any]:
    """What every list shows: crumbs, the lists of the wing, the filter bar, where to export."""
    here = reverse(f"residents:{part}")
    query = request.GET.copy()
    query.pop("page", None)
    tail = f"?{query.urlencode()}" if query else ""
    word = dict(LISTS)[part]
    return {
        "tabs": section_tabs(scope=request.scope, chosen="residents:notices"),
        "parts": [Way(each, reverse(f"residents:{name}"), name == part) for name, each in LISTS],
        "crumbs": [("项目", reverse("dashboards:projects")), (word, "")],
        "section": "项目",
        "word": word,
        "chosen": chosen,
        "form": chosen.form if chosen else None,
        "clear_href": f"{here}?year={chosen.year}" if chosen else here,
        "export_href": f"{reverse(f'residents:{part}_export')}{tail}",
        "books_href": reverse("ledger:books", args=[chosen.year])
        if chosen and request.scope.can(Permission.LEDGER_WRITE)
        else "",
        **more,
    }


def page_of(request: SignedIn, rows: list[Any]) -> Any:
    """The page of a list that the address names."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))


def _notices(request: SignedIn, chosen: Chosen) -> list[NoticeLine]:
    return notices_listed(
        request.scope,
        projects=chosen.projects,
        calendar=work_calendar(),
        values=chosen.values,
        on=chosen.today,
        point=chosen.form.chosen("point"),
        state=chosen.form.chosen("state"),
        sort=request.GET.get("sort", ""),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def notices(request: SignedIn) -> HttpResponse:
    """The notices of the projects, what waits first, and the points at which one is missing."""
    chosen = choose(request, NoticeFilterForm)
    if chosen is None:
        return render(request, "residents/notices.html", list_frame(request, "notices", None))
    lines = _notices(request, chosen)
    state = chosen.form.chosen("state")
    missing = (
        missing_listed(projects=chosen.projects, point=chosen.form.chosen("point"))
        if state in {"", MISSING}
        else []
    )
    context = list_frame(
        request,
        "notices",
        chosen,
        page=page_of(request, lines),
        missing=missing,
        shows_missing=state == MISSING,
        running=sum(line.notice.state == "published" for line in lines),
        ripe=sum(line.is_ripe for line in lines),
        open_count=sum(line.open_count for line in lines),
        overdue_count=sum(line.overdue_count for line in lines),
    )
    return render(request, "residents/notices.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def notices_export(request: SignedIn) -> HttpResponse:
    """The list of notices as filtered, all pages of it; nobody's name is in it."""
    chosen = choose(request, NoticeFilterForm)
    title = f"{chosen.year}年度公示台账" if chosen else "公示台账"
    lines = _notices(request, chosen) if chosen else []
    content = exports.notices_workbook(title=title, lines=lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{title}.xlsx")


def _meetings(request: SignedIn, chosen: Chosen) -> list[MeetingLine]:
    return meetings_listed(
        request.scope,
        projects=chosen.projects,
        on=chosen.today,
        kind=chosen.form.chosen("kind"),
        state=chosen.form.chosen("state"),
        sort=request.GET.get("sort", ""),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def meetings(request: SignedIn) -> HttpResponse:
    """The meetings of the projects, newest first, with what was raised and solved."""
    chosen = choose(request, MeetingFilterForm)
    if chosen is None:
        return render(request, "residents/meetings.html", list_frame(request, "meetings", None))
    lines = _meetings(request, chosen)
    context = list_frame(
        request, "meetings", chosen, page=page_of(request, lines), sums=sums_of(lines)
    )
    return render(request, "residents/meetings.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def meetings_export(request: SignedIn) -> HttpResponse:
    """The list of meetings as filtered, a row a matter."""
    chosen = choose(request, MeetingFilterForm)
    title = f"{chosen.year}年度议事台账" if chosen else "议事台账"
    lines = _meetings(request, chosen) if chosen else []
    content = exports.meetings_workbook(title=title, lines=lines, now=timezone.now())
    return downloads.workbook(content=content, name=f"{title}.xlsx")
