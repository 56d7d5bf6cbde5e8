"""Of which projects it is stated."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from renovation.core.measures import format_decimal
from supervision.weekly.comparison import ProjectContext
from supervision.weekly.detail import wanyuan
from supervision.weekly.unchanged import WORDS

from .services import Candidate


class UnchangedForm(forms.Form):
    """The projects that are unchanged, ticked one by one or all that are shown, and the words to be signed. Nothing is
    ticked beforehand but a project that was asked for by itself.

    What is signed is what was shown: a project whose earlier figures are others than those on the page loses its tick
    and is named (error ``changed``). 全选 is read once; a page that comes back shows the ticks that it made, so that
    the next sending says what its boxes say.
    """

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
    #: What the page listed, each project with its figures (`_stamp`): 全选 is said of these, never of a project that
    #: can be stated only since.
    shown = forms.CharField(required=False, widget=forms.HiddenInput())
    verified = forms.BooleanField(
        label=f"{WORDS}，由我署名",
        error_messages={"required": f"声明须署名：核实以后勾选“{WORDS}，由我署名”。"},
    )

    def __init__(
        self, data: Any = None, *, candidates: Sequence[Candidate], chosen: int | None = None
    ) -> None:
        open_to = [each.project for each in candidates if not each.why_not]
        self._last = {
            project.project_id: project.last for project in open_to if project.last is not None
        }
        present = {str(project.project_id): _stamp(project) for project in open_to}
        initial = {
            "projects": [chosen] if chosen in self._last else [],
            "shown": ",".join(present.values()),
        }
        self._changed: list[ProjectContext] = []
        if data is not None:
            data = self._as_ticked(data.copy(), open_to, present)
        super().__init__(data, initial=initial, use_required_attribute=False)
        self.fields["every"].label = f"全选：下面 {len(open_to)} 个项目都没有变化"
        field: Any = self.fields["projects"]
        more = "；都没有变化的，勾选“全选”" if len(open_to) > 1 else ""
        field.error_messages["required"] = f"请勾选本周没有变化的项目{more}。"
        field.choices = [
            (project.project_id, f"{project.name}　上周{_figures(project)}") for project in open_to
        ]

    def _as_ticked(
        self, data: Any, open_to: Sequence[ProjectContext], present: dict[str, str]
    ) -> Any:
        """What was posted with 全选 as the ticks that it means, without the ticks of changed rows, and with what the
        page will list if it comes back."""
        shown = {part.partition(":")[0]: part for part in data.get("shown", "").split(",")}
        every = self.base_fields["every"].widget.value_from_datadict(data, {}, "every")
        ticked = [key for key in present if key in shown] if every else data.getlist("projects")
        self._changed = [
            project
            for project in open_to
            if (key := str(project.project_id)) in ticked and shown.get(key) != present[key]
        ]
        stale = {str(project.project_id) for project in self._changed}
        data.pop("every", None)
        data.setlist("projects", [key for key in ticked if key not in stale])
        data["shown"] = ",".join(present.values())
        return data

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if self._changed:
            named = "；".join(f"{project.name}现为{_figures(project)}" for project in self._changed)
            self.errors.pop("projects", None)
            self.add_error(
                "projects",
                forms.ValidationError(
                    f"您打开以后，有的项目上周的数又有变化：{named}。请核对后重新勾选。",
                    code="changed",
                ),
            )
        return cleaned

    @property
    def is_overtaken(self) -> bool:
        """Whether figures changed since the page was opened."""
        return self.has_error("projects", "changed")

    @property
    def seen(self) -> dict[int, tuple[Decimal, int]]:
        """The chosen projects with the figures that were shown of them: percent, 分."""
        chosen = {key: self._last[key] for key in map(int, self.cleaned_data["projects"])}
        return {
            key: (last.progress_percent, last.completed_investment_fen)
            for key, last in chosen.items()
        }


def _stamp(project: ProjectContext) -> str:
    """``12:10.0:3000000000``: a project with its earlier figures, percent and 分."""
    last = project.last
    figures = f"{last.progress_percent:.1f}:{last.completed_investment_fen}" if last else ":"
    return f"{project.project_id}:{figures}"


def _figures(project: ProjectContext) -> str:
    """形象进度 10.0%，完成投资 30.00 万元."""
    last = project.last
    if last is None:
        return "没有报过数"
    progress = format_decimal(last.progress_percent, 1)
    return f"形象进度 {progress}%，完成投资 {wanyuan(last.completed_investment_fen)} 万元"
