"""The filter bar of a list: what may be chosen, what was chosen. What cannot be chosen is said at its field and
filters nothing; the state stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

WRONG = {"invalid_choice": "没有这个选项，已按全部显示。"}
ALL = ("", "全部")
Choices = Sequence[tuple[str, str]]


def choice(
    label: str, choices: Choices = (), *, nothing: tuple[str, str] = ALL
) -> forms.ChoiceField:
    """One of several, or ``nothing``: all of them, unless a list says otherwise."""
    return forms.ChoiceField(
        label=label, required=False, choices=[nothing, *choices], error_messages=WRONG
    )


def year_choice(label: str = "年度计划") -> forms.ChoiceField:
    """One of the years that a form is offered; there is always one."""
    return forms.ChoiceField(label=label, required=False, error_messages=WRONG)


class FilterForm(forms.Form):
    """``years`` and ``streets`` are offered at the fields ``year`` and ``street`` where a list has them, every other
    keyword at the field of its name; all but the years after 全部."""

    def __init__(
        self,
        data: Any = None,
        *,
        years: Sequence[int] = (),
        streets: Choices = (),
        auto_id: str = "id_%s",
        **offered: Choices,
    ) -> None:
        super().__init__(data, auto_id=auto_id)
        fields: dict[str, Any] = self.fields
        if "year" in fields:
            fields["year"].choices = [(str(year), f"{year}年") for year in years]
        if "street" in fields:
            fields["street"].choices = [ALL, *streets]
        for name, choices in offered.items():
            fields[name].choices = [ALL, *choices]

    def chosen(self, name: str) -> str:
        """What was chosen, "" for everything and for what cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "")

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the year is asked for."""
        return any(self.data.get(name) for name in self.fields if name != "year")
