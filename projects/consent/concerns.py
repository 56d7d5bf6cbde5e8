"""Pages of the wing that show one thing (records.concerns)."""

from __future__ import annotations

from renovation.records.concerns import Concern, Values


def _round(values: Values) -> Values:
    return {"project__code": values["code"], "number": values["number"]}


CONCERNS = [Concern(route="consent:round", noun="这一轮征询", model="consent.Round", rows=_round)]
