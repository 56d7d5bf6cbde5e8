"""Pages of the changes of a project."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import date, datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, QueryDict
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import changes as changing
from projects.ledger import policies
from projects.ledger.answering import answering
from projects.ledger.change_words import (
    days_words,
    effects_of,
    holds_from,
    money_words,
    pairs_of,
)
from projects.ledger.conflicts import EditConflict
from projects.ledger.departures import check_departure
from projects.ledger.enrolment import earliest_week, kinds_open, why_not_yet
from projects.ledger.entering import (
    asked_at_entry,
    lacking,
    proposed_afterwards,
    waiting_exceptions,
    why_not_let_in,
)
from projects.ledger.enums import BaselineState, ChangeAct, ChangeKind, ChangeState, GateKind
from projects.ledger.gatekeeping import Finding, findings
from projects.ledger.models import Baseline, Project, ProjectChange
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from projects.ledger.planning.views import estate_area
from projects.ledger.rests import needs_reason, outline_of, warnings, windows_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.face.refusals import refuse

from .forms import ApproveChangeForm, ChangeForm, carry_over

#: No plan has a version of so many digits.
LONGEST_VERSION = 6


@require_GET
@scoped(Permission.LEDGER_READ)
def changes(request: SignedIn, code: str) -> HttpResponse:
    """The changes of a project, the latest first, and what they came to."""
    project = project_of(request, code)
    rows = (
        ProjectChange.objects.visible_to(request.scope)
        .filter(project=project)
        .select_related("drafted_by", "decided_by", "baseline")
    )
    found = [(row, effects_of(change=row)) for row in rows]
    approved = [row for row, _ in found if row.state == "approved" and not row.is_of_enrolment]
    context = page_of(
        request,
        project,
        "changes",
        rows=found,
        days=days_words(sum(row.days_later or 0 for row in approved)),
        money=money_words(sum(row.more_fen or 0 for row in approved)),
        approved=len(approved),
        kinds=kinds_open(project=project, today=local_day(timezone.now())),
        waiting=next(
            (row for row, _ in found if row.state == "draft" and row.is_of_enrolment), None
        ),
    )
    return render(request, "ledger/changes.html", context)


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def change_new(request: SignedIn, code: str) -> HttpResponse:
    """Draft a change with the plan it makes; 按日期列出月份 only asks for the months of the dates and shows
    what should be looked at."""
    project = project_of(request, code)
    data = request.POST.copy() if request.method == "POST" else None
    if data is None and project.baselines.filter(state=BaselineState.DRAFT).exists():
        messages.warning(request, "已有一版待批准的计划。先批准、撤回或删除那一版，再登记变更。")
        return redirect("ledger:baselines", code=code)
    latest = changing.latest_approved(project=project)
    form = _change_form(request, project, latest, data)
    only_months = data is not None and data.get("act") == "months"
    conflict: EditConflict | None = None
    if data is not None:
        seen = _seen(data)
        try:
            check_departure(project=project, present=latest, departs_version=seen)
            if not only_months and form.is_valid():
                made = changing.draft_change(
                    project=project,
                    values=form.change,
                    departs_version=seen,
                    by=request.user,
                    now=timezone.now(),
                )
                messages.success(request, "已登记变更。由另一人批准后生效。")
                return redirect("ledger:change", code=code, pk=made.pk)
        except EditConflict as found:
            conflict = found
            latest = changing.latest_approved(project=project)
            form = _brought_up(request, project, latest, data, seen)
        except Refusal as refusal:
            refuse(form, refusal)
    context = page_of(
        request,
        project,
        "changes",
        title="登记变更",
        form=form,
        latest=latest,
        only_months=only_months,
        conflict=conflict,
        warned=form.warned if data is not None else [],
        file_lost=bool(request.FILES),
    )
    status = 200 if only_months else answer_status(request)
    if conflict is not None:
        status = 409
    return render(request, "ledger/change_new.html", context, status=status)


def _seen(data: QueryDict) -> int:
    """The version that the form was opened on."""
    typed = data.get("seen_version", "")
    return int(typed) if typed.isdecimal() and len(typed) < LONGEST_VERSION else 0


def _change_form(
    request: SignedIn, project: Project, latest: Baseline | None, data: QueryDict | None
) -> ChangeForm:
    return ChangeForm(
        data,
        request.FILES if data is not None else None,
        latest=latest,
        estate_area=estate_area(project),
        year=project.programme.year,
        bureau_id=project.programme.bureau_id,
    )


def _brought_up(
    request: SignedIn, project: Project, latest: Baseline | None, data: QueryDict, seen: int
) -> ChangeForm:
    """The form again on the plan as it is now; ``data`` says what was typed on version ``seen``."""
    if latest is not None:
        before = Baseline.objects.visible_to(request.scope).approved()
        before = before.filter(project=project, version=seen)
        carry_over(
            data,
            form=_change_form(request, project, latest, data),
            seen=before.prefetch_related("targets", "nodes").first(),
            present=latest,
        )
    return _change_form(request, project, latest, data)


def _change(request: SignedIn, project: Project, pk: int) -> ProjectChange:
    rows = ProjectChange.objects.visible_to(request.scope).filter(project=project)
    found: ProjectChange = get_object_or_404(
        rows.select_related(
            "drafted_by", "decided_by", "baseline", "departs_from", "file", "project", "to_street"
        ),
        pk=pk,
    )
    return found


def _entry_checks(project: Project, row: ProjectChange, today: date) -> list[Finding]:
    """What the gate 列入计划 asks for, what does not hold first, on an entry that waits for approval."""
    if row.kind != ChangeKind.ENTER or row.state != ChangeState.DRAFT or project.is_entered:
        return []
    found = findings(project=project, gates=[GateKind.PROGRAMMED], on=today)
    return sorted(found, key=lambda each: (not each.refuses, not each.is_excepted))


def _not_yet(
    project: Project,
    row: ProjectChange,
    now: datetime,
    *,
    found: Sequence[Finding],
    persons: Collection[int],
) -> tuple[str, Week | None]:
    """Why a change of enrolment that waits can't be approved now, and the first week in which a move can; ``found`` are
    the open conditions of an entry."""
    if row.state != ChangeState.DRAFT or not row.is_of_enrolment:
        return "", None
    earliest = None
    if row.kind == ChangeKind.MOVE and row.to_street is not None:
        earliest, _ = earliest_week(streets=[project.street, row.to_street], now=now)
    not_yet = why_not_yet(change=row, project=project, now=now)
    return not_yet or why_not_let_in(found, persons=persons), earliest


def _asks_rest(project: Project, row: ProjectChange) -> bool:
    """Whether the plan that a waiting change brings has works in a 停工期, so that its approval needs a reason."""
    waiting = row.baseline if row.state == ChangeState.DRAFT else None
    return needs_reason(waiting=waiting, bureau_id=project.programme.bureau_id)


def _page(
    request: SignedIn,
    project: Project,
    row: ProjectChange,
    form: ApproveChangeForm | None = None,
) -> HttpResponse:
    now = timezone.now()
    today = local_day(now)
    warned = []
    asks_rest = _asks_rest(project, row)
    if row.baseline is not None:
        windows = windows_of(
            bureau_id=project.programme.bureau_id,
            start=row.baseline.planned_start_on,
            completion=row.baseline.planned_completion_on,
        )
        warned = warnings(of=outline_of(baseline=row.baseline), windows=windows)
    acts = policies.change_acts(change=row, scope=request.scope)
    waits = row.state == ChangeState.DRAFT and row.kind == ChangeKind.ENTER
    row.project = project
    found = asked_at_entry(changes=[row], on=today)[row] if waits else []
    not_yet, earliest = _not_yet(project, row, now, found=found, persons=request.scope.persons)
    if not_yet:
        acts = [(act, word) for act, word in acts if act != ChangeAct.APPROVE]
    checks = _entry_checks(project, row, today)
    context = page_of(
        request,
        project,
        "changes",
        title=row.title,
        change=row,
        sub_kind="变更" if row.is_of_enrolment else f"{row.get_kind_display()}变更",
        pairs=pairs_of(change=row),
        effects=effects_of(change=row),
        warned=warned,
        asks_rest=asks_rest,
        holds_from=holds_from(change=row, today=today, earliest=earliest),
        not_yet=not_yet,
        entry_checks=checks,
        answering=answering(project=project, on=today)
        if row.kind == ChangeKind.MOVE and row.state in {ChangeState.DRAFT, ChangeState.APPROVED}
        else None,
        lacks=len(lacking(found)),
        exceptions_waiting=len(waiting_exceptions(found)),
        is_past=waits and bool(proposed_afterwards(changes=[row])),
        acts=acts,
        can_approve="approve" in dict(acts),
        why_not=policies.why_not_approve_change(change=row, scope=request.scope),
        form=form
        or ApproveChangeForm(
            initial={"approved_on": today, "document_number": row.document_number},
            asks_rest=asks_rest,
            use_required_attribute=False,
        ),
        file_lost=bool(request.FILES),
    )
    return render(request, "ledger/change.html", context, status=422 if form else 200)


@require_GET
@scoped(Permission.LEDGER_READ)
def change(request: SignedIn, code: str, pk: int) -> HttpResponse:
    """One change: what was, what is to be, why, and who decided."""
    project = project_of(request, code)
    return _page(request, project, _change(request, project, pk))


@require_POST
@scoped(Permission.LEDGER_WRITE, Permission.LEDGER_APPROVE)
def change_decide(request: SignedIn, code: str, pk: int, act: str) -> HttpResponse:
    """Approve, refuse or withdraw."""
    project = project_of(request, code)
    row = _change(request, project, pk)
    if act not in ChangeAct.values:
        raise Http404("no such act")
    form = ApproveChangeForm(
        request.POST,
        request.FILES,
        asks_rest=_asks_rest(project, row),
        use_required_attribute=False,
    )
    if form.is_valid():
        cleaned = form.cleaned_data
        try:
            changing.decide_change(
                change=row,
                decision=changing.Decision(
                    act=ChangeAct(act),
                    comment=cleaned["comment"],
                    approved_on=cleaned["approved_on"],
                    document_number=cleaned["document_number"],
                    file=cleaned["evidence"],
                    rest_reason=cleaned.get("rest_reason", ""),
                ),
                scope=request.scope,
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已{ChangeAct(act).label}。")
            return redirect("ledger:change", code=code, pk=pk)
    return _page(request, project, row, form)
