"""Pages of waivers: the list with its workbook, asking, one waiver with its acts and the rows that it spared."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms as django_forms
from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.periods import Week
from renovation.face.refusals import refuse, say
from renovation.face.values import Way
from supervision.weekly.checks import WAIVABLE
from supervision.weekly.section import section_tabs

from . import policies, services
from .enums import RuleWaiverAct
from .exports import rule_waivers_workbook
from .flow import FLOW
from .forms import AskForm, CommentForm, ReasonForm, RuleWaiverFilterForm
from .listing import (
    RuleWaiverLine,
    RuleWaiverTable,
    rule_waiver_table,
    streets_of,
    subject_named,
    subjects_of,
    uses_of,
)
from .models import RuleWaiver

P = Permission
A = RuleWaiverAct
PAGE = 50
#: How long a waiver is offered to hold.
_DAYS_OFFERED = 30
_FORMS: dict[RuleWaiverAct, type[django_forms.Form]] = {
    A.APPROVE: CommentForm,
    A.DECLINE: ReasonForm,
    A.WITHDRAW: CommentForm,
    A.REVOKE: ReasonForm,
}
_CALLS: dict[RuleWaiverAct, Any] = {
    A.APPROVE: services.approve,
    A.DECLINE: services.decline,
    A.WITHDRAW: services.withdraw,
    A.REVOKE: services.revoke,
}
_CONSEQUENCES = {
    A.APPROVE: "批准以后，这条规则对它不再要求说明，只作提示并写明这项豁免；批准人、期限和原因随季通报印发。",
    A.DECLINE: "不批准的，这条规则照旧要求说明。",
    A.WITHDRAW: "撤回以后不再等待批准，申请留存备查。",
    A.REVOKE: "从现在起这条规则照旧要求说明；已经报送的不重新要求。",
}
_LOOKS = {A.APPROVE: "main", A.REVOKE: "danger"}


def _table(request: SignedIn, form: RuleWaiverFilterForm) -> RuleWaiverTable:
    return rule_waiver_table(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        moment=timezone.now(),
    )


@require_GET
@scoped(P.RETURN_READ)
def rule_waivers(request: SignedIn) -> HttpResponse:
    """The waivers in sight: those asked for and those not yet over, unless the address asks for others."""
    form = RuleWaiverFilterForm(request.GET, streets=streets_of(request.scope))
    table = _table(request, form)
    query = request.GET.copy()
    query.pop("page", None)
    context = {
        "form": form,
        "table": table,
        "page": Paginator(table.lines, PAGE).get_page(request.GET.get("page")),
        "tabs": section_tabs(scope=request.scope, chosen="weekly:rule_waivers"),
        "export_href": f"{reverse('weekly:rule_waivers_export')}?{query.urlencode()}",
        "may_ask": policies.can_ask(scope=request.scope),
    }
    return render(request, "weekly/rule_waivers/list.html", context)


@require_GET
@scoped(P.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    form = RuleWaiverFilterForm(request.GET, streets=streets_of(request.scope))
    content = rule_waivers_workbook(table=_table(request, form), now=timezone.now())
    return downloads.workbook(content=content, name="校验规则豁免.xlsx")


def _crumbs(*last: Way) -> list[Way]:
    return [
        Way("周报", reverse("weekly:returns")),
        Way("规则豁免", reverse("weekly:rule_waivers")),
        *last,
    ]


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.RETURN_FILL, P.RETURN_REVIEW, P.RETURN_SEND_BACK)
def ask(request: SignedIn) -> HttpResponse:
    """Ask for a waiver."""
    now = timezone.now()
    today = local_day(now)
    subjects = subjects_of(request.scope)
    form = AskForm(
        request.POST if request.method == "POST" else None,
        subjects=subjects,
        initial={
            "rule": request.GET.get("rule", ""),
            "subject": request.GET.get("subject", ""),
            "starts_on": today,
            "ends_on": today + timedelta(days=_DAYS_OFFERED - 1),
        },
        use_required_attribute=False,
    )
    if form.is_valid():
        values = dict(form.cleaned_data)
        street, project = subject_named(scope=request.scope, value=values.pop("subject"))
        try:
            made = services.ask(street=street, project=project, by=request.user, now=now, **values)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, "已申请。区局审核岗批准以后生效。")
            return redirect("weekly:rule_waiver", pk=made.pk)
    context = {"form": form, "crumbs": _crumbs(Way("申请豁免"))}
    return render(
        request, "weekly/rule_waivers/ask.html", context, status=422 if form.errors else 200
    )


def _waiver(request: SignedIn, pk: int) -> RuleWaiver:
    rows = RuleWaiver.objects.visible_to(request.scope).select_related(
        "street", "project", "asked_by", "decided_by", "ended_by"
    )
    found: RuleWaiver = get_object_or_404(rows, pk=pk)
    return found


@require_GET
@scoped(P.RETURN_READ)
def rule_waiver(request: SignedIn, pk: int) -> HttpResponse:
    """One waiver: what it spares whom, who asked and who decided, the rows that it spared, its acts."""
    now = timezone.now()
    found = _waiver(request, pk)
    uses = uses_of(waiver=found, scope=request.scope)
    context = {
        "waiver": found,
        "line": RuleWaiverLine(found, now, len(uses)),
        "rule": WAIVABLE.get(found.rule),
        "uses": [(use, Week(use.weekly_return.week_start)) for use in uses],
        "acts": [
            (
                FLOW.act_label(found.state, act),
                reverse("weekly:rule_waiver_act", args=[pk, act.value]),
                _LOOKS.get(act, "plain"),
            )
            for act in policies.open_acts(waiver=found, scope=request.scope, today=local_day(now))
        ],
        "crumbs": _crumbs(Way(found.subject)),
    }
    return render(request, "weekly/rule_waivers/waiver.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.RETURN_FILL, P.RETURN_REVIEW, P.RETURN_SEND_BACK)
def act(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Approve, decline, take back or end."""
    found = _waiver(request, pk)
    if name not in {act.value for act in _FORMS}:
        raise Http404("no such act")
    wanted, posted = RuleWaiverAct(name), request.method == "POST"
    now = timezone.now()
    try:
        policies.check_act(waiver=found, act=wanted, scope=request.scope, today=local_day(now))
    except Refusal as refusal:
        if not posted or isinstance(refusal, Forbidden):
            say(request, refusal)
            return redirect("weekly:rule_waiver", pk=pk)
    form = _FORMS[wanted](request.POST if posted else None, use_required_attribute=False)
    if posted and form.is_valid():
        try:
            _CALLS[wanted](waiver=found, by=request.user, now=now, **form.cleaned_data)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已{FLOW.acts[wanted].label}。")
            return redirect("weekly:rule_waiver", pk=pk)
    label = FLOW.acts[wanted].label
    context = {
        "form": form,
        "waiver": found,
        "line": RuleWaiverLine(found, now),
        "label": label,
        "look": _LOOKS.get(wanted, "main"),
        "consequence": _CONSEQUENCES[wanted],
        "back_href": reverse("weekly:rule_waiver", args=[pk]),
        "crumbs": _crumbs(Way(found.subject, reverse("weekly:rule_waiver", args=[pk])), Way(label)),
    }
    return render(
        request, "weekly/rule_waivers/act.html", context, status=422 if form.errors else 200
    )
