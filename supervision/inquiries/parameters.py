"""What a bureau may set about its inquiries."""

from __future__ import annotations

from typing import Any

from renovation.core.parameters import Parameter, whole

MOST_OPEN: Parameter[int] = Parameter(
    key="inquiries.most_open",
    label="同时进行的临时收数不超过",
    default=3,
    kind=whole(1, 20),
    unit="项",
    help="已有这么多项正在收数时，不能再批准新的，先结束或撤销一项。",
    source="平台默认",
    group="临时收数",
)

PARAMETERS: list[Parameter[Any]] = [MOST_OPEN]
"""Found by name (``records.services.parameters``)."""
