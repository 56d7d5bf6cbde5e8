"""Who an illegal structure belongs to: sealed at rest, masked where it is listed (DOMAIN.md §5.6)."""

from __future__ import annotations

import json
from dataclasses import dataclass

from renovation.core.crypto import decrypt, encrypt
from renovation.records.keys import keyring

_AAD = b"works.structure.owner"


@dataclass(frozen=True, slots=True)
class Owner:
    """A name and a telephone number; either may be empty."""

    name: str
    phone: str

    @property
    def masked(self) -> str:
        """张** 138****5678, for lists of those who may ask for more."""
        name = f"{self.name[0]}**" if self.name else ""
        phone = f"{self.phone[:3]}****{self.phone[-4:]}" if len(self.phone) >= 8 else ""
        return " ".join(part for part in (name, phone) if part) or "未登记"


def seal(owner: Owner) -> bytes | None:
    """The bytes that are stored; None for nobody."""
    if not owner.name and not owner.phone:
        return None
    text = json.dumps({"name": owner.name, "phone": owner.phone}, ensure_ascii=False)
    return encrypt(text.encode(), keyring=keyring(), aad=_AAD)


def unseal(sealed: bytes | memoryview | None) -> Owner:
    """The owner of stored bytes; empty where none is stored. Raises CryptoError for what was tampered with."""
    if not sealed:
        return Owner("", "")
    found = json.loads(decrypt(bytes(sealed), keyring=keyring(), aad=_AAD))
    return Owner(str(found["name"]), str(found["phone"]))
