"""What a bureau may set about notices and after-care."""

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
    help="开工须方案确定、施工单位选定的公示已结束，重要节点施工前的公示至少一项施工内容已结束，竣工验收须竣工验收公示已结束，除非另有例外。",
    source="平台默认：五个节点公示",
    group=GROUP,
)
SUPERVISOR: Parameter[bool] = Parameter(
    key="residents.notice.supervisor",
    label="施工单位选定以后的公示须写明监理单位",
    default=True,
    kind=yes_no(),
    help="台账里没有有效的监理单位，施工单位选定、重要节点施工前、竣工验收的公示不能发布。都是依法可以不委托监理的小工程的，可以关掉。",
    source="平台默认：五个节点公示的告知内容",
    group=GROUP,
)

AFTERCARE = "长效管理"
TERM_DAYS: Parameter[int] = Parameter(
    key="residents.aftercare.term_days",
    label="自治组织任期、物业合同到期前几天提醒",
    default=60,
    kind=whole(0, 365),
    unit="天",
    help="从这天起列入待办，直到换届、续签或终止。",
    source="平台默认",
    group=AFTERCARE,
)
AFTERCARE_GATE: Parameter[bool] = Parameter(
    key="residents.aftercare.gate",
    label="长效管理没有落实的不能过“移交管养”",
    default=True,
    kind=yes_no(),
    help="每个小区须有在任的自治组织、在管的管理方式和已确认的移交，除非另有例外。",
    source="平台默认：淄川2025 评议内容（物业管理服务提升、长效机制）",
    group=AFTERCARE,
)

PARAMETERS: list[Parameter[Any]] = [
    *PERIODS.values(),
    ANSWER_DAYS,
    GATES,
    SUPERVISOR,
    TERM_DAYS,
    AFTERCARE_GATE,
]
