"""Forms of findings."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.funding.enums import FindingOrigin, FindingSeverity, FindingState
from projects.funding.forms import CHOOSE, MOST_WANYUAN
from projects.ledger.editing import Seen
from renovation.accounts.models import User
from renovation.face.fields import DayField, EvidenceField, WanyuanField
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import LongText, SegmentChoice

from .services import FindingValues


def _words(
    label: str, longest: int, *, required: bool = True, hint: str = "", long: bool = False
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=LongText() if long else None,
        error_messages={"required": f"{label}未填。", "max_length": f"不超过 {longest} 个字。"},
    )


class FindingForm(forms.Form):
    """A new finding."""

    origin = forms.ChoiceField(label="来源", choices=FindingOrigin.choices, error_messages=CHOOSE)
    title = _words("问题", 80, hint="一句话，如“外墙保温隐蔽工程多计量 320 平方米”。")
    detail = _words("具体情况", 500, required=False, long=True)
    found_on = DayField(label="发现日期", help_text="审计文件上的日期。")
    document_number = _words("审计文号", 60, required=False)
    amount = WanyuanField(
        label="涉及金额（万元）",
        minimum=0,
        maximum=MOST_WANYUAN,
        required=False,
        help_text="不涉及金额的不填。",
    )
    severity = forms.ChoiceField(
        label="程度",
        choices=FindingSeverity.choices,
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    responsible = _words("责任单位", 80, hint="如“鲁中某建设工程有限公司”。")
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="责任岗位",
        empty_label="请选择",
        error_messages=CHOOSE,
        help_text="由这个岗位报整改；销号须是另一人。",
    )
    deadline_on = DayField(label="整改期限", help_text="登记后不能改。")
    report = EvidenceField(
        label="审计文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )

    def __init__(self, data: Any = None, files: Any = None, *, owners: Sequence[User]) -> None:
        super().__init__(data, files, use_required_attribute=False)
        offered: Any = self.fields["owner"]
        offered.queryset = User.objects.filter(pk__in=[each.pk for each in owners])

    @property
    def values(self) -> FindingValues:
        """The finding as typed."""
        cleaned = self.cleaned_data
        return FindingValues(
            origin=FindingOrigin(cleaned["origin"]),
            title=cleaned["title"].strip(),
            detail=cleaned["detail"].strip(),
            found_on=cleaned["found_on"],
            amount_fen=cleaned["amount"] or 0,
            severity=FindingSeverity(cleaned["severity"]),
            document_number=cleaned["document_number"].strip(),
            responsible=cleaned["responsible"].strip(),
            owner=cleaned["owner"],
            deadline_on=cleaned["deadline_on"],
        )


class ActForm(forms.Form):
    """An act on a finding: it carries what its reader saw of it."""

    seen_version = Seen()


class AnswerForm(ActForm):
    """What was done, with evidence."""

    text = _words("整改措施和结果", 500, long=True)
    file = EvidenceField(label="佐证", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。")


class WordsForm(ActForm):
    """Why it goes back or is opened again."""

    text = _words("原因", 500, long=True)


class CloseForm(ActForm):
    """A word at the closing."""

    text = _words("核实情况", 500, required=False, long=True)


class FindingFilterForm(FilterForm):
    """State, severity, street and source."""

    state = choice("状态", [("overdue", "逾期未销号"), *FindingState.choices])
    severity = choice("程度", FindingSeverity.choices)
    origin = choice("来源", FindingOrigin.choices)
    street = choice("街道")
