"""The form of a change of enrolment."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from projects.ledger.changing.forms import long_text
from projects.ledger.enrolment import (
    EnrolmentValues,
)
from projects.ledger.enums import ChangeKind
from projects.ledger.forms import CHOOSE, text
from projects.ledger.models import Project
from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.face.fields import DayField, EvidenceField

_DAY = {
    ChangeKind.ENTER: ("列入计划日期", "计划文件的批准日期。"),
    ChangeKind.REPORT: ("开始报送", "从这一天所在的那一周起要周报。"),
    ChangeKind.CANCEL: ("取消日期", "从这一天起不再计入，最早是街道还没有报送的那一周的周一。"),
}


class EnrolmentForm(forms.Form):
    """One kind of change of enrolment: its day or street, why, and by which document."""

    effective_on = DayField(label="日期")
    to_street = forms.ModelChoiceField(
        Organisation.objects.none(), label="移交到", empty_label="请选择", error_messages=CHOOSE
    )
    rationale = long_text("理由", required=True, missing="变更须写明理由。")
    document_number = text("批准文号", 60, hint="还没有批准文号的，批准时再填。")
    evidence = EvidenceField(
        label="依据文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        project: Project,
        kind: ChangeKind,
        today: date,
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.kind = kind
        if kind in _DAY:
            self.fields["effective_on"].label, self.fields["effective_on"].help_text = _DAY[kind]
        else:
            del self.fields["effective_on"]
        if kind == ChangeKind.MOVE:
            streets = project.programme.bureau.descendants().filter(kind=OrganisationKind.STREET)
            offered = streets.valid_on(today).exclude(pk=project.street_id).order_by("order")
            self.fields["to_street"].queryset = offered  # type: ignore[attr-defined]
            self.fields["to_street"].label_from_instance = lambda row: row.short_name  # type: ignore[attr-defined]
        else:
            del self.fields["to_street"]

    @property
    def values(self) -> EnrolmentValues:
        """As the service takes it."""
        cleaned = self.cleaned_data
        return EnrolmentValues(
            kind=self.kind,
            rationale=cleaned["rationale"],
            effective_on=cleaned.get("effective_on"),
            to_street=cleaned.get("to_street"),
            document_number=cleaned["document_number"],
            file=cleaned["evidence"],
        )
