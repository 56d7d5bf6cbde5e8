"""Pages of inquiries: the list, one of them with its table, a street's answer, the acts, the workbook."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from projects.ledger import downloads
from projects.ledger.known import known_by_code
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import join
from renovation.face.ordering import in_order
from renovation.face.pictures import card_answer
from renovation.face.refusals import refuse
from renovation.face.values import Cell, Event, Way
from renovation.face.wording import day, moment
from renovation.records.acting import who
from supervision.weekly.section import section_tabs

from . import policies, services
from .cards import inquiry_card
from .enums import MOST_COLUMNS, InquiryAct, InquiryState
from .exports import inquiry_workbook, list_of_inquiries
from .flow import FLOW
from .forms import (
    CancelForm,
    CloseForm,
    ExtendForm,
    InquiryFilterForm,
    PlainForm,
    SendBackForm,
)
from .listing import KEYS, SHOWS, InquiryLine, inquiry_lines, narrowed
from .models import Inquiry, InquiryEvent, StreetAnswer
from .pages import BOTH, KIND_OF_STATE, inquiry_of, page, status_of, street_of, streets_seen
from .services import Burden
from .shown import copy_text, shown_table
from .table import Table, columns_of, known_of, table_of
from .values import expected_of

P = Permission
_FORMS: dict[InquiryAct, Any] = {
    InquiryAct.SEND_BACK: SendBackForm,
    InquiryAct.EXTEND: ExtendForm,
    InquiryAct.CLOSE: CloseForm,
    InquiryAct.CANCEL: CancelForm,
}
#: Acts by the word of their address.
ACTS = {act.value.replace("_", "-"): act for act in InquiryAct if act is not InquiryAct.DRAFT}
#: Acts before which a person sees once more what is asked.
_SHOWS_COLUMNS = frozenset({InquiryAct.SUBMIT, InquiryAct.APPROVE})
_MAIN = frozenset({InquiryAct.SUBMIT, InquiryAct.APPROVE, InquiryAct.EXTEND, InquiryAct.CLOSE})


# -- the list ----------------------------------------------------------------------------------------
def _chosen(
    request: SignedIn,
) -> tuple[list[InquiryLine], list[InquiryLine], InquiryFilterForm]:
    """The inquiries in sight, those that the filter chooses in the order of the address, the filter."""
    lines = inquiry_lines(scope=request.scope)
    streets = {street.code: street for line in lines for street in line.streets}
    years = sorted({line.inquiry.programme.year for line in lines}, reverse=True)
    form = InquiryFilterForm(
        request.GET,
        streets=[
            (street.code, street.short_name)
            for street in sorted(streets.values(), key=lambda each: (each.order, each.code))
        ],
        show=[(key, word) for key, (word, _) in SHOWS.items()],
        year=[(str(year), f"{year}年") for year in years],
    )
    shown = narrowed(
        lines,
        show=form.chosen("show"),
        year=form.chosen("year"),
        street=form.chosen("street"),
        words=form.chosen("q"),
    )
    return lines, in_order(shown, request.GET.get("sort", ""), KEYS), form


@require_GET
@scoped(P.RETURN_READ)
def inquiries(request: SignedIn) -> HttpResponse:
    """临时收数: those in sight, how far each has come."""
    now = timezone.now()
    lines, shown, form = _chosen(request)
    running = [line for line in lines if line.inquiry.state == InquiryState.OPEN]
    context = page(
        request,
        None,
        tabs=section_tabs(scope=request.scope, chosen="inquiries:list"),
        lines=[
            (line, KIND_OF_STATE[InquiryState(line.inquiry.state)], line.is_overdue(now))
            for line in shown
        ],
        any_lines=bool(lines),
        running=running,
        owing=[line for line in running if line.missing],
        form=form,
        export_href=f"{reverse('inquiries:list_export')}?{request.GET.urlencode()}",
        can_write=request.scope.can(P.INQUIRY_WRITE),
        fills=request.scope.can(P.RETURN_FILL),
    )
    return render(request, "inquiries/list.html", context)


@require_GET
@scoped(P.RETURN_READ)
def list_export(request: SignedIn) -> HttpResponse:
    """The list as filtered and sorted, as a workbook."""
    _, shown, _ = _chosen(request)
    content = list_of_inquiries(lines=shown, now=timezone.now())
    return downloads.workbook(content=content, name="临时收数.xlsx")


# -- one inquiry -------------------------------------------------------------------------------------
@require_GET
@scoped(P.RETURN_READ)
def inquiry(request: SignedIn, number: str) -> HttpResponse:
    """One inquiry: of a draft its columns and what it costs; of one that was sent out the table."""
    found = inquiry_of(request, number)
    now = timezone.now()
    load = services.burden(inquiry=found, now=now)
    common: dict[str, Any] = {
        "acts": _acts(request, found),
        "can_approve": request.scope.can(P.INQUIRY_APPROVE),
        "why_not": policies.why_not_approve(inquiry=found, scope=request.scope),
        "columns": [
            (column, expected_of(column), known_by_code(column.near_code))
            for column in columns_of(found)
        ],
        "known": known_of(found),
        "most": MOST_COLUMNS,
        "burden": load,
        "facts": _facts(found),
        "history": [_event(event) for event in found.events.select_related("by").order_by("-pk")],
    }
    if found.approved_at is None:
        context = page(
            request,
            found,
            cells=_draft_cells(found, load, now),
            can_edit=policies.can_edit(inquiry=found, scope=request.scope),
            **common,
        )
        return render(request, "inquiries/draft.html", context)
    streets = streets_seen(inquiry=found, scope=request.scope)
    table = table_of(inquiry=found, streets=streets, now=now)
    overdue = found.state == InquiryState.OPEN and now > found.due_at
    context = page(
        request,
        found,
        cells=_cells(found, table, load, overdue=overdue),
        table=shown_table(table),
        standings=[
            (
                standing,
                standing.kind(overdue=overdue),
                policies.can_answer(inquiry=found, street=standing.street, scope=request.scope),
            )
            for standing in table.standings
        ],
        missing=table.missing,
        overdue=overdue,
        fills=next(
            (
                standing.street
                for standing in table.standings
                if policies.can_answer(inquiry=found, street=standing.street, scope=request.scope)
            ),
            None,
        ),
        copied=copy_text(found, table.standings, now)
        if found.bureau_id in request.scope.organisation_ids
        else "",
        export_href=reverse("inquiries:export", args=[number]),
        card=inquiry_card(found, table.standings, now),
        picture_href=reverse("inquiries:picture", args=[number]),
        **common,
    )
    return render(request, "inquiries/inquiry.html", context)


@require_GET
@scoped(P.RETURN_READ)
def picture(request: SignedIn, number: str) -> HttpResponse:
    """How an inquiry stands, as a picture for the group; the bureau's alone, as the words for it."""
    found = inquiry_of(request, number)
    if found.approved_at is None or found.bureau_id not in request.scope.organisation_ids:
        raise Http404
    now = timezone.now()
    table = table_of(
        inquiry=found, streets=streets_seen(inquiry=found, scope=request.scope), now=now
    )
    return card_answer(inquiry_card(found, table.standings, now))


def _acts(request: SignedIn, found: Inquiry) -> list[tuple[str, str, str]]:
    return [
        (
            FLOW.act_label(found.state, act),
            reverse("inquiries:act", args=[found.number, act.value.replace("_", "-")]),
            "main"
            if act in {InquiryAct.SUBMIT, InquiryAct.APPROVE}
            else "danger"
            if act is InquiryAct.CANCEL
            else "plain",
        )
        for act in policies.open_acts(inquiry=found, scope=request.scope)
    ]


def _draft_cells(found: Inquiry, load: Burden, now: datetime) -> list[Cell]:
    running = services.open_count(bureau=found.bureau)
    limit = services.most_open(bureau=found.bureau, now=now)
    return [
        Cell("要街道填", f"{load.cell_count} 格", f"{load.row_count} 行 × {load.column_count} 列"),
        Cell(
            "涉及街道", f"{len(load.rows)} 个", join(street.short_name for street, _ in load.rows)
        ),
        Cell(
            "最后期限", moment(found.due_at), "过了期限还能报，记为迟报", alarm=now > found.due_at
        ),
        Cell("正在收数", f"{running} 项", f"最多同时 {limit} 项", alarm=running >= limit),
    ]


def _cells(found: Inquiry, table: Table, load: Burden, *, overdue: bool) -> list[Cell]:
    done = len(table.standings) - len(table.missing)
    late = sum(standing.is_late for standing in table.standings)
    rows = len(table.lines)
    moved = f"批准时为 {moment(found.first_due_at)}，已延期" if found.is_extended else ""
    end = "已过期限" if overdue else "过了期限还能报，记为迟报"
    if found.state != InquiryState.OPEN:
        end = ""
    return [
        Cell("最后期限", moment(found.due_at), moved or end, alarm=overdue and bool(table.missing)),
        Cell(
            "报齐",
            f"{done} / {len(table.standings)} 个街道",
            f"其中迟报 {late} 个" if late else "",
        ),
        Cell(
            "已报",
            f"{sum(line.is_answered for line in table.lines)} / {rows} 行",
            f"{rows} 行 × {load.column_count} 列，共 {rows * load.column_count} 格",
        ),
        Cell("批准", who(found, "approved_by"), moment(found.approved_at)),
    ]


def _facts(found: Inquiry) -> list[tuple[str, str]]:
    rows = [
        ("用途", found.purpose),
        ("按什么填", f"一个{found.get_subject_display()}一行"),
        ("年度计划", found.programme.name),
        ("拟定", f"{who(found, 'drafted_by')}　{moment(found.drafted_at)}"),
        (
            "批准",
            f"{who(found, 'approved_by')}　{moment(found.approved_at)}"
            if found.approved_at
            else "—",
        ),
        ("最后期限", moment(found.due_at)),
    ]
    if found.closed_at is not None:
        rows.append(("结束", f"{who(found, 'closed_by')}　{moment(found.closed_at)}"))
    return rows


def _event(event: InquiryEvent) -> Event:
    title = f"{event.get_act_display()}　{who(event, 'by')}　{localtime(event.at):%H:%M}"
    return Event(label=day(event.at), title=title, detail=event.comment)


# -- a street's answer -------------------------------------------------------------------------------
@require_GET
@scoped(P.RETURN_READ)
def street(request: SignedIn, number: str, street: str) -> HttpResponse:
    """What a street answered, version by version."""
    found = inquiry_of(request, number)
    organisation = street_of(request, found, street)
    now = timezone.now()
    versions = list(
        StreetAnswer.objects.visible_to(request.scope)
        .filter(inquiry=found, street=organisation)
        .select_related("answered_by", "upload__file")
        .order_by("-version")
    )
    wanted = request.GET.get("version", "")
    chosen = next((row for row in versions if str(row.version) == wanted), None)
    if wanted and chosen is None:
        raise Http404("no such version")
    shown = chosen or (versions[0] if versions else None)
    table = table_of(inquiry=found, streets=[organisation.pk], now=now)
    values = {row.row_id: row.values for row in shown.rows.all()} if shown is not None else None
    context = page(
        request,
        found,
        (organisation.short_name, ""),
        street=organisation,
        shown=shown,
        table=shown_table(table, values=values),
        versions=[
            Way(f"第{row.version}版", f"?version={row.version}", row == shown)
            for row in reversed(versions)
        ],
        history=[
            Event(
                label=day(row.answered_at),
                title=f"第{row.version}版　{who(row, 'answered_by')}　{localtime(row.answered_at):%H:%M}",
                detail="，".join(
                    part
                    for part in (
                        "填齐" if row.is_complete else "填了一部分",
                        "迟报" if row.is_late else "",
                        f"来自文件“{row.upload.file}”" if row.upload is not None else "网页填报",
                    )
                    if part
                ),
            )
            for row in versions
        ],
        can_answer=policies.can_answer(inquiry=found, street=organisation, scope=request.scope),
    )
    return render(request, "inquiries/street.html", context)


@require_GET
@scoped(P.RETURN_READ)
def export(request: SignedIn, number: str) -> HttpResponse:
    """The table of the streets in sight as a workbook, with the definition."""
    found = inquiry_of(request, number)
    if found.approved_at is None:
        raise Http404("not sent out yet")
    now = timezone.now()
    streets = streets_seen(inquiry=found, scope=request.scope)
    content = inquiry_workbook(
        table=table_of(inquiry=found, streets=streets, now=now),
        burden=services.burden(inquiry=found, now=now),
        now=now,
    )
    return downloads.workbook(content=content, name=f"{found.title}（{found.number}）.xlsx")


# -- acts --------------------------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(P.INQUIRY_WRITE, P.INQUIRY_APPROVE)
def act(request: SignedIn, number: str, slug: str) -> HttpResponse:
    """The page that says what an act will do and asks for words, and the act itself."""
    found = inquiry_of(request, number)
    if slug not in ACTS:
        raise Http404("no such act")
    wanted, now = ACTS[slug], timezone.now()
    if request.method != "POST":
        policies.check_act(inquiry=found, act=wanted, scope=request.scope)
    form = _FORMS.get(wanted, PlainForm)(request.POST if request.method == "POST" else None)
    label = FLOW.act_label(found.state, wanted)
    status = status_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            policies.check_act(inquiry=found, act=wanted, scope=request.scope)
            _do(request, found, wanted, form, now)
        except StateConflict as conflict:
            refuse(form, conflict)
            status = 409
        except Refusal as refusal:
            if refusal.code == "forbidden":
                raise
            refuse(form, refusal)
        else:
            messages.success(request, f"{found.number} 已{label}。{_AFTER.get(wanted, '')}")
            return redirect("inquiries:inquiry", number=number)
        found.refresh_from_db()
    load = services.burden(inquiry=found, now=now)
    context = page(
        request,
        found,
        (label, ""),
        form=form,
        label=label,
        look="main" if wanted in _MAIN else "danger",
        consequence=_consequence(wanted, found, load, now),
        seen=found.version,
        columns=columns_of(found) if wanted in _SHOWS_COLUMNS else (),
    )
    return render(request, "inquiries/act.html", context, status=status)


_AFTER = {
    InquiryAct.SUBMIT: "等另一人批准。",
    InquiryAct.APPROVE: "街道在待办里看到，填报从现在开始。",
    InquiryAct.CLOSE: "汇总表不再变化，可以导出。",
}


def _do(request: SignedIn, found: Inquiry, wanted: InquiryAct, form: Any, now: datetime) -> None:
    common: dict[str, Any] = {"inquiry": found, "by": request.user, "now": now}
    match wanted:
        case InquiryAct.SUBMIT:
            services.submit(**common)
        case InquiryAct.APPROVE:
            text = request.POST.get("seen", "")
            is_number = text.isascii() and text.isdecimal() and len(text) < 9
            services.approve(seen=int(text) if is_number else 0, **common)
        case InquiryAct.SEND_BACK:
            services.send_back(**form.cleaned_data, **common)
        case InquiryAct.EXTEND:
            services.extend(**form.cleaned_data, **common)
        case InquiryAct.CLOSE:
            services.close(**form.cleaned_data, **common)
        case _:
            services.cancel(**form.cleaned_data, **common)


def _consequence(wanted: InquiryAct, found: Inquiry, load: Burden, now: datetime) -> str:
    """What will happen, in words."""
    cost = (
        f"{len(load.rows)} 个街道一共要填 {load.cell_count} 格"
        f"（{load.row_count} 行 × {load.column_count} 列）"
    )
    match wanted:
        case InquiryAct.SUBMIT:
            return (
                f"{cost}，{moment(found.due_at)} 截止。提请后不能再改，由另一人批准；退回后可以改。"
            )
        case InquiryAct.APPROVE:
            return (
                f"{cost}，{moment(found.due_at)} 截止。批准后行和列不能再改，街道的待办里马上出现。"
            )
        case InquiryAct.SEND_BACK:
            return "退回后拟定人修改，再提请批准。"
        case InquiryAct.EXTEND:
            return f"现在的期限是 {moment(found.due_at)}，只能往后延；延期原因记入办理记录。"
        case InquiryAct.CLOSE:
            gone = [each.street.short_name for each in _missing(found, now)]
            words = f"{join(gone)}还没有报齐，结束后不能再报。" if gone else "各街道都已报齐。"
            return f"{words}结束后汇总表连同平台填好的内容都不再变化，不能重新打开。"
        case _:
            return "撤销后街道不用再填，已经填的留着备查，不能恢复。"


def _missing(found: Inquiry, now: datetime) -> list[Any]:
    streets = list(found.streets.values_list("street_id", flat=True))
    return table_of(inquiry=found, streets=streets, now=now).missing
