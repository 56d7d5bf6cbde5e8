"""What a bureau may set about its ledger."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Parameter, choice

GATE_ORDER: Parameter[str] = Parameter(
    key="ledger.gate.order",
    label="过关口前，哪些前面的关口须已过",
    default="recorded",
    kind=choice({"recorded": "台账里登记了的", "all": "全部"}),
    help="“台账里登记了的”只看已排计划的关口；“全部”连没有登记的也要求先过。缺的可以作容缺承诺或申请例外。",
    source="平台默认",
    group="关口",
)

PARAMETERS: list[Parameter[Any]] = [GATE_ORDER]
