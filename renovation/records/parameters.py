"""What a bureau may set about messages."""

from __future__ import annotations

from datetime import time
from typing import Any

from renovation.core.calendar import WorkHours
from renovation.core.errors import Refusal
from renovation.core.parameters import Kind, Parameter
from renovation.core.reading import to_halfwidth


def _parse(text: str) -> WorkHours:
    """``08:30-12:00 13:30-17:30``, frames in order."""
    plain = to_halfwidth(text).replace("—", "-").replace("–", "-").replace("、", " ")
    try:
        frames = [frame.split("-") for frame in plain.replace(",", " ").split()]
        return WorkHours(tuple((_clock(begin), _clock(end)) for begin, end in frames))
    except ValueError:
        raise Refusal(
            "hours.unreadable",
            "此处应填一天的办公时间，按先后写起止，用空格隔开。",
            found=text.strip()[:50],
            expected="起止时刻，如08:30-12:00 13:30-17:30",
        ) from None


def _clock(text: str) -> time:
    hours, minutes = text.strip().split(":")
    return time(int(hours), int(minutes))


def _write(hours: WorkHours) -> str:
    return " ".join(f"{begin:%H:%M}-{end:%H:%M}" for begin, end in hours.frames)


OFFICE_HOURS: Parameter[WorkHours] = Parameter(
    key="messages.office_hours",
    label="办公时间",
    default=WorkHours(),
    kind=Kind(_parse, _write, _write, hint="起止时刻，如08:30-12:00 13:30-17:30"),
    help="提醒只在工作日的办公时间内发出，之外到时的顺延到下一个办公时间。",
    source="平台默认",
    group="消息",
)

PARAMETERS: list[Parameter[Any]] = [OFFICE_HOURS]
