"""Approving the draft plans of a programme in one go, as they come in with a roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from projects.ledger.changes import Decision, decide_change
from projects.ledger.enums import ChangeAct
from projects.ledger.models import Baseline, ProjectChange
from projects.ledger.services import approve_baseline
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.core.files import NewFile


@transaction.atomic
def approve_baselines(
    *,
    baselines: Sequence[Baseline],
    approved_on: date,
    scope: Scope,
    by: User,
    now: datetime,
    document_number: str = "",
    file: NewFile | None = None,
) -> int:
    """Approve drafts from a day on, all or none; how many.

    A plan that a change brings is approved with its change (``decide_change``), any other by itself
    (``approve_baseline``). ``document_number`` and ``file`` approve the changes that were registered without
    either. A refusal names the project; who drafted one of them approves none (Forbidden).
    """
    changes = {row.baseline_id: row for row in ProjectChange.objects.filter(baseline__in=baselines)}
    for baseline in sorted(baselines, key=lambda row: (row.project_id, row.version)):
        change = changes.get(baseline.pk)
        try:
            if change is None:
                approve_baseline(baseline=baseline, approved_on=approved_on, by=by, now=now)
                continue
            bare = lacks_document(change)
            decide_change(
                change=change,
                decision=Decision(
                    act=ChangeAct.APPROVE,
                    approved_on=approved_on,
                    document_number=document_number if bare else "",
                    file=file if bare else None,
                ),
                scope=scope,
                by=by,
                now=now,
            )
        except Refusal as refusal:
            refusal.message = f"{baseline.project}：{refusal.message}一版也没有批准。"
            raise
    return len(baselines)


def lacks_document(change: ProjectChange) -> bool:
    """Whether a change was registered without number and file, so that who approves it gives one."""
    return not change.document_number and change.file_id is None
