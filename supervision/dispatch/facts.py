"""Items as plain facts on a day, for figures: when they came into force, by which day they were due, how they ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date

from django.db.models import Q

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Period
from renovation.core.wording import chinese_date

from .enums import ExtensionState
from .models import DispatchItem, ItemExtension


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """An item in force at the end of the day ``on``, not cancelled by it.

    ``limit_on`` is the deadline with the extensions that were granted before it was over. ``done_on`` is the day on
    which it was closed, ``reported_on`` that of the report which was accepted, or of the one that waits; both None
    where there is none by the day. ``starts`` and ``ends`` bound the period that is counted, ``ends`` at most ``on``.
    """

    street_code: str
    street_name: str
    project_code: str
    label: str
    in_force_on: date
    limit_on: date
    reported_on: date | None
    done_on: date | None
    on: date
    starts: date
    ends: date

    def _within(self, day: date) -> bool:
        return self.starts <= day <= self.ends

    @property
    def is_assigned(self) -> bool:
        """Came into force in the period."""
        return self._within(self.in_force_on)

    @property
    def is_done(self) -> bool:
        """Came into force in the period and is closed."""
        return self.is_assigned and self.done_on is not None

    @property
    def in_time(self) -> bool:
        """Whether the report that was accepted came by the limit."""
        return (
            self.done_on is not None
            and self.reported_on is not None
            and self.reported_on <= self.limit_on
        )

    @property
    def judged_on(self) -> date | None:
        """The day on which it is judged, once: that of the accepted report where it came in time, else the limit once
        that is over. A report in time that waits for the bureau is not judged yet."""
        if self.in_time:
            return self.reported_on
        waits = (
            self.done_on is None
            and self.reported_on is not None
            and self.reported_on <= self.limit_on
        )
        return self.limit_on if self.on > self.limit_on and not waits else None

    @property
    def is_judged(self) -> bool:
        """Whether it is judged in the period."""
        day = self.judged_on
        return day is not None and self._within(day)

    @property
    def note(self) -> str:
        """期限 2025年5月19日，2025年5月18日报办结"""
        said = f"期限 {chinese_date(self.limit_on)}"
        if self.reported_on is not None:
            said += f"，{chinese_date(self.reported_on)}报办结"
        return f"{said}，还没有核" if self.done_on is None and self.reported_on else said


def item_facts(
    *, bureau: Organisation, period: Period, on: date, scope: Scope | None
) -> list[ItemFacts]:
    """The items of a bureau that are counted or judged in a period, as they stood at the end of a day; of the streets
    in sight where a scope is given. Two queries."""
    rows = DispatchItem.objects.filter(bureau=bureau).in_force()
    if scope is not None and bureau.pk not in scope.organisation_ids:
        streets = scope.organisation_ids
        rows = rows.filter(
            Q(organisation__in=streets, answerer_kind="street") | Q(project__street__in=streets)
        )
    ends = min(period.end, on)
    found = []
    items = [
        item
        for item in rows.select_related("organisation", "project__street").order_by(
            "week_start", "number"
        )
        if item.in_force_at is not None
        and local_day(item.in_force_at) <= on
        and not (item.cancelled_at is not None and local_day(item.cancelled_at) <= on)
    ]
    limits = _limits(items, on)
    for item in items:
        if item.in_force_at is None:
            continue
        done = local_day(item.done_at) if item.done_at else None
        reported = local_day(item.reported_at) if item.reported_at else None
        street = _street(item)
        fact = ItemFacts(
            street_code=street.code if street else "",
            street_name=street.short_name if street else item.answerer_name,
            project_code=item.project.code if item.project else "",
            label=f"{item.code} {item.answerer_name}",
            in_force_on=local_day(item.in_force_at),
            limit_on=limits[item.pk],
            reported_on=reported if reported is not None and reported <= on else None,
            done_on=done if done is not None and done <= on else None,
            on=on,
            starts=period.start,
            ends=ends,
        )
        if fact.is_assigned or fact.is_judged:
            found.append(fact)
    return found


def _street(item: DispatchItem) -> Organisation | None:
    """Whose item it is: the street that answers, else that of its project; None for the bureau's own."""
    if item.answerer_kind == "street":
        return item.organisation
    return item.project.street if item.project is not None else None


def _limits(items: list[DispatchItem], on: date) -> dict[int, date]:
    """item id → its limit on a day: moved by extensions that were granted by then and before it was over. One
    query."""
    granted: defaultdict[int, list[ItemExtension]] = defaultdict(list)
    rows = ItemExtension.objects.filter(
        item__in=[item.pk for item in items if item.extension_count],
        state=ExtensionState.GRANTED,
    )
    for row in rows.order_by("decided_at", "pk"):
        granted[row.item_id].append(row)
    found = {}
    for item in items:
        limit = item.first_due_on
        for row in granted[item.pk]:
            decided = local_day(row.decided_at) if row.decided_at else on
            if decided <= on and decided <= limit and row.granted_on is not None:
                limit = row.granted_on
        found[item.pk] = limit
    return found
