"""The list of what is handed over, as a clerk types or pastes it: a line an item, four parts.

A line is 名称，数量，单位，接管单位, parted by commas of either width or by the tabs of a workbook: ``路灯，24，盏，
街道物业服务中心``. Stored are the four parts in text; the quantity in plain digits.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from decimal import Decimal

from renovation.core.errors import Refusal
from renovation.core.reading import clean, parse_decimal, plain_number

_PARTS = re.compile(r"[\t，,]")
NAMES = ("name", "quantity", "unit", "keeper")
WORDS = ("名称", "数量", "单位", "接管单位")
LONGEST = (40, 20, 10, 60)
MOST = 100
Item = Mapping[str, str]


def parse_items(typed: str) -> list[dict[str, str]]:
    """The items of a typed list. Raises Refusal (``handover.items``) that names the first faulty lines."""
    faults: list[str] = []
    found: list[dict[str, str]] = []
    lines = [line for line in typed.splitlines() if line.strip()]
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_item(line))
        except Refusal as refusal:
            faults.append(f"第 {number} 行{refusal.message}")
    if len(lines) > MOST:
        faults.append(f"最多 {MOST} 行，填了 {len(lines)} 行，请合并同类的。")
    if faults:
        rest = f"另有 {len(faults) - 3} 行也不对。" if len(faults) > 3 else ""
        raise Refusal("handover.items", "".join(faults[:3]) + rest, field="items_typed")
    return found


def _item(line: str) -> dict[str, str]:
    parts = [clean(part) for part in _PARTS.split(line.strip())]
    if len(parts) != len(NAMES):
        raise Refusal("handover.item", f"应是“{'，'.join(WORDS)}”四项，现在是 {len(parts)} 项。")
    for word, part, longest in zip(WORDS, parts, LONGEST, strict=True):
        if not part:
            raise Refusal("handover.item", f"的{word}没有填。")
        if len(part) > longest:
            raise Refusal("handover.item", f"的{word}超过 {longest} 个字。")
    try:
        quantity = parse_decimal(parts[1], 2, minimum=0)
    except Refusal:
        raise Refusal("handover.item", f"的数量“{parts[1]}”不是数。") from None
    if not quantity:
        raise Refusal("handover.item", "的数量是 0。")
    return dict(zip(NAMES, (parts[0], _plain(quantity), parts[2], parts[3]), strict=True))


def _plain(quantity: Decimal) -> str:
    text = plain_number(quantity)
    return text.rstrip("0").rstrip(".") if "." in text else text


def typed_items(items: Iterable[Item]) -> str:
    """Items as they were typed, a line each; ``parse_items`` gives the same back."""
    return "\n".join("，".join(str(item[name]) for name in NAMES) for item in items)
