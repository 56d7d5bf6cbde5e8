"""What a resident fills in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms

from .models import CHOICES, LONGEST_OPINION


class AnswerForm(forms.Form):
    """同意, 不同意 or an opinion, and where the round offers a menu, up to so many of its items."""

    choice = forms.ChoiceField(
        label="您的答复",
        choices=CHOICES,
        widget=forms.RadioSelect,
        error_messages={"required": "请选一项答复。", "invalid_choice": "请从所列答复中选一项。"},
    )
    items = forms.MultipleChoiceField(
        label="您最想改造的内容",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"invalid_choice": "请从所列内容中选。"},
    )
    opinion = forms.CharField(
        label="意见和建议",
        required=False,
        max_length=LONGEST_OPINION,
        widget=forms.Textarea({"rows": 4}),
        error_messages={"max_length": f"不超过 {LONGEST_OPINION} 个字。"},
    )

    def __init__(
        self,
        data: Any = None,
        *,
        items: Sequence[Mapping[str, Any]] = (),
        most_items: int = 0,
        **options: Any,
    ) -> None:
        super().__init__(data, use_required_attribute=False, auto_id="%s", **options)
        self.most_items = most_items
        if not items or not most_items:
            del self.fields["items"]
            return
        field: Any = self.fields["items"]
        field.choices = [(str(item["id"]), item["name"]) for item in items]
        field.help_text = f"最多选 {most_items} 项，可以不选。"

    def clean_items(self) -> list[int]:
        """Ids of items, no more than the round allows."""
        chosen = [int(value) for value in self.cleaned_data["items"]]
        if len(chosen) > self.most_items:
            raise forms.ValidationError(
                f"最多选 {self.most_items} 项，您选了 {len(chosen)} 项，请去掉几项。"
            )
        return chosen

    def clean(self) -> dict[str, Any]:
        """An undecided household says why."""
        cleaned = super().clean() or {}
        if cleaned.get("choice") == "undecided" and not cleaned.get("opinion"):
            self.add_error("opinion", "选了“有意见，暂不表态”，请写下您的意见。")
        return cleaned
