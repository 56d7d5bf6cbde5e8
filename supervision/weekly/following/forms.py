"""Forms of follow-ups."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from renovation.accounts.models import User
from renovation.face.fields import DayField
from renovation.face.widgets import LongText
from supervision.weekly.enums import FollowUpState

WRONG = {"invalid_choice": "没有这个选项，已按全部显示。"}


def _words(label: str, longest: int, *, required: str = "", hint: str = "") -> forms.CharField:
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        help_text=hint,
        widget=LongText(),
        error_messages={"required": required, "max_length": f"不超过 {longest} 个字。"},
    )


def _due() -> DayField:
    return DayField(label="答复期限", help_text="街道在这一天以前答复，过了按逾期计。")


class AskForm(forms.Form):
    """A new question."""

    question = _words(
        "要核实的问题", 200, required="请写明要核实什么。", hint="如“外墙已完成 60%，累计投资为什么没有增加”。"
    )  # fmt: skip
    due_on = _due()


class AnswerForm(forms.Form):
    """What the street found."""

    text = _words("核实结果", 450, required="请写明核实的结果。", hint="数字填错了的，另用“更正”改，这里写明。")  # fmt: skip


class AskAgainForm(forms.Form):
    """What is still not clear."""

    text = _words("还要核实什么", 400, required="请写明还要核实什么。")
    due_on = _due()


class CloseForm(forms.Form):
    """A word at the end."""

    text = _words("了结意见", 450)


class WithdrawForm(forms.Form):
    """Why no answer is needed."""

    text = _words("撤回原因", 450, required="请写明撤回的原因。")


class HandOverForm(forms.Form):
    """To whom, and why."""

    owner = forms.ModelChoiceField(
        User.objects.none(),
        label="转交给",
        empty_label="请选择",
        error_messages={"required": "请选择转交给谁。", "invalid_choice": "请选择转交给谁。"},
    )
    text = _words("说明", 300)

    def __init__(self, data: Any = None, *, people: Sequence[User], **options: Any) -> None:
        super().__init__(data, **options)
        offered: Any = self.fields["owner"]
        offered.queryset = User.objects.filter(pk__in=[each.pk for each in people])


class FollowUpFilterForm(forms.Form):
    """State, street and words."""

    state = forms.ChoiceField(
        label="状态",
        required=False,
        choices=[
            ("", "没有了结的"),
            ("overdue", "逾期未答复"),
            *FollowUpState.choices,
            ("all", "全部"),
        ],
        error_messages=WRONG,
    )
    street = forms.ChoiceField(label="街道", required=False, error_messages=WRONG)
    q = forms.CharField(label="项目名称或编号", required=False, max_length=40)

    def __init__(self, data: Any = None, *, streets: Sequence[tuple[str, str]]) -> None:
        super().__init__(data)
        offered: Any = self.fields["street"]
        offered.choices = [("", "全部"), *streets]

    def chosen(self, name: str) -> str:
        """What was chosen, "" for the default and for what cannot be chosen."""
        self.is_valid()
        return str(self.cleaned_data.get(name) or "").strip()

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is asked for."""
        return any(self.data.get(name) for name in self.fields)
