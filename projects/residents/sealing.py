"""Who raised an objection: sealed at rest, masked where it is listed (DOMAIN.md §5.6, PIPL 6, 28, 51)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from renovation.core.crypto import decrypt, encrypt
from renovation.records.keys import keyring

_AAD = b"residents.objection.who"


@dataclass(frozen=True, slots=True)
class Person:
    """Name, telephone and place (3号楼2单元501室); each may be empty, all empty is an anonymous person."""

    name: str = ""
    phone: str = ""
    place: str = ""

    @property
    def masked(self) -> str:
        """张** 138****5678; the place is left out."""
        name = f"{self.name[0]}**" if self.name else ""
        phone = f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) >= 8 else ""
        return " ".join(part for part in (name, phone) if part) or "未留姓名"


def seal(person: Person) -> bytes | None:
    """The bytes that are stored; None for nobody."""
    if not (person.name or person.phone or person.place):
        return None
    kept = {"name": person.name, "phone": person.phone, "place": person.place}
    return encrypt(json.dumps(kept, ensure_ascii=False).encode(), keyring=keyring(), aad=_AAD)


def unseal(sealed: bytes | memoryview | None) -> Person:
    """The person of stored bytes; nobody where none is stored. CryptoError for what was tampered with."""
    if not sealed:
        return Person()
    found = json.loads(decrypt(bytes(sealed), keyring=keyring(), aad=_AAD))
    return Person(str(found["name"]), str(found["phone"]), str(found["place"]))
