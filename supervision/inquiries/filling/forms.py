"""The grid: one form a row, every cell read and judged as a cell of the workbook is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django import forms

from renovation.core.documents.reading import ReadCell
from renovation.core.errors import Refusal
from renovation.face.values import Fault
from renovation.face.widgets import LongText, NumberText, ShortText
from renovation.intake.cells import finding_of, read_cell
from renovation.intake.pipelines import Row, Value
from supervision.inquiries.checks import ROW_RULES
from supervision.inquiries.enums import ColumnKind
from supervision.inquiries.intake import values_of_row
from supervision.inquiries.models import AskedColumn
from supervision.inquiries.table import Line, Table
from supervision.inquiries.values import Values, as_typed, column_of, expected_of, options_of


def _field(column: AskedColumn) -> forms.Field:
    """A box that keeps what was typed; nothing is lost before it can be judged."""
    kind = ColumnKind(column.kind)
    hint = column.hint or expected_of(column)
    label = column.title
    if words := options_of(column):
        choices = [
            ("", "请选择" if column.is_required else "不填"),
            *((word, word) for word in words),
        ]
        return forms.CharField(
            label=label, help_text=column.hint, required=False, widget=forms.Select(choices=choices)
        )
    if kind.is_summed:
        return forms.CharField(label=label, help_text=hint, required=False, widget=NumberText())
    if kind is ColumnKind.DATE:
        widget = ShortText({"class": "size-day", "autocomplete": "off"})
        return forms.CharField(label=label, help_text=hint, required=False, widget=widget)
    return forms.CharField(
        label=label, help_text=hint, required=False, widget=LongText({"rows": 2})
    )


class RowForm(forms.Form):
    """One row. After ``full_clean``: ``values`` is what can be kept, None where the row has a fault or was
    left for later."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, table: Table, line: Line) -> None:
        stored = line.values or {}
        super().__init__(
            data,
            prefix=f"r{line.row.pk}",
            initial={
                column.name: as_typed(column, stored.get(column.name)) for column in table.columns
            },
            use_required_attribute=False,
        )
        self.table, self.line = table, line
        self.values: Values | None = None
        for column in table.columns:
            self.fields[column.name] = _field(column)

    @property
    def filled(self) -> list[tuple[str, str]]:
        """What the portal fills in: (title, text)."""
        return [
            (column.title, self.table.filled_text(self.line, column)) for column in self.table.known
        ]

    @property
    def is_blank(self) -> bool:
        """Nothing was typed where something is required: the row was left for later."""
        needs = any(column.is_required for column in self.table.columns)
        typed = any(self._typed(column) for column in self.table.columns)
        return needs and not typed and not self.line.is_answered

    def clean(self) -> dict[str, Any]:
        """Read every cell, then judge the row by the rules of the workbook."""
        if self.is_blank:
            return {}
        values: dict[str, Value] = {}
        texts: dict[str, str] = {}
        for asked in self.table.columns:
            column = column_of(asked)
            typed = self._typed(asked)
            if not typed:
                continue
            cell = ReadCell(row=0, column=0, value=typed)
            try:
                found = read_cell(cell, column)
            except Refusal as refusal:
                finding = finding_of(refusal, column, cell, 0)
                texts[asked.name] = typed
                self.add_error(asked.name, _sentence(finding.message, finding.expected))
                continue
            if found is not None:
                values[asked.name] = found
        row = Row(0, self.line.key, values, texts)
        for rule in ROW_RULES:
            for finding in rule.check(row, self.table) if rule.check is not None else ():
                self.add_error(finding.field or None, _sentence(finding.message, finding.expected))
        if not self.errors:
            self.values = values_of_row(row, self.table.columns)
        return {}

    def _typed(self, column: AskedColumn) -> str:
        return str(self.data.get(self.add_prefix(column.name), "")).strip()


class GridForm:
    """The rows of a street. What can be kept is kept; a fault in one row keeps no other from it."""

    def __init__(self, data: Mapping[str, Any] | None = None, *, table: Table) -> None:
        self.forms = [RowForm(data, table=table, line=line) for line in table.lines]

    def rows(self) -> dict[int, Values]:
        """Row id → values, of the rows that can be kept."""
        for form in self.forms:
            form.full_clean()
        return {form.line.row.pk: form.values for form in self.forms if form.values is not None}

    @property
    def faults(self) -> list[Fault]:
        """Every fault in the order of the page, with its row and column."""
        found = []
        for form in self.forms:
            name = form.line.label
            found += [Fault(name, str(text)) for text in form.non_field_errors()]
            for bound in form:
                found += [
                    Fault(f"{name}　{bound.label}", str(text), f"#{bound.id_for_label}")
                    for text in bound.errors
                ]
        return found

    @property
    def unkept(self) -> list[str]:
        """Names of the rows with faults."""
        return [form.line.label for form in self.forms if form.errors]


def _sentence(message: str, expected: str) -> str:
    return f"{message}。应为：{expected}。" if expected else f"{message}。"
