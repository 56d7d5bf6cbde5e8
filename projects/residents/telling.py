"""What a notice has to tell of who builds: who is missing in the ledger for a notice at a point."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from projects.ledger.enums import PartyRole

from .enums import NoticePoint
from .parameters import SUPERVISOR
from .told import Told

#: At these points residents are told who builds ([黄石答复] 五节点公示与告知内容).
TELLS_WHO_BUILDS = frozenset({NoticePoint.CONTRACTOR, NoticePoint.NODE, NoticePoint.ACCEPTANCE})


@dataclass(frozen=True, slots=True)
class Lack:
    """Who is missing, by a code and in words that follow a day."""

    code: str
    sentence: str


def lacks(*, told: Told, point: NoticePoint, values: Mapping[str, Any]) -> list[Lack]:
    """Who a notice would have to name and the ledger does not: the contractor; the telephone of its
    项目经理; the supervisor, unless the bureau does not ask for one."""
    if point not in TELLS_WHO_BUILDS:
        return []
    found = []
    contractors = told.of_role(PartyRole.CONTRACTOR)
    if not contractors:
        found.append(Lack("contractor", "没有有效的施工单位"))
    elif not any(party.manager_phone for party in contractors):
        found.append(Lack("manager", "没有施工单位的项目经理电话"))
    if values[SUPERVISOR.key] and not told.of_role(PartyRole.SUPERVISOR):
        found.append(Lack("supervisor", "没有有效的监理单位"))
    return found
