"""Forms of items: assigning, the acts, the filter of the list."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.ledger.answering import is_street_itself
from projects.ledger.editing import Seen
from projects.ledger.models import Party, Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.models import Organisation, User
from renovation.face.fields import DayField, DocumentField
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import SegmentChoice
from supervision.dispatch.enums import ItemOrigin, ItemState
from supervision.dispatch.fields import CHOOSE, ProjectField, text_field
from supervision.dispatch.models import DispatchItem

from .assigning import Answerer, ItemValues

SECTION = "section"


class AnswererForm(forms.Form):
    """Who answers: one of the streets, a section of the bureau by its name, a party of the project.

    A party that is a street itself (its responsible office, its 城建办) is not offered beside the street, except where
    the form opens with it because it was chosen before.
    """

    answerer = forms.ChoiceField(label="责任单位", error_messages=CHOOSE)
    section = forms.CharField(
        label="科室名称",
        max_length=40,
        required=False,
        help_text="责任单位选“局内科室”时填写，如“质量安全科”。",
    )

    def __init__(
        self,
        *args: Any,
        bureau: Organisation,
        streets: Sequence[Organisation],
        parties: Sequence[Party] = (),
        **options: Any,
    ) -> None:
        options.setdefault("use_required_attribute", False)
        super().__init__(*args, **options)
        self.bureau = bureau
        chosen = self.initial.get("answerer", "")
        parties = [
            each
            for each in parties
            if chosen == f"party:{each.pk}" or not is_street_itself(party=each, streets=streets)
        ]
        self._answerers = {f"street:{each.code}": Answerer.street(each) for each in streets}
        self._answerers |= {f"party:{each.pk}": Answerer.of_party(each) for each in parties}
        field: Any = self.fields["answerer"]
        field.choices = [
            ("", "请选择"),
            ("街道", [(f"street:{each.code}", each.short_name) for each in streets]),
            ("区局", [(SECTION, "局内科室")]),
            *(
                [
                    (
                        "参建单位",
                        [
                            (f"party:{each.pk}", f"{each.get_role_display()}　{each.name}")
                            for each in parties
                        ],
                    )
                ]
                if parties
                else []
            ),
        ]

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("answerer") == SECTION and not cleaned.get("section", "").strip():
            self.add_error("section", "请写科室名称。")
        return cleaned

    @property
    def chosen_answerer(self) -> Answerer:
        """Who was chosen."""
        word = self.cleaned_data["answerer"]
        if word == SECTION:
            return Answerer.section(self.bureau, self.cleaned_data["section"])
        return self._answerers[word]


class ItemForm(AnswererForm):
    """What is to be done, how one will know that it is done, who answers by which day, who follows it."""

    origin = forms.ChoiceField(
        label="来源",
        choices=[(each.value, each.label) for each in (ItemOrigin.PHONE, ItemOrigin.SITE)],
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    project = ProjectField()
    task = text_field(
        "交办内容", 300, required="请写明要办什么。", hint="要办的事，写到能照着办，如“一周内增加一个外墙作业面”。"
    )  # fmt: skip
    standard = text_field(
        "完成标准",
        200,
        required="请写明办到什么样算完成。",
        hint="怎样算办完，如“外墙两个作业面同时施工，附现场照片”。",
        rows=2,
    )
    co_organisations = forms.ModelMultipleChoiceField(
        Organisation.objects.none(),
        label="配合街道",
        required=False,
        widget=forms.CheckboxSelectMultiple,
        error_messages=CHOOSE,
    )
    co_names = forms.CharField(
        label="其他配合单位", max_length=120, required=False, help_text="如“区财政局、区综合行政执法局”。"
    )  # fmt: skip
    due_on = DayField(
        label="办结期限", help_text="默认到下一次周调度会；生效后只能由街道申请、区局准许延期。"
    )
    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="跟办人",
        empty_label="请选择",
        error_messages=CHOOSE,
        help_text="区局由谁跟到办结。",
    )
    at_once = forms.BooleanField(
        label="立即交办，不等纪要签发",
        required=False,
        help_text="不勾选的，纪要签发时才生效，责任单位那时才看到。",
    )
    seen_version = Seen()
    field_order = (
        "origin", "project", "task", "standard", "answerer", "section", "co_organisations",
        "co_names", "due_on", "owner", "at_once",
    )  # fmt: skip

    def __init__(
        self,
        *args: Any,
        projects: ProjectQuerySet,
        project: Project | None,
        owners: Sequence[User],
        waits: bool,
        of_meeting: bool,
        **options: Any,
    ) -> None:
        super().__init__(*args, **options)
        self.fixed_project = project
        fields: dict[str, Any] = self.fields
        if of_meeting:
            del fields["origin"]
        if not waits:
            del fields["at_once"]
        if project is not None:
            del fields["project"]
        else:
            fields["project"].queryset = projects
        streets = [answerer.organisation.pk for answerer in self._answerers.values() if answerer.organisation and answerer.party is None]  # fmt: skip
        fields["co_organisations"].queryset = Organisation.objects.filter(pk__in=streets)
        fields["co_organisations"].label_from_instance = lambda each: each.short_name
        fields["owner"].queryset = User.objects.filter(pk__in=[each.pk for each in owners])

    @property
    def values(self) -> ItemValues:
        """The item as typed."""
        cleaned = self.cleaned_data
        answerer = self.chosen_answerer
        helpers = [each for each in cleaned["co_organisations"] if each != answerer.organisation]
        return ItemValues(
            task=cleaned["task"],
            standard=cleaned["standard"],
            answerer=answerer,
            due_on=cleaned["due_on"],
            owner=cleaned["owner"],
            project=self.fixed_project or cleaned.get("project"),
            co_organisations=tuple(helpers),
            co_names=cleaned["co_names"],
        )


# -- acts --------------------------------------------------------------------------------------------
class ActForm(forms.Form):
    """An act on an item: it carries what its reader saw of it."""

    seen_version = Seen()


class AcceptForm(ActForm):
    """A word at signing for it."""

    text = text_field("说明", 300, hint="可以不填；有困难的写在这里。", rows=2)


class NoteForm(ActForm):
    """How it goes, with a file."""

    text = text_field(
        "进展", 480, required="请写明进展。", hint="办了什么、办到哪一步、下一步做什么。"
    )
    file = DocumentField(label="附件", required=False, help_text="照片或文件，不超过 20 MB。")


class ReportForm(ActForm):
    """What was done, with a file."""

    text = text_field("办理结果", 480, required="请写明办理结果。", hint="对照完成标准写。")
    file = DocumentField(label="附件", required=False, help_text="照片或文件，不超过 20 MB。")


class AskExtensionForm(ActForm):
    """Until when, and why."""

    wanted_on = DayField(label="申请延至")
    text = text_field("延期原因", 280, required="请写明延期的原因。")


class GrantForm(ActForm):
    """Until when."""

    granted_on = DayField(label="准许延至")
    text = text_field("意见", 280, rows=2)


class RefuseForm(ActForm):
    """Why not."""

    text = text_field("不准的原因", 280, required="请写明不准的原因。")


class CloseForm(ActForm):
    """A word at the end."""

    text = text_field("核实情况", 480)


class SendBackForm(ActForm):
    """What lacks."""

    text = text_field(
        "还差什么", 480, required="请写明还差什么。", hint="责任单位照此补办，办结期限不变。"
    )


class CancelForm(ActForm):
    """Why."""

    text = text_field("撤销原因", 480, required="请写明撤销的原因。")


class TransferForm(AnswererForm):
    """To whom, and why; who has it already is not offered."""

    text = text_field("转交原因", 300, required="请写明转交的原因。")
    seen_version = Seen()

    def __init__(
        self,
        *args: Any,
        item: DispatchItem,
        streets: Sequence[Organisation],
        parties: Sequence[Party],
        **options: Any,
    ) -> None:
        # The whole street is known to who tells a party from it, also where it has the item itself.
        parties = [
            each
            for each in parties
            if not Answerer.of_party(each).has(item)
            and not is_street_itself(party=each, streets=streets)
        ]
        streets = [each for each in streets if not Answerer.street(each).has(item)]
        super().__init__(*args, streets=streets, parties=parties, **options)


class HandOverForm(ActForm):
    """To whom of the bureau."""

    owner = forms.ModelChoiceField(
        User.objects.none(), label="由谁跟办", empty_label="请选择", error_messages=CHOOSE
    )
    text = text_field("说明", 300, rows=2)

    def __init__(self, *args: Any, people: Sequence[User], **options: Any) -> None:
        super().__init__(*args, **options)
        field: Any = self.fields["owner"]
        field.queryset = User.objects.filter(pk__in=[each.pk for each in people])


class ItemFilterForm(FilterForm):
    """State, street, week and words."""

    state = choice(
        "状态",
        [("overdue", "逾期未办结"), *ItemState.choices, ("all", "全部")],
        nothing=("", "没有办结的"),
    )
    street = choice("街道")
    week = choice("编号周次")
    q = forms.CharField(label="内容、项目或单位", required=False, max_length=40)
