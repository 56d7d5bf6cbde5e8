"""What the lists of the wing share: columns, whose estate a row means, money in 元, saving a fresh row."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db import models
from django.urls import reverse

from projects.ledger.books.declaring import (
    NAME,
    PROJECT,
    REASON_OF_HISTORY,
    Change,
    Listing,
)
from projects.ledger.models import Estate, Project
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

NUMBER = Column(
    field="number",
    header="台账号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的，不改；新增的空着",
    hint="平台给的，认出是哪一条靠它；新增的一行空着。",
)
STATE = Column(field="state", header="状态", longest=10, expected="只供查看；确认和作废在页面上办")
ESTATE = Column(field="estate", header="小区", longest=80, expected="本项目的小区名称")
#: What the page says of rows that a second person confirms.
WAITS = "与现在不同的行写入，待街道审核岗确认后计入；相同的行不动，空着的格不改，表里没有的不删除。"
MOST_YUAN = Decimal("9999999999.99")


def day(field: str, header: str, expected: str = "存在的日期") -> Column:
    """A column of days."""
    return Column(field=field, header=header, kind=Kind.DATE, expected=expected)


def count(field: str, header: str, maximum: int, minimum: int = 1) -> Column:
    """A column of whole numbers."""
    return Column(
        field=field,
        header=header,
        kind=Kind.INTEGER,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        expected=f"{minimum}—{maximum} 的整数",
    )


def amount(field: str, header: str, maximum: Decimal = MOST_YUAN) -> Column:
    """A column of money in 元 with two decimals."""
    return Column(
        field=field,
        header=header,
        kind=Kind.DECIMAL,
        places=2,
        minimum=Decimal(0),
        maximum=maximum,
        expected="不小于 0，最多两位小数",
    )


def yuan(fen: int | None) -> Decimal | None:
    """分 as a cell in 元 says it."""
    return None if fen is None else Decimal(fen) / 100


def fen(value: Any) -> int | None:
    """A cell in 元 as 分."""
    return None if value is None else int(Decimal(value) * 100)


def list_of(name: str) -> Callable[[int], str]:
    """The address of a list of the wing for a year."""
    return lambda year: f"{reverse(f'residents:{name}')}?year={year}"


def head(project: Project) -> dict[str, Any]:
    """The first columns of a row."""
    return {PROJECT.field: project.code, NAME.field: project.name}


def in_order(
    projects: Sequence[Project], rows: Iterable[Any], of: Callable[[Any], int]
) -> list[Any]:
    """Rows in the order of their projects, then of entry."""
    order = {project.pk: place for place, project in enumerate(projects)}
    return sorted(rows, key=lambda row: (order[of(row)], row.pk))


def estates_of(projects: Sequence[Project]) -> dict[tuple[int, str], Estate]:
    """The estates of projects by project and name. One query."""
    rows = Estate.objects.filter(project__in=projects).select_related("project__street")
    return {(row.project_id, row.name): row for row in rows}


def estate_of(change: Change, at: Listing) -> Estate:
    """The estate that a row names; Refusal where the project has none of that name."""
    name = str(change.values[ESTATE.field] or "")
    found: Estate | None = at.more.get((change.project.pk, name))
    if found is None:
        raise Refusal(
            "list.estate",
            f"{change.project}没有小区“{name}”。",
            field=ESTATE.field,
            found=name or "空",
        )
    return found


def save(
    row: models.Model,
    change: Change,
    at: Listing,
    by: User,
    *,
    of: str,
    service: Callable[..., models.Model],
) -> None:
    """Save a row as its page does; ``version`` is the one that was read just now."""
    row.full_clean(validate_unique=False, validate_constraints=False, exclude=_LATER)
    service(
        row=row,
        organisation=change.project.street,
        of=of,
        seen_version=row.version if row.pk else 0,  # type: ignore[attr-defined]
        reason=REASON_OF_HISTORY,
        by=by,
        now=at.now,
    )


#: Filled in by the services, or not in a workbook.
_LATER = {
    *("drafted_by", "drafted_at", "recorded_by", "recorded_at"),
    *("file", "evidence", "told", "project", "estate", "meeting", "evaluation"),
}


def fresh(change: Change, new: models.Model) -> Any:
    """The row behind a change as it stands now (another row of the workbook may have ended it), or a new one."""
    if change.row is None:
        return new
    return type(change.row)._default_manager.get(pk=change.row.pk)
