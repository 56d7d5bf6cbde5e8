"""The list of inquiries: how far each has come, what is mine to do."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from renovation.accounts.scope import Scope

from .enums import InquiryState
from .models import Inquiry, InquiryStreet, StreetAnswer

#: Word of the address → states.
SHOWS: dict[str, tuple[str, frozenset[str]]] = {
    "": ("全部", frozenset(InquiryState.values)),
    "open": ("正在收数", frozenset({InquiryState.OPEN})),
    "draft": ("拟定和待批", frozenset({InquiryState.DRAFT, InquiryState.SUBMITTED})),
    "over": ("已结束", frozenset({InquiryState.CLOSED, InquiryState.CANCELLED})),
}


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """An inquiry with the streets in sight: how many are asked, how many are complete."""

    inquiry: Inquiry
    asked: int
    complete: int
    late: int
    missing: tuple[str, ...]

    def is_overdue(self, now: datetime) -> bool:
        """Open, past its last moment, and not everybody has answered."""
        return (
            self.inquiry.state == InquiryState.OPEN
            and now > self.inquiry.due_at
            and bool(self.missing)
        )


def inquiry_lines(*, scope: Scope) -> list[InquiryLine]:
    """The inquiries in sight, those that collect first, then by age. Three queries, one where there are none."""
    rows = list(Inquiry.objects.visible_to(scope).select_related("approved_by", "drafted_by"))
    if not rows:
        return []
    streets: defaultdict[int, dict[int, str]] = defaultdict(dict)
    for each in (
        InquiryStreet.objects.filter(inquiry__in=rows, street_id__in=scope.organisation_ids)
        .select_related("street")
        .order_by("street__order", "street__code")
    ):
        streets[each.inquiry_id][each.street_id] = each.street.short_name
    first: dict[tuple[int, int], StreetAnswer] = {}
    complete = StreetAnswer.objects.visible_to(scope).filter(inquiry__in=rows, is_complete=True)
    for answer in complete.order_by("version"):
        first.setdefault((answer.inquiry_id, answer.street_id), answer)
    lines = []
    for row in rows:
        mine = streets[row.pk]
        done = [first[row.pk, pk] for pk in mine if (row.pk, pk) in first]
        lines.append(
            InquiryLine(
                inquiry=row,
                asked=len(mine),
                complete=len(done),
                late=sum(answer.is_late for answer in done),
                missing=tuple(name for pk, name in mine.items() if (row.pk, pk) not in first),
            )
        )
    order = list(InquiryState)
    weight = {state: order.index(state) for state in InquiryState}
    weight[InquiryState.OPEN] = -1
    return sorted(lines, key=lambda line: weight[InquiryState(line.inquiry.state)])
