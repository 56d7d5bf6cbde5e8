"""The acts on a return, and the closing moment that is moved by name."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal

from django import forms as django_forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation, PledgeText
from renovation.console.pledging.services import standing_of
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.face.refusals import refuse
from renovation.face.values import Cell
from renovation.face.wording import moment, signed
from supervision.weekly import extending, policies, services
from supervision.weekly.detail import Sums, detail_of, wanyuan
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.flow import FLOW
from supervision.weekly.forms import (
    CommentForm,
    CorrectionForm,
    ExceptionForm,
    SubmitForm,
)
from supervision.weekly.guidance import CONSEQUENCES, SLUGS
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.standing import KIND_OF_STATE
from supervision.weekly.weeks import Phase, bureau_of, closing_moment, moments_of

from .places import crumbs_of, place_of, versions_of

ACTS = {slug: act for act, slug in SLUGS.items()}
FORMS: dict[ReturnAct, type[django_forms.Form]] = {
    ReturnAct.SEND_BACK: CommentForm,
    ReturnAct.CORRECT: CorrectionForm,
}
CALLS: dict[ReturnAct, Callable[..., WeeklyReturn]] = {
    ReturnAct.SUBMIT: services.submit,
    ReturnAct.REVIEW: services.review,
    ReturnAct.APPROVE: services.approve,
    ReturnAct.SEND_BACK: services.send_back,
    ReturnAct.CORRECT: services.correct,
}
#: What a page posts of what its reader looked at.
SEEN = frozenset({"version", "edition", "before"})
DONE: dict[ReturnAct, str] = {
    ReturnAct.SUBMIT: "已报送。待街道审核。",
    ReturnAct.REVIEW: "已审核通过。待区局核定。",
    ReturnAct.APPROVE: "已核定。数据已计入全区进度。",
    ReturnAct.SEND_BACK: "已退回。填报岗会看到退回意见。",
    ReturnAct.CORRECT: "已建立更正稿。改好后请报送。",
}


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(
    Permission.RETURN_FILL,
    Permission.RETURN_REVIEW,
    Permission.RETURN_APPROVE,
    Permission.RETURN_SEND_BACK,
)
def act(request: SignedIn, week_start: str, street: str, slug: str) -> HttpResponse:
    """One act on a return: the page that says what will happen and asks for words, and the act itself."""
    organisation, week = place_of(request, week_start, street)
    if slug not in ACTS:
        raise Http404("no such act")
    now, wanted = timezone.now(), ACTS[slug]
    weekly_return = versions_of(request, organisation, week).first()
    if weekly_return is None:
        raise Http404("no return yet")
    if request.method != "POST":  # what was typed is answered on the page itself
        policies.check_act(
            weekly_return=weekly_return, act=wanted, scope=request.scope, comment="（待填）"
        )
    data = request.POST if request.method == "POST" else None
    text = None
    filled: django_forms.Form
    if wanted == ReturnAct.SUBMIT:
        is_late = _asks_late_reason(weekly_return, organisation, week, now)
        text = _text_to_accept(request, organisation, now)
        filled = SubmitForm(data, is_late=is_late, text=text)
    else:
        filled = FORMS.get(wanted, django_forms.Form)(data)
    settles = wanted in {ReturnAct.REVIEW, ReturnAct.APPROVE}
    looked_at = {"before": request.POST.get("before")} if wanted == ReturnAct.APPROVE else {}
    status = 200
    if request.method == "POST":
        status = 422
        seen = _seen(weekly_return)
        if any(request.POST.get(name, now_) != now_ for name, now_ in seen.items()):
            filled.add_error(None, "您打开以后这份周报又有变化，请回到周报页重新核对。")
            status = 409
        elif filled.is_valid():
            try:
                done = CALLS[wanted](
                    weekly_return=weekly_return,
                    by=request.user,
                    now=now,
                    **looked_at,
                    **filled.cleaned_data,
                )
            except Refusal as refusal:
                refuse(filled, refusal)
                status = 409 if isinstance(refusal, StateConflict) else 422
            else:
                messages.success(request, _done(wanted, done))
                return redirect("weekly:street_week", week_start=week.key, street=organisation.code)
    label = FLOW.act_label(weekly_return.state, wanted)
    sends = wanted == ReturnAct.SUBMIT and weekly_return.state in policies.FILLABLE
    cells, held = _sent(weekly_return, organisation, week, now) if sends else ([], "")
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "weekly_return": weekly_return,
        "form": filled,
        "label": label,
        "consequence": CONSEQUENCES[wanted],
        # Where nothing is typed, what was looked at stays: a second click is no look at what changed.
        "seen": _seen(weekly_return)
        | ({name: request.POST[name] for name in SEEN & set(request.POST)} if settles else {}),
        "cells": cells,
        "held": "" if filled.is_bound else held,  # a refusal says it by itself
        "pledge_text": text,
        "look": "danger" if wanted == ReturnAct.SEND_BACK else "main",
        "crumbs": crumbs_of(organisation, week, label),
        "state_kind": KIND_OF_STATE[ReturnState(weekly_return.state)],
    }
    return render(request, "weekly/act.html", page, status=status)


def _seen(weekly_return: WeeklyReturn) -> dict[str, str]:
    """What of a return somebody looks at who opens a page of it now."""
    return {"version": str(weekly_return.version), "edition": weekly_return.edition}


def _sent(
    weekly_return: WeeklyReturn, street: Organisation, week: Week, now: datetime
) -> tuple[list[Cell], str]:
    """What is about to be sent, so that who pledges for it sees it, and the projects that keep it from being sent."""
    detail = detail_of(street=street, week=week, weekly_return=weekly_return, now=now)
    filled = [row.report for row in detail.rows if row.report is not None]
    unchanged = sum(report.is_unchanged for report in filled)
    explained = sum(bool(report.explanation) for report in filled)
    held = [row.context.name for row in detail.held]
    cells = [
        Cell(
            "报送项目",
            f"{len(detail.rows)} 个",
            f"{len(held)} 个没有填好" if held else "都已填好",
            alarm=bool(held),
        ),
        Cell("累计完成投资", f"{wanyuan(detail.sums.invested_fen or 0)} 万元", _since(detail.sums)),
        Cell("声明无变化", f"{unchanged} 个", f"{explained} 个写了情况说明" if explained else ""),
    ]
    moments = moments_of(bureau=bureau_of(street), week=week, now=now)
    if moments.due_at is not None and weekly_return.first_submitted_at is None:
        is_late = now > moments.due_at
        words = "已过，本次记为迟报" if is_late else "按时"
        cells.append(Cell("截止", moment(moments.due_at), words, alarm=is_late))
    return cells, "、".join(held)


def _since(sums: Sums) -> str:
    """The change since last week, of the projects that have one."""
    first = f"{sums.first_count} 个首次报送" if sums.first_count else ""
    if sums.invested_change_fen is None:
        return first
    change = f"较上周 {signed(Decimal(sums.invested_change_fen) / 1000000, 2)} 万元"
    return f"{change}，另有 {first}" if first else change


def _done(act: ReturnAct, weekly_return: WeeklyReturn) -> str:
    if act == ReturnAct.SUBMIT and weekly_return.review_waiver_id is not None:
        return "已报送。街道审核停用，待区局核定。"
    return DONE[act]


def _text_to_accept(request: SignedIn, street: Organisation, now: datetime) -> PledgeText | None:
    """The wording that the sender is asked to accept now, None where nothing is asked."""
    standing = standing_of(user=request.user, bureau=bureau_of(street), now=now)
    asked = standing is not None and not standing.holds_on(local_day(now))
    return standing.text if standing is not None and asked else None


def _asks_late_reason(
    weekly_return: WeeklyReturn, street: Organisation, week: Week, now: datetime
) -> bool:
    """Whether a first submission now is late."""
    if weekly_return.version > 1 or weekly_return.first_submitted_at is not None:
        return False
    moments = moments_of(bureau=bureau_of(street), week=week, now=now)
    closes_at = closing_moment(street=street, moments=moments)
    return moments.phase(now, closes_at=closes_at) is Phase.LATE


@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.EXCEPTION_GRANT)
def exception(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """Let a street submit until a later closing moment."""
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    filled = ExceptionForm(request.POST if request.method == "POST" else None)
    if filled.is_valid():
        try:
            granted = extending.grant_exception(
                street=organisation, week=week, by=request.user, now=now, **filled.cleaned_data
            )
        except Refusal as refusal:
            refuse(filled, refusal)
        else:
            messages.success(
                request,
                f"已准许延后。{organisation.short_name}可报送到{moment(granted.closes_at)}。",
            )
            return redirect("weekly:street_week", week_start=week.key, street=organisation.code)
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "form": filled,
        "moments": moments,
        "closes_at": closing_moment(street=organisation, moments=moments),
        "crumbs": crumbs_of(organisation, week, "准许延后关闭"),
    }
    return render(request, "weekly/exception.html", page, status=422 if filled.errors else 200)
