"""Approving the draft plans of a programme in one go, as they come in with a roster."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime

from django.db import transaction

from projects.ledger.models import Baseline
from projects.ledger.services import approve_baseline
from renovation.accounts.models import User
from renovation.core.errors import Refusal


@transaction.atomic
def approve_baselines(
    *, baselines: Sequence[Baseline], approved_on: date, by: User, now: datetime
) -> int:
    """Approve drafts from a day on, all or none, each as ``approve_baseline`` does; how many.

    A refusal names the project; who drafted one of them approves none (Forbidden).
    """
    for baseline in sorted(baselines, key=lambda row: (row.project_id, row.version)):
        try:
            approve_baseline(baseline=baseline, approved_on=approved_on, by=by, now=now)
        except Refusal as refusal:
            refusal.message = f"{baseline.project}：{refusal.message}一版也没有批准。"
            raise
    return len(baselines)
