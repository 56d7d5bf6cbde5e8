"""Writing a roster: new and changed projects, estates and draft plans, each by the service that any page
uses, in the running transaction and with its own audit entry."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from projects.ledger.editing import save_row
from projects.ledger.models import Estate, Project
from projects.ledger.replanning import replan
from projects.ledger.services import create_project, propose_entry, update_project
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.wording import join
from renovation.intake.pipelines import Row, Taken

from .columns import BY_FIELD
from .context import (
    TYPES,
    Group,
    Known,
    Roster,
    changed_of_plan,
    groups_of,
    plan_changes,
    plan_of,
)

#: Field of a row → field of the estate.
_ESTATE = ("address", "year_built", "building_count", "household_count", "area_sqm")


def write_roster(*, taken: Sequence[Taken], roster: Roster, by: User, now: datetime) -> None:
    """Write the rows that were let in; what the ledger says already is not written again.

    An empty cell takes nothing away. A plan is drafted for a new project that has one, and for a known one
    whose plan differs: that one departs from the plan in force, says otherwise only what the file says, and is
    a change. Another person approves both. Refuses a new project whose name stands in a row that was
    held back (``roster.held``).
    """
    explanations = {each.row.number: each.explanation for each in taken}
    for group in groups_of(each.row for each in taken):
        known = roster.projects.get(group.code)
        project = _project(group, known, roster, by=by, now=now)
        for row in group.rows:
            if row.values.get("estate"):
                _estate(row, project, roster, by=by, now=now)
        if plan_changes(group, known):
            given = [explanations[row.number] for row in group.rows if explanations[row.number]]
            reason = "；".join(dict.fromkeys(given))
            _plan(group, project, known, reason, by=by, now=now)


def _project(
    group: Group, known: Known | None, roster: Roster, *, by: User, now: datetime
) -> Project:
    values: dict[str, Any] = {
        name: str(group.value(name))
        for name in ("name", "plan_code", "budget_code", "note")
        if group.value(name) is not None
    }
    street = roster.streets.get(str(group.value("street") or ""))
    if street is not None and (known is None or not known.is_settled):
        values["street"] = street
    if (kind := TYPES.get(str(group.value("renovation_type") or ""))) is not None:
        values["renovation_type"] = kind.value
    approved_on = group.value("approved_on")
    if known is not None:
        project = update_project(
            project=known.project,
            values=values,
            seen_version=known.project.version,
            reason="年度计划导入",
            by=by,
            now=now,
        )
        if isinstance(approved_on, date) and not known.is_settled:
            propose_entry(project=project, approved_on=approved_on, by=by, now=now)
        return project
    if roster.programme is None or "name" not in values or "street" not in values:
        raise Refusal(
            "roster.held",
            f"项目 {group.code}（{_rows_of(group)}）的名称和街道在暂留的行里，请把这个项目的各行一起接收，或一起暂留。",
        )
    return create_project(
        values={
            "code": group.code,
            "programme": roster.programme,
            "approved_on": approved_on
            if isinstance(approved_on, date)
            else roster.programme.approved_on,
            **values,
        },
        by=by,
        now=now,
    )


def _rows_of(group: Group) -> str:
    return f"第 {join(str(row.number) for row in group.rows)} 行"


def _estate(row: Row, project: Project, roster: Roster, *, by: User, now: datetime) -> None:
    estate = roster.estate_of(row) or Estate(project=project)
    seen_version = estate.version
    estate.name = str(row.values["estate"])
    for name in _ESTATE:
        if row.values.get(name) is not None:
            setattr(estate, name, row.values[name])
    community = roster.communities.get((project.street_id, str(row.values.get("community") or "")))
    if community is not None:
        estate.community = community
    save_row(
        row=estate,
        organisation=project.street,
        of=str(project),
        seen_version=seen_version,
        reason="年度计划导入",
        by=by,
        now=now,
    )


def _plan(
    group: Group,
    project: Project,
    known: Known | None,
    reason: str,
    *,
    by: User,
    now: datetime,
) -> None:
    values = plan_of(group, known)
    if values is None:
        raise AssertionError("a plan that lacks something is a fault of its row")
    older = known.plan if known else None
    if older is None:
        area = sum((row.area_sqm for row in project.estates.all()), Decimal(0))
        if area <= 0:
            raise Refusal(
                "roster.held",
                f"项目 {group.code}（{_rows_of(group)}）的小区都在暂留的行里，没有面积，拟不了计划；请一起接收，或一起暂留。",
            )
        values = replace(values, area_sqm=area)
    said = "、".join(
        BY_FIELD[name].label.partition("（")[0] for name in changed_of_plan(group, known)
    )
    replan(
        project=project,
        latest=older,
        values=values,
        title=f"年度计划导入：调整{said}",
        reason=reason,
        by=by,
        now=now,
    )
