"""The list of follow-ups, what of a return is asked about, and who may own one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q

from renovation.accounts.enums import PERMISSIONS_OF, Permission, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.periods import Week
from renovation.face.ordering import in_order
from supervision.weekly.enums import FollowUpState
from supervision.weekly.models import FollowUp, FollowUpStep, WeeklyReturn
from supervision.weekly.querysets import FollowUpQuerySet

from .forms import FollowUpFilterForm

_KINDS = {FollowUpState.OPEN: "active", FollowUpState.ANSWERED: "waiting"}


@dataclass(frozen=True, slots=True)
class FollowUpLine:
    """A follow-up and how late its answer is (days, 0 in time)."""

    row: FollowUp
    late_days: int

    @property
    def week(self) -> Week:
        """The week that it asks about."""
        return Week.of(self.row.weekly_return.week_start)

    @property
    def street(self) -> Organisation:
        """The street that answers."""
        return self.row.weekly_return.street

    @property
    def is_overdue(self) -> bool:
        """Late and still without an answer."""
        return self.late_days > 0 and self.row.state == FollowUpState.OPEN

    @property
    def word(self) -> str:
        """Its state in words."""
        state = str(self.row.get_state_display())
        return f"{state}，逾期" if self.is_overdue else state

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        return "alarm" if self.is_overdue else _KINDS.get(FollowUpState(self.row.state), "quiet")


@dataclass(frozen=True, slots=True)
class FollowUpTable:
    """The lines that fit, and how many of them wait for whom."""

    lines: tuple[FollowUpLine, ...]

    def count(self, state: str) -> int:
        """How many are in a state."""
        return sum(line.row.state == state for line in self.lines)

    @property
    def open_count(self) -> int:
        return self.count(FollowUpState.OPEN)

    @property
    def answered_count(self) -> int:
        return self.count(FollowUpState.ANSWERED)

    @property
    def overdue_count(self) -> int:
        return sum(line.is_overdue for line in self.lines)


KEYS: dict[str, Any] = {
    "project": lambda line: line.row.project.name,
    "week": lambda line: line.row.weekly_return.week_start,
    "asked": lambda line: line.row.asked_at,
    "due": lambda line: line.row.due_on,
    "late": lambda line: line.late_days,
}


def lines_of(*, rows: FollowUpQuerySet, today: date) -> list[FollowUpLine]:
    """Follow-ups with their lateness; those not settled first, by the day of their answer. One query."""
    found = rows.select_related("weekly_return__street", "project", "owner", "asked_by")
    lines = [FollowUpLine(row, row.late_days(today)) for row in found.order_by("due_on", "pk")]
    return sorted(lines, key=lambda line: line.row.state == FollowUpState.CLOSED)


def follow_up_table(
    *, scope: Scope, form: FollowUpFilterForm, sort: str, today: date
) -> FollowUpTable:
    """The follow-ups in sight that fit. One query."""
    rows = FollowUp.objects.visible_to(scope)
    state = form.chosen("state")
    if state == "overdue":
        rows = rows.overdue_on(today)
    elif not state:
        rows = rows.unsettled()
    elif state != "all":
        rows = rows.filter(state=state)
    if street := form.chosen("street"):
        rows = rows.filter(weekly_return__street__code=street)
    if words := form.chosen("q"):
        rows = rows.filter(Q(project__name__icontains=words) | Q(project__code__icontains=words))
    lines = in_order(lines_of(rows=rows, today=today), sort, KEYS)
    return FollowUpTable(tuple(lines))


def steps_of(*, follow_ups: Sequence[FollowUp]) -> dict[int, list[FollowUpStep]]:
    """follow-up id → its steps, the first one first. One query."""
    rows = FollowUpStep.objects.filter(follow_up__in=[row.pk for row in follow_ups])
    found: dict[int, list[FollowUpStep]] = {}
    for step in rows.select_related("by", "stands_for").order_by("pk"):
        found.setdefault(step.follow_up_id, []).append(step)
    return found


def streets_of(scope: Scope) -> list[tuple[str, str]]:
    """(code, short name) of the streets that were asked anything, for the filter. One query."""
    asked = FollowUp.objects.visible_to(scope).values("weekly_return__street")
    rows = Organisation.objects.filter(pk__in=asked).order_by("order", "code")
    return list(rows.values_list("code", "short_name"))


def of_return(
    *, scope: Scope, weekly_return: WeeklyReturn, today: date
) -> dict[int, list[FollowUpLine]]:
    """project id → what was asked about it in any version of this return. One query."""
    rows = FollowUp.objects.visible_to(scope).filter(
        weekly_return__street=weekly_return.street_id,
        weekly_return__week_start=weekly_return.week_start,
    )
    found: dict[int, list[FollowUpLine]] = {}
    for line in lines_of(rows=rows, today=today):
        found.setdefault(line.row.project_id, []).append(line)
    return found


def owners_of(*, bureau: Organisation, today: date) -> list[User]:
    """The people of the bureau who may own a follow-up. One query."""
    roles = [role for role in Role if Permission.RETURN_SEND_BACK in PERMISSIONS_OF[role]]
    posts = Membership.objects.filter(organisation=bureau, role__in=roles).valid_on(today)
    rows = User.objects.filter(is_active=True, pk__in=posts.values("user"))
    return list(rows.order_by("post_name", "username"))
