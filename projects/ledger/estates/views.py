"""Pages of a project's estates, their buildings, and its parties."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import policies
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import PartyRole
from projects.ledger.models import Building, Estate, Party, Project
from projects.ledger.pages import (
    BOTH,
    RowPage,
    answer_status,
    day_asked,
    edit_row,
    page_of,
    project_of,
    remove_row_page,
)
from projects.ledger.parameters import DISTRICT_BOX
from projects.ledger.plans import in_force
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.records.services import values_in_force

from . import services
from .forms import BuildingForm, EstateForm, PartyForm, SuccessorForm
from .quantities import compare, differences


def _frame(request: SignedIn, project: Project, listing: str, **more: Any) -> RowPage:
    """The page of a row of a project; ``back`` and ``chosen`` may say otherwise than the listing."""
    title = more.pop("title")
    chosen = more.pop("chosen", listing)
    back = more.pop("back", "") or reverse(f"ledger:{listing}", args=[project.code])
    return RowPage(
        organisation=project.street,
        of=more.pop("of", str(project)),
        back=back,
        sub=f"{project.name}　{project.code}",
        context=page_of(request, project, chosen, title=title),
        **more,
    )


# -- estates -----------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def estates(request: SignedIn, code: str) -> HttpResponse:
    """The estates of a project with their sums; what their buildings say otherwise is named."""
    project = project_of(request, code)
    rows = list(project.estates.select_related("community").prefetch_related("buildings"))
    sums = {
        "buildings": sum(row.building_count for row in rows),
        "households": sum(row.household_count for row in rows),
        "area": sum(row.area_sqm for row in rows),
    }
    plan = in_force(baselines=list(project.baselines.all()), on=local_day(timezone.now()))
    unequal = [
        (row.name, sentence)
        for row in rows
        for sentence in differences(estate=row, buildings=list(row.buildings.all()))
    ]
    context = page_of(
        request, project, "estates", rows=rows, sums=sums, plan=plan, differences=unequal
    )
    return render(request, "ledger/estates.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def estate(request: SignedIn, code: str, pk: int | None = None) -> HttpResponse:
    """A new estate, or one that is changed."""
    now = timezone.now()
    project = project_of(request, code)
    row = Estate() if pk is None else get_object_or_404(project.estates, pk=pk)
    today = local_day(now)
    bureau = project.programme.bureau
    box = values_in_force(organisation=bureau, on=today)[DISTRICT_BOX.key]
    page = _frame(
        request,
        project,
        "estates",
        title="新增小区" if pk is None else "修改小区",
        remove=reverse("ledger:estate_remove", args=[code, pk]) if pk else "",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, _files: EstateForm(
            data, instance=row, project=project, box=box, today=today
        ),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def estate_remove(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Remove an estate."""
    project = project_of(request, code)
    row = get_object_or_404(project.estates, pk=pk)
    page = _frame(request, project, "estates", title="删除")
    return remove_row_page(request, page=page, row=row, now=timezone.now())


# -- buildings ---------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def buildings(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """The buildings of an estate, their sums beside the estate's quantities."""
    project = project_of(request, code)
    estate = get_object_or_404(project.estates.select_related("community"), pk=pk)
    rows = list(estate.buildings.all())
    compared = compare(estate=estate, buildings=rows)
    context = page_of(
        request,
        project,
        "estates",
        title=estate.name,
        estate=estate,
        rows=rows,
        compared=compared,
        differences=[each.sentence for each in compared if not each.agrees],
        units=sum(row.unit_count or 0 for row in rows),
    )
    return render(request, "ledger/buildings.html", context)


def _building_page(request: SignedIn, project: Project, estate: Estate, **more: Any) -> RowPage:
    return _frame(
        request,
        project,
        "estates",
        back=reverse("ledger:buildings", args=[project.code, estate.pk]),
        of=f"{project}的{estate}",
        **more,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def building(request: SignedIn, code: str, estate_pk: int, pk: int | None = None) -> HttpResponse:
    """A new building, or one that is changed."""
    project = project_of(request, code)
    estate = get_object_or_404(project.estates, pk=estate_pk)
    row = Building() if pk is None else get_object_or_404(estate.buildings, pk=pk)
    page = _building_page(
        request,
        project,
        estate,
        title="新增楼幢" if pk is None else "修改楼幢",
        remove=reverse("ledger:building_remove", args=[code, estate_pk, pk]) if pk else "",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, _files: BuildingForm(data, instance=row, estate=estate),
        now=timezone.now(),
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def building_remove(request: SignedIn, code: str, estate_pk: int, pk: int) -> HttpResponse:
    """Remove a building."""
    project = project_of(request, code)
    estate = get_object_or_404(project.estates, pk=estate_pk)
    row = get_object_or_404(estate.buildings, pk=pk)
    page = _building_page(request, project, estate, title="删除")
    return remove_row_page(request, page=page, row=row, now=timezone.now())


# -- parties -----------------------------------------------------------------------------------------
@require_GET
@scoped(Permission.LEDGER_READ)
def parties(request: SignedIn, code: str) -> HttpResponse:
    """The parties to a project as of a day (``?on=``), and all that ever were (``?all=1``)."""
    project = project_of(request, code)
    today = local_day(timezone.now())
    on, notice = day_asked(request.GET.get("on", ""), today)
    rows = list(project.parties.select_related("organisation", "succeeds", "successor"))
    serving = [row for row in rows if _serves(row, on)]
    shows_all = request.GET.get("all") == "1"
    order = list(PartyRole.values)
    shown = sorted(rows if shows_all else serving, key=lambda row: (order.index(row.role), row.pk))
    context = page_of(
        request,
        project,
        "parties",
        rows=[
            {
                "party": row,
                "sees_phones": policies.can_see_phone(party=row, scope=request.scope),
                "serves": _serves(row, on),
            }
            for row in shown
        ],
        on=on,
        is_today=on == today,
        notice=notice,
        shows_all=shows_all,
        gone=len(rows) - len(serving),
        any_rows=bool(rows),
        overlaps=services.overlaps(parties=rows) if policies.can_write(scope=request.scope) else [],
    )
    return render(request, "ledger/parties.html", context)


def _serves(row: Party, on: date) -> bool:
    return (row.valid_from is None or row.valid_from <= on) and (
        row.valid_to is None or row.valid_to >= on
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def party(request: SignedIn, code: str, pk: int | None = None) -> HttpResponse:
    """A new party, or one that is changed."""
    now = timezone.now()
    project = project_of(request, code)
    row = Party() if pk is None else get_object_or_404(project.parties, pk=pk)
    page = _frame(
        request,
        project,
        "parties",
        title="新增参建单位" if pk is None else "修改参建单位",
        remove=reverse("ledger:party_remove", args=[code, pk]) if pk else "",
        intro="" if pk is None else "单位换了，请回上一页用“变更单位”，原单位和它的起止会留着。",
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, _files: PartyForm(
            data, instance=row, project=project, scope=request.scope, today=local_day(now)
        ),
        now=now,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def party_replace(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Another company takes a party's place from a day on."""
    now = timezone.now()
    project = project_of(request, code)
    old = get_object_or_404(project.parties.select_related("project__street"), pk=pk)
    data = request.POST.copy() if request.method == "POST" else None
    form = SuccessorForm(
        data, instance=Party(), party=old, scope=request.scope, today=local_day(now)
    )
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            successor = services.replace_party(
                party=old,
                successor=form.save(commit=False),
                from_on=form.cleaned_data["valid_from"],
                seen_version=form.cleaned_data["seen_version"] or 0,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=now,
            )
        except EditConflict as found:
            conflict = found
            data["seen_version"] = str(found.version)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request, f"已变更：{old.name}由{successor.name}接替。原单位还在历任里。"
            )
            return redirect("ledger:parties", code=code)
    context = page_of(request, project, "parties", title="变更单位") | {
        "heading": f"变更{old.get_role_display()}",
        "sub": f"{project.name}　{project.code}",
        "intro": f"原单位：{old.name}。变更后它止于接替日期的前一天，不会被删掉。",
        "form": form,
        "conflict": conflict,
        "noun": "参建单位",
        "back": reverse("ledger:parties", args=[code]),
    }
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/part.html", context, status=status)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def party_remove(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """Remove a party that was entered by mistake."""
    project = project_of(request, code)
    row = get_object_or_404(project.parties, pk=pk)
    page = _frame(request, project, "parties", title="删除")
    return remove_row_page(request, page=page, row=row, now=timezone.now())
