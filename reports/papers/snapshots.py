"""The stored form of a compiled paper: canonical JSON, its digest, and the value again."""

from __future__ import annotations

import json
from typing import Any

from renovation.core.documents.snapshot import digest_of, freeze, thaw
from renovation.core.measures import Approval, Measure, Unit
from renovation.core.periods import Month, Quarter, Week, Year

from . import adjusted, assigned, bulletins, sheets, waived
from .bulletins import Bulletin
from .minutes.values import AssignedItem, Attendance, Decided, MeetingMinutes
from .models import Document
from .sheets import DispatchSheet

Content = DispatchSheet | Bulletin
_TYPES: tuple[type, ...] = (
    Approval, Measure, Unit, Month, Quarter, Week, Year,
    sheets.DispatchSheet, sheets.SheetGroup, sheets.SheetPart, sheets.SheetRow, sheets.ReturnInput,
    bulletins.Bulletin, bulletins.Passage, bulletins.NamedFigure, bulletins.StreetFacts,
    bulletins.ProjectFacts, adjusted.AdjustedProject, waived.WaivedRule, waived.WaivedRow, assigned.AssignedRow,
    MeetingMinutes, AssignedItem, Attendance, Decided,
)  # fmt: skip


def stored(content: Content | MeetingMinutes) -> dict[str, Any]:
    """The content as the JSON that a document keeps."""
    kept: dict[str, Any] = json.loads(freeze(content))
    return kept


def digest_of_content(content: Content | MeetingMinutes) -> str:
    """The sha256 of the canonical JSON, 64 hex digits."""
    return digest_of(freeze(content))


def _thawed(document: Document) -> Content | MeetingMinutes:
    content: Content | MeetingMinutes = thaw(
        json.dumps(document.snapshot, ensure_ascii=False), _TYPES
    )
    return content


def content_of(document: Document) -> Content:
    """The compiled paper that a document keeps, a sheet or a bulletin; TypeError for minutes."""
    content = _thawed(document)
    if isinstance(content, MeetingMinutes):
        raise TypeError("minutes hold no figures")
    return content


def minutes_of(document: Document) -> MeetingMinutes:
    """The content of minutes; TypeError for another kind."""
    content = _thawed(document)
    if not isinstance(content, MeetingMinutes):
        raise TypeError(f"{document.kind} is no minutes")
    return content


def sheet_of(document: Document) -> DispatchSheet:
    """The content of a dispatch sheet; TypeError for another kind."""
    content = content_of(document)
    if not isinstance(content, DispatchSheet):
        raise TypeError(f"{document.kind} is no dispatch sheet")
    return content


def bulletin_of(document: Document) -> Bulletin:
    """The content of a bulletin; TypeError for another kind."""
    content = content_of(document)
    if not isinstance(content, Bulletin):
        raise TypeError(f"{document.kind} is no bulletin")
    return content


def is_whole(document: Document) -> bool:
    """Whether the stored snapshot is still the one that the digest was made of, also where papers have
    been given further fields since."""
    text = json.dumps(document.snapshot, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return digest_of(text) == document.digest
