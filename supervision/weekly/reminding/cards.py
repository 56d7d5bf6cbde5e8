"""How the returns of a week stand, as a picture for the group of the streets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.cards import Card, CardFigure, CardTable, Run
from renovation.core.measures import Measure
from renovation.face.wording import moment
from supervision.weekly.register import Line

from .owing import names_of, until, wanted


def line_card(line: Line, *, rates: Sequence[Measure], issuer: str, now: datetime) -> Card:
    """Who has reported and who has not: one lead, the rates of a closed week, a row a street."""
    owing, expected = wanted(line), line.expected
    lead: tuple[Run, ...]
    if owing:
        lead = (
            Run("还没有报送："),
            Run(names_of(owing), "alarm"),
            Run("。"),
            Run(until(owing, line)),
        )
    elif line.missing:
        lead = (Run("未报："), Run(names_of(line.missing), "alarm"), Run("。"))
    else:
        lead = (Run("应报的街道都已报送。"),)
    return Card(
        title=f"第{line.week.number}周周报报送情况",
        subtitle=f"{line.week.label}　截至{moment(now)}",
        lead=(lead,),
        figures=tuple(
            CardFigure(
                name=measure.label,
                value=measure.text,
                unit=measure.unit.text,
                basis=f"{measure.parts_text} {measure.part_unit.text}",
            )
            for measure in rates
        ),
        table=CardTable(
            f"各街道　已报 {len(line.reported)} / 应报 {len(expected)}",
            (("街道", False), ("状态", False), ("首次报送", False)),
            tuple(
                (
                    entry.street.short_name,
                    entry.standing.word if entry.standing else "",
                    moment(entry.sent_at) if entry.sent_at else "—",
                )
                for entry in expected
            ),
        ),
        foot=issuer,
    )
