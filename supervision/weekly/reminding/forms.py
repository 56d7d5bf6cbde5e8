"""Forms of reminding: whom, and the contact of a street."""

from __future__ import annotations

from collections.abc import Iterable

from django import forms

from renovation.accounts.models import Organisation
from renovation.face.widgets import ShortText


class ReminderForm(forms.Form):
    """The streets that are to be reminded; ``again`` where somebody there was reminded today already."""

    streets = forms.MultipleChoiceField(
        label="催哪些街道",
        widget=forms.CheckboxSelectMultiple,
        error_messages={
            "required": "请选择要催报的街道。",
            "invalid_choice": "所选的街道现在不用催报，请重新选择。",
        },
    )
    again = forms.BooleanField(label="今天已经催过的，再发一次", required=False)

    def __init__(self, *args: object, streets: Iterable[Organisation], **kwargs: object) -> None:
        super().__init__(*args, **kwargs)  # type: ignore[arg-type]
        choices = [(street.code, street.short_name) for street in streets]
        field = self.fields["streets"]
        field.choices = choices  # type: ignore[attr-defined]
        field.initial = [code for code, _ in choices]


class ContactForm(forms.Form):
    """Whom to call about the returns of a street."""

    person = forms.CharField(
        label="联系人",
        max_length=40,
        help_text="写岗位或姓名，如“城建办 填报岗”。",
        widget=ShortText(),
        error_messages={"required": "请填写联系人。", "max_length": "联系人最多 40 个字。"},
    )
    phone = forms.RegexField(
        regex=r"^[0-9+() \-（）转]{5,30}$",
        label="电话",
        max_length=30,
        help_text="催报用，区局经办和审核能看到。",
        widget=ShortText(attrs={"inputmode": "tel", "autocomplete": "off"}),
        error_messages={
            "required": "请填写电话。",
            "invalid": "电话只写数字、空格和短横，如 0533-5281234。",
            "max_length": "电话最多 30 位。",
        },
    )
