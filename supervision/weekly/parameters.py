"""What a bureau may set about its weeks and their judgement."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

from renovation.core.parameters import Parameter, clock, decimal, whole

DUE_CLOCK: Parameter[time] = Parameter(
    key="weekly.due_clock",
    label="周报截止时刻",
    default=time(17, 0),
    kind=clock(),
    help="每周最后一个工作日的这一时刻前报送为按时。改动只影响还没有截止的周。",
    source="平台默认",
    group="周报",
)
CLOSE_CLOCK: Parameter[time] = Parameter(
    key="weekly.close_clock",
    label="周报关闭时刻",
    default=time(12, 0),
    kind=clock(),
    help="截止后下一个工作日的这一时刻关闭，截止到关闭之间报送为迟报。",
    source="平台默认",
    group="周报",
)

JUMP_POINTS: Parameter[Decimal] = Parameter(
    key="weekly.check.jump_points",
    label="一周形象进度增加超过多少要说明",
    default=Decimal("10.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="百分点",
    help="本周累计形象进度比上周增加超过这个数的，要求填情况说明。",
    source="平台默认",
    group="周报",
)

COMPLETED_SHARE: Parameter[Decimal] = Parameter(
    key="weekly.check.completed_share",
    label="完工时完成投资低于计划的多少要说明",
    default=Decimal("50.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="%",
    help="形象进度到 100、累计完成投资不到计划投资这个比例的，要求填情况说明。",
    source="平台默认",
    group="周报",
)
USUAL_WEEKS: Parameter[int] = Parameter(
    key="weekly.check.usual_weeks",
    label="有几周的数才比是否异常",
    default=8,
    kind=whole(4, 52),
    unit="周",
    help="以往有进度（投资）的周不到这个数的，不判断本周增加是否异常。",
    source="平台默认",
    group="周报",
)
USUAL_FACTOR: Parameter[Decimal] = Parameter(
    key="weekly.check.usual_factor",
    label="高出以往多少算异常",
    default=Decimal("5.0"),
    kind=decimal(1, minimum=1, maximum=20),
    unit="倍",
    help="本周增加高于以往各周，并且高于中位数加这么多倍的离散程度（绝对中位差折成标准差）的，提示核对；不低于中位数的两倍。",
    source="平台默认",
    group="周报",
)

FOLLOW_UP_DAYS: Parameter[int] = Parameter(
    key="weekly.follow_up_days",
    label="核实事项几个工作日内答复",
    default=2,
    kind=whole(1, 20),
    unit="个工作日",
    help="提请核实时预填的答复期限，可以逐件改。",
    source="平台默认",
    group="周报",
)

BURDEN_WEEKS: Parameter[int] = Parameter(
    key="weekly.burden_weeks",
    label="填报负担统计近几周",
    default=12,
    kind=whole(1, 52),
    unit="周",
    help="“填报负担”一页统计这么多周；其间没有人填过的选填栏目建议停用。",
    source="平台默认",
    group="周报",
)

RULE_WAIVER_DAYS: Parameter[int] = Parameter(
    key="weekly.rule_waiver_days",
    label="一项规则豁免最长多少天",
    default=92,
    kind=whole(1, 366),
    unit="天",
    help="申请校验规则豁免时，从起始日到到期日不能超过这么多天，到期自行失效。",
    source="平台默认：一个季度",
    group="周报",
)

RED_BEHIND: Parameter[Decimal] = Parameter(
    key="weekly.light.red_behind",
    label="落后超过多少亮红",
    default=Decimal("30.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="百分点",
    help="落后序时进度超过这个数为严重滞后。",
    source="平台默认：“红黄绿灯”",
    group="亮灯",
)
YELLOW_BEHIND: Parameter[Decimal] = Parameter(
    key="weekly.light.yellow_behind",
    label="落后达到多少亮黄",
    default=Decimal("10.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="百分点",
    help="落后序时进度达到这个数为滞后。",
    source="平台默认：“红黄绿灯”",
    group="亮灯",
)
RED_MONTHS: Parameter[int] = Parameter(
    key="weekly.light.red_months",
    label="应开未开满几个月末亮红",
    default=3,
    kind=whole(1, 12),
    unit="个月末",
    help="计划开工后过了这么多个月末仍没有开工依据，为严重滞后；不足的为滞后。",
    source="平台默认：“红黄绿灯”",
    group="亮灯",
)

PARAMETERS: list[Parameter[Any]] = [
    DUE_CLOCK,
    CLOSE_CLOCK,
    JUMP_POINTS,
    COMPLETED_SHARE,
    USUAL_WEEKS,
    USUAL_FACTOR,
    FOLLOW_UP_DAYS,
    BURDEN_WEEKS,
    RULE_WAIVER_DAYS,
    RED_BEHIND,
    YELLOW_BEHIND,
    RED_MONTHS,
]
