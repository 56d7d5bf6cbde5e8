"""Lists over all projects in sight, their filters in the address, and the same lists as workbooks."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.choosing import Chosen, choose, frame_of_list, page_of
from projects.residents import exports
from projects.residents.forms.filters import MeetingFilterForm, NoticeFilterForm
from projects.residents.lists import (
    MISSING,
    meetings_listed,
    missing_listed,
    notices_listed,
)
from projects.residents.meeting_lines import MeetingLine, sums_of
from projects.residents.register import NoticeLine
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.documents.sheets import Sheet
from renovation.records.services import work_calendar

LISTS = (
    ("notices", "公示"),
    ("meetings", "议事"),
    ("sharing", "共建共评"),
    ("aftercare", "长效管理"),
)


#: The lists that come back in, by the page that shows them.
BOOKS = {
    "notices": ("notices",),
    "meetings": ("meetings", "matters"),
    "sharing": ("contributions", "evaluations", "opinions"),
    "aftercare": ("committees", "managements", "collections", "funds", "handovers"),
}


def list_frame(request: SignedIn, part: str, chosen: Chosen | None, **more: Any) -> dict[str, Any]:
    """What every list of the wing shows, and where its workbook comes back in."""
    more["import_href"] = (
        way_in(scope=request.scope, slugs=BOOKS[part], year=chosen.year) if chosen else ""
    )
    return frame_of_list(request, chosen, wing="residents", part=part, lists=LISTS, **more)


def to_change(
    request: SignedIn,
    part: str,
    chosen: Chosen | None,
    codes: Collection[str],
    now: datetime,
    only: Mapping[str, Collection[int]] | None = None,
) -> Sequence[Sheet]:
    """The sheets in which the rows of a page come back in: those of some projects, ``only`` as ``attached.Shown``."""
    if chosen is None:
        return ()
    return attached(
        scope=request.scope,
        slugs=BOOKS[part],
        year=chosen.year,
        shown=Shown(codes=codes, only=only or {}),
        now=now,
    )


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
    chosen = choose(request, NoticeFilterForm, now=timezone.now())
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
    now = timezone.now()
    chosen = choose(request, NoticeFilterForm, now=now)
    title = f"{chosen.year}年度公示台账" if chosen else "公示台账"
    lines = _notices(request, chosen) if chosen else []
    rows = [line.notice for line in lines]
    codes = {row.project.code for row in rows}
    only = {"notices": {row.pk for row in rows}}
    more = to_change(request, "notices", chosen, codes, now, only)
    content = exports.notices_workbook(title=title, lines=lines, more=more, now=now)
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
    chosen = choose(request, MeetingFilterForm, now=timezone.now())
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
    now = timezone.now()
    chosen = choose(request, MeetingFilterForm, now=now)
    title = f"{chosen.year}年度议事台账" if chosen else "议事台账"
    lines = _meetings(request, chosen) if chosen else []
    codes = {line.meeting.project.code for line in lines}
    only = {
        "meetings": {line.meeting.pk for line in lines},
        "matters": {each.matter.pk for line in lines for each in line.matters},
    }
    more = to_change(request, "meetings", chosen, codes, now, only)
    content = exports.meetings_workbook(title=title, lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")
