"""Forms of the ledger: shape only; whether an act is allowed is the services' business."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import Q

from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.face.fields import DayField, printable
from renovation.face.widgets import LongText, ShortText

from .codes import check_code_shape
from .enrolment import is_settled
from .enums import RenovationType
from .models import Programme, Project

REQUIRED = {"required": "此处未填。"}
CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}
#: From so many characters on a text has room for several sentences.
SENTENCES = 300
MOST_SQM = Decimal("99999999.99")


def _box(longest: int) -> forms.Widget:
    if longest <= 40:
        return ShortText()
    return LongText({"rows": 3}) if longest >= SENTENCES else forms.TextInput()


def text(label: str, longest: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    """A text of a line; of some sentences, where it may be as long as that."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        validators=[printable],
        widget=_box(longest),
        error_messages={**REQUIRED, "max_length": f"不超过 {longest} 个字。"},
    )


class ProjectForm(forms.Form):
    """A project's own fields; quantities stand on its estates, dates and money on its plan."""

    code = forms.CharField(
        label="项目编号",
        max_length=30,
        widget=ShortText(),
        help_text="全区唯一，如 ZC2025-01。周报和导入都认这个编号。",
        validators=[check_code_shape],
        error_messages={**REQUIRED, "max_length": "不超过 30 个字。"},
    )
    name = text("项目名称", 80, required=True)
    programme = forms.ModelChoiceField(
        Programme.objects.none(), label="年度计划", empty_label="请选择", error_messages=CHOOSE
    )
    street = forms.ModelChoiceField(
        Organisation.objects.none(), label="街道", empty_label="请选择", error_messages=CHOOSE
    )
    renovation_type = forms.ChoiceField(
        label="改造类型", choices=RenovationType.choices, error_messages=CHOOSE
    )
    approved_on = DayField(label="列入计划日期", help_text="由另一人批准后才计入，见“变更”。")
    feature = text("特色", 60, hint="一小区一特色，一句话，如“口袋花园串起三个院子”。")
    is_model = forms.BooleanField(label="示范样板", required=False)
    model_on = DayField(label="定为样板日期", required=False)
    model_reason = text("定为样板的理由", 200)
    plan_code = text("计划编码", 40, hint="省、市系统里的编码，没有的不填。")
    budget_code = text("预算编码", 40)
    reporting_from = DayField(
        label="开始报送",
        required=False,
        help_text="不填从批准列入时街道还没有报送的那一周起报。",
    )
    note = forms.CharField(
        label="备注",
        required=False,
        max_length=2000,
        widget=LongText(),
        error_messages={"max_length": "不超过 2000 个字。"},
    )
    reason = text("修改原因", 100, hint="写进沿革，没有特别原因的不填。")
    seen_version = forms.IntegerField(widget=forms.HiddenInput(), required=False)

    def __init__(
        self, data: Any = None, *, scope: Scope, today: date, project: Project | None = None
    ) -> None:
        initial: dict[str, Any] = {}
        if project is not None:
            initial = {
                name: getattr(project, name) for name in self.base_fields if hasattr(project, name)
            } | {"seen_version": project.version}
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.project = project
        self.fields["programme"].queryset = Programme.objects.visible_to(scope)  # type: ignore[attr-defined]
        streets = Organisation.objects.visible_to(scope).filter(kind=OrganisationKind.STREET)
        kept = Q(pk=project.street_id) if project is not None else Q(pk=None)
        offered = streets.filter(kept | Q(pk__in=streets.valid_on(today).values("pk")))
        self.fields["street"].queryset = offered.order_by("order")  # type: ignore[attr-defined]
        self.fields["street"].label_from_instance = lambda row: row.short_name  # type: ignore[attr-defined]
        if project is None:
            del self.fields["reason"], self.fields["seen_version"]
            return
        del self.fields["approved_on"]
        if is_settled(project=project):
            for name in ("programme", "street", "reporting_from"):
                del self.fields[name]

    def clean_code(self) -> str:
        """Nobody else's code."""
        code = str(self.cleaned_data["code"]).strip()
        return self._only(code, "code", "已有这个项目编号。") or ""

    def clean_plan_code(self) -> str | None:
        """Nobody else's; none is None."""
        return self._only(self.cleaned_data["plan_code"], "plan_code", "已有项目用这个计划编码。")

    def clean_budget_code(self) -> str | None:
        """Nobody else's; none is None."""
        return self._only(
            self.cleaned_data["budget_code"], "budget_code", "已有项目用这个预算编码。"
        )

    def _only(self, value: str, name: str, message: str) -> str | None:
        value = value.strip()
        if not value:
            return None
        others = Project.objects.filter(**{name: value})
        if self.project is not None:
            others = others.exclude(pk=self.project.pk)
        if others.exists():
            raise forms.ValidationError(message)
        return value

    def clean(self) -> dict[str, Any]:
        """A model has its day and its reason, both or none."""
        cleaned = super().clean() or {}
        if not cleaned.get("is_model"):
            cleaned |= {"model_on": None, "model_reason": ""}
        else:
            if not cleaned.get("model_on") and "model_on" not in self.errors:
                self.add_error("model_on", "示范样板要填定为样板的日期。")
            if not cleaned.get("model_reason", "").strip() and "model_reason" not in self.errors:
                self.add_error("model_reason", "示范样板要写明理由。")
        return cleaned

    @property
    def values(self) -> dict[str, Any]:
        """The fields of the project."""
        return {
            name: value
            for name, value in self.cleaned_data.items()
            if name not in {"reason", "seen_version"}
        }


class RemoveForm(forms.Form):
    """Why something is removed."""

    reason = forms.CharField(
        label="删除原因",
        max_length=100,
        error_messages={"required": "删除须写明原因。", "max_length": "不超过 100 个字。"},
    )
