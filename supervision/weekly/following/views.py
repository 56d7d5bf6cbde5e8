"""Pages of follow-ups: the list with its workbook, asking, one follow-up with its acts."""

from __future__ import annotations

from datetime import date, datetime
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
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Week
from renovation.face.refusals import refuse, say
from renovation.face.values import Way
from renovation.records.services import values_in_force, work_calendar
from supervision.weekly.detail import quoted
from supervision.weekly.enums import FollowUpAct, ReturnState
from supervision.weekly.models import FollowUp
from supervision.weekly.parameters import FOLLOW_UP_DAYS
from supervision.weekly.section import section_tabs
from supervision.weekly.values import ReportValues
from supervision.weekly.views.places import crumbs_of, place_of, versions_of
from supervision.weekly.weeks import bureau_of

from . import policies, services
from .exports import follow_ups_workbook
from .flow import FLOW
from .forms import (
    AnswerForm,
    AskAgainForm,
    AskForm,
    CloseForm,
    FollowUpFilterForm,
    HandOverForm,
    WithdrawForm,
)
from .listing import FollowUpLine, FollowUpTable, follow_up_table, owners_of, streets_of

P = Permission
A = FollowUpAct
PAGE = 50
_FORMS: dict[FollowUpAct, type[django_forms.Form]] = {
    A.ANSWER: AnswerForm,
    A.CLOSE: CloseForm,
    A.ASK_AGAIN: AskAgainForm,
    A.WITHDRAW: WithdrawForm,
    A.HAND_OVER: HandOverForm,
}
_CALLS: dict[FollowUpAct, Any] = {
    A.ANSWER: services.answer,
    A.CLOSE: services.close,
    A.ASK_AGAIN: services.ask_again,
    A.WITHDRAW: services.withdraw,
    A.HAND_OVER: services.hand_over,
}
_CONSEQUENCES = {
    A.ANSWER: "答复以后由区局经办人了结或再问。周报的数字不因答复改变，填错了的请另用“更正”。",
    A.CLOSE: "了结以后留存备查，不能再改。",
    A.ASK_AGAIN: "街道会再收到这件核实事项，按新的期限答复。",
    A.WITHDRAW: "撤回以后街道不用答复，事项和原因留存备查。",
    A.HAND_OVER: "转交以后由新的经办人了结，答复期限不变。",
}
_LOOKS = {A.ANSWER: "main", A.CLOSE: "main", A.WITHDRAW: "danger"}


def _table(request: SignedIn, form: FollowUpFilterForm, today: date) -> FollowUpTable:
    return follow_up_table(
        scope=request.scope, form=form, sort=request.GET.get("sort", ""), today=today
    )


@require_GET
@scoped(P.RETURN_READ)
def follow_ups(request: SignedIn) -> HttpResponse:
    """The follow-ups in sight, those not settled unless the address asks for others."""
    form = FollowUpFilterForm(request.GET, streets=streets_of(request.scope))
    table = _table(request, form, local_day(timezone.now()))
    query = request.GET.copy()
    query.pop("page", None)
    page = Paginator(table.lines, PAGE).get_page(request.GET.get("page"))
    context = {
        "form": form,
        "table": table,
        "page": page,
        "tabs": section_tabs(scope=request.scope, chosen="weekly:follow_ups"),
        "export_href": f"{reverse('weekly:follow_ups_export')}?{query.urlencode()}",
        "may_ask": policies.can_ask(scope=request.scope),
        "may_answer": request.scope.can(P.RETURN_FILL),
    }
    return render(request, "weekly/follow_ups/list.html", context)


@require_GET
@scoped(P.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    now = timezone.now()
    form = FollowUpFilterForm(request.GET, streets=streets_of(request.scope))
    content = follow_ups_workbook(table=_table(request, form, local_day(now)), now=now)
    return downloads.workbook(content=content, name="周报核实事项.xlsx")


def _due(street: Organisation, now: datetime) -> date:
    """The day that is offered for an answer."""
    today = local_day(now)
    days = values_in_force(organisation=street, on=today)[FOLLOW_UP_DAYS.key]
    return work_calendar().add_workdays(today, days)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.RETURN_SEND_BACK)
def ask(request: SignedIn, week_start: str, street: str, code: str) -> HttpResponse:
    """Ask about one row of the newest version of a return."""
    organisation, week = place_of(request, week_start, street)
    weekly_return = versions_of(request, organisation, week).first()
    if weekly_return is None:
        raise Http404("no return yet")
    rows = weekly_return.reports.select_related("project")
    report = get_object_or_404(rows, project__code=code)
    here = redirect("weekly:street_week", week_start=week.key, street=organisation.code)
    posted = request.method == "POST"
    try:
        policies.check_ask(weekly_return=weekly_return, scope=request.scope)
    except Refusal as refusal:
        if not posted or isinstance(refusal, Forbidden):
            say(request, refusal)
            return here  # what was typed is answered by the service, on the page
    now = timezone.now()
    form = AskForm(
        request.POST if posted else None,
        initial={"due_on": _due(organisation, now)},
        use_required_attribute=False,
    )
    if posted and form.is_valid():
        try:
            services.ask(
                weekly_return=weekly_return,
                project=report.project,
                by=request.user,
                now=now,
                **form.cleaned_data,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(
                request, f"已提请{organisation.short_name}核实。答复后会进入您的待办。"
            )
            return here
    context = {
        "form": form,
        "title": "提请核实",
        "sub": f"{report.project.name}　{organisation.short_name}{week.label}",
        "quoted": quoted(ReportValues.of(report).as_json()),
        "label": "提请核实",
        "look": "main",
        "consequence": "街道会在待办里看到，在期限前答复；周报的状态和数字不变。要改数字的，没有核定的用“退回”，已核定的请街道“更正”。",
        "back_href": here.url,
        "crumbs": crumbs_of(organisation, week, "提请核实"),
    }
    return render(
        request, "weekly/follow_ups/form.html", context, status=422 if form.errors else 200
    )


def _follow_up(request: SignedIn, pk: int) -> FollowUp:
    rows = FollowUp.objects.visible_to(request.scope).select_related(
        "weekly_return__street", "project", "owner", "asked_by", "answered_by", "closed_by"
    )
    found: FollowUp = get_object_or_404(rows, pk=pk)
    return found


def _crumbs(*last: Way) -> list[Way]:
    list_way = Way("核实事项", reverse("weekly:follow_ups"))
    return [Way("周报", reverse("weekly:returns")), list_way, *last]


@require_GET
@scoped(P.RETURN_READ)
def follow_up(request: SignedIn, pk: int) -> HttpResponse:
    """One follow-up: the question beside what stood in the row and what stands there now, its steps, its acts."""
    found = _follow_up(request, pk)
    weekly_return = found.weekly_return
    # A draft is nobody's word yet: what stands now is what was sent.
    sent = versions_of(request, weekly_return.street, Week.of(weekly_return.week_start)).exclude(
        state=ReturnState.DRAFT
    )
    newest = sent.first()
    report = newest.reports.filter(project=found.project).first() if newest is not None else None
    now_row = ReportValues.of(report).as_json() if report is not None else {}
    then, present = quoted(found.row), dict(quoted(now_row))
    context = {
        "follow_up": found,
        "line": FollowUpLine(found, found.late_days(local_day(timezone.now()))),
        "steps": found.steps.select_related("by"),
        "rows": [(label, before, present.get(label, "空")) for label, before in then],
        "week": Week.of(weekly_return.week_start),
        "acts": [
            (
                FLOW.act_label(found.state, act),
                reverse("weekly:follow_up_act", args=[pk, act.value]),
                _LOOKS.get(act, "plain"),
            )
            for act in policies.open_acts(follow_up=found, scope=request.scope)
        ],
        "crumbs": _crumbs(Way(found.project.name)),
    }
    return render(request, "weekly/follow_ups/follow_up.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(P.RETURN_FILL, P.RETURN_SEND_BACK)
def act(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Answer, close, ask again, withdraw or hand over."""
    found = _follow_up(request, pk)
    if name not in {act.value for act in _FORMS}:
        raise Http404("no such act")
    wanted, posted = FollowUpAct(name), request.method == "POST"
    try:
        policies.check_act(follow_up=found, act=wanted, scope=request.scope)
    except Refusal as refusal:
        if not posted or isinstance(refusal, Forbidden):
            say(request, refusal)
            return redirect("weekly:follow_up", pk=pk)
    now = timezone.now()
    more: dict[str, Any] = {"use_required_attribute": False}
    if wanted is A.ASK_AGAIN:
        more["initial"] = {"due_on": _due(found.weekly_return.street, now)}
    elif wanted is A.HAND_OVER:
        bureau = bureau_of(found.weekly_return.street)
        people = owners_of(bureau=bureau, today=local_day(now))
        more["people"] = [person for person in people if person.pk != found.owner_id]
    form = _FORMS[wanted](request.POST if posted else None, **more)
    label = FLOW.act_label(found.state, wanted)
    status = 200
    if posted:
        status = 422
        if form.is_valid():
            try:
                _CALLS[wanted](follow_up=found, by=request.user, now=now, **form.cleaned_data)
            except Refusal as refusal:
                refuse(form, refusal)
                status = 409 if isinstance(refusal, StateConflict) else 422
            else:
                messages.success(request, f"已{label}。")
                return redirect("weekly:follow_up", pk=pk)
    context = {
        "form": form,
        "title": label,
        "sub": f"{found.project.name}　{found.weekly_return.street.short_name}",
        "question": found.asking,
        "quoted": quoted(found.row),
        "steps": found.steps.select_related("by"),
        "label": label,
        "look": _LOOKS.get(wanted, "main"),
        "consequence": _CONSEQUENCES[wanted],
        "back_href": reverse("weekly:follow_up", args=[pk]),
        "crumbs": _crumbs(
            Way(found.project.name, reverse("weekly:follow_up", args=[pk])), Way(label)
        ),
    }
    return render(request, "weekly/follow_ups/form.html", context, status=status)
