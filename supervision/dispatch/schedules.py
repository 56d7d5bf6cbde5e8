"""What the wing wants done by the clock: reminders of items on the morning of every working day."""

from __future__ import annotations

from datetime import date, time, timedelta
from functools import partial
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind

from .enums import Telling
from .items.reminding import remind


def _remind(context: RunContext, *, kind: str) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    day = date.fromisoformat(context.period_key)
    return dict(remind(kind=kind, bureau=bureau, on=day, now=context.now))


def _kind(telling: Telling, about: str) -> ScheduleKind:
    """One that was missed for half a day is not made up for: the next morning tells the same."""
    return ScheduleKind(
        code=telling.value,
        label=str(telling.label),
        default_rule=Rule(every=Every.DAY, at=time(8, 40)),
        run=partial(_remind, kind=telling.value),
        help=about,
        catch_up=False,
        grace=timedelta(hours=12),
    )


KINDS = [
    _kind(
        Telling.BEFORE,
        "提醒责任单位下一个工作日到期、还没有报办结的交办事项；休息日不发，只在办公时间发出。",
    ),
    _kind(
        Telling.OVERDUE,
        "提醒责任单位和跟办人已经逾期的交办事项，同一期限只提醒一次；休息日不发，只在办公时间发出。",
    ),
]
