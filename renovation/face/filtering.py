"""The filter bar of a list: what may be chosen, what was chosen. What cannot be chosen is said at its field and
filters nothing; the state stands in the address."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import time
from typing import Any, TypeVar

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db.models import QuerySet

from renovation.core.calendar import local_moment
from renovation.core.periods import FIRST_DAY, LAST_DAY
from renovation.core.wording import in_words

from .widgets import DayInput

Rows = TypeVar("Rows", bound="QuerySet[Any, Any]")
NO_DAY = "没有这个日期，已按全部显示。"
ALL = ("", "全部")
NO_CHOICE = "没有这个选项，已按{}显示。"
#: So many fields stand in one line of a phone; what has more is folded there.
FOLDS_ABOVE = 2
Choices = Sequence[tuple[str, str]]


def choice(
    label: str, choices: Choices = (), *, nothing: tuple[str, str] = ALL
) -> forms.ChoiceField:
    """One of several, or ``nothing``: all of them, unless a list says otherwise."""
    return forms.ChoiceField(
        label=label,
        required=False,
        choices=[nothing, *choices],
        error_messages={"invalid_choice": NO_CHOICE.format(nothing[1])},
    )


def no_year(asked: str, shown: object) -> str:
    """What a list says of a year that has no programme: which year it shows instead."""
    return f"没有“{asked[:10]}”年度的计划，现在看的是{shown}年度。"


class YearChoiceField(forms.ChoiceField):
    """A year of those that a list is offered. The list shows the first of them where none is chosen, and says so where
    another is asked for."""

    def validate(self, value: Any) -> None:
        offered: Any = self.choices
        if value and offered and not self.valid_value(value):
            raise forms.ValidationError(no_year(str(value), offered[0][0]), code="invalid_choice")


def year_choice(label: str = "年度计划") -> forms.ChoiceField:
    """One of the years that a form is offered; there is always one."""
    return YearChoiceField(label=label, required=False)


def day_choice(label: str) -> forms.DateField:
    """A day, or none."""
    bounds = (MinValueValidator(FIRST_DAY, NO_DAY), MaxValueValidator(LAST_DAY, NO_DAY))
    return forms.DateField(
        label=label,
        required=False,
        widget=DayInput(),
        validators=bounds,
        error_messages={"invalid": NO_DAY},
    )


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

    @property
    def folds(self) -> bool:
        """Whether it takes more than a line of a phone, so that it is folded there."""
        return len(self.visible_fields()) > FOLDS_ABOVE

    @property
    def words(self) -> str:
        """What is asked for, as a log tells it: 单位：钟楼街道，状态：已发送; "" for everything."""
        return "，".join(self._told(unasked=False))

    @property
    def words_of_fold(self) -> str:
        """What the list holds, as its folded bar tells it: what is asked for, and of a field left empty the choice
        that it then stands for, unless that is 全部: 状态：没有办结的."""
        return "，".join(self._told(unasked=True))

    def _told(self, *, unasked: bool) -> Iterator[str]:
        self.is_valid()
        for name, field in self.fields.items():
            value = self.cleaned_data.get(name)
            if isinstance(field, forms.ChoiceField):
                offered: Any = field.choices
                word = dict(offered).get(value or "")
                value = word if value or (unasked and word != ALL[1]) else None
            if value not in (None, ""):
                yield f"{field.label}：{in_words(value)}"


class SpanFilterForm(FilterForm):
    """The filter bar of a log: from a day to a day, both included, either left out."""

    since = day_choice("从哪天起")
    until = day_choice("到哪天止")

    def clean(self) -> dict[str, Any]:
        """An end before the start is said at its field and filters nothing."""
        cleaned = super().clean() or {}
        since, until = cleaned.get("since"), cleaned.get("until")
        if since and until and until < since:
            self.add_error("until", "不能早于开始的日期，已不按它筛选。")
        return cleaned

    def within(self, rows: Rows, column: str) -> Rows:
        """The rows whose moment in ``column`` lies on the days chosen, in Asia/Shanghai."""
        self.is_valid()
        if since := self.cleaned_data.get("since"):
            rows = rows.filter(**{f"{column}__gte": local_moment(since, time.min)})
        if until := self.cleaned_data.get("until"):
            rows = rows.filter(**{f"{column}__lte": local_moment(until, time.max)})
        return rows
