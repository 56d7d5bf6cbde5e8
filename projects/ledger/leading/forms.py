"""The form of a post: shape only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms
from django.db.models import Q

from projects.ledger.forms import CHOOSE
from projects.ledger.models import LeadingPost, Project
from projects.ledger.pages import RowForm
from renovation.accounts.scope import Scope
from renovation.face.fields import DayField, WholeField
from renovation.face.widgets import LongText


class PostForm(RowForm):
    """A post of the leading group, for what and for which projects it answers."""

    valid_from = DayField(label="起")
    valid_to = DayField(
        label="止", required=False, help_text="调整分工的，给原来的填上止，再新增。"
    )
    order = WholeField(label="排序", minimum=0, maximum=9999, help_text="同一职务内小的在前。")
    projects = forms.ModelMultipleChoiceField(
        Project.objects.none(),
        label="负责项目",
        required=False,
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_pk_value": "没有这个项目。", "invalid_choice": "没有这个项目。"},
    )

    class Meta:
        model = LeadingPost
        fields = (
            "rank", "post", "department", "answers_for", "valid_from", "valid_to", "order",
        )  # fmt: skip
        widgets = {"answers_for": LongText({"rows": 2})}
        error_messages = {
            "rank": CHOOSE,
            "post": {"required": "此处未填。"},
            "answers_for": {"required": "此处未填。", "max_length": "不超过 300 个字。"},
        }

    def __init__(self, *args: Any, scope: Scope, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.bureau_id = scope.bureau_id
        chosen = (
            list(self.instance.projects.values_list("pk", flat=True)) if self.instance.pk else []
        )
        newest = Project.objects.visible_to(scope).in_scope_on(today).order_by("-programme__year")
        year = newest.values_list("programme__year", flat=True).first()
        field: Any = self.fields["projects"]
        field.queryset = (
            Project.objects.visible_to(scope)
            .filter(Q(programme__year=year) | Q(pk__in=chosen))
            .order_by("-programme__year", "code")
        )
        field.label_from_instance = lambda row: f"{row.name}　{row.code}"
        self.initial["projects"] = chosen
        rank: Any = self.fields["rank"]
        rank.choices = [("", "请选择"), *LeadingPost._meta.get_field("rank").flatchoices]

    def clean(self) -> dict[str, Any]:
        """Ends after it begins."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", "止不能早于起。")
        return cleaned

    def related(self) -> Mapping[str, Sequence[Any]]:
        """The rows of the many-to-many fields, as ``save_row`` takes them."""
        return {"projects": list(self.cleaned_data["projects"])}
