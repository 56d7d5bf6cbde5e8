"""Forms of meetings and matters."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from projects.ledger.pages import RowForm
from projects.residents.models import Matter, Meeting
from projects.residents.services.meetings import Solution
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.widgets import LongText

from .fields import FILE_HINT, long_text

_WORDS = {"required": "此处未填。", "invalid_choice": "没有这一项。"}


class MeetingForm(RowForm):
    """A meeting that was held."""

    held_on = DayField(label="日期")
    attended = WholeField(label="到会人数（人）", minimum=1, maximum=99_999)
    evidence = EvidenceField(label="签到或纪要", required=False)

    class Meta:
        model = Meeting
        fields = ("held_on", "kind", "place", "attended", "summary")
        widgets = {"summary": LongText({"rows": 4})}
        error_messages = dict.fromkeys(("kind", "place", "summary"), _WORDS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kept = self.instance.file
        words = f"已有“{kept}”，选了新文件就替换它。" if kept else ""
        self.fields["evidence"].help_text = FILE_HINT + words
        self.fields["summary"].help_text = "不写居民姓名电话。"

    def clean_held_on(self) -> date:
        """Nothing that is yet to happen."""
        day: date = self.cleaned_data["held_on"]
        if day > self.today:
            raise forms.ValidationError("日期不能晚于今天。")
        return day


class MatterForm(RowForm):
    """A matter raised at a meeting."""

    due_on = DayField(label="期限")

    class Meta:
        model = Matter
        fields = ("content", "owner", "due_on")
        error_messages = dict.fromkeys(("content", "owner"), _WORDS)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["owner"].help_text = "写单位或岗位，不写个人姓名。"


class SolveForm(forms.Form):
    """How a matter was solved."""

    solved_on = DayField(label="解决日期")
    result = long_text("解决情况", 300)
    evidence = EvidenceField(label="佐证", help_text=f"登记后不能修改。{FILE_HINT}")

    @property
    def solution(self) -> Solution:
        """The solution."""
        cleaned = self.cleaned_data
        return Solution(
            solved_on=cleaned["solved_on"],
            result=cleaned["result"],
            evidence=cleaned["evidence"],
        )
