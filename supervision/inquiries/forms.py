"""Forms of the acts on an inquiry."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django import forms
from django.utils import timezone

from renovation.face.widgets import LongText, MomentInput

MOMENT_FORMATS = ["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"]


class DueField(forms.DateTimeField):
    """The last moment, aware."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", MomentInput())
        options.setdefault("input_formats", MOMENT_FORMATS)
        options["error_messages"] = {
            "required": "请填写最后期限。",
            "invalid": "时间看不懂，请按 2025-05-13 17:00 填写。",
        }
        super().__init__(**options)

    def clean(self, value: Any) -> datetime | None:
        found: datetime | None = super().clean(value)
        if found is not None and timezone.is_naive(found):
            return timezone.make_aware(found)
        return found


def _comment(label: str, *, required: bool, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=200,
        help_text=hint,
        widget=LongText({"rows": 3}),
        error_messages={"required": f"请写明{label}。", "max_length": f"{label}最多 200 个字。"},
    )


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

    due_at = DueField(label="延至")
    comment = _comment("延期原因", required=True, hint="街道看得到。")
