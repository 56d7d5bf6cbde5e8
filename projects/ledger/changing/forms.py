"""Forms of changes: the words of the change, and the whole plan as it is to be."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from projects.ledger.changes import ChangeValues
from projects.ledger.editing import Seen
from projects.ledger.enums import ENROLMENT, ChangeKind
from projects.ledger.forms import CHOOSE, text
from projects.ledger.models import Baseline
from projects.ledger.planning.forms import BaselineForm, plan_initial, rest_reason_field
from renovation.face.fields import DayField, EvidenceField
from renovation.face.widgets import LongText, SegmentChoice

LONGEST = 500
PLAN_FIELDS = ("planned_start_on", "planned_completion_on", "planned_investment_fen", "area_sqm")


def long_text(label: str, *, required: bool = False, hint: str = "", missing: str = "") -> Any:
    """A text of several lines."""
    return forms.CharField(
        label=label,
        required=required,
        max_length=LONGEST,
        help_text=hint,
        widget=LongText({"rows": 3}),
        error_messages={
            "required": missing or "此处未填。",
            "max_length": f"不超过 {LONGEST} 个字。",
        },
    )


class ChangeForm(BaselineForm):
    """A change. Where the project has an approved plan, the plan stands below the words, filled in as it is:
    what is typed otherwise is what the change changes."""

    kind = forms.ChoiceField(
        label="类别",
        choices=[(kind.value, kind.label) for kind in ChangeKind if kind not in ENROLMENT],
        widget=SegmentChoice(),
        error_messages=CHOOSE,
    )
    title = text("变更事项", 80, required=True, hint="一句话，如“增加二次供水改造”。")
    rationale = long_text("变更理由", required=True, missing="变更须写明理由。")
    old_text = long_text("变更前", hint="范围、设计和其他变更，写清变更前后的内容。")
    new_text = long_text("变更后")
    evidence = EvidenceField(
        label="变更文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )
    #: The approved version that the plan below was filled in from, 0 where there is none.
    seen_version = Seen()

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        files: Any = None,
        *,
        latest: Baseline | None,
        estate_area: Decimal,
        year: int,
        bureau_id: int,
    ) -> None:
        super().__init__(
            data,
            latest=latest,
            estate_area=estate_area,
            year=year,
            bureau_id=bureau_id,
            files=files,
        )
        self.has_plan = latest is not None
        self.initial["seen_version"] = latest.version if latest is not None else 0
        self.fields.pop("reason", None)
        number = self.fields["document_number"]
        number.help_text = "还没有批准文号的，批准时再填。"
        if not self.has_plan:
            for name in [name for name in self.fields if _is_of_plan(name)]:
                del self.fields[name]
            self.months = []

    @property
    def about(self) -> list[Any]:
        """The words of the change."""
        names = (
            "kind",
            "title",
            "rationale",
            "old_text",
            "new_text",
            "document_number",
            "evidence",
        )
        return [self[name] for name in names]

    @property
    def plan_fields(self) -> list[Any]:
        """Dates, money and area."""
        return [self[name] for name in PLAN_FIELDS] if self.has_plan else []

    @property
    def change(self) -> ChangeValues:
        """As the service takes it."""
        cleaned = self.cleaned_data
        plan = None
        if self.has_plan:
            plan = replace(self.values, reason=cleaned["rationale"][:200])
        return ChangeValues(
            kind=ChangeKind(cleaned["kind"]),
            title=cleaned["title"],
            rationale=cleaned["rationale"],
            old_text=cleaned["old_text"],
            new_text=cleaned["new_text"],
            document_number=cleaned["document_number"],
            file=cleaned["evidence"],
            plan=plan,
        )


def carry_over(
    data: QueryDict, *, form: ChangeForm, seen: Baseline | None, present: Baseline
) -> None:
    """What was typed on an older plan, brought to the present one: cells left as ``seen`` had them say what
    ``present`` has, everything else stays as it was typed. ``form`` is that of the present plan."""
    before = plan_initial(latest=seen) if seen is not None else {}
    after = plan_initial(latest=present)
    for name in {*before, *after}:
        if _is_as(form.fields.get(name), data.get(name, ""), before.get(name)):
            data[name] = _shown(name, after.get(name))
    data["seen_version"] = str(present.version)


def _is_as(field: forms.Field | None, typed: str, value: Any) -> bool:
    """Whether a cell says a value, however it was typed."""
    if not typed.strip():
        return value in (None, "")
    try:
        return field is not None and field.clean(typed) == value
    except forms.ValidationError:
        return False


def _shown(name: str, value: Any) -> str:
    field = ChangeForm.base_fields.get(name)
    text = field.prepare_value(value) if field is not None else value
    if isinstance(text, date):
        return text.isoformat()
    return "" if text is None else str(text)


def _is_of_plan(name: str) -> bool:
    return name in PLAN_FIELDS or name.startswith(("target-", "task-", "work-", "node-"))


class ApproveChangeForm(forms.Form):
    """What approves a change, or refuses it."""

    approved_on = DayField(
        label="批准日期",
        required=False,
        help_text="文件上的日期。改了计划的，从这一天起按新计划计算序时进度；列入、取消从各自的日期起，移交从登记批准的那一周的周一起。",
    )
    document_number = text("批准文号", 60, hint="批准时文号和变更文件至少有一样。")
    evidence = EvidenceField(
        label="变更文件", required=False, help_text="PDF、JPG 或 PNG，不超过 20 MB。"
    )
    rest_reason = rest_reason_field()
    comment = text("意见", 200, hint="批准可以不填；不批准须写明。")

    def __init__(self, *args: Any, asks_rest: bool = False, **more: Any) -> None:
        super().__init__(*args, **more)
        if not asks_rest:
            del self.fields["rest_reason"]
