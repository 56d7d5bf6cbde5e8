"""Pages of the utilities' plans on the ground of a project."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger.models import Project
from projects.works.enums import UtilityAct
from projects.works.flows import UTILITY
from projects.works.forms.utilities import CoordinationForm, UtilityActForm, UtilityForm
from projects.works.models import UtilityPlan
from projects.works.pages import answer, frame, project_of
from projects.works.register import UtilityLine, clashes_of, settings_of, utility_lines
from projects.works.services import utilities as services
from projects.works.summary import utility_meets_rest
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import StateConflict

BOTH = ["GET", "POST"]


def _plan(request: SignedIn, pk: int) -> UtilityPlan:
    """The plan within the scope; 404 for anything else."""
    rows = UtilityPlan.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme__bureau", "estate"
    )
    return get_object_or_404(rows, pk=pk)


def _lines(request: SignedIn, project: Project) -> list[UtilityLine]:
    today = local_day(timezone.now())
    return utility_lines(
        projects=Project.objects.visible_to(request.scope).filter(pk=project.pk),
        values=settings_of(bureau=project.programme.bureau, on=today),
        on=today,
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def utilities(request: SignedIn, code: str) -> HttpResponse:
    """The plans on a project's ground, by day, with what clashes."""
    found = project_of(request, code)
    lines = _lines(request, found)
    context = frame(request, found, "utilities", lines=lines, clashes=clashes_of(lines))
    return render(request, "works/utilities.html", context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def utility_new(request: SignedIn, code: str) -> HttpResponse:
    """Enter a plan."""
    found = project_of(request, code)
    posted = request.method == "POST"
    form = UtilityForm(
        request.POST if posted else None, request.FILES if posted else None, project=found
    )
    made: list[UtilityPlan] = []

    def act() -> str:
        plan = services.save_plan(
            project=found,
            values=form.values,
            file=form.cleaned_data["evidence"],
            by=request.user,
            now=timezone.now(),
        )
        made.append(plan)
        return f"已登记“{plan}”。"

    context = frame(
        request, found, "utilities", ("登记", ""), heading="登记管线计划", button="登记"
    )
    return answer(
        request,
        form,
        act=act,
        to=lambda: reverse("works:utility", args=[made[0].pk]),
        context=context,
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def utility(request: SignedIn, pk: int) -> HttpResponse:
    """One plan: what clashes, what was agreed, what can be done now."""
    found = _plan(request, pk)
    line = next(line for line in _lines(request, found.project) if line.plan.pk == pk)
    acts = [
        (
            UTILITY.act_label(found.state, act),
            reverse("works:coordinate", args=[pk])
            if act == UtilityAct.COORDINATE
            else reverse("works:utility_act", args=[pk, act]),
        )
        for act in UTILITY.available(found.state, request.scope.permissions)
    ]
    context = frame(
        request,
        found.project,
        "utilities",
        (str(found), ""),
        plan=found,
        rests=[] if found.state in UTILITY.final else utility_meets_rest(plan=found),
        line=line,
        acts=acts,
        is_over=found.state in UTILITY.final,
    )
    return render(request, "works/utility.html", context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def utility_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change a plan that is not over."""
    found = _plan(request, pk)
    posted = request.method == "POST"
    form = UtilityForm(
        request.POST.copy() if posted else None,
        request.FILES if posted else None,
        project=found.project,
        plan=found,
    )

    def act() -> str:
        services.save_plan(
            project=found.project,
            plan=found,
            values=form.values,
            file=form.cleaned_data["evidence"],
            seen_version=form.cleaned_data["seen_version"] or 0,
            by=request.user,
            now=timezone.now(),
        )
        return "已保存。"

    back = reverse("works:utility", args=[pk])
    context = frame(
        request,
        found.project,
        "utilities",
        (str(found), back),
        ("修改", ""),
        heading=f"修改“{found}”",
        button="保存",
    )
    return answer(request, form, act=act, to=lambda: back, context=context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def coordinate(request: SignedIn, pk: int) -> HttpResponse:
    """Record a coordination."""
    found = _plan(request, pk)
    posted = request.method == "POST"
    form = CoordinationForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        use_required_attribute=False,
    )

    def act() -> str:
        cleaned = form.cleaned_data
        services.coordinate(
            plan=found,
            held_on=cleaned["held_on"],
            participants=cleaned["participants"],
            agreed=cleaned["agreed"],
            file=cleaned["evidence"],
            permissions=request.scope.permissions,
            by=request.user,
            now=timezone.now(),
        )
        return "已登记协调。"

    back = reverse("works:utility", args=[pk])
    context = frame(
        request,
        found.project,
        "utilities",
        (str(found), back),
        ("登记协调", ""),
        heading=f"登记协调：{found}",
        button="登记",
    )
    return answer(request, form, act=act, to=lambda: back, context=context)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def utility_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Begin, finish or withdraw a plan."""
    found = _plan(request, pk)
    if act not in UTILITY.acts or act == UtilityAct.COORDINATE:
        raise Http404("no such act")
    chosen = UtilityAct(act)
    back = reverse("works:utility", args=[pk])
    try:
        UTILITY.transition(found.state, chosen)
    except StateConflict as conflict:
        context = frame(
            request, found.project, "utilities", (str(found), ""), sentence=conflict.message
        )
        context["back"] = back
        return render(request, "works/conflict.html", context, status=409)
    form = UtilityActForm(request.POST if request.method == "POST" else None, act=chosen)
    word = UTILITY.act_label(found.state, chosen)

    def run() -> str:
        services.act_on_plan(
            plan=found,
            act=chosen,
            occurred_on=form.cleaned_data.get("occurred_on"),
            note=form.cleaned_data.get("note", ""),
            permissions=request.scope.permissions,
            by=request.user,
            now=timezone.now(),
        )
        return f"“{found}”现在是“{found.get_state_display()}”。"

    context = frame(
        request,
        found.project,
        "utilities",
        (str(found), back),
        (word, ""),
        heading=f"{word}：{found}",
        button=word,
        danger=chosen == UtilityAct.WITHDRAW,
    )
    return answer(request, form, act=run, to=lambda: back, context=context)
