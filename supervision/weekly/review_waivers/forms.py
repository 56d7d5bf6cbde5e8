"""Forms of 街道审核停用: a new one, the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import DayInput, LongText

#: Where one stands → the word.
STANDINGS = (("now", "停用中"), ("coming", "未开始"), ("over", "已结束"))
_DAY = {"required": "请填日期。", "invalid": "日期写作 2025-09-14 的样子。"}


class _Street(forms.ModelChoiceField[Organisation]):
    def label_from_instance(self, obj: Organisation) -> str:
        return str(obj.short_name)


class ReviewWaiverForm(forms.Form):
    """Which street, on which days and why."""

    street = _Street(
        Organisation.objects.none(),
        label="街道",
        empty_label="请选择",
        error_messages={"required": "请选择街道。", "invalid_choice": "没有这个街道。"},
    )
    valid_from = forms.DateField(label="起", widget=DayInput(), error_messages=_DAY)
    valid_to = forms.DateField(
        label="止", help_text="含这一天，24:00 自动恢复。", widget=DayInput(), error_messages=_DAY
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="如“街道只有一名经办人”。",
        widget=LongText({"rows": 3}),
        error_messages={
            "required": "请写明停用街道审核的原因。",
            "max_length": "原因最多 200 个字。",
        },
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        streets = Organisation.objects.visible_to(scope).filter(kind=OrganisationKind.STREET)
        fields["street"].queryset = streets


class ReviewWaiverFilterForm(FilterForm):
    """Where they stand."""

    standing = choice("情况", STANDINGS)
