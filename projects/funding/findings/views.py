"""Pages of findings: the bureau's list, a project's, one finding with its acts."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.funding.enums import FindingAct
from projects.funding.models import AuditFinding
from projects.funding.pages import (
    BOTH,
    bureau_page,
    export_address,
    import_address,
    project_of,
    project_page,
    sheets_to_change,
    status_of,
    streets_in_sight,
)
from projects.funding.waiting import waiting_for
from projects.ledger import downloads
from projects.ledger.conflicts import EditConflict
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse, say

from . import policies, services
from .exports import findings_workbook
from .flow import FLOW
from .forms import AnswerForm, CloseForm, FindingFilterForm, FindingForm, WordsForm
from .listing import FindingLine, FindingTable, finding_table, lines_of, owners_of

P = Permission
_FORMS: dict[FindingAct, Any] = {
    FindingAct.ANSWER: AnswerForm,
    FindingAct.SEND_BACK: WordsForm,
    FindingAct.CLOSE: CloseForm,
    FindingAct.REOPEN: WordsForm,
}
_CONSEQUENCES = {
    FindingAct.ANSWER: "报出以后等另一人核实销号，附上佐证更容易通过。",
    FindingAct.SEND_BACK: "退回以后重新整改，整改期限不变。",
    FindingAct.CLOSE: "销号以后不能修改；发现没有整改到位的，可以重新整改。",
    FindingAct.REOPEN: "重新整改后，发现日期和整改期限不变，逾期照旧计算，并记一次重新整改。",
}


def _finding(request: SignedIn, pk: int) -> AuditFinding:
    rows = AuditFinding.objects.visible_to(request.scope).select_related(
        "project__street",
        "project__programme__bureau",
        "owner",
        "recorded_by",
        "answered_by",
        "closed_by",
        "report",
    )
    found: AuditFinding = get_object_or_404(rows, pk=pk)
    return found


def _table(request: SignedIn, form: FindingFilterForm) -> FindingTable:
    return finding_table(
        scope=request.scope,
        form=form,
        sort=request.GET.get("sort", ""),
        today=local_day(timezone.now()),
    )


@require_GET
@scoped(P.FIGURES_READ)
def findings(request: SignedIn) -> HttpResponse:
    """The findings in sight."""
    form = FindingFilterForm(request.GET, streets=streets_in_sight(request.scope))
    context = bureau_page(
        request,
        "funding:findings",
        ("审计问题", ""),
        form=form,
        table=_table(request, form),
        export_href=export_address(request, "funding:findings_export"),
        import_href=import_address(request, "funding:findings"),
        overdue_href="?state=overdue",
    )
    return render(request, "funding/findings/list.html", context)


@require_GET
@scoped(P.FIGURES_READ)
def export(request: SignedIn) -> HttpResponse:
    """The list as a workbook."""
    form = FindingFilterForm(request.GET, streets=streets_in_sight(request.scope))
    now, table = timezone.now(), _table(request, form)
    more = sheets_to_change(
        request,
        "funding:findings",
        codes={line.row.project.code for line in table.lines},
        only={line.row.pk for line in table.lines},
        now=now,
    )
    content = findings_workbook(table=table, more=more, now=now)
    return downloads.workbook(content=content, name="审计问题.xlsx")


@require_GET
@scoped(P.FIGURES_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The findings of a project."""
    found = project_of(request, code)
    rows = AuditFinding.objects.visible_to(request.scope).filter(project=found)
    context = project_page(
        request,
        found,
        "funding:project_findings",
        ("审计问题", ""),
        lines=lines_of(rows=rows, today=local_day(timezone.now())),
        can_write=request.scope.can(P.FUNDING_WRITE),
    )
    return render(request, "funding/findings/project.html", context)


@require_http_methods(BOTH)
@scoped(P.FUNDING_WRITE)
def new(request: SignedIn, code: str) -> HttpResponse:
    """Record a finding."""
    found = project_of(request, code)
    now = timezone.now()
    posted = request.method == "POST"
    form = FindingForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        owners=owners_of(project=found, today=local_day(now)),
    )
    if posted and form.is_valid():
        try:
            made = services.record_finding(
                project=found,
                values=form.values,
                report=form.cleaned_data["report"],
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记 {made.number}。等责任岗位报整改。")
            return redirect("funding:finding", pk=made.pk)
    context = project_page(
        request,
        found,
        "funding:project_findings",
        ("审计问题", reverse("funding:project_findings", args=[code])),
        ("登记", ""),
        form=form,
        title="登记审计问题",
        label="登记",
        look="main",
        file_lost=bool(request.FILES) and bool(form.errors),
    )
    return render(request, "funding/findings/form.html", context, status=status_of(request))


@require_GET
@scoped(P.FIGURES_READ)
def finding(request: SignedIn, pk: int) -> HttpResponse:
    """One finding, its steps, and the acts that are open."""
    found = _finding(request, pk)
    today = local_day(timezone.now())
    context = project_page(
        request,
        found.project,
        "funding:project_findings",
        ("审计问题", reverse("funding:project_findings", args=[found.project.code])),
        (found.number, ""),
        finding=found,
        line=FindingLine(found, found.overdue_days(today)),
        steps=found.steps.select_related("by", "file"),
        acts=[
            (
                FLOW.act_label(found.state, act),
                reverse("funding:finding_act", args=[pk, act.value]),
                "main" if act in {FindingAct.ANSWER, FindingAct.CLOSE} else "danger",
            )
            for act in policies.open_acts(finding=found, scope=request.scope)
        ],
        why_not=policies.why_not(finding=found, scope=request.scope),
    )
    return render(request, "funding/findings/finding.html", context)


@require_http_methods(BOTH)
@scoped(P.FINDING_ANSWER, P.FUNDING_APPROVE)
def act(request: SignedIn, pk: int, name: str) -> HttpResponse:
    """Answer, send back, close or reopen a finding."""
    found = _finding(request, pk)
    if name not in set(_FORMS):
        raise Http404("no such act")
    chosen, posted = FindingAct(name), request.method == "POST"
    try:
        policies.check_act(finding=found, act=chosen, scope=request.scope)
    except Refusal as refusal:
        # Words that were typed while somebody else moved it on are answered below, with what was done.
        if not posted or not isinstance(refusal, StateConflict):
            say(request, refusal)
            return redirect("funding:finding", pk=pk)
    data = request.POST.copy() if posted else None
    form = _FORMS[chosen](
        data,
        request.FILES if posted else None,
        initial={"seen_version": services.finding_seen(finding=found)},
        use_required_attribute=False,
    )
    label = FLOW.act_label(found.state, chosen)
    conflict: EditConflict | None = None
    if data is not None and form.is_valid():
        try:
            _do(request, found, chosen, form)
        except EditConflict as moved:
            conflict = moved
            data["seen_version"] = str(moved.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"{found.number} 已{label}。")
            return redirect("funding:finding", pk=pk)
    context = project_page(
        request,
        found.project,
        "funding:project_findings",
        ("审计问题", reverse("funding:project_findings", args=[found.project.code])),
        (found.number, reverse("funding:finding", args=[pk])),
        (label, ""),
        form=form,
        finding=found,
        conflict=conflict,
        title=label,
        label=label,
        look="main" if chosen in {FindingAct.ANSWER, FindingAct.CLOSE} else "danger",
        consequence=_consequence(chosen, found),
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
    )
    status = 409 if conflict else status_of(request)
    return render(request, "funding/findings/form.html", context, status=status)


def _consequence(chosen: FindingAct, found: AuditFinding) -> str:
    if chosen is FindingAct.CLOSE and found.settled_on is not None:
        return f"期初导入的，销号日期记为{chinese_date(found.settled_on)}。{_CONSEQUENCES[chosen]}"
    return _CONSEQUENCES[chosen]


def _do(request: SignedIn, found: AuditFinding, chosen: FindingAct, form: Any) -> None:
    now = timezone.now()
    text: str = form.cleaned_data["text"]
    common: dict[str, Any] = {
        "finding": found,
        "text": text,
        "seen": form.cleaned_data["seen_version"] or 0,
        "by": request.user,
        "now": now,
    }
    match chosen:
        case FindingAct.ANSWER:
            services.answer(file=form.cleaned_data["file"], **common)
        case FindingAct.SEND_BACK:
            services.send_back(**common)
        case FindingAct.CLOSE:
            services.close(**common)
        case _:
            services.reopen(**common)


@require_POST
@scoped(P.FUNDING_APPROVE)
def close_settled(request: SignedIn) -> HttpResponse:
    """Close every finding that somebody else brought in as closed before the portal, all or none, and exactly those
    that the page told."""
    waiting = waiting_for(scope=request.scope)
    if request.POST.get("seen") != waiting.seen:
        messages.warning(request, "待核的期初审计问题刚刚有变化，请看过后再核定。")
        return redirect("funding:pending")
    try:
        count = services.close_settled(
            findings=waiting.settled, by=request.user, now=timezone.now()
        )
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, f"已核定期初审计问题 {count} 个。按原来的日期销号。")
    return redirect("funding:pending")


@require_GET
@scoped(P.FIGURES_READ)
def file(request: SignedIn, pk: int, file_pk: int) -> HttpResponse:
    """The audit's paper, or the evidence of a step, of a finding in sight."""
    found = _finding(request, pk)
    if found.report is not None and found.report_id == file_pk:
        return downloads.for_reader(file=found.report, scope=request.scope)
    step = found.steps.select_related("file").filter(file_id=file_pk).first()
    if step is None or step.file is None:
        raise Http404("no such file")
    return downloads.for_reader(file=step.file, scope=request.scope)
