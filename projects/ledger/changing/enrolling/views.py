"""The page on which a project is proposed for the programme, moved, cancelled, or kept after all."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.ledger.answering import answering
from projects.ledger.enrolment import (
    begins_on,
    draft_enrolment,
    earliest_week,
    kinds_open,
    waiting,
)
from projects.ledger.enums import ENROLMENT, ChangeKind
from projects.ledger.models import Project
from projects.ledger.pages import BOTH, answer_status, page_of, project_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.face.refusals import refuse

from .forms import EnrolmentForm

#: What each kind comes to, said above its form.
MEANING = {
    ChangeKind.ENTER: (
        "批准后从列入计划日期起计入台账和各项指标，从街道还没有报送的那一周起要周报。"
        "日期在过去的，那以后的项目数和各项比率随之变化；已印发的文稿不改，变化在文稿页列出。"
    ),
    ChangeKind.MOVE: (
        "批准当周的周一起归接收街道，由接收街道报送；以前各周的周报和指标仍归原街道。"
        "两个街道当周的周报都还没有报送、也没有过截止时间时才能批准。"
        "小区所属社区随移交清空，由接收街道重新选择。"
    ),
    ChangeKind.CANCEL: "批准后从取消日期起不再计入，不再要周报；以前的周报、资金和各期文稿不变。",
    ChangeKind.REPORT: "还没有开始报送的项目，可以改从哪一周起报送。",
    ChangeKind.RESTORE: "取消还没有生效的，可以撤销；项目照旧计入。",
}


def _stands(project: Project, kind: ChangeKind, now: datetime) -> list[tuple[str, str]]:
    """How the project is enrolled now: what the change would be a change of."""
    said = [
        ("街道", project.street.short_name),
        ("年度计划", str(project.programme)),
        ("列入日期", chinese_date(project.approved_on) if project.approved_on else "还没有列入"),
    ]
    if project.is_entered:
        begins = begins_on(project=project)
        said.append(("开始报送", f"{chinese_date(begins)}，{Week.of(begins).label}起"))
    elif project.reporting_from is not None and kind == ChangeKind.ENTER:
        said.append(("开始报送", f"{chinese_date(project.reporting_from)}起"))
    if kind == ChangeKind.MOVE:
        week, why_not = earliest_week(streets=[project.street], now=now)
        said.append(("最早生效", f"{week.label}。{why_not}接收街道的也要没有报送、没有截止。"))
    if project.cancelled_on is not None:
        said.append(
            ("取消", f"自{chinese_date(project.cancelled_on)}起，{project.cancellation_reason}")
        )
    return said


@require_http_methods(BOTH)
@scoped(Permission.LEDGER_WRITE)
def enrol(request: SignedIn, code: str, kind: str) -> HttpResponse:
    """Draft a change of enrolment; another person approves it."""
    project = project_of(request, code)
    if kind not in {each.value for each in ENROLMENT}:
        raise Http404("no such kind")
    chosen = ChangeKind(kind)
    if (before := waiting(project=project)) is not None:
        messages.warning(request, f"“{before.title}”还在等待批准，先批准或撤回，再登记。")
        return redirect("ledger:change", code=code, pk=before.pk)
    now = timezone.now()
    today = local_day(now)
    if chosen not in kinds_open(project=project, today=today):
        messages.warning(request, f"这个项目现在不能登记“{chosen.label}”。")
        return redirect("ledger:changes", code=code)
    posted = request.method == "POST"
    form = EnrolmentForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        project=project,
        kind=chosen,
        today=today,
    )
    if posted and form.is_valid():
        try:
            made = draft_enrolment(project=project, values=form.values, by=request.user, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已登记“{made.title}”。由另一人批准后生效。")
            return redirect("ledger:change", code=code, pk=made.pk)
    context = page_of(
        request,
        project,
        "changes",
        title=str(chosen.label),
        heading="更正列入日期"
        if chosen == ChangeKind.ENTER and project.is_entered
        else str(chosen.label),
        form=form,
        meaning=MEANING[chosen],
        stands=_stands(project, chosen, now),
        answering=answering(project=project, on=today) if chosen == ChangeKind.MOVE else None,
        file_lost=bool(request.FILES),
    )
    return render(request, "ledger/enrol.html", context, status=answer_status(request))
