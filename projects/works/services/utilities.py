"""Plans of the utilities: entered, changed, coordinated, begun, finished or withdrawn."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.ledger.conflicts import check_seen
from projects.ledger.models import Project
from projects.ledger.passing import changed_fields
from projects.works.enums import UtilityAct
from projects.works.flows import UTILITY
from projects.works.models import Coordination, UtilityPlan
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.services import audit, keep_file

from .items import lock


@transaction.atomic
def save_plan(
    *,
    project: Project,
    values: Mapping[str, Any],
    by: User,
    now: datetime,
    plan: UtilityPlan | None = None,
    file: NewFile | None = None,
    seen_version: int | None = None,
) -> UtilityPlan:
    """Enter a plan, or change one that is not over. Refuses an estate of another project
    (``utility.estate``), a plan that ends before it starts (``utility.period``), a change of what is done
    or withdrawn (``StateConflict``), and where somebody changed it since ``seen_version`` (``EditConflict``)."""
    lock(project)
    row = plan or UtilityPlan(project=project)
    if plan is not None:
        plan.refresh_from_db()
        if plan.state in UTILITY.final:
            raise StateConflict(
                f"这个计划已{plan.get_state_display()}，不能再改。", state=plan.state
            )
        if seen_version is not None:
            check_seen(row=plan, seen_version=seen_version, noun="计划")
    estate = values.get("estate")
    if estate is not None and estate.project_id != project.pk:
        raise Refusal("utility.estate", "这个小区不在本项目里。", field="estate")
    if values["planned_to"] < values["planned_from"]:
        raise Refusal("utility.period", "计划完成不能早于计划开始。", field="planned_to")
    stored = keep_file(file=file, organisation=project.street, by=by, now=now)
    new = {**values, **({"file": stored} if stored else {})}
    changes = changed_fields(row, new)
    if plan is not None and not changes:
        return row
    for name, value in new.items():
        setattr(row, name, value)
    if plan is not None:
        row.version += 1
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    audit(
        act="utility.update" if plan else "utility.create",
        sentence=f"{'修改' if plan else '登记'}{project}管线计划“{row}”",
        by=by,
        now=now,
        target=row,
        organisation=project.street,
        changes=changes,
    )
    return row


@transaction.atomic
def coordinate(
    *,
    plan: UtilityPlan,
    held_on: date,
    participants: str,
    agreed: str,
    file: NewFile | None,
    permissions: Collection[str],
    by: User,
    now: datetime,
) -> Coordination:
    """Record a coordination; the plan counts as coordinated from then. Refuses a day in the future
    (``utility.future``) and what the table refuses."""
    lock(plan.project)
    plan.refresh_from_db()
    transition = UTILITY.check(plan.state, UtilityAct.COORDINATE, permissions)
    if held_on > local_day(now):
        raise Refusal("utility.future", "日期不能晚于今天。", field="held_on")
    row = Coordination.objects.create(
        plan=plan,
        held_on=held_on,
        participants=participants.strip(),
        agreed=agreed.strip(),
        file=keep_file(file=file, organisation=plan.project.street, by=by, now=now),
        recorded_by=by,
        recorded_at=now,
    )
    _move(plan, UtilityAct.COORDINATE, transition.to, by=by, now=now, note=agreed, fields={})
    return row


@transaction.atomic
def act_on_plan(
    *,
    plan: UtilityPlan,
    act: UtilityAct,
    occurred_on: date | None,
    permissions: Collection[str],
    by: User,
    now: datetime,
    note: str = "",
) -> UtilityPlan:
    """Begin, finish or withdraw a plan. Refuses what the table refuses, a day in the future
    (``utility.future``), none where one is needed (``utility.day``), and an end before the beginning
    (``utility.order``)."""
    lock(plan.project)
    plan.refresh_from_db()
    transition = UTILITY.check(plan.state, act, permissions, note)
    fields: dict[str, Any] = {}
    if act in (UtilityAct.START, UtilityAct.FINISH):
        if occurred_on is None:
            raise Refusal("utility.day", "日期未填。", field="occurred_on")
        if occurred_on > local_day(now):
            raise Refusal("utility.future", "日期不能晚于今天。", field="occurred_on")
        if act == UtilityAct.FINISH and plan.started_on and occurred_on < plan.started_on:
            raise Refusal(
                "utility.order",
                f"完成不能早于开始施工（{chinese_date(plan.started_on)}）。",
                field="occurred_on",
            )
        fields = {"started_on" if act == UtilityAct.START else "finished_on": occurred_on}
    if act == UtilityAct.WITHDRAW:
        fields = {"withdrawal_reason": note.strip()}
    return _move(plan, act, transition.to, by=by, now=now, note=note, fields=fields)


def _move(
    plan: UtilityPlan,
    act: UtilityAct,
    to: str,
    *,
    by: User,
    now: datetime,
    note: str,
    fields: Mapping[str, Any],
) -> UtilityPlan:
    """Change the state; the caller holds the project's lock and has read the present one under it."""
    before = plan.state
    for name, value in {**fields, "state": to}.items():
        setattr(plan, name, value)
    plan._history_user = by  # type: ignore[attr-defined]
    plan.save(update_fields=[*fields, "state"])
    audit(
        act=f"utility.{act}",
        sentence=f"{plan.project}管线计划“{plan}”{UTILITY.act_label(before, act)}",
        by=by,
        now=now,
        target=plan,
        organisation=plan.project.street,
        reason=note,
        changes={
            "state": [before, to],
            **{name: [None, str(value)] for name, value in fields.items()},
        },
    )
    return plan
