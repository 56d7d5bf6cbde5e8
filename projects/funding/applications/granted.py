"""How far a grant carries: the 下达 linked to an application stay within what was granted for their project.

The callers hold the lock of the project (``projects.funding.services``).
"""

from __future__ import annotations

from projects.funding.enums import EventState
from projects.funding.models import ApplicationItem, FundingEvent, GrantedAllocation
from projects.funding.querysets import FundingEventQuerySet
from renovation.core.errors import Refusal
from renovation.core.measures import format_decimal, wanyuan_from_fen


def linked_fen(*, application_id: int, project_id: int) -> int:
    """What the 下达 of a project that are linked to an application come to, in 分, with their corrections, those that
    wait included; what was sent back does not count. Two queries."""
    rows: FundingEventQuerySet = FundingEvent.objects.filter(
        granted_allocation__application=application_id, project=project_id
    )
    return sum(
        event.amount_fen
        + sum(
            each.amount_fen for each in event.corrections.all() if each.state != EventState.REJECTED
        )
        for event in rows.exclude(state=EventState.REJECTED).prefetch_related("corrections")
    )


def check_granted(*, event: FundingEvent, field: str) -> None:
    """Refuses ``funding.application.over`` where the application that a 下达 (or what it corrects) came from now has
    more linked to it than was granted for the project. Asks nothing of what is linked to none."""
    link = GrantedAllocation.objects.filter(event=event.corrects_id or event.pk).first()
    if link is None:
        return
    item = ApplicationItem.objects.get(application=link.application_id, project=event.project_id)
    granted = item.granted_fen or 0
    total = linked_fen(application_id=link.application_id, project_id=event.project_id)
    if total > granted:
        said, bound = (
            f"{format_decimal(wanyuan_from_fen(fen), 2)} 万元" for fen in (total, granted)
        )
        raise Refusal(
            "funding.application.over",
            f"关联申请的下达会是 {said}，超过给“{event.project}”的批复 {bound}。",
            field=field,
            found=said,
            expected=f"不超过 {bound}",
        )
