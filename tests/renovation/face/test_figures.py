"""What a figure says beside its number: what waits behind the mark 待核, every other remark beside the basis."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from renovation.core.measures import Measure, Unit
from renovation.face.figures import figure_values

_NOTHING: dict[str, Any] = {
    "name": "", "value": None, "unit": "", "basis": "", "change": None, "change_unit": "",
    "change_text": "", "approval": "", "as_of": None, "as_of_note": "", "pending": "", "href": "",
}  # fmt: skip


@pytest.mark.parametrize(
    ("note", "basis", "pending"),
    [
        ("", "1,523 / 2,028 个", ""),
        ("无计划 2 个", "1,523 / 2,028 个；无计划\u00a02\u00a0个", ""),
        (
            "无计划 2 个；待核 3 个项目，未计入",
            "1,523 / 2,028 个；无计划\u00a02\u00a0个",
            "3 个项目，未计入",
        ),
        ("待核 3 个项目，未计入", "1,523 / 2,028 个", "3 个项目，未计入"),
    ],
)
def test_only_what_waits_is_marked_as_waiting(note: str, basis: str, pending: str) -> None:
    measure = Measure.rate(
        "形象进度", 15_23, 20_28, part_unit=Unit.COUNT, as_of=date(2025, 9, 14), note=note
    )
    found = figure_values(**(_NOTHING | {"measure": measure}))
    assert (found["basis"], found["pending"]) == (basis, pending)
