"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern

CONCERNS = [
    Concern(route="ledger:change", noun="这项变更", model="ledger.ProjectChange"),
    Concern(route="ledger:opening", noun="这项期初登记", model="ledger.GateOpening"),
    Concern(route="ledger:exception", noun="这项例外", model="ledger.GateException"),
]
