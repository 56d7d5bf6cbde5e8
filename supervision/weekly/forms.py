"""The browser form of a return: one form a project, judged by the rules of the workbook; forms of acts."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, NamedTuple

from django import forms

from renovation.accounts.models import PledgeText
from renovation.console.pledging.forms import acceptance
from renovation.core.documents.reading import ReadCell
from renovation.core.errors import Refusal, Severity
from renovation.core.measures import format_decimal
from renovation.core.reading import fen_from_wanyuan
from renovation.core.wording import chinese_date, chinese_moment
from renovation.face.fields import MomentField
from renovation.face.values import Fault
from renovation.face.widgets import LongText, NumberText, ShortText
from renovation.intake.cells import finding_of, read_cell
from renovation.intake.pipelines import Column, Kind, Value

from .checks import SEVERITY, check_values
from .columns import COLUMNS, INVESTMENT, UNCHANGED
from .comparison import ProjectContext, WeekContext
from .detail import wanyuan
from .enums import LateReason
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
        return forms.BooleanField(label="无变化", required=False)
    if column.kind in {Kind.DECIMAL, Kind.INTEGER}:
        return forms.CharField(label=label, required=False, widget=NumberText())
    if column.kind is Kind.DATE:
        widget = ShortText({"class": "size-day", "autocomplete": "off"})
        return forms.CharField(label=label, required=False, widget=widget)
    return forms.CharField(label=label, required=False, widget=LongText({"rows": 2}))


class Sentence(NamedTuple):
    """A line under a row of the grid. ``kind``: fault, said (of others), notice; ``place`` its id, where a cell
    points at it."""

    kind: str
    text: str
    place: str = ""


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
        #: What others are typing in the row, in sentences.
        self.said: tuple[str, ...] = ()
        #: The edition of the person's own draft that the page shows, "" where there is none.
        self.kept = ""
        #: What was typed stands in the return by now.
        self.is_written = False
        self.is_overtaken = False
        for column in FILLED:
            self.fields[column.field] = _field(column)
            self.fields[column.field].widget.attrs["data-cell"] = column.label
            self.fields[column.field].help_text = _hint(column, project)

    @property
    def is_blank(self) -> bool:
        """Nothing was typed and nothing is stored: the project was left for later."""
        return self.report is None and not any(self._typed(column) for column in FILLED)

    @property
    def texts(self) -> dict[str, str]:
        """Every cell as it was typed."""
        return {column.field: self._typed(column) for column in FILLED}

    @property
    def last_progress(self) -> str:
        """上周累计形象进度, "" where none was reported."""
        last = self.project.last
        return "" if last is None else format_decimal(last.progress_percent, 1)

    @property
    def last_investment(self) -> str:
        """上周累计完成投资 in 万元, "" where none was reported."""
        last = self.project.last
        return "" if last is None else wanyuan(last.completed_investment_fen)

    @property
    def last_note(self) -> str:
        """第18周 where “上周” is an older week, 待核 where its figures are not approved; "" otherwise."""
        last = self.project.last
        if last is None:
            return ""
        week = "" if last.week == self.week.terms.week.previous() else f"第{last.week.number}周"
        return week + ("" if last.is_approved else last.mark)

    @property
    def sentences(self) -> list[Sentence]:
        """What there is to say of the row: faults with the name of their cell, what others did, notices."""
        found = [Sentence("fault", str(text)) for text in self.non_field_errors()]
        for bound in self:
            for number, text in enumerate(bound.errors):
                place = "" if number else f"{bound.auto_id}_error"
                named = str(text) if str(bound.label) in str(text) else f"{bound.label}：{text}"
                found.append(Sentence("fault", named, place))
        found += [Sentence("said", text) for text in self.said]
        if self.differs and not self.is_overtaken:  # that sentence names them itself
            found.append(Sentence("said", f"现在周报里的与您填的不同：{self.differs}。"))
        return found + [Sentence("notice", f"提示：{text}") for text in self.notices]

    @property
    def differs(self) -> str:
        """What the return holds in the cells where the row was filled in otherwise, "" where it holds the same or
        nothing."""
        if self.report is None or not self.is_bound or self.is_written:
            return ""
        self.non_field_errors()  # judged before it is compared
        if self.values == ReportValues.of(self.report):
            return ""
        return differences(self.texts, as_typed(self.report))

    def clean(self) -> dict[str, Any]:
        """Read every field as a cell, then judge the values by the rules of the workbook."""
        if self.is_blank and not self.is_last_word:
            return {}
        typed: dict[str, Value] = {}
        unread = set()
        for column in FILLED:
            text = self._typed(column)
            if column is UNCHANGED:
                text = "是" if text else ""
            cell = ReadCell(row=0, column=0, value=text)
            try:
                typed[column.field] = read_cell(cell, column)
            except Refusal as refusal:
                finding = finding_of(refusal, column, cell, 0)
                unread.add(column.field)
                self.add_error(column.field, _sentence(finding.message, finding.expected))
        values = _values(self.project.project_id, typed)
        held = self._judge(values, frozenset(unread))
        self.is_overtaken = self._is_overtaken(values)
        if self.is_overtaken:
            self.add_error(None, self._overtaken_text())
            held = True
        if not unread and not held:
            self.values = values
        return {}

    def _typed(self, column: Column) -> str:
        raw = self.data.get(self.add_prefix(column.field), "")
        if column is UNCHANGED:
            return "on" if raw else ""
        return str(raw).strip()

    def _judge(self, values: ReportValues, unread: frozenset[str]) -> bool:
        """Put what the rules find at its field; True where the row cannot be kept even as a draft."""
        held = False
        for code, finding in check_values(values, self.project, self.week.terms, unread=unread):
            severity = finding.severity or SEVERITY[code]
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
        if report is None:  # only a stored row can have been written by somebody else
            return ""
        other = differences(self.texts, as_typed(report))
        who = report.updated_by or "系统"
        return (
            f"您开始填以后，{self.project.name}被{who}改过（{chinese_moment(report.updated_at)}），"
            f"现在周报里的与您填的不同：{other}。核对后再写入，以您填的为准。"
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
        drafts: Mapping[int, Mapping[str, Any]] | None = None,
        is_last_word: bool = False,
    ) -> None:
        """``drafts`` is what the page shows and judges before anything is sent, by project; a project without it is
        shown as stored and judged by nobody."""
        self.forms = [
            ReportForm(
                data if data is not None else (drafts or {}).get(project.project_id),
                week=week,
                project=project,
                report=reports.get(project.project_id),
                is_last_word=is_last_word,
            )
            for project in week.projects.values()
        ]

    def full_clean(self) -> None:
        """Judge every row; a fault in one keeps no other from being stored."""
        for form in self.forms:
            form.full_clean()

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


def as_typed(report: WeeklyReport | None) -> dict[str, str]:
    """A stored row as its cells show it, every one a text; a ticked box is ``on``."""
    shown = _initial(report)
    texts = {column.field: shown.get(column.field, "") for column in FILLED}
    return {
        name: ("on" if value else "") if isinstance(value, bool) else str(value)
        for name, value in texts.items()
    }


def differences(mine: Mapping[str, str], theirs: Mapping[str, str]) -> str:
    """What the other one has in the cells where it is not the same: 本周累计形象进度（%） 46.0；存在问题 空."""
    other = "；".join(
        f"{column.label} {_in_words(column, _bare(theirs, column))}"
        for column in FILLED
        if _bare(theirs, column) != _bare(mine, column)
    )
    return other.removesuffix("。")  # it stands inside a sentence


def _bare(texts: Mapping[str, str], column: Column) -> str:
    """A cell without what nobody typed: a form ends its lines otherwise than a script does."""
    return texts.get(column.field, "").replace("\r\n", "\n").strip()


def _in_words(column: Column, text: str) -> str:
    if column is UNCHANGED:
        return "是" if text else "否"
    return (f"{text[:30]}…" if len(text) > 30 else text) or "空"


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
    """What is known already, or how it is written."""
    if column.field == "claimed_start_on" and project.started_on is not None:
        return f"台账 {chinese_date(project.started_on)}"
    return ""


# -- acts --------------------------------------------------------------------------------------------
class SubmitForm(forms.Form):
    """What sending asks for: why it comes after the due moment, and once a year 真实性承诺 (``text``); nothing where
    neither is asked."""

    late_code = forms.ChoiceField(
        label="迟报原因的类别",
        choices=[("", "请选择"), *LateReason.choices],
        error_messages={
            "required": "请选择迟报原因的类别。",
            "invalid_choice": "请选择迟报原因的类别。",
        },
    )
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
            del self.fields["late_code"], self.fields["late_reason"]
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

    closes_at = MomentField(
        label="延至",
        empty="请填写延至的时间。",
        help_text="到这一时刻关闭；截止时间不变，报送仍记为迟报。",
    )
    reason = forms.CharField(
        label="原因",
        max_length=200,
        widget=LongText({"rows": 3}),
        error_messages={"required": "请写明准许延后的原因。", "max_length": "原因最多 200 个字。"},
    )
