"""The sweep over uploads whose nudge was lost or whose worker died."""

from __future__ import annotations

from typing import Any

from renovation.core.schedules import Every, Rule, RunContext, ScheduleKind

from . import services


def _sweep(context: RunContext) -> dict[str, Any] | None:
    found = services.sweep(now=context.now)
    return {"requeued": found.requeued, "nudged": found.nudged} if found.any else None


KINDS = [
    ScheduleKind(
        code="intake.sweep",
        label="清理读取中断的上传",
        default_rule=Rule(every=Every.MINUTE, step=2),
        run=_sweep,
        catch_up=False,
        help="工作进程中断时，重新读取没有读完的文件。",
    )
]
