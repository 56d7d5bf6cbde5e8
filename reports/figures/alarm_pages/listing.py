"""The list of alarms, filtered and sorted by the address."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from renovation.accounts.scope import Scope
from renovation.face.filtering import FilterForm, choice
from renovation.face.ordering import in_order
from reports.figures.enums import AlarmState, Direction
from reports.figures.models import AlarmReading, DivergenceAlarm
from reports.figures.querysets import DivergenceAlarmQuerySet

KINDS = {AlarmState.OPEN: "alarm", AlarmState.EXPLAINED: "active", AlarmState.CLOSED: "quiet"}


@dataclass(frozen=True, slots=True)
class AlarmLine:
    """An alarm with its readings, oldest first."""

    row: DivergenceAlarm
    readings: tuple[AlarmReading, ...]

    @property
    def last(self) -> AlarmReading | None:
        """The newest reading."""
        return self.readings[-1] if self.readings else None

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        return KINDS[AlarmState(self.row.state)]

    @property
    def weeks(self) -> int:
        """For how many weeks it was beyond the threshold."""
        return sum(abs(each.value_points) > self.row.threshold_points for each in self.readings)


class AlarmFilterForm(FilterForm):
    """State, direction, street; open ones where no state is chosen."""

    state = choice("状态", [("all", "全部"), *AlarmState.choices[1:]], nothing=("", "报警中"))
    direction = choice("方向", Direction.choices)
    street = choice("街道")


SORTS: dict[str, Any] = {
    "project": lambda line: line.row.project.name,
    "opened": lambda line: line.row.opened_on,
    "first": lambda line: abs(line.row.value_points),
    "value": lambda line: abs(line.last.value_points) if line.last else None,
    "weeks": lambda line: line.weeks,
}


def lines_of(*, rows: DivergenceAlarmQuerySet) -> list[AlarmLine]:
    """Alarms with their readings. Two queries."""
    found = rows.select_related("project__street", "explained_by").prefetch_related("readings")
    return [AlarmLine(row, tuple(row.readings.all())) for row in found]


def list_alarms(*, scope: Scope, form: AlarmFilterForm, sort: str) -> list[AlarmLine]:
    """The alarms in sight that fit. Two queries."""
    rows = DivergenceAlarm.objects.visible_to(scope)
    state = form.chosen("state")
    if state != "all":
        rows = rows.filter(state=state or AlarmState.OPEN)
    if direction := form.chosen("direction"):
        rows = rows.filter(direction=direction)
    if street := form.chosen("street"):
        rows = rows.filter(project__street__code=street)
    return in_order(lines_of(rows=rows), sort, SORTS)
