"""Forms of accounts and statements."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from projects.funding.models import ProjectAccount
from projects.ledger.editing import Seen
from renovation.core.periods import Month
from renovation.face.fields import DayField, EvidenceField, YuanField
from renovation.face.widgets import NumberText, ShortText

from .services import AccountValues

MOST_YUAN = Decimal("99999999999.99")
CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}


def _words(label: str, longest: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        error_messages={"required": f"{label}未填。", "max_length": f"不超过 {longest} 个字。"},
    )


class AccountForm(forms.Form):
    """A new account."""

    name = _words("户名", 80, hint="如“淄川区某街道办事处老旧小区改造专户”。")
    bank = _words("开户银行", 80)
    number = forms.CharField(
        label="账号",
        max_length=40,
        widget=ShortText({"autocomplete": "off", "inputmode": "numeric"}),
        help_text="加密保存，页面上只显示后四位。登记后不能改。",
        error_messages={"required": "账号未填。", "max_length": "账号太长。"},
    )
    purpose = _words("用途", 200, hint="如“只用于本项目改造工程款”。")
    opened_on = DayField(label="开户日期")

    @property
    def values(self) -> AccountValues:
        """The account as typed."""
        cleaned = self.cleaned_data
        return AccountValues(
            name=cleaned["name"],
            bank=cleaned["bank"],
            purpose=cleaned["purpose"],
            opened_on=cleaned["opened_on"],
            number=cleaned.get("number", ""),
        )


class AccountChangeForm(AccountForm):
    """What may be changed of an account: everything but its number."""

    number = None  # type: ignore[assignment]
    seen_version = Seen()

    def __init__(self, data: Any = None, *, account: ProjectAccount) -> None:
        initial = {
            name: getattr(account, name) for name in ("name", "bank", "purpose", "opened_on")
        } | {"seen_version": account.version}
        super().__init__(data, initial=initial, use_required_attribute=False)


class CloseForm(forms.Form):
    """The day on which an account was closed."""

    closed_on = DayField(label="销户日期", help_text="账户余额须为 0。")


class ReopenForm(forms.Form):
    """Why a closing is taken back."""

    reason = _words("撤销原因", 200, hint="如“漏记一笔到位”。")


class NameForm(forms.Form):
    """The account of an entry; a reason where another one was named before."""

    account = forms.ModelChoiceField(
        ProjectAccount.objects.none(), label="账户", empty_label="请选择", error_messages=CHOOSE
    )
    reason = _words("改记原因", 200, required=False, hint="已经记过账户、改记别的账户时须写明。")

    def __init__(self, data: Any = None, *, accounts: Sequence[ProjectAccount]) -> None:
        super().__init__(data, use_required_attribute=False)
        offered: Any = self.fields["account"]
        offered.queryset = ProjectAccount.objects.filter(pk__in=[each.pk for each in accounts])


class StatementForm(forms.Form):
    """The balance at a month's end by the bank."""

    month = forms.ChoiceField(label="月份", error_messages=CHOOSE)
    balance = YuanField(
        label="月末余额（元）",
        maximum=MOST_YUAN,
        minimum=0,
        widget=NumberText({"class": "size-short"}),
        help_text="照对账单填到分。",
        error_messages={"required": "余额未填。"},
    )
    scan = EvidenceField(
        label="对账单扫描件", help_text="PDF、JPG 或 PNG，不超过 20 MB，加密保存。"
    )
    explanation = _words(
        "差额说明", 200, required=False, hint="与台账余额不一致时填，如“存款利息 312.45 元”。"
    )
    reason = _words("更正原因", 200, required=False, hint="这个月已经登记过、现在更正时填。")

    def __init__(self, data: Any = None, files: Any = None, *, months: Sequence[Month]) -> None:
        super().__init__(data, files, use_required_attribute=False)
        offered: Any = self.fields["month"]
        offered.choices = [("", "请选择"), *((month.key, month.label) for month in months)]

    @property
    def chosen(self) -> Month:
        """The month."""
        return Month.from_key(self.cleaned_data["month"])
