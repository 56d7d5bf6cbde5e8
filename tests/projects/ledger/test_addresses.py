"""One home under one form, however a list spells it."""

import pytest

from projects.ledger.addresses import building_form, room_form, unit_form


@pytest.mark.parametrize(
    ("typed", "form"),
    [
        *((name, "3") for name in ("3", " 3 ", "３号楼", "3 号楼", "3#楼", "3＃楼", "3#", "3号")),
        *((name, "3") for name in ("3楼", "03号楼", "3栋", "3幢", "3座", "003")),
        ("a座", "A"),
        ("东楼", "东楼"),
        ("甲栋", "甲"),
        ("号楼", "号楼"),
        ("30号楼", "30"),
        ("0", "0"),
        ("", ""),
    ],
)
def test_a_building_has_one_form(typed: str, form: str) -> None:
    assert building_form(typed) == form


def test_units_and_rooms_have_one_form() -> None:
    assert {unit_form(name) for name in ("2", "２单元", "02单元", "2 门", "2#")} == {"2"}
    assert {room_form(name) for name in ("501", "501室", "５０１号", "0501", "501户")} == {"501"}
    assert (unit_form(""), room_form("东间")) == ("", "东间")
