"""Writing minutes, and the acts on them: submit, send back, sign, correct."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from projects.ledger.conflicts import EditConflict
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.face.refusals import refuse, say
from supervision.dispatch import policies
from supervision.dispatch.enums import ItemState, MinutesAct
from supervision.dispatch.flow import MINUTES
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.meetings.forms import (
    EVERYBODY,
    CommentForm,
    MinutesForm,
    PlainForm,
    SignForm,
    seat_everybody,
)
from supervision.dispatch.meetings.shown import attendance, meeting_blocks
from supervision.dispatch.models import DispatchMeeting, Minutes
from supervision.dispatch.pages import BOTH, mark_of, meeting_of, page, status_of, streets_of

P = Permission


def _newest(meeting: DispatchMeeting) -> Minutes:
    """The highest version; 404 where the meeting was not held."""
    found = meeting.minutes.order_by("-version").first()
    if found is None:
        raise Http404("not held")
    found.meeting = meeting
    return found


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE)
def minutes(request: SignedIn, pk: int) -> HttpResponse:
    """Write the minutes: all of them on one page. Who saves second is told what the first one changed (409); the
    button that seats everybody saves nothing and shows the form again."""
    meeting, now = meeting_of(request, pk), timezone.now()
    found = _newest(meeting)
    data = request.POST.copy() if request.method == "POST" else None
    try:
        policies.check_record(minutes=found, scope=request.scope)
    except Refusal as refusal:
        if data is None or not isinstance(refusal, StateConflict):
            say(request, refusal)
            return redirect("dispatch:meeting", pk=pk)
    organisations = [meeting.bureau, *streets_of(bureau=meeting.bureau)]
    seats = data is not None and EVERYBODY in data
    if data is not None and seats:
        seat_everybody(data, organisations)
        messages.info(
            request, "还没有保存。没有填的单位都填了出席、分管负责人，请假的、换人的改好再保存。"
        )
    form = MinutesForm(
        data,
        values=minuting.values_of(found),
        organisations=organisations,
        topics=list(meeting.topics.select_related("street", "project")),
        seen=minuting.minutes_seen(minutes=found),
    )
    clash: EditConflict | None = None
    status = 200 if seats else status_of(request)
    if data is not None and not seats and form.is_valid():
        try:
            minuting.record(
                minutes=found,
                values=form.values,
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
            messages.success(request, "已保存纪要。")
            return redirect("dispatch:meeting", pk=pk)
    context = page(
        request,
        (meeting.title, reverse("dispatch:meeting", args=[pk])),
        ("记录", ""),
        meeting=meeting,
        minutes=found,
        form=form,
        conflict=clash,
    )
    return render(request, "dispatch/meetings/minutes.html", context, status=status)


_ACTS = {act.value.replace("_", "-"): act for act in MinutesAct}
_FORMS: dict[MinutesAct, Any] = {
    MinutesAct.SUBMIT: PlainForm,
    MinutesAct.SIGN: SignForm,
    MinutesAct.SEND_BACK: CommentForm,
    MinutesAct.CORRECT: CommentForm,
}
_DONE = {
    MinutesAct.SUBMIT: "已提请签发",
    MinutesAct.SIGN: "已签发",
    MinutesAct.SEND_BACK: "已退回修改",
    MinutesAct.CORRECT: "已另起更正稿",
}
_AFTER = {
    MinutesAct.SUBMIT: "等另一人签发。",
    MinutesAct.SIGN: "交办事项已生效，等责任单位签收。",
    MinutesAct.SEND_BACK: "记录人改好后再提请。",
    MinutesAct.CORRECT: "改好后照样提请、签发；签发以前，原纪要有效。",
}


@require_http_methods(BOTH)
@scoped(P.DISPATCH_WRITE, P.DISPATCH_SIGN)
def act(request: SignedIn, pk: int, slug: str) -> HttpResponse:
    """The page that shows once more what is signed, and the act itself."""
    meeting, now = meeting_of(request, pk), timezone.now()
    if slug not in _ACTS:
        raise Http404("no such act")
    found, chosen, posted = _newest(meeting), _ACTS[slug], request.method == "POST"
    try:
        policies.check_minutes_act(minutes=found, act=chosen, scope=request.scope)
    except Refusal as refusal:
        if not posted or not isinstance(refusal, StateConflict):
            say(request, refusal)
            return redirect("dispatch:meeting", pk=pk)
    data = request.POST.copy() if posted else None
    initial = (
        {"seen_version": minuting.signing_seen(minutes=found)} if chosen is MinutesAct.SIGN else {}
    )
    form = _FORMS[chosen](data, initial=initial, use_required_attribute=False)
    if chosen is MinutesAct.CORRECT:
        form.fields["comment"].label = "更正原因"
    label = MINUTES.acts[chosen].label
    clash: EditConflict | None = None
    status = status_of(request)
    if data is not None and form.is_valid():
        try:
            _do(request, found, chosen, form, now)
        except EditConflict as moved:
            clash, status = moved, 409
            data["seen_version"] = str(moved.version)  # what is shown below has been seen
        except Refusal as refusal:
            refuse(form, refusal)
            status = 409 if isinstance(refusal, StateConflict) else 422
        else:
            messages.success(request, f"{found}{_DONE[chosen]}。{_AFTER[chosen]}")
            if chosen is MinutesAct.CORRECT:
                return redirect("dispatch:minutes", pk=pk)
            return redirect("dispatch:meeting", pk=pk)
    blocks = meeting_blocks(
        scope=request.scope,
        meeting=meeting,
        minutes=found,
        today=local_day(now),
        mark=mark_of(request, now),
    )
    waiting = [line for line in blocks.items if line.row.state == ItemState.PLANNED]
    context = page(
        request,
        (meeting.title, reverse("dispatch:meeting", args=[pk])),
        (label, ""),
        meeting=meeting,
        minutes=found,
        form=form,
        conflict=clash,
        title=label,
        label=label,
        look="plain" if chosen is MinutesAct.SEND_BACK else "main",
        consequence=_consequence(chosen, len(waiting)),
        blocks=blocks,
        attendance=attendance(found),
        back_href=reverse("dispatch:meeting", args=[pk]),
    )
    return render(request, "dispatch/meetings/act.html", context, status=status)


def _consequence(chosen: MinutesAct, waiting: int) -> str:
    if chosen is MinutesAct.SIGN:
        items = f"，{waiting} 件交办事项同时生效" if waiting else ""
        return f"签发以后纪要不能再改{items}，街道看得到涉及自己的议定事项和印发的纪要文件。"
    return {
        MinutesAct.SUBMIT: "提请以后纪要和议题不能再改，等另一人签发；要改的由签发人退回。等纪要签发的交办还可以改，改过的签发人先看过才能签发。",
        MinutesAct.SEND_BACK: "退回以后记录人接着改，改好再提请。",
        MinutesAct.CORRECT: "另起一版更正稿，内容照原纪要；原纪要留存不变。交办事项不随纪要更正，在事项页上延期、转交或撤销。",
    }[chosen]


def _do(request: SignedIn, found: Minutes, chosen: MinutesAct, form: Any, now: Any) -> None:
    common: dict[str, Any] = {"minutes": found, "by": request.user, "now": now}
    match chosen:
        case MinutesAct.SUBMIT:
            minuting.submit(**common)
        case MinutesAct.SIGN:
            minuting.sign(seen=form.cleaned_data["seen_version"] or 0, **common)
        case MinutesAct.SEND_BACK:
            minuting.send_back(comment=form.cleaned_data["comment"], **common)
        case _:
            minuting.correct(reason=form.cleaned_data["comment"], **common)
