"""What a bureau may set about notices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from renovation.core.parameters import Parameter, whole, yes_no

from .enums import NoticePoint

GROUP = "公示"
_DEFAULTS: Mapping[NoticePoint, tuple[int, str]] = {
    NoticePoint.LAUNCH: (5, "平台默认"),
    NoticePoint.SCHEME: (7, "平台默认"),
    NoticePoint.CONTRACTOR: (
        3,
        "招标投标法实施条例第五十四条：中标候选人公示期不得少于3日；按工作日掌握为平台默认",
    ),
    NoticePoint.NODE: (3, "平台默认"),
    NoticePoint.ACCEPTANCE: (5, "平台默认"),
}


def _period(point: NoticePoint) -> Parameter[int]:
    days, source = _DEFAULTS[point]
    return Parameter(
        key=f"residents.notice.{point.value}_days",
        label=f"“{point.label}”最少公示几个工作日",
        default=days,
        kind=whole(1, 60),
        unit="个工作日",
        help="张贴当日不计，从次日起算，节假日顺延。已发布的按发布时的天数。",
        source=source,
        group=GROUP,
    )


PERIODS: Mapping[NoticePoint, Parameter[int]] = {point: _period(point) for point in NoticePoint}
ANSWER_DAYS: Parameter[int] = Parameter(
    key="residents.objection_days",
    label="公示异议几个工作日内答复",
    default=5,
    kind=whole(1, 60),
    unit="个工作日",
    help="从提出的次日起算，超过的列为逾期。",
    source="平台默认",
    group=GROUP,
)
GATES: Parameter[bool] = Parameter(
    key="residents.notice.gates",
    label="公示没有结束的不能过关口",
    default=True,
    kind=yes_no(),
    help="开工须方案确定、施工单位选定的公示已结束，竣工验收须竣工验收公示已结束，除非另有例外。",
    source="平台默认：五个节点公示",
    group=GROUP,
)

PARAMETERS: list[Parameter[Any]] = [*PERIODS.values(), ANSWER_DAYS, GATES]
