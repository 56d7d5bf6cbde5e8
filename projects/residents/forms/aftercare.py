"""Forms of after-care: committee, management, fees, maintenance fund, hand-over."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from projects.residents.enums import FundMove, ManagementForm
from projects.residents.handover_items import parse_items, typed_items
from projects.residents.models import Committee, FeeCollection, FundEntry, Handover, Management
from renovation.core.errors import Refusal
from renovation.face.fields import DayField, EvidenceField, WholeField, YuanField
from renovation.face.widgets import LongText

from .fields import FILE_HINT, ServedForm

_WORDS = {"required": "此处未填。", "invalid_choice": "没有这一项。"}
_MOST = Decimal("9999999999.99")


class _Filed(ServedForm):
    """A form whose row keeps one file."""

    evidence = EvidenceField(label="文件", required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        field = self.fields["evidence"]
        field.label = str(self.instance._meta.get_field("file").verbose_name)
        kept = self.instance.file
        field.help_text = FILE_HINT + (f"已有“{kept}”，选了新文件就替换它。" if kept else "")


class CommitteeForm(_Filed):
    """A committee of owners."""

    since_on = DayField(label="成立日期")
    until_on = DayField(
        label="任期届满", required=False, help_text="任期的最后一天；没有任期的不填。"
    )
    member_count = WholeField(label="人数（人）", minimum=1, maximum=99, required=False)
    ended_on = DayField(
        label="终止日期",
        required=False,
        help_text="换届或改制不用填：登记接替的，前一个自动终止。",
    )

    class Meta:
        model = Committee
        fields = (
            "kind",
            "since_on",
            "until_on",
            "member_count",
            "filing_number",
            "contact",
            "ended_on",
            "end_reason",
        )
        error_messages = {"kind": _WORDS}

    field_order = (
        "kind",
        "since_on",
        "until_on",
        "member_count",
        "filing_number",
        "evidence",
        "contact",
        "ended_on",
        "end_reason",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["contact"].help_text = "写岗位和办公电话，不写个人姓名。"
        self.fields["filing_number"].help_text = "还没有备案的不填。"


class ManagementEditForm(_Filed):
    """Who looks after an estate, by which contract."""

    since_on = DayField(label="合同起", help_text="没有合同的填开始管理的日期。")
    until_on = DayField(label="合同止", required=False, help_text="专业物业必填；没有期限的不填。")
    fee_fen = YuanField(
        label="物业费（元/㎡·月）",
        minimum=0,
        maximum=Decimal("99.99"),
        required=False,
        help_text="如 0.65。专业物业必填；不按面积收费的不填。",
    )
    ended_on = DayField(
        label="终止日期",
        required=False,
        help_text="换管理单位不用填：登记新的，前一个自动终止。",
    )

    class Meta:
        model = Management
        fields = (
            "form",
            "manager",
            "since_on",
            "until_on",
            "fee_fen",
            "contact",
            "ended_on",
            "end_reason",
        )
        error_messages = {"form": _WORDS, "manager": _WORDS}

    field_order = (
        "form",
        "manager",
        "since_on",
        "until_on",
        "fee_fen",
        "evidence",
        "contact",
        "ended_on",
        "end_reason",
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields[
            "manager"
        ].help_text = "物业公司、社区居委会、原产权单位等；居民自管的写自治组织名称。"
        self.fields["contact"].help_text = "写岗位和办公电话，不写个人姓名。"

    def clean(self) -> dict[str, Any]:
        """What a professional manager must have is said at both fields at once."""
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if cleaned.get("form") == ManagementForm.PROFESSIONAL:
            for name, word in (("until_on", "合同止"), ("fee_fen", "物业费")):
                if name in cleaned and cleaned[name] is None:
                    self.add_error(name, f"专业物业须填{word}。")
        return cleaned


class CollectionForm(ServedForm):
    """What was collected of the fee."""

    from_on = DayField(label="收缴期起")
    to_on = DayField(label="收缴期止")
    due_fen = YuanField(label="应收（元）", minimum=0, maximum=_MOST)
    collected_fen = YuanField(
        label="实收（元）", minimum=0, maximum=_MOST, help_text="只填收回的本期费用，不含往年欠费。"
    )

    class Meta:
        model = FeeCollection
        fields = ("from_on", "to_on", "due_fen", "collected_fen")


class FundForm(ServedForm):
    """Money into the maintenance fund, or out of it."""

    moved_on = DayField(label="日期")
    amount_fen = YuanField(label="金额（元）", minimum=0, maximum=_MOST)
    household_count = WholeField(
        label="累计交存户数（户）",
        minimum=1,
        maximum=99_999,
        required=False,
        help_text="到这天为止一共有多少户交过；支用不填。",
    )

    class Meta:
        model = FundEntry
        fields = ("move", "moved_on", "amount_fen", "household_count", "note")
        error_messages = {"move": _WORDS}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = "支用写用途和依据，如“更换水泵，业主表决通过”。"
        moves: Any = self.fields["move"]
        moves.choices = [("", "请选择"), *FundMove.choices]


class HandoverForm(_Filed):
    """An estate is handed over."""

    handed_on = DayField(label="移交日期")
    items_typed = forms.CharField(
        label="移交清单",
        max_length=8000,
        widget=LongText({"rows": 8}),
        help_text="一行一项：名称，数量，单位，接管单位。可以从 Excel 复制四列粘贴。"
        "如“路灯，24，盏，街道物业服务中心”。",
        error_messages={"required": "移交清单至少一项。", "max_length": "清单太长，请合并同类的。"},
    )

    class Meta:
        model = Handover
        fields = ("handed_on", "handed_by", "taken_by", "note")
        error_messages = dict.fromkeys(("handed_by", "taken_by"), _WORDS)

    field_order = ("handed_on", "handed_by", "taken_by", "items_typed", "note", "evidence")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["items_typed"] = typed_items(self.instance.items)
        self.fields["handed_by"].help_text = "如“淄川区某街道办事处”“施工单位”。"
        self.fields["taken_by"].help_text = "如“某物业服务公司”“社区居委会”。"
        self.fields["evidence"].help_text += "双方签章的移交清单或协议，确认前必须有。"

    def clean_items_typed(self) -> list[dict[str, str]]:
        """The items; every faulty line is named."""
        try:
            return parse_items(self.cleaned_data["items_typed"])
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message) from refusal

    def _post_clean(self) -> None:
        super()._post_clean()
        if "items_typed" in self.cleaned_data:
            self.instance.items = self.cleaned_data["items_typed"]
