"""The list of hand-overs, and its workbook."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from renovation.accounts.models import HandOver
from renovation.accounts.scope import Scope
from renovation.core.documents.blocks import Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.wording import chinese_moment
from renovation.face.ordering import in_order
from renovation.records.acting import who

from .forms import HandOverFilterForm
from .matters import label_of

KEYS: dict[str, Any] = {
    "predecessor": lambda each: str(each.predecessor),
    "successor": lambda each: str(each.successor),
    "count": lambda each: each.passed_count,
    "at": lambda each: each.handed_at,
}


def hand_overs_of(*, scope: Scope) -> list[HandOver]:
    """The hand-overs in sight, newest first. One query."""
    rows = HandOver.objects.visible_to(scope)
    return list(rows.select_related("predecessor", "successor", "organisation", "handed_by"))


def places_of(*, rows: Sequence[HandOver]) -> list[tuple[str, str]]:
    """Their organisations, for the filter."""
    found = {each.organisation.code: each.organisation for each in rows}
    return [
        (code, place.short_name)
        for code, place in sorted(found.items(), key=lambda pair: (pair[1].order, pair[0]))
    ]


def fitting(*, rows: Sequence[HandOver], form: HandOverFilterForm, sort: str) -> list[HandOver]:
    """Those that fit the filter, in the order of the address."""
    place, outcome = form.chosen("place"), form.chosen("outcome")
    fits = [
        each
        for each in rows
        if place in {"", each.organisation.code}
        and outcome in {"", "part" if each.left else "whole"}
    ]
    return in_order(fits, sort, KEYS)


COLUMNS: Described = (
    (Column("交接时间", Kind.MOMENT, 9), ""),
    (Column("移交人", Kind.TEXT, 10), ""),
    (Column("接收人", Kind.TEXT, 10), ""),
    (Column("单位", Kind.TEXT, 8), "移交人的单位"),
    (Column("种类", Kind.LABEL, 6), ""),
    (Column("事项", Kind.TEXT, 20), "交接时的名称"),
    (Column("交接时的情况", Kind.TEXT, 18), ""),
    (Column("未移交的原因", Kind.TEXT, 10), "已移交的为空"),
    (Column("交接原因", Kind.TEXT, 12), ""),
    (Column("办理人", Kind.TEXT, 10), ""),
)


def hand_overs_workbook(*, rows: Sequence[HandOver], now: datetime) -> bytes:
    """A row a matter, those that stayed among them, so that it can be signed as a list of what was handed over."""
    lines = [
        row(
            each.handed_at,
            str(each.predecessor),
            str(each.successor),
            each.organisation.short_name,
            label_of(told["kind"]),
            told["name"],
            told["detail"],
            told["left"],
            each.reason,
            who(each, "handed_by"),
        )
        for each in rows
        for told in each.rows
    ]
    return list_workbook(
        title="交接登记",
        name="交接",
        columns=COLUMNS,
        rows=lines,
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
    )


def told_of(row: HandOver) -> list[tuple[str, list[dict[str, str]]]]:
    """Kind by kind: its word and its rows."""
    kinds = dict.fromkeys(told["kind"] for told in row.rows)
    return [(label_of(kind), [told for told in row.rows if told["kind"] == kind]) for kind in kinds]
