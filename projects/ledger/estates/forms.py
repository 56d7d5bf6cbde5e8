"""Forms of estates, buildings and parties: shape only."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from projects.ledger.enums import PartyRole
from projects.ledger.forms import CHOOSE, MOST_SQM, REQUIRED, text
from projects.ledger.models import Building, Estate, Party, Project
from projects.ledger.models.party import OF_A_CONTRACTOR
from projects.ledger.pages import RowForm
from projects.ledger.places import Box, check_inside, outline_text, parse_outline
from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.errors import Refusal
from renovation.face.fields import DayField, DecimalField, WholeField
from renovation.face.widgets import LongText


class OutlineField(forms.CharField):
    """Corners, one a line as “纬度，经度”, read into a list of pairs; ``box`` is the district they lie in."""

    box: Box

    def clean(self, value: Any) -> list[list[str]]:
        """The corners, all within the district."""
        try:
            return parse_outline(super().clean(value), box=self.box)
        except Refusal as refusal:
            raise forms.ValidationError(refusal.message, code=refusal.code) from refusal

    def prepare_value(self, value: Any) -> Any:
        """As they are typed."""
        return outline_text(value) if isinstance(value, list) else value


class EstateForm(RowForm):
    """A 小区 with its quantities and its place."""

    building_count = WholeField(label="楼栋数（栋）", minimum=1, maximum=9999)
    household_count = WholeField(label="户数（户）", minimum=1, maximum=999_999)
    area_sqm = DecimalField(
        label="建筑面积（㎡）",
        places=2,
        minimum=Decimal("0.01"),
        maximum=MOST_SQM,
        help_text="平方米，最多两位小数。",
    )
    year_built = WholeField(
        label="建成年份", minimum=1900, maximum=2030, required=False, help_text="四位数，如 1996。"
    )
    latitude = DecimalField(
        label="纬度（度）",
        places=6,
        minimum=-90,
        maximum=90,
        required=False,
        help_text="可不填。小区中心的位置，如 36.643500；和经度一起填。",
    )
    longitude = DecimalField(
        label="经度（度）", places=6, minimum=-180, maximum=180, required=False
    )
    outline = OutlineField(
        label="轮廓",
        required=False,
        max_length=8000,
        widget=LongText({"rows": 3}),
        help_text="可不填。从测绘成果粘贴，一行一个角点：纬度，经度。至少三个点。",
        error_messages={"max_length": "太长了，最多 200 个点。"},
    )

    class Meta:
        model = Estate
        fields = (
            "name",
            "community",
            "address",
            "year_built",
            "building_count",
            "household_count",
            "area_sqm",
            "latitude",
            "longitude",
            "outline",
        )
        error_messages = {"name": REQUIRED, "community": CHOOSE}

    def __init__(self, *args: Any, project: Project, box: Box, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.box = box
        self.instance.project = project
        self.fields["outline"].box = box  # type: ignore[attr-defined]
        offered = Organisation.objects.filter(
            parent_id=project.street_id, kind=OrganisationKind.COMMUNITY
        )
        kept = Q(pk=self.instance.community_id) if self.instance.community_id else Q(pk=None)
        field = self.fields["community"]
        field.queryset = offered.filter(  # type: ignore[attr-defined]
            kept | Q(pk__in=offered.valid_on(today).values("pk"))
        )
        field.empty_label = "不填"  # type: ignore[attr-defined]

    def clean_name(self) -> str:
        """Once in a project."""
        name = str(self.cleaned_data["name"]).strip()
        others = self.instance.project.estates.filter(name=name).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("这个项目里已有同名的小区。")
        return name

    def clean(self) -> dict[str, Any]:
        """A place is both numbers, within the district."""
        cleaned = super().clean() or {}
        if {"latitude", "longitude"} & set(self.errors):
            return cleaned
        latitude, longitude = cleaned.get("latitude"), cleaned.get("longitude")
        if (latitude is None) != (longitude is None):
            missing = "latitude" if latitude is None else "longitude"
            self.add_error(missing, "纬度和经度要一起填。")
        elif latitude is not None and longitude is not None:
            try:
                check_inside((latitude, longitude), self.box, field="latitude")
            except Refusal as refusal:
                self.add_error("latitude", refusal.message)
        return cleaned


class BuildingForm(RowForm):
    """A 幢 of an estate."""

    unit_count = WholeField(label="单元数（个）", minimum=1, maximum=99, required=False)
    floor_count = WholeField(label="层数（层）", minimum=1, maximum=99, required=False)
    household_count = WholeField(label="户数（户）", minimum=1, maximum=9999)
    area_sqm = DecimalField(
        label="建筑面积（㎡）", places=2, minimum=Decimal("0.01"), maximum=MOST_SQM
    )
    year_built = WholeField(label="建成年份", minimum=1900, maximum=2030, required=False)

    class Meta:
        model = Building
        fields = (
            "number",
            "unit_count",
            "floor_count",
            "household_count",
            "area_sqm",
            "year_built",
            "structure",
        )
        error_messages = {"number": REQUIRED}

    def __init__(self, *args: Any, estate: Estate, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.instance.estate = estate
        structure: Any = self.fields["structure"]
        structure.choices = [("", "不填"), *Building._meta.get_field("structure").flatchoices]

    def clean_number(self) -> str:
        """Once in an estate."""
        number = str(self.cleaned_data["number"]).strip()
        others = self.instance.estate.buildings.filter(number=number).exclude(pk=self.instance.pk)
        if others.exists():
            raise forms.ValidationError("这个小区里已有这个楼号。")
        return number


def _companies(scope: Scope, today: date, kept_id: int | None) -> Any:
    """Companies that exist today, and the one that is chosen already."""
    rows = Organisation.objects.visible_to(scope).filter(kind=OrganisationKind.COMPANY)
    return rows.filter(Q(pk=kept_id) | Q(pk__in=rows.valid_on(today).values("pk")))


class PartyForm(RowForm):
    """A party to a project."""

    valid_from = DayField(label="起", required=False)
    valid_to = DayField(label="止", required=False, help_text="离任的最后一天。")

    class Meta:
        model = Party
        fields = (
            "role",
            "name",
            "organisation",
            "licence_number",
            "contact",
            "phone",
            "manager_phone",
            "valid_from",
            "valid_to",
        )
        help_texts = {
            "organisation": "有平台账号的企业选上后，能看到这个项目。",
            "contact": "写岗位，不写个人姓名，如“项目部”“资料员”。",
            "manager_phone": "施工单位才填；公示时告知居民，和联系电话相同的也填上。",
        }
        error_messages = {"role": CHOOSE, "name": REQUIRED}

    def __init__(
        self, *args: Any, project: Project, scope: Scope, today: date, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.instance.project = project
        field: Any = self.fields["organisation"]
        field.queryset = _companies(scope, today, self.instance.organisation_id)
        field.empty_label = "没有账号"
        role: Any = self.fields["role"]
        role.choices = [("", "请选择"), *Party._meta.get_field("role").flatchoices]

    def clean(self) -> dict[str, Any]:
        """Ends after it begins."""
        cleaned = super().clean() or {}
        start, end = cleaned.get("valid_from"), cleaned.get("valid_to")
        if start and end and end < start:
            self.add_error("valid_to", "止不能早于起。")
        if cleaned.get("manager_phone") and cleaned.get("role") not in {
            "",
            None,
            PartyRole.CONTRACTOR,
        }:
            self.add_error("manager_phone", OF_A_CONTRACTOR)
        return cleaned


class SuccessorForm(RowForm):
    """Who takes a party's place, from which day and why; the role is the old one's."""

    valid_from = DayField(label="接替日期", help_text="新单位的第一天；原单位止于前一天。")
    reason = text("变更原因", 100, required=True)

    class Meta:
        model = Party
        fields = (
            "name",
            "organisation",
            "licence_number",
            "contact",
            "phone",
            "manager_phone",
            "valid_from",
        )
        help_texts = PartyForm.Meta.help_texts
        error_messages = {"name": REQUIRED}

    def __init__(self, *args: Any, party: Party, scope: Scope, today: date, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial["seen_version"] = party.version
        if party.role != PartyRole.CONTRACTOR:
            del self.fields["manager_phone"]
        field: Any = self.fields["organisation"]
        field.queryset = _companies(scope, today, None)
        field.empty_label = "没有账号"
