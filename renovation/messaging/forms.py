"""Forms of messages."""

from __future__ import annotations

from django import forms

from renovation.face.filtering import SpanFilterForm, choice
from renovation.face.widgets import ShortText
from renovation.records.models import ChannelCode, MessageState
from renovation.records.telling import kinds

from .enums import TROUBLED


class ChoiceForm(forms.Form):
    """By which channels one is told; without a gateway in the house nothing is asked of it."""

    reminders_by_mail = forms.BooleanField(label="提醒和汇总同时发邮件", required=False)
    results_by_mail = forms.BooleanField(
        label="上传的文件读完后发邮件告诉我结果",
        required=False,
        help_text="两秒以内读完的页面上立即有结果，不发；一次上传只发一封。",
    )
    reminders_by_gateway = forms.BooleanField(label="提醒和汇总同时发短信或办公群", required=False)
    gateway_address = forms.CharField(
        label="手机号或办公群账号",
        max_length=60,
        required=False,
        widget=ShortText(attrs={"autocomplete": "off"}),
        error_messages={"max_length": "最多 60 位。"},
    )

    def __init__(self, *args: object, has_gateway: bool, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        if not has_gateway:
            del self.fields["reminders_by_gateway"], self.fields["gateway_address"]


class LogFilterForm(SpanFilterForm):
    """The filter bar of the delivery log. Its days are those that the page shows: of sending, of what was not sent
    of writing."""

    kind = choice("种类")
    channel = choice("方式", ChannelCode.choices)
    state = choice("状态", [(TROUBLED, "没有发出或结果不明"), *MessageState.choices])
    q = forms.CharField(label="收件人或主题", required=False, max_length=40, widget=ShortText())

    field_order = ("since", "until", "kind", "channel", "state", "q")

    def __init__(self, data: object) -> None:
        super().__init__(data, kind=[(kind.code, kind.label) for kind in kinds().values()])
