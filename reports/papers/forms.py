"""What is typed on the pages of papers. Shape only; the rules are in services."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms

from renovation.core.periods import Quarter, Week
from renovation.face.widgets import FilePick, LongText, ShortText

from .bulletins import Bulletin
from .reach import Shortfall, quarter_option


class OpinionForm(forms.Form):
    """An opinion on the approval sheet."""

    opinion = forms.CharField(
        label="意见", max_length=500, required=False, widget=LongText({"rows": 3})
    )

    def __init__(self, *args: Any, needs_comment: bool = False, label: str = "", **kwargs: Any):
        super().__init__(*args, **kwargs)
        field = self.fields["opinion"]
        field.required = needs_comment
        field.error_messages["required"] = f"请写明{label or '意见'}。"
        field.label = label or "意见"
        if not needs_comment:
            field.help_text = "写入拟稿单；不填时按“同意”记。"


class SigningForm(OpinionForm):
    """The signature; where the figures do not tell the whole quarter, its signer ticks that they know."""

    def __init__(self, *args: Any, short: Shortfall | None, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if short is not None:
            self.fields["accepts"] = forms.BooleanField(
                label=short.acceptance,
                help_text="勾选后与签发一并记入拟稿单。",
                error_messages={"required": f"{short.finding}，仍要签发的，请勾选确认。"},
            )


class NumberForm(forms.Form):
    """The number of an issued paper."""

    number = forms.CharField(
        label="文号",
        max_length=60,
        widget=ShortText(),
        error_messages={"required": "请填写文号。"},
        help_text="按发文登记簿填写，如“淄建发〔2025〕12号”。",
    )


class OriginalForm(forms.Form):
    """The scan of the sealed paper."""

    file = forms.FileField(
        label="正本扫描件",
        widget=FilePick(),
        allow_empty_file=True,
        error_messages={"required": "请选择扫描件。"},
        help_text="盖章后扫描的 PDF、JPG 或 PNG，不超过 20 MB。归档后发送的就是这一份。",
    )
    reason = forms.CharField(
        label="更换原因", max_length=200, required=False, widget=LongText({"rows": 2})
    )

    def __init__(self, *args: Any, is_replacing: bool = False, **kwargs: Any):
        super().__init__(*args, **kwargs)
        if not is_replacing:
            del self.fields["reason"]


class WeekForm(forms.Form):
    """Which week's sheets to compile; ``weeks`` with whether each is closed. The newest closed one is proposed."""

    week = forms.ChoiceField(label="周次")

    def __init__(self, *args: Any, weeks: Mapping[Week, bool], **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["week"].choices = [  # type: ignore[attr-defined]
            (week.key, week.full_label + ("" if is_closed else "，还没有关闭"))
            for week, is_closed in weeks.items()
        ]
        self.initial["week"] = next(
            (week.key for week, is_closed in weeks.items() if is_closed), None
        )

    def chosen(self) -> Week:
        """The week; only after `is_valid`."""
        return Week.from_key(self.cleaned_data["week"])


class QuarterForm(forms.Form):
    """Which quarter's bulletin to draft. The newest that is over is proposed."""

    quarter = forms.ChoiceField(label="季度")

    def __init__(self, *args: Any, quarters: list[Quarter], on: date, **kwargs: Any):
        super().__init__(*args, **kwargs)
        self.fields["quarter"].choices = [  # type: ignore[attr-defined]
            (quarter.key, quarter_option(quarter, on=on)) for quarter in quarters
        ]
        over = (quarter.key for quarter in quarters if quarter.end < on)
        self.initial["quarter"] = next(over, None)

    def chosen(self) -> Quarter:
        """The quarter; only after `is_valid`."""
        return Quarter.from_key(self.cleaned_data["quarter"])


class TextsForm(forms.Form):
    """All passages of a bulletin, a field each; the field is called like the passage."""

    def __init__(self, *args: Any, bulletin: Bulletin, **kwargs: Any):
        super().__init__(*args, **kwargs)
        for passage in bulletin.passages:
            is_line = passage.kind == "line"
            rows = 2 if is_line else max(3, -(-len(passage.template) // 40) + 1)
            self.fields[passage.key] = forms.CharField(
                label=passage.name,
                required=False,
                initial=passage.template,
                widget=LongText({"rows": rows}),
                help_text="已改写；清空后保存即恢复系统文字。" if passage.is_edited else "",
            )

    def texts(self) -> dict[str, str]:
        """Passage → text, for what was sent; only after `is_valid`."""
        return {key: self.cleaned_data[key] for key in self.fields if key in self.data}


class OutsideForm(forms.Form):
    """Declares a number in the text to be none of the bulletin's figures."""

    place = forms.CharField(label="位置", max_length=200, widget=forms.HiddenInput())
    reason = forms.CharField(label="原因", max_length=100, required=False)
