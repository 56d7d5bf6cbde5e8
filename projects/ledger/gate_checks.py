"""The ledger's own checks of gates: what it can say from its own rows."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from renovation.records.services import values_in_force

from .enums import GateKind
from .gatekeeping import GateCheck
from .models import Project
from .parameters import GATE_ORDER

ORDER = tuple(GateKind)
#: Their order is held by the service itself and knows no exception.
WORKS = frozenset({GateKind.STARTED, GateKind.COMPLETED, GateKind.ACCEPTED})


def _earlier_gates(gate: GateKind) -> Callable[[Project, date], str | None]:
    """关口顺序: what stands before a gate is passed before it (DOMAIN.md §2.2, 工程阶段)."""
    before = ORDER[: ORDER.index(gate)]

    def find(project: Project, on: date) -> str | None:
        rows = {GateKind(row.kind): row for row in project.gates.filter(kind__in=before)}
        values = values_in_force(organisation=project.programme.bureau, on=on)
        wanted = before if values[GATE_ORDER.key] == "all" else tuple(rows)
        open_, later = [], []
        for kind in before:
            if kind not in wanted:
                continue
            row = rows.get(kind)
            if row is None or row.actual_on is None:
                open_.append(str(kind.label))
            elif row.actual_on > on and not {kind, gate} <= WORKS:
                later.append(f"“{kind.label}”（{row.actual_on}）")
        said = []
        if open_:
            said.append(f"前面的关口还没有过：{'、'.join(open_)}")
        if later:
            said.append(f"日期早于前面的关口{'、'.join(later)}")
        return f"{'；'.join(said)}。" if said else None

    return find


CHECKS: list[GateCheck] = [
    GateCheck(
        code=f"ledger.order.{gate.value}",
        gate=gate,
        title="前面的关口已过",
        find=_earlier_gates(gate),
        source="工程阶段顺序",
    )
    for gate in ORDER[1:]
]
