"""Forms of the utilities' plans."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.models import Project
from projects.works.enums import CostBearer, UtilityAct, UtilityKind
from projects.works.models import UtilityPlan
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.widgets import LongText

from .fields import CHOOSE, FILE_HINT, REQUIRED, estate_field, offer_estates, text

FIELDS = (
    "estate", "kind", "operator", "stretch", "planned_from", "planned_to", "opens_surface", "depth_cm",
    "cost_bearer", "contact", "phone", "document_number", "note",
)  # fmt: skip


class UtilityForm(forms.Form):
    """What a utility means to do on the ground of a project."""

    kind = forms.ChoiceField(
        label="专业", choices=[("", "请选择"), *UtilityKind.choices], error_messages=CHOOSE
    )
    operator = text("专营单位", 60, required=True, hint="如“区燃气公司”。")
    estate = estate_field()
    stretch = text("地段", 60, hint="同一地段写同一个名称，冲突按它比对；不填为全部地段。")
    planned_from = DayField(label="计划开始")
    planned_to = DayField(label="计划完成")
    opens_surface = forms.BooleanField(label="开挖路面", required=False)
    depth_cm = WholeField(label="埋深（厘米）", required=False, minimum=1, maximum=2000)
    cost_bearer = forms.ChoiceField(
        label="费用承担", choices=CostBearer.choices, error_messages=CHOOSE
    )
    contact = text("联系岗位", 60, required=True, hint="写岗位，不写个人姓名。")
    phone = text("联系电话", 30)
    document_number = text("文号", 60)
    evidence = EvidenceField(label="计划文件", required=False, help_text=FILE_HINT)
    note = text("说明", 200)
    seen_version = Seen()

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        project: Project,
        plan: UtilityPlan | None = None,
    ) -> None:
        initial: dict[str, Any] = {"opens_surface": True, "cost_bearer": CostBearer.OPERATOR}
        if plan is not None:
            initial = {name: getattr(plan, name) for name in FIELDS}
            initial["seen_version"] = plan.version
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        known = project.utility_plans.exclude(stretch="").values_list("stretch", flat=True)
        if names := sorted(set(known)):
            self.fields["stretch"].help_text += f"已有：{'、'.join(names)}。"
        offer_estates(self, project)

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the plan, without its file."""
        return {name: self.cleaned_data.get(name) for name in FIELDS}


class CoordinationForm(forms.Form):
    """What was agreed with a utility."""

    held_on = DayField(label="协调日期")
    participants = text("参加单位", 200, required=True, hint="单位和岗位，用顿号隔开。")
    agreed = forms.CharField(
        label="商定事项",
        max_length=300,
        widget=LongText(),
        error_messages={**REQUIRED, "max_length": "不超过 300 个字。"},
        help_text="谁在什么时间做什么。",
    )
    evidence = EvidenceField(label="会议纪要", required=False, help_text=FILE_HINT)


class UtilityActForm(forms.Form):
    """A day, or a reason where the utility withdraws."""

    occurred_on = DayField(label="日期")
    note = text("退出原因", 200, required=True)

    def __init__(self, data: Any = None, *, act: UtilityAct) -> None:
        super().__init__(data, use_required_attribute=False)
        del self.fields["occurred_on" if act == UtilityAct.WITHDRAW else "note"]
