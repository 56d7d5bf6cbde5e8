"""Pages of a project's items: what is planned, what is delivered, what waits."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads
from projects.ledger.models import Project
from projects.works import policies
from projects.works.forms.fields import ReasonForm
from projects.works.forms.items import CompletionForm, DecideForm, PlanForm
from projects.works.menu_rounds import MenuRound, rounds_of
from projects.works.models import (
    Completion,
    Coordination,
    ItemPlan,
    StructureStep,
    UtilityPlan,
    WorkItem,
)
from projects.works.pages import answer, frame, project_of
from projects.works.register import ItemLine, lines_of
from projects.works.services import items as services
from projects.works.summary import by_class, plan_meets_rest, works_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.refusals import say
from renovation.face.wording import quantity as shown

BOTH = ["GET", "POST"]


def _item(request: SignedIn, pk: int) -> WorkItem:
    """The item within the scope; 404 for anything else."""
    rows = WorkItem.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme__bureau", "menu_item__menu_class", "estate"
    )
    return get_object_or_404(rows, pk=pk)


def _line(request: SignedIn, item: WorkItem) -> ItemLine:
    rows = WorkItem.objects.visible_to(request.scope).filter(pk=item.pk)
    today = local_day(timezone.now())
    return lines_of(items=rows, on=today, approved_only=request.scope.approved_only)[0]


@require_GET
@scoped(Permission.LEDGER_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """What a project takes from the menu, by class, with its outcomes and what is out of order."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    lines = lines_of(
        items=WorkItem.objects.visible_to(request.scope).filter(project=found),
        on=today,
        approved_only=request.scope.approved_only,
    )
    present = [line for line in lines if line.plan is not None and not line.is_removed]
    works = works_of(project=found, on=today)
    context = frame(
        request,
        found,
        "project",
        groups=by_class([line for line in lines if line.plan or line.pending]),
        works=works,
        count=len(present),
        finished=sum(line.is_finished for line in present),
        waiting=sum(line.pending is not None for line in lines),
        has_estates=any(line.item.estate_id for line in lines),
    )
    return render(request, "works/project.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def item(request: SignedIn, pk: int) -> HttpResponse:
    """One item: every version of its plan and every entry."""
    found = _item(request, pk)
    line = _line(request, found)
    pending = line.pending
    context = frame(
        request,
        found.project,
        "project",
        (str(found), ""),
        line=line,
        item=found,
        versions=line.plans[::-1],
        can_decide=pending is not None and policies.can_decide(plan=pending, scope=request.scope),
        decide_form=DecideForm(use_required_attribute=False),
    )
    return render(request, "works/item.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def plan_new(request: SignedIn, code: str) -> HttpResponse:
    """Take an item of the menu into a project."""
    found = project_of(request, code)
    form = PlanForm(
        request.POST if request.method == "POST" else None, project=found, rounds=_rounds(found)
    )

    def act() -> str:
        plan = services.plan_item(
            project=found,
            menu_item=form.chosen_item,
            estate=form.chosen_estate,
            values=form.values,
            by=request.user,
            now=timezone.now(),
        )
        _warn(request, plan_meets_rest(plan=plan))
        return _planned(plan)

    context = frame(
        request,
        found,
        "project",
        ("加一条", ""),
        heading="加一条改造内容",
        button="保存",
        note=_approval_note(services.has_approved_baseline(project=found)),
    )
    return answer(
        request, form, act=act, to=lambda: reverse("works:project", args=[code]), context=context
    )


def _rounds(project: Project) -> list[MenuRound]:
    return rounds_of(project_ids=[project.pk], on=local_day(timezone.now()))


def _warn(request: SignedIn, sentences: list[str]) -> None:
    for sentence in sentences:
        messages.warning(request, sentence)


def _planned(plan: ItemPlan) -> str:
    amount = (
        "取消" if plan.is_removed else f"计划 {shown(plan.quantity)} {plan.item.menu_item.unit}"
    )
    tail = "由另一人批准后生效。" if plan.state == "pending" else ""
    return f"“{plan.item}”{amount}，已登记。{tail}"


def _approval_note(needs: bool) -> str:
    if not needs:
        return "项目计划还没有批准，登记后立即生效。"
    return "项目计划已批准，登记后由另一人批准才生效，原来的计划留在沿革里。"


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def plan_change(request: SignedIn, pk: int) -> HttpResponse:
    """Change what is planned of an item."""
    found = _item(request, pk)
    line = _line(request, found)
    form = PlanForm(
        request.POST.copy() if request.method == "POST" else None,
        project=found.project,
        item=found,
        plan=line.plan,
        rounds=_rounds(found.project),
    )

    def act() -> str:
        plan = services.plan_item(
            project=found.project,
            menu_item=found.menu_item,
            estate=found.estate,
            values=form.values,
            seen_version=form.cleaned_data["seen_version"] or 0,
            by=request.user,
            now=timezone.now(),
        )
        _warn(request, plan_meets_rest(plan=plan))
        return _planned(plan)

    context = frame(
        request,
        found.project,
        "project",
        (str(found), reverse("works:item", args=[pk])),
        ("调整", ""),
        heading=f"调整“{found}”的计划",
        button="保存",
        note=_approval_note(services.has_approved_baseline(project=found.project)),
    )
    return answer(
        request, form, act=act, to=lambda: reverse("works:item", args=[pk]), context=context
    )


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def remove(request: SignedIn, pk: int) -> HttpResponse:
    """Take an item out of the plan."""
    found = _item(request, pk)
    plan = _line(request, found).plan
    form = ReasonForm(
        request.POST.copy() if request.method == "POST" else None,
        label="取消原因",
        seen_version=plan.version if plan is not None else 0,
    )

    def act() -> str:
        removed = services.remove_item(
            item=found,
            reason=form.cleaned_data["reason"],
            seen_version=form.cleaned_data["seen_version"] or 0,
            by=request.user,
            now=timezone.now(),
        )
        return _planned(removed)

    context = frame(
        request,
        found.project,
        "project",
        (str(found), reverse("works:item", args=[pk])),
        ("取消", ""),
        heading=f"取消“{found}”",
        button="取消这一条",
        danger=True,
        note="取消后不再计入计划，以前的计划和完成登记留在沿革里。"
        + _approval_note(services.has_approved_baseline(project=found.project)),
    )
    return answer(
        request, form, act=act, to=lambda: reverse("works:item", args=[pk]), context=context
    )


@require_POST
@scoped(Permission.LEDGER_APPROVE)
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Approve a plan that waits, or send it back."""
    rows = ItemPlan.objects.visible_to(request.scope).select_related(
        "item__project__street", "item__menu_item"
    )
    plan = get_object_or_404(rows, pk=pk)
    policies.check_decide(plan=plan, scope=request.scope)
    form = DecideForm(request.POST, use_required_attribute=False)
    approve = request.POST.get("decision") == "approve"
    if not form.is_valid():
        messages.error(request, "意见不超过 200 个字。")
        return redirect("works:item", pk=plan.item_id)
    try:
        services.decide_plan(
            plan=plan,
            approve=approve,
            comment=form.cleaned_data["comment"],
            by=request.user,
            now=timezone.now(),
        )
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已{'批准' if approve else '退回'}“{plan.item}”的计划。")
    return redirect("works:item", pk=plan.item_id)


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def deliver(request: SignedIn, pk: int) -> HttpResponse:
    """Record a quantity that was finished and accepted."""
    found = _item(request, pk)
    posted = request.method == "POST"
    form = CompletionForm(
        request.POST if posted else None, request.FILES if posted else None, item=found
    )
    line = _line(request, found)

    def act() -> str:
        row = services.deliver(
            item=found,
            values=form.values,
            evidence=form.cleaned_data["evidence"],
            by=request.user,
            now=timezone.now(),
        )
        return f"已登记“{found}”完成 {shown(row.quantity)} {found.menu_item.unit}。"

    context = frame(
        request,
        found.project,
        "project",
        (str(found), reverse("works:item", args=[pk])),
        ("登记完成", ""),
        heading=f"登记“{found}”完成",
        button="登记",
        note=f"计划 {shown(line.planned)} {found.menu_item.unit}，"
        f"已完成 {shown(line.delivered)} {found.menu_item.unit}。登记后不能修改，错了可以撤回重新登记。",
    )
    return answer(
        request, form, act=act, to=lambda: reverse("works:item", args=[pk]), context=context
    )


@require_http_methods(BOTH)
@scoped(Permission.WORKS_WRITE)
def withdraw(request: SignedIn, pk: int) -> HttpResponse:
    """Take back an entry that was wrong."""
    rows = Completion.objects.visible_to(request.scope).select_related(
        "item__project__street", "item__project__programme__bureau", "item__menu_item"
    )
    found = get_object_or_404(rows, pk=pk)
    form = ReasonForm(request.POST if request.method == "POST" else None, label="撤回原因")
    back = reverse("works:item", args=[found.item_id])

    def act() -> str:
        services.withdraw(
            completion=found,
            reason=form.cleaned_data["reason"],
            by=request.user,
            now=timezone.now(),
        )
        return "已撤回，不再计入。"

    amount = f"{shown(found.quantity)} {found.item.menu_item.unit}"
    context = frame(
        request,
        found.item.project,
        "project",
        (str(found.item), back),
        ("撤回", ""),
        heading="撤回完成登记",
        button="撤回",
        danger=True,
        note=f"“{found.item}”{chinese_date(found.delivered_on)} 完成 {amount}。撤回后不再计入，登记和撤回原因留着可查。",
    )
    return answer(request, form, act=act, to=lambda: back, context=context)


@require_GET
@scoped(Permission.LEDGER_READ)
def file(request: SignedIn, pk: int) -> HttpResponse:
    """A file of an entry, a utility's plan or a coordination in sight; of a step in the case of a structure
    for who handles the case."""
    places: tuple[tuple[Any, str], ...] = (
        (Completion, "evidence"),
        (UtilityPlan, "file"),
        (Coordination, "file"),
    )
    if policies.can_see_owner(scope=request.scope):
        places += ((StructureStep, "evidence"),)
    for model, name in places:
        row = (
            model.objects.visible_to(request.scope)
            .filter(**{f"{name}_id": pk})
            .select_related(name)
            .first()
        )
        if row is not None:
            return downloads.for_reader(file=getattr(row, name), scope=request.scope)
    raise Http404("no such file")
