"""Forms of a draft and of its columns."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.ledger.known import Level, known_at
from projects.ledger.models import Programme
from renovation.accounts.models import Organisation
from renovation.face.fields import DayField, DecimalField, MomentField, WholeField
from renovation.face.widgets import LongText, SegmentChoice, ShortText
from supervision.inquiries.defining import ColumnValues
from supervision.inquiries.enums import ColumnKind, Subject
from supervision.inquiries.models import AskedColumn, Inquiry
from supervision.inquiries.services import InquiryValues
from supervision.inquiries.values import MOST, plain

CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}


def _words(
    label: str, longest: int, *, required: bool = True, hint: str = "", widget: Any = None
) -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=widget,
        error_messages={"required": f"{label}未填。", "max_length": f"不超过 {longest} 个字。"},
    )


class InquiryForm(forms.Form):
    """What is asked, what for, of whom, by when."""

    title = _words("名称", 40, hint="一句话，街道看得懂，如“维修资金欠缴情况”。")
    purpose = _words(
        "用途",
        300,
        hint="为什么要、给谁用。街道看得到，批准人据此决定。",
        widget=LongText({"rows": 3}),
    )
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label="年度计划", empty_label=None, error_messages=CHOOSE
    )
    subject = forms.ChoiceField(
        label="按什么填",
        choices=[(Subject.PROJECT, "一个项目一行"), (Subject.STREET, "一个街道一行")],
        widget=SegmentChoice(),
        error_messages=CHOOSE,
        help_text="定了列以后不能再换。",
    )
    streets = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="街道",
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"required": "至少选一个街道。", "invalid_choice": "没有这个街道。"},
    )
    due_at = MomentField(
        label="最后期限",
        empty="请填写最后期限。",
        help_text="过了期限还能报，记为迟报；结束以后不能再报。",
    )

    def __init__(
        self,
        data: Any = None,
        *,
        programmes: Any,
        streets: Any,
        inquiry: Inquiry | None = None,
    ) -> None:
        super().__init__(data, initial=_initial(inquiry, streets), use_required_attribute=False)
        chosen: Any = self.fields["programme"]
        chosen.queryset = programmes
        offered: Any = self.fields["streets"]
        offered.queryset = streets
        offered.label_from_instance = lambda street: street.short_name

    @property
    def values(self) -> InquiryValues:
        """The inquiry as typed."""
        cleaned = self.cleaned_data
        return InquiryValues(
            title=cleaned["title"].strip(),
            purpose=cleaned["purpose"].strip(),
            subject=Subject(cleaned["subject"]),
            programme=cleaned["programme"],
            streets=tuple(cleaned["streets"]),
            due_at=cleaned["due_at"],
        )


def _initial(inquiry: Inquiry | None, streets: Any) -> dict[str, Any]:
    if inquiry is None:
        return {
            "subject": Subject.PROJECT,
            "streets": [street.pk for street in streets],
        }
    return {
        "title": inquiry.title,
        "purpose": inquiry.purpose,
        "programme": inquiry.programme_id,
        "subject": inquiry.subject,
        "streets": list(inquiry.streets.values_list("street", flat=True)),
        "due_at": inquiry.due_at,
    }


#: What each kind has a use for, in the order of the page.
FIELDS_OF: dict[ColumnKind, tuple[str, ...]] = {
    ColumnKind.INTEGER: ("unit", "minimum", "maximum"),
    ColumnKind.DECIMAL: ("unit", "places", "minimum", "maximum"),
    ColumnKind.AMOUNT: ("minimum", "maximum"),
    ColumnKind.DATE: ("earliest", "latest"),
    ColumnKind.YES_NO: (),
    ColumnKind.CHOICE: ("options",),
    ColumnKind.TEXT: ("longest",),
}


class ColumnForm(forms.Form):
    """A column of a kind; only the fields that the kind uses stand on the page."""

    label = _words("列名", 20, hint="不写单位，如“欠缴户数”。平台已有的会提醒您，不再向街道要。")
    is_other = forms.BooleanField(label="不是同一个数，照样要街道填", required=False)
    unit = _words("单位", 8, required=False, hint="如“户”“米”。", widget=ShortText())
    places = WholeField(
        label="小数位数", minimum=1, maximum=4, required=False, help_text="1 到 4 位，不填按 2 位。"
    )
    minimum = DecimalField(
        label="不小于",
        places=4,
        minimum=-MOST,
        maximum=MOST,
        required=False,
        help_text="不填的不能小于 0。",
    )
    maximum = DecimalField(label="不大于", places=4, minimum=-MOST, maximum=MOST, required=False)
    earliest = DayField(label="不早于", required=False)
    latest = DayField(label="不晚于", required=False)
    options = forms.CharField(
        label="选项",
        widget=LongText({"rows": 5}),
        max_length=400,
        help_text="一行一个，2 到 12 个。",
        error_messages={"required": "选项未填。", "max_length": "选项合起来太长。"},
    )
    longest = WholeField(
        label="最多字数", minimum=5, maximum=500, required=False, help_text="不填按 200 字。"
    )
    is_required = forms.BooleanField(label="每行都要填", required=False, initial=True)
    hint = _words(
        "填写说明", 100, required=False, hint="口径、截至哪一天，如“截至 4 月底，不含已立案的”。"
    )

    def __init__(
        self,
        data: Any = None,
        *,
        kind: ColumnKind,
        column: AskedColumn | None = None,
        asks_other: bool = False,
    ) -> None:
        super().__init__(data, initial=_column_initial(column), use_required_attribute=False)
        self.kind = kind
        used = {"label", "is_required", "hint", *FIELDS_OF[kind]}
        if asks_other or (column is not None and column.near_code):
            used.add("is_other")
        for name in list(self.fields):
            if name not in used:
                del self.fields[name]
        if kind is ColumnKind.AMOUNT:
            self.fields["minimum"].label = "不小于（万元）"
            self.fields["maximum"].label = "不大于（万元）"

    @property
    def values(self) -> ColumnValues:
        """The column as typed."""
        cleaned = self.cleaned_data
        lines = [line.strip() for line in (cleaned.get("options") or "").splitlines()]
        return ColumnValues(
            label=cleaned["label"].strip(),
            kind=self.kind,
            unit=cleaned.get("unit") or "",
            places=cleaned.get("places") or 2,
            minimum=cleaned.get("minimum"),
            maximum=cleaned.get("maximum"),
            earliest=cleaned.get("earliest"),
            latest=cleaned.get("latest"),
            options=tuple(line for line in lines if line),
            longest=cleaned.get("longest") or 200,
            is_required=cleaned["is_required"],
            hint=cleaned["hint"],
            is_other=bool(cleaned.get("is_other")),
        )


def _column_initial(column: AskedColumn | None) -> dict[str, Any]:
    if column is None:
        return {}
    return {
        "label": column.label,
        "is_other": bool(column.near_code),
        "unit": column.unit,
        "places": str(column.places) if column.places else "",
        "minimum": "" if column.minimum is None else plain(column.minimum),
        "maximum": "" if column.maximum is None else plain(column.maximum),
        "earliest": column.earliest,
        "latest": column.latest,
        "options": "\n".join(column.options),
        "longest": str(column.longest),
        "is_required": column.is_required,
        "hint": column.hint,
    }


class KnownForm(forms.Form):
    """Something that the portal is to fill in."""

    code = forms.ChoiceField(label="平台已有的列", error_messages=CHOOSE)

    def __init__(self, data: Any = None, *, level: Level, taken: Sequence[str] = ()) -> None:
        super().__init__(data, use_required_attribute=False)
        groups: dict[str, list[tuple[str, str]]] = {}
        for column in known_at(level):
            if column.code not in taken:
                groups.setdefault(column.where, []).append((column.code, column.title))
        offered: Any = self.fields["code"]
        offered.choices = [("", "请选择"), *groups.items()]
