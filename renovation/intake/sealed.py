"""What an upload keeps of a pipeline that holds residents' data: one sealed text, in JSON.

``{"sealed": base64}``. What was kept before its pipeline was private is read as it is.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import Any

from renovation.core.crypto import decrypt, encrypt
from renovation.records.keys import keyring

from .pipelines import Pipeline

_SEALED = "sealed"


def sealed(content: Mapping[str, Any], pipeline: Pipeline, what: str) -> dict[str, Any]:
    """The content as an upload keeps it; ``what`` it is (row, answers) binds it to its place."""
    if not pipeline.is_private:
        return dict(content)
    text = json.dumps(content, ensure_ascii=False).encode()
    found = encrypt(text, keyring=keyring(), aad=_lock(pipeline, what))
    return {_SEALED: base64.b64encode(found).decode("ascii")}


def opened(kept: Mapping[str, Any], pipeline: Pipeline, what: str) -> Mapping[str, Any]:
    """What was sealed. Raises CryptoError where it is of another place, or its key is gone."""
    if _SEALED not in kept:
        return kept
    found = decrypt(base64.b64decode(kept[_SEALED]), keyring=keyring(), aad=_lock(pipeline, what))
    content: dict[str, Any] = json.loads(found.decode())
    return content


def _lock(pipeline: Pipeline, what: str) -> bytes:
    return f"intake.{what}:{pipeline.code}".encode()
