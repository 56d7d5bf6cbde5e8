"""Filter bars over the lists of the whole bureau; the state stands in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.residents.enums import ManagementForm, MeetingKind, NoticePoint

_WRONG = {"invalid_choice": "没有这一项。"}
ALL = ("", "全部")


def choice(label: str, choices: Sequence[tuple[str, str]] = ()) -> forms.ChoiceField:
    """One of several, or all."""
    return forms.ChoiceField(
        label=label, required=False, choices=[ALL, *choices], error_messages=_WRONG
    )


class FilterForm(forms.Form):
    """Year and street, which every list has; what else is asked comes with the list."""

    year = forms.ChoiceField(label="年度计划", required=False, error_messages=_WRONG)
    street = choice("街道")
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


class NoticeFilterForm(FilterForm):
    """Notices by point and by how they stand; 该公示未公示 are points without one."""

    point = choice("节点", NoticePoint.choices)
    state = choice(
        "状态",
        [
            ("missing", "该公示未公示"),
            ("draft", "草稿"),
            ("running", "公示中"),
            ("ripe", "期满待结束"),
            ("objected", "异议待答复"),
            ("overdue", "异议逾期"),
            ("concluded", "已结束"),
            ("withdrawn", "已撤回"),
        ],
    )


class MeetingFilterForm(FilterForm):
    """Meetings by form, and by whether a matter of them is open or late."""

    kind = choice("形式", MeetingKind.choices)
    state = choice(
        "问题", [("open", "有未解决的"), ("overdue", "有逾期的"), ("solved", "已全部解决")]
    )


class CareFilterForm(FilterForm):
    """Estates by how they are looked after, and by what is lacking."""

    form = choice("管理方式", ManagementForm.choices)
    state = choice(
        "状态",
        [
            ("lacking", "没有落实"),
            ("unhanded", "没有移交到位"),
            ("ending", "任期、合同将到期"),
            ("no_fund", "没有维修资金"),
            ("complete", "已落实"),
            ("not_due", "没有完工"),
        ],
    )


class SharingFilterForm(FilterForm):
    """Projects by their joint evaluation, and by whether residents brought something in."""

    state = choice(
        "状态",
        [
            ("due", "该共评未共评"),
            ("draft", "共评待确认"),
            ("done", "已共评"),
            ("open", "有意见没有办理"),
            ("given", "有居民投入"),
            ("not_due", "没有完工"),
        ],
    )
