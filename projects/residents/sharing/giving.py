"""What a contribution of each kind must have, and must not. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from projects.residents.enums import Gift

#: What the judgement is made of.
JUDGED = (
    *("kind", "household_count", "people_count"),
    *("amount_fen", "hours", "things", "is_in_funding"),
)


def faults_of(values: Mapping[str, Any]) -> dict[str, str]:
    """What is wrong with a contribution, by field (``contribution_fits_its_kind``)."""
    kind = values.get("kind")
    found: dict[str, str] = {}
    amount, hours = values.get("amount_fen"), values.get("hours")
    things = str(values.get("things") or "").strip()
    if not values.get("household_count") and not values.get("people_count"):
        found["household_count"] = "户数、人数至少填一个。"
    if kind == Gift.MONEY and not amount:
        found["amount_fen"] = "出资须填金额，大于 0。"
    if kind == Gift.LABOUR and amount is not None:
        found["amount_fen"] = "投劳不填金额。"
    if kind == Gift.LABOUR and not hours:
        found["hours"] = "投劳须填工时。"
    if kind and kind != Gift.LABOUR and hours is not None:
        found["hours"] = "只有投劳才填工时。"
    if kind == Gift.MATERIAL and not things:
        found["things"] = "捐物须写明物品。"
    if kind and kind != Gift.MATERIAL and things:
        found["things"] = "只有捐物才填物品。"
    if kind and kind != Gift.MONEY and values.get("is_in_funding"):
        found["is_in_funding"] = "只有出资才会记入资金台账。"
    return found
