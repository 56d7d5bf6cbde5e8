"""Parameters: what may be set, how it is typed, kept and shown."""

from __future__ import annotations

from datetime import time
from decimal import Decimal
from typing import Any

import pytest

from renovation.core.errors import Refusal
from renovation.core.parameters import Kind, Parameter, choice, clock, decimal, text, whole, yes_no

BEHIND = Parameter(
    key="weekly.light.red_behind",
    label="红灯：滞后超过",
    default=Decimal(30),
    kind=decimal(1, 0, 100),
    unit="个百分点",
    source="MEASURES.md 亮灯",
)


def test_a_parameter_is_typed_kept_and_shown() -> None:
    assert BEHIND.read(None) == Decimal(30)
    value = BEHIND.parse("２５．５")
    assert value == Decimal("25.5")
    assert BEHIND.store(value) == "25.5"
    assert BEHIND.read(BEHIND.store(value)) == value
    assert BEHIND.show(value) == "25.5个百分点"
    assert BEHIND.kind.hint == "0至100之间的最多1位小数的数"


def test_a_parameter_refuses_at_its_field() -> None:
    with pytest.raises(Refusal) as caught:
        BEHIND.parse("101")
    assert (caught.value.code, caught.value.field) == ("number.too_large", "value")

    def even(value: int) -> None:
        if value % 2:
            raise Refusal("number.odd", "应为偶数。")

    pairs = Parameter(key="k", label="对数", default=2, kind=whole(), validate=even)
    assert pairs.parse("4") == 4
    with pytest.raises(Refusal, match="应为偶数") as caught:
        pairs.parse("3")
    assert caught.value.field == "value"


@pytest.mark.parametrize(
    ("kind", "typed", "value", "stored", "shown"),
    [
        (whole(0), "1，200", 1200, "1200", "1,200"),
        (decimal(2), "0.90", Decimal("0.90"), "0.90", "0.90"),
        (
            text(10),
            " 区住房城乡建设局 ",
            "区住房城乡建设局",
            "区住房城乡建设局",
            "区住房城乡建设局",
        ),
        (yes_no(), "是", True, "是", "是"),
        (yes_no(), "否", False, "否", "否"),
        (
            choice({"all": "全体组成人员", "present": "到会人员"}),
            "all",
            "all",
            "all",
            "全体组成人员",
        ),
        (clock(), "１７：００", time(17), "17:00", "17:00"),
    ],
)
def test_kinds(kind: Kind[Any], typed: str, value: object, stored: str, shown: str) -> None:
    assert kind.parse(typed) == value
    assert kind.write(value) == stored
    assert kind.parse(stored) == value
    assert kind.show(value) == shown


@pytest.mark.parametrize(
    ("kind", "typed", "code"),
    [
        (whole(0), "-1", "number.too_small"),
        (whole(), "1.5", "number.too_many_decimals"),
        (text(3), "一二三四", "text.too_long"),
        (text(3), " ", "text.missing"),
        (yes_no(), "yes", "choice.unknown"),
        (choice({"a": "甲"}), "b", "choice.unknown"),
        (clock(), "25:00", "time.unreadable"),
        (clock(), "17", "time.unreadable"),
    ],
)
def test_what_is_refused(kind: Kind[Any], typed: str, code: str) -> None:
    with pytest.raises(Refusal) as caught:
        kind.parse(typed)
    assert caught.value.code == code
    assert caught.value.expected
    assert text(3, blank=True).parse(" ") == ""
