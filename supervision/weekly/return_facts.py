"""How streets returned, week by week, as figures see it (MEASURES.md, Returns)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from renovation.accounts.models import Organisation
from renovation.core.calendar import local_day
from renovation.core.measures import Approval
from renovation.core.periods import Week

from .enums import APPROVED_STATES, PENDING_STATES, ReturnAct
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .standing import met_due, reported_at
from .weeks import (
    closing_moments,
    moments_between,
    reporting_counts,
    reporting_groups,
    reporting_streets,
)


@dataclass(frozen=True, slots=True)
class ReturnFacts:
    """An expected return: a street in a week that asked, and how it stood at the closing moment.

    ``is_closed`` says whether that moment has passed. ``was_approved`` and ``was_corrected`` are about the
    first version and those after it.
    """

    week: Week
    street: Organisation
    is_reported: bool
    is_on_time: bool
    is_nil: bool
    is_closed: bool
    was_approved: bool
    was_corrected: bool
    late_reason: str

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.street.code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.street.short_name

    @property
    def project_code(self) -> str:
        """A return belongs to no single project."""
        return ""

    @property
    def label(self) -> str:
        """Street and week."""
        return f"{self.street.short_name} {self.week.label}"

    @property
    def word(self) -> str:
        """按时, 迟报, 未报 or 待报; 按时报后退回 for what stood sent back at the closing moment."""
        if self.is_reported:
            return "按时" if self.is_on_time else "迟报"
        if self.is_on_time:
            return "按时报后退回"
        return "未报" if self.is_closed else "待报"


def return_facts(
    *,
    bureau: Organisation,
    first: Week,
    last: Week,
    on: date,
    now: datetime,
    approval: Approval = Approval.APPROVED,
) -> list[ReturnFacts]:
    """Every expected return of the weeks from ``first`` to ``last`` whose Sunday is not after ``on``, by week
    and street. A constant number of queries; none where no week is asked about.

    Whether a street reported is judged at its closing moment, or now where that lies ahead; only a correction
    is looked at by ``approval`` and by the end of ``on``.
    """
    if last < first:
        return []
    weeks = moments_between(bureau=bureau, first=first, last=last, now=now)
    asked = {
        week: moments for week, moments in weeks.items() if moments.is_asked and week.end <= on
    }
    groups = reporting_groups(bureau=bureau)
    expected = reporting_counts(groups=groups, weeks=asked)
    streets = {street.pk: street for street in reporting_streets(bureau=bureau)}
    closing = closing_moments(streets=streets.values(), moments=asked)
    versions = _versions(streets, first, last)
    firsts = [rows[0].pk for rows in versions.values()]
    events, nil = _acts(firsts), nil_returns(firsts)
    found = []
    for week, moments in asked.items():
        for street in streets.values():
            if street.pk not in expected[week]:
                continue
            closes_at = closing[week, street.pk]
            rows = versions.get((week, street.pk), [])
            one = rows[0] if rows else None
            reported = one is not None and reported_at(
                first=one, events=events[one.pk], moment=min(closes_at, now)
            )
            found.append(
                ReturnFacts(
                    week=week,
                    street=street,
                    is_reported=reported,
                    is_on_time=one is not None and met_due(first=one, moments=moments),
                    is_nil=reported and one is not None and one.pk in nil,
                    is_closed=now > closes_at,
                    was_approved=one is not None and one.state in APPROVED_STATES,
                    was_corrected=any(_counts(row, on, approval) for row in rows[1:]),
                    late_reason=one.late_reason if one else "",
                )
            )
    return found


def _versions(
    streets: Iterable[int], first: Week, last: Week
) -> dict[tuple[Week, int], list[WeeklyReturn]]:
    """The versions of each return, the first one first. One query."""
    found: defaultdict[tuple[Week, int], list[WeeklyReturn]] = defaultdict(list)
    rows = WeeklyReturn.objects.filter(
        street__in=list(streets), week_start__gte=first.start, week_start__lte=last.start
    )
    for row in rows.order_by("version"):
        found[Week(row.week_start), row.street_id].append(row)
    return found


def _acts(firsts: list[int]) -> Mapping[int, list[ReturnEvent]]:
    """The submissions and sendings back of returns. One query."""
    found: defaultdict[int, list[ReturnEvent]] = defaultdict(list)
    rows = ReturnEvent.objects.filter(
        weekly_return__in=firsts, act__in=[ReturnAct.SUBMIT, ReturnAct.SEND_BACK]
    )
    for row in rows.defer("rows"):
        found[row.weekly_return_id].append(row)
    return found


def nil_returns(firsts: Iterable[int]) -> set[int]:
    """Of first versions (ids), those whose rows, one at least, all say 无变化: a 零报告, where it was reported.
    One query."""
    rows = WeeklyReport.objects.filter(weekly_return__in=list(firsts)).order_by()
    flags: defaultdict[int, set[bool]] = defaultdict(set)
    for pk, is_unchanged in rows.values_list("weekly_return_id", "is_unchanged").distinct():
        flags[pk].add(is_unchanged)
    return {pk for pk, found in flags.items() if found == {True}}


def _counts(correction: WeeklyReturn, on: date, approval: Approval) -> bool:
    """Whether a correction was made by the end of a day: approved by then, or submitted where what waits is
    asked for."""
    if correction.state in APPROVED_STATES:
        at = correction.approved_at
    elif correction.state in PENDING_STATES and approval is Approval.ALL:
        at = correction.submitted_at
    else:
        return False
    return at is not None and local_day(at) <= on
