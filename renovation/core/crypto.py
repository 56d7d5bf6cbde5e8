"""Encryption at rest and keyed hashes, with algorithms and keys that can change.

`encrypt` seals bytes with AES-256-GCM, or with SM4-GCM where a site asks for domestic algorithms; the
ciphertext carries the algorithm and the key's id, so old data stay readable after either changed.
`keyed_hash` makes what is encrypted searchable (HMAC-SHA-256 or HMAC-SM3). Both use subkeys that HKDF
derives from the master keys, one per purpose. Source: DOMAIN.md §5.6, GB/T 22239-2019 数据保密性, GB/T 39786.

Layout of a ciphertext: `RV1`, one byte algorithm, one byte length of the key id, the key id, 12 bytes
nonce, ciphertext with its 16-byte tag. All before the nonce is authenticated together with `aad`.
"""

from __future__ import annotations

import base64
import binascii
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, hmac
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

MAGIC = b"RV1"
NONCE_BYTES = 12
TAG_BYTES = 16
MASTER_BYTES = 32
DERIVED_KEY_ID = "secret"
"""The id of the key that is derived from the secret where no keys are configured."""


class CryptoError(Exception):
    """A ciphertext or a key that cannot be used. The message holds no content."""


class UnknownKeyError(CryptoError):
    """The ciphertext names a key that the keyring doesn't have."""


class TamperedError(CryptoError):
    """The ciphertext, or what it belongs to (`aad`), was changed, or it is no ciphertext."""


class CipherName(StrEnum):
    AES_256_GCM = "aes-256-gcm"
    SM4_GCM = "sm4-gcm"


class HashName(StrEnum):
    HMAC_SHA256 = "hmac-sha256"
    HMAC_SM3 = "hmac-sm3"


_CIPHER_BYTES = {CipherName.AES_256_GCM: 1, CipherName.SM4_GCM: 2}
_CIPHER_KEY_BYTES = {CipherName.AES_256_GCM: 32, CipherName.SM4_GCM: 16}


@dataclass(frozen=True)
class Keyring:
    """The keys of a site.

    `keys` maps a key id (1–64 ASCII characters) to a master key of at least 32 bytes; `active` is the key
    that new ciphertexts use, `hash_key` the one for keyed hashes (default: `active`). To rotate, add a key
    and make it active: what the old one sealed stays readable as long as it is in the ring; what is
    hashed keeps `hash_key` until it has been hashed anew (`keyed_hashes` finds both meanwhile).
    """

    keys: Mapping[str, bytes] = field(repr=False)
    active: str
    hash_key: str = ""
    cipher: CipherName = CipherName.AES_256_GCM
    hash: HashName = HashName.HMAC_SHA256

    def __post_init__(self) -> None:
        object.__setattr__(self, "keys", MappingProxyType(dict(self.keys)))
        object.__setattr__(self, "hash_key", self.hash_key or self.active)
        object.__setattr__(self, "cipher", CipherName(self.cipher))
        object.__setattr__(self, "hash", HashName(self.hash))
        for key_id, key in self.keys.items():
            if not key_id.isascii() or not 1 <= len(key_id) <= 64:
                raise CryptoError(f"the key id {key_id!r} is not 1 to 64 ASCII characters")
            if len(key) < MASTER_BYTES:
                raise CryptoError(f"the key {key_id!r} is shorter than {MASTER_BYTES} bytes")
        for key_id in (self.active, self.hash_key):
            if key_id not in self.keys:
                raise UnknownKeyError(f"the keyring has no key {key_id!r}")

    @classmethod
    def from_secret(
        cls,
        secret: str,
        *,
        cipher: CipherName | str = CipherName.AES_256_GCM,
        hash: HashName | str = HashName.HMAC_SHA256,  # noqa: A002 - named as the field
    ) -> Keyring:
        """A keyring whose only key is derived from `secret` (SECRET_KEY where no keys are configured)."""
        master = _derive(secret.encode(), "master", MASTER_BYTES)
        return cls({DERIVED_KEY_ID: master}, DERIVED_KEY_ID, "", CipherName(cipher), HashName(hash))

    @classmethod
    def from_config(
        cls,
        keys: Mapping[str, str],
        *,
        secret: str,
        active: str = "",
        hash_key: str = "",
        cipher: CipherName | str = CipherName.AES_256_GCM,
        hash: HashName | str = HashName.HMAC_SHA256,  # noqa: A002 - named as the field
    ) -> Keyring:
        """A keyring from settings: key id → base64 of at least 32 bytes.

        Without keys, the one derived from `secret`. The derived key stays in the ring beside configured
        ones under the id `secret`, so that what was sealed before keys were configured stays readable.
        `active` defaults to the last key named. Raises CryptoError where a key is no base64 or too short.
        """
        derived = cls.from_secret(secret, cipher=cipher, hash=hash)
        if not keys:
            return derived
        ring = dict(derived.keys)
        for key_id, text in keys.items():
            try:
                ring[key_id] = base64.b64decode(text, validate=True)
            except (binascii.Error, ValueError) as fault:
                raise CryptoError(f"the key {key_id!r} is not base64") from fault
        return cls(ring, active or list(keys)[-1], hash_key, CipherName(cipher), HashName(hash))


def encrypt(plain: bytes, *, keyring: Keyring, aad: bytes = b"") -> bytes:
    """The ciphertext of `plain` under the active key.

    `aad` ties it to its place (table, field and id of the row): it decrypts only with the same `aad`.
    """
    key_id = keyring.active.encode("ascii")
    head = MAGIC + bytes([_CIPHER_BYTES[keyring.cipher], len(key_id)]) + key_id
    nonce = os.urandom(NONCE_BYTES)
    key = _cipher_key(keyring.keys[keyring.active], keyring.cipher)
    if keyring.cipher is CipherName.AES_256_GCM:
        body = AESGCM(key).encrypt(nonce, plain, head + aad)
    else:
        sealer = Cipher(algorithms.SM4(key), modes.GCM(nonce)).encryptor()
        sealer.authenticate_additional_data(head + aad)
        body = sealer.update(plain) + sealer.finalize() + sealer.tag
    return head + nonce + body


def decrypt(sealed: bytes, *, keyring: Keyring, aad: bytes = b"") -> bytes:
    """What `encrypt` was given.

    Raises UnknownKeyError where the keyring lacks the key, TamperedError where anything was changed.
    """
    cipher, key_id, head = _read_head(sealed)
    if key_id not in keyring.keys:
        raise UnknownKeyError(f"the keyring has no key {key_id!r}")
    rest = sealed[len(head) :]
    if len(rest) < NONCE_BYTES + TAG_BYTES:
        raise TamperedError("the ciphertext is too short")
    nonce, body = rest[:NONCE_BYTES], rest[NONCE_BYTES:]
    key = _cipher_key(keyring.keys[key_id], cipher)
    try:
        if cipher is CipherName.AES_256_GCM:
            return AESGCM(key).decrypt(nonce, body, head + aad)
        opener = Cipher(algorithms.SM4(key), modes.GCM(nonce, body[-TAG_BYTES:])).decryptor()
        opener.authenticate_additional_data(head + aad)
        return opener.update(body[:-TAG_BYTES]) + opener.finalize()
    except InvalidTag as fault:
        raise TamperedError("the ciphertext does not hold") from fault


def key_id_of(sealed: bytes) -> str:
    """The id of the key that sealed it; for finding what a rotation has still to seal anew."""
    return _read_head(sealed)[1]


def keyed_hash(text: str, *, keyring: Keyring, purpose: str = "search") -> str:
    """A keyed hash of `text` as 64 hex digits, equal for equal texts, for indexes over encrypted fields.

    The caller brings the text into one form first (digits of a telephone number). Different purposes give
    different hashes, so that two columns cannot be joined.
    """
    return _keyed_hash(text, keyring.keys[keyring.hash_key], keyring.hash, purpose)


def keyed_hashes(text: str, *, keyring: Keyring, purpose: str = "search") -> list[str]:
    """The hashes of `text` under every key of the ring, the present one first; to search in a rotation."""
    return [_keyed_hash(text, key, keyring.hash, purpose) for key in _hash_keys(keyring)]


def is_keyed_hash(found: str, text: str, *, keyring: Keyring, purpose: str) -> bool:
    """Whether `found` is a keyed hash of `text` under any key of the ring, by either algorithm: of what left the portal
    nobody can hash it anew."""
    names = [keyring.hash, *(name for name in HashName if name is not keyring.hash)]
    return any(
        secrets.compare_digest(_keyed_hash(text, key, name, purpose).encode(), found.encode())
        for name in names
        for key in _hash_keys(keyring)
    )


def _hash_keys(keyring: Keyring) -> list[bytes]:
    """The keys of the ring, the present one first."""
    ids = [keyring.hash_key, *(key_id for key_id in keyring.keys if key_id != keyring.hash_key)]
    return [keyring.keys[key_id] for key_id in ids]


def _keyed_hash(text: str, master: bytes, name: HashName, purpose: str) -> str:
    algorithm = hashes.SHA256() if name is HashName.HMAC_SHA256 else hashes.SM3()
    maker = hmac.HMAC(_derive(master, f"hash:{name}:{purpose}", 32), algorithm)
    maker.update(text.encode())
    return maker.finalize().hex()


def _cipher_key(master: bytes, cipher: CipherName) -> bytes:
    return _derive(master, f"cipher:{cipher}", _CIPHER_KEY_BYTES[cipher])


def _derive(master: bytes, purpose: str, length: int) -> bytes:
    info = f"renovation.core.crypto:{purpose}".encode()
    return HKDF(algorithm=hashes.SHA256(), length=length, salt=None, info=info).derive(master)


def _read_head(sealed: bytes) -> tuple[CipherName, str, bytes]:
    fixed = len(MAGIC) + 2
    if len(sealed) < fixed or not sealed.startswith(MAGIC):
        raise TamperedError("this is no ciphertext of the portal")
    ciphers = {code: name for name, code in _CIPHER_BYTES.items()}
    cipher = ciphers.get(sealed[len(MAGIC)])
    head = sealed[: fixed + sealed[fixed - 1]]
    key_id = head[fixed:]
    if cipher is None or len(head) < fixed + sealed[fixed - 1] or not key_id.isascii():
        raise TamperedError("the head of the ciphertext is broken")
    return cipher, key_id.decode("ascii"), head
