"""Forms of 真实性承诺: accepting the wording, changing it, the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms

from renovation.accounts.models import PledgeText
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import LongText, ShortText

NOT_ACCEPTED = "请阅读承诺书，勾选“我已阅读并承诺”后再报送。"


def acceptance() -> forms.BooleanField:
    """The tick under the wording."""
    return forms.BooleanField(
        label="我已阅读并承诺",
        error_messages={"required": NOT_ACCEPTED},
    )


class AcceptForm(forms.Form):
    """The tick, and which wording the person read."""

    pledge = acceptance()
    pledge_text = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(self, *args: Any, text: PledgeText, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["pledge_text"].initial = text.pk
        self.fields["pledge"].error_messages["required"] = (
            "请先阅读承诺书，再勾选“我已阅读并承诺”。"
        )


class TextForm(forms.Form):
    """A new wording, and why."""

    text = forms.CharField(
        label="承诺内容",
        max_length=1000,
        widget=LongText({"rows": 7}),
        error_messages={"required": "请写明承诺内容。", "max_length": "承诺内容最多 1000 个字。"},
    )
    reason = forms.CharField(
        label="修改原因",
        max_length=200,
        widget=ShortText(),
        error_messages={"required": "请写明修改的原因。", "max_length": "修改原因最多 200 个字。"},
    )


#: Where a person stands → the word.
STANDINGS = (("valid", "有效"), ("due", "待确认"))


class PledgeFilterForm(FilterForm):
    """Of which place, and where they stand."""

    street = choice("单位")
    standing = choice("承诺情况", STANDINGS)
