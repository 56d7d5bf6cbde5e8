"""What the forms of the wing share: texts, choices, the choice of an estate, a reason."""

from __future__ import annotations

from django import forms

from projects.ledger.editing import Seen
from projects.ledger.models import Estate, Project
from renovation.face.widgets import ShortText

REQUIRED = {"required": "此处未填。"}
CHOOSE = {"required": "请选择。", "invalid_choice": "没有这一项，请重新选择。"}
FILE_HINT = "PDF、JPG 或 PNG，不超过 20 MB。"


def text(label: str, longest: int, *, required: bool = False, hint: str = "") -> forms.CharField:
    """A short text."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=required,
        help_text=hint,
        widget=ShortText() if longest <= 40 else forms.TextInput(),
        error_messages={**REQUIRED, "max_length": f"不超过 {longest} 个字。"},
    )


def estate_field() -> forms.ModelChoiceField[Estate]:
    """One estate of the project, or all of them."""
    return forms.ModelChoiceField(
        Estate.objects.none(),
        label="小区",
        required=False,
        empty_label="整个项目",
        error_messages=CHOOSE,
    )


def offer_estates(form: forms.BaseForm, project: Project) -> None:
    """Fill the choice of estates; a project of one estate is not asked."""
    estates = project.estates.all()
    form.fields["estate"].queryset = estates  # type: ignore[attr-defined]
    if len(estates) < 2:
        del form.fields["estate"]


class ReasonForm(forms.Form):
    """Why something is taken back, taken out or looked at; the page names it. ``seen_version`` is the version that
    its reader saw, None where the row has none."""

    reason = forms.CharField(label="原因", max_length=200)
    seen_version = Seen()

    def __init__(
        self,
        data: object = None,
        *,
        label: str = "原因",
        hint: str = "",
        seen_version: int | None = None,
    ) -> None:
        super().__init__(data, initial={"seen_version": seen_version}, use_required_attribute=False)  # type: ignore[arg-type]
        if seen_version is None:
            del self.fields["seen_version"]
        field = self.fields["reason"]
        field.label, field.help_text = label, hint
        field.error_messages |= {
            "required": f"{label}未填。",
            "max_length": "不超过 200 个字。",
        }
