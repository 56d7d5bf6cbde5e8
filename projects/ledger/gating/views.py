"""Pages of the gates of a project."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import policies, services
from projects.ledger.conflicts import EditConflict, take_over
from projects.ledger.enums import EVIDENCE_REQUIRED, GateKind, OpeningState
from projects.ledger.exception_flow import FLOW
from projects.ledger.gate_lines import lines_of
from projects.ledger.gatekeeping import GateRefused
from projects.ledger.models import Gate, GateException, GateOpening, Project
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from projects.ledger.passing import why_not_counted
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse

from .forms import GateForm


def gate_kind(kind: str) -> GateKind:
    """The gate of an address; 404 for anything else."""
    if kind not in GateKind.values:
        raise Http404("no such gate")
    return GateKind(kind)


def _waiting(request: SignedIn, project: Project) -> Iterable[GateOpening]:
    """The opening entries that wait, for whom more than the approved is meant."""
    rows = GateOpening.objects.visible_to(request.scope)
    return rows.filter(project=project, state=OpeningState.PENDING)


@require_GET
@scoped(Permission.LEDGER_READ)
def gates(request: SignedIn, code: str) -> HttpResponse:
    """The gates of a project, passed and to come, and what keeps them shut."""
    project = project_of(request, code)
    waiting = _waiting(request, project)
    lines = lines_of(project=project, on=local_day(timezone.now()), openings=waiting)
    promises = [row for line in lines for row in line.open_promises]
    last = max((place for place, line in enumerate(lines) if line.counts), default=-1)
    context = page_of(
        request,
        project,
        "gates",
        lines=lines,
        claims=[line for line in lines if line.is_claim],
        promises=sorted(promises, key=lambda row: (row.due_on, row.pk)),
        doubtful=[line for line in lines if line.counts and line.shut_by],
        coming=lines[last + 1] if last + 1 < len(lines) else None,
        today=local_day(timezone.now()),
    )
    return render(request, "ledger/gates.html", context)


@require_GET
@scoped(Permission.LEDGER_READ)
def gate(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """One gate: its dates, its checks, its promises and joint reviews, its exceptions."""
    project, chosen = project_of(request, code), gate_kind(kind)
    today = local_day(timezone.now())
    lines = lines_of(project=project, on=today, openings=_waiting(request, project))
    line = next(each for each in lines if each.kind == chosen)
    decided = (
        GateException.objects.visible_to(request.scope)
        .filter(project=project, gate=chosen)
        .select_related("requested_by", "decided_by", "file")
    )
    context = page_of(
        request,
        project,
        "gates",
        title=str(chosen.label),
        line=line,
        today=today,
        exceptions=decided,
        can_decide=policies.can_decide_exceptions(scope=request.scope),
        asked=[row for row in decided if FLOW.may(row.state, "approve")],
    )
    return render(request, "ledger/gate.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def gate_edit(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """The dates and the evidence of one gate. Where somebody else was quicker, both are shown and nothing is
    lost; where checks do not hold, all of them are said."""
    project, chosen = project_of(request, code), gate_kind(kind)
    row = project.gates.filter(kind=chosen).select_related("evidence").first()
    row = row or Gate(project=project, kind=chosen, version=0)
    data = request.POST.copy() if request.method == "POST" else None
    conflict: EditConflict | None = None
    shut: GateRefused | None = None
    form = GateForm(
        data,
        request.FILES if request.method == "POST" else None,
        gate=row,
        needs_evidence=chosen in EVIDENCE_REQUIRED,
    )
    if data is not None and form.is_valid():
        try:
            saved = services.record_gate(
                project=project,
                kind=chosen,
                values=form.values,
                evidence=form.cleaned_data["evidence"],
                seen_version=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=timezone.now(),
            )
        except EditConflict as found:
            conflict = found
            take_over(form, found)
            data["seen_version"] = str(found.version)  # what is shown below has been seen
        except GateRefused as refused:
            shut = refused
            for sentence in refused.sentences:
                form.add_error("actual_on", sentence)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已保存关口“{chosen.label}”。")
            if said := why_not_counted(saved):
                messages.warning(request, said)
            return redirect("ledger:gates", code=code)
    context: dict[str, Any] = page_of(
        request,
        project,
        "gates",
        title=f"登记{chosen.label}",
        form=form,
        gate=row,
        conflict=conflict,
        shut=shut,
        file_lost=bool(request.FILES) and bool(form.errors or conflict),
    )
    status = 409 if conflict else answer_status(request)
    return render(request, "ledger/gate_edit.html", context, status=status)


def exception_of(request: SignedIn, code: str, pk: int) -> GateException:
    """An exception of a project in sight; 404 for anything else."""
    rows = GateException.objects.visible_to(request.scope).select_related(
        "project__street", "project__programme", "requested_by", "decided_by", "file"
    )
    found: GateException = get_object_or_404(rows, project__code=code, pk=pk)
    return found
