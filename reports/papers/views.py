"""Pages of papers: the lists of sheets and bulletins, one paper, its acts, its text, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.accounts.scope import bureau_in
from renovation.core.calendar import local_day
from renovation.core.documents.papers import OfficialPaper
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.periods import Quarter, Week
from renovation.face.refusals import refuse
from renovation.face.wording import moment
from supervision.dispatch.section import section_tabs

from . import numbers, pages, renditions, services
from .bulletin_tables import official_paper
from .bulletins import Bulletin
from .changes import changes_since
from .corrected import corrected_since
from .enums import PaperAct, PaperKind, PaperState
from .flows import flow_of
from .forms import (
    NumberForm,
    OpinionForm,
    OriginalForm,
    QuarterForm,
    SigningForm,
    WeekForm,
)
from .minutes.pages import minutes_context, minutes_crumbs
from .models import Document
from .policies import available_acts, hindrance, not_before
from .reach import Shortfall, shortfall
from .rendering import content_with_correction, overlay_of, sheet_blocks
from .sheet_card import sheet_card
from .snapshots import Content, content_of
from .versions import later_than, replaced_by

P = Permission
READS = (P.PAPER_READ, P.PAPER_READ_DRAFT)
ACTS = (
    P.PAPER_DRAFT, P.PAPER_CHECK, P.PAPER_APPROVE, P.PAPER_SIGN, P.PAPER_NUMBER, P.SHEET_ISSUE,
)  # fmt: skip
A = PaperAct
_ON_PAGE = 20


def _bureau(request: SignedIn) -> Organisation:
    """The bureau whose papers these are; a paper of no district is no page."""
    if request.scope.bureau_id is None:
        raise Http404
    return get_object_or_404(Organisation, pk=request.scope.bureau_id)


def paper_of(request: SignedIn, pk: int) -> Document:
    rows = Document.objects.visible_to(request.scope)
    rows = rows.select_related("bureau", "subject", "original", "drafted_by", "issued_by")
    return get_object_or_404(rows.prefetch_related("steps"), pk=pk)


@require_GET
@scoped(*READS)
def sheets(request: SignedIn) -> HttpResponse:
    """周调度: by week, the district's sheet and the streets'."""
    bureau, now = _bureau(request), timezone.now()
    rows = Document.objects.visible_to(request.scope).filter(kind=PaperKind.DISPATCH_SHEET)
    keys = rows.order_by("-period_key").values_list("period_key", flat=True).distinct()
    page = Paginator(keys, _ON_PAGE).get_page(request.GET.get("page"))
    documents = list(
        rows.filter(period_key__in=list(page.object_list))
        .select_related("subject", "issued_by")
        .defer("snapshot", "texts", "outside_figures")
    )
    is_district = bureau.pk in request.scope.organisation_ids
    form = None
    if request.scope.can(P.SHEET_ISSUE):
        issued = rows.filter(subject=bureau, state=PaperState.ISSUED)
        form = WeekForm(
            weeks=pages.weeks_to_compile(
                bureau=bureau, issued=issued.values_list("period_key", flat=True), now=now
            )
        )
    return render(
        request,
        "papers_pages/sheets.html",
        {
            "lines": pages.week_lines(
                documents, corrected_since(bureau=bureau, documents=documents, now=now)
            ),
            "page": page,
            "form": form,
            "is_district": is_district,
            "tabs": section_tabs(scope=request.scope, chosen="papers:sheets"),
        },
    )


@require_POST
@scoped(P.SHEET_ISSUE)
def compile_sheets(request: SignedIn) -> HttpResponse:
    """Compile the sheets of a week by hand."""
    bureau, now = _bureau(request), timezone.now()
    form = WeekForm(request.POST, weeks=pages.weeks_to_compile(bureau=bureau, issued=(), now=now))
    if not form.is_valid():
        messages.error(request, "请选择周次。只能编制最近几周的调度表。")
        return redirect("papers:sheets")
    made = services.compile_sheets(bureau=bureau, week=form.chosen(), by=request.user, now=now)
    return redirect("papers:document", made[0].pk)


@require_GET
@scoped(*READS)
def bulletins(request: SignedIn) -> HttpResponse:
    """通报: the bulletins of the district, the newest first."""
    rows = (
        Document.objects.visible_to(request.scope)
        .filter(kind=PaperKind.BULLETIN)
        .select_related("signed_by")
        .with_successor()
        .defer("snapshot", "texts", "outside_figures")
        .order_by("-period_key", "-version")
    )
    page = Paginator(rows, _ON_PAGE).get_page(request.GET.get("page"))
    bureau, now = bureau_in(request.scope), timezone.now()
    corrected = corrected_since(bureau=bureau, documents=page.object_list, now=now)
    form = None
    if request.scope.can(P.PAPER_DRAFT):
        done = rows.exclude(state__in=[PaperState.DRAFT, PaperState.WITHDRAWN])
        form = QuarterForm(
            quarters=pages.quarters_to_draft(
                done=done.values_list("period_key", flat=True), now=now
            ),
            on=local_day(now),
        )
    lines = [
        (
            row,
            Quarter.from_key(row.period_key),
            pages.state_word(row),
            pages.state_mark(row),
            row.pk in corrected,
        )
        for row in page.object_list
    ]
    return render(
        request, "papers_pages/bulletins.html", {"lines": lines, "page": page, "form": form}
    )


@require_POST
@scoped(P.PAPER_DRAFT)
def compile_bulletin(request: SignedIn) -> HttpResponse:
    """Draft the bulletin of a quarter by hand."""
    bureau, now = _bureau(request), timezone.now()
    form = QuarterForm(
        request.POST, quarters=pages.quarters_to_draft(done=(), now=now), on=local_day(now)
    )
    if not form.is_valid():
        messages.error(request, "请选择季度。只能编制最近四个季度的通报。")
        return redirect("papers:bulletins")
    made = services.compile_bulletin(bureau=bureau, quarter=form.chosen(), by=request.user, now=now)
    messages.success(request, "已编制通报草稿。请核对文字和数字。")
    return redirect("papers:document", made.pk)


@require_GET
@scoped(*READS)
def document(request: SignedIn, pk: int) -> HttpResponse:
    """One paper: its state and acts, what it says, how it went, its files."""
    paper = paper_of(request, pk)
    overlay = overlay_of(paper)
    later = later_than(paper).visible_to(request.scope).first()
    wait = _wait(request, paper)
    context: dict[str, Any] = {
        "document": paper,
        "crumbs": crumbs_of(paper),
        "overlay": overlay,
        "word": pages.state_word(paper),
        "mark": pages.state_mark(paper),
        "acts": pages.acts_of(
            paper, request.scope, is_followed=later is not None, is_early=bool(wait)
        ),
        "wait": wait,
        "steps": pages.steps_of(paper, paper.steps.all()),
        "later": later,
        "replaced": replaced_by(paper) if paper.version > 1 else None,
        "is_reader": not request.scope.can(P.PAPER_READ_DRAFT),
        **_files(paper),
    }
    if later is None or later.state != PaperState.ISSUED:
        found = corrected_since(bureau=paper.bureau, documents=[paper], now=timezone.now())
        context["corrected"] = found.get(paper.pk, ())
    if paper.kind == PaperKind.MINUTES:
        context |= minutes_context(paper, overlay)
        return render(request, "papers_pages/minutes.html", context)
    content = content_of(paper)
    context |= {
        "content": content,
        "figures": pages.key_figures(content),
        "figures_note": pages.figures_note(content),
        "lights": content.light_counts(),
    }
    context["heading"] = content.title if isinstance(content, Bulletin) else content.head
    context["subheading"] = _subheading(paper, content)
    if isinstance(content, Bulletin):
        if paper.state in _BEFORE_SIGNING:
            context["short"] = shortfall(content, on=timezone.localdate())
        context["faults"] = content.faults(paper.outside_figures) if _is_draft(paper) else []
        context["paper"] = _official(content, paper)
        return render(request, "papers_pages/bulletin.html", context)
    context["copied"] = pages.words_of(content, is_issued=paper.state == PaperState.ISSUED)
    context["card"] = sheet_card(content, is_issued=paper.state == PaperState.ISSUED)
    context["picture_href"] = reverse("papers:picture", args=[paper.pk])
    context["blocks"] = sheet_blocks(content, overlay, extent="page")
    return render(request, "papers_pages/sheet.html", context)


def _wait(request: SignedIn, paper: Document) -> str:
    """When this person may issue the sheet, where its week is still open; empty where it is not theirs."""
    if paper.kind != PaperKind.DISPATCH_SHEET or A.ISSUE not in available_acts(
        paper, request.scope
    ):
        return ""
    return not_before(paper, now=timezone.now())


def _subheading(paper: Document, content: Content) -> str:
    """Number or week, version, and who issued it when."""
    label = paper.number if isinstance(content, Bulletin) else content.period_label
    version = f"第{paper.version}版" if paper.version > 1 else ""
    issued = ""
    if paper.issued_at is not None:
        issued = f"{moment(paper.issued_at)} {paper.issued_by}印发"
    return "　".join(part for part in (label, version, issued) if part)


def crumbs_of(paper: Document, *deeper: str) -> list[tuple[str, str]]:
    """The way down to a paper, and further where a page of it is meant."""
    if paper.kind == PaperKind.MINUTES:
        found = minutes_crumbs(paper)
        return [*found, *((text, "") for text in deeper)]
    is_bulletin = paper.kind == PaperKind.BULLETIN
    top = (
        ("通报", reverse("papers:bulletins"))
        if is_bulletin
        else ("周调度", reverse("papers:sheets"))
    )
    content_label = (
        Quarter.from_key(paper.period_key).label
        if is_bulletin
        else f"{'全区' if paper.subject_id == paper.bureau_id else paper.subject.short_name}　{Week.from_key(paper.period_key).label}"
    )
    found = [top, (content_label, reverse("papers:document", args=[paper.pk]))]
    return [*found, *((text, "") for text in deeper)]


def _is_draft(paper: Document) -> bool:
    return paper.state == PaperState.DRAFT


def _official(content: Bulletin, paper: Document) -> OfficialPaper:
    overlay = overlay_of(paper)
    return official_paper(
        content_with_correction(content, overlay),
        number=overlay.number,
        issued_on=overlay.issued_on,
        printed_on=overlay.printed_on,
    )


def _files(paper: Document) -> dict[str, Any]:
    lines = pages.file_lines(paper, renditions.current(document=paper))
    return {"files": lines, "is_rendering": any(line.is_under_way for line in lines)}


@require_GET
@scoped(*READS)
def files(request: SignedIn, pk: int) -> HttpResponse:
    """The fragment of a paper's files that the page polls."""
    paper = paper_of(request, pk)
    return render(
        request, "papers_pages/files.html", {"document": paper, **_files(paper), **_may(request)}
    )


def _may(request: SignedIn) -> dict[str, bool]:
    return {"is_reader": not request.scope.can(P.PAPER_READ_DRAFT)}


@require_GET
@scoped(P.PAPER_READ_DRAFT)
def changes(request: SignedIn, pk: int) -> HttpResponse:
    """Whether the paper was overtaken: its figures compared with the present ones."""
    paper = paper_of(request, pk)
    if paper.kind == PaperKind.MINUTES:  # what was said is never overtaken
        raise Http404
    found = changes_since(document=paper, now=timezone.now())
    template = "changes" if request.htmx else "changes_page"
    return render(request, f"papers_pages/{template}.html", {"document": paper, "changes": found})


@require_POST
@scoped(P.PAPER_READ_DRAFT)
def render_files(request: SignedIn, pk: int) -> HttpResponse:
    """Make the PDF and the workbook of a draft, or of an issued paper whose files failed."""
    paper = paper_of(request, pk)
    renditions.request(document=paper, formats=renditions.formats_of(paper), now=timezone.now())
    return redirect(reverse("papers:document", args=[pk]) + "#files")


@require_POST
@scoped(P.PAPER_DRAFT, P.SHEET_ISSUE)
def recompile(request: SignedIn, pk: int) -> HttpResponse:
    """Compile a draft anew from the present data."""
    paper = paper_of(request, pk)
    if A.DRAFT not in flow_of(paper.kind).acts:
        raise Http404
    before = paper.digest
    fresh = services.compile_again(document=paper, by=request.user, now=timezone.now())
    said = "已按最新数据重新编制。" if fresh.digest != before else "数据没有变化，内容与原来相同。"
    messages.success(request, said)
    return redirect("papers:document", pk)


#: The hands that answer for what they have read.
_HANDS = {
    A.CHECK: services.check,
    A.COUNTERSIGN: services.countersign,
    A.APPROVE: services.approve,
    A.SIGN: services.sign,
}
_BEFORE_SIGNING = {PaperState.DRAFT, PaperState.CHECKED, PaperState.APPROVED}
_SERVICES = {
    A.SEND_BACK: services.send_back,
    A.WITHDRAW: services.withdraw,
}


def _short(paper: Document) -> Shortfall | None:
    """Why the paper does not tell the whole of its quarter today."""
    return shortfall(content_of(paper), on=timezone.localdate())


def _act_form(request: HttpRequest, paper: Document, act: str) -> Any:
    data = request.POST if request.method == "POST" else None
    if act == A.NUMBER:
        on = timezone.localdate()
        own = numbers.is_own_series(bureau=paper.bureau, on=on)
        initial = {"number": numbers.next_number(bureau=paper.bureau, on=on)} if own else {}
        return NumberForm(data, initial=initial)
    if act == A.FILE_ORIGINAL:
        sent = request.FILES if request.method == "POST" else None
        return OriginalForm(data, sent, is_replacing=paper.original_id is not None)
    if act == A.ISSUE:
        return None
    if act == A.SIGN:
        return SigningForm(data, short=_short(paper))
    step = flow_of(paper.kind).transition(paper.state, act)
    labels = {A.CORRECT: "更正了什么、为什么", A.WITHDRAW: "作废原因", A.SEND_BACK: "退回意见"}
    return OpinionForm(data, needs_comment=step.needs_comment, label=labels.get(PaperAct(act), ""))


@scoped(*ACTS)
def act(request: SignedIn, pk: int, act: str) -> HttpResponse:
    """One act on a paper: what it will do, what it needs, and doing it."""
    paper = paper_of(request, pk)
    if act not in flow_of(paper.kind).acts or act in {A.DRAFT, A.EDIT}:
        raise Http404
    if act not in available_acts(paper, request.scope):
        flow_of(paper.kind).transition(
            paper.state, act
        )  # the state's own sentence where it refuses
        raise Forbidden(hindrance(paper, act, request.scope) or "您的岗位不办理这一环节。")
    if act == A.ISSUE and (wait := _wait(request, paper)):
        raise Refusal("paper.week_open", wait)
    form = _act_form(request, paper, act)
    if request.method == "POST" and (form is None or form.is_valid()):
        try:
            done = _do(request, paper, act, form)
        except StateConflict:
            raise
        except Refusal as refusal:
            if form is None:
                raise
            refuse(form, refusal)
        else:
            messages.success(request, pages.DONE[PaperAct(act)])
            return redirect("papers:document", done.pk)
    context = {
        "document": paper,
        "act": act,
        "short": _short(paper) if act in _HANDS else None,
        "crumbs": crumbs_of(paper, flow_of(paper.kind).act_label(paper.state, act)),
        "label": flow_of(paper.kind).act_label(paper.state, act),
        "consequence": pages.consequence(paper, act, now=timezone.now()),
        "submit": pages.submit_label(paper, act),
        "is_danger": act in {A.WITHDRAW, A.SEND_BACK},
        "form": form,
        "steps": pages.steps_of(paper, paper.steps.all()),
        "word": pages.state_word(paper),
        "mark": pages.state_mark(paper),
    }
    return render(
        request,
        "papers_pages/act.html",
        context,
        status=422 if form is not None and form.errors else 200,
    )


def _do(request: SignedIn, paper: Document, act: str, form: Any) -> Document:
    now, by = timezone.now(), request.user
    if act == A.ISSUE:
        return services.issue_sheet(
            document=paper, by=by, now=now, digest=request.POST.get("digest", "")
        )
    if act == A.NUMBER:
        return services.number(document=paper, number=form.cleaned_data["number"], by=by, now=now)
    if act == A.FILE_ORIGINAL:
        file = form.cleaned_data["file"]
        return services.file_original(
            document=paper,
            content=file.read(),
            name=file.name,
            reason=form.cleaned_data.get("reason", ""),
            by=by,
            now=now,
        )
    if act == A.CORRECT:
        reason = form.cleaned_data["opinion"]
        return services.correct(document=paper, reason=reason, by=by, now=now)
    opinion = form.cleaned_data["opinion"]
    seen = request.POST.get("digest", "")
    if act == A.SIGN:
        accepts = form.cleaned_data.get("accepts", False)
        return services.sign(
            document=paper, by=by, now=now, opinion=opinion, seen=seen, accepts=accepts
        )
    if act in _HANDS:
        return _HANDS[PaperAct(act)](document=paper, by=by, now=now, opinion=opinion, seen=seen)
    return _SERVICES[PaperAct(act)](document=paper, by=by, now=now, opinion=opinion)
