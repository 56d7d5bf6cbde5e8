"""Answers of one household in a round: recording, history, deciding, voiding, scans."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from projects.consent import policies
from projects.consent.enums import RoundState, Standing
from projects.consent.forms import AnswerForm, ReasonForm, RevealForm
from projects.consent.models import Answer
from projects.consent.people import witnesses_for
from projects.consent.services import answers
from projects.ledger import downloads
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal
from renovation.face.refusals import refuse, say

from .frame import BOTH, household_of, page_of, round_of, status_of


@require_http_methods(BOTH)
@scoped(Permission.RESIDENT_READ)
def answer(request: SignedIn, code: str, number: int, pk: int) -> HttpResponse:
    """A household in a round: what it answered, and the form for an answer on paper or at the door."""
    found = round_of(request, code, number)
    household = household_of(request, pk)
    if household.estate.project_id != found.project_id:
        raise Http404("no such household in this project")
    rows = list(
        Answer.objects.visible_to(request.scope)
        .filter(round=found, household=household)
        .select_related("recorded_by", "witness", "file", "settled_by")
        .prefetch_related("items")
        .order_by("-recorded_at", "-pk")
    )
    current = next((row for row in rows if row.standing == Standing.CURRENT), None)
    held = [row for row in rows if row.standing == Standing.HELD]
    can_record = (
        policies.can_write(scope=request.scope) and found.state == RoundState.OPEN and not held
    )
    form = None
    if can_record:
        form = AnswerForm(
            request.POST if request.method == "POST" else None,
            request.FILES if request.method == "POST" else None,
            found=found,
            witnesses=witnesses_for(organisation=found.project.street, without=request.user),
            answered_before=current is not None,
        )
    if request.method == "POST":
        if form is None:
            raise Refusal("consent.closed", "这一户现在不能登记答复。")
        if form.is_valid():
            try:
                answers.record_answer(
                    found=found,
                    household=household,
                    values=form.values,
                    scan=form.cleaned_data["scan"],
                    by=request.user,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                messages.success(request, f"已登记{household.place}的答复。")
                return redirect("consent:round", code=code, number=number)
    deciding = [row for row in (current, *held) if row is not None] if held else []
    context = page_of(
        request,
        found.project,
        (f"第{found.number}轮", reverse("consent:round", args=[code, number])),
        (household.place, ""),
        round=found,
        household=household,
        answers=rows,
        current=current,
        held=held,
        deciding=deciding,
        form=form,
        why_not_decide=policies.why_not_decide(answers=deciding, scope=request.scope),
        why_not_void=policies.why_not_decide(
            answers=[current] if current else [], scope=request.scope
        ),
        can_reveal=request.scope.can(Permission.RESIDENT_REVEAL),
        reason_form=ReasonForm(use_required_attribute=False),
        file_lost=bool(request.FILES) and form is not None and bool(form.errors),
    )
    return render(request, "consent/answer.html", context, status=status_of(request))


def _answer(request: SignedIn, pk: int) -> Answer:
    rows = Answer.objects.visible_to(request.scope).select_related(
        "round__project__street", "household__estate__project__street", "file"
    )
    return get_object_or_404(rows, pk=pk)


def _household_page(found: Answer) -> HttpResponse:
    return redirect(
        "consent:answer",
        code=found.round.project.code,
        number=found.round.number,
        pk=found.household_id,
    )


@require_POST
@scoped(Permission.CONSENT_DECIDE)
def decide(request: SignedIn, pk: int) -> HttpResponse:
    """Say which of several answers counts."""
    found = _answer(request, pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        answers.decide(chosen=found, reason=reason, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, "已认定。")
    return _household_page(found)


@require_POST
@scoped(Permission.CONSENT_DECIDE)
def void(request: SignedIn, pk: int) -> HttpResponse:
    """Set an answer aside that was recorded by mistake."""
    found = _answer(request, pk)
    form = ReasonForm(request.POST)
    reason = form.cleaned_data["reason"] if form.is_valid() else ""
    try:
        answers.void_answer(answer=found, reason=reason, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        messages.success(request, "已作废。")
    return _household_page(found)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENT_REVEAL)
def scan(request: SignedIn, pk: int) -> HttpResponse:
    """The scan of an answer, which bears names and signatures: a reason, an audit entry, then the file."""
    found = _answer(request, pk)
    if found.file is None:
        raise Http404("no scan")
    form = RevealForm(request.POST or None, use_required_attribute=False)
    if request.method == "POST" and form.is_valid():
        try:
            file = answers.open_scan(
                answer=found,
                reason=form.cleaned_data["reason"],
                by=request.user,
                now=timezone.now(),
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            return downloads.stored(file=file)
    context = page_of(
        request,
        found.round.project,
        (
            found.household.place,
            reverse(
                "consent:answer",
                args=[found.round.project.code, found.round.number, found.household_id],
            ),
        ),
        ("扫描件", ""),
        answer=found,
        form=form,
    )
    return render(request, "consent/scan.html", context, status=status_of(request))
