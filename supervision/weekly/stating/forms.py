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
    """The projects that are unchanged, ticked one by one or all that are shown, and the words to be signed. Nothing is
    ticked beforehand but a project that was asked for by itself."""

    every = forms.BooleanField(
        label="全选",
        required=False,
        widget=forms.CheckboxInput(attrs={"data-ticks": "projects"}),
    )
    projects = forms.MultipleChoiceField(
        label="本周没有变化的项目",
        widget=forms.CheckboxSelectMultiple(),
        error_messages={"invalid_choice": "有的项目不能声明无变化，请重新勾选。"},
    )
    #: What the page listed: 全选 is said of these, never of a project that can be stated only since.
    shown = forms.CharField(required=False, widget=forms.HiddenInput())
    verified = forms.BooleanField(
        label=f"{WORDS}，由我署名",
        error_messages={"required": f"声明须署名：核实以后勾选“{WORDS}，由我署名”。"},
    )

    def __init__(
        self, data: Any = None, *, candidates: Sequence[Candidate], chosen: int | None = None
    ) -> None:
        open_to = [each.project for each in candidates if not each.why_not]
        keys = [project.project_id for project in open_to]
        initial = {
            "projects": [chosen] if chosen in keys else [],
            "shown": ",".join(map(str, keys)),
        }
        if data is not None and data.get("every"):
            data, shown = data.copy(), data.get("shown", "").split(",")
            data.setlist("projects", [str(key) for key in keys if str(key) in shown])
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.fields["every"].label = f"全选：下面 {len(keys)} 个项目都没有变化"
        field: Any = self.fields["projects"]
        more = "；都没有变化的，勾选“全选”" if len(keys) > 1 else ""
        field.error_messages["required"] = f"请勾选本周没有变化的项目{more}。"
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
