"""When papers leave, and the sweep that mails them."""

from __future__ import annotations

from datetime import datetime, time
from functools import partial
from typing import Any

from renovation.accounts.models import Organisation
from renovation.core.schedules import Every, OnRest, Rule, RunContext, ScheduleKind, Sweep
from reports.papers.enums import PaperKind

from . import services, troubles


def _remind(context: RunContext, *, kind: str) -> dict[str, Any]:
    return services.remind_unsigned(
        kind=kind,
        bureau=Organisation.objects.get(pk=context.organisation_id),
        period_key=context.period_key,
        now=context.now,
    )


def _tell_troubles(context: RunContext) -> dict[str, Any]:
    bureau = Organisation.objects.get(pk=context.organisation_id)
    return dict(troubles.tell(bureau=bureau, now=context.now))


def _deliver_due(now: datetime) -> int:
    return services.deliver_due(now=now)


KINDS = [
    ScheduleKind(
        code="delivery.bulletin",
        label="发送季度通报",
        default_rule=Rule(
            every=Every.QUARTER, day=10, after=True, at=time(9, 0), on_rest=OnRest.FORWARD
        ),
        run=partial(_remind, kind=PaperKind.BULLETIN),
        help="到时已印发即发送；未签发则提醒，签发并编号后立即发送。",
    ),
    ScheduleKind(
        code="delivery.sheet",
        label="发送周调度表",
        default_rule=Rule(every=Every.WEEK, workday=1, after=True, at=time(16, 0)),
        run=partial(_remind, kind=PaperKind.DISPATCH_SHEET),
        help="到时已印发即发送；未印发则提醒，印发后立即发送。",
    ),
    ScheduleKind(
        code="delivery.troubles",
        label="文件异常汇总",
        default_rule=Rule(every=Every.DAY, at=time(8, 30)),
        run=_tell_troubles,
        help="到时未印发、编制失败、文件没有生成、邮件没有送达的，每天汇总告诉管理员、办公室和经办人；没有异常不发。",
    ),
]
SWEEPS = [Sweep(code="delivery.papers", run=_deliver_due)]
