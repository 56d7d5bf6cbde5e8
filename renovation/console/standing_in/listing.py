"""The list of appointments, and its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renovation.accounts.models import StandIn
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.ordering import in_order
from renovation.records.acting import who

from .forms import StandInFilterForm

_KINDS = {"now": "active", "coming": "waiting", "over": "quiet"}


@dataclass(frozen=True, slots=True)
class StandInLine:
    """An appointment on a day, and what its reader may do with it."""

    row: StandIn
    today: date
    user_id: int | None

    @property
    def standing(self) -> str:
        """``now``, ``coming`` or ``over``."""
        if self.row.ended_at is not None or self.row.valid_to < self.today:
            return "over"
        return "now" if self.row.valid_from <= self.today else "coming"

    @property
    def word(self) -> str:
        """Its standing in words."""
        if self.row.ended_at is not None:
            return "提前结束"
        return {"now": "进行中", "coming": "未开始", "over": "已结束"}[self.standing]

    @property
    def kind(self) -> str:
        """How it is drawn."""
        return _KINDS[self.standing]

    @property
    def is_mine(self) -> bool:
        """The reader may begin to act by it now."""
        return self.standing == "now" and self.row.deputy_id == self.user_id

    @property
    def is_for_me(self) -> bool:
        """The reader is who is stood in for."""
        return self.row.principal_id == self.user_id


KEYS: dict[str, Any] = {
    "deputy": lambda line: str(line.row.deputy),
    "principal": lambda line: str(line.row.principal),
    "from": lambda line: line.row.valid_from,
    "to": lambda line: line.row.valid_to,
}


def stand_in_lines(
    *, scope: Scope, form: StandInFilterForm, sort: str, now: datetime
) -> list[StandInLine]:
    """The appointments in sight that fit. One query."""
    rows = StandIn.objects.visible_to(scope).select_related(
        "principal", "deputy", "organisation", "appointed_by", "ended_by"
    )
    lines = [StandInLine(each, local_day(now), scope.user_id) for each in rows]
    standing = form.chosen("standing")
    return in_order([line for line in lines if standing in {"", line.standing}], sort, KEYS)


COLUMNS: Described = (
    (Column("代班（B岗）", Kind.TEXT, 10), ""),
    (Column("被代（A岗）", Kind.TEXT, 10), ""),
    (Column("单位", Kind.TEXT, 8), ""),
    (Column("角色", Kind.LABEL, 6), "代班期间有这个角色的权限，只在这个单位"),
    (Column("起", Kind.DATE, 6), "这一天 0:00 起"),
    (Column("止", Kind.DATE, 6), "这一天 24:00 止"),
    (Column("情况", Kind.LABEL, 6), ""),
    (Column("原因", Kind.TEXT, 14), ""),
    (Column("指定人", Kind.TEXT, 10), ""),
    (Column("指定时间", Kind.MOMENT, 9), ""),
    (Column("提前结束", Kind.MOMENT, 9), "提前结束的时间，没有提前结束的为空"),
)


def stand_ins_workbook(*, lines: Sequence[StandInLine], now: datetime) -> bytes:
    """A row an appointment."""
    rows = [
        row(
            str(line.row.deputy),
            str(line.row.principal),
            line.row.organisation.short_name,
            str(line.row.get_role_display()),
            line.row.valid_from,
            line.row.valid_to,
            line.word,
            line.row.reason,
            who(line.row, "appointed_by"),
            line.row.appointed_at,
            line.row.ended_at,
        )
        for line in lines
    ]
    return list_workbook(
        title="AB岗代班登记",
        name="AB岗",
        columns=COLUMNS,
        rows=rows,
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )
