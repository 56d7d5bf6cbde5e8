"""Forms of the menu."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.works.enums import Layer, Outcome
from projects.works.models import MenuClass, MenuItem
from renovation.accounts.scope import Scope

from .fields import CHOOSE, text

#: What a form asks beside the fields of the item.
_BESIDE = ("reason", "seen_version")


class MenuItemForm(forms.Form):
    """An item of the menu."""

    menu_class = forms.ModelChoiceField(
        MenuClass.objects.none(), label="类别", empty_label="请选择", error_messages=CHOOSE
    )
    name = text("名称", 30, required=True)
    unit = text("计量单位", 8, required=True, hint="米、㎡、个、部、处等。")
    places = forms.TypedChoiceField(
        label="小数位数",
        choices=[(0, "整数"), (1, "1 位"), (2, "2 位")],
        coerce=int,
        error_messages=CHOOSE,
    )
    layer = forms.ChoiceField(
        label="施工次序",
        choices=Layer.choices,
        error_messages=CHOOSE,
        help_text="先地下后地上、先拆违后治理按它检查。",
    )
    outcome = forms.ChoiceField(
        label="计入成果",
        required=False,
        choices=[("", "不计入"), *Outcome.choices],
        error_messages=CHOOSE,
    )
    is_required = forms.BooleanField(label="应改尽改", required=False)
    is_offered = forms.BooleanField(label="可选用", required=False)
    reason = text("修改原因", 100, hint="写进沿革。")
    seen_version = Seen()

    def __init__(
        self, data: Any = None, *, scope: Scope, menu_item: MenuItem | None = None
    ) -> None:
        initial: dict[str, Any] = {"is_offered": True, "layer": Layer.OTHER, "places": 0}
        if menu_item is not None:
            names = [name for name in self.base_fields if name not in _BESIDE]
            initial = {name: getattr(menu_item, name) for name in names}
            initial["seen_version"] = menu_item.version
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.fields["menu_class"].queryset = MenuClass.objects.visible_to(scope)  # type: ignore[attr-defined]
        if menu_item is None:
            del self.fields["reason"], self.fields["seen_version"]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the item."""
        return {name: value for name, value in self.cleaned_data.items() if name not in _BESIDE}


class MenuClassForm(forms.Form):
    """A class of the bureau's own."""

    name = text("名称", 20, required=True, hint="如“海绵类”。")
    meaning = text("含义", 120)
