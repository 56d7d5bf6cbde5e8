"""Pages of a project's notices, their acts, and the paper to hang."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from projects.ledger import downloads
from projects.ledger.pages import RowPage, edit_row
from projects.residents import policies
from projects.residents.enums import NoticeAct, NoticePoint, NoticeState
from projects.residents.flows import NOTICE
from projects.residents.forms.fields import ReasonForm
from projects.residents.forms.notices import ConcludeForm, NoticeForm, PhotoForm, PublishForm
from projects.residents.models import Notice
from projects.residents.pages import BOTH, answer, frame, project_of
from projects.residents.parameters import ANSWER_DAYS, PERIODS
from projects.residents.register import (
    by_point,
    has_other,
    line_of,
    notice_lines,
    objections_of,
    passed_gates,
)
from projects.residents.sealing import unseal
from projects.residents.services import notices as services
from projects.residents.sheet import notice_pdf
from projects.residents.telling import lacks
from projects.residents.told import from_json, told_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal
from renovation.core.wording import join
from renovation.face.wording import full_day
from renovation.records.models import StoredFile
from renovation.records.services import values_in_force, work_calendar


def notice_of(request: SignedIn, pk: int) -> Notice:
    """The notice within the scope; 404 for anything else."""
    rows = Notice.objects.visible_to(request.scope).select_related(
        "project__street",
        "project__programme__bureau",
        "file",
        "photo",
        "drafted_by",
        "published_by",
        "concluded_by",
        "withdrawn_by",
    )
    return get_object_or_404(rows, pk=pk)


@require_GET
@scoped(Permission.LEDGER_READ)
def project(request: SignedIn, code: str) -> HttpResponse:
    """The five points of a project with their notices."""
    found = project_of(request, code)
    today = local_day(timezone.now())
    values = values_in_force(organisation=found.programme.bureau, on=today)
    lines = notice_lines(
        notices=Notice.objects.visible_to(request.scope).filter(project=found),
        calendar=work_calendar(),
        values=values,
        on=today,
    )
    groups = by_point(lines=lines, passed=passed_gates(project=found))
    context = frame(
        request,
        found,
        "project",
        groups=[(group, values[PERIODS[group.point].key]) for group in groups],
        stands=sum(group.stands for group in groups),
        open_count=sum(line.open_count for line in lines),
        overdue_count=sum(line.overdue_count for line in lines),
        missing=[group for group in groups if group.missing],
        any_lines=bool(lines),
    )
    return render(request, "residents/project.html", context)


def _edit(request: SignedIn, row: Notice, *, page: RowPage) -> HttpResponse:
    now = timezone.now()
    point = NoticePoint(row.point)
    least = services.shortest(project=row.project, point=point, on=local_day(now))
    if row._state.adding:
        row.period_days = least
    return edit_row(
        request,
        page=page,
        row=row,
        make_form=lambda data, files: NoticeForm(data, files, instance=row, shortest=least),
        now=now,
        save=services.save_draft,
    )


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def notice_new(request: SignedIn, code: str, point: str) -> HttpResponse:
    """Draft a notice at one of the five points."""
    if point not in NoticePoint.values:
        raise Http404("no such point")
    found = project_of(request, code)
    label = NoticePoint(point).label
    context = frame(request, found, "project", (f"拟{label}公示", ""))
    page = RowPage(
        organisation=found.street,
        of=str(found),
        back=context["back"],
        context=context,
        sub=f"{found.name}　{found.code}",
        heading=f"拟{label}公示",
        intro="保存后是草稿，由街道审核岗发布；发布以后内容不能修改。",
    )
    row = Notice(project=found, point=point, tells_investment=point == NoticePoint.LAUNCH)
    return _edit(request, row, page=page)


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def notice_edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change a draft; what was published is not changed (409)."""
    found = notice_of(request, pk)
    here = reverse("residents:notice", args=[pk])
    context = frame(request, found.project, "project", (found.title, here), ("修改", ""))
    if found.state != NoticeState.DRAFT:
        context |= {
            "sentence": "已经发布或作废的公示不能修改；内容变了的，撤回后另拟一版。",
            "back": here,
        }
        return render(request, "residents/conflict.html", context, status=409)
    page = RowPage(
        organisation=found.project.street,
        of=str(found.project),
        back=here,
        context=context,
        sub=f"{found.project.name}　{found.project.code}",
        heading=f"修改{found.title}",
    )
    return _edit(request, found, page=page)


@require_GET
@scoped(Permission.LEDGER_READ)
def notice(request: SignedIn, pk: int) -> HttpResponse:
    """A notice: what it says, how long it hangs, what came to it, what can be done now."""
    found = notice_of(request, pk)
    today = local_day(timezone.now())
    values = values_in_force(organisation=found.project.programme.bureau, on=today)
    objections = objections_of(notice=found)
    line = line_of(
        notice=found,
        objections=objections,
        calendar=work_calendar(),
        answer_days=int(values[ANSWER_DAYS.key]),
        on=today,
    )
    scope = request.scope
    reads = policies.can_read_objections(scope=scope)
    told = (
        from_json(found.told)
        if found.told
        else told_of(project=found.project, on=today, tells_investment=found.tells_investment)
    )
    acts = [
        (
            NOTICE.act_label(found.state, act),
            reverse("residents:notice_act", args=[pk, act]),
            "danger" if act == NoticeAct.WITHDRAW else "main",
        )
        for act in policies.acts_for(notice=found, scope=scope)
    ]
    hangs = found.state == NoticeState.PUBLISHED
    context = frame(
        request,
        found.project,
        "project",
        (found.title, ""),
        notice=found,
        line=line,
        told=told,
        lacking=join(
            each.sentence
            for each in lacks(told=told, point=NoticePoint(found.point), values=values)
        )
        if found.state == NoticeState.DRAFT
        else "",
        acts=acts,
        why_not=policies.why_not_publish(notice=found, scope=scope)
        if found.state == NoticeState.DRAFT and scope.can(Permission.NOTICE_DECIDE)
        else "",
        told_note=f"张贴当日（{full_day(found.posted_on)}）的台账"
        if found.posted_on
        else "现在的台账，发布时固定",
        can_reveal=reads and policies.can_reveal(scope=scope),
        reads=reads,
        said=[
            (each, unseal(each.objection.who_sealed).masked) for each in line.objections if reads
        ],
        can_object=hangs and policies.can_write(scope=scope),
        can_photo=hangs and found.photo_id is None and policies.can_write(scope=scope),
        can_again=found.state == NoticeState.WITHDRAWN
        and policies.can_write(scope=scope)
        and not has_other(notice=found),
    )
    answered = render(request, "residents/notice.html", context)
    answered["Cache-Control"] = "private, no-store"
    return answered


def _form(request: SignedIn, found: Notice, act: NoticeAct) -> Any:
    data = request.POST if request.method == "POST" else None
    files = request.FILES if request.method == "POST" else None
    if act is NoticeAct.PUBLISH:
        return PublishForm(data, files, use_required_attribute=False)
    if act is NoticeAct.CONCLUDE:
        return ConcludeForm(data, files, notice=found)
    return ReasonForm(data, hint="会留在这份公示上。")


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE, Permission.NOTICE_DECIDE)
def notice_act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """Publish, conclude or withdraw; what does not fit the state is 409, who may not 403."""
    found = notice_of(request, pk)
    if act not in NoticeAct.values:
        raise Http404("no such act")
    chosen = NoticeAct(act)
    here = reverse("residents:notice", args=[pk])
    word = NOTICE.act_label(found.state, chosen)
    context = frame(request, found.project, "project", (found.title, here), (word, ""))
    context |= {"back": here}
    if not NOTICE.may(found.state, chosen):
        context["sentence"] = NOTICE.refusal(found.state, chosen)
        return render(request, "residents/conflict.html", context, status=409)
    NOTICE.check(found.state, chosen, request.scope.permissions, "看表单")
    if chosen is NoticeAct.PUBLISH:
        policies.check_publish(notice=found, scope=request.scope)
    form = _form(request, found, chosen)

    def run() -> str:
        now, by, scope = timezone.now(), request.user, request.scope
        cleaned = form.cleaned_data
        if chosen is NoticeAct.PUBLISH:
            services.publish(
                notice=found,
                posted_on=cleaned["posted_on"],
                photo=cleaned["photo"],
                scope=scope,
                by=by,
                now=now,
            )
            return f"已发布，公示到 {full_day(found.closes_on)} 期满。"
        if chosen is NoticeAct.CONCLUDE:
            services.conclude(
                notice=found,
                concluded_on=cleaned["concluded_on"],
                conclusion=cleaned["conclusion"],
                photo=cleaned.get("photo"),
                scope=scope,
                by=by,
                now=now,
            )
            return "公示已结束。"
        services.withdraw(notice=found, reason=cleaned["reason"], scope=scope, by=by, now=now)
        return "已撤回。内容改好后可以另拟一版。"

    context |= {
        "heading": f"{word}：{found.title}",
        "button": word,
        "danger": chosen is NoticeAct.WITHDRAW,
        "note": _NOTES[chosen],
    }
    return answer(request, form, act=run, to=lambda: here, context=context)


_NOTES = {
    NoticeAct.PUBLISH: "发布以后内容不能修改；户数、工期和参建单位按张贴当日的台账固定下来。",
    NoticeAct.CONCLUDE: "公示期满、异议全部答复以后才能结束。",
    NoticeAct.WITHDRAW: "撤回以后不能恢复；关口要的公示要重新发布一版，公示期重新计算。",
}


@require_http_methods(BOTH)
@scoped(Permission.RESIDENTS_WRITE)
def notice_photo(request: SignedIn, pk: int) -> HttpResponse:
    """Attach the photograph of the notice on the wall."""
    found = notice_of(request, pk)
    posted = request.method == "POST"
    form = PhotoForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        use_required_attribute=False,
    )
    here = reverse("residents:notice", args=[pk])

    def run() -> str:
        services.add_photo(
            notice=found,
            photo=form.cleaned_data["photo"],
            by=request.user,
            now=timezone.now(),
        )
        return "张贴照片已保存。"

    context = frame(
        request,
        found.project,
        "project",
        (found.title, here),
        ("张贴照片", ""),
        heading=f"补张贴照片：{found.title}",
        button="保存",
        note="照片保存后不能替换。",
    )
    context["back"] = here
    return answer(request, form, act=run, to=lambda: here, context=context)


@require_POST
@scoped(Permission.RESIDENTS_WRITE)
def notice_again(request: SignedIn, pk: int) -> HttpResponse:
    """Draft the next version of a withdrawn notice with the same words."""
    found = notice_of(request, pk)
    try:
        made = services.draft_again(
            notice=found, scope=request.scope, by=request.user, now=timezone.now()
        )
    except Forbidden:
        raise
    except Refusal as refusal:
        here = reverse("residents:notice", args=[pk])
        context = frame(request, found.project, "project", (found.title, ""))
        context |= {"sentence": refusal.message, "back": here}
        return render(request, "residents/conflict.html", context, status=409)
    return redirect(reverse("residents:notice_edit", args=[made.pk]))


@require_GET
@scoped(Permission.LEDGER_READ)
def notice_paper(request: SignedIn, pk: int) -> HttpResponse:
    """The notice as an A4 paper to hang; a draft says that it is one."""
    found = notice_of(request, pk)
    now = timezone.now()
    told = (
        from_json(found.told)
        if found.told
        else told_of(
            project=found.project, on=local_day(now), tells_investment=found.tells_investment
        )
    )
    content = notice_pdf(notice=found, told=told)
    return downloads.attachment(
        content=content,
        name=f"{found.project.name}{found.title}.pdf",
        content_type="application/pdf",
    )


@require_GET
@scoped(Permission.LEDGER_READ)
def file(request: SignedIn, pk: int, what: str) -> HttpResponse:
    """The plan or the photograph of a notice in sight; a photograph loses place and camera on the way to a
    company."""
    if what not in {"file", "photo"}:
        raise Http404("no such file")
    found = notice_of(request, pk)
    stored: StoredFile | None = getattr(found, what)
    if stored is None:
        raise Http404("no file")
    return downloads.for_reader(file=stored, scope=request.scope)
