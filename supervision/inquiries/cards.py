"""How an inquiry stands, as a picture for the group of the streets."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from renovation.core.cards import Card, CardTable, Run
from renovation.core.wording import join
from renovation.face.wording import moment

from .enums import InquiryState
from .models import Inquiry
from .table import Standing


def inquiry_card(inquiry: Inquiry, standings: Sequence[Standing], now: datetime) -> Card:
    """Who has answered and who has not, until when."""
    missing = [each.street.short_name for each in standings if not each.is_complete]
    lead = (Run("还没有报齐："), Run(join(missing), "alarm"), Run("。"))
    due = f"{moment(inquiry.due_at)} 截止"
    if inquiry.state == InquiryState.CLOSED:
        due = "已结束"
    return Card(
        title=inquiry.title,
        subtitle=f"临时收数 {inquiry.number}　{due}　截至{moment(now)}",
        lead=(lead if missing else (Run("各街道都已报齐。"),),),
        table=CardTable(
            f"各街道　报齐 {len(standings) - len(missing)} / {len(standings)}",
            (("街道", False), ("状态", False), ("已填（行）", True), ("应填（行）", True)),
            tuple(
                (each.street.short_name, each.word, str(each.answered_count), str(each.row_count))
                for each in standings
            ),
        ),
        foot=inquiry.bureau.name,
    )
