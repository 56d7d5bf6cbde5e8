"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [
    Concern(route="works:item", noun="这条改造内容", model="works.WorkItem"),
    Concern(route="works:structure", noun="这处违建", model="works.IllegalStructure"),
    Concern(route="works:utility", noun="这项管线计划", model="works.UtilityPlan"),
]
