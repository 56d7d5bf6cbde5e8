"""What the lists of the wing share: columns, the day that may not lie ahead, saving a row as its page does."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any

from django.db import models

from projects.ledger.editing import save_row
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Listing

NUMBER = Column(
    field="number",
    header="台账号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的，不改；新增的空着",
    hint="平台给的，认出是哪一条靠它；新增的一行空着。",
)


def day(field: str, header: str, expected: str = "存在的日期", hint: str = "") -> Column:
    """A column of days."""
    return Column(field=field, header=header, kind=Kind.DATE, expected=expected, hint=hint)


def count(field: str, header: str, maximum: int, minimum: int = 0) -> Column:
    """A column of whole numbers."""
    return Column(
        field=field,
        header=header,
        kind=Kind.INTEGER,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        expected=f"{minimum}—{maximum} 的整数",
    )


def head(row: Any) -> dict[str, Any]:
    """The first columns of a row of a project."""
    return {PROJECT.field: row.project.code, NAME.field: row.project.name}


def set_changed(row: Any, change: Change, columns: Iterable[Column]) -> None:
    """Write what a change says into the fields of the same names; nothing is written into a text as empty."""
    for column in columns:
        if column.field in change.changed:
            setattr(row, column.field, change.values[column.field])


def refuse_ahead(value: date | None, column: Column, at: Listing) -> None:
    """Refuses a day that is yet to come (``list.future``)."""
    if value is not None and value > local_day(at.now):
        raise Refusal("list.future", f"{column.label}不能晚于今天。", field=column.field)


def save(row: models.Model, change: Change, at: Listing, by: User) -> None:
    """Save a row of a project as its page does; ``version`` is the one that was read just now."""
    seen = row.version if row.pk else 0  # type: ignore[attr-defined]
    row.full_clean(exclude=["project", "file"])
    save_row(
        row=row,
        organisation=change.project.street,
        of=str(change.project),
        seen_version=seen,
        reason=REASON_OF_HISTORY,
        by=by,
        now=at.now,
    )
