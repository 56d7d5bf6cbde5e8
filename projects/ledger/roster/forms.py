"""The form that approves the drafts of a programme together."""

from __future__ import annotations

from typing import Any

from projects.ledger.forms import text
from projects.ledger.gating.forms import ExceptionForm
from projects.ledger.planning.forms import ApproveForm
from renovation.face.fields import EvidenceField


class DraftsForm(ApproveForm):
    """The day from which the plans are in force, and, where changes among them were registered without one,
    the document that approves those."""

    document_number = text(
        "批准文号", 60, hint="用来批准没有文号和文件的变更；文号和文件至少填一样。"
    )
    evidence = EvidenceField(
        label="批准文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )

    field_order = ("approved_on", "document_number", "evidence", "rest_reason")

    def __init__(self, data: Any = None, files: Any = None, *, asks_document: bool, **more: Any):
        super().__init__(data, files, **more)
        if not asks_document:
            del self.fields["document_number"], self.fields["evidence"]


class EntryExceptionsForm(ExceptionForm):
    """One reason and one document for every exception that entries lack, judged today."""

    passed_on = None  # type: ignore[assignment]
