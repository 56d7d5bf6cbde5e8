"""What a bureau may set about its ledger."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any

from renovation.core.errors import Refusal
from renovation.core.parameters import Kind, Parameter, calendar_year, choice, text, yes_no
from renovation.core.reading import parse_decimal, to_halfwidth

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

BUILT_BEFORE: Parameter[int] = Parameter(
    key="ledger.entry.built_before",
    label="列入计划的小区须建成于哪一年以前",
    default=2000,
    kind=calendar_year(1950, 2030),
    unit="年",
    help="不含这一年。按“2000年底前建成”掌握的，填 2001。",
    source="平台默认；国办发〔2020〕23号：重点改造2000年底前建成的",
    group="关口",
)
REVIEW_REQUIRED: Parameter[bool] = Parameter(
    key="ledger.entry.review_required",
    label="列入计划须经部门联审",
    default=True,
    kind=yes_no(),
    help="没有联审，或有部门没有出具意见、不同意的，后面的立项和开工不能过，除非另有例外。",
    source="平台默认：计划申报联审",
    group="关口",
)
REVIEW_DEPARTMENTS: Parameter[str] = Parameter(
    key="ledger.review.departments",
    label="联审通常参加的部门",
    default="发展改革、财政、自然资源、住房城乡建设、城市管理、消防救援、街道办事处",
    kind=text(200),
    help="用顿号隔开，登记联审时先列出这些部门，可以增减。",
    source="平台默认",
    group="关口",
)


def _parse_range(text: str) -> tuple[Decimal, Decimal]:
    """74—124: the lowest and the highest; raises Refusal."""
    parts = [part for part in re.split(r"[-—–~～到至]+", to_halfwidth(text)) if part.strip()]
    if len(parts) != 2:
        raise Refusal("range.unreadable", "写成最低和最高两个数，如 74—124。", found=text)
    low, high = (parse_decimal(part, 1, minimum=0) for part in parts)
    if low >= high:
        raise Refusal("range.order", "最低的要小于最高的，如 74—124。", found=text)
    return low, high


def _write_range(value: tuple[Decimal, Decimal]) -> str:
    return "—".join(f"{part.normalize():f}" for part in value)


_RANGE: Kind[tuple[Decimal, Decimal]] = Kind(
    _parse_range, _write_range, _write_range, hint="最低和最高两个数，如 74—124"
)


def _usual(
    key: str, label: str, default: str, unit: str, more: str = ""
) -> Parameter[tuple[Decimal, Decimal]]:
    return Parameter(
        key=f"ledger.roster.{key}",
        label=label,
        default=_parse_range(default),
        kind=_RANGE,
        unit=unit,
        help="导入年度计划时，新填或改过的数不在这个范围的，要求填情况说明；不会拒收。" + more,
        source="公开的各地计划和决算数据推算（2020—2025年）",
        group="年度计划导入",
    )


AREA_PER_HOUSEHOLD = _usual("area_per_household", "常见的户均面积", "74—124", "㎡")
HOUSEHOLDS_PER_BUILDING = _usual("households_per_building", "常见的每栋户数", "22—46", "户")
INVESTMENT_PER_SQM = _usual(
    "investment_per_sqm",
    "常见的每平方米投资",
    "80—600",
    "元",
    "各来源计划金额合计、下达合计超过的，也要求说明；拟定的计划不在这个范围的，提醒批准的人。",
)

PARAMETERS: list[Parameter[Any]] = [
    DISTRICT_BOX,
    GATE_ORDER,
    BUILT_BEFORE,
    REVIEW_REQUIRED,
    REVIEW_DEPARTMENTS,
    AREA_PER_HOUSEHOLD,
    HOUSEHOLDS_PER_BUILDING,
    INVESTMENT_PER_SQM,
]
