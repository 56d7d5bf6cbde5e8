"""Drafting, reporting and deciding applications; linking a 下达 to the application that it came from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.funding.enums import (
    ApplicationAct,
    ApplicationFileKind,
    ApplicationState,
    EventState,
    Stage,
)
from projects.funding.models import (
    Application,
    ApplicationFile,
    ApplicationItem,
    FundingEvent,
    FundingSource,
    GrantedAllocation,
)
from projects.funding.services import lock, wanyuan
from projects.ledger.models import Project
from projects.ledger.trail import Redrafted
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.records.acting import hands
from renovation.records.services import audit, keep_file

from .changed import changes_since
from .flow import FLOW
from .granted import check_granted


@dataclass(frozen=True, slots=True)
class ApplicationValues:
    """What a person says of an application: the fund, its title, what is asked (分) for each project."""

    source: FundingSource
    title: str
    asked: Mapping[Project, int]
    note: str = ""


@transaction.atomic
def draft_application(
    *, bureau: Organisation, values: ApplicationValues, by: User, now: datetime
) -> Application:
    """Draft an application. Refuses a package without project (``funding.application.empty``), a project of
    another bureau (``funding.application.other``) and amounts that ask for nothing (``funding.amount``)."""
    _check_package(bureau, values)
    application = Application.objects.create(
        bureau=bureau,
        source=values.source,
        title=values.title,
        note=values.note,
        drafted_by=by,
        drafted_at=now,
    )
    _write_items(application, values)
    _audit(application, "draft", "拟报", by=by, now=now, changes=_package(values))
    return application


@transaction.atomic
def change_application(
    *, application: Application, values: ApplicationValues, version: int, by: User, now: datetime
) -> Application:
    """Change a draft. Refuses what was reported already (``StateConflict``), and what somebody else has changed since
    ``version`` (``Redrafted``, with who changed what)."""
    locked = _lock(application)
    if locked.state != ApplicationState.DRAFT:
        raise StateConflict("只有拟报的申请能修改，已报的先撤回。", state=locked.state)
    if locked.version != version:
        told, stood = changes_since(application=locked, version=version)
        raise Redrafted(
            "您打开表单后，别人改过这份申请。请看下面的改动，再决定是否保存。",
            changes=told,
            version=locked.version,
            words=stood,
        )
    _check_package(locked.bureau, values)
    before = {item.project.code: item.asked_fen for item in locked.items.select_related("project")}
    words = {
        name: [str(old), str(new)]
        for name, old, new in (
            ("source", locked.source, values.source),
            ("title", locked.title, values.title),
            ("note", locked.note, values.note),
        )
        if str(old) != str(new)
    }
    locked.source, locked.title, locked.note = values.source, values.title, values.note
    locked.version += 1
    locked.save(update_fields=["source", "title", "note", "version"])
    locked.items.all().delete()
    _write_items(locked, values)
    _audit(
        locked,
        "change",
        "修改",
        by=by,
        now=now,
        changes=words | {"items": [before, _asked(values)]},
    )
    return locked


@transaction.atomic
def report_application(
    *,
    application: Application,
    reported_on: date,
    document_number: str,
    file: NewFile | None,
    by: User,
    now: datetime,
) -> Application:
    """Enter that the application was sent, by which document. Refuses without number
    (``funding.application.number``) and a day in the future (``funding.future``)."""
    locked = _lock(application)
    state = FLOW.next(locked.state, ApplicationAct.REPORT)
    if not document_number.strip():
        raise Refusal("funding.application.number", "申报文号未填。", field="document_number")
    _refuse_future(reported_on, now, "reported_on")
    _keep(locked, ApplicationFileKind.ASKED, file, by=by, now=now)
    return _move(
        locked,
        state,
        ApplicationAct.REPORT,
        by=by,
        now=now,
        reported_on=reported_on,
        document_number=document_number.strip(),
        reported_by=by,
    )


@transaction.atomic
def take_back(*, application: Application, comment: str, by: User, now: datetime) -> Application:
    """Take a reported application back to draft with a reason (``comment.missing``)."""
    locked = _lock(application)
    state = FLOW.next(locked.state, ApplicationAct.TAKE_BACK)
    _refuse_silence(comment, "撤回")
    return _move(
        locked, state, ApplicationAct.TAKE_BACK, by=by, now=now, reason=comment,
        reported_on=None, reported_by=None,
    )  # fmt: skip


@transaction.atomic
def grant_application(
    *,
    application: Application,
    granted: Mapping[int, int],
    decided_on: date,
    decision_number: str,
    file: NewFile | None,
    by: User,
    now: datetime,
) -> Application:
    """Enter what was granted (分 by project id; what is not named gets 0) by which document; immutable then.

    Refuses who reported it (``Forbidden``), without number (``funding.application.number``), a day before the
    report or in the future (``funding.application.day``, ``funding.future``), nothing for anybody
    (``funding.application.nothing``) and a project that is not in the package (``funding.application.other``).
    """
    locked = _lock(application)
    state = FLOW.next(locked.state, ApplicationAct.GRANT)
    _refuse_reporter(locked, by)
    if not decision_number.strip():
        raise Refusal("funding.application.number", "批复文号未填。", field="decision_number")
    _check_day(locked, decided_on, now)
    items = {item.project_id: item for item in locked.items.all()}
    if set(granted) - set(items):
        raise Refusal("funding.application.other", "批复的项目不在这份申请里。")
    if any(amount < 0 for amount in granted.values()):
        raise Refusal("funding.amount", "批复金额不能是负数。")
    if not sum(granted.values()):
        raise Refusal("funding.application.nothing", "没有批复金额的，请登记未获批。")
    for project_id, item in items.items():
        item.granted_fen = granted.get(project_id, 0)
        item.save(update_fields=["granted_fen"])
    _keep(locked, ApplicationFileKind.DECISION, file, by=by, now=now)
    return _move(
        locked,
        state,
        ApplicationAct.GRANT,
        by=by,
        now=now,
        decided_on=decided_on,
        decision_number=decision_number.strip(),
        decided_by=by,
        decided_at=now,
    )


@transaction.atomic
def refuse_application(
    *,
    application: Application,
    decided_on: date,
    decision_number: str,
    comment: str,
    file: NewFile | None,
    by: User,
    now: datetime,
) -> Application:
    """Enter that nothing was granted, and why (``comment.missing``); otherwise as `grant_application`."""
    locked = _lock(application)
    state = FLOW.next(locked.state, ApplicationAct.REFUSE)
    _refuse_reporter(locked, by)
    _refuse_silence(comment, "登记未获批")
    _check_day(locked, decided_on, now)
    locked.items.update(granted_fen=0)
    _keep(locked, ApplicationFileKind.DECISION, file, by=by, now=now)
    return _move(
        locked,
        state,
        ApplicationAct.REFUSE,
        by=by,
        now=now,
        reason=comment,
        decided_on=decided_on,
        decision_number=decision_number.strip(),
        refusal_reason=comment.strip(),
        decided_by=by,
        decided_at=now,
    )


@transaction.atomic
def add_file(
    *,
    application: Application,
    kind: ApplicationFileKind,
    file: NewFile,
    by: User,
    now: datetime,
) -> None:
    """Keep one more paper of an application; also after the decision, whose scan may come late."""
    locked = _lock(application)
    _keep(locked, kind, file, by=by, now=now)
    _audit(locked, "file", f"补充{kind.label}", by=by, now=now)


# -- what came of it ---------------------------------------------------------------------------------
def linkable(*, application: Application) -> list[FundingEvent]:
    """The 下达 that may have come from a granted application: of its fund and projects, on or after the decision,
    of no other application."""
    if application.state != ApplicationState.GRANTED or application.decided_on is None:
        return []
    rows = FundingEvent.objects.filter(
        project__in=application.items.values("project"),
        source=application.source_id,
        stage=Stage.ALLOCATED,
        corrects=None,
        occurred_on__gte=application.decided_on,
        granted_allocation=None,
    ).exclude(state=EventState.REJECTED)
    return list(rows.select_related("project", "source"))


@transaction.atomic
def link_allocation(
    *, application: Application, event: FundingEvent, by: User, now: datetime
) -> GrantedAllocation:
    """Say that a 下达 came from a granted application.

    Refusals: an application that is not granted (``StateConflict``), an event of another fund, project or stage, of
    a day before the decision, or rejected (``funding.application.event``), one that is linked already
    (``funding.application.linked``), and more than was granted for the project (``funding.application.over``).
    """
    lock(
        project=event.project
    )  # two applications may ask for one event, and it may be corrected meanwhile
    event.refresh_from_db()
    locked = _lock(application)
    if locked.state != ApplicationState.GRANTED:
        raise StateConflict("只有批复的申请才关联下达。", state=locked.state)
    if GrantedAllocation.objects.filter(event=event).exists():
        raise Refusal("funding.application.linked", "这笔下达已经关联了申请。", field="event")
    if event not in linkable(application=locked):
        raise Refusal(
            "funding.application.event",
            "这笔下达的来源、项目或日期与申请不符，不能关联。",
            field="event",
        )
    link = GrantedAllocation.objects.create(
        application=locked, event=event, linked_by=by, linked_at=now
    )
    check_granted(event=event, field="event")
    _audit(
        locked, "link", f"关联“{event.project}”下达 {wanyuan(event.amount_fen)}，", by=by, now=now
    )
    return link


@transaction.atomic
def unlink_allocation(*, link: GrantedAllocation, reason: str, by: User, now: datetime) -> None:
    """Take a mistaken link away with a reason (``funding.reason``); the 下达 itself stays."""
    locked = _lock(link.application)
    if not reason.strip():
        raise Refusal("funding.reason", "取消关联须写明原因。", field="reason")
    event = link.event
    link.delete()
    _audit(
        locked,
        "unlink",
        f"取消关联“{event.project}”下达 {wanyuan(event.amount_fen)}，",
        by=by,
        now=now,
        reason=reason,
    )


# -- inside ------------------------------------------------------------------------------------------
def _lock(application: Application) -> Application:
    """Writers of one application stand in line."""
    return Application.objects.select_for_update().get(pk=application.pk)


def _move(
    application: Application,
    state: str,
    act: ApplicationAct,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    **values: Any,
) -> Application:
    before = application.state
    changed = Application.objects.filter(pk=application.pk, state=before).update(
        state=state, version=application.version + 1, **values
    )
    if not changed:
        application.refresh_from_db()
        raise StateConflict(FLOW.refusal(application.state, act), state=application.state)
    application.refresh_from_db()
    _audit(
        application,
        act,
        FLOW.act_label(before, act),
        by=by,
        now=now,
        reason=reason,
        changes={"state": [before, state]},
    )
    return application


def _audit(
    application: Application,
    act: str,
    word: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    audit(
        act=f"funding.application.{act}",
        sentence=f"{word}上级资金申请“{application}”",
        by=by,
        now=now,
        target=application,
        organisation=application.bureau,
        reason=reason,
        changes=changes,
    )


def _check_package(bureau: Organisation, values: ApplicationValues) -> None:
    if not values.asked:
        raise Refusal("funding.application.empty", "至少给一个项目填申请金额。")
    if any(amount <= 0 for amount in values.asked.values()):
        raise Refusal("funding.amount", "申请金额须大于 0，不申请的不填。")
    if any(project.programme.bureau_id != bureau.pk for project in values.asked):
        raise Refusal("funding.application.other", "只能给本区的项目申请。")


def _write_items(application: Application, values: ApplicationValues) -> None:
    ApplicationItem.objects.bulk_create(
        ApplicationItem(application=application, project=project, asked_fen=amount)
        for project, amount in values.asked.items()
    )


def _asked(values: ApplicationValues) -> dict[str, int]:
    return {project.code: amount for project, amount in values.asked.items()}


def _package(values: ApplicationValues) -> dict[str, Any]:
    return {"source": [None, values.source.code], "items": [None, _asked(values)]}


def _keep(
    application: Application,
    kind: ApplicationFileKind,
    file: NewFile | None,
    *,
    by: User,
    now: datetime,
) -> None:
    stored = keep_file(file=file, organisation=application.bureau, by=by, now=now)
    if stored is not None:
        ApplicationFile.objects.create(application=application, kind=kind, file=stored)


def _refuse_future(day: date, now: datetime, field: str) -> None:
    if day > local_day(now):
        raise Refusal("funding.future", "日期不能晚于今天。", field=field)


def _check_day(application: Application, day: date, now: datetime) -> None:
    _refuse_future(day, now, "decided_on")
    if application.reported_on is not None and day < application.reported_on:
        raise Refusal("funding.application.day", "批复日期不能早于申报日期。", field="decided_on")


def _refuse_reporter(application: Application, by: User) -> None:
    if hands(application, "reported_by") & by.persons:
        raise Forbidden("登记申报的人不能自己登记结果。")


def _refuse_silence(comment: str, label: str) -> None:
    if not comment.strip():
        raise Refusal("comment.missing", f"{label}时请写明原因。", field="comment")
