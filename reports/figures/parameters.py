"""What a bureau may set about its figures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from renovation.core.parameters import Parameter, decimal

DIVERGENCE_POINTS: Parameter[Decimal] = Parameter(
    key="figures.divergence_points",
    label="支付与进度背离超出多少报警",
    default=Decimal("15.0"),
    kind=decimal(1, minimum=0, maximum=100),
    unit="百分点",
    help="支付占计划投资的百分比与形象进度相差超出这个数（正负都算）的项目报警。",
    source="平台默认",
    group="资金",
)

PARAMETERS: list[Parameter[Any]] = [DIVERGENCE_POINTS]
