"""Forms of the acts on an inquiry, and the filter bar of the list."""

from __future__ import annotations

from django import forms

from renovation.face.fields import MomentField
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import LongText


def _comment(label: str, *, required: bool, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=200,
        help_text=hint,
        widget=LongText({"rows": 3}),
        error_messages={"required": f"请写明{label}。", "max_length": f"{label}最多 200 个字。"},
    )


class InquiryFilterForm(FilterForm):
    """Where it stands, of which programme's year, which street it asks, words."""

    show = choice("状态")
    year = choice("年度计划")
    street = choice("街道")
    q = forms.CharField(label="名称或编号", required=False, max_length=60)

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for; the year too, for the list is over all of them."""
        return any(self.data.get(name) for name in self.fields)


class PlainForm(forms.Form):
    """An act that asks for nothing."""


class SendBackForm(forms.Form):
    """Why it goes back."""

    comment = _comment("退回意见", required=True, hint="写明哪里要改，拟定人照此修改。")


class CancelForm(forms.Form):
    """Why it is taken back."""

    comment = _comment("撤销原因", required=True)


class CloseForm(forms.Form):
    """A word at the closing."""

    comment = _comment("备注", required=False)


class ExtendForm(forms.Form):
    """Until when, and why."""

    due_at = MomentField(label="延至", empty="请填写最后期限。")
    comment = _comment("延期原因", required=True, hint="街道看得到。")
