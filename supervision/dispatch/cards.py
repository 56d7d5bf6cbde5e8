"""How the items of a meeting, or all that are open, stand, as a picture for the group of the streets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.cards import Card, CardTable, Run
from renovation.face.wording import day, moment

from .items.listing import ItemLine

#: More rows are no picture any more.
MOST_ROWS = 20


def items_card(*, title: str, lines: Sequence[ItemLine], issuer: str, now: datetime) -> Card:
    """One lead, a row an item that is not settled, by deadline."""
    counted = [line for line in lines if line.row.in_force_at and line.row.state != "cancelled"]
    done = sum(line.row.state == "done" for line in counted)
    overdue = sum(line.is_overdue for line in counted)
    lead = [Run(f"交办 {len(counted)} 件，办结 {done} 件")]
    if overdue:
        lead += [Run("，"), Run(f"逾期 {overdue} 件", "alarm")]
    owed = sorted(
        (line for line in counted if line.row.is_open),
        key=lambda line: (line.row.due_on, line.row.pk),
    )
    shown = owed[:MOST_ROWS]
    return Card(
        title=title,
        subtitle=f"截至{moment(now)}",
        lead=((*lead, Run("。")),),
        table=CardTable(
            f"未办结 {len(owed)} 件" + (f"，前 {MOST_ROWS} 件" if len(owed) > MOST_ROWS else ""),
            (
                ("编号", False),
                ("责任单位", False),
                ("交办内容", False),
                ("期限", False),
                ("状态", False),
            ),
            tuple(
                (
                    line.row.code,
                    line.row.answerer_name,
                    line.row.task if len(line.row.task) <= 24 else f"{line.row.task[:23]}…",
                    day(line.row.due_on),
                    line.word,
                )
                for line in shown
            ),
        )
        if shown
        else None,
        foot=issuer,
    )
