"""Forms of the standards: shape only."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.enums import Verdict
from projects.ledger.models import StandardCheck, StandardItem
from projects.ledger.pages import RowForm
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.filtering import FilterForm, choice, year_choice
from renovation.face.widgets import LongText, SegmentChoice

from .services import NO_BASIS
from .table import BARE, OPEN


class CheckForm(RowForm):
    """The verdict on one standard."""

    verdict = forms.ChoiceField(
        label="结论",
        choices=Verdict.choices,
        widget=SegmentChoice(),
        error_messages={"required": "请选择。"},
    )
    evidence = EvidenceField(label="依据文件", required=False)

    class Meta:
        model = StandardCheck
        fields = ("verdict", "note")
        widgets = {"note": LongText({"rows": 2})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.evidence
        words = f"已有“{kept}”，选了新文件就替换它。" if kept else ""
        self.fields["evidence"].help_text = f"PDF、JPG 或 PNG，不超过 20 MB。{words}"
        self.fields["note"].help_text = "“符合”不附文件的，写明依据；“不符合”“不适用”要写明原因。"

    def clean(self) -> dict[str, Any]:
        """What is met has a file or says what shows it; what is not met or does not apply says why."""
        cleaned = super().clean() or {}
        verdict = cleaned.get("verdict")
        if verdict is None or "note" in self.errors or cleaned.get("note", "").strip():
            return cleaned
        if verdict != Verdict.MET:
            self.add_error("note", "“不符合”“不适用”要写明原因。")
        elif (
            self.instance.evidence_id is None
            and not cleaned.get("evidence")
            and "evidence" not in self.errors
        ):
            self.add_error("evidence", NO_BASIS)
        return cleaned


class ItemForm(RowForm):
    """The words of a standard."""

    number = WholeField(label="条次", minimum=1, maximum=99)
    retired_on = DayField(
        label="停用日期", required=False, help_text="从这一天起不再核对，已有的结论留着。"
    )

    class Meta:
        model = StandardItem
        fields = ("number", "group", "text", "hint", "retired_on")
        widgets = {"text": LongText({"rows": 3}), "hint": LongText({"rows": 2})}
        error_messages = {
            "text": {"required": "此处未填。", "max_length": "不超过 200 个字。"},
            "group": {"required": "请选择。"},
        }

    def __init__(self, *args: Any, bureau_id: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.bureau_id = bureau_id

    def clean_number(self) -> int:
        """Once in a bureau."""
        number = int(self.cleaned_data["number"])
        others = StandardItem.objects.filter(bureau_id=self.instance.bureau_id, number=number)
        if others.exclude(pk=self.instance.pk).exists():
            raise forms.ValidationError("已有这一条次。")
        return number


class TableForm(FilterForm):
    """The filter bar over the table of all projects."""

    year = year_choice()
    street = choice("街道")
    item = choice("标准")
    verdict = choice("结论", [*Verdict.choices, (OPEN, "未核对"), (BARE, "符合但无依据")])
