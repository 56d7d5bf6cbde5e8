"""The paragraph of a bulletin on the waivers of rules in its quarter."""

from __future__ import annotations

from collections.abc import Sequence

from renovation.core.measures import Unit
from renovation.core.wording import chinese_date, short_date

from .behind import ordinal, say_behind
from .bulletin_text import FUNDS, Draft
from .waived import WaivedRule

#: How many waivers the paragraph names; all of them stand in the annex.
MOST_NAMED = 5


def say_waived(draft: Draft, waived: Sequence[WaivedRule]) -> None:
    """The paragraph 校验规则豁免, at the end of its section; nothing where nothing was waived."""
    if not waived:
        return
    named = []
    for number, each in enumerate(waived[:MOST_NAMED], start=1):
        name = f"豁免{number}"
        draft.quotes[name] = _clause(each)
        named.append(f"【{name}】")
    more = "等" if len(waived) > MOST_NAMED else ""
    count = draft.count("豁免数", len(waived), Unit.PLACES)
    uses = draft.count("豁免用到数", sum(each.use_count for each in waived), Unit.VISITS)
    text = (
        f"{ordinal(draft, FUNDS)}校验规则豁免。本季度经批准豁免校验规则{count}：{'；'.join(named)}{more}，逐项见附件。"
        f"豁免期间相应数据不要求说明，照常核对、照常计入，本季度用到{uses}。"
    )
    say_behind(draft, FUNDS, key="waived", name="校验规则豁免", text=text)


def _clause(each: WaivedRule) -> str:
    """A waiver in words, quoted whole: its days are no figures of the paper."""
    ended = f"，{short_date(each.ended_on)}终止" if each.ended_on else ""
    days = f"{chinese_date(each.starts_on)}至{chinese_date(each.ends_on)}{ended}"
    reason = each.reason.rstrip("。；，")
    return f"{each.subject}“{each.title}”（{days}，{each.approver}批准，原因：{reason}）"
