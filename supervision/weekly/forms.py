"""The browser form of a return: one form a project, judged by the rules of the workbook; forms of acts."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from renovation.accounts.models import PledgeText
from renovation.console.pledging.forms import acceptance
from renovation.core.documents.reading import ReadCell
from renovation.core.errors import Refusal, Severity
from renovation.core.measures import format_decimal
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date
from renovation.face.values import Fault
from renovation.face.widgets import LongText, MomentInput, NumberText, ShortText
from renovation.face.wording import minus
from renovation.intake.cells import finding_of, read_cell
from renovation.intake.pipelines import Column, Kind, Value

from .checks import SEVERITY, check_values
from .columns import COLUMNS, INVESTMENT, UNCHANGED
from .comparison import ProjectContext, WeekContext
from .detail import wanyuan
from .models import WeeklyReport
from .values import ReportValues

#: What a person fills in, in the order of the workbook.
FILLED: tuple[Column, ...] = tuple(column for column in COLUMNS if not column.locked)
#: Rules that only the end asks for: a draft may be unfinished.
REQUIRED = "W101"
#: Faults with which a row cannot even be kept as a draft.
UNSTORABLE = frozenset({"W151", "W152"})


def _field(column: Column) -> forms.Field:
    label = column.label
    if column.kind is Kind.FLAG:
        return forms.BooleanField(label="本周无变化", required=False)
    if column.kind in {Kind.DECIMAL, Kind.INTEGER}:
        return forms.CharField(label=label, required=False, widget=NumberText())
    if column.kind is Kind.DATE:
        widget = ShortText({"class": "size-day", "autocomplete": "off"})
        return forms.CharField(label=label, required=False, widget=widget)
    return forms.CharField(label=label, required=False, widget=LongText({"rows": 2}))


class ReportForm(forms.Form):
    """One project of a return. Every field is text as typed, read as a cell of the workbook is.

    ``is_last_word`` asks for what is required; without it the form keeps a draft. After ``full_clean``:
    ``values`` is what can be stored (None where a field cannot be read), ``notices`` are worth knowing.
    """

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        week: WeekContext,
        project: ProjectContext,
        report: WeeklyReport | None,
        is_last_word: bool = False,
    ) -> None:
        super().__init__(
            data,
            prefix=f"p{project.project_id}",
            initial=_initial(report),
            use_required_attribute=False,
        )
        self.week, self.project, self.report = week, project, report
        self.is_last_word = is_last_word
        self.values: ReportValues | None = None
        self.notices: list[str] = []
        for column in FILLED:
            self.fields[column.field] = _field(column)
            self.fields[column.field].help_text = _hint(column, project)

    @property
    def is_blank(self) -> bool:
        """Nothing was typed and nothing is stored: the project was left for later."""
        return self.report is None and not any(self._typed(column) for column in FILLED)

    @property
    def last_text(self) -> str:
        """What the earlier week says, in words."""
        last = self.project.last
        if last is None:
            return "以前没有报过数"
        return (
            f"第{last.week.number}周{last.mark}：形象进度 {format_decimal(last.progress_percent, 1)}%，"
            f"完成投资 {wanyuan(last.completed_investment_fen)} 万元"
        )

    def clean(self) -> dict[str, Any]:
        """Read every field as a cell, then judge the values by the rules of the workbook."""
        if self.is_blank and not self.is_last_word:
            return {}
        typed: dict[str, Value] = {}
        unread = set()
        for column in FILLED:
            cell = ReadCell(row=0, column=0, value=self._typed(column))
            try:
                typed[column.field] = read_cell(cell, column)
            except Refusal as refusal:
                finding = finding_of(refusal, column, cell, 0)
                unread.add(column.field)
                self.add_error(column.field, _sentence(finding.message, finding.expected))
        values = _values(self.project.project_id, typed)
        held = self._judge(values, frozenset(unread))
        if self._is_overtaken(values):
            self.add_error(None, self._overtaken_text())
            held = True
        if not unread and not held:
            self.values = values
        return {}

    def _typed(self, column: Column) -> str:
        raw = self.data.get(self.add_prefix(column.field), "")
        if column is UNCHANGED:
            return "是" if raw else ""
        return str(raw).strip()

    def _judge(self, values: ReportValues, unread: frozenset[str]) -> bool:
        """Put what the rules find at its field; True where the row cannot be kept even as a draft."""
        held = False
        for code, finding in check_values(values, self.project, self.week.terms, unread=unread):
            severity = SEVERITY[code]
            if code == REQUIRED:
                self._ask_for(finding.field, finding.message)
                continue
            if severity is Severity.NOTICE:
                self.notices.append(finding.message)
                continue
            if severity is Severity.REASON:
                if not values.explanation.strip():
                    self.add_error("explanation", f"{finding.message}，请在这里说明原因。")
                continue
            self.add_error(finding.field or None, _sentence(finding.message, finding.expected))
            held = held or code in UNSTORABLE
        return held

    def _ask_for(self, name: str, message: str) -> None:
        """Say what is missing, once for a project that was left out whole."""
        if not self.is_last_word:
            return
        if not self.is_blank:
            self.add_error(name, f"{message}。")
        elif not self.errors:
            self.add_error(name, "这个项目还没有填；没有变化的，勾选“本周无变化”。")

    @property
    def stamp(self) -> str:
        """Which state of the stored row this page shows."""
        return "" if self.report is None else self.report.edition

    def _overtaken_text(self) -> str:
        report = self.report
        progress = report.progress_percent if report else None
        shown = "空" if progress is None else f"{format_decimal(progress, 1)}%"
        amount = wanyuan(report.completed_investment_fen if report else None) or "空"
        return (
            f"您打开页面后，{self.project.name}被别人改过，现在存着的是：形象进度 {shown}，"
            f"完成投资 {amount} 万元。核对后再保存一次，以您填的为准。"
        )

    def _is_overtaken(self, values: ReportValues) -> bool:
        """Somebody else wrote the row since this page was opened, and it would be written over."""
        seen = str(self.data.get(self.add_prefix("seen"), ""))
        if self.report is None or seen == self.stamp:
            return False
        return ReportValues.of(self.report) != values


class ReturnForm:
    """The forms of all reporting projects of a street and week, in their order."""

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        week: WeekContext,
        reports: Mapping[int, WeeklyReport],
        is_last_word: bool = False,
    ) -> None:
        self.forms = [
            ReportForm(
                data,
                week=week,
                project=project,
                report=reports.get(project.project_id),
                is_last_word=is_last_word,
            )
            for project in week.projects.values()
        ]

    def rows(self) -> list[ReportValues]:
        """What can be stored, row by row; a fault in one row keeps no other from it."""
        for form in self.forms:
            form.full_clean()
        return [form.values for form in self.forms if form.values is not None and not form.is_blank]

    @property
    def seen(self) -> dict[int, str]:
        """The editions of the stored rows that the forms were judged by, by project id."""
        return {form.project.project_id: form.stamp for form in self.forms}

    @property
    def faults(self) -> list[Fault]:
        """Every fault in the order of the page, with the project and field it belongs to."""
        found = []
        for form in self.forms:
            name = form.project.name
            found += [Fault(name, str(text)) for text in form.non_field_errors()]
            for bound in form:
                found += [
                    Fault(f"{name}　{bound.label}", str(text), f"#{bound.id_for_label}")
                    for text in bound.errors
                ]
        return found

    @property
    def unkept(self) -> list[str]:
        """Names of the projects whose rows were not stored."""
        return [
            form.project.name for form in self.forms if form.values is None and not form.is_blank
        ]


def _initial(report: WeeklyReport | None) -> dict[str, Any]:
    if report is None:
        return {}
    shown: dict[str, Any] = {}
    for column in FILLED:
        if column is INVESTMENT:
            fen = report.completed_investment_fen
            shown[column.field] = "" if fen is None else wanyuan(fen).replace(",", "")
            continue
        value = getattr(report, column.field)
        if isinstance(value, bool):
            shown[column.field] = value
        elif value is None:
            shown[column.field] = ""
        else:
            shown[column.field] = column.text(value)
    return shown


def _values(project_id: int, typed: Mapping[str, Value]) -> ReportValues:
    amount = typed.get(INVESTMENT.field)
    named: dict[str, Any] = {
        column.field: typed.get(column.field) for column in FILLED if column is not INVESTMENT
    }
    texts = {column.field for column in FILLED if column.kind is Kind.TEXT}
    for name in texts:
        named[name] = named[name] or ""
    named[UNCHANGED.field] = named[UNCHANGED.field] is True
    fen = fen_from_wanyuan(amount) if isinstance(amount, Decimal) else None
    return ReportValues(project_id=project_id, completed_investment_fen=fen, **named)


def _sentence(message: str, expected: str) -> str:
    return f"{message}。应为：{expected}。" if expected else f"{message}。"


def _hint(column: Column, project: ProjectContext) -> str:
    """The earlier figure beside the field that it is compared with."""
    last = project.last
    if last is not None and column.field == "progress_percent":
        return f"上周 {minus(format_decimal(last.progress_percent, 1))}（第{last.week.number}周{last.mark}）"
    if last is not None and column is INVESTMENT:
        return f"上周 {wanyuan(last.completed_investment_fen)}（第{last.week.number}周{last.mark}）"
    if column.field == "claimed_start_on" and project.started_on is not None:
        return f"台账已登记 {chinese_date(project.started_on)}"
    return {
        "claimed_start_on": "开工了才填，如 2025-5-9",
        "claimed_completion_on": "完工了才填，如 2025-5-9",
        "workers_count": "整数",
        "progress_percent": "第一次报数",
        "completed_investment": "第一次报数",
    }.get(column.field, "")


# -- acts --------------------------------------------------------------------------------------------
class SubmitForm(forms.Form):
    """What sending asks for: why it comes after the due moment, and once a year 真实性承诺 (``text``); nothing where
    neither is asked."""

    late_reason = forms.CharField(
        label="迟报原因",
        max_length=200,
        widget=LongText({"rows": 3}),
        error_messages={
            "required": "请写明迟报原因。",
            "max_length": "迟报原因最多 200 个字。",
        },
    )
    pledge = acceptance()
    pledge_text = forms.IntegerField(widget=forms.HiddenInput())

    def __init__(
        self, *args: Any, is_late: bool = False, text: PledgeText | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        if not is_late:
            del self.fields["late_reason"]
        if text is None:
            del self.fields["pledge"], self.fields["pledge_text"]
        else:
            self.fields["pledge_text"].initial = text.pk

    def clean(self) -> dict[str, Any]:
        """The tick itself is nothing that the service asks for: the wording that was read is."""
        cleaned = super().clean() or {}
        cleaned.pop("pledge", None)
        return cleaned


class CommentForm(forms.Form):
    """Why a return goes back."""

    comment = forms.CharField(
        label="退回意见",
        help_text="写明哪个项目、哪个数、应当怎样改，填报岗照此修改。",
        max_length=500,
        widget=LongText({"rows": 4}),
        error_messages={"required": "请写明退回意见。", "max_length": "退回意见最多 500 个字。"},
    )


class CorrectionForm(forms.Form):
    """Why an approved return is corrected."""

    reason = forms.CharField(
        label="更正原因",
        help_text="写明哪个数有误、依据是什么。",
        max_length=200,
        widget=LongText({"rows": 3}),
        error_messages={"required": "请写明更正原因。", "max_length": "更正原因最多 200 个字。"},
    )


class ExceptionForm(forms.Form):
    """Until when a street may still submit, and why."""

    closes_at = forms.DateTimeField(
        label="延至",
        help_text="到这一时刻关闭；截止时间不变，报送仍记为迟报。",
        widget=MomentInput(),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        error_messages={
            "required": "请填写延至的时间。",
            "invalid": "时间看不懂，请按 2025-05-13 17:00 填写。",
        },
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=LongText({"rows": 3}),
        error_messages={"required": "请写明准许延后的原因。", "max_length": "原因最多 200 个字。"},
    )

    def clean_closes_at(self) -> datetime:
        """The moment, aware."""
        value: datetime = self.cleaned_data["closes_at"]
        return timezone.make_aware(value) if timezone.is_naive(value) else value
