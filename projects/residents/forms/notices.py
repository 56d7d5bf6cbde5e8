"""Forms of notices and objections."""

from __future__ import annotations

from typing import Any

from django import forms

from projects.ledger.pages import RowForm
from projects.residents.enums import Channel, NoticePoint, Outcome, Way
from projects.residents.models import Notice
from projects.residents.sealing import Person
from projects.residents.services.objections import AnswerValues, ObjectionValues
from renovation.face.fields import DayField, EvidenceField, WholeField
from renovation.face.widgets import LongText

from .fields import CHOOSE, FILE_HINT, long_text, text


class NoticeForm(RowForm):
    """What a notice says of its own; the rest is taken from the ledger when it is published."""

    period_days = WholeField(label="公示期（工作日）", minimum=1, maximum=60)
    channels = forms.MultipleChoiceField(
        label="公示渠道",
        choices=Channel.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "至少选一种渠道。", "invalid_choice": "没有这种渠道。"},
    )
    evidence = EvidenceField(label="附图", required=False)

    class Meta:
        model = Notice
        fields = (
            "node",
            "body",
            "tells_investment",
            "period_days",
            "channels",
            "place",
            "feedback",
        )
        widgets = {"body": LongText({"rows": 6})}
        error_messages = {
            "body": {"required": "此处未填。", "max_length": "不超过 2000 个字。"},
            "place": {"required": "此处未填。", "max_length": "不超过 80 个字。"},
            "feedback": {"required": "此处未填。", "max_length": "不超过 120 个字。"},
            "node": {"required": "此处未填。", "max_length": "不超过 40 个字。"},
        }

    field_order = (
        "node",
        "body",
        "evidence",
        "tells_investment",
        "period_days",
        "channels",
        "place",
        "feedback",
    )

    def __init__(self, *args: Any, shortest: int, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.shortest = shortest
        notice: Notice = self.instance
        self.fields[
            "period_days"
        ].help_text = f"不少于 {shortest} 个工作日，从张贴次日起算，节假日顺延。"
        self.fields[
            "body"
        ].help_text = "写要告知居民的事。户数、工期、参建单位和电话不用写，发布时从台账带入。不写居民姓名电话。"
        self.fields["place"].help_text = "如“小区东门公示栏”。"
        self.fields[
            "feedback"
        ].help_text = "居民到哪里、打什么电话提意见，如“社区居委会，办公电话”。"
        self.fields["tells_investment"].help_text = "勾选的计入“投资公开”。"
        kept = f"已有“{notice.file}”，选了新文件就替换它。" if notice.file_id else ""
        wanted = "方案公示须附总平面图。" if notice.point == NoticePoint.SCHEME else ""
        self.fields["evidence"].help_text = f"{wanted}{FILE_HINT}{kept}"
        if notice.point == NoticePoint.NODE:
            self.fields["node"].required = True
            self.fields["node"].help_text = "如“供水管网开挖”“屋面防水施工”。"
        else:
            del self.fields["node"]

    def clean_period_days(self) -> int:
        """Not shorter than the bureau asks for."""
        days: int = self.cleaned_data["period_days"]
        if days < self.shortest:
            raise forms.ValidationError(f"不能少于 {self.shortest} 个工作日。")
        return days

    def clean_body(self) -> str:
        """Without blanks at the ends."""
        return str(self.cleaned_data["body"]).strip()


class PublishForm(forms.Form):
    """When it was put on the wall, and the photograph of it."""

    posted_on = DayField(label="张贴日期", help_text="张贴当日不计入公示期。")
    photo = EvidenceField(
        label="张贴照片", required=False, help_text=f"可以以后补，结束公示前必须有。{FILE_HINT}"
    )


class PhotoForm(forms.Form):
    """The photograph of a notice on the wall."""

    photo = EvidenceField(label="张贴照片", help_text=FILE_HINT)


class ConcludeForm(forms.Form):
    """When the period was closed, with which result."""

    concluded_on = DayField(label="结束日期")
    conclusion = long_text("公示结果", 300, hint="如“公示期间收到异议 2 条，均已答复，方案不变”。")
    photo = EvidenceField(label="张贴照片", help_text=FILE_HINT)

    def __init__(self, data: Any = None, files: Any = None, *, notice: Notice) -> None:
        super().__init__(data, files, use_required_attribute=False)
        if notice.photo_id is not None:
            del self.fields["photo"]


class ObjectionForm(forms.Form):
    """What somebody said against a notice; who it was is sealed."""

    raised_on = DayField(label="提出日期")
    way = forms.ChoiceField(
        label="提出方式", choices=[("", "请选择"), *Way.choices], error_messages=CHOOSE
    )
    content = long_text("内容", 500, hint="写诉求本身，不写姓名、电话和房号。")
    name = text("提出人", 30, hint="加密保存，列表里隐去；没有留的不填。")
    phone = text("电话", 20)
    place = text("住址", 40, hint="如“3号楼2单元501室”。")

    @property
    def values(self) -> ObjectionValues:
        """What was said."""
        cleaned = self.cleaned_data
        return ObjectionValues(
            raised_on=cleaned["raised_on"], way=Way(cleaned["way"]), content=cleaned["content"]
        )

    @property
    def person(self) -> Person:
        """Who said it."""
        cleaned = self.cleaned_data
        return Person(*(cleaned[name].strip() for name in ("name", "phone", "place")))


class AnswerForm(forms.Form):
    """What became of an objection. It cannot be changed afterwards."""

    answered_on = DayField(label="答复日期")
    way = forms.ChoiceField(
        label="答复方式", choices=[("", "请选择"), *Way.choices], error_messages=CHOOSE
    )
    outcome = forms.ChoiceField(
        label="处理结果", choices=[("", "请选择"), *Outcome.choices], error_messages=CHOOSE
    )
    answer = long_text("答复内容", 500, hint="答复登记后不能修改。不写居民姓名电话。")

    @property
    def values(self) -> AnswerValues:
        """The answer."""
        cleaned = self.cleaned_data
        return AnswerValues(
            outcome=Outcome(cleaned["outcome"]),
            answer=cleaned["answer"],
            answered_on=cleaned["answered_on"],
            way=Way(cleaned["way"]),
        )
