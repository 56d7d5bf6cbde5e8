"""Pages of promises and joint reviews."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.ledger import formalities
from projects.ledger.conflicts import EditConflict, take_over
from projects.ledger.enums import GateKind
from projects.ledger.gating.forms import PromiseEntryForm, ReceiveForm, ReviewForm
from projects.ledger.gating.views import gate_kind
from projects.ledger.models import GatePromise, JointReview, Project
from projects.ledger.pages import (
    BOTH,
    RowPage,
    answer_status,
    page_of,
    project_of,
    remove_row_page,
)
from projects.ledger.parameters import REVIEW_DEPARTMENTS
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse
from renovation.records.services import values_in_force


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def promise(request: SignedIn, code: str, kind: str, pk: int | None = None) -> HttpResponse:
    """A promise of a missing paper, new or changed."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row = None if pk is None else get_object_or_404(project.gate_promises, pk=pk, gate=chosen)
    now = timezone.now()
    data = request.POST.copy() if request.method == "POST" else None
    form = PromiseEntryForm(data, gate=chosen, today=local_day(now), promise=row)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            saved = formalities.save_promise(
                project=project,
                gate=chosen,
                values=form.values,
                promise=row,
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            data["seen_version"] = str(found.version)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记承诺：{saved.lacks}。")
            return redirect("ledger:gate", code=code, kind=kind)
    title = "登记容缺承诺" if row is None else "修改容缺承诺"
    context = page_of(
        request,
        project,
        "gates",
        title=title,
        heading=title,
        kind=chosen,
        form=form,
        conflict=conflict,
        remove_href=reverse("ledger:promise_remove", args=[code, kind, pk]) if row else "",
    )
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/gate_part.html", context, status=status)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def promise_receive(request: SignedIn, code: str, kind: str, pk: int) -> HttpResponse:
    """A promised paper came in."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row = get_object_or_404(project.gate_promises, pk=pk, gate=chosen)
    now = timezone.now()
    form = ReceiveForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        initial={"received_on": local_day(now)},
        use_required_attribute=False,
    )
    if request.method == "POST" and form.is_valid():
        try:
            formalities.receive_paper(
                promise=row,
                received_on=form.cleaned_data["received_on"],
                file=form.cleaned_data["evidence"],
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记补齐：{row.lacks}。")
            return redirect("ledger:gate", code=code, kind=kind)
    context = page_of(
        request,
        project,
        "gates",
        title="登记补齐",
        heading=f"补齐“{row.lacks}”",
        kind=chosen,
        form=form,
        file_lost=bool(request.FILES) and bool(form.errors),
    )
    return render(request, "ledger/gate_part.html", context, status=answer_status(request))


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def review(request: SignedIn, code: str, kind: str, pk: int | None = None) -> HttpResponse:
    """A joint review with what each department said, new or changed."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row, seen_opinions = None, 0
    if pk is not None:
        seen_opinions = formalities.opinions_seen(review_id=pk)  # before they are read
        rows = project.joint_reviews.select_related("file").prefetch_related("opinions")
        row = get_object_or_404(rows, pk=pk, gate=chosen)
    now = timezone.now()
    data = request.POST.copy() if request.method == "POST" else None
    form = ReviewForm(
        data,
        request.FILES if request.method == "POST" else None,
        review=row,
        gate=chosen,
        departments=_usual_departments(project, on=local_day(now)) if row is None else (),
        seen_opinions=seen_opinions,
    )
    conflict: formalities.ReviewConflict | None = None
    if data is not None and form.is_valid():
        try:
            saved = formalities.save_review(
                project=project,
                values=form.values,
                opinions=form.opinions,
                file=form.cleaned_data["evidence"],
                review=row,
                seen_version=form.cleaned_data["seen_version"] or 0,
                seen_opinions=form.cleaned_data["seen_opinions"] or 0,
                by=request.user,
                now=now,
            )
        except formalities.ReviewConflict as found:
            conflict = found
            form.take_over(found)
            data["seen_version"], data["seen_opinions"] = str(found.version), str(found.seen)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存“{saved.title}”。")
            return redirect("ledger:gate", code=code, kind=saved.gate)
    title = "登记部门联审" if row is None else "修改部门联审"
    context = page_of(
        request,
        project,
        "gates",
        title=title,
        heading=title,
        kind=chosen,
        form=form,
        conflict=conflict,
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
        remove_href=reverse("ledger:review_remove", args=[code, kind, pk]) if row else "",
    )
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/review.html", context, status=status)


def _usual_departments(project: Project, *, on: date) -> list[str]:
    """The departments that the bureau usually asks."""
    values = values_in_force(organisation=project.programme.bureau, on=on)
    return [name.strip() for name in values[REVIEW_DEPARTMENTS.key].split("、") if name.strip()]


def _remove_page(
    request: SignedIn, project: Project, kind: GateKind, part: GatePromise | JointReview
) -> HttpResponse:
    back = reverse("ledger:gate", args=[project.code, kind.value])
    page = RowPage(
        organisation=project.street,
        of=str(project),
        back=back,
        context=page_of(request, project, "gates", title="删除"),
        sub=f"{project.name}　{kind.label}",
    )
    return remove_row_page(request, page=page, row=part, now=timezone.now())


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def promise_remove(request: SignedIn, code: str, kind: str, pk: int) -> HttpResponse:
    """Remove a promise that was recorded in error."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row = get_object_or_404(project.gate_promises, pk=pk, gate=chosen)
    return _remove_page(request, project, chosen, row)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def review_remove(request: SignedIn, code: str, kind: str, pk: int) -> HttpResponse:
    """Remove a joint review that was recorded in error."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row = get_object_or_404(project.joint_reviews, pk=pk, gate=chosen)
    return _remove_page(request, project, chosen, row)
