"""Forms of AB岗: an appointment, the filter of the list."""

from __future__ import annotations

from typing import Any

from django import forms

from renovation.accounts.models import Membership, User
from renovation.accounts.scope import Scope
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import DayInput

#: Where an appointment stands → the word.
STANDINGS = (("now", "进行中"), ("coming", "未开始"), ("over", "已结束"))
_DAY = {"required": "请填日期。", "invalid": "日期写作 2025-09-14 的样子。"}


class _Post(forms.ModelChoiceField[Membership]):
    """A post: who holds it, and as what."""

    def label_from_instance(self, obj: Membership) -> str:
        return f"{obj.user}（{obj.organisation.short_name} {obj.get_role_display()}）"


class AppointForm(forms.Form):
    """Whose post, who stands in, on which days and why."""

    membership = _Post(
        Membership.objects.none(),
        label="代谁的岗（A岗）",
        empty_label="请选择",
        error_messages={"required": "请选择代谁的岗。", "invalid_choice": "没有这个岗位。"},
    )
    deputy = forms.ModelChoiceField(
        User.objects.none(),
        label="由谁代班（B岗）",
        empty_label="请选择",
        error_messages={"required": "请选择由谁代班。", "invalid_choice": "没有这个人。"},
    )
    valid_from = forms.DateField(label="起", widget=DayInput(), error_messages=_DAY)
    valid_to = forms.DateField(
        label="止", help_text="含这一天，24:00 自动结束。", widget=DayInput(), error_messages=_DAY
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        help_text="如“公休”“外出培训”。",
        error_messages={"required": "请写明代班的原因。", "max_length": "原因最多 200 个字。"},
    )

    def __init__(self, *args: Any, scope: Scope, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        posts = Membership.objects.visible_to(scope).select_related("user", "organisation")
        people = User.objects.visible_to(scope).filter(is_active=True)
        fields: dict[str, Any] = self.fields
        fields["membership"].queryset = posts.order_by("organisation__order", "user__post_name")
        fields["deputy"].queryset = people.order_by("post_name")


class StandInFilterForm(FilterForm):
    """Where they stand."""

    standing = choice("情况", STANDINGS)
