"""What a bureau may set about the works."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Parameter, whole

GROUP = "拆违和管线"

NOTIFY_DAYS: Parameter[int] = Parameter(
    key="works.structure.notify_days",
    label="违建发现后几天内告知",
    default=7,
    kind=whole(1, 90),
    unit="天",
    help="从发现当日起算，超过未告知的列为逾期。",
    source="平台默认",
    group=GROUP,
)
REMOVE_DAYS: Parameter[int] = Parameter(
    key="works.structure.remove_days",
    label="违建告知后几天内拆除",
    default=15,
    kind=whole(1, 180),
    unit="天",
    help="告知书写了限期的按限期，没有写的从告知当日起算。",
    source="平台默认",
    group=GROUP,
)
ANSWER_DAYS: Parameter[int] = Parameter(
    key="works.structure.answer_days",
    label="违建异议几天内答复",
    default=15,
    kind=whole(1, 90),
    unit="天",
    help="从提出异议当日起算，答复为维持拆除或核销。",
    source="平台默认",
    group=GROUP,
)
RESTORE_DAYS: Parameter[int] = Parameter(
    key="works.structure.restore_days",
    label="违建拆除后几天内恢复防水",
    default=10,
    kind=whole(1, 90),
    unit="天",
    help="只对拆后须恢复防水的，从拆除当日起算。",
    source="平台默认",
    group=GROUP,
)
REPEAT_MONTHS: Parameter[int] = Parameter(
    key="works.utility.repeat_months",
    label="同一地段几个月内再次开挖算重复开挖",
    default=12,
    kind=whole(1, 60),
    unit="个月",
    help="前一次完成到后一次开始不满这么多个月的，提示合并施工。",
    source="《关于进一步明确城镇老旧小区改造工作要求的通知》（建办城〔2021〕50号）避免反复施工；月数为平台默认",
    group=GROUP,
)

PARAMETERS: list[Parameter[Any]] = [
    NOTIFY_DAYS,
    REMOVE_DAYS,
    ANSWER_DAYS,
    RESTORE_DAYS,
    REPEAT_MONTHS,
]
