"""Of which projects it is stated."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from renovation.core.measures import format_decimal
from supervision.weekly.detail import wanyuan
from supervision.weekly.unchanged import WORDS

from .services import Candidate


class UnchangedForm(forms.Form):
    """The projects that are unchanged, all that can be at first, and the words to be signed."""

    projects = forms.MultipleChoiceField(
        label="本周没有变化的项目",
        widget=forms.CheckboxSelectMultiple(),
        error_messages={
            "required": "请勾选本周没有变化的项目。",
            "invalid_choice": "有的项目不能声明无变化，请重新勾选。",
        },
    )
    verified = forms.BooleanField(
        label=f"{WORDS}，由我署名",
        error_messages={"required": f"声明须署名：核实以后勾选“{WORDS}，由我署名”。"},
    )

    def __init__(
        self, data: Any = None, *, candidates: Sequence[Candidate], chosen: int | None = None
    ) -> None:
        open_to = [each.project for each in candidates if not each.why_not]
        keys = [project.project_id for project in open_to]
        initial = [chosen] if chosen in keys else keys
        super().__init__(data, initial={"projects": initial}, use_required_attribute=False)
        field: Any = self.fields["projects"]
        field.choices = [
            (
                project.project_id,
                (
                    f"{project.name}　上周形象进度 {format_decimal(project.last.progress_percent, 1)}%，"
                    f"完成投资 {wanyuan(project.last.completed_investment_fen)} 万元"
                ),
            )
            for project in open_to
            if project.last is not None
        ]

    @property
    def project_ids(self) -> list[int]:
        """The chosen projects."""
        return [int(key) for key in self.cleaned_data["projects"]]
