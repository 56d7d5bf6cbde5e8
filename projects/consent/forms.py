"""Forms of consent."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.models import Project, ProjectDocument
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.wording import chinese_date
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.filtering import FilterForm, choice, year_choice
from renovation.face.widgets import LongText, SegmentChoice

from . import sealing
from .enums import Care, Choice, Purpose, Way
from .listed import PHONE_FORM
from .models import CareVisit, Round
from .overtaken import version_words
from .services.answers import AnswerValues
from .services.care import VisitValues
from .services.rounds import RoundValues, plans_of

LONGEST_VERSION = 60

CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}


class ItemsField(forms.ModelMultipleChoiceField[MenuItem]):
    """Items of the menu, named with their class."""

    widget = forms.CheckboxSelectMultiple

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.menu_class.name}　{obj.name}"


class PlanField(forms.ModelChoiceField[ProjectDocument]):
    """A plan document by title and version, with the day that it bears or on which it was filed."""

    def label_from_instance(self, obj: Any) -> str:
        on = obj.dated_on or local_day(obj.file.stored_at)
        return f"{version_words(obj)}　{chinese_date(on)}"


def present_of(found: Round) -> dict[str, Any]:
    """What each field of the form of a round says of it. Two queries."""
    names = ("purpose", "question", "scheme", "plan_version", "summary", "closes_on")
    return {name: getattr(found, name) for name in names} | {
        "items": list(found.items.all()),
        "most_items": found.most_items or None,
    }


class RoundForm(forms.Form):
    """What is asked, about which version of the plan, until when, and from which menu may be chosen."""

    purpose = forms.ChoiceField(
        label="征询事项",
        choices=Purpose.choices,
        widget=SegmentChoice(),
        error_messages=CHOOSE,
        help_text="改造意愿决定能否列入计划，方案意见决定能否开工，各算各的率。",
    )
    question = forms.CharField(
        label="问题",
        max_length=200,
        help_text="居民只答同意或不同意，如“您是否同意本小区列入改造？”。",
        error_messages={"required": "问题未填。", "max_length": "不超过 200 个字。"},
    )
    scheme = PlanField(
        ProjectDocument.objects.none(),
        label="一区一案方案",
        required=False,
        empty_label="没有选",
        help_text="征询方案意见的必选：问的是哪一份，只列现行的一版；以后归档新版或批准范围、设计变更，开工前会提示重新征询。",
        error_messages=CHOOSE,
    )
    plan_version = forms.CharField(
        label="方案版本",
        max_length=LONGEST_VERSION,
        required=False,
        help_text="给居民看的那一版，如“改造方案 2025年4月第二稿”；选了一区一案方案的可以不填，按题名和版次写。",
        error_messages={
            "required": "方案版本未填。",
            "max_length": f"不超过 {LONGEST_VERSION} 个字。",
        },
    )
    summary = forms.CharField(
        label="方案摘要",
        max_length=2000,
        widget=LongText({"rows": 8}),
        help_text="写在二维码打开的页面上，用居民看得懂的话，不写姓名电话。",
        error_messages={"required": "方案摘要未填。", "max_length": "不超过 2000 个字。"},
    )
    document = EvidenceField(
        label="方案文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB，存档用。"
    )
    closes_on = DayField(label="截止日期", help_text="到这一天为止的答复有效。")
    items = ItemsField(
        MenuItem.objects.none(),
        label="群众点单条目",
        required=False,
        help_text="不点单的不选。应改尽改的基础类条目不在此列。",
        error_messages={"invalid_choice": "没有这一项，请重新选择。"},
    )
    most_items = WholeField(
        label="每户最多选几项", required=False, minimum=1, maximum=20, help_text="有点单条目时填。"
    )
    seen_version = Seen()

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        project: Project,
        found: Round | None = None,
        seen: int = 0,
        most_items: int,
    ) -> None:
        initial: dict[str, Any] = {"most_items": most_items}
        if found is not None:
            initial = present_of(found)
            initial |= {"most_items": found.most_items or most_items, "seen_version": seen}
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        fields: dict[str, Any] = self.fields
        plans = plans_of(project=project)
        if plans:
            fields["scheme"].queryset = ProjectDocument.objects.filter(
                pk__in=[plan.pk for plan in plans]
            ).select_related("file")
        else:
            del self.fields["scheme"]
            fields["plan_version"].required = True
            fields["plan_version"].help_text = "给居民看的那一版，如“改造方案 2025年4月第二稿”。"
        offered = MenuItem.objects.offered_by(project.programme.bureau_id)
        items: Any = self.fields["items"]
        # 完善类、提升类 and what a city adds; the basic class is done wherever it is missing.
        items.queryset = (
            offered.filter(is_required=False)
            .exclude(menu_class__code="basic")
            .select_related("menu_class")
        )

    def clean(self) -> dict[str, Any]:
        """A plan that is chosen has its words already."""
        cleaned = super().clean() or {}
        scheme = cleaned.get("scheme")
        if not cleaned.get("plan_version") and "plan_version" not in self.errors:
            if scheme is None:
                self.add_error("plan_version", "方案版本未填。")
            else:
                tail = f" 第 {scheme.version} 版"
                cleaned["plan_version"] = scheme.title[: LONGEST_VERSION - len(tail)] + tail
        return cleaned

    @property
    def values(self) -> RoundValues:
        """What was typed, without the file."""
        cleaned = self.cleaned_data
        return RoundValues(
            purpose=Purpose(cleaned["purpose"]),
            scheme=cleaned.get("scheme"),
            plan_version=cleaned["plan_version"],
            question=cleaned["question"],
            summary=cleaned["summary"],
            closes_on=cleaned["closes_on"],
            items=tuple(cleaned["items"]),
            most_items=cleaned["most_items"] or 0,
        )


class AnswerForm(forms.Form):
    """An answer on paper or at the door."""

    way = forms.ChoiceField(
        label="方式",
        choices=[(way.value, way.label) for way in (Way.PAPER, Way.VISIT)],
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    choice = forms.ChoiceField(
        label="答复", choices=Choice.choices, widget=SegmentChoice(), error_messages=CHOOSE
    )
    items = ItemsField(
        MenuItem.objects.none(),
        label="点单",
        required=False,
        error_messages={"invalid_choice": "没有这一项，请重新选择。"},
    )
    opinion = forms.CharField(
        label="意见",
        max_length=500,
        required=False,
        widget=LongText(),
        help_text="照意见表写，加密保存；不写姓名电话。",
        error_messages={"max_length": "不超过 500 个字。"},
    )
    answered_on = DayField(label="答复日期", help_text="意见表上的日期。")
    witness = forms.ModelChoiceField(
        User.objects.none(),
        label="见证人",
        required=False,
        empty_label="没有",
        help_text="上门征询必选，与登记人不是同一人。",
        error_messages=CHOOSE,
    )
    scan = EvidenceField(
        label="意见表扫描件或照片",
        help_text="PDF、JPG 或 PNG，不超过 20 MB，加密保存。",
    )
    reason = forms.CharField(
        label="重新登记的原因",
        max_length=200,
        required=False,
        error_messages={"max_length": "不超过 200 个字。"},
    )

    def __init__(
        self,
        data: Any = None,
        files: Any = None,
        *,
        found: Round,
        witnesses: Any,
        answered_before: bool,
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        fields: dict[str, Any] = self.fields
        fields["witness"].queryset = witnesses
        if found.most_items:
            fields["items"].queryset = found.items.select_related("menu_class")
            fields["items"].help_text = f"最多 {found.most_items} 项。"
        else:
            del self.fields["items"]
        if not answered_before:
            del self.fields["reason"]

    @property
    def values(self) -> AnswerValues:
        """What was typed, without the scan."""
        cleaned = self.cleaned_data
        return AnswerValues(
            choice=Choice(cleaned["choice"]),
            way=Way(cleaned["way"]),
            answered_on=cleaned["answered_on"],
            opinion=cleaned["opinion"],
            witness=cleaned["witness"],
            reason=cleaned.get("reason", ""),
            items=tuple(cleaned.get("items", ())),
        )


class ReasonForm(forms.Form):
    """Why."""

    reason = forms.CharField(
        label="原因",
        max_length=200,
        error_messages={"required": "请写明原因。", "max_length": "不超过 200 个字。"},
    )


class RevealForm(forms.Form):
    """Why somebody's name and phone are looked at."""

    reason = forms.CharField(
        label="查看原因",
        max_length=200,
        help_text="如“电话约定上门时间”。写进审计日志，不写姓名电话。",
        error_messages={"required": "请写明查看的原因。", "max_length": "不超过 200 个字。"},
    )


class ExportForm(forms.Form):
    """Why the archive leaves the portal unmasked."""

    reason = forms.CharField(
        label="导出原因",
        max_length=200,
        help_text="写进审计日志。导出的文件由您保管，用完删除。",
        error_messages={"required": "请写明导出的原因。", "max_length": "不超过 200 个字。"},
    )


class HouseholdForm(forms.Form):
    """A new name or phone, or why the household is called on; empty keeps what there is."""

    name = forms.CharField(
        label="户主姓名", max_length=40, required=False, help_text="不填则不改。"
    )
    phone = forms.CharField(
        label="联系电话", max_length=30, required=False, help_text="不填则不改。"
    )
    forget = forms.BooleanField(label="清除现有的姓名和电话", required=False)
    care = forms.ChoiceField(
        label="上门关注",
        choices=Care.choices,
        required=False,
        widget=SegmentChoice(),
        help_text="家里有高龄或残疾人员的选，用于敲门行动；对外只有户数。",
        error_messages=CHOOSE,
    )
    seen_version = Seen()
    #: Why it was called on when the form was opened: the history of a household keeps nothing of that.
    seen_care = forms.ChoiceField(choices=Care.choices, required=False, widget=forms.HiddenInput())

    def clean_phone(self) -> str:
        """A phone has as many digits as phones have."""
        digits = sealing.phone_digits(self.cleaned_data["phone"])
        if self.cleaned_data["phone"] and not PHONE_FORM.match(digits):
            raise forms.ValidationError("电话位数不对：手机 11 位，固定电话 7 到 12 位。")
        return digits


class VisitForm(forms.Form):
    """A visit at the door."""

    visited_on = DayField(label="上门日期")
    needs = forms.CharField(
        label="需求",
        max_length=500,
        required=False,
        widget=LongText(),
        help_text="没有需求的不填。加密保存。",
        error_messages={"max_length": "不超过 500 个字。"},
    )


class ServeForm(forms.Form):
    """That a need was met."""

    served_on = DayField(label="办妥日期")
    what = forms.CharField(
        label="办理情况",
        max_length=500,
        widget=LongText(),
        error_messages={"required": "请写明办理情况。", "max_length": "不超过 500 个字。"},
    )


class CorrectionForm(VisitForm):
    """A visit that was recorded wrongly, as it was; and why it is corrected."""

    served_on = DayField(label="办妥日期", required=False, help_text="还没有办妥的不填。")
    what = forms.CharField(
        label="办理情况",
        max_length=500,
        required=False,
        widget=LongText(),
        help_text="办妥的写明，加密保存。",
        error_messages={"max_length": "不超过 500 个字。"},
    )
    reason = forms.CharField(
        label="更正原因",
        max_length=200,
        help_text="如“日期登错”。不写姓名电话和需求内容。",
        error_messages={"required": "请写明原因。", "max_length": "不超过 200 个字。"},
    )

    def __init__(self, data: Any = None, *, visit: CareVisit) -> None:
        initial = {
            "visited_on": visit.visited_on,
            "needs": visit.needs,
            "served_on": visit.served_on,
            "what": visit.served,
        }
        super().__init__(data, initial=initial, use_required_attribute=False)

    @property
    def values(self) -> VisitValues:
        """What was typed, without the reason."""
        cleaned = self.cleaned_data
        return VisitValues(
            visited_on=cleaned["visited_on"],
            needs=cleaned["needs"],
            served_on=cleaned["served_on"],
            what=cleaned["what"],
        )


class WithdrawForm(forms.Form):
    """Why a visit is set aside."""

    reason = forms.CharField(
        label="作废原因",
        max_length=200,
        help_text="如“登到别的住户名下”。不写姓名电话和需求内容。",
        error_messages={"required": "请写明原因。", "max_length": "不超过 200 个字。"},
    )


CALLS = (("yes", "列入"), ("no", "未列入"))
VISITED = (("never", "没有上门"), ("waiting", "有待办需求"), ("done", "上过门，没有待办"))


class SearchForm(FilterForm):
    """Households of a project: by building, by whole name or phone, and for the street by whether somebody calls."""

    building = choice("楼栋")
    care = choice("敲门行动", CALLS)
    q = forms.CharField(label="室号、完整姓名或电话", required=False, max_length=40)


class CareForm(FilterForm):
    """Households to call on: by building, by why, by whether somebody was there."""

    building = choice("楼栋")
    care = choice("上门关注", [pair for pair in Care.choices if pair[0]])
    visited = choice("上门", VISITED)


STANDINGS = (
    ("reached", "达标"),
    ("below", "未达标"),
    ("unasked", "未征询"),
    ("overtaken", "方案已更新"),
)


class EstateFilterForm(FilterForm):
    """The filter bar over the estates of a bureau."""

    year = year_choice()
    street = choice("街道")
    standing = choice("双80%", STANDINGS)
