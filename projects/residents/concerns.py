"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [
    Concern(route="residents:notice", noun="这份公示", model="residents.Notice"),
    Concern(route="residents:handover", noun="这次移交", model="residents.Handover"),
    Concern(route="residents:contribution", noun="这笔居民投入", model="residents.Contribution"),
    Concern(route="residents:evaluation", noun="这次共同评价", model="residents.Evaluation"),
]
