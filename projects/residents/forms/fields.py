"""What the forms of the wing share: texts, the words of faults, a reason."""

from __future__ import annotations

from functools import partial
from typing import Any

from django import forms

from projects.ledger.pages import RowForm
from renovation.face.widgets import LongText, ShortText

REQUIRED = {"required": "此处未填。"}
CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}
FILE_HINT = "PDF、JPG 或 PNG，不超过 20 MB。"


def text(label: str, longest: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    """A short text."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=ShortText() if longest <= 40 else forms.TextInput(),
        error_messages={**REQUIRED, "max_length": f"不超过 {longest} 个字。"},
    )


def long_text(
    label: str, longest: int, *, required: bool = True, hint: str = ""
) -> forms.CharField:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=LongText({"rows": 3}),
        error_messages={**REQUIRED, "max_length": f"不超过 {longest} 个字。"},
    )


class ServedForm(RowForm):
    """A form of a row whose service says in its own words what is wrong."""

    def _post_clean(self) -> None:
        """Without the constraints: they would only say that they are broken. The database holds them besides."""
        row = self.instance
        row.full_clean = partial(row.full_clean, validate_constraints=False)
        try:
            super()._post_clean()  # type: ignore[misc]
        finally:
            del row.full_clean


class ReasonForm(forms.Form):
    """Why something is taken back or looked at; the page names it."""

    reason = forms.CharField(label="原因", max_length=200)

    def __init__(self, data: Any = None, *, label: str = "原因", hint: str = "") -> None:
        super().__init__(data, use_required_attribute=False)
        field = self.fields["reason"]
        field.label, field.help_text = label, hint
        field.error_messages |= {
            "required": f"{label}未填。",
            "max_length": "不超过 200 个字。",
        }
