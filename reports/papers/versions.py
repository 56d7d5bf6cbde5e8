"""The versions of a paper: which one an issued paper replaces, and which one has replaced it.

A correction may be withdrawn and drafted anew, so the row that ``supersedes`` points to need not be
the paper that was issued. What replaces what is therefore read from the issued versions of the same
paper, never from one link of the chain.
"""

from __future__ import annotations

from collections.abc import Iterable

from renovation.accounts.models import Organisation

from .enums import PaperState
from .models import Document
from .querysets import DocumentQuerySet


def versions_of(document: Document) -> DocumentQuerySet:
    """All versions of the same paper: its kind, subject and period."""
    return Document.objects.filter(
        kind=document.kind, subject_id=document.subject_id, period_key=document.period_key
    )


def latest(
    *, kind: str, bureau: Organisation, subject: Organisation, period_key: str
) -> Document | None:
    """The newest version of a paper, in whatever state."""
    rows = Document.objects.filter(kind=kind, bureau=bureau, subject=subject, period_key=period_key)
    return rows.select_related("bureau", "subject").order_by("-version").first()


def speaking(*, kind: str, bureau: Organisation, period_keys: Iterable[str]) -> dict[str, Document]:
    """The version that speaks for each of the district's papers: the newest issued one, else the newest that was
    not withdrawn. A correction on its way does not silence what is issued. One query, without the contents."""
    rows = Document.objects.filter(
        kind=kind, bureau=bureau, subject=bureau, period_key__in=list(period_keys)
    )
    found: dict[str, Document] = {}
    for row in (
        rows.exclude(state=PaperState.WITHDRAWN).defer("snapshot", "texts").order_by("version")
    ):
        before = found.get(row.period_key)
        if before is None or before.state != PaperState.ISSUED or row.state == PaperState.ISSUED:
            found[row.period_key] = row
    return found


def replaced_by(document: Document) -> Document | None:
    """The issued paper that a version corrects and replaces: the newest issued one before it."""
    earlier = versions_of(document).filter(version__lt=document.version, state=PaperState.ISSUED)
    return earlier.order_by("-version").first()


def later_than(document: Document) -> DocumentQuerySet:
    """The versions after this one that were not withdrawn, the newest first: a correction that is on its
    way or was issued."""
    rows = versions_of(document).filter(version__gt=document.version)
    return rows.exclude(state=PaperState.WITHDRAWN).order_by("-version")
