"""What leaves the house of a paper, and whether it can be printed."""

from __future__ import annotations

import json

from renovation.core.documents.glyphs import check_glyphs
from renovation.core.errors import Refusal
from renovation.records.models import StoredFile

from . import renditions
from .enums import PaperState
from .models import Document


def bytes_to_mail(document: Document) -> list[StoredFile]:
    """The files of an issued paper that leave the house: the original (正本) where it is filed, else
    the PDF; then the workbook.

    Refuses (``paper.not_rendered``) while they are not made; see `is_ready_to_mail`.
    """
    done = renditions.finished(document=document)
    if not is_ready_to_mail(document):
        raise Refusal("paper.not_rendered", f"“{document.title}”的文件还在生成，请稍后再发送。")
    first = document.original or done["pdf"]
    return [first, done["xlsx"]]


def is_ready_to_mail(document: Document) -> bool:
    """Whether the paper is issued and its PDF and workbook are made."""
    done = renditions.finished(document=document)
    return document.state == PaperState.ISSUED and {"pdf", "xlsx"} <= set(done)


def check_printable(document: Document) -> None:
    """Refuse (``paper.glyph``) a paper that would be locked with a character that no face prints."""
    check_glyphs(json.dumps(document.snapshot, ensure_ascii=False))
