"""What stands in the address of a page of figures: which programme, day, place and data."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from renovation.core.measures import Approval
from renovation.core.periods import FIRST_DAY, Period, period_from_key

from .catalogue import LEVEL_WORDS


class SourceForm(forms.Form):
    """Every field may be left out; the view then takes the newest programme, today and the whole of what is
    in sight."""

    programme = forms.IntegerField(label="年度", required=False, min_value=2000, max_value=2100)
    as_of = forms.DateField(
        label="截至",
        required=False,
        error_messages={"invalid": "截至日期无法识别，请写成 2025-09-14 这样。"},
    )
    approval = forms.ChoiceField(
        label="口径", required=False, choices=[(each.value, each.label) for each in Approval]
    )
    level = forms.ChoiceField(label="层级", required=False, choices=[*LEVEL_WORDS.items()])
    scope = forms.CharField(label="范围", required=False, max_length=60)
    period = forms.CharField(label="统计期", required=False, max_length=10)

    def __init__(self, data: Any, *, today: date) -> None:
        super().__init__(data)
        self.today = today
        self.fields["as_of"].widget = forms.DateInput(attrs={"type": "date"})

    def show(self, *, year: int, as_of: date) -> None:
        """Fill in what was taken where the address names nothing, so that the fields say what is shown."""
        taken = {"programme": str(year), "as_of": as_of.isoformat()}
        self.data = taken | {name: self.data[name] for name in self.data}

    def clean_as_of(self) -> date:
        """Today where none is given; the figures of tomorrow are not known."""
        day: date | None = self.cleaned_data["as_of"]
        if day is not None and day < FIRST_DAY:
            raise forms.ValidationError("截至日期不能早于 2000 年。")
        if day is not None and day > self.today:
            raise forms.ValidationError("截至日期不能晚于今天。")
        return day or self.today

    def clean_approval(self) -> Approval:
        """Approved data only, where nothing is asked."""
        return Approval(self.cleaned_data["approval"] or Approval.APPROVED)

    def clean_period(self) -> Period | None:
        """The period of a flow by its key; the year to date where none is given."""
        key = self.cleaned_data["period"]
        if not key:
            return None
        try:
            return period_from_key(key)
        except ValueError:
            raise forms.ValidationError(
                "统计期无法识别，请写成 2025、2025-Q3、2025-09 或周一的日期。"
            ) from None
