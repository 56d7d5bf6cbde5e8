"""Lists over all projects in sight: the filter bar that they share, and which projects it chooses."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from renovation.face.filtering import Choices, FilterForm, choice, year_choice


class ProjectListForm(FilterForm):
    """Year, street and words, which every list of a wing has; what else is asked stands between them."""

    year = year_choice()
    street = choice("街道")
    q = forms.CharField(label="项目名称或编号", required=False, max_length=60)

    def __init__(
        self,
        data: Any = None,
        *,
        years: Sequence[int],
        streets: Choices,
        auto_id: str = "id_%s",
        **offered: Choices,
    ) -> None:
        super().__init__(data, years=years, streets=streets, auto_id=auto_id, **offered)
        self.order_fields([*(name for name in self.fields if name != "q"), "q"])
