"""A file that a person hands in as evidence or to be filed: what it is is told by its content, never by its name."""

from __future__ import annotations

import io
import zipfile
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


#: What may be filed as a document: type → (ending, what people call it).
DOCUMENT_TYPES: Mapping[str, tuple[str, str]] = {
    "application/pdf": ("pdf", "PDF"),
    "image/jpeg": ("jpg", "JPG"),
    "image/png": ("png", "PNG"),
    "application/vnd.openxmlformats-officedocument.wordprocessingml.document": ("docx", "Word"),
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": ("xlsx", "Excel"),
    "application/ofd": ("ofd", "OFD"),
}
#: The part of a package that says what it is (GB/T 33190-2016 for OFD).
_PACKAGE_PARTS = {
    "word/document.xml": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xl/workbook.xml": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "OFD.xml": "application/ofd",
}


def read_document(*, name: str, content: bytes) -> NewFile:
    """Accept a document of at most 20 MB: PDF, JPG, PNG, Word (.docx), Excel (.xlsx) or OFD, told by content.

    Refusals, at the field ``file``: ``file.empty``, ``file.too_large``, ``file.type``.
    """
    if not content:
        raise Refusal("file.empty", "文件是空的，请重新选择。", field="file")
    if len(content) > LARGEST_EVIDENCE:
        raise Refusal(
            "file.too_large",
            f"文件有 {len(content) / 1024 / 1024:.1f} MB，归档文件不超过 20 MB。",
            field="file",
        )
    content_type = _sniffed(content)
    if content_type not in _SIGNATURES or not content.startswith(_SIGNATURES[content_type]):
        content_type = _package_type(content)
    if not content_type:
        raise Refusal(
            "file.type",
            "归档文件只收 PDF、JPG、PNG、Word（.docx）、Excel（.xlsx）和 OFD，看内容，不看文件名。",
            field="file",
            found=name,
            expected="PDF、JPG、PNG、Word、Excel 或 OFD",
        )
    return NewFile(name=name.strip()[:200] or "未命名", content=content, content_type=content_type)


def _package_type(content: bytes) -> str:
    """What a zip package is by the part it must hold; "" for any other zip and for what is none."""
    if not content.startswith(b"PK\x03\x04"):
        return ""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            names = set(package.namelist())
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        return ""
    return next((kind for part, kind in _PACKAGE_PARTS.items() if part in names), "")


def _sniffed(content: bytes) -> str:
    import puremagic

    try:
        return str(puremagic.from_string(content[:65_536], mime=True))
    except (puremagic.PureError, ValueError):
        return ""
