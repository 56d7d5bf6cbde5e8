"""The fields that the forms of the wing are made of: a line, some lines, a project, each with what is said of it."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from typing import Any

from django import forms
from django.forms.models import ModelChoiceIterator

from projects.ledger.models import Project
from renovation.face.widgets import LongText

CHOOSE = {"required": "请选择。", "invalid_choice": "没有这个选项，请重新选择。"}


def line_field(
    label: str, longest: int, required: str, hint: str = "", **options: Any
) -> forms.CharField:
    """A line of at most ``longest`` characters; ``required`` is said where it is empty, "" where it may be."""
    return forms.CharField(
        label=label,
        max_length=longest,
        required=bool(required),
        help_text=hint,
        error_messages={"required": required, "max_length": f"不超过 {longest} 个字。"},
        **options,
    )


def text_field(
    label: str, longest: int, *, required: str = "", hint: str = "", rows: int = 3
) -> forms.CharField:
    """Some lines of text, likewise."""
    return line_field(label, longest, required, hint, widget=LongText({"rows": rows}))


class _ByStreet(ModelChoiceIterator[Project]):
    """The projects under their streets: a district has hundreds."""

    field: ProjectField

    def __iter__(self) -> Iterator[Any]:
        yield "", self.field.empty_label
        rows = self.queryset.select_related("street").order_by(
            "street__order", "street__code", "code"
        )
        for street, projects in groupby(rows, key=lambda project: project.street.short_name):
            yield street, [self.choice(project) for project in projects]


class ProjectField(forms.ModelChoiceField[Project]):
    """One project or none of those that its form is given (``queryset``)."""

    iterator = _ByStreet

    def __init__(self) -> None:
        super().__init__(
            Project.objects.none(),
            label="项目",
            required=False,
            empty_label="不涉及单个项目",
            error_messages=CHOOSE,
        )

    def label_from_instance(self, obj: Project) -> str:
        return f"{obj.name}　{obj.code}"
