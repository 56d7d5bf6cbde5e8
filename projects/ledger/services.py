"""Writing the ledger: projects with their estates, parties, baselines and gates.

Every service writes an audit entry in its transaction; tracked models also keep their history.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from renovation.accounts.models import User
from renovation.records.services import audit

from .baselining import BaselineValues, approve_baseline, discard_baseline, draft_baseline
from .codes import refuse_code
from .conflicts import EditConflict, lock_seen
from .editing import named
from .enrolment import propose_entry, refuse_settled
from .enums import GateKind
from .models import Gate, Project
from .passing import changed_fields, counts, pass_gate, record_gate

#: What callers name by this module.
__all__ = [
    "BaselineValues",
    "EditConflict",
    "approve_baseline",
    "changed_fields",
    "counts",
    "create_project",
    "discard_baseline",
    "draft_baseline",
    "pass_gate",
    "propose_entry",
    "record_gate",
    "update_project",
]


@transaction.atomic
def create_project(*, values: Mapping[str, Any], by: User, now: datetime) -> Project:
    """Record a project and propose that it be entered into the programme on ``approved_on``: it counts once
    another person has approved that change. Its gate 列入计划 is planned for that day; it is passed on its own
    page, where what has to hold is checked (consent of the households, eligibility). Refuses a code of another
    shape (``project.code``)."""
    refuse_code(values)
    proposed_on = values["approved_on"]
    values = {name: value for name, value in values.items() if name != "approved_on"}
    project = Project(**values)
    project._history_user = by  # type: ignore[attr-defined]
    project.save(force_insert=True)
    gate = Gate(project=project, kind=GateKind.PROGRAMMED, planned_on=proposed_on)
    gate._history_user = by  # type: ignore[attr-defined]
    gate.save(force_insert=True)
    audit(
        act="project.create",
        sentence=f"新建项目{project}（{project.code}）",
        by=by,
        now=now,
        target=project,
        organisation=project.street,
        changes={name: [None, str(value)] for name, value in values.items() if value is not None},
    )
    propose_entry(project=project, approved_on=proposed_on, by=by, now=now)
    return project


@transaction.atomic
def update_project(
    *,
    project: Project,
    values: Mapping[str, Any],
    seen_version: int,
    by: User,
    now: datetime,
    reason: str = "",
) -> Project:
    """Change a project that nobody changed since version ``seen_version``.

    Raises ``EditConflict`` with who changed what meanwhile, and ``enrolment.settled`` for what only an approved
    change writes; nothing is written then.
    """
    refuse_code(values)
    present = lock_seen(row=project, seen_version=seen_version, noun="项目")
    refuse_settled(project=present, values=values)
    changes = changed_fields(present, values)
    if not changes:
        return present
    for name in changes:
        setattr(present, name, values[name])
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present._change_reason = reason  # type: ignore[attr-defined]
    present.save(update_fields=[*changes, "version"])
    audit(
        act="project.update",
        sentence=f"修改项目{present}：{named(present, changes)}",
        by=by,
        now=now,
        target=present,
        organisation=present.street,
        changes=changes,
        reason=reason,
    )
    return present
