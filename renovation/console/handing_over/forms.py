"""Forms of hand-overs: from whom to whom, why, and the filter of the list."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import ShortText

#: Whether anything stayed → the word.
OUTCOMES = (("whole", "全部移交"), ("part", "有未移交的"))


class _Predecessor(forms.ModelChoiceField[User]):
    """Who has something open, with how much."""

    counts: Mapping[int, int]

    def label_from_instance(self, obj: User) -> str:
        off = "" if obj.is_active else "，已停用"
        return f"{obj}（{self.counts[obj.pk]} 件{off}）"


class ChooseForm(forms.Form):
    """From whom to whom; stands in the address."""

    predecessor = _Predecessor(
        User.objects.none(),
        to_field_name="username",
        label="移交人",
        empty_label="请选择",
        error_messages={
            "required": "请选择谁的事项要移交。",
            "invalid_choice": "这个人没有未办结的事项。",
        },
    )
    successor = forms.ModelChoiceField(
        User.objects.none(),
        to_field_name="username",
        label="接收人",
        empty_label="请选择",
        error_messages={
            "required": "请选择移交给谁。",
            "invalid_choice": "没有这个人，或者账号已停用。",
        },
    )

    def __init__(
        self,
        data: Any = None,
        *,
        initial: Mapping[str, str],
        scope: Scope,
        counts: Mapping[int, int],
    ) -> None:
        super().__init__(data, initial=dict(initial), use_required_attribute=False)
        fields: dict[str, Any] = self.fields
        fields["predecessor"].counts = counts
        # The address names people by what they sign in with. Also who has no post any more: what such a person left open is what has to be handed over.
        fields["predecessor"].queryset = User.objects.filter(pk__in=counts).order_by("post_name")
        people = User.objects.visible_to(scope).filter(is_active=True)
        fields["successor"].queryset = people.order_by("post_name", "username")

    def clean(self) -> dict[str, Any]:
        """Two persons."""
        cleaned = super().clean() or {}
        if cleaned.get("predecessor") and cleaned["predecessor"] == cleaned.get("successor"):
            self.add_error("successor", "移交人和接收人须是两个人。")
        return cleaned


class ConfirmForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="如“调离本岗”“退休”，写进每件事项的办理经过。",
        widget=ShortText(),
        error_messages={"required": "请写明交接的原因。", "max_length": "原因最多 200 个字。"},
    )


class HandOverFilterForm(FilterForm):
    """Where, and whether anything stayed."""

    place = choice("单位")
    outcome = choice("情况", OUTCOMES)
