"""What notices ask of gates: no 开工 before residents were told the scheme and who builds, no 竣工验收 before its
own notice was concluded ([黄石答复] 五节点公示). A bureau may switch it off (``GATES``); an exception may stand for it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateCheck, once, values_of
from projects.ledger.models import Project
from renovation.core.wording import chinese_date

from .enums import NoticePoint, NoticeState
from .models import Notice
from .parameters import GATES

SOURCE = "平台默认：五个节点公示"


def _notices(project: Project) -> Sequence[Notice]:
    """The notices of a project that hang or hung to their end."""
    rows = Notice.objects.standing().filter(project=project).defer("body", "told")
    return once(project, "notices", lambda: list(rows))


def _concluded(point: NoticePoint) -> Callable[[Project, date], str | None]:
    def find(project: Project, on: date) -> str | None:
        if not values_of(project, on)[GATES.key]:
            return None
        rows = [row for row in _notices(project) if row.point == point]
        if not rows:
            return f"“{point.label}”没有公示。"
        row = rows[0]
        if row.state == NoticeState.PUBLISHED:
            until = f"到 {chinese_date(row.closes_on)} 期满，" if row.closes_on else ""
            return f"“{point.label}”的公示{until}还没有结束。"
        if row.concluded_on is not None and row.concluded_on > on:
            return f"“{point.label}”的公示到 {chinese_date(row.concluded_on)} 才结束。"
        return None

    return find


def _check(gate: GateKind, point: NoticePoint) -> GateCheck:
    return GateCheck(
        code=f"residents.notice.{point.value}",
        gate=gate,
        title=f"“{point.label}”公示已结束",
        find=_concluded(point),
        source=SOURCE,
    )


CHECKS: list[GateCheck] = [
    _check(GateKind.STARTED, NoticePoint.SCHEME),
    _check(GateKind.STARTED, NoticePoint.CONTRACTOR),
    _check(GateKind.ACCEPTED, NoticePoint.ACCEPTANCE),
]
