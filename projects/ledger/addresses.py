"""A building, unit or room in one form, however it was typed: pure functions, the only place that says when two
spellings are the same home."""

from __future__ import annotations

import re

from renovation.core.reading import to_halfwidth

#: 3号楼, 3#楼, 3#, 3号, 3栋, A座; 楼 alone only after a number or letter, for 东楼 is a name.
_BUILDING = re.compile(r"(?:(?:号|#|栋|幢|座)+楼?|(?<=[0-9A-Z])楼)$")
_UNIT = re.compile(r"(单元|门|#)$")
_ROOM = re.compile(r"(室|号|户|#)$")
_ZEROS = re.compile(r"^0+(?=\d)")


def _form(text: str, ending: re.Pattern[str]) -> str:
    plain = "".join(to_halfwidth(text).split()).upper()
    return _ZEROS.sub("", ending.sub("", plain) or plain)


def building_form(text: str) -> str:
    """3 for ３号楼, 3#楼, 3#, 3号, 3楼, 03栋; another name as it is, "" for none."""
    return _form(text, _BUILDING)


def unit_form(text: str) -> str:
    """2 for 2单元, 02."""
    return _form(text, _UNIT)


def room_form(text: str) -> str:
    """501 for 501室, 0501."""
    return _form(text, _ROOM)
