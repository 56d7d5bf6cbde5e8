"""Pages of the weekly return: the register, one return, its form, its acts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from urllib.parse import quote

from django import forms as django_forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import OrganisationKind, Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.documents.xlsx import CONTENT_TYPE
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.face.refusals import refuse
from renovation.face.values import Cell, Event, Way
from renovation.face.wording import moment

from . import policies, services
from .comparison import load_context
from .detail import Detail, detail_of, files_of
from .enums import ReturnAct, ReturnState
from .exports import register_workbook
from .flow import FLOW
from .forms import CommentForm, CorrectionForm, ExceptionForm, LateForm, ReturnForm
from .guidance import CONSEQUENCES, SLUGS, next_step
from .models import ReturnEvent, ReturnException, WeeklyReturn
from .register import Line, Register, register_of_year
from .section import section_tabs
from .standing import KIND_OF_STATE
from .weeks import Phase, WeekMoments, bureau_of, closing_moment, moments_of

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
DONE: dict[ReturnAct, str] = {
    ReturnAct.SUBMIT: "已报送。待街道审核。",
    ReturnAct.REVIEW: "已审核通过。待区局核定。",
    ReturnAct.APPROVE: "已核定。数据已计入全区进度。",
    ReturnAct.SEND_BACK: "已退回。填报岗会看到退回意见。",
    ReturnAct.CORRECT: "已建立更正稿。改好后请报送。",
}


# -- the register ------------------------------------------------------------------------------------
def _register(request: SignedIn, now: datetime) -> tuple[Register, int]:
    """The register of the year that the address names, that of the running week where it names none."""
    text = request.GET.get("year", "")
    running = Week.of(local_day(now)).end.year
    year = int(text) if text.isascii() and text.isdecimal() and len(text) == 4 else running
    return register_of_year(scope=request.scope, year=year, now=now), year


@require_GET
@scoped(Permission.RETURN_READ)
def returns(request: SignedIn) -> HttpResponse:
    """周报: weeks × streets, who owes, who sent, when."""
    now = timezone.now()
    register, year = _register(request, now)
    shown = request.GET.get("show", "")
    lines = [
        line
        for line in register.lines
        if not shown or (shown == "owing" and line.owing) or (shown == "late" and line.late)
    ]
    years = [Way(f"{each}年", f"?year={each}", each == year) for each in register.years or (year,)]
    counts = {
        "": len(register.lines),
        "owing": sum(bool(line.owing) for line in register.lines),
        "late": sum(bool(line.late) for line in register.lines),
    }
    ways = [
        Way(word, f"?year={year}" + (f"&show={key}" if key else ""), key == shown, counts[key])
        for key, word in (("", "全部"), ("owing", "有待报、未报"), ("late", "有迟报"))
    ]
    context = {
        "register": register,
        "lines": lines,
        "current": [(line, _reported(line), _closing(line.moments)) for line in register.current],
        "owed": _owed(register),
        "year": year,
        "export_word": f"导出{year}年",
        "export_href": f"{reverse('weekly:export')}?year={year}",
        "all_href": f"{reverse('weekly:returns')}?year={year}",
        "years": years,
        "ways": ways,
        "fills": request.scope.can(Permission.RETURN_FILL),
        "tabs": section_tabs(scope=request.scope, chosen="weekly:returns"),
    }
    return render(request, "weekly/returns.html", context)


def _owed(register: Register) -> list[tuple[str, str, str, bool]]:
    """The first words of the page: who is wanted in the open weeks, who failed in the last closed one."""
    said = []
    for line in register.current:
        waiting = [entry for entry in line.owing if entry.is_open]
        names = "、".join(entry.street.short_name for entry in waiting)
        if line.phase is Phase.OPEN and names:
            tail = f"，{moment(line.moments.due_at)} 截止。"
            said.append((f"第{line.week.number}周待报：", names, tail, False))
        elif names:
            closes = min(entry.closes_at for entry in waiting if entry.closes_at is not None)
            tail = f"，{moment(closes)} 关闭，现在报送为迟报。"
            said.append((f"第{line.week.number}周待报：", names, tail, False))
        elif not line.owing:
            said.append((f"第{line.week.number}周", "都已报送", "。", False))
    closed = next((line for line in register.lines if line.phase is Phase.CLOSED), None)
    if closed is not None and closed.missing:
        names = "、".join(entry.street.short_name for entry in closed.missing)
        said.append((f"第{closed.week.number}周", f"{names}未报", "。", True))
    return said


def _reported(line: Line) -> str:
    return f"已报 {len(line.reported)} / 应报 {len(line.expected)}"


def _closing(moments: WeekMoments) -> str:
    return f"{moment(moments.due_at)} 截止，{moment(moments.closes_at)} 关闭"


@require_GET
@scoped(Permission.RETURN_READ)
def export(request: SignedIn) -> HttpResponse:
    """The register of a year as a workbook."""
    now = timezone.now()
    register, year = _register(request, now)
    content = register_workbook(
        register=register,
        title=f"{year}年周报报送情况",
        subtitle=f"截至{chinese_moment(now)}",
    )
    answer = HttpResponse(content, content_type=CONTENT_TYPE)
    name = quote(f"{year}年周报报送情况.xlsx")
    answer["Content-Disposition"] = f"attachment; filename*=UTF-8''{name}"
    return answer


# -- one return --------------------------------------------------------------------------------------
def _place(request: SignedIn, week_start: str, street: str) -> tuple[Organisation, Week]:
    """The street within the scope and the week; 404 for anything else."""
    found = get_object_or_404(
        Organisation.objects.visible_to(request.scope), kind=OrganisationKind.STREET, code=street
    )
    try:
        return found, Week.from_key(week_start)
    except ValueError:
        raise Http404("no such week") from None


def _versions(
    request: SignedIn, street: Organisation, week: Week
) -> QuerySet[WeeklyReturn, WeeklyReturn]:
    """The versions of a street's return of a week, the latest first."""
    return (
        WeeklyReturn.objects.visible_to(request.scope)
        .filter(street=street, week_start=week.start)
        .select_related("street", "submitted_by", "reviewed_by", "approved_by", "sent_back_by")
        .order_by("-version")
    )


def _closed(
    weekly_return: WeeklyReturn | None,
    moments: WeekMoments,
    closes_at: datetime | None,
    now: datetime,
) -> str:
    """The sentence that holds the week, "" where it takes something in."""
    if weekly_return is not None and weekly_return.version > 1:
        return ""
    reported = weekly_return is not None and services.stood_reported(
        weekly_return=weekly_return, closes_at=closes_at, now=now
    )
    try:
        policies.check_window(moments=moments, closes_at=closes_at, now=now, is_reported=reported)
    except Refusal as refusal:
        return refusal.message
    return ""


@require_GET
@scoped(Permission.RETURN_READ)
def street_week(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """One return: rows beside last week, state, acts with their consequence, history."""
    organisation, week = _place(request, week_start, street)
    now = timezone.now()
    versions = list(_versions(request, organisation, week))
    wanted = request.GET.get("version", "")
    chosen = next((row for row in versions if str(row.version) == wanted), None)
    if wanted and chosen is None:
        raise Http404("no such version")
    latest = versions[0] if versions else None
    shown = chosen or latest
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    phase = moments.phase(now, closes_at=closes_at)
    context = load_context(street=organisation, week=week)
    detail = detail_of(weekly_return=shown, week=context)
    may_open = request.scope.can(Permission.RETURN_FILL)
    is_latest = shown == latest
    step = next_step(
        weekly_return=shown,
        detail=detail,
        scope=request.scope,
        phase=phase,
        closed=_closed(latest, moments, closes_at, now),
        may_open=may_open,
    )
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "shown": shown,
        "is_latest": is_latest,
        "latest": latest,
        "versions": [
            Way(f"第{row.version}版", f"?version={row.version}", row == shown)
            for row in reversed(versions)
        ],
        "moments": moments,
        "phase": phase,
        "detail": detail,
        "step": step if is_latest else None,
        "absent": "未报" if phase is Phase.CLOSED else "待报",
        "state_kind": KIND_OF_STATE[shown.state] if shown else "quiet",
        "cells": _cells(shown, moments, closes_at, detail, now),
        "history": [_event(event) for event in reversed(detail.events)],
        "exceptions": ReturnException.objects.visible_to(request.scope)
        .filter(street=organisation, week_start=week.start)
        .select_related("granted_by"),
        "crumbs": [
            *_crumbs(organisation, week)[:1],
            Way(f"第{week.number}周"),
            Way(organisation.short_name),
        ],
        "files": files_of(detail=detail, scope=request.scope),
        "since": f"{moment(detail.since)} 退回" if detail.since else "",
        "may_grant": request.scope.can(Permission.EXCEPTION_GRANT) and moments.is_asked,
    }
    return render(request, "weekly/return.html", page)


def _cells(
    shown: WeeklyReturn | None,
    moments: WeekMoments,
    closes_at: datetime | None,
    detail: Detail,
    now: datetime,
) -> list[Cell]:
    """The row of facts under the title."""
    filled, total = len(detail.filled), len(detail.rows)
    cells = [
        Cell(
            "已填项目",
            f"{filled} 个 / 应填 {total} 个",
            "都已填好" if filled == total else f"还差 {total - filled} 个",
        )
    ]
    if moments.due_at is not None and closes_at is not None:
        extended = closes_at != moments.closes_at
        closing = f"{moment(closes_at)} 关闭" + ("（已准许延后）" if extended else "")
        phase = moments.phase(now, closes_at=closes_at)
        done = shown is not None and shown.first_submitted_at is not None
        cells.append(
            Cell("截止", moment(moments.due_at), closing, alarm=phase is Phase.LATE and not done)
        )
    if shown is None:
        return cells
    if shown.first_submitted_at is not None:
        due_at = shown.due_at_met or moments.due_at
        late = due_at is not None and shown.first_submitted_at > due_at
        word = "期初导入" if shown.is_opening else "更正稿" if shown.version > 1 else ""
        cells.append(
            Cell(
                "首次报送",
                moment(shown.first_submitted_at),
                word or ("迟报" if late else "按时"),
                alarm=late and not word,
            )
        )
    if shown.reviewed_at is not None:
        cells.append(Cell("街道审核", moment(shown.reviewed_at), str(shown.reviewed_by or "")))
    if shown.approved_at is not None:
        cells.append(Cell("区局核定", moment(shown.approved_at), str(shown.approved_by or "")))
    return cells


def _event(event: ReturnEvent) -> Event:
    who = str(event.by) if event.by is not None else "系统"
    title = f"{ReturnAct(event.act).label}　{who}"
    return Event(label=moment(event.at), title=title, detail=event.comment)


# -- the form ----------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@scoped(Permission.RETURN_FILL)
def form(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """The browser form. What can be stored is stored; what cannot stays as it was typed, with its fault."""
    organisation, week = _place(request, week_start, street)
    now = timezone.now()
    latest = _versions(request, organisation, week).first()
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    if request.method != "POST":  # what was typed is answered on the page itself
        if latest is not None:
            policies.check_fillable(weekly_return=latest, scope=request.scope)
        if closed := _closed(latest, moments, closes_at, now):
            raise Refusal("week.closed", closed)
    context = load_context(street=organisation, week=week)
    reports = {report.project_id: report for report in latest.reports.all()} if latest else {}
    is_last_word = request.method == "POST" and request.POST.get("then") == "submit"
    filled = ReturnForm(
        request.POST if request.method == "POST" else None,
        week=context,
        reports=reports,
        is_last_word=is_last_word,
    )
    saved, refused = "", ""
    if request.method == "POST":
        rows = filled.rows()
        try:
            _, changed = services.fill_return(
                street=organisation,
                week=week,
                rows=rows,
                seen=filled.seen,
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refused = refusal.message
        else:
            saved = _saved(len(changed), filled.unkept)
        if not filled.faults and not refused:
            messages.success(request, saved)
            target = "weekly:street_week" if is_last_word else "weekly:form"
            return redirect(target, week_start=week.key, street=organisation.code)
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "filled": filled,
        "saved": saved,
        "saved_kind": "caution" if filled.unkept else "done",
        "refused": refused,
        "moments": moments,
        "latest": latest,
        "crumbs": _crumbs(organisation, week, "填报"),
    }
    status = 409 if refused else 422 if filled.faults else 200
    return render(request, "weekly/form.html", page, status=status)


def _saved(count: int, unkept: list[str]) -> str:
    """What became of the rows, in words."""
    done = f"已保存 {count} 个项目的改动。" if count else "没有改动。"
    if not unkept:
        return done
    return f"{done}{'、'.join(unkept)}有填错的地方，没有保存，填的内容都留在下面。"


def _crumbs(street: Organisation, week: Week, last: str = "") -> list[Way]:
    place = {"week_start": week.key, "street": street.code}
    return [
        Way("周报", reverse("weekly:returns")),
        Way(f"{street.short_name}第{week.number}周", reverse("weekly:street_week", kwargs=place)),
        Way(last),
    ]


# -- acts --------------------------------------------------------------------------------------------
@require_http_methods(["GET", "HEAD", "POST"])
@scoped(
    Permission.RETURN_FILL,
    Permission.RETURN_REVIEW,
    Permission.RETURN_APPROVE,
    Permission.RETURN_SEND_BACK,
)
def act(request: SignedIn, week_start: str, street: str, slug: str) -> HttpResponse:
    """One act on a return: the page that says what will happen and asks for words, and the act itself."""
    organisation, week = _place(request, week_start, street)
    if slug not in ACTS:
        raise Http404("no such act")
    now, wanted = timezone.now(), ACTS[slug]
    weekly_return = _versions(request, organisation, week).first()
    if weekly_return is None:
        raise Http404("no return yet")
    if request.method != "POST":  # what was typed is answered on the page itself
        policies.check_act(
            weekly_return=weekly_return, act=wanted, scope=request.scope, comment="（待填）"
        )
    form_class = FORMS.get(wanted)
    if wanted == ReturnAct.SUBMIT and _asks_late_reason(weekly_return, organisation, week, now):
        form_class = LateForm
    filled = (form_class or django_forms.Form)(request.POST if request.method == "POST" else None)
    status = 200
    if request.method == "POST":
        status = 422
        seen = {"version": str(weekly_return.version), "edition": weekly_return.edition}
        if any(request.POST.get(name, now_) != now_ for name, now_ in seen.items()):
            filled.add_error(None, "您打开以后这份周报又有变化，请回到周报页重新核对。")
            status = 409
        elif filled.is_valid():
            try:
                CALLS[wanted](
                    weekly_return=weekly_return, by=request.user, now=now, **filled.cleaned_data
                )
            except Refusal as refusal:
                refuse(filled, refusal)
                status = 409 if isinstance(refusal, StateConflict) else 422
            else:
                messages.success(request, DONE[wanted])
                return redirect("weekly:street_week", week_start=week.key, street=organisation.code)
    label = FLOW.act_label(weekly_return.state, wanted)
    page = {
        "street": organisation,
        "week": week,
        "place": {"week_start": week.key, "street": organisation.code},
        "weekly_return": weekly_return,
        "form": filled,
        "label": label,
        "consequence": CONSEQUENCES[wanted],
        "look": "danger" if wanted == ReturnAct.SEND_BACK else "main",
        "crumbs": _crumbs(organisation, week, label),
        "state_kind": KIND_OF_STATE[ReturnState(weekly_return.state)],
    }
    return render(request, "weekly/act.html", page, status=status)


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
    organisation, week = _place(request, week_start, street)
    now = timezone.now()
    filled = ExceptionForm(request.POST if request.method == "POST" else None)
    if filled.is_valid():
        try:
            granted = services.grant_exception(
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
        "crumbs": _crumbs(organisation, week, "准许延后截止"),
    }
    return render(request, "weekly/exception.html", page, status=422 if filled.errors else 200)
