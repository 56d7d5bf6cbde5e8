"""What a bureau may set about its meetings and what it assigns."""

from __future__ import annotations

from datetime import time
from typing import Any

from renovation.core.parameters import Parameter, clock, text, whole

GROUP = "周调度会"

MEETING_CLOCK: Parameter[time] = Parameter(
    key="dispatch.meeting_clock",
    label="周调度会几点开",
    default=time(14, 30),
    kind=clock(),
    help="新建会议时先填上：周报关闭那一天的这个时刻，可以改。",
    source="平台默认：周报关闭的当天下午",
    group=GROUP,
)

MEETING_PLACE: Parameter[str] = Parameter(
    key="dispatch.meeting_place",
    label="周调度会在哪里开",
    default="区住房和城乡建设局会议室",
    kind=text(60),
    help="新建会议时先填上，可以改。",
    source="平台默认",
    group=GROUP,
)

MEETING_CHAIR: Parameter[str] = Parameter(
    key="dispatch.meeting_chair",
    label="周调度会由谁主持",
    default="区局分管负责人",
    kind=text(40),
    help="写职务，新建会议时先填上，可以改。",
    source="平台默认",
    group=GROUP,
)

DUE_DAYS: Parameter[int] = Parameter(
    key="dispatch.due_days",
    label="交办事项默认几天内办结",
    default=7,
    kind=whole(1, 90),
    unit="天",
    help="自交办次日起算的自然日，遇休息日顺延，到下一次周调度会为止；交办时可以改。",
    source="平台默认：下一次周调度会",
    group=GROUP,
)

CARRIED_MARK: Parameter[int] = Parameter(
    key="dispatch.carried_mark",
    label="未了事项上会几次作标记",
    default=3,
    kind=whole(1, 12),
    unit="次",
    help="同一交办事项上会满这么多次（加开的会议也算）仍未办结的，列表和议题上标出，以便考虑发函。",
    source="平台默认",
    group=GROUP,
)

PARAMETERS: list[Parameter[Any]] = [
    MEETING_CLOCK,
    MEETING_PLACE,
    MEETING_CHAIR,
    DUE_DAYS,
    CARRIED_MARK,
]
"""Found by name (``records.services.parameters``)."""
