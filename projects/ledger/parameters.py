"""What a bureau may set about its ledger."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Kind, Parameter, choice

from .places import Box, parse_box

_BOX: Kind[Box] = Kind(
    parse_box,
    lambda box: f"{box.south},{box.west},{box.north},{box.east}",
    str,
    hint="南、西、北、东四个数，单位度",
)

DISTRICT_BOX: Parameter[Box] = Parameter(
    key="ledger.district_box",
    label="本区范围（南、西、北、东）",
    default=parse_box("3.8,73.4,53.6,135.1"),
    kind=_BOX,
    help="登记小区位置时，落在范围以外的坐标不收，免得填错、填反。平台默认是全国范围，请改成本区的。",
    source="平台默认",
    group="台账",
)

GATE_ORDER: Parameter[str] = Parameter(
    key="ledger.gate.order",
    label="过关口前，哪些前面的关口须已过",
    default="recorded",
    kind=choice({"recorded": "台账里登记了的", "all": "全部"}),
    help="“台账里登记了的”只看已排计划的关口；“全部”连没有登记的也要求先过。缺的可以作容缺承诺或申请例外。",
    source="平台默认",
    group="关口",
)

PARAMETERS: list[Parameter[Any]] = [DISTRICT_BOX, GATE_ORDER]
