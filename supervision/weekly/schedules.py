"""What the weekly wing wants done by the clock and by the minute."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind, Sweep

from .judgements import judge_week
from .weeks import freeze_due_weeks


def freeze(now: datetime) -> int:
    """Freeze the moments of weeks that have become due, so that a later change of the calendar moves none."""
    bureaus = Organisation.objects.filter(kind=OrganisationKind.BUREAU)
    return sum(freeze_due_weeks(bureau=bureau, now=now) for bureau in bureaus)


def _judge(context: RunContext) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    week = Week.from_key(context.period_key)
    return {"judged": judge_week(bureau=bureau, week=week, now=context.now)}


KINDS = [
    ScheduleKind(
        code="weekly.judge",
        label="判定亮灯",
        default_rule=Rule(every=Every.WEEK, workday=1, after=True, at=time(12, 30)),
        run=_judge,
        help="一周关闭以后，按已核定的周报判定各项目亮灯，连同依据和所用规则存档。",
    )
]
SWEEPS = [Sweep(code="weekly.freeze", run=freeze)]
