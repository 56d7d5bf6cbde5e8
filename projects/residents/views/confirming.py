"""What the pages of records that another confirms share: which acts are offered, the page of an act, the answer to
who would change what is settled."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone

from projects.ledger.conflicts import EditConflict
from projects.ledger.editing import Seen
from projects.residents import policies
from projects.residents.enums import RecordAct, RecordState
from projects.residents.forms.fields import ReasonForm
from projects.residents.pages import answer, frame
from projects.residents.policies import Record
from projects.residents.services import confirming
from renovation.accounts.guards import SignedIn


class ConfirmForm(forms.Form):
    """Nothing to type: the version that its reader saw."""

    seen_version = Seen()


def offered(request: SignedIn, row: Record) -> list[tuple[str, str, str]]:
    """The acts that the page of a record offers: word, address, which says the version that was read, and look."""
    name = f"residents:{row._meta.model_name}_act"
    return [
        (
            str(act.label),
            f"{reverse(name, args=[row.pk, act.value])}?seen={row.version}",
            "main" if act == RecordAct.CONFIRM else "plain",
        )
        for act in policies.record_acts(row=row, scope=request.scope)
    ]


def settled(request: SignedIn, row: Record, *, part: str, title: str) -> HttpResponse | None:
    """What who would change a confirmed or withdrawn record is told (409); None for one that may be changed."""
    if row.state == RecordState.DRAFT:
        return None
    context = frame(request, confirming.project_of(row), part, (title, ""))
    noun = row._meta.verbose_name
    context["sentence"] = f"已经确认或作废的{noun}不能修改；记错的先作废，再重新登记。"
    return render(request, "residents/conflict.html", context, status=409)


def act_page(
    request: SignedIn,
    row: Record,
    act: str,
    *,
    part: str,
    here: str,
    quoted: Callable[[], str],
) -> HttpResponse:
    """Ask, then do it. What does not fit the state is 409, who may not 403. What is confirmed is what was seen: the
    page of the record says its version in the address (``seen``); where the record changed since, the form comes
    back with the changes and the record as ``quoted`` says it now (409)."""
    if act not in RecordAct.values:
        raise Http404("no such act")
    chosen = RecordAct(act)
    flow = policies.flow_of(row=row)
    project = confirming.project_of(row)
    word = str(chosen.label)
    context = frame(request, project, part, (str(row), here), (word, ""))
    context["back"] = here
    if not flow.may(row.state, chosen):
        context["sentence"] = flow.refusal(row.state, chosen)
        return render(request, "residents/conflict.html", context, status=409)
    flow.check(row.state, chosen, request.scope.permissions, "看表单")
    confirms = chosen is RecordAct.CONFIRM
    if confirms:
        policies.check_confirm(row=row, scope=request.scope)
    data = request.POST if request.method == "POST" else None
    form: forms.Form = ReasonForm(data, label="作废原因")
    if confirms:
        typed = request.GET.get("seen", "")
        seen = int(typed) if typed.isdecimal() and len(typed) < 9 else row.version
        form = ConfirmForm(data, initial={"seen_version": seen})

    def run() -> str:
        now, by, scope = timezone.now(), request.user, request.scope
        if confirms:
            seen_version = form.cleaned_data["seen_version"] or 0
            confirming.confirm(row=row, scope=scope, by=by, now=now, seen_version=seen_version)
            return "已确认。"
        reason = form.cleaned_data["reason"]
        confirming.withdraw(row=row, reason=reason, scope=scope, by=by, now=now)
        return "已作废。改正后可以重新登记。"

    context |= {
        "heading": f"{word}：{row}",
        "button": word,
        "danger": not confirms,
        "quoted": quoted(),
        "note": "确认以后不能修改，计入指标。" if confirms else "作废以后不能恢复，记录仍可查看。",
    }
    try:
        return answer(request, form, act=run, to=lambda: here, context=context)
    except EditConflict as conflict:
        row.refresh_from_db()
        context |= {"form": ConfirmForm(initial={"seen_version": conflict.version})}
        context |= {"quoted": quoted(), "conflict": conflict}
        return render(request, "residents/form.html", context, status=409)
