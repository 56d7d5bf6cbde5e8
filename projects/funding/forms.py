"""Forms of the money ledger."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.sheets import SeenMark
from renovation.face.fields import DayField, EvidenceField, WanyuanField
from renovation.face.widgets import SegmentChoice

from .accounts.discipline import THROUGH_ACCOUNT
from .enums import Stage
from .models import FundingPlan, FundingSource, ProjectAccount
from .services import EventValues

MOST_WANYUAN = Decimal("9999999.99")
CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}


class EventForm(forms.Form):
    """A movement of money."""

    source = forms.ModelChoiceField(
        FundingSource.objects.none(),
        label="资金来源",
        empty_label="请选择",
        error_messages=CHOOSE,
    )
    stage = forms.ChoiceField(
        label="环节",
        choices=Stage.choices,
        widget=SegmentChoice(),
        error_messages=CHOOSE,
        help_text="支付不超过拨付，拨付不超过到位，到位不超过下达，每一天都是。",
    )
    amount = WanyuanField(
        label="金额（万元）",
        minimum=Decimal("0.01"),
        maximum=MOST_WANYUAN,
        help_text="最多两位小数，如 1,268.50。",
        error_messages={"required": "金额未填。"},
    )
    occurred_on = DayField(label="日期", help_text="文件或凭证上的日期，可以补记以前的。")
    document_number = forms.CharField(
        label="文号或凭证号",
        max_length=60,
        required=False,
        help_text="下达写文号；到位、拨付、支付写文号或凭证号。没有的，附依据文件。",
        error_messages={"max_length": "不超过 60 个字。"},
    )
    account = forms.ModelChoiceField(
        ProjectAccount.objects.none(),
        label="账户",
        empty_label="不经账户",
        required=False,
        error_messages=CHOOSE,
        help_text="到位和支付写明专户；下达和拨付不记账户。",
    )
    evidence = EvidenceField(
        label="依据文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        bureau_id: int,
        accounts: Sequence[ProjectAccount],
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        source: Any = self.fields["source"]
        source.queryset = FundingSource.objects.of_bureau(bureau_id).in_use()
        if not accounts:
            del self.fields["account"]
            return
        offered: Any = self.fields["account"]
        offered.queryset = ProjectAccount.objects.filter(pk__in=[each.pk for each in accounts])
        if len(accounts) == 1:
            offered.initial = accounts[0].pk

    @property
    def values(self) -> EventValues:
        """The movement as typed, without its file."""
        cleaned = self.cleaned_data
        return EventValues(
            source=cleaned["source"],
            stage=Stage(cleaned["stage"]),
            amount_fen=cleaned["amount"],
            occurred_on=cleaned["occurred_on"],
            document_number=cleaned["document_number"],
            account=self._account(),
        )

    def _account(self) -> ProjectAccount | None:
        """The account of 到位 and 支付; what is chosen for the other stages means nothing."""
        chosen: ProjectAccount | None = self.cleaned_data.get("account")
        return chosen if Stage(self.cleaned_data["stage"]) in THROUGH_ACCOUNT else None


class CorrectForm(forms.Form):
    """What an event should have come to, and why; it carries what its reader saw of the corrections."""

    amount = WanyuanField(
        label="应为金额（万元）",
        minimum=0,
        maximum=MOST_WANYUAN,
        error_messages={"required": "金额未填。"},
    )
    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        error_messages={"required": "更正须写明原因。", "max_length": "不超过 200 个字。"},
    )
    document_number = forms.CharField(
        label="文号或凭证号",
        max_length=60,
        required=False,
        help_text="更正依据的文件或凭证，没有的不填。",
        error_messages={"max_length": "不超过 60 个字。"},
    )
    evidence = EvidenceField(
        label="依据文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )
    seen_version = Seen()


class RejectForm(forms.Form):
    """Why an entry goes back."""

    reason = forms.CharField(
        label="退回原因",
        max_length=200,
        error_messages={"required": "退回须写明原因。", "max_length": "不超过 200 个字。"},
    )


class PlanForm(forms.Form):
    """The planned amount of every source; empty where a source gives nothing."""

    seen = SeenMark()

    def __init__(
        self,
        data: Any = None,
        *,
        seen: str,
        sources: Sequence[FundingSource],
        plans: Sequence[FundingPlan],
    ) -> None:
        initial: dict[str, Any] = {f"planned-{plan.source_id}": plan.planned_fen for plan in plans}
        initial["seen"] = seen
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.sources = sources
        for source in sources:
            self.fields[f"planned-{source.pk}"] = WanyuanField(
                label=f"{source}（万元）", minimum=0, maximum=MOST_WANYUAN, required=False
            )

        if self.is_bound and "explanation" in self.data:
            self.ask()

    def ask(self) -> None:
        """Ask why the amounts are more than is usual."""
        self.fields["explanation"] = forms.CharField(
            label="情况说明",
            max_length=200,
            required=False,
            help_text="金额没有填错才填，如“含加装电梯 40 部”。改正了金额的不填。",
            error_messages={"max_length": "不超过 200 个字。"},
        )

    @property
    def planned(self) -> dict[FundingSource, int | None]:
        """分 by source; None where nothing is planned."""
        return {source: self.cleaned_data[f"planned-{source.pk}"] for source in self.sources}
