"""The one order in which rows of papers are locked: the bureau, then its documents, then its returns.

Whoever needs more than one document, or must see that no other paper of the bureau changes meanwhile
(compiling, numbering, issuing a dispatch sheet, correcting), locks the bureau first and the documents
after it; an act on one paper locks that document alone. Publishing returns comes last, while the
sheet that publishes them is locked. Nobody locks a bureau while holding a document.

The bureau is locked FOR NO KEY UPDATE: every row that only refers to it (an audit entry, a step) takes
a key share of it, and must neither wait for a compilation nor close a circle with one.
"""

from __future__ import annotations

from renovation.accounts.models import Organisation

from .models import Document


def lock_bureau(bureau_id: int) -> None:
    """Hold the bureau's papers until the transaction ends: one compiler, one number, one issue at a time."""
    Organisation.objects.select_for_update(no_key=True).get(pk=bureau_id)


def locked(document: Document) -> Document:
    """The document as it stands now, held until the transaction ends."""
    return (
        Document.objects.select_for_update(of=("self",))
        .select_related("bureau", "subject", "original")
        .get(pk=document.pk)
    )
