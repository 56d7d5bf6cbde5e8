"""Forms of waivers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from renovation.face.fields import DayField
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import LongText
from supervision.weekly.checks import WAIVABLE

RULES = [(code, f"{code}　{rule.title}") for code, rule in WAIVABLE.items()]
#: What is asked of the list, beside the states: how a waiver stands on a day.
STANDINGS = [
    ("", "待批准和没有到期的"),
    ("asked", "待批准"),
    ("holding", "生效中"),
    ("over", "已到期、已终止"),
    ("refused", "未批准、已撤回"),
    ("all", "全部"),
]


def _words(label: str, *, required: str = "", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=200,
        required=bool(required),
        help_text=hint,
        widget=LongText({"rows": 3}),
        error_messages={"required": required, "max_length": "不超过 200 个字。"},
    )


class AskForm(forms.Form):
    """Which rule spares whom, for how long, and why."""

    rule = forms.ChoiceField(
        label="规则",
        choices=[("", "请选择"), *RULES],
        help_text="只有“需说明”的规则可以豁免；拒收的规则管的是数据能不能成立，不能豁免。",
        error_messages={"required": "请选择规则。", "invalid_choice": "请选择规则。"},
    )
    subject = forms.ChoiceField(
        label="街道或项目",
        help_text="选街道的，对这个街道的所有项目有效。",
        error_messages={"required": "请选择街道或项目。", "invalid_choice": "请选择街道或项目。"},
    )
    starts_on = DayField(label="从哪天起")
    ends_on = DayField(label="到哪天止", help_text="到这一天 24:00 自行失效，需要的再申请。")
    reason = _words(
        "原因",
        required="请写明为什么要豁免。",
        hint="如“结算审计中，审定前累计投资可能超过计划投资”。随季通报印发。",
    )

    def __init__(
        self, data: Any = None, *, subjects: Mapping[str, Sequence[tuple[str, str]]], **options: Any
    ) -> None:
        super().__init__(data, **options)
        offered: Any = self.fields["subject"]
        offered.choices = [("", "请选择"), *((name, list(of)) for name, of in subjects.items())]


class CommentForm(forms.Form):
    """Words that may be left out."""

    comment = _words("意见")


class ReasonForm(forms.Form):
    """Words that may not."""

    comment = _words("原因", required="请写明原因。")


class RuleWaiverFilterForm(FilterForm):
    """How it stands, street, rule, words."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=STANDINGS,
        error_messages={"invalid_choice": "没有这个选项，已按没有到期的显示。"},
    )
    street = choice("街道")
    rule = choice("规则", RULES)
    q = forms.CharField(label="项目或原因", required=False, max_length=40)
