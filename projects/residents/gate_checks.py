"""What notices ask of gates: no 开工 before residents were told the scheme and who builds, no 竣工验收 before its
own notice was concluded ([黄石答复] 五节点公示). A bureau may switch it off (``GATES``); an exception may stand for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import date
from typing import Any

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import GateCheck
from projects.ledger.models import Project
from renovation.records.services import values_in_force

from .enums import NoticePoint, NoticeState
from .models import Notice
from .parameters import GATES

SOURCE = "平台默认：五个节点公示"


def _asked(project: Project, on: date) -> bool:
    """Whether the bureau asks for concluded notices on a day, read once for a project at hand."""
    kept: dict[date, Mapping[str, Any]] = project.__dict__.setdefault("_residents_settings", {})
    if on not in kept:
        kept[on] = values_in_force(organisation=project.programme.bureau, on=on)
    return bool(kept[on][GATES.key])


def _notices(project: Project) -> Sequence[Notice]:
    """The notices of a project that hang or hung to their end, read once."""
    kept: Sequence[Notice] | None = project.__dict__.get("_residents_notices")
    if kept is None:
        kept = list(Notice.objects.standing().filter(project=project).defer("body", "told"))
        project.__dict__["_residents_notices"] = kept
    return kept


def _concluded(point: NoticePoint) -> Callable[[Project, date], str | None]:
    def find(project: Project, on: date) -> str | None:
        if not _asked(project, on):
            return None
        rows = [row for row in _notices(project) if row.point == point]
        if not rows:
            return f"“{point.label}”没有公示。"
        row = rows[0]
        if row.state == NoticeState.PUBLISHED:
            return f"“{point.label}”的公示到 {row.closes_on} 期满，还没有结束。"
        if row.concluded_on is not None and row.concluded_on > on:
            return f"“{point.label}”的公示到 {row.concluded_on} 才结束。"
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
