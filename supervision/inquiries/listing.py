"""The list of inquiries: how far each has come, what is mine to do, which a filter chooses."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope

from .enums import InquiryState
from .models import Inquiry, InquiryStreet, StreetAnswer

#: Word of the address → states.
SHOWS: dict[str, tuple[str, frozenset[str]]] = {
    "open": ("正在收数", frozenset({InquiryState.OPEN})),
    "draft": ("拟定和待批", frozenset({InquiryState.DRAFT, InquiryState.SUBMITTED})),
    "over": ("已结束", frozenset({InquiryState.CLOSED, InquiryState.CANCELLED})),
}


@dataclass(frozen=True, slots=True)
class InquiryLine:
    """An inquiry with the streets in sight: which are asked, how many are complete, how many of these late."""

    inquiry: Inquiry
    streets: tuple[Organisation, ...]
    complete: int
    late: int
    missing: tuple[str, ...]

    @property
    def asked(self) -> int:
        """How many of the streets in sight are asked."""
        return len(self.streets)

    def is_overdue(self, now: datetime) -> bool:
        """Open, past its last moment, and not everybody has answered."""
        return (
            self.inquiry.state == InquiryState.OPEN
            and now > self.inquiry.due_at
            and bool(self.missing)
        )


#: What the columns of the list are sorted by.
KEYS: dict[str, Callable[[InquiryLine], Any]] = {
    "title": lambda line: line.inquiry.title,
    "drafted": lambda line: line.inquiry.drafted_at,
    "due": lambda line: line.inquiry.due_at,
    "complete": lambda line: line.complete if line.inquiry.approved_at else None,
}


def inquiry_lines(*, scope: Scope) -> list[InquiryLine]:
    """The inquiries in sight, those that collect first, then by age. Three queries, one where there are none."""
    rows = list(
        Inquiry.objects.visible_to(scope).select_related("approved_by", "drafted_by", "programme")
    )
    if not rows:
        return []
    streets: defaultdict[int, dict[int, Organisation]] = defaultdict(dict)
    for each in (
        InquiryStreet.objects.filter(inquiry__in=rows, street_id__among=scope.organisation_ids)
        .select_related("street")
        .order_by("street__order", "street__code")
    ):
        streets[each.inquiry_id][each.street_id] = each.street
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
                streets=tuple(mine.values()),
                complete=len(done),
                late=sum(answer.is_late for answer in done),
                missing=tuple(
                    street.short_name for pk, street in mine.items() if (row.pk, pk) not in first
                ),
            )
        )
    order = list(InquiryState)
    weight = {state: order.index(state) for state in InquiryState}
    weight[InquiryState.OPEN] = -1
    return sorted(lines, key=lambda line: weight[InquiryState(line.inquiry.state)])


def narrowed(
    lines: Sequence[InquiryLine],
    *,
    show: str = "",
    year: str = "",
    street: str = "",
    words: str = "",
) -> list[InquiryLine]:
    """The inquiries in some states, of a programme's year, that ask a street, whose title or number holds the words."""
    return [
        line
        for line in lines
        if (not show or line.inquiry.state in SHOWS[show][1])
        and (not year or str(line.inquiry.programme.year) == year)
        and (not street or any(each.code == street for each in line.streets))
        and (not words or words in line.inquiry.title or words in line.inquiry.number)
    ]
