"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [
    Concern(route="dispatch:meeting", noun="这次会议", model="dispatch.DispatchMeeting"),
    Concern(route="dispatch:item", noun="这件交办事项", model="dispatch.DispatchItem"),
]
