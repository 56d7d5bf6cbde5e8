"""Pages of what a project's residents bring in, and of the joint evaluations after completion."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from projects.ledger.pages import RowPage, edit_row
from projects.residents.aftercare.register import yuan
from projects.residents.enums import Gift, Outcome, RecordState
from projects.residents.forms.sharing import (
    ContributionForm,
    EvaluationForm,
    OpinionAnswerForm,
    OpinionForm,
)
from projects.residents.models import Contribution, Evaluation, Opinion
from projects.residents.pages import BOTH, answer, frame, project_of
from projects.residents.services import confirming
from projects.residents.services.contributions import save_contribution
from projects.residents.sharing.register import evaluation_lines, gift_sums, in_ledger, mark_of
from projects.residents.views.confirming import act_page, offered, settled
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day

PART = "project_sharing"
_RECORD = (
    "project__street",
    "project__programme__bureau",
    "file",
    "recorded_by",
    "confirmed_by",
    "withdrawn_by",
)


def contribution_of(request: SignedIn, pk: int) -> Contribution:
    """The contribution within the scope; 404 for anything else."""
    rows = Contribution.objects.visible_to(request.scope).select_related(*_RECORD)
    return get_object_or_404(rows, pk=pk)


def evaluation_of(request: SignedIn, pk: int) -> Evaluation:
    """The evaluation within the scope; 404 for anything else."""
    rows = Evaluation.objects.visible_to(request.scope).select_related(*_RECORD)
    return get_object_or_404(rows, pk=pk)


def opinion_of(request: SignedIn, pk: int) -> Opinion:
    """The opinion within the scope; 404 for anything else."""
    rows = Opinion.objects.visible_to(request.scope).select_related("evaluation__project__street")
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def project_sharing(request: SignedIn, code: str) -> HttpResponse:
    """What the residents of a project brought in, beside the funding ledger, and the joint evaluations."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    rows = Contribution.objects.visible_to(request.scope).filter(project=found)
    gifts = sorted(rows, key=lambda row: row.state == RecordState.WITHDRAWN)
    ledger = in_ledger(project_ids=[found.pk], on=today, scope=request.scope)
    sums = gift_sums(gifts)
    lines = evaluation_lines(
        evaluations=Evaluation.objects.visible_to(request.scope).filter(project=found),
        opinions=Opinion.objects.visible_to(request.scope),
    )
    context = frame(
        request,
        found,
        PART,
        gifts=[(gift, yuan(gift.amount_fen), mark_of(gift)) for gift in gifts],
        sums=sums,
        apart=yuan(sums.apart_fen),
        in_funding=yuan(sums.in_funding_fen),
        ledger=yuan(ledger.get(found.pk, 0)),
        reads_money=bool(request.scope.can(Permission.RETURN_READ)),
        over_ledger=sums.in_funding_fen > ledger.get(found.pk, 0),
        lines=lines,
        completed_on=confirming.completed_on(project=found),
        can_read_file=request.scope.can(Permission.RESIDENT_READ),
    )
    return render(request, "residents/project_sharing.html", context)


def _page(request: SignedIn, row: Contribution | Evaluation, title: str) -> RowPage:
    project = row.project
    context = frame(request, project, PART, (title, ""))
    return RowPage(
        organisation=project.street,
        of=str(project),
        back=context["back"],
        context=context,
        sub=f"{project.name}　{project.code}",
        heading=title,
        intro="保存后由街道审核岗确认，确认以后不能修改，计入指标。",
    )


def _edit_contribution(request: SignedIn, row: Contribution, title: str) -> HttpResponse:
    now = timezone.now()
    today = local_day(now)
    return settled(request, row, part=PART, title=title) or edit_row(
        request,
        page=_page(request, row, title),
        row=row,
        make_form=lambda data, files: ContributionForm(data, files, instance=row, today=today),
        now=now,
        save=save_contribution,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def contribution_new(request: SignedIn, code: str) -> HttpResponse:
    """Record what residents brought in."""
    row = Contribution(project=project_of(request, code))
    return _edit_contribution(request, row, "登记居民投入")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def contribution_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change a contribution that is not confirmed (409 for another)."""
    return _edit_contribution(request, contribution_of(request, pk), "修改居民投入")


@require_GET
@scoped(Permission.LEDGER_READ)
def contribution(request: SignedIn, pk: int) -> HttpResponse:
    """A contribution: what, from how many, its voucher, and what can be done now."""
    found = contribution_of(request, pk)
    context = frame(
        request,
        found.project,
        PART,
        (str(found), ""),
        row=found,
        amount=yuan(found.amount_fen),
        acts=offered(request, found),
        reads=request.scope.can(Permission.RESIDENT_READ),
    )
    return render(request, "residents/contribution.html", context)


def said_of(row: Contribution) -> str:
    """A contribution in one line: 出资 3,600.00 元（12 户）用于加装单元门."""
    what = {
        Gift.MONEY: f"{yuan(row.amount_fen)} 元",
        Gift.LABOUR: f"{row.hours} 小时",
        Gift.MATERIAL: row.things,
    }[Gift(row.kind)]
    counts = ((row.household_count, "户"), (row.people_count, "人"))
    who = "、".join(f"{count} {unit}" for count, unit in counts if count)
    return f"{row.get_kind_display()} {what}（{who}），用于{row.purpose}"


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE, Permission.NOTICE_DECIDE)
def contribution_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Confirm what another recorded, or withdraw it with a reason."""
    found = contribution_of(request, pk)
    here = reverse("residents:contribution", args=[pk])
    return act_page(request, found, act, part=PART, here=here, quoted=lambda: said_of(found))


@require_GET
@scoped(Permission.LEDGER_READ)
def contribution_file(request: SignedIn, pk: int) -> HttpResponse:
    """The proof of a contribution; it may name residents, so not for a company."""
    found = contribution_of(request, pk)
    if found.file is None or not request.scope.can(Permission.RESIDENT_READ):
        raise Http404("no file")
    return downloads.stored(file=found.file)


def _edit_evaluation(request: SignedIn, row: Evaluation, title: str) -> HttpResponse:
    return settled(request, row, part=PART, title=title) or edit_row(
        request,
        page=_page(request, row, title),
        row=row,
        make_form=lambda data, files: EvaluationForm(data, files, instance=row),
        now=timezone.now(),
        save=confirming.save_evaluation,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def evaluation_new(request: SignedIn, code: str) -> HttpResponse:
    """Record a joint evaluation."""
    row = Evaluation(project=project_of(request, code))
    return _edit_evaluation(request, row, "登记共同评价")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def evaluation_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change an evaluation that is not confirmed (409 for another)."""
    return _edit_evaluation(request, evaluation_of(request, pk), "修改共同评价")


@require_GET
@scoped(Permission.LEDGER_READ)
def evaluation(request: SignedIn, pk: int) -> HttpResponse:
    """An evaluation: who took part, what they said, what became of it, what can be done now."""
    found = evaluation_of(request, pk)
    (line,) = evaluation_lines(
        evaluations=Evaluation.objects.visible_to(request.scope).filter(pk=pk),
        opinions=Opinion.objects.visible_to(request.scope),
    )
    reads = request.scope.can(Permission.RESIDENT_READ)
    context = frame(
        request,
        found.project,
        PART,
        (str(found), ""),
        row=found,
        line=line,
        reads=reads,
        acts=offered(request, found),
    )
    return render(request, "residents/evaluation.html", context)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE, Permission.NOTICE_DECIDE)
def evaluation_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Confirm what another recorded, or withdraw it with a reason."""
    found = evaluation_of(request, pk)
    return act_page(
        request,
        found,
        act,
        part=PART,
        here=reverse("residents:evaluation", args=[pk]),
        quoted=lambda: (
            f"参评 {found.base_count} 人：满意 {found.satisfied_count} 人，"
            f"基本满意 {found.basic_count} 人，不满意 {found.unsatisfied_count} 人"
        ),
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def evaluation_file(request: SignedIn, pk: int) -> HttpResponse:
    """The record of an evaluation; it names residents, so not for a company."""
    found = evaluation_of(request, pk)
    if found.file is None or not request.scope.can(Permission.RESIDENT_READ):
        raise Http404("no file")
    return downloads.stored(file=found.file)


def _edit_opinion(request: SignedIn, row: Opinion, title: str) -> HttpResponse:
    project = row.evaluation.project
    here = reverse("residents:evaluation", args=[row.evaluation_id])
    context = frame(request, project, PART, (str(row.evaluation), here), (title, ""))
    context["back"] = here
    page = RowPage(
        organisation=project.street,
        of=f"{project}{row.evaluation}",
        back=here,
        context=context,
        sub=f"{row.evaluation}　{project.name}",
        heading=title,
    )
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: OpinionForm(data, files, instance=row),
        now=timezone.now(),
        save=confirming.save_opinion,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def opinion_new(request: SignedIn, pk: int) -> HttpResponse:
    """Record what was said at an evaluation."""
    return _edit_opinion(request, Opinion(evaluation=evaluation_of(request, pk)), "登记意见")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def opinion_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change an opinion that waits."""
    return _edit_opinion(request, opinion_of(request, pk), "修改意见")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def opinion_answer(request: SignedIn, pk: int) -> HttpResponse:
    """Record what became of an opinion, once."""
    found = opinion_of(request, pk)
    here = reverse("residents:evaluation", args=[found.evaluation_id])
    data = request.POST if request.method == "POST" else None
    form = OpinionAnswerForm(data, use_required_attribute=False)

    def run() -> str:
        cleaned = form.cleaned_data
        confirming.answer_opinion(
            opinion=found,
            outcome=Outcome(cleaned["outcome"]),
            answer=cleaned["answer"],
            answered_on=cleaned["answered_on"],
            by=request.user,
            now=timezone.now(),
        )
        return "办理情况已登记。"

    context = frame(
        request,
        found.evaluation.project,
        PART,
        (str(found.evaluation), here),
        ("登记办理", ""),
        heading="登记办理",
        button="登记办理",
        quoted=f"意见：{found.content}",
    )
    context["back"] = here
    return answer(request, form, act=run, to=lambda: here, context=context)
