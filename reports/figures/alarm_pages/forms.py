"""The form of an explanation."""

from django import forms

from renovation.face.widgets import LongText


class ExplainForm(forms.Form):
    """Why payments and progress differ."""

    text = forms.CharField(
        label="原因",
        max_length=300,
        widget=LongText(),
        help_text="如按合同先付预付款、材料款集中支付，或结算审核中暂缓支付。",
        error_messages={"required": "请写明背离的原因。", "max_length": "不超过 300 个字。"},
    )
