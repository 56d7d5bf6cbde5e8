"""What the weekly wing wants done by the clock and by the minute."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from functools import partial
from typing import Any

import structlog
from django.db import transaction

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind, Sweep

from .enums import Telling
from .judgements import judge_week
from .reminding import timetable
from .reminding.rounds import digest_round, extended_round, remind_round
from .weeks import freeze_due_weeks

log = structlog.get_logger(__name__)


def freeze(now: datetime) -> int:
    """Freeze the moments of weeks that have become due or are over, so that a later change of the calendar moves none;
    how many were. A bureau whose weeks cannot be kept keeps no other's from it."""
    frozen = 0
    for bureau in Organisation.objects.filter(kind=OrganisationKind.BUREAU):
        try:
            with transaction.atomic():
                frozen += freeze_due_weeks(bureau=bureau, now=now)
        except Exception:
            log.exception("weeks_not_frozen", organisation_id=bureau.pk)
    return frozen


def _judge(context: RunContext) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    week = Week.from_key(context.period_key)
    return {"judged": judge_week(bureau=bureau, week=week, now=context.now)}


def _round(
    context: RunContext, *, kind: str, told: Callable[..., dict[str, int]]
) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    week = Week.from_key(context.period_key)
    return dict(told(kind=kind, bureau=bureau, week=week, now=context.now))


def _late(context: RunContext) -> dict[str, Any]:
    """Before a week closes: for the bureau, or on a day for the streets for which it closes later."""
    key = context.period_key
    if not key.startswith(timetable.EXTENDED):
        return _round(context, kind=Telling.LATE, told=remind_round)
    day = date.fromisoformat(key.removeprefix(timetable.EXTENDED))
    bureau = Organisation.objects.get(pk=context.organisation_id)
    return extended_round(kind=Telling.LATE, bureau=bureau, day=day, now=context.now)


def _reminding(
    *,
    code: str,
    label: str,
    moments: timetable.Moments,
    when: str,
    about: str,
    told: Callable[..., dict[str, int]] = remind_round,
    run: Callable[[RunContext], dict[str, Any]] | None = None,
) -> ScheduleKind:
    """A round that follows the moments of the week; one that was missed for half a day is not made up for: the
    next one comes soon, and the digest of a week long ago is in the register."""
    return ScheduleKind(
        code=code,
        label=label,
        default_rule=Rule(every=Every.WEEK, workday=-1),
        run=run or partial(_round, kind=code, told=told),
        moments=moments,
        when=when,
        help=about,
        catch_up=False,
        grace=timedelta(hours=12),
    )


KINDS = [
    ScheduleKind(
        code="weekly.judge",
        label="判定亮灯",
        default_rule=Rule(every=Every.WEEK, workday=1, after=True, at=time(12, 30)),
        run=_judge,
        help="一周关闭以后，按已核定的周报判定各项目亮灯，连同依据和所用规则存档。",
    ),
    _reminding(
        code=Telling.BEFORE,
        label="周报截止前提醒",
        moments=timetable.moments_by(timetable.before),
        when="截止日的前一个工作日（一周只有一个工作日的，截止当天）上班时",
        about="提醒还没有报送的街道填报岗和审核岗，只在办公时间发出。",
    ),
    _reminding(
        code=Telling.DUE,
        label="周报到时提醒",
        moments=timetable.moments_by(timetable.at_due),
        when="截止时刻",
        about="提醒到时没有报送的街道；截止在办公时间以外的，到下一个办公时间发出，已经报送的不再提醒。",
    ),
    _reminding(
        code=Telling.LATE,
        label="周报关闭前提醒",
        moments=timetable.late_moments,
        when="关闭当天上班时",
        about="提醒还没有报送的街道何时关闭；准许延后的街道，到延后的当天上班时再提醒一次。",
        run=_late,
    ),
    _reminding(
        code=Telling.DIGEST,
        label="周报报送情况汇总",
        moments=timetable.moments_by(timetable.closed),
        when="关闭以后",
        about="告诉区局审核岗谁未报、谁迟报和报送率、及时率，只在办公时间发出。",
        told=digest_round,
    ),
]
SWEEPS = [Sweep(code="weekly.freeze", run=freeze)]
