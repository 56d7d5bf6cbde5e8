"""Forms of contributions, joint evaluations and the opinions at them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms

from projects.residents.enums import Outcome
from projects.residents.models import Contribution, Evaluation, Opinion
from projects.residents.sharing.giving import faults_of
from renovation.face.fields import DayField, EvidenceField, WholeField, YuanField
from renovation.face.widgets import LongText

from .fields import CHOOSE, FILE_HINT, ServedForm, long_text

_WORDS = {"required": "此处未填。", "invalid_choice": "没有这一项。"}
_MOST = Decimal("9999999999.99")


def _people(label: str, hint: str = "") -> WholeField:
    return WholeField(label=label, minimum=0, maximum=99_999, help_text=hint)


class ContributionForm(ServedForm):
    """What residents brought in; what is asked depends on the kind."""

    given_on = DayField(label="日期")
    household_count = WholeField(
        label="户数（户）",
        minimum=1,
        maximum=99_999,
        required=False,
        help_text="户数、人数至少填一个。",
    )
    people_count = WholeField(label="人数（人）", minimum=1, maximum=99_999, required=False)
    amount_fen = YuanField(
        label="金额（元）",
        minimum=0,
        maximum=_MOST,
        required=False,
        help_text="出资必填；捐物填估价，不知道的不填；投劳不填。",
    )
    hours = WholeField(
        label="工时（小时）",
        minimum=1,
        maximum=999_999,
        required=False,
        help_text="投劳必填，所有人的小时数相加。",
    )
    evidence = EvidenceField(label="凭据", required=False)

    class Meta:
        model = Contribution
        fields = (
            "given_on",
            "kind",
            "purpose",
            "household_count",
            "people_count",
            "amount_fen",
            "is_in_funding",
            "hours",
            "things",
        )
        error_messages = dict.fromkeys(("kind", "purpose"), _WORDS)

    def __init__(self, *args: Any, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = today
        kept = self.instance.file
        self.fields["evidence"].help_text = f"收据、签到表或照片，确认前必须有。{FILE_HINT}" + (
            f"已有“{kept}”，选了新文件就替换它。" if kept else ""
        )
        self.fields["purpose"].help_text = "如“加装单元门”“清理楼道杂物”。不写居民姓名电话。"
        self.fields["things"].help_text = "捐物必填，如“花木 60 株”。"
        self.fields[
            "is_in_funding"
        ].help_text = "这笔钱在资金台账里登记过“居民出资”的勾选，只在资金里计，不重复。"

    def clean_given_on(self) -> date:
        """Nothing that is yet to happen."""
        day: date = self.cleaned_data["given_on"]
        if day > self.today:
            raise forms.ValidationError("日期不能晚于今天。")
        return day

    def clean(self) -> dict[str, Any]:
        """What each kind must have, and must not; whatever is wrong is said at its field."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        for name, message in faults_of(cleaned).items():
            if name not in self.errors:
                self.add_error(name, message)
        return cleaned


class EvaluationForm(ServedForm):
    """A joint evaluation after completion."""

    held_on = DayField(label="共评日期")
    resident_count = _people("到场居民（人）")
    representative_count = _people("居民代表（人）")
    street_count = _people("街道社区（人）")
    bureau_count = _people("区局（人）")
    base_count = WholeField(
        label="参评人数（人）",
        minimum=1,
        maximum=99_999,
        help_text="发了评价表或当场征求了意见的居民和代表，没有表态的也算。",
    )
    satisfied_count = _people("满意（人）")
    basic_count = _people("基本满意（人）")
    unsatisfied_count = _people("不满意（人）")
    evidence = EvidenceField(label="共评记录", required=False)

    class Meta:
        model = Evaluation
        fields = (
            "held_on",
            "resident_count",
            "representative_count",
            "street_count",
            "bureau_count",
            "base_count",
            "satisfied_count",
            "basic_count",
            "unsatisfied_count",
            "summary",
        )
        widgets = {"summary": LongText({"rows": 4})}
        error_messages = {"summary": _WORDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        kept = self.instance.file
        self.fields["evidence"].help_text = f"签到、评价表或照片，确认前必须有。{FILE_HINT}" + (
            f"已有“{kept}”，选了新文件就替换它。" if kept else ""
        )
        self.fields["summary"].help_text = "不写居民姓名电话。"


class OpinionForm(ServedForm):
    """Something that was said at an evaluation."""

    class Meta:
        model = Opinion
        fields = ("content",)
        widgets = {"content": LongText({"rows": 3})}
        error_messages = {"content": _WORDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["content"].help_text = "写意见本身，不写居民姓名电话。"


class OpinionAnswerForm(forms.Form):
    """What became of an opinion. It cannot be changed afterwards."""

    answered_on = DayField(label="办理日期")
    outcome = forms.ChoiceField(
        label="处理结果", choices=[("", "请选择"), *Outcome.choices], error_messages=CHOOSE
    )
    answer = long_text("办理情况", 300, hint="登记后不能修改。不写居民姓名电话。")
