"""Pages of meetings: the front, planning, one meeting, its picture, holding and calling off."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.timezone import localtime
from django.views.decorators.http import require_GET, require_http_methods

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation
from renovation.accounts.scope import bureau_in
from renovation.core.calendar import local_day, local_moment
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.face.pictures import card_answer
from renovation.face.refusals import refuse, say
from renovation.face.values import Event
from renovation.face.wording import day
from renovation.records.acting import who
from supervision.dispatch import policies
from supervision.dispatch.cards import items_card
from supervision.dispatch.enums import MeetingAct, MeetingState, MinutesAct, MinutesState
from supervision.dispatch.flow import MEETING, MINUTES
from supervision.dispatch.items.listing import ItemTable, lines_of
from supervision.dispatch.meetings import services
from supervision.dispatch.meetings.forms import CallOffForm, HoldForm, MeetingForm, NewMeetingForm
from supervision.dispatch.meetings.shown import (
    attendance,
    copy_text,
    kind_of,
    kinds_in_words,
    meeting_blocks,
    meeting_lines,
    newest_minutes,
    owed_week,
    weeks_to_plan,
    word_of,
)
from supervision.dispatch.models import DispatchItem, DispatchMeeting, MeetingStep, Minutes
from supervision.dispatch.pages import BOTH, mark_of, meeting_of, page, status_of
from supervision.dispatch.section import section_tabs

P = Permission
PAGE = 15


def bureau_of(request: SignedIn) -> Organisation:
    """The bureau whose meetings a scope sees; 404 where there is none."""
    bureau = bureau_in(request.scope)
    if bureau is None:
        raise Http404("no bureau")
    return bureau


def _is_bureau(request: SignedIn) -> bool:
    return request.scope.bureau_id in request.scope.organisation_ids


# -- the front ---------------------------------------------------------------------------------------
@require_GET
@scoped(P.RETURN_READ)
def front(request: SignedIn) -> HttpResponse:
    """周调度: how the items stand, the week that waits for its meeting, the meetings so far."""
    bureau, now = bureau_of(request), timezone.now()
    today = local_day(now)
    meetings = Paginator(
        DispatchMeeting.objects.visible_to(request.scope).select_related("held_by"), PAGE
    ).get_page(request.GET.get("page"))
    table = _open_table(request, now)
    week = Week.of(today)
    done = DispatchItem.objects.visible_to(request.scope).filter(
        done_at__gte=local_moment(week.start, time())
    )
    is_bureau = _is_bureau(request)
    owed = owed_week(bureau=bureau, now=now) if is_bureau else None
    context = page(
        request,
        tabs=section_tabs(scope=request.scope, chosen="dispatch:front"),
        table=table,
        urgent=[
            line for line in table.lines if line.is_overdue or line.is_marked or line.asked_until
        ][:8],
        done_count=done.count(),
        page=meetings,
        lines=meeting_lines(scope=request.scope, meetings=list(meetings.object_list), today=today),
        owed=owed,
        owed_number=str(owed.number) if owed else "",
        can_write=policies.can_write(scope=request.scope),
        is_bureau=is_bureau,
    )
    return render(request, "dispatch/front.html", context)


def _open_table(request: SignedIn, now: datetime) -> ItemTable:
    rows = DispatchItem.objects.visible_to(request.scope).unsettled()
    lines = lines_of(rows=rows, today=local_day(now), mark=mark_of(request, now))
    return ItemTable(tuple(lines))


# -- planning ----------------------------------------------------------------------------------------
@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def new(request: SignedIn) -> HttpResponse:
    """Plan a meeting about a week."""
    policies.check_write(scope=request.scope)
    bureau, now = bureau_of(request), timezone.now()
    weeks = weeks_to_plan(bureau=bureau, now=now)
    if not weeks:
        messages.info(request, "近几周都没有工作日，不开周调度会。")
        return redirect("dispatch:front")
    keys = [week.key for week, _ in weeks]
    free = next((week for week, taken in weeks if not taken), weeks[0][0])
    owed = owed_week(bureau=bureau, now=now)
    asked = request.GET.get("week", "")
    chosen = Week.from_key(asked) if asked in keys else owed or free
    usual = services.usual_values(bureau=bureau, week=chosen, now=now)
    form = NewMeetingForm(
        request.POST if request.method == "POST" else None,
        weeks=[
            (week.key, f"{week.full_label}{'，已有会议' if taken else ''}") for week, taken in weeks
        ],
        again=any(taken for _, taken in weeks),
        initial={
            "week": chosen.key,
            "meets_at": localtime(usual.meets_at),
            "place": usual.place,
            "chair": usual.chair,
        },
    )
    if request.method == "POST" and form.is_valid():
        try:
            made = services.plan(
                bureau=bureau,
                week=Week.from_key(form.cleaned_data["week"]),
                values=form.values,
                extra_reason=form.cleaned_data.get("extra_reason", ""),
                by=request.user,
                now=now,
            )
        except Refusal as refusal:
            refuse(form, refusal)
        else:
            count = made.topics.count()
            messages.success(
                request,
                f"已拟定会议。按本周情况列出 {count} 个议题，可以增删、改写、调整次序。"
                if count
                else "已拟定会议。本周没有要自动列出的议题，请自行添加。",
            )
            return redirect("dispatch:meeting", pk=made.pk)
    context = page(
        request,
        ("拟定会议", ""),
        form=form,
        title="拟定周调度会",
        label="拟定",
        look="main",
        consequence="拟定后，平台按这一周的报送、亮灯、未了事项列出议题，由您增删和调整。",
        back_href=reverse("dispatch:front"),
    )
    return render(request, "dispatch/meetings/form.html", context, status=status_of(request))


# -- one meeting -------------------------------------------------------------------------------------
@require_GET
@scoped(P.RETURN_READ)
def meeting(request: SignedIn, pk: int) -> HttpResponse:
    """A meeting: before it is held its agenda, later its minutes with what was assigned."""
    found, now = meeting_of(request, pk), timezone.now()
    newest = newest_minutes(scope=request.scope, meetings=[found]).get(pk)
    minutes = _version(request, found, newest)
    blocks = meeting_blocks(
        scope=request.scope,
        meeting=found,
        minutes=minutes,
        today=local_day(now),
        mark=mark_of(request, now),
    )
    is_newest = minutes == newest
    attended = attendance(minutes) if minutes is not None else []
    history = found.steps.select_related("by", "stands_for").order_by("-pk")
    context = page(
        request,
        (found.title, ""),
        meeting=found,
        meeting_id=str(pk),
        minutes=minutes,
        topics_title="议题" if minutes is None else "议定事项和交办",
        word=word_of(found, newest),
        kind=kind_of(found, newest),
        blocks=blocks,
        kinds=kinds_in_words(block.topic for block in blocks.topics),
        attendance=attended,
        versions=_versions(request, found, minutes),
        acts=_acts(request, found, newest, now, is_written=bool(attended)) if is_newest else [],
        waits=_waits(request, found, now),
        record_look="plain" if attended else "main",
        may_record=is_newest
        and newest is not None
        and policies.can_record(minutes=newest, scope=request.scope),
        why_not=policies.why_not_sign(minutes=newest, scope=request.scope)
        if newest is not None
        else "",
        may_change=policies.can_change_agenda(meeting=found, scope=request.scope),
        may_assign=found.state == MeetingState.HELD and policies.can_write(scope=request.scope),
        history=[_event(step) for step in history] if _is_bureau(request) else [],
        is_bureau=_is_bureau(request),
        is_signed=minutes is not None and minutes.state == MinutesState.SIGNED,
        copied=copy_text(lines=blocks.items, name=found.name, now=now)
        if _is_bureau(request) and any(line.row.in_force_at for line in blocks.items)
        else "",
        card=items_card(
            title=f"{found.name}交办事项", lines=blocks.items, issuer=found.bureau.name, now=now
        ),
        picture_href=reverse("dispatch:picture", args=[pk]),
    )
    return render(request, "dispatch/meetings/meeting.html", context)


def _version(request: SignedIn, found: DispatchMeeting, newest: Minutes | None) -> Minutes | None:
    """The version that the address asks for, else the newest in sight; 404 for one that is not there."""
    wanted = request.GET.get("version", "")
    if not wanted:
        return newest
    rows = Minutes.objects.visible_to(request.scope).filter(meeting=found)
    for row in rows.select_related("signed_by", "submitted_by", "recorded_by"):
        if str(row.version) == wanted:
            return row
    raise Http404("no such version")


def _versions(
    request: SignedIn, found: DispatchMeeting, shown: Minutes | None
) -> list[tuple[str, str, bool]]:
    rows = Minutes.objects.visible_to(request.scope).filter(meeting=found)
    versions = list(rows.order_by("version").values_list("version", flat=True))
    if len(versions) < 2 or shown is None:
        return []
    return [(f"第{each}版", f"?version={each}", each == shown.version) for each in versions]


def _acts(
    request: SignedIn,
    found: DispatchMeeting,
    newest: Minutes | None,
    now: datetime,
    *,
    is_written: bool,
) -> list[tuple[str, str, str]]:
    """(word, address, look); minutes are the main thing to submit once something stands in them."""
    if newest is not None:
        return [
            (
                MINUTES.act_label(newest.state, act),
                reverse("dispatch:minutes_act", args=[found.pk, act.value.replace("_", "-")]),
                "main"
                if act is MinutesAct.SIGN or (act is MinutesAct.SUBMIT and is_written)
                else "plain",
            )
            for act in policies.minutes_acts(minutes=newest, scope=request.scope)
        ]
    looks = {MeetingAct.HOLD: "main", MeetingAct.CALL_OFF: "danger"}
    return [
        (
            MEETING.act_label(found.state, act),
            reverse("dispatch:meeting_act", args=[found.pk, act.value.replace("_", "-")]),
            looks.get(act, "plain"),
        )
        for act in policies.meeting_acts(meeting=found, scope=request.scope)
        if act is not MeetingAct.HOLD or not services.why_not_hold(meeting=found, now=now)
    ]


def _waits(request: SignedIn, found: DispatchMeeting, now: datetime) -> str:
    """The page on which a meeting is moved, for who could begin it had its moment come; "" for all others."""
    may = MeetingAct.HOLD in policies.meeting_acts(meeting=found, scope=request.scope)
    if not may or not services.why_not_hold(meeting=found, now=now):
        return ""
    return reverse("dispatch:meeting_act", args=[found.pk, MeetingAct.CHANGE.value])


def _event(step: MeetingStep) -> Event:
    title = f"{step.get_act_display()}　{who(step, 'by')}　{localtime(step.at):%H:%M}"
    return Event(label=day(step.at), title=title, detail=step.text)


@require_GET
@scoped(P.RETURN_READ)
def picture(request: SignedIn, pk: int) -> HttpResponse:
    """How the items of a meeting stand, as a picture for the group; the bureau's alone, as the words for it."""
    found, now = meeting_of(request, pk), timezone.now()
    if not _is_bureau(request):
        raise Http404("the bureau's own")
    rows = DispatchItem.objects.visible_to(request.scope).filter(meeting=found)
    lines = lines_of(rows=rows, today=local_day(now), mark=mark_of(request, now))
    return card_answer(
        items_card(title=f"{found.name}交办事项", lines=lines, issuer=found.bureau.name, now=now)
    )


# -- acts --------------------------------------------------------------------------------------------
_ACTS = {act.value.replace("_", "-"): act for act in (MeetingAct.CHANGE, MeetingAct.HOLD, MeetingAct.CALL_OFF)}  # fmt: skip
_CONSEQUENCES = {
    MeetingAct.CHANGE: "街道在会议页上看到新的时间和地点。",
    MeetingAct.HOLD: "开始记录以后，会议编上本年的次数，议题还可以增删；可以记议定事项、交办。",
    MeetingAct.CALL_OFF: "取消以后不能恢复，这一周可以另行拟定；未了事项列入下一次会议。",
}


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def act(request: SignedIn, pk: int, slug: str) -> HttpResponse:
    """Change the plan of a meeting, begin its minutes, or call it off."""
    found, now = meeting_of(request, pk), timezone.now()
    if slug not in _ACTS:
        raise Http404("no such act")
    chosen, posted = _ACTS[slug], request.method == "POST"
    try:
        policies.check_meeting_act(meeting=found, act=chosen, scope=request.scope)
    except Refusal as refusal:
        if not posted or not isinstance(refusal, StateConflict):
            say(request, refusal)
            return redirect("dispatch:meeting", pk=pk)
    if not posted and chosen is MeetingAct.HOLD and services.why_not_hold(meeting=found, now=now):
        return redirect("dispatch:meeting", pk=pk)  # which says from when
    form = _form(request, found, chosen)
    label = MEETING.acts[chosen].label
    status = status_of(request)
    if posted and form.is_valid():
        common: dict[str, Any] = {"meeting": found, "by": request.user, "now": now}
        try:
            if isinstance(form, MeetingForm):
                services.change(values=form.values, **common)
            elif chosen is MeetingAct.HOLD:
                services.hold(recorder=form.cleaned_data["recorder"], **common)
            else:
                services.call_off(reason=form.cleaned_data["reason"], **common)
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            if chosen is MeetingAct.HOLD:
                messages.success(
                    request, f"{found.title}开始记录。记好议定事项和交办，再提请签发。"
                )
                return redirect("dispatch:minutes", pk=pk)
            messages.success(request, f"已{label}。")
            return redirect("dispatch:meeting", pk=pk)
    context = page(
        request,
        (found.title, reverse("dispatch:meeting", args=[pk])),
        (label, ""),
        meeting=found,
        form=form,
        title=label,
        label=label,
        look="danger" if chosen is MeetingAct.CALL_OFF else "main",
        consequence=_CONSEQUENCES[chosen],
        back_href=reverse("dispatch:meeting", args=[pk]),
    )
    return render(request, "dispatch/meetings/form.html", context, status=status)


def _form(request: SignedIn, found: DispatchMeeting, chosen: MeetingAct) -> Any:
    data = request.POST if request.method == "POST" else None
    if chosen is MeetingAct.CHANGE:
        initial = {
            "meets_at": localtime(found.meets_at),
            "place": found.place,
            "chair": found.chair,
        }
        return MeetingForm(data, initial=initial, use_required_attribute=False)
    if chosen is MeetingAct.HOLD:
        return HoldForm(data, initial={"recorder": str(request.user)}, use_required_attribute=False)
    return CallOffForm(data, use_required_attribute=False)
