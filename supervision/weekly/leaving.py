"""Empty rows of a workbook whose project stands in the open return: they leave what is written as it is."""

from __future__ import annotations

from collections.abc import Iterable

from renovation.intake.pipelines import Finding, Row
from renovation.intake.written import is_blank

from . import columns
from .comparison import WeekContext


def is_left(row: Row, week: WeekContext) -> bool:
    """Whether a row is empty as a whole and its project's stands in the open return: a clerk who fills one project
    after the other sends the same workbook several times."""
    project = week.projects.get(row.key)
    return (
        project is not None
        and project.project_id in week.written
        and is_blank(row, columns.COLUMNS)
    )


def left_as_written(row: Row, week: WeekContext) -> Iterable[Finding]:
    """What is left as it is written is said at its row."""
    if is_left(row, week):
        yield Finding(
            message="未填，保留已写入的",
            field=columns.PROGRESS.field,
            found="整行没填",
            expected="要改的，把这一行填上",
        )
