"""The residents of a project: rates, rounds, the grid of a round, what people wished for."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.consent import policies
from projects.consent.chain import chain_of
from projects.consent.enums import RoundState
from projects.consent.forms import RoundForm, present_of
from projects.consent.models import Household, Round
from projects.consent.overtaken import overtaken_of, version_words
from projects.consent.parameters import MOST_ITEMS, PUBLIC_ADDRESS
from projects.consent.register import (
    LEGEND,
    buildings,
    care_counts,
    conflicts_of,
    estates_of,
    figures_of,
    in_order,
)
from projects.consent.services import rounds
from projects.consent.sheet import print_links
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from projects.ledger.trail import take_over
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse, say
from renovation.records.services import values_in_force

from .frame import BOTH, page_of, project_of, round_of, status_of


@require_GET
@scoped(Permission.LEDGER_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """Both rates of every estate, the rounds, and the visits in numbers."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    lines = estates_of(
        projects=Project.objects.visible_to(request.scope).filter(pk=found.pk),
        bureau=found.programme.bureau,
        on=today,
    )
    rows = Round.objects.visible_to(request.scope).filter(project=found)
    context = page_of(
        request,
        found,
        lines=lines,
        estate_count=0 if lines else found.estates.count(),
        overtaken=next((line.overtaken for line in lines if line.overtaken), None),
        figures=figures_of(lines=lines, on=today),
        rounds=rows.select_related("opened_by", "scheme").order_by("-number"),
        care=care_counts(project=found),
        today=today,
    )
    return render(request, "consent/project.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def wishes(request: SignedIn, code: str) -> HttpResponse:
    """From wish to plan to result, item by item."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    rows = Project.objects.visible_to(request.scope).filter(pk=found.pk)
    chain = chain_of(project=found, projects=rows, on=today)
    context = page_of(request, found, ("愿望到结果", ""), chain=chain, today=today)
    return render(request, "consent/wishes.html", context)


# -- drafting ----------------------------------------------------------------------------------------
def _form_page(request: SignedIn, found: Project, draft: Round | None) -> HttpResponse:
    now = timezone.now()
    values = values_in_force(organisation=found.programme.bureau, on=local_day(now))
    data = request.POST.copy() if request.method == "POST" else None
    form = RoundForm(
        data,
        request.FILES if data is not None else None,
        project=found,
        found=draft,
        seen=0 if draft is None else rounds.round_seen(found=draft),
        most_items=values[MOST_ITEMS.key],
    )
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        given: dict[str, Any] = {
            "values": form.values,
            "document": form.cleaned_data["document"],
            "by": request.user,
            "now": now,
        }
        try:
            saved = (
                rounds.draft_round(project=found, **given)
                if draft is None
                else rounds.change_round(
                    found=draft, seen=form.cleaned_data["seen_version"] or 0, **given
                )
            )
        except EditConflict as changed:
            conflict = changed
            if draft is not None:
                draft.refresh_from_db()
                present = present_of(draft)
                take_over(form, changed, typed=rounds.in_words(form.values), present=present)
            data["seen_version"] = str(changed.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存第{saved.number}轮草稿。由街道审核岗开始征询。")
            return redirect("consent:round", code=found.code, number=saved.number)
    title = f"修改第{draft.number}轮" if draft else "新拟一轮"
    context = page_of(
        request,
        found,
        (title, ""),
        form=form,
        title=title,
        conflict=conflict,
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
    )
    status = 409 if conflict else status_of(request)
    return render(request, "consent/round_form.html", context, status=status)


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def new(request: SignedIn, code: str) -> HttpResponse:
    """Draft the next round."""
    return _form_page(request, project_of(request, code), None)


@require_http_methods(BOTH)
@scoped(Permission.CONSENT_WRITE)
def edit(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Change a draft."""
    found = round_of(request, code, number)
    return _form_page(request, found.project, found)


# -- one round ---------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def round_page(request: SignedIn, code: str, number: int) -> HttpResponse:
    """A round: what is asked, and for the street the households by building."""
    found = round_of(request, code, number)
    households = (
        Household.objects.visible_to(request.scope)
        .filter(estate__project=found.project)
        .select_related("estate")
    )
    shown = policies.can_read_residents(scope=request.scope)
    made = buildings(found=found, households=households) if shown else []
    all_count = sum(len(building.rooms) for building in made)
    context = page_of(
        request,
        found.project,
        (f"第{found.number}轮", ""),
        round=found,
        scheme_words=version_words(found.scheme) if found.scheme else "",
        scheme_href=_scheme_address(request, found),
        overtaken=overtaken_of(found=found, on=local_day(timezone.now())),
        items=list(found.items.select_related("menu_class")),
        buildings=made,
        listed_count=all_count,
        answered_count=sum(building.answered for building in made),
        agreed_count=sum(building.agreed for building in made),
        household_count=sum(estate.household_count for estate in found.project.estates.all())
        if shown
        else 0,
        conflicts=conflicts_of(found=found) if shown else [],
        legend=LEGEND,
        why_not_open=policies.why_not_open(found=found, scope=request.scope),
        can_decide=request.scope.can(Permission.CONSENT_DECIDE),
        is_open=found.state == RoundState.OPEN,
        is_draft=found.state == RoundState.DRAFT,
    )
    return render(request, "consent/round.html", context)


def _scheme_address(request: SignedIn, found: Round) -> str:
    """The page of the plan that is asked about, for who may open it."""
    scheme = found.scheme
    if scheme is None or (scheme.kind.is_private and not request.scope.can(Permission.RETURN_READ)):
        return ""
    return reverse("ledger:document", args=[found.project.code, scheme.pk])


def _back(found: Round) -> HttpResponse:
    return redirect("consent:round", code=found.project.code, number=found.number)


@require_POST
@scoped(Permission.CONSENT_DECIDE)
def open_round(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Begin to ask."""
    found = round_of(request, code, number)
    policies.check_open(found=found, scope=request.scope)
    try:
        rounds.open_round(found=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"第{number}轮已开始征询。可以印二维码、登记答复了。")
    return _back(found)


@require_POST
@scoped(Permission.CONSENT_DECIDE)
def close_round(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Stop asking."""
    found = round_of(request, code, number)
    try:
        rounds.close_round(found=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"第{number}轮已截止。二维码不能再用。")
    return _back(found)


@require_POST
@scoped(Permission.CONSENT_WRITE)
def discard(request: SignedIn, code: str, number: int) -> HttpResponse:
    """Throw a draft away."""
    found = round_of(request, code, number)
    try:
        rounds.discard_round(found=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
        return _back(found)
    messages.success(request, f"已删除第{number}轮草稿。")
    return redirect("consent:project", code=code)


@require_POST
@scoped(Permission.CONSENT_WRITE)
def sheet(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The QR codes of a building, to be printed, cut and handed out; the ones before are void."""
    found = round_of(request, code, number)
    estate, _, building = request.POST.get("building", "").partition(":")
    if not estate.isdecimal() or not building:
        raise Http404("no such building")
    households = in_order(
        Household.objects.visible_to(request.scope).filter(
            estate_id=int(estate), estate__project=found.project, building=building
        )
    )
    if not households:
        raise Http404("no such building")
    now = timezone.now()
    values = values_in_force(organisation=found.project.programme.bureau, on=local_day(now))
    base = values[PUBLIC_ADDRESS.key] or f"{request.scheme}://{request.get_host()}"
    try:
        content = print_links(
            found=found, households=households, base=base, by=request.user, now=now
        )
    except Refusal as refusal:
        say(request, refusal)
        return _back(found)
    name = f"{found.project.name}第{number}轮{building}楼二维码.pdf"
    return downloads.attachment(content=content, name=name, content_type="application/pdf")


@require_GET
@scoped(Permission.LEDGER_READ)
def document(request: SignedIn, code: str, number: int) -> HttpResponse:
    """The document of the plan that is asked about."""
    found = round_of(request, code, number)
    if found.plan_document is None:
        raise Http404("no document")
    return downloads.for_reader(file=found.plan_document, scope=request.scope)
