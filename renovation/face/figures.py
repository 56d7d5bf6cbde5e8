"""What a figure shows: value, unit, basis, change, approval mark and as-of, in words (FACE.md, Figure)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from renovation.core.measures import Measure

from . import wording


def figure_values(
    *,
    name: str,
    measure: Measure | None,
    value: object,
    unit: str,
    basis: str,
    change: Measure | Decimal | int | str | None,
    change_unit: str,
    change_text: str,
    approval: object,
    as_of: object,
    as_of_note: str,
    pending: str,
    href: str,
) -> dict[str, Any]:
    """The words of one figure. What is given beside a measure wins over what the measure says."""
    if measure is not None:
        name = name or measure.label
        value = measure.text if value is None else value
        unit = unit or measure.unit.text
        aside = measure.aside_text.replace(" ", "\u00a0")  # 无计划 1 个 stays on one line
        basis = basis or "；".join(each for each in (_parts(measure), aside) if each)
        approval = approval or measure.approval
        as_of = as_of or measure.as_of
        pending = pending or measure.waits_text
    if isinstance(change, Measure):
        change_unit = change_unit or change.unit.text
        if change.value is None:
            change_text = change_text or "没有可比的上周数"
        change = change.text
    if change is not None and not change_text:
        if wording.is_zero(change):
            change_text = "较上周持平"
        else:
            change_unit = change_unit or ("百分点" if unit == "%" else unit)
            change = wording.signed(change)
    shown = wording.dash(value)
    return {
        "name": name,
        "value": shown,
        "empty": shown == wording.DASH,
        "unit": unit,
        "basis": basis,
        "change": change,
        "change_unit": change_unit,
        "change_text": change_text,
        "approval": approval_key(approval) if approval else "",
        "as_of": wording.day(as_of) if isinstance(as_of, date) else as_of,
        "as_of_note": as_of_note,
        "pending": pending,
        # What the figure holds stands behind the one mark; what it leaves out has a mark of its own.
        "holds": bool(as_of and pending.startswith("含") and approval_key(approval) == "pending")
        if approval
        else False,
        "href": href,
    }


def approval_key(approval: object) -> str:
    """ "approved" or "pending" from an enum, its value or its word.

    Raises:
        ValueError: it is neither; a page must not invent a mark.
    """
    text = str(getattr(approval, "value", approval))
    if text in {"approved", "已核定"}:
        return "approved"
    if text in {"pending", "all", "待核", "含待核"}:
        return "pending"
    raise ValueError(f"not an approval: {text!r}")


def _parts(measure: Measure) -> str:
    return f"{measure.parts_text} {measure.part_unit.text}" if measure.parts_text else ""
