"""The key ring of private files, from the settings."""

from __future__ import annotations

from functools import cache

from django.conf import settings

from renovation.core.crypto import Keyring


@cache
def keyring() -> Keyring:
    """Keys from ``FILE_KEYS``, else one derived from ``SECRET_KEY``."""
    return Keyring.from_config(
        settings.FILE_KEYS, secret=settings.SECRET_KEY, cipher=settings.CIPHER, hash=settings.HASH
    )
