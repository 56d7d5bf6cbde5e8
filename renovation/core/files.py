"""A file that a person hands in as evidence: what it is is told by its content, never by its name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from renovation.core.errors import Refusal

#: Type → ending, of what may be handed in as evidence.
EVIDENCE_TYPES: Mapping[str, str] = {
    "application/pdf": "pdf",
    "image/jpeg": "jpg",
    "image/png": "png",
}
LARGEST_EVIDENCE = 20 * 1024 * 1024
_SIGNATURES = {
    "application/pdf": b"%PDF-",
    "image/jpeg": b"\xff\xd8\xff",
    "image/png": b"\x89PNG\r\n\x1a\n",
}


@dataclass(frozen=True, slots=True)
class NewFile:
    """A file that was handed in and not yet stored: its name, bytes, and the type its content shows."""

    name: str
    content: bytes
    content_type: str


def read_evidence(*, name: str, content: bytes) -> NewFile:
    """Accept a PDF, JPEG or PNG of at most 20 MB.

    Refusals, at the field ``evidence``: ``file.empty``, ``file.too_large``, ``file.type``. The type is
    sniffed (puremagic) and its signature must stand at the very beginning.
    """
    if not content:
        raise Refusal("file.empty", "文件是空的，请重新选择。", field="evidence")
    if len(content) > LARGEST_EVIDENCE:
        raise Refusal(
            "file.too_large",
            f"文件有 {len(content) / 1024 / 1024:.1f} MB，依据文件不超过 20 MB。",
            field="evidence",
        )
    content_type = _sniffed(content)
    if content_type not in EVIDENCE_TYPES or not content.startswith(_SIGNATURES[content_type]):
        raise Refusal(
            "file.type",
            "依据文件只收 PDF、JPG 和 PNG，看内容，不看文件名。",
            field="evidence",
            found=name,
            expected="PDF、JPG 或 PNG",
        )
    return NewFile(name=name.strip()[:200] or "未命名", content=content, content_type=content_type)


def _sniffed(content: bytes) -> str:
    import puremagic

    try:
        return str(puremagic.from_string(content[:65_536], mime=True))
    except (puremagic.PureError, ValueError):
        return ""
