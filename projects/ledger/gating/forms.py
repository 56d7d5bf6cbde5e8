"""Forms of gates, promises, joint reviews and exceptions: shape only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django import forms

from projects.ledger.conflicts import is_left, take_over
from projects.ledger.enums import NEVER_PROMISED, GateKind, Opinion, PromiseForm
from projects.ledger.exceptions import ExceptionValues
from projects.ledger.formalities import OpinionValues, ReviewConflict
from projects.ledger.forms import CHOOSE, REQUIRED, text
from projects.ledger.models import Gate, GatePromise, JointReview
from renovation.face.fields import DayField, EvidenceField
from renovation.face.widgets import SegmentChoice

FILE_HINT = "PDF、JPG 或 PNG，不超过 20 MB。"
#: Lines for departments beyond those that are there.
SPARE_LINES = 3
MOST_LINES = 30


def seen_version() -> forms.IntegerField:
    """The hidden version that a form was opened with."""
    return forms.IntegerField(widget=forms.HiddenInput(), required=False)


class GateForm(forms.Form):
    """A gate's dates and evidence."""

    planned_on = DayField(label="计划日期", required=False)
    forecast_on = DayField(
        label="预计日期", required=False, help_text="还没有过的关口，估计哪一天过。"
    )
    actual_on = DayField(label="实际日期", required=False)
    document_number = text("文号", 60)
    evidence = EvidenceField(label="依据文件", required=False)
    note = text("说明", 200)
    seen_version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self, data: Any = None, files: Any = None, *, gate: Gate, needs_evidence: bool
    ) -> None:
        initial = {
            name: getattr(gate, name)
            for name in ("planned_on", "forecast_on", "actual_on", "document_number", "note")
        } | {"seen_version": gate.version}
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        if gate.kind in {GateKind.STARTED, GateKind.COMPLETED}:
            del self.fields["planned_on"]  # the plan's own
        kept = f"已有“{gate.evidence}”，选了新文件就替换它。" if gate.evidence else ""
        rule = "这个关口附上依据后才计入指标。" if needs_evidence else ""
        self.fields["evidence"].help_text = f"{rule}PDF、JPG 或 PNG，不超过 20 MB。{kept}"

    @property
    def values(self) -> dict[str, Any]:
        """What ``pass_gate`` takes, without the file."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"evidence", "seen_version"}
        }


class PromiseEntryForm(forms.Form):
    """A paper that a gate is passed without, and who promised it until when."""

    lacks = text("缺少的材料", 120, required=True, hint="如“施工许可证”“消防设计审查意见”。")
    missing_gate = forms.ChoiceField(
        label="对应的手续",
        required=False,
        help_text="缺的是前面一个关口的，选上它，这个关口就可以容缺先过；"
        "意愿征询、列入计划和开工以后的关口不能容缺。",
        error_messages=CHOOSE,
    )
    form = forms.ChoiceField(
        label="办理方式",
        choices=PromiseForm.choices,
        initial=PromiseForm.TOLERATED,
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    promised_by = text("承诺单位", 80, required=True, hint="写单位或岗位，不写个人姓名。")
    promised_on = DayField(label="承诺日期")
    due_on = DayField(label="补齐期限")
    document_number = text("承诺书编号", 60)
    note = text("说明", 200)
    seen_version = seen_version()

    def __init__(
        self, data: Any = None, *, gate: GateKind, today: date, promise: GatePromise | None = None
    ) -> None:
        initial: dict[str, Any] = {"promised_on": today}
        if promise is not None:
            initial = {
                name: getattr(promise, name) for name in self.base_fields if name != "seen_version"
            } | {"seen_version": promise.version}
        super().__init__(data, initial=initial, use_required_attribute=False)
        earlier = list(GateKind)[: list(GateKind).index(gate)]
        offered = [(each.value, each.label) for each in earlier if each not in NEVER_PROMISED]
        own = promise.missing_gate if promise is not None else ""
        if own and own not in dict(offered):  # of an earlier release: it keeps what it says
            offered.append((own, f"{GateKind(own).label}（不能容缺，这份承诺不作数）"))
        choice: Any = self.fields["missing_gate"]
        choice.choices = [("", "不是前面的关口"), *offered]

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the promise."""
        return {name: value for name, value in self.cleaned_data.items() if name != "seen_version"}


class ReceiveForm(forms.Form):
    """When a promised paper came in."""

    received_on = DayField(label="补齐日期")
    evidence = EvidenceField(label="补齐的材料", required=False, help_text=FILE_HINT)


class ReviewForm(forms.Form):
    """A joint review: the meeting, and a line for each department."""

    gate = forms.ChoiceField(label="关口", choices=GateKind.choices, error_messages=CHOOSE)
    title = text("名称", 80, required=True, hint="如“计划申报联审”“改造方案联合审查”。")
    held_on = DayField(label="联审日期")
    document_number = text("会议纪要或批复文号", 60)
    evidence = EvidenceField(label="联审意见", required=False, help_text=FILE_HINT)
    note = text("说明", 200)
    seen_version = seen_version()
    #: The newest entry of its departments that the reader saw (``opinions_seen``).
    seen_opinions = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        review: JointReview | None,
        gate: GateKind,
        departments: Sequence[str],
        seen_opinions: int = 0,
    ) -> None:
        initial: dict[str, Any] = {"gate": gate, "seen_opinions": seen_opinions}
        given: list[OpinionValues] = [OpinionValues(name, Opinion.PENDING) for name in departments]
        if review is not None:
            names = ("gate", "title", "held_on", "document_number", "note")
            initial |= {name: getattr(review, name) for name in names}
            initial["seen_version"] = review.version
            given = [
                OpinionValues(row.department, Opinion(row.opinion), row.given_on, row.note)
                for row in review.opinions.all()
            ]
        elif gate == GateKind.PROGRAMMED:
            initial["title"] = "计划申报联审"
        for place, each in enumerate(given):
            initial |= _cells(place, each)
        super().__init__(data, files, initial=initial, use_required_attribute=False)
        kept = review.file if review is not None else None
        if kept is not None:
            self.fields["evidence"].help_text = f"{FILE_HINT}已有“{kept}”，选了新文件就替换它。"
        self.count = 0
        while self.count < _lines(data, len(given)):
            self._add_line()

    def _add_line(self) -> None:
        place = self.count
        self.fields[f"department-{place}"] = text("部门", 40)
        self.fields[f"opinion-{place}"] = forms.ChoiceField(
            label="意见",
            choices=Opinion.choices,
            initial=Opinion.PENDING,
            required=False,
            error_messages=CHOOSE,
        )
        self.fields[f"given_on-{place}"] = DayField(label="出具日期", required=False)
        self.fields[f"words-{place}"] = text("意见内容", 200)
        self.count += 1

    @property
    def own(self) -> list[Any]:
        """Everything but the departments."""
        return [self[name] for name in self.base_fields]

    @property
    def lines(self) -> list[tuple[str, list[Any]]]:
        """(heading, the four fields) of each department."""
        return [
            (f"第 {place + 1} 个部门", [self[name] for name in _cells(place, _NOBODY)])
            for place in range(self.count)
        ]

    def clean(self) -> dict[str, Any]:
        """A line without a department is empty or a fault; one that waits has no day."""
        cleaned = super().clean() or {}
        for place in range(self.count):
            name = cleaned.get(f"department-{place}", "").strip()
            opinion = cleaned.get(f"opinion-{place}") or Opinion.PENDING
            cleaned[f"opinion-{place}"] = opinion
            day = cleaned.get(f"given_on-{place}")
            words = cleaned.get(f"words-{place}", "").strip()
            if not name and (opinion != Opinion.PENDING or day or words):
                self.add_error(f"department-{place}", "填了意见，还要填部门。")
            if name and opinion == Opinion.PENDING and day:
                self.add_error(f"opinion-{place}", "填了出具日期，还要选意见。")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the review itself, without its file."""
        names = ("gate", "title", "held_on", "document_number", "note")
        return {name: self.cleaned_data[name] for name in names}

    @property
    def opinions(self) -> list[OpinionValues]:
        """The departments that were named, in their order; without holes, so that ``department-0`` is the
        first line."""
        cleaned = self.cleaned_data
        return [
            OpinionValues(
                cleaned[f"department-{place}"].strip(),
                Opinion(cleaned[f"opinion-{place}"] or Opinion.PENDING),
                cleaned[f"given_on-{place}"],
                cleaned[f"words-{place}"].strip(),
            )
            for place in range(self.count)
            if cleaned[f"department-{place}"].strip()
        ]

    def take_over(self, conflict: ReviewConflict) -> None:
        """Show what stands by now where nothing was typed (`conflicts.take_over`), line by line: of a department what
        was changed, none where it was taken away, and those that were added in spare lines."""
        if not self.cleaned_data["evidence"]:  # no other file was chosen: the one that stands stays
            for values in (conflict.stood, conflict.present):
                values.pop("file", None)
        now, whole = {each.department: each for each in conflict.now}, True
        for place, line in enumerate(conflict.lines[: self.count]):
            after = now.pop(line.department, None)
            stood = _cells(place, line)
            if after is not None or self._is_left(stood):
                _set_beside(conflict, stood, _cells(place, after or _NOBODY))
            else:  # somebody took away what was typed in here
                whole = False
        typed = {self.cleaned_data[f"department-{place}"].strip() for place in range(self.count)}
        for each in now.values():
            if each.department not in typed:
                spare = self._spare(conflict)
                if spare is None:
                    whole = False
                else:
                    _set_beside(conflict, _cells(spare, _NOBODY), _cells(spare, each))
        take_over(self, conflict)
        conflict.taken_over = conflict.taken_over and whole

    def _is_left(self, stood: Mapping[str, Any]) -> bool:
        return all(is_left(self.cleaned_data.get(name), value) for name, value in stood.items())

    def _spare(self, conflict: ReviewConflict) -> int | None:
        """The first line beyond those that stood in which nothing was typed and nothing is put; None where no more
        lines may be."""
        for place in range(len(conflict.lines), self.count):
            if (
                self._is_left(_cells(place, _NOBODY))
                and f"department-{place}" not in conflict.stood
            ):
                return place
        if self.count >= MOST_LINES:
            return None
        self.cleaned_data |= _cells(self.count, _NOBODY)
        self._add_line()
        return self.count - 1


#: What a line says in which no department is named.
_NOBODY = OpinionValues("", Opinion.PENDING)


def _cells(place: int, line: OpinionValues) -> dict[str, Any]:
    """What stands in the four fields of a line."""
    return {
        f"department-{place}": line.department,
        f"opinion-{place}": line.opinion,
        f"given_on-{place}": line.given_on,
        f"words-{place}": line.note,
    }


def _set_beside(
    conflict: ReviewConflict, stood: Mapping[str, Any], present: Mapping[str, Any]
) -> None:
    """Let a conflict tell of some fields what they said and say."""
    names = [name for name in stood if stood[name] != present[name]]
    conflict.stood |= {name: stood[name] for name in names}
    conflict.present |= {name: present[name] for name in names}


def _lines(data: Mapping[str, Any] | None, given: int) -> int:
    """How many lines a form has: those that were sent, else what is there and a few spare ones."""
    if data is None:
        return min(given + SPARE_LINES, MOST_LINES)
    sent = 0
    while sent < MOST_LINES and f"department-{sent}" in data:
        sent += 1
    return max(sent, 1)


class ExceptionForm(forms.Form):
    """Why a check need not hold, and what says so."""

    passed_on = DayField(
        label="关口实际日期",
        required=False,
        help_text="这个关口实际过的那一天，核查按这一天判断；不填按今天。",
    )
    reason = forms.CharField(
        label="理由",
        max_length=300,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": "申请例外须写明理由。", "max_length": "不超过 300 个字。"},
    )
    document_number = text(
        "依据文号", 60, hint="会议纪要、批示或复函的文号；文号和文件至少填一样。"
    )
    evidence = EvidenceField(label="依据文件", required=False, help_text=FILE_HINT)

    def clean(self) -> dict[str, Any]:
        """What the service asks of the two together, told with the other faults and not after them."""
        cleaned = super().clean() or {}
        given = {"document_number", "evidence"} & set(self.errors)
        if not given and not cleaned.get("document_number") and not cleaned.get("evidence"):
            self.add_error("document_number", "依据文号和依据文件至少填一样。")
        return cleaned

    @property
    def values(self) -> ExceptionValues:
        """As the service takes it."""
        cleaned = self.cleaned_data
        return ExceptionValues(
            cleaned["reason"],
            cleaned["document_number"],
            cleaned["evidence"],
            cleaned.get("passed_on"),
        )


class DecideForm(forms.Form):
    """A decision with the words it needs."""

    comment = forms.CharField(
        label="意见",
        required=False,
        max_length=200,
        help_text="批准可以不填；不批准、撤销须写明。",
        error_messages={**REQUIRED, "max_length": "不超过 200 个字。"},
    )


class OpeningForm(DecideForm):
    """A decision on a gate that was passed before the portal."""

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["comment"].help_text = "核定、撤回可以不填；退回须写明。"
