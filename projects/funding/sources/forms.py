"""The form of a source."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.validators import RegexValidator

from projects.funding.models import FundingSource
from renovation.face.fields import WholeField
from renovation.face.widgets import ShortText

from .services import SourceValues


class SourceForm(forms.Form):
    """A new source."""

    code = forms.CharField(
        label="代码",
        max_length=30,
        widget=ShortText(),
        validators=[
            RegexValidator(r"^[a-z][a-z0-9-]*$", "只用小写字母、数字和连字符，以字母开头。")
        ],
        help_text="小写字母，如 special-bond。登记后不能改。",
        error_messages={"required": "代码未填。", "max_length": "不超过 30 个字符。"},
    )
    name = forms.CharField(
        label="名称",
        max_length=40,
        error_messages={"required": "名称未填。", "max_length": "不超过 40 个字。"},
    )
    is_fiscal = forms.BooleanField(
        label="财政资金（下达凭财政文件；其余以签订的协议为准）", required=False, initial=True
    )
    order = WholeField(label="排序", minimum=0, maximum=999, initial=50, help_text="小的排在前面。")

    @property
    def values(self) -> SourceValues:
        """The source as typed."""
        cleaned = self.cleaned_data
        return SourceValues(
            code=cleaned.get("code", ""),
            name=cleaned["name"].strip(),
            is_fiscal=cleaned["is_fiscal"],
            order=int(cleaned["order"]),
            is_active=cleaned.get("is_active", True),
        )


class SourceChangeForm(SourceForm):
    """What may be changed of a source: everything but its code."""

    code = None  # type: ignore[assignment]
    is_active = forms.BooleanField(
        label="在用（不在用的不再提供选择，已登记的不受影响）", required=False
    )
    reason = forms.CharField(
        label="修改原因",
        max_length=100,
        error_messages={"required": "修改须写明原因。", "max_length": "不超过 100 个字。"},
    )
    version = forms.IntegerField(widget=forms.HiddenInput)

    def __init__(self, data: Any = None, *, source: FundingSource) -> None:
        names = ("name", "is_fiscal", "order", "is_active", "version")
        initial = {name: getattr(source, name) for name in names}
        super().__init__(data, initial=initial, use_required_attribute=False)
