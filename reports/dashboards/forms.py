"""Filters of lists; what is not among the choices is said at its field and filters nothing."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.ledger.enums import RenovationType

LIGHTS = (("red", "严重滞后"), ("yellow", "滞后"), ("green", "正常"), ("grey", "未到开工"))
_WRONG = {"invalid_choice": "没有这个选项，已按全部显示。"}


class ProjectFilterForm(forms.Form):
    """The filter bar over the projects; the choices are those that the reader has."""

    year = forms.ChoiceField(label="年度计划", required=False, error_messages=_WRONG)
    street = forms.ChoiceField(label="街道", required=False, error_messages=_WRONG)
    light = forms.ChoiceField(
        label="亮灯", required=False, choices=[("", "全部"), *LIGHTS], error_messages=_WRONG
    )
    type = forms.ChoiceField(
        label="改造类型",
        required=False,
        choices=[("", "全部"), *RenovationType.choices],
        error_messages=_WRONG,
    )
    model = forms.ChoiceField(
        label="示范样板",
        required=False,
        choices=[("", "全部"), ("yes", "只看样板")],
        error_messages=_WRONG,
    )
    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[("", "在册"), ("cancelled", "已取消"), ("proposed", "待列入")],
        error_messages=_WRONG,
    )
    q = forms.CharField(label="名称、编号或地址", required=False, max_length=60)

    def __init__(
        self, *args: Any, years: Sequence[int], streets: Sequence[tuple[str, str]], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        fields: dict[str, Any] = self.fields
        fields["year"].choices = [(str(year), f"{year}年") for year in years]
        fields["street"].choices = [("", "全部"), *streets]

    def chosen(self, name: str) -> str:
        """What was chosen, "" for everything and for what cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the year is asked for."""
        return any(self.data.get(name) for name in self.fields if name != "year")


class PlacesFilterForm(ProjectFilterForm):
    """The filter bar over the places: as over the projects, and whether a place is entered."""

    type = None  # type: ignore[assignment]
    model = None  # type: ignore[assignment]
    state = None  # type: ignore[assignment]
    placed = forms.ChoiceField(
        label="坐标",
        required=False,
        choices=[("", "全部"), ("yes", "已登记"), ("no", "未登记")],
        error_messages=_WRONG,
    )
