"""Forms of forecasts and explanations."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.funding.enums import VarianceReason
from projects.funding.forms import CHOOSE, MOST_WANYUAN
from projects.funding.models import FundingSource
from projects.ledger.editing import Seen
from renovation.core.periods import Quarter
from renovation.face.fields import WanyuanField
from renovation.face.widgets import LongText


class ForecastForm(forms.Form):
    """What is expected to be paid in a quarter, by source; empty where a source pays nothing."""

    quarter = forms.ChoiceField(label="季度", error_messages=CHOOSE)
    seen_version = Seen()

    def __init__(
        self,
        data: Any = None,
        *,
        quarters: Sequence[Quarter],
        sources: Sequence[FundingSource],
        initial: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.sources = sources
        offered: Any = self.fields["quarter"]
        offered.choices = [(quarter.key, quarter.label) for quarter in quarters]
        for source in sources:
            self.fields[f"amount-{source.pk}"] = WanyuanField(
                label=f"{source}（万元）", minimum=0, maximum=MOST_WANYUAN, required=False
            )
        self.fields["note"] = forms.CharField(
            label="说明",
            max_length=200,
            required=False,
            help_text="依据什么预测，如合同付款节点。",
            error_messages={"max_length": "不超过 200 个字。"},
        )

    @property
    def chosen(self) -> Quarter:
        """The quarter."""
        return Quarter.from_key(self.cleaned_data["quarter"])

    @property
    def amounts(self) -> dict[FundingSource, int]:
        """分 by source, of those that are filled in."""
        found = {source: self.cleaned_data[f"amount-{source.pk}"] for source in self.sources}
        return {source: amount for source, amount in found.items() if amount is not None}


class CommentForm(forms.Form):
    """Why a version goes back."""

    comment = forms.CharField(
        label="退回原因",
        max_length=200,
        error_messages={"required": "退回时请写明意见。", "max_length": "不超过 200 个字。"},
    )


class ExplainForm(forms.Form):
    """Why a quarter came otherwise."""

    reason = forms.ChoiceField(
        label="原因", choices=[("", "请选择"), *VarianceReason.choices], error_messages=CHOOSE
    )
    text = forms.CharField(
        label="具体情况",
        max_length=300,
        widget=LongText(),
        help_text="写明差在哪一笔、什么时候补上。",
        error_messages={"required": "请写明情况。", "max_length": "不超过 300 个字。"},
    )
    seen_version = Seen()
