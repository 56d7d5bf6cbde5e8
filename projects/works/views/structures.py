"""Pages of a project's illegal structures."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.works import policies
from projects.works.enums import STANDING, StructureAct
from projects.works.flows import STRUCTURE
from projects.works.forms.fields import ReasonForm
from projects.works.forms.structures import DatingForm, StepForm, StructureForm
from projects.works.models import IllegalStructure
from projects.works.owners import unseal
from projects.works.pages import answer, frame, project_of
from projects.works.register import settings_of, structure_lines
from projects.works.services import structures as services
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import StateConflict

BOTH = ["GET", "POST"]


def _structure(request: SignedIn, pk: int) -> IllegalStructure:
    """The structure within the scope; 404 for anything else."""
    rows = IllegalStructure.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme__bureau", "estate"
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def structures(request: SignedIn, code: str) -> HttpResponse:
    """The illegal structures of a project, the overdue ones first."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    lines = structure_lines(
        structures=IllegalStructure.objects.visible_to(request.scope).filter(project=found),
        values=settings_of(bureau=found.programme.bureau, on=today),
        on=today,
    )
    counted = [line for line in lines if line.structure.state != "dismissed"]
    context = frame(
        request,
        found,
        "structures",
        lines=lines,
        count=len(counted),
        standing=sum(line.structure.state in STANDING for line in lines),
        overdue=[line for line in lines if line.overdue_days],
    )
    return render(request, "works/structures.html", context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def structure_new(request: SignedIn, code: str) -> HttpResponse:
    """Enter a structure that was found."""
    found = project_of(request, code)
    posted = request.method == "POST"
    form = StructureForm(
        request.POST if posted else None, request.FILES if posted else None, project=found
    )

    def act() -> str:
        structure = services.find_structure(
            project=found,
            values=form.values,
            owner=form.owner,
            found_on=form.cleaned_data["found_on"],
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            now=timezone.now(),
        )
        return f"已登记“{structure}”。"

    context = frame(
        request, found, "structures", ("登记", ""), heading="登记违法建设", button="登记"
    )
    return answer(
        request,
        form,
        act=act,
        to=lambda: reverse("works:structures", args=[code]),
        context=context,
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_READ)
def structure(request: SignedIn, pk: int) -> HttpResponse:
    """One structure: its steps, what can be done now, and who owns it for who may ask (POST with a reason)."""
    found = _structure(request, pk)
    today = local_day(timezone.now())
    line = structure_lines(
        structures=IllegalStructure.objects.visible_to(request.scope).filter(pk=pk),
        values=settings_of(bureau=found.project.programme.bureau, on=today),
        on=today,
    )[0]
    may_ask = policies.can_see_owner(scope=request.scope)
    if request.method == "POST" and not may_ask:
        raise Http404("nothing to ask for")
    form = ReasonForm(
        request.POST if request.method == "POST" else None,
        label="查看用途",
        hint="写明为什么要看，会记入审计日志。",
    )
    owner = None
    if request.method == "POST" and form.is_valid():
        owner = services.reveal_owner(
            structure=found,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
    acts = [
        (STRUCTURE.act_label(found.state, act), reverse("works:structure_act", args=[pk, act]))
        for act in STRUCTURE.available(found.state, request.scope.permissions)
    ]
    context = frame(
        request,
        found.project,
        "structures",
        (str(found), ""),
        structure=found,
        line=line,
        acts=acts,
        sees_files=may_ask,
        may_ask=may_ask and bool(found.owner_sealed),
        masked=unseal(found.owner_sealed).masked if may_ask else "",
        owner=owner,
        form=form,
    )
    status = 422 if request.method == "POST" and owner is None else 200
    answered = render(request, "works/structure.html", context, status=status)
    answered["Cache-Control"] = "private, no-store"
    return answered


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def structure_built(request: SignedIn, pk: int) -> HttpResponse:
    """Say since when it stands."""
    found = _structure(request, pk)
    form = DatingForm(request.POST.copy() if request.method == "POST" else None, structure=found)

    def act() -> str:
        services.date_structure(
            structure=found,
            built_on=form.cleaned_data["built_on"],
            stood_before=form.cleaned_data["stood_before"],
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
            seen_version=form.cleaned_data["seen_version"] or 0,
        )
        return f"“{found}”的建成日期已保存。"

    back = reverse("works:structure", args=[pk])
    context = frame(
        request,
        found.project,
        "structures",
        (str(found), back),
        ("建成日期", ""),
        heading=f"建成日期：{found}",
        button="保存",
    )
    return answer(request, form, act=act, to=lambda: back, context=context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def structure_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Do the next step."""
    found = _structure(request, pk)
    if act not in STRUCTURE.acts:
        raise Http404("no such act")
    chosen = StructureAct(act)
    try:
        transition = STRUCTURE.transition(found.state, chosen)
    except StateConflict as conflict:
        context = frame(
            request, found.project, "structures", (str(found), ""), sentence=conflict.message
        )
        context["back"] = reverse("works:structure", args=[pk])
        return render(request, "works/conflict.html", context, status=409)
    posted = request.method == "POST"
    form = StepForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        act=chosen,
        needs_comment=transition.needs_comment,
    )

    def run() -> str:
        services.take_step(
            structure=found,
            act=chosen,
            occurred_on=form.cleaned_data["occurred_on"],
            due_on=form.cleaned_data.get("due_on"),
            note=form.cleaned_data["note"],
            evidence=form.cleaned_data["evidence"],
            permissions=request.scope.permissions,
            by=request.user,
            now=timezone.now(),
        )
        return f"“{found}”现在是“{found.get_state_display()}”。"

    word = STRUCTURE.act_label(found.state, chosen)
    back = reverse("works:structure", args=[pk])
    context = frame(
        request,
        found.project,
        "structures",
        (str(found), back),
        (word, ""),
        heading=f"{word}：{found}",
        button=word,
    )
    return answer(request, form, act=run, to=lambda: back, context=context)
