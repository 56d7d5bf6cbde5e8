"""The scan of the sealed paper: what it is, by its bytes and not by its name."""

from __future__ import annotations

from pathlib import PurePath

import puremagic

from renovation.core.errors import Refusal

LARGEST = 20 * 1024 * 1024
_TYPES = {
    ".pdf": ("application/pdf", b"%PDF-"),
    ".jpg": ("image/jpeg", b"\xff\xd8\xff"),
    ".png": ("image/png", b"\x89PNG\r\n\x1a\n"),
}


def checked(*, content: bytes, name: str) -> tuple[str, str]:
    """The name to keep (with the suffix of what it is) and the content type.

    Raises Refusal at ``file``: empty, too large, or neither PDF nor JPEG nor PNG.
    """
    if not content:
        raise Refusal("original.empty", "文件是空的，请重新选择扫描件。", field="file")
    if len(content) > LARGEST:
        raise Refusal(
            "original.too_large",
            f"扫描件不能超过 20 MB，这个文件有 {len(content) / 1024 / 1024:.1f} MB。",
            field="file",
        )
    try:
        found = puremagic.from_string(content)
    except puremagic.PureError:
        found = ""
    suffix = {".jpeg": ".jpg", ".jfif": ".jpg", ".jpe": ".jpg"}.get(found, found)
    if suffix not in _TYPES or not content.startswith(_TYPES[suffix][1]):
        raise Refusal(
            "original.type",
            "正本扫描件应为 PDF、JPG 或 PNG 文件，请重新扫描或另存后再上传。",
            field="file",
            found=PurePath(name).suffix,
            expected="PDF、JPG、PNG",
        )
    stem = PurePath(name.replace("\\", "/")).stem or "正本"
    return f"{stem[:120]}{suffix}", _TYPES[suffix][0]
