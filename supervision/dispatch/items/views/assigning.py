"""Assigning an item, and changing one that waits for its minutes."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.ledger.conflicts import EditConflict
from projects.ledger.models import Project
from projects.ledger.querysets import in_scope
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.accounts.scope import bureau_in
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from supervision.dispatch import policies
from supervision.dispatch.enums import (
    AnswererKind,
    ItemAct,
    ItemOrigin,
    ItemState,
    MeetingState,
    MinutesState,
)
from supervision.dispatch.items import assigning
from supervision.dispatch.items.forms import SECTION, ItemForm
from supervision.dispatch.items.moving import item_seen
from supervision.dispatch.models import DispatchItem, DispatchMeeting, Topic
from supervision.dispatch.pages import BOTH, followers_of, item_of, page, status_of, streets_of

P = Permission


def _options(
    request: SignedIn,
    bureau: Organisation,
    *,
    project: Project | None,
    meeting: DispatchMeeting | None,
    can_wait: bool,
    held: int | None = None,
) -> dict[str, Any]:
    """What the form offers: a project in scope, or that which the item already has (``held``)."""
    today = local_day(timezone.now())
    waits = (
        can_wait
        and meeting is not None
        and not meeting.minutes.filter(state=MinutesState.SIGNED).exists()
    )
    projects = Project.objects.visible_to(request.scope).filter(in_scope(today) | Q(pk=held))
    return {
        "bureau": bureau,
        "streets": streets_of(bureau=bureau),
        "parties": list(project.parties.valid_on(today).order_by("role", "pk")) if project else [],
        "projects": projects,
        "project": project,
        "owners": followers_of(bureau=bureau, today=today),
        "waits": waits,
        "of_meeting": meeting is not None,
    }


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 12 else 0


def _asked(
    request: SignedIn,
) -> tuple[DispatchMeeting | None, Topic | None, Project | None]:
    """The meeting, topic and project that the address names, in sight; 404 for others."""
    meeting = topic = project = None
    if text := request.GET.get("topic", ""):
        rows = Topic.objects.visible_to(request.scope).select_related(
            "meeting__bureau", "project__street", "project__programme", "street"
        )
        topic = get_object_or_404(rows, pk=_number(text))
        meeting, project = topic.meeting, topic.project
    elif text := request.GET.get("meeting", ""):
        meetings = DispatchMeeting.objects.visible_to(request.scope).select_related("bureau")
        meeting = get_object_or_404(meetings, pk=_number(text))
    if code := request.GET.get("project", ""):
        projects = Project.objects.visible_to(request.scope).select_related("street", "programme")
        project = get_object_or_404(projects, code=code)
    return meeting, topic, project


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """Assign an item: of a topic or a meeting that the address names, or by itself."""
    policies.check_write(scope=request.scope)
    bureau, now = bureau_in(request.scope), timezone.now()
    if bureau is None:
        raise Http404("no bureau")
    meeting, topic, project = _asked(request)
    if topic is not None and topic.struck_at is not None and request.method != "POST":
        messages.error(request, f"“{topic.title}”已经删去，先恢复再交办。")
        return redirect("dispatch:meeting", pk=topic.meeting_id)
    if meeting is not None and meeting.state != MeetingState.HELD:
        messages.error(request, "会议召开以后才能交办。")
        return redirect("dispatch:meeting", pk=meeting.pk)
    options = _options(request, bureau, project=project, meeting=meeting, can_wait=True)
    street = (topic.street if topic else None) or (project.street if project else None)
    initial = {
        "origin": ItemOrigin.PHONE,
        "due_on": assigning.usual_due(bureau=bureau, now=now),
        "answerer": f"street:{street.code}" if street else "",
        "owner": request.user.pk,
    }
    form = ItemForm(request.POST if request.method == "POST" else None, initial=initial, **options)
    status = status_of(request)
    if request.method == "POST" and form.is_valid():
        origin = ItemOrigin.MEETING if meeting else ItemOrigin(form.cleaned_data["origin"])
        try:
            made = assigning.assign(
                bureau=bureau,
                origin=origin,
                values=form.values,
                meeting=meeting,
                topic=topic,
                at_once=form.cleaned_data.get("at_once", False),
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, f"已交办 {made.code}。{_next(made)}")
            if meeting is not None:
                return redirect("dispatch:meeting", pk=meeting.pk)
            return redirect("dispatch:item", pk=made.pk)
    crumbs = (
        (meeting.title, reverse("dispatch:meeting", args=[meeting.pk]))
        if meeting
        else ("交办事项", reverse("dispatch:items"))
    )
    context = page(
        request,
        crumbs,
        ("交办", ""),
        form=form,
        title="交办",
        label="交办",
        meeting=meeting,
        topic=topic,
        project=project,
        back_href=crumbs[1],
    )
    return render(request, "dispatch/items/form.html", context, status=status)


def _next(made: DispatchItem) -> str:
    if made.state == ItemState.PLANNED:
        return "纪要签发时生效，责任单位那时签收。"
    return f"等{made.answerer_name}签收。"


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def edit(request: SignedIn, pk: int) -> HttpResponse:
    """Change an item that waits for its minutes."""
    found, now = item_of(request, pk), timezone.now()
    try:
        policies.check_item_act(item=found, act=ItemAct.REVISE, scope=request.scope)
    except StateConflict as conflict:
        if request.method != "POST":
            say(request, conflict)
            return redirect("dispatch:item", pk=pk)
    # The project of an item with a party stays: a party belongs to it.
    project = found.project if found.party_id is not None else None
    options = _options(
        request,
        found.bureau,
        project=project,
        meeting=found.meeting,
        can_wait=False,
        held=found.project_id,
    )
    data = request.POST.copy() if request.method == "POST" else None
    form = ItemForm(data, initial=_initial(found), **options)
    clash: EditConflict | None = None
    status = status_of(request)
    if data is not None and form.is_valid():
        try:
            assigning.revise(
                item=found,
                values=form.values,
                seen=form.cleaned_data["seen_version"] or 0,
                by=request.user,
                now=now,
            )
        except EditConflict as moved:
            clash, status = moved, 409
            data["seen_version"] = str(moved.version)
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, f"{found.code} 已修改。")
            return redirect("dispatch:item", pk=pk)
    context = page(
        request,
        ("交办事项", reverse("dispatch:items")),
        (found.code, reverse("dispatch:item", args=[pk])),
        ("修改", ""),
        form=form,
        title="修改交办事项",
        label="保存",
        item=found,
        meeting=found.meeting,
        topic=found.topic,
        project=project,
        conflict=clash,
        back_href=reverse("dispatch:item", args=[pk]),
    )
    return render(request, "dispatch/items/form.html", context, status=status)


def _initial(found: DispatchItem) -> dict[str, Any]:
    answerer = SECTION
    if found.answerer_kind == AnswererKind.STREET and found.organisation is not None:
        answerer = f"street:{found.organisation.code}"
    elif found.answerer_kind == AnswererKind.PARTY:
        answerer = f"party:{found.party_id}"
    return {
        "project": found.project_id,
        "task": found.task,
        "standard": found.standard,
        "answerer": answerer,
        "section": found.answerer_name if answerer == SECTION else "",
        "co_organisations": list(found.co_organisations.values_list("pk", flat=True)),
        "co_names": found.co_names,
        "due_on": found.due_on,
        "owner": found.owner_id,
        "seen_version": item_seen(item=found),
    }
