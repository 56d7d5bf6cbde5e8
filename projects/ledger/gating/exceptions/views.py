"""Pages of exceptions from checks of gates."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import exceptions, policies
from projects.ledger.enums import ExceptionAct
from projects.ledger.gatekeeping import check_named, findings
from projects.ledger.gating.forms import DecideForm, ExceptionForm
from projects.ledger.gating.views import exception_of
from projects.ledger.models import GateException
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def exception_new(request: SignedIn, code: str, check: str) -> HttpResponse:
    """Ask that a check need not hold."""
    project, asked = project_of(request, code), check_named(code=check)
    if asked is None or not asked.waivable:
        raise Http404("no such check")
    now = timezone.now()
    form = ExceptionForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        use_required_attribute=False,
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = exceptions.ask_exception(
                project=project,
                check_code=check,
                values=form.values,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已为“{asked.title}”申请例外。由另一人批准后有效。")
            return redirect("ledger:exception", code=code, pk=row.pk)
    found = findings(project=project, gates=[asked.gate], on=local_day(now))
    context = page_of(
        request,
        project,
        "gates",
        title="申请例外",
        form=form,
        check=asked,
        finding=next(each for each in found if each.check.code == check),
        file_lost=bool(request.FILES) and bool(form.errors),
    )
    return render(request, "ledger/exception_new.html", context, status=answer_status(request))


def _page(request: SignedIn, row: GateException, form: DecideForm | None = None) -> HttpResponse:
    check = check_named(code=row.check_code)
    context = page_of(
        request,
        row.project,
        "gates",
        title="例外",
        exception=row,
        check_title=check.title if check else row.check_code,
        source=check.source if check else "",
        acts=policies.exception_acts(exception=row, scope=request.scope),
        why_not=policies.why_not_decide_exception(exception=row, scope=request.scope),
        form=form or DecideForm(use_required_attribute=False),
    )
    return render(request, "ledger/exception.html", context, status=422 if form else 200)


@require_GET
@scoped(Permission.LEDGER_READ)
def exception(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """One exception: what did not hold, why it may stand, who decided."""
    return _page(request, exception_of(request, code, pk))


@require_POST
@scoped(Permission.LEDGER_APPROVE)
def exception_decide(request: SignedIn, code: str, pk: int, act: str) -> HttpResponse:
    """Approve, refuse or revoke."""
    row = exception_of(request, code, pk)
    if act not in ExceptionAct.values:
        raise Http404("no such act")
    form = DecideForm(request.POST, use_required_attribute=False)
    if form.is_valid():
        try:
            exceptions.decide_exception(
                exception=row,
                act=ExceptionAct(act),
                comment=form.cleaned_data["comment"],
                scope=request.scope,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已{ExceptionAct(act).label}。")
            return redirect("ledger:exception", code=code, pk=pk)
    return _page(request, row, form)
