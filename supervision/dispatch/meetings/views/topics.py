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
from projects.ledger.trail import Overtaken
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from supervision.dispatch import policies
from supervision.dispatch.meetings import services
from supervision.dispatch.meetings.forms import TopicForm, TopicWordsForm
from supervision.dispatch.models import DispatchMeeting, Topic
from supervision.dispatch.pages import BOTH, meeting_of, page, status_of, streets_of
from supervision.dispatch.querysets import TopicQuerySet

P = Permission


def _topics(request: SignedIn) -> TopicQuerySet:
    rows: TopicQuerySet = Topic.objects.visible_to(request.scope)
    return rows.select_related("meeting__bureau", "project")


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
    """Add a topic of one's own; what was typed comes back where the agenda was settled meanwhile (409)."""
    found = meeting_of(request, pk)
    if request.method != "POST":
        policies.check_agenda(meeting=found, scope=request.scope)
    form = _form(request, found, data=request.POST if request.method == "POST" else None)
    status = status_of(request)
    if request.method == "POST" and form.is_valid():
        try:
            policies.check_write(scope=request.scope)
            made = services.add_topic(
                meeting=found, values=form.values, by=request.user, now=timezone.now()
            )
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, f"已加入“{made.title}”。")
            return redirect("dispatch:meeting", pk=pk)
    return _adding(request, found, form, status)


def _form(request: SignedIn, meeting: DispatchMeeting, **more: Any) -> TopicForm:
    today = local_day(timezone.now())
    projects = Project.objects.visible_to(request.scope).in_scope_on(today)
    return TopicForm(streets=streets_of(bureau=meeting.bureau), projects=projects, **more)


def _adding(
    request: SignedIn, meeting: DispatchMeeting, form: TopicForm, status: int, **more: Any
) -> HttpResponse:
    context = page(
        request,
        (meeting.title, reverse("dispatch:meeting", args=[meeting.pk])),
        ("添加议题", ""),
        meeting=meeting,
        form=form,
        title="添加议题",
        label="加入",
        look="main",
        action=reverse("dispatch:topic_new", args=[meeting.pk]),
        back_href=reverse("dispatch:meeting", args=[meeting.pk]),
        **more,
    )
    return render(request, "dispatch/meetings/form.html", context, status=status)


def _gone(request: SignedIn) -> HttpResponse:
    """The topic went with its facts while somebody said it in other words: these may be added as a topic of one's
    own (409); 404 where nobody typed anything."""
    number = request.POST.get("meeting", "")
    if not (number.isascii() and number.isdecimal() and len(number) < 12):
        raise Http404("no such topic")
    meeting = meeting_of(request, int(number))
    policies.check_write(scope=request.scope)
    said = "这个议题的情况已经没有了，更新议题时去掉了。您写的话还需要的，作为新议题加入。"
    typed = {name: request.POST.get(name, "") for name in ("title", "facts")}
    conflict = Overtaken(said, changes=[said])
    return _adding(request, meeting, _form(request, meeting, initial=typed), 409, conflict=conflict)


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Say a topic in other words; they come back where somebody else was faster (409)."""
    found, now = _topics(request).filter(pk=pk).first(), timezone.now()
    if found is None:
        return _gone(request)
    meeting = found.meeting
    data = request.POST.copy() if request.method == "POST" else None
    if data is None:
        policies.check_agenda(meeting=meeting, scope=request.scope)
    form = TopicWordsForm(
        data,
        initial={
            "title": found.title,
            "facts": found.facts,
            "meeting": meeting.pk,
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
    found = get_object_or_404(_topics(request), pk=pk)
    try:
        policies.check_agenda(meeting=found.meeting, scope=request.scope)
        _MOVES[slug](topic=found, by=request.user, now=timezone.now())
    except Refusal as refusal:
        say(request, refusal)
    return redirect(f"{reverse('dispatch:meeting', args=[found.meeting_id])}#topic-{pk}")
