"""What a bureau may set about its weeks and their judgement."""

from __future__ import annotations

from datetime import time
from typing import Any

from renovation.core.parameters import Parameter, clock

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

PARAMETERS: list[Parameter[Any]] = [DUE_CLOCK, CLOSE_CLOCK]
