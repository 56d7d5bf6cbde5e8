"""The lists of after-care and of what residents bring in and find, and the same lists as workbooks."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from projects.ledger import downloads
from projects.ledger.choosing import Chosen, choose, page_of
from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from projects.residents.aftercare import exports as care_exports
from projects.residents.aftercare.lists import care_listed
from projects.residents.aftercare.register import Care, yuan
from projects.residents.forms.filters import CareFilterForm, SharingFilterForm
from projects.residents.parameters import TERM_DAYS
from projects.residents.sharing import exports as sharing_exports
from projects.residents.sharing.facts import sharing_facts, sums_of
from projects.residents.sharing.register import SharingLine, sharing_listed
from projects.residents.views.lists import list_frame, to_change
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped


def _care(request: SignedIn, chosen: Chosen) -> list[Care]:
    return care_listed(
        request.scope,
        projects=chosen.projects,
        on=chosen.today,
        term_days=int(chosen.values.get(TERM_DAYS.key, TERM_DAYS.default)),
        form=chosen.form.chosen("form"),
        state=chosen.form.chosen("state"),
        sort=request.GET.get("sort", ""),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def aftercare(request: SignedIn) -> HttpResponse:
    """Who looks after each estate, what ends soon, what is lacking."""
    chosen = choose(request, CareFilterForm, now=timezone.now())
    if chosen is None:
        return render(request, "residents/aftercare.html", list_frame(request, "aftercare", None))
    rows = _care(request, chosen)
    days = int(chosen.values.get(TERM_DAYS.key, TERM_DAYS.default))
    done = [care for care in rows if care.completed_on]
    context = list_frame(
        request,
        "aftercare",
        chosen,
        page=page_of(request, [(care, care.ends_within(days)) for care in rows]),
        done=len(done),
        cared=sum(not care.lacks_plan for care in done),
        lacking=sum(care.lacks_plan for care in done),
        handed=sum(care.is_handed_over for care in done),
        expired=sum(bool(care.expired) for care in rows),
        ending=sum(bool(care.ends_within(days)) for care in rows),
        days=days,
    )
    return render(request, "residents/aftercare.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def aftercare_export(request: SignedIn) -> HttpResponse:
    """The list of after-care as filtered, a row an estate, with the items handed over on a sheet of their own."""
    now = timezone.now()
    chosen = choose(request, CareFilterForm, now=now)
    title = f"{chosen.year}年度长效管理台账" if chosen else "长效管理台账"
    rows = _care(request, chosen) if chosen else []
    codes = {care.estate.project.code for care in rows}
    more = to_change(request, "aftercare", chosen, codes, now)
    content = care_exports.care_workbook(title=title, rows=rows, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")


def _sharing(request: SignedIn, chosen: Chosen) -> list[SharingLine]:
    return sharing_listed(
        request.scope,
        projects=chosen.projects,
        on=chosen.today,
        state=chosen.form.chosen("state"),
        sort=request.GET.get("sort", ""),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def sharing(request: SignedIn) -> HttpResponse:
    """What residents brought in to each project and what they found together with the administration."""
    chosen = choose(request, SharingFilterForm, now=timezone.now())
    if chosen is None:
        return render(request, "residents/sharing.html", list_frame(request, "sharing", None))
    lines = _sharing(request, chosen)
    shown = [line.project.pk for line in lines]
    listed = Project.objects.visible_to(request.scope).filter(pk__in=shown)
    facts = project_facts(projects=listed, on=chosen.today)
    sums = sums_of(sharing_facts(projects=facts, on=chosen.today))
    context = list_frame(
        request,
        "sharing",
        chosen,
        page=page_of(
            request,
            [(line, yuan(line.gifts.apart_fen), yuan(line.ledger_fen)) for line in lines],
        ),
        apart=yuan(sums.apart_fen),
        ledger=yuan(sum(line.ledger_fen for line in lines)),
        hours=sums.hours,
        evaluated=sums.evaluated,
        due=sum(line.state == "due" for line in lines),
        satisfied=sums.satisfied,
        base=sums.base,
        reads_money=request.scope.can(Permission.RETURN_READ),
    )
    return render(request, "residents/sharing.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def sharing_export(request: SignedIn) -> HttpResponse:
    """The list as filtered, a row a project."""
    now = timezone.now()
    chosen = choose(request, SharingFilterForm, now=now)
    title = f"{chosen.year}年度共建共评台账" if chosen else "共建共评台账"
    lines = _sharing(request, chosen) if chosen else []
    codes = {line.project.code for line in lines}
    more = to_change(request, "sharing", chosen, codes, now)
    content = sharing_exports.sharing_workbook(title=title, lines=lines, more=more, now=now)
    return downloads.workbook(content=content, name=f"{title}.xlsx")
