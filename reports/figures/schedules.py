"""What the figures want done by the clock."""

from __future__ import annotations

from datetime import time
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind

from .alarms import sweep_week


def _sweep(context: RunContext) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    week = Week.from_key(context.period_key)
    return dict(sweep_week(bureau=bureau, week=week, now=context.now).as_json())


KINDS = [
    ScheduleKind(
        code="figures.divergence",
        label="核对支付与进度",
        default_rule=Rule(every=Every.WEEK, workday=1, after=True, at=time(12, 40)),
        run=_sweep,
        help="一周关闭以后，按已核定的支付和周报核对各项目，背离超出界限的报警，回到界限以内的解除。",
    )
]
