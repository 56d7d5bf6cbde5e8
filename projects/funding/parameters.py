"""What a bureau may set about its money."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from renovation.core.parameters import Parameter, decimal, whole

VARIANCE_PERCENT: Parameter[Decimal] = Parameter(
    key="funding.forecast.variance_percent",
    label="用款偏差超过多少要说明",
    default=Decimal("20.0"),
    kind=decimal(1, minimum=0, maximum=1000),
    unit="%",
    help="一季实际支付与预测相差超过预测的这个百分比（正负都算）的，须说明原因；没有预测而有支付的总要说明。",
    source="平台默认",
    group="资金",
)
FREEZE_DAYS: Parameter[int] = Parameter(
    key="funding.forecast.freeze_days",
    label="用款预测在季初几天后冻结",
    default=0,
    kind=whole(0, 30),
    unit="天",
    help="0 为季度第一天起冻结：不能再编制或核定这一季的预测。",
    source="平台默认",
    group="资金",
)

EXPLAIN_DAYS: Parameter[int] = Parameter(
    key="funding.forecast.explain_days",
    label="用款偏差几个工作日内说明",
    default=10,
    kind=whole(1, 60),
    unit="个工作日",
    help="从季度结束的次日起算，季度结束以后才核定的支付使偏差超过界限的，从核定的次日起算。到期没有说明的列为逾期。",
    source="平台默认",
    group="资金",
)

PARAMETERS: list[Parameter[Any]] = [VARIANCE_PERCENT, FREEZE_DAYS, EXPLAIN_DAYS]
"""Found by name (``records.services.parameters``)."""
