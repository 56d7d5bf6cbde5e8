"""Forms of the illegal structures."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.models import Project
from projects.works.enums import StructureAct, StructureKind
from projects.works.models import IllegalStructure
from projects.works.owners import Owner
from projects.works.services.structures import StructureValues
from renovation.face.fields import DayField, DecimalField, EvidenceField

from .fields import CHOOSE, FILE_HINT, estate_field, offer_estates, text


class StructureForm(forms.Form):
    """A structure that was found."""

    estate = estate_field()
    building = text("楼栋", 20, hint="如“3 号楼”；不在楼上的不填。")
    location = text("位置", 80, required=True, hint="如“东单元屋面”。不写当事人。")
    kind = forms.ChoiceField(
        label="类型", choices=[("", "请选择"), *StructureKind.choices], error_messages=CHOOSE
    )
    area_sqm = DecimalField(
        label="面积（㎡）", places=2, minimum=Decimal("0.01"), maximum=9999, required=False
    )
    needs_waterproofing = forms.BooleanField(
        label="拆后须恢复防水", required=False, help_text="屋面、露台上的勾选。"
    )
    found_on = DayField(label="发现日期")
    built_on = DayField(
        label="建成日期", required=False, help_text="不晚于发现日期；不知道的不填，以后可以补登。"
    )
    stood_before = forms.BooleanField(
        label="改造前已有",
        required=False,
        help_text="改造开工以前就在、建成日期查不到的勾选。",
    )
    evidence = EvidenceField(label="现场照片", required=False, help_text=FILE_HINT)
    owner_name = text("当事人", 30, hint="加密保存，只给办理的人看，不给施工单位看。没有的不填。")
    owner_phone = text("当事人电话", 20)
    note = text("说明", 200)

    def __init__(self, data: Any = None, files: Any = None, *, project: Project) -> None:
        super().__init__(data, files, use_required_attribute=False)
        offer_estates(self, project)

    @property
    def values(self) -> StructureValues:
        """What is known of it."""
        cleaned = self.cleaned_data
        return StructureValues(
            estate=cleaned.get("estate"),
            building=cleaned["building"],
            location=cleaned["location"],
            kind=StructureKind(cleaned["kind"]),
            area_sqm=cleaned["area_sqm"],
            needs_waterproofing=cleaned["needs_waterproofing"],
            built_on=cleaned["built_on"],
            stood_before=cleaned["stood_before"],
            note=cleaned["note"],
        )

    @property
    def owner(self) -> Owner:
        """Who it belongs to."""
        return Owner(
            self.cleaned_data["owner_name"].strip(), self.cleaned_data["owner_phone"].strip()
        )


class DatingForm(forms.Form):
    """Since when a structure stands, and how that is known; the version that was read is carried."""

    built_on = DayField(
        label="建成日期", required=False, help_text="不晚于发现日期；不知道的空着。"
    )
    stood_before = forms.BooleanField(
        label="改造前已有",
        required=False,
        help_text="改造开工以前就在、建成日期查不到的勾选。",
    )
    reason = text("依据", 200, required=True, hint="如影像资料、当事人陈述、房产档案。")
    seen_version = Seen()

    def __init__(self, data: Any = None, *, structure: IllegalStructure) -> None:
        present = {
            "built_on": structure.built_on,
            "stood_before": structure.stood_before,
            "seen_version": structure.version,
        }
        super().__init__(data, initial=present, use_required_attribute=False)


class StepForm(forms.Form):
    """A step in the case."""

    occurred_on = DayField(label="日期")
    due_on = DayField(
        label="限期", required=False, help_text="告知书写明的拆除限期；没有写的按参数计算。"
    )
    note = text("说明", 200)
    evidence = EvidenceField(label="照片或文书", required=False, help_text=FILE_HINT)

    def __init__(
        self, data: Any = None, files: Any = None, *, act: StructureAct, needs_comment: bool
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        if act != StructureAct.NOTIFY:
            del self.fields["due_on"]
        if needs_comment:
            note = self.fields["note"]
            note.required = True
            note.error_messages["required"] = "这一步须写明说明。"
