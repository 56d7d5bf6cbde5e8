"""The paragraph of a bulletin on what the weekly dispatch assigned in its quarter and what became of it."""

from __future__ import annotations

from collections.abc import Mapping

from renovation.core.measures import Measure
from renovation.core.wording import short_date

from . import names
from .behind import ordinal, say_behind
from .bulletin_text import FUNDS, Draft


def say_assigned(draft: Draft, figures: Mapping[str, Measure]) -> None:
    """The paragraph 交办事项, behind that on the returns; nothing where nothing was assigned and nothing judged."""
    assigned, rate = figures.get(names.ASSIGNED), figures.get(names.DONE_IN_TIME)
    judged = rate is not None and bool(rate.denominator)
    if not judged and (assigned is None or not assigned.value):
        return
    text = f"{ordinal(draft, FUNDS)}交办事项。本季度"
    if assigned is not None and assigned.value:
        text += (
            f"交办事项{draft.bind('本季度交办事项', assigned)}，截至{short_date(draft.as_of)}"
            f"已办结{draft.own('本季度交办已办结', names.DONE, figures)}"
        )
    else:
        text += "没有新的交办事项"
    if judged and rate is not None:
        due = Measure.amount(
            "dispatch_judged", rate.denominator, rate.part_unit, as_of=rate.as_of, label="应判"
        )
        text += (
            f"；本季度判定是否按期的{draft.bind('本季度应判交办事项', due)}中，"
            f"按期办结{draft.part('本季度按期办结交办事项', rate)}，"
            f"交办按期办结率{draft.bind('交办按期办结率', rate)}"
        )
    say_behind(draft, FUNDS, key="assigned", name="交办事项", text=f"{text}。")
