"""Pages of an upload: progress, preview, answers, confirmation, the annotated copy."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import quote

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import (
    require_GET,
    require_http_methods,
    require_POST,
    require_safe,
)

from renovation.accounts.guards import SignedIn, scoped
from renovation.core.documents.xlsx import CONTENT_TYPE as XLSX
from renovation.core.downloads import attachment
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from renovation.records.models import WorkState

from . import handing, policies, preview, services
from .anew import stamp
from .fates import beside, fate_of, pending_of
from .forms import OpenForm, read_answers
from .models import UNREAD_STATES, Upload, UploadState
from .pipelines import Description, Pipeline
from .verdicts import Standing, verdicts_of


def _upload(request: SignedIn, pk: int) -> tuple[Upload, Pipeline]:
    """The upload within the scope, and its pipeline; 404 and 403 as ever."""
    upload = get_object_or_404(
        Upload.objects.visible_to(request.scope).select_related(
            "file", "organisation", "received_by", "committed_by"
        ),
        pk=pk,
    )
    return upload, policies.check_may_see(upload=upload, scope=request.scope)


def _is_waiting(upload: Upload) -> bool:
    return upload.state in UNREAD_STATES and upload.work_state != WorkState.FAILED


def _last_crumb(about: Description) -> str:
    """The thing that is brought in; where its own page stands above already, what is done here."""
    return "核对上传内容" if about.back and about.back[-1][0] == about.title else about.title


def _context(request: SignedIn, upload: Upload, pipeline: Pipeline, **more: Any) -> dict[str, Any]:
    about = pipeline.describe(services.target_of(upload=upload), timezone.now())
    return {
        "upload": upload,
        "about": about,
        "crumbs": [*about.back, (_last_crumb(about), None)],
        "section": pipeline.words.section,
        "words": pipeline.words,
        "is_waiting": _is_waiting(upload),
        "fate": fate_of(upload, pipeline),
        "original_href": reverse("intake:original", args=[upload.pk]),
        "annotated_href": reverse("intake:annotated", args=[upload.pk]),
        "can_write": policies.can_write(upload=upload, scope=request.scope),
        **more,
    }


@require_safe
@scoped()
def upload(request: SignedIn, pk: int) -> HttpResponse:
    """The page of an upload, whatever has become of it."""
    found, pipeline = _upload(request, pk)
    if found.state in UNREAD_STATES:
        return render(request, "intake/progress.html", _context(request, found, pipeline))
    return _page(request, found, pipeline)


def _page(
    request: SignedIn,
    found: Upload,
    pipeline: Pipeline,
    *,
    unanswered: bool = False,
    status: int = 200,
) -> HttpResponse:
    context = _context(request, found, pipeline)
    page = preview.build(
        found,
        pipeline,
        context["about"],
        show=request.GET.get("show", ""),
        unanswered=unanswered,
    )
    context |= {"page": page, "shows": _shows(page), "fault": found.faults[:1]}
    context |= _beside(request, found, pipeline)
    if found.state == UploadState.REFUSED:
        return render(request, "intake/refused.html", context)
    context["is_open"] = found.state == UploadState.PREVIEW and context["can_write"]
    if context["is_open"]:
        context["seen"] = stamp(found)
        context["outlook"] = page.result.outlook(page.about.period)
    return render(request, "intake/preview.html", context, status=status)


def _shows(page: preview.Preview) -> list[dict[str, Any]]:
    words = [
        ("", "全部"),
        (preview.NEWS, "有改动"),
        *((each.value, each.label) for each in Standing),
    ]
    return [
        {
            "value": value or "all",
            "label": label,
            "count": page.counts.get(value, 0),
            "chosen": value == page.show,
        }
        for value, label in words
        if not value or page.counts.get(value)
    ]


def _beside(request: SignedIn, found: Upload, pipeline: Pipeline) -> dict[str, Any]:
    """Another file of the same target that one should know of here: ``newer`` with what became of it.

    Beside a file that waits, one that came in later and was of no use (or is still read); beside one that
    was of no use, the one that waits; beside a replaced one, the one that stands in its place.
    """
    if found.state == UploadState.COMMITTED:
        return {}
    standing = Upload.objects.visible_to(request.scope).of_target(found).standing()
    rows = list(standing.select_related("file", "committed_by"))
    pending = pending_of(rows)
    if found.state == UploadState.SUPERSEDED:
        shown = pending.waiting or next(iter(rows), None)
        return {"newer": shown}
    if found.state == UploadState.REFUSED:
        other = pending.waiting
        return {"newer": other, "waiting": fate_of(other, pipeline)} if other else {}
    other = pending.later
    return {"newer": other, "later": beside(other, pipeline)} if other else {}


@require_GET
@scoped()
def progress(request: SignedIn, pk: int) -> HttpResponse:
    """The fragment that the page polls; once the reading is over it sends the browser to the page."""
    found, pipeline = _upload(request, pk)
    if not _is_waiting(found):
        answer = HttpResponse(status=200)
        answer["HX-Redirect"] = request.path.removesuffix("progress/")
        return answer
    return render(request, "intake/progress.html#line", _context(request, found, pipeline))


@require_POST
@scoped()
def confirm(request: SignedIn, pk: int) -> HttpResponse:
    """Keep the answers; with the main button, write the rows."""
    found, pipeline = _upload(request, pk)
    policies.check_may_write(upload=found, scope=request.scope)
    now = timezone.now()
    show = request.POST.get("show") or request.GET.get("show", "")
    said = read_answers(request.POST, verdicts_of(found, pipeline))
    try:
        outcome = services.confirm(
            upload=found,
            reasons=said.reasons,
            held=said.held,
            decided=said.decided,
            write=request.POST.get("act") == "write",
            seen=request.POST.get("seen"),
            by=request.user,
            now=now,
        )
    except StateConflict as conflict:
        messages.warning(request, conflict.message)
        return _back(found, show)
    except Refusal as refusal:
        say(request, refusal)
        found.refresh_from_db()
        unanswered = refusal.code == "upload.reason_missing"
        return _page(request, found, pipeline, unanswered=unanswered, status=422)
    if outcome is not None:  # the page itself says first what was written
        return _back(found, "")
    if "show" not in request.POST:
        messages.success(request, "说明和处理已保存。还没有写入。")
    return _back(found, show)


def _back(found: Upload, show: str) -> HttpResponse:
    answer = redirect("intake:upload", pk=found.pk)
    if show and show != "all":
        answer["Location"] += f"?show={quote(show)}#rows"
    elif show:
        answer["Location"] += "#rows"
    return answer


@require_POST
@scoped()
def read_again(request: SignedIn, pk: int) -> HttpResponse:
    """Read the kept file once more."""
    found, _ = _upload(request, pk)
    policies.check_may_write(upload=found, scope=request.scope)
    services.read_again(upload=found, by=request.user, now=timezone.now())
    return redirect("intake:upload", pk=pk)


@require_http_methods(["GET", "POST"])
@scoped()
def annotated(request: SignedIn, pk: int) -> HttpResponse:
    """The file handed back with its faults at their cells."""
    return _hand_back(request, pk, "下载标注版", handing.annotated, XLSX)


@require_http_methods(["GET", "POST"])
@scoped()
def original(request: SignedIn, pk: int) -> HttpResponse:
    """The file as it came in."""
    return _hand_back(request, pk, "下载原文件", handing.original, services.CONTENT_TYPE)


def _hand_back(
    request: SignedIn,
    pk: int,
    word: str,
    make: Callable[..., tuple[str, bytes]],
    content_type: str,
) -> HttpResponse:
    """A file; one that holds residents' data after a reason, which is logged."""
    found, pipeline = _upload(request, pk)
    if pipeline.is_private:
        form = OpenForm(request.POST or None, use_required_attribute=False)
        allowed = False
        if request.method == "POST" and form.is_valid():
            try:
                handing.allow(
                    upload=found,
                    reason=form.cleaned_data["reason"],
                    by=request.user,
                    now=timezone.now(),
                )
            except Refusal as refusal:
                refuse(form, refusal)
            else:
                allowed = True
        if not allowed:
            context = _context(request, found, pipeline, form=form, word=word)
            status = 422 if request.method == "POST" else 200
            return render(request, "intake/open.html", context, status=status)
    name, content = make(upload=found)
    return attachment(content=content, name=name, content_type=content_type)
