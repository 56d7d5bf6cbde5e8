"""Changing an agenda: topics added, said in other words, struck, put back, moved; the machine asked again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST

from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from supervision.dispatch import policies
from supervision.dispatch.meetings import services
from supervision.dispatch.meetings.forms import TopicForm, TopicWordsForm
from supervision.dispatch.models import Topic
from supervision.dispatch.pages import BOTH, meeting_of, page, status_of, streets_of

P = Permission


def _topic(request: SignedIn, pk: int) -> Topic:
    rows = Topic.objects.visible_to(request.scope).select_related("meeting__bureau", "project")
    found: Topic = get_object_or_404(rows, pk=pk)
    return found


@require_POST
@scoped(P.DISPATCH_WRITE)
def propose(request: SignedIn, pk: int) -> HttpResponse:
    """Bring the agenda up to the facts of now."""
    found = meeting_of(request, pk)
    try:
        policies.check_agenda(meeting=found, scope=request.scope)
        made = services.propose(meeting=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    else:
        words = f"新增 {made} 个" if made else "没有新增"
        messages.success(request, f"议题已按现在的情况更新，{words}。您改写和删去的没有动。")
    return redirect("dispatch:meeting", pk=pk)


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def new(request: SignedIn, pk: int) -> HttpResponse:
    """Add a topic of one's own."""
    found, now = meeting_of(request, pk), timezone.now()
    policies.check_agenda(meeting=found, scope=request.scope)
    form = TopicForm(
        request.POST if request.method == "POST" else None,
        streets=streets_of(bureau=found.bureau),
        projects=list(
            Project.objects.visible_to(request.scope).in_scope_on(local_day(now)).only("pk")
        ),
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.add_topic(meeting=found, values=form.values, by=request.user, now=now)
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            messages.success(request, f"已加入“{made.title}”。")
            return redirect("dispatch:meeting", pk=pk)
    context = page(
        request,
        (found.title, reverse("dispatch:meeting", args=[pk])),
        ("添加议题", ""),
        meeting=found,
        form=form,
        title="添加议题",
        label="加入",
        look="main",
        back_href=reverse("dispatch:meeting", args=[pk]),
    )
    return render(request, "dispatch/meetings/form.html", context, status=status_of(request))


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Say a topic in other words."""
    found, now = _topic(request, pk), timezone.now()
    meeting = found.meeting
    data = request.POST.copy() if request.method == "POST" else None
    if data is None:
        policies.check_agenda(meeting=meeting, scope=request.scope)
    form = TopicWordsForm(
        data,
        initial={
            "title": found.title,
            "facts": found.facts,
            "seen_version": services.agenda_seen(meeting=meeting),
        },
        use_required_attribute=False,
    )
    clash: EditConflict | None = None
    status = status_of(request)
    if data is not None and form.is_valid():
        try:
            policies.check_write(scope=request.scope)
            services.edit_topic(
                topic=found,
                title=form.cleaned_data["title"],
                facts=form.cleaned_data["facts"],
                seen=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as moved:
            clash, status = moved, 409
            data["seen_version"] = str(moved.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, "已保存议题。")
            return redirect("dispatch:meeting", pk=meeting.pk)
    context = page(
        request,
        (meeting.title, reverse("dispatch:meeting", args=[meeting.pk])),
        ("改写议题", ""),
        meeting=meeting,
        form=form,
        title="改写议题",
        label="保存",
        look="main",
        conflict=clash,
        consequence="改写以后，平台更新议题时不再动这一条。",
        back_href=reverse("dispatch:meeting", args=[meeting.pk]),
    )
    return render(request, "dispatch/meetings/form.html", context, status=status)


def _up(**more: Any) -> None:
    services.move_topic(up=True, **more)


def _down(**more: Any) -> None:
    services.move_topic(up=False, **more)


_MOVES: dict[str, Callable[..., Any]] = {
    "strike": services.strike,
    "restore": services.restore,
    "up": _up,
    "down": _down,
}


@require_POST
@scoped(P.DISPATCH_WRITE)
def move(request: SignedIn, pk: int, slug: str) -> HttpResponse:
    """Strike a topic, put it back, or move it one place."""
    if slug not in _MOVES:
        raise Http404("no such act")
    found = _topic(request, pk)
    try:
        policies.check_agenda(meeting=found.meeting, scope=request.scope)
        _MOVES[slug](topic=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    return redirect(f"{reverse('dispatch:meeting', args=[found.meeting_id])}#topic-{pk}")
