"""Notices: drafted, published with what the ledger says that day, concluded after their period, withdrawn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import IntegrityError, models, transaction

from projects.ledger.editing import save_row
from projects.ledger.models import Project
from projects.residents import policies
from projects.residents.enums import NoticeAct, NoticePoint, NoticeState
from projects.residents.flows import NOTICE
from projects.residents.models import Notice
from projects.residents.parameters import PERIODS
from projects.residents.register import last_day
from projects.residents.telling import lacks
from projects.residents.told import told_of
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date, join
from renovation.records.services import audit, keep_file, values_in_force, work_calendar


def lock(project_id: int) -> None:
    """Writers of one project's notices stand in line."""
    Project.objects.select_for_update().get(pk=project_id)


def shortest(*, project: Project, point: NoticePoint, on: date) -> int:
    """The least working days that a notice at a point hangs."""
    values = values_in_force(organisation=project.programme.bureau, on=on)
    return int(values[PERIODS[point].key])


def next_number(*, project: Project, point: str, node: str) -> int:
    """1 for the first that hangs, 2 for the next."""
    rows = Notice.objects.filter(project=project, point=point, node=node)
    newest: int | None = rows.exclude(posted_on=None).aggregate(most=models.Max("number"))["most"]
    return (newest or 0) + 1


@transaction.atomic
def save_draft(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Mapping[str, Sequence[models.Model]] | None = None,
    reason: str = "",
) -> models.Model:
    """Add a draft or change one, as ``ledger.editing.save_row``. Refuses a second draft or a draft beside one
    that hangs (``notice.twice``), and raises StateConflict for what was published meanwhile."""
    if not isinstance(row, Notice):
        raise TypeError("a notice is drafted")
    lock(row.project_id)
    if row._state.adding:
        row.drafted_by, row.drafted_at = by, now
    else:
        state = Notice.objects.values_list("state", flat=True).get(pk=row.pk)
        if state != NoticeState.DRAFT:
            raise Refusal("notice.published", "这份公示已经发布或作废，不能再修改，请另拟一版。")
    others = Notice.objects.filter(project_id=row.project_id, point=row.point, node=row.node)
    found = others.exclude(pk=row.pk).exclude(state=NoticeState.WITHDRAWN).first()
    if found is not None:
        raise Refusal(
            "notice.twice",
            f"“{found.subject}”已有一份{found.get_state_display()}的公示；内容变了的，先撤回它再拟新的一版。",
            field="node" if row.node else None,
        )
    row.number = next_number(project=row.project, point=row.point, node=row.node)
    return save_row(
        row=row,
        organisation=organisation,
        of=of,
        by=by,
        now=now,
        seen_version=seen_version,
        file=file,
        related=related,
        reason=reason,
    )


def _present(notice: Notice, act: NoticeAct, scope: Scope, comment: str = "") -> Notice:
    """The notice as it stands under the project's lock, where the table has the act for this person."""
    lock(notice.project_id)
    present = Notice.objects.select_for_update().get(pk=notice.pk)
    NOTICE.check(present.state, act, scope.permissions, comment)
    return present


def _write(notice: Notice, present: Notice, by: User, names: Sequence[str]) -> None:
    """Save some fields of a locked notice with its history, and take them over into what the page holds."""
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present.save(update_fields=[*names, "version"])
    notice.refresh_from_db()


@transaction.atomic
def publish(
    *,
    notice: Notice,
    posted_on: date,
    scope: Scope,
    by: User,
    now: datetime,
    photo: NewFile | None = None,
) -> Notice:
    """Put a draft on the wall: from now on its words are fixed, with what the ledger says on ``posted_on``.

    Refuses a day in the future (``notice.future``) or before the project was approved (``notice.early``), a
    period below the bureau's minimum (``notice.period``), no channel (``notice.channels``), a scheme without
    its plan (``notice.plan``), and where residents are told who builds no contractor, none who answers for the site
    or no supervisor (``notice.contractor``, ``notice.manager``, ``notice.supervisor``; CAPABILITIES.md W33); raises
    Forbidden for who drafted it.
    """
    present = _present(notice, NoticeAct.PUBLISH, scope)
    policies.check_publish(notice=present, scope=scope)
    project = present.project
    point = NoticePoint(present.point)
    if posted_on > local_day(now):
        raise Refusal("notice.future", "张贴日期不能晚于今天。", field="posted_on")
    if not present.channels:
        raise Refusal("notice.channels", "公示渠道没有选，请先修改草稿。")
    in_force = values_in_force(organisation=project.programme.bureau, on=posted_on)
    least = int(in_force[PERIODS[point].key])
    if present.period_days < least:
        raise Refusal(
            "notice.period",
            f"“{point.label}”至少公示 {least} 个工作日，草稿写的是 {present.period_days} 个，请先修改草稿。",
        )
    if point is NoticePoint.SCHEME and present.file_id is None:
        raise Refusal("notice.plan", "方案公示须附总平面图，请先在草稿里上传。")
    told = told_of(project=project, on=posted_on, tells_investment=present.tells_investment)
    lacking = lacks(told=told, point=point, values=in_force)
    if lacking:
        raise Refusal(
            f"notice.{lacking[0].code}",
            f"台账里 {chinese_date(posted_on)} {join(each.sentence for each in lacking)}，"
            "请先登记参建单位。",
            field="posted_on",
        )
    present.told = told.as_json()
    present.number = next_number(project=project, point=present.point, node=present.node)
    present.posted_on = posted_on
    present.closes_on = work_calendar().add_workdays(posted_on, present.period_days)
    present.published_by, present.published_at = by, now
    present.photo = keep_file(file=photo, organisation=project.street, by=by, now=now)
    present.state = NoticeState.PUBLISHED
    try:
        with transaction.atomic():
            _write(
                notice,
                present,
                by,
                [
                    "told",
                    "number",
                    "posted_on",
                    "closes_on",
                    "published_by",
                    "published_at",
                    "photo",
                    "state",
                ],
            )
    except IntegrityError as error:
        raise StateConflict(
            "同一节点已有一份公示挂出，请看现在的状态。", state=present.state
        ) from error
    audit(
        act="notice.publish",
        sentence=f"发布{project}的{notice}，{chinese_date(posted_on)}张贴，{chinese_date(present.closes_on)}期满",
        by=by,
        now=now,
        target=notice,
        organisation=project.street,
        changes={"state": ["draft", "published"], "closes_on": [None, str(notice.closes_on)]},
    )
    return notice


@transaction.atomic
def add_photo(*, notice: Notice, photo: NewFile, by: User, now: datetime) -> Notice:
    """Attach the photograph of the notice on the wall, once. Refuses where it does not hang
    (``notice.not_up``) or has one (``notice.photo_once``)."""
    lock(notice.project_id)
    present = Notice.objects.select_for_update().get(pk=notice.pk)
    if present.state != NoticeState.PUBLISHED:
        raise Refusal("notice.not_up", "只有公示中的才能补张贴照片。", field="photo")
    if present.photo_id is not None:
        raise Refusal("notice.photo_once", "张贴照片已经有了，不能替换。", field="photo")
    present.photo = keep_file(file=photo, organisation=present.project.street, by=by, now=now)
    _write(notice, present, by, ["photo"])
    audit(
        act="notice.photo",
        sentence=f"补{notice.project}{notice}的张贴照片",
        by=by,
        now=now,
        target=notice,
        organisation=notice.project.street,
        changes={"photo": [None, str(notice.photo_id)]},
    )
    return notice


@transaction.atomic
def conclude(
    *,
    notice: Notice,
    concluded_on: date,
    conclusion: str,
    scope: Scope,
    by: User,
    now: datetime,
    photo: NewFile | None = None,
) -> Notice:
    """End a notice whose period is over and whose objections are all answered.

    Refuses a day in the future (``notice.future``), one within the period (``notice.running``), an objection
    that is open or was answered later (``notice.objections``), no photograph of the wall (``notice.photo``), no
    result (``notice.conclusion``).
    """
    present = _present(notice, NoticeAct.CONCLUDE, scope)
    if concluded_on > local_day(now):
        raise Refusal("notice.future", "结束日期不能晚于今天。", field="concluded_on")
    last = last_day(notice=present, calendar=work_calendar())
    if last is None or concluded_on <= last:
        raise Refusal(
            "notice.running",
            f"公示期到 {chinese_date(last)} 届满，次日起才能结束。" if last else "公示还没有张贴。",
            field="concluded_on",
            found=chinese_date(concluded_on),
        )
    rows = list(present.objections.all())
    open_ = [row for row in rows if not row.outcome]
    if open_:
        raise Refusal("notice.objections", f"还有 {len(open_)} 条异议没有答复，答复后才能结束。")
    late = [
        (row, row.answered_on) for row in rows if row.answered_on and row.answered_on > concluded_on
    ]
    if late:
        row, answered_on = late[0]
        raise Refusal(
            "notice.objections",
            f"{row}到 {chinese_date(answered_on)} 才答复，结束日期不能更早。",
            field="concluded_on",
        )
    if not conclusion.strip():
        raise Refusal("notice.conclusion", "公示结果未填。", field="conclusion")
    if photo is not None and present.photo_id is None:
        present.photo = keep_file(file=photo, organisation=present.project.street, by=by, now=now)
    if present.photo_id is None:
        raise Refusal("notice.photo", "结束公示须有张贴照片。", field="photo")
    present.state = NoticeState.CONCLUDED
    present.concluded_on, present.conclusion = concluded_on, conclusion.strip()
    present.concluded_by, present.concluded_at = by, now
    names = ["state", "photo", "concluded_on", "conclusion", "concluded_by", "concluded_at"]
    _write(notice, present, by, names)
    audit(
        act="notice.conclude",
        sentence=f"结束{notice.project}的{notice}，异议 {len(rows)} 条已全部答复",
        by=by,
        now=now,
        target=notice,
        organisation=notice.project.street,
        changes={"state": ["published", "concluded"], "concluded_on": [None, str(concluded_on)]},
    )
    return notice


@transaction.atomic
def withdraw(*, notice: Notice, reason: str, scope: Scope, by: User, now: datetime) -> Notice:
    """Take a notice down, or give a draft up; the reason is kept. A draft is given up by who wrote it too."""
    present = _present(notice, NoticeAct.WITHDRAW, scope, reason)
    before = present.state
    present.state = NoticeState.WITHDRAWN
    present.withdrawn_reason = reason.strip()
    present.withdrawn_by, present.withdrawn_at = by, now
    _write(notice, present, by, ["state", "withdrawn_reason", "withdrawn_by", "withdrawn_at"])
    audit(
        act="notice.withdraw",
        sentence=f"{NOTICE.act_label(before, NoticeAct.WITHDRAW)}：{notice.project}的{notice}",
        by=by,
        now=now,
        target=notice,
        organisation=notice.project.street,
        reason=reason,
        changes={"state": [before, "withdrawn"]},
    )
    return notice


@transaction.atomic
def draft_again(*, notice: Notice, scope: Scope, by: User, now: datetime) -> Notice:
    """A draft of the next version with the words of one that was withdrawn. Refuses where another stands
    (``notice.twice``), one that was not withdrawn (``notice.not_withdrawn``); raises Forbidden for who may not
    draft."""
    if not policies.can_write(scope=scope):
        raise Forbidden("公示由街道或区局拟定。")
    lock(notice.project_id)
    notice.refresh_from_db()
    if notice.state != NoticeState.WITHDRAWN:
        raise Refusal("notice.not_withdrawn", "先撤回现在这一版，再拟新的一版。")
    copied = Notice(
        project=notice.project,
        point=notice.point,
        node=notice.node,
        body=notice.body,
        file=notice.file,
        tells_investment=notice.tells_investment,
        period_days=notice.period_days,
        channels=list(notice.channels),
        place=notice.place,
        feedback=notice.feedback,
    )
    save_draft(
        row=copied,
        organisation=notice.project.street,
        of=str(notice.project),
        by=by,
        now=now,
    )
    return copied
