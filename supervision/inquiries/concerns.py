"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern, Values


def _inquiry(values: Values) -> Values:
    return {"number": values["number"]}


CONCERNS = [
    Concern(route="inquiries:inquiry", noun="这次收数", model="inquiries.Inquiry", rows=_inquiry)
]
