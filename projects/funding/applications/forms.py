"""Forms of applications."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from projects.funding.enums import ApplicationFileKind, ApplicationState
from projects.funding.forms import CHOOSE, MOST_WANYUAN
from projects.funding.models import Application, ApplicationItem, FundingEvent, FundingSource
from projects.ledger.models import Project
from renovation.core.wording import chinese_date
from renovation.face.fields import DayField, EvidenceField, WanyuanField
from renovation.face.filtering import FilterForm, choice
from renovation.face.widgets import SegmentChoice

from .changed import asked_field
from .services import ApplicationValues


def _words(label: str, longest: int, *, required: bool = True, hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        error_messages={"required": f"{label}未填。", "max_length": f"不超过 {longest} 个字。"},
    )


def present_of(application: Application, projects: Sequence[Project]) -> dict[str, Any]:
    """What each field of the form of an application says of it. A query or two."""
    asked = {item.project_id: item.asked_fen for item in application.items.all()}
    return {
        "source": application.source,
        "title": application.title,
        "note": application.note,
        **{asked_field(project): asked.get(project.pk) for project in projects},
    }


class ApplicationForm(forms.Form):
    """The fund, the title, and what is asked for each project; empty where a project asks for nothing."""

    source = forms.ModelChoiceField(
        FundingSource.objects.none(),
        label="申请的资金",
        empty_label="请选择",
        error_messages=CHOOSE,
    )
    title = _words("名称", 80, hint="如“2026年保障性安居工程中央补助资金”。")
    note = _words("说明", 300, required=False)

    def __init__(
        self,
        data: Any = None,
        *,
        bureau_id: int,
        projects: Sequence[Project],
        application: Application | None = None,
    ) -> None:
        initial: dict[str, Any] = {}
        if application is not None:
            initial = present_of(application, projects) | {"version": application.version}
        super().__init__(data, initial=initial, use_required_attribute=False)
        source: Any = self.fields["source"]
        source.queryset = FundingSource.objects.of_bureau(bureau_id).in_use()
        self.projects = projects
        for project in projects:
            self.fields[asked_field(project)] = WanyuanField(
                label=f"{project.name}　{project.code}（万元）",
                minimum=0,
                maximum=MOST_WANYUAN,
                required=False,
            )
        if application is not None:
            self.fields["version"] = forms.IntegerField(widget=forms.HiddenInput)

    @property
    def values(self) -> ApplicationValues:
        """The application as typed."""
        cleaned = self.cleaned_data
        asked = {project: cleaned[asked_field(project)] for project in self.projects}
        return ApplicationValues(
            source=cleaned["source"],
            title=cleaned["title"].strip(),
            note=cleaned["note"].strip(),
            asked={project: amount for project, amount in asked.items() if amount},
        )

    @property
    def words(self) -> dict[str, str]:
        """The same in the words of the log, field by field."""
        values = self.values
        return {
            "source": str(values.source),
            "title": values.title,
            "note": values.note,
            **{asked_field(each): str(values.asked.get(each, 0)) for each in self.projects},
        }


class ReportForm(forms.Form):
    """When and by which document it was sent."""

    reported_on = DayField(label="申报日期")
    document_number = _words("申报文号", 60)
    file = EvidenceField(
        label="申报文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )


class CommentForm(forms.Form):
    """Why it is taken back."""

    comment = _words("撤回原因", 200)


class RefuseForm(forms.Form):
    """That nothing was granted, and why."""

    decided_on = DayField(label="答复日期")
    decision_number = _words("答复文号", 60, required=False)
    comment = _words("未获批原因", 200)
    file = EvidenceField(
        label="答复文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )


class GrantForm(forms.Form):
    """What was granted to each project, when and by which document."""

    decided_on = DayField(label="批复日期")
    decision_number = _words("批复文号", 60)

    def __init__(
        self, data: Any = None, files: Any = None, *, items: Sequence[ApplicationItem]
    ) -> None:
        super().__init__(data, files, use_required_attribute=False)
        self.items = items
        for item in items:
            self.fields[f"granted-{item.project_id}"] = WanyuanField(
                label=f"{item.project.name}批复（万元）",
                minimum=0,
                maximum=MOST_WANYUAN,
                initial=item.asked_fen,
                help_text="没有批的填 0。",
                error_messages={"required": "批复金额未填，没有批的填 0。"},
            )
        self.fields["file"] = EvidenceField(
            label="批复文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
        )

    @property
    def granted(self) -> dict[int, int]:
        """分 by project id."""
        return {
            item.project_id: self.cleaned_data[f"granted-{item.project_id}"] for item in self.items
        }


class FileForm(forms.Form):
    """One more paper."""

    kind = forms.ChoiceField(
        label="种类",
        choices=ApplicationFileKind.choices,
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    file = EvidenceField(label="文件", help_text="PDF、JPG 或 PNG，不超过 20 MB。")


class LinkForm(forms.Form):
    """The 下达 that came from the application."""

    event = forms.ModelChoiceField(
        FundingEvent.objects.none(), label="下达", empty_label="请选择", error_messages=CHOOSE
    )

    def __init__(self, data: Any = None, *, events: Sequence[FundingEvent]) -> None:
        super().__init__(data, use_required_attribute=False)
        offered: Any = self.fields["event"]
        offered.queryset = FundingEvent.objects.filter(pk__in=[each.pk for each in events])
        offered.label_from_instance = _event_words


def _event_words(event: FundingEvent) -> str:
    from projects.funding.services import wanyuan

    return f"{event.project} {chinese_date(event.occurred_on)} {wanyuan(event.amount_fen)} {event.document_number}"


class UnlinkForm(forms.Form):
    """Why a link is taken away."""

    reason = _words("取消原因", 200)


class ApplicationFilterForm(FilterForm):
    """State, fund and street."""

    state = choice("状态", ApplicationState.choices)
    source = choice("资金")
    street = choice("街道")
