"""Residents' names, phones and words: sealed at rest, searchable by keyed hash, masked where they are shown.

Source: DOMAIN.md §5.6 (PIPL 6, 28, 51), GB/T 22239-2019 数据保密性. Pure but for the site's key ring.
"""

from __future__ import annotations

import re
import secrets

from renovation.core.crypto import decrypt, encrypt, is_keyed_hash, keyed_hash, keyed_hashes
from renovation.core.reading import to_halfwidth
from renovation.records.keys import keyring

_NOT_DIGIT = re.compile(r"\D")
HIDDEN = "****"
#: Hex digits of salt before the hash of a mark.
_SALT = 16


def seal(text: str, *, place: str) -> bytes:
    """A text sealed for a place (``consent.household:7:3:2:501:name``); empty stays empty."""
    return encrypt(text.encode(), keyring=keyring(), aad=place.encode()) if text else b""


def unseal(sealed: bytes | memoryview, *, place: str) -> str:
    """What was sealed for a place; CryptoError where it was moved or changed."""
    data = bytes(sealed)
    return decrypt(data, keyring=keyring(), aad=place.encode()).decode() if data else ""


def phone_digits(text: str) -> str:
    """A phone in one form: half-width digits, without the country's code."""
    digits = _NOT_DIGIT.sub("", to_halfwidth(text))
    return digits[2:] if len(digits) == 13 and digits.startswith("86") else digits


def name_form(text: str) -> str:
    """A name in one form: without any blank."""
    return "".join(text.split())


def name_hash(text: str) -> str:
    """The hash under which a name is found; "" for none."""
    form = name_form(text)
    return keyed_hash(form, keyring=keyring(), purpose="consent.name") if form else ""


def phone_hash(text: str) -> str:
    """The hash under which a phone is found; "" for none."""
    digits = phone_digits(text)
    return keyed_hash(digits, keyring=keyring(), purpose="consent.phone") if digits else ""


def mark(text: str, *, place: str) -> str:
    """A keyed hash of a text at a place, with a salt of its own: by it is seen later whether the same stands there, and
    neither what stands there nor whether two marks are of one text."""
    salt = secrets.token_hex(_SALT // 2)
    return salt + keyed_hash(f"{salt}:{place}:{text}", keyring=keyring(), purpose="consent.mark")


def is_marked(found: str, text: str, *, place: str) -> bool:
    """Whether a mark is one of a text at a place, under any key of the ring."""
    salt, digest = found[:_SALT], found[_SALT:]
    return is_keyed_hash(
        digest, f"{salt}:{place}:{text}", keyring=keyring(), purpose="consent.mark"
    )


def search_hashes(text: str) -> tuple[list[str], list[str]]:
    """What to look for where somebody typed a name or a phone: hashes of names, hashes of phones, under
    every key of the ring."""
    digits = phone_digits(text)
    form = name_form(text)
    names = keyed_hashes(form, keyring=keyring(), purpose="consent.name") if form else []
    phones = keyed_hashes(digits, keyring=keyring(), purpose="consent.phone") if digits else []
    return names, phones


def mask_name(name: str) -> str:
    """张** whatever its length; "" for none."""
    return f"{name[0]}**" if name else ""


def mask_phone(phone: str) -> str:
    """138****5678; **** where it is too short to keep anything; "" for none."""
    if not phone:
        return ""
    return f"{phone[:3]}{HIDDEN}{phone[-4:]}" if len(phone) >= 11 else HIDDEN


def is_masked(text: str) -> bool:
    """Whether a name or a phone is one that was masked; nobody is called **."""
    return "**" in text


def place_words(building: str, unit: str, room: str) -> str:
    """3号楼2单元501室; a building or unit that is no number keeps its own name."""
    words = f"{building}号楼" if building.isdecimal() else building
    if unit:
        words += f"{unit}单元" if unit.isalnum() and unit.isascii() else unit
    return words + (f"{room}室" if room.isascii() else room)
