"""One return: rows beside last week, state, acts with their consequence, history."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET

from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn, scoped
from renovation.accounts.models import Organisation, named
from renovation.console.pledging.services import standing_of
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.face.values import Cell, Event, Way
from renovation.face.wording import moment
from renovation.intake.fates import Fate, fate_of, pending_of
from renovation.intake.models import Upload
from supervision.weekly.detail import Detail, Row, detail_of, files_of
from supervision.weekly.enums import APPROVED_STATES, FollowUpState, ReturnAct
from supervision.weekly.following.listing import FollowUpLine, of_return
from supervision.weekly.following.policies import ASKABLE, can_ask
from supervision.weekly.guidance import next_step
from supervision.weekly.intake import WEEKLY
from supervision.weekly.models import FormDraft, ReturnEvent, ReturnException, WeeklyReturn
from supervision.weekly.policies import FILLABLE
from supervision.weekly.standing import KIND_OF_STATE
from supervision.weekly.weeks import Phase, WeekMoments, bureau_of, closing_moment, moments_of

from .places import chosen_of, closed_words, crumbs_of, place_of, versions_of


@require_GET
@scoped(Permission.RETURN_READ)
def street_week(request: SignedIn, week_start: str, street: str) -> HttpResponse:
    """One return: rows beside last week, state, acts with their consequence, history."""
    organisation, week = place_of(request, week_start, street)
    now = timezone.now()
    versions = list(versions_of(request, organisation, week))
    latest = versions[0] if versions else None
    shown = chosen_of(request, versions)
    moments = moments_of(bureau=bureau_of(organisation), week=week, now=now)
    closes_at = closing_moment(street=organisation, moments=moments)
    phase = moments.phase(now, closes_at=closes_at)
    detail = detail_of(street=organisation, week=week, weekly_return=shown, now=now)
    may_open = request.scope.can(Permission.RETURN_FILL)
    is_latest = shown == latest
    step = next_step(
        weekly_return=shown,
        detail=detail,
        scope=request.scope,
        phase=phase,
        closed=closed_words(latest, moments, closes_at, now),
        may_open=may_open,
        asks_pledge=may_open and _asks_pledge(request, shown, detail, organisation, now),
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
        "papers": _papers(shown, organisation, week),
        "moments": moments,
        "phase": phase,
        "detail": detail,
        "rows": _rows(request, latest, detail, now),
        "step": step if is_latest else None,
        "absent": "未报" if phase is Phase.CLOSED else "待报",
        "returner": named(shown.sent_back_by, shown.sent_back_for) if shown else "",
        "state_kind": KIND_OF_STATE[shown.state] if shown else "quiet",
        "cells": _cells(shown, moments, closes_at, detail, now),
        "history": [_event(event) for event in reversed(detail.events)],
        "exceptions": ReturnException.objects.visible_to(request.scope)
        .filter(street=organisation, week_start=week.start)
        .select_related("granted_by"),
        "crumbs": [
            *crumbs_of(organisation, week)[:1],
            Way(f"第{week.number}周"),
            Way(organisation.short_name),
        ],
        "files": files_of(detail=detail, scope=request.scope),
        "pending": _pending(request, organisation, week) if is_latest and may_open else [],
        "since": f"{moment(detail.since)} 退回" if detail.since else "",
        "unwritten": _unwritten(request, organisation, week, latest) if step.may_fill else 0,
        "statement": detail.statement,
        "may_grant": request.scope.can(Permission.EXCEPTION_GRANT)
        and moments.is_asked
        and (latest is None or (latest.version == 1 and latest.state not in APPROVED_STATES)),
    }
    return render(request, "weekly/return.html", page)


def _papers(shown: WeeklyReturn | None, street: Organisation, week: Week) -> list[tuple[str, str]]:
    """报送表 of the version on the page: (words of the button, address)."""
    if shown is None:
        return []
    ways = (("报送表 PDF", "weekly:paper"), ("报送表 Excel", "weekly:paper_workbook"))
    return [
        (words, f"{reverse(name, args=[week.key, street.code])}?version={shown.version}")
        for words, name in ways
    ]


def _asks_pledge(
    request: SignedIn,
    shown: WeeklyReturn | None,
    detail: Detail,
    street: Organisation,
    now: datetime,
) -> bool:
    """Whether sending it now asks the reader for 真实性承诺; looked at where it is ready to be sent only."""
    if shown is None or shown.state not in FILLABLE or detail.held:
        return False
    standing = standing_of(user=request.user, bureau=bureau_of(street), now=now)
    return standing is not None and not standing.holds_on(local_day(now))


def _rows(
    request: SignedIn, latest: WeeklyReturn | None, detail: Detail, now: datetime
) -> list[tuple[Row, list[FollowUpLine], str]]:
    """Each row with what was asked about it, and where to ask for who may; one question at a time."""
    if latest is None:
        return [(row, [], "") for row in detail.rows]
    asked = of_return(scope=request.scope, weekly_return=latest, today=local_day(now))
    may_ask = can_ask(scope=request.scope) and latest.state in ASKABLE
    place = (Week.of(latest.week_start).key, latest.street.code)
    found = []
    for row in detail.rows:
        lines = asked.get(row.context.project_id, [])
        settled = all(line.row.state == FollowUpState.CLOSED for line in lines)
        askable = may_ask and settled and row.report is not None
        href = reverse("weekly:follow_up_ask", args=[*place, row.context.code]) if askable else ""
        found.append((row, lines, href))
    return found


def _unwritten(
    request: SignedIn, street: Organisation, week: Week, latest: WeeklyReturn | None
) -> int:
    """In how many projects the reader typed something that is not in the return yet."""
    version = latest.version if latest is not None else 1
    rows = FormDraft.objects.visible_to(request.scope).of(
        street_id=street.pk, week_start=week.start, version=version
    )
    return rows.filter(person=request.user).count()


def _pending(request: SignedIn, street: Organisation, week: Week) -> list[tuple[Upload, Fate]]:
    """The files of the week that wait for a person: the one to be confirmed, and a later one of no use."""
    standing = Upload.objects.visible_to(request.scope).for_target(
        pipeline=WEEKLY.code, organisation_id=street.pk, period_key=week.key
    )
    pending = pending_of(list(standing.standing().select_related("file", "committed_by")))
    found = [pending.waiting, pending.later]
    return [(each, fate_of(each, WEEKLY)) for each in found if each is not None]


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
                "更正报送" if shown.version > 1 else "首次报送",
                moment(shown.first_submitted_at),
                word or ("迟报" if late else "按时"),
                alarm=late and not word,
            )
        )
    if shown.reviewed_at is not None:
        cells.append(
            Cell(
                "街道审核", moment(shown.reviewed_at), named(shown.reviewed_by, shown.reviewed_for)
            )
        )
    if shown.approved_at is not None:
        cells.append(
            Cell(
                "区局核定", moment(shown.approved_at), named(shown.approved_by, shown.approved_for)
            )
        )
    return cells


def _event(event: ReturnEvent) -> Event:
    who = named(event.by, event.stands_for)
    title = f"{ReturnAct(event.act).label}　{who}"
    return Event(label=moment(event.at), title=title, detail=event.comment)
