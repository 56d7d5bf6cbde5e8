"""What of papers is done by the clock: drafting after a week closes and after a quarter ends, and the
sweep over renditions."""

from __future__ import annotations

from datetime import datetime, time
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.periods import Quarter, Week
from renovation.core.schedules import Every, OnRest, Rule, RunContext, ScheduleKind, Sweep

from . import renditions, services
from .minutes.issuing import issue_signed


def _draft_sheets(context: RunContext) -> dict[str, Any] | None:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    week = Week.from_key(context.period_key)
    made = services.compile_sheets(bureau=bureau, week=week, now=context.now)
    return {"documents": [document.pk for document in made]}


def _draft_bulletin(context: RunContext) -> dict[str, Any] | None:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    quarter = Quarter.from_key(context.period_key)
    document = services.compile_bulletin(bureau=bureau, quarter=quarter, now=context.now)
    return {"document": document.pk}


def _sweep(now: datetime) -> int:
    return renditions.sweep(now=now)


KINDS = [
    ScheduleKind(
        code="papers.sheets",
        label="编制周调度表",
        default_rule=Rule(every=Every.WEEK, workday=1, after=True, at=time(13, 0)),
        run=_draft_sheets,
        help="一周关闭以后（下一工作日12:00），编制全区和各街道调度表的草稿，由专人核对印发。",
    ),
    ScheduleKind(
        code="papers.bulletin",
        label="编制季度通报",
        default_rule=Rule(
            every=Every.QUARTER, day=4, after=True, at=time(9, 0), on_rest=OnRest.FORWARD
        ),
        run=_draft_bulletin,
        help="季度结束后编制通报草稿，经核稿、审核、签发后印发；不签发不会发送。",
    ),
]


def _minutes(now: datetime) -> int:
    return issue_signed(now=now)


SWEEPS = [
    Sweep(code="papers.renditions", run=_sweep),
    Sweep(code="papers.minutes", run=_minutes),
]
