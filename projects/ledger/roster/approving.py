"""Approving what came in with a roster in one go: the entry of projects, and their draft plans."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date, datetime

from django.db import transaction

from projects.ledger.changes import Decision, decide_change
from projects.ledger.enrolment import hold_streets
from projects.ledger.entering import asked_at_entry
from projects.ledger.enums import ChangeAct
from projects.ledger.models import Baseline, Project, ProjectChange
from projects.ledger.services import approve_baseline
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.files import NewFile


@transaction.atomic
def approve_roster(
    *,
    entries: Sequence[ProjectChange],
    baselines: Sequence[Baseline],
    approved_on: date,
    scope: Scope,
    by: User,
    now: datetime,
    document_number: str = "",
    file: NewFile | None = None,
    rest_reason: str = "",
) -> tuple[int, int]:
    """Approve that projects are entered, and drafts of plans from a day on, all or none; how many of each.

    A plan that a change brings is approved with its change (``decide_change``), any other by itself
    (``approve_baseline``). ``document_number`` and ``file`` approve the changes that were registered without
    either, ``rest_reason`` the plans whose works fall into a 停工期. The conditions of all entries are read at once, and
    the exceptions that they stand on approved with them. A refusal names the project; who drafted one of them approves
    none (Forbidden).
    """

    def decide(change: ProjectChange) -> None:
        bare = lacks_document(change)
        decision = Decision(
            act=ChangeAct.APPROVE,
            approved_on=approved_on,
            document_number=document_number if bare else "",
            file=file if bare else None,
            rest_reason=rest_reason,
        )
        decide_change(
            change=change,
            decision=decision,
            scope=scope,
            by=by,
            now=now,
            conditions=conditions.get(change),
        )

    if entries:
        hold_streets(changes=entries, now=now)
    touched = {row.project_id for row in entries} | {row.project_id for row in baselines}
    list(Project.objects.select_for_update().filter(pk__in=touched).order_by("pk"))
    conditions = asked_at_entry(changes=entries, on=local_day(now))
    changes = {row.baseline_id: row for row in ProjectChange.objects.filter(baseline__in=baselines)}
    for entry in sorted(entries, key=lambda row: row.project_id):
        with _named(entry.project):
            decide(entry)
    for baseline in sorted(baselines, key=lambda row: (row.project_id, row.version)):
        with _named(baseline.project):
            if (change := changes.get(baseline.pk)) is not None:
                decide(change)
            else:
                approve_baseline(
                    baseline=baseline,
                    approved_on=approved_on,
                    by=by,
                    now=now,
                    rest_reason=rest_reason,
                )
    return len(entries), len(baselines)


@contextmanager
def _named(project: Project) -> Iterator[None]:
    try:
        yield
    except Refusal as refusal:
        refusal.message = f"{project}：{refusal.message}一项也没有批准。"
        raise


def lacks_document(change: ProjectChange) -> bool:
    """Whether a change was registered without number and file, so that who approves it gives one."""
    return not change.document_number and change.file_id is None
