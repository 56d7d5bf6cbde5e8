"""Log lines: on the local clock, without personal data."""

from __future__ import annotations

from typing import Any

import time_machine

from renovation.records.logs import SHARED, stamp_local_time


@time_machine.travel("2025-05-06T18:30:00+00:00", tick=False)
def test_a_line_stands_on_the_local_clock() -> None:
    """Half past six in the evening of Greenwich is the next morning here."""
    event: dict[str, Any] = {"event": "tick"}
    assert stamp_local_time(None, "info", event) == {
        "event": "tick",
        "at": "2025-05-07T02:30:00.000+08:00",
    }
    assert stamp_local_time in SHARED
