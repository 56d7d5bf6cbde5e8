"""What a bureau may set about its people."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Parameter, whole

PLEDGE_MONTHS: Parameter[int] = Parameter(
    key="pledge.months",
    label="真实性承诺几个月内有效",
    default=12,
    kind=whole(1, 36),
    unit="个月",
    help="确认承诺后满这么多个月，下一次报送时再确认一次；承诺书改了文字的，也要再确认。",
    source="平台默认",
    group="报送承诺",
)

PARAMETERS: list[Parameter[Any]] = [PLEDGE_MONTHS]
