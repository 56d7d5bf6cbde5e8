"""Matters of a meeting: changed while they are open, solved once with evidence."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import models, transaction

from projects.ledger.editing import save_row
from projects.residents.models import Matter
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date
from renovation.records.services import audit, keep_file

from .notices import lock


@dataclass(frozen=True, slots=True, kw_only=True)
class Solution:
    """When a matter was solved, in words, and the proof."""

    solved_on: date
    result: str
    evidence: NewFile


@transaction.atomic
def save_matter(
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
    """Add a matter or change one that is open, as ``ledger.editing.save_row``. Refuses one that is solved
    (``matter.solved``) and a deadline before its meeting (``matter.due``)."""
    if not isinstance(row, Matter):
        raise TypeError("a matter is saved")
    lock(row.meeting.project_id)
    if row.due_on < row.meeting.held_on:
        raise Refusal(
            "matter.due",
            f"期限不能早于议事日期 {chinese_date(row.meeting.held_on)}。",
            field="due_on",
        )
    if Matter.objects.filter(pk=row.pk).exclude(solved_on=None).exists():
        raise Refusal("matter.solved", "这个问题已经解决，不能再修改。")
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


@transaction.atomic
def solve(*, matter: Matter, solution: Solution, by: User, now: datetime) -> Matter:
    """Record that a matter is solved, once. Refuses a day in the future (``matter.future``) or before the
    meeting (``matter.early``) and no result (``matter.result``); raises StateConflict where it is solved."""
    project = matter.meeting.project
    lock(project.pk)
    present = Matter.objects.select_for_update().get(pk=matter.pk)
    if present.solved_on is not None:
        raise StateConflict(
            f"这个问题已于 {chinese_date(present.solved_on)} 登记解决。", state="solved"
        )
    if solution.solved_on > local_day(now):
        raise Refusal("matter.future", "解决日期不能晚于今天。", field="solved_on")
    if solution.solved_on < matter.meeting.held_on:
        raise Refusal("matter.early", "解决日期不能早于议事日期。", field="solved_on")
    if not solution.result.strip():
        raise Refusal("matter.result", "解决情况未填。", field="result")
    present.solved_on, present.result = solution.solved_on, solution.result.strip()
    present.evidence = keep_file(
        file=solution.evidence, organisation=project.street, by=by, now=now
    )
    present.solved_by = by
    present.version += 1
    present._history_user = by  # type: ignore[attr-defined]
    present.save(update_fields=["solved_on", "result", "evidence", "solved_by", "version"])
    matter.refresh_from_db()
    audit(
        act="matter.solve",
        sentence=f"登记{project}{matter.meeting}的问题“{matter}”已解决",
        by=by,
        now=now,
        target=matter,
        organisation=project.street,
        changes={"solved_on": [None, str(solution.solved_on)]},
    )
    return matter
