"""Filter bars over the lists of the whole bureau; the state stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.works.enums import StructureState, UtilityKind, UtilityState

_WRONG = {"invalid_choice": "没有这一项。"}
ALL = ("", "全部")


def _choice(label: str, choices: Sequence[tuple[str, str]] = ()) -> forms.ChoiceField:
    return forms.ChoiceField(
        label=label, required=False, choices=[ALL, *choices], error_messages=_WRONG
    )


class FilterForm(forms.Form):
    """Year and street, which every list has; what else is asked comes with the list."""

    year = forms.ChoiceField(label="年度计划", required=False, error_messages=_WRONG)
    street = _choice("街道")
    q = forms.CharField(label="项目名称或编号", required=False, max_length=60)

    def __init__(
        self, data: Any, *, years: Sequence[int], streets: Sequence[tuple[str, str]]
    ) -> None:
        super().__init__(data)
        self.fields["year"].choices = [(str(year), f"{year}年") for year in years]  # type: ignore[attr-defined]
        self.fields["street"].choices = [ALL, *streets]  # type: ignore[attr-defined]
        self.order_fields([*(name for name in self.fields if name != "q"), "q"])

    def chosen(self, name: str) -> str:
        """What was chosen, "" for everything and for what cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the year is asked for."""
        return any(self.data.get(name) for name in self.fields if name != "year")


class ItemFilterForm(FilterForm):
    """Items by class and by how far they are."""

    menu_class = _choice("类别")
    state = _choice(
        "进展",
        [("open", "未完成"), ("done", "已完成"), ("pending", "调整待批准"), ("removed", "已取消")],
    )

    def __init__(self, data: Any, *, classes: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(data, **more)
        self.fields["menu_class"].choices = [ALL, *classes]  # type: ignore[attr-defined]


class StructureFilterForm(FilterForm):
    """Structures by state."""

    state = _choice("状态", [("standing", "未拆除"), ("overdue", "逾期"), *StructureState.choices])


class UtilityFilterForm(FilterForm):
    """Utilities' plans by kind, state, and whether something is wrong with them."""

    kind = _choice("专业", UtilityKind.choices)
    state = _choice("状态", UtilityState.choices)
    clash = _choice("冲突", [("yes", "有冲突")])
