"""Items as plain facts on a day, for figures: when they came into force, by which day they were due, how they ended."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, time, timedelta

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day, local_moment
from renovation.core.periods import DAY, Period
from renovation.core.wording import chinese_date

from .enums import AnswererKind, ExtensionState, ItemAct
from .items.answered import answerer_at, read_moves, street_of_project
from .models import DispatchItem, ItemExtension, ItemStep


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFacts:
    """An item in force at the end of the day ``on``, not cancelled by it.

    It is counted for who had it on its limit day, or on ``on`` where that is not over, one that a party or a section
    has for the street of its project on that day: what is transferred later, and a project that moves later, rewrites
    nothing. ``limit_on`` is the deadline with the extensions that were granted before it was over.
    ``done_on`` is the day on which it was closed, ``reported_on`` that of the report which was accepted, or of the one
    that waits, ``sent_back_on`` the last one on which a report that had come by the limit was sent back; None where
    there is none by the day. ``starts`` and ``ends`` bound the period that is counted, ``ends`` at most ``on``.
    """

    street_code: str
    street_name: str
    project_code: str
    label: str
    in_force_on: date
    limit_on: date
    reported_on: date | None
    done_on: date | None
    sent_back_on: date | None
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
        """The day on which the answer was known, so that a period which is over is not judged anew: where it came in
        time the one on which the bureau closed it, else the day after the limit, or a later one on which a report that
        had come in time was sent back. A report in time that waits for the bureau is not judged yet."""
        if self.in_time:
            return self.done_on
        waits = (
            self.done_on is None
            and self.reported_on is not None
            and self.reported_on <= self.limit_on
        )
        known = self.limit_on + DAY
        if self.sent_back_on is not None:
            known = max(known, self.sent_back_on)
        return known if known <= self.on and not waits else None

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
    in sight where a scope is given. Three queries, one more where the project of an item ever moved."""
    in_sight = None
    if scope is not None and bureau.pk not in scope.organisation_ids:
        in_sight = scope.organisation_ids
    ends = min(period.end, on)
    found = []
    rows = DispatchItem.objects.filter(bureau=bureau).in_force().with_moved()
    items = [
        item
        for item in rows.select_related("organisation", "project__street").order_by(
            "week_start", "number"
        )
        if item.in_force_at is not None
        and local_day(item.in_force_at) <= on
        and not (item.cancelled_at is not None and local_day(item.cancelled_at) <= on)
    ]
    read_moves(items)
    limits, steps = _limits(items, on), _steps(items)
    for item in items:
        if item.in_force_at is None:
            continue
        limit, acts = limits[item.pk], steps[item.pk]
        day = min(limit, on)
        answerer = answerer_at(
            item=item,
            transfers=[step for step in acts if step.act == ItemAct.TRANSFER],
            moment=local_moment(day + DAY, time()) - timedelta(microseconds=1),
        )
        home = street_of_project(item=item, on=day)
        street = answerer.organisation if answerer.kind is AnswererKind.STREET else home
        if in_sight is not None and not in_sight & {each.pk for each in (street, home) if each}:
            continue
        done = local_day(item.done_at) if item.done_at else None
        reported, sent_back = _reported(acts, limit, on)
        fact = ItemFacts(
            street_code=street.code if street else "",
            street_name=street.short_name if street else answerer.name,
            project_code=item.project.code if item.project else "",
            label=f"{item.code} {answerer.name}",
            in_force_on=local_day(item.in_force_at),
            limit_on=limit,
            reported_on=reported,
            done_on=done if done is not None and done <= on else None,
            sent_back_on=sent_back,
            on=on,
            starts=period.start,
            ends=ends,
        )
        if fact.is_assigned or fact.is_judged:
            found.append(fact)
    return found


def _steps(items: list[DispatchItem]) -> defaultdict[int, list[ItemStep]]:
    """item id → its reports, what was sent back and its transfers, in their order. One query."""
    found: defaultdict[int, list[ItemStep]] = defaultdict(list)
    rows = ItemStep.objects.filter(
        item__in=[item.pk for item in items],
        act__in=[ItemAct.REPORT, ItemAct.SEND_BACK, ItemAct.TRANSFER],
    ).select_related("from_organisation")
    for step in rows.order_by("pk"):
        found[step.item_id].append(step)
    return found


def _reported(steps: list[ItemStep], limit: date, on: date) -> tuple[date | None, date | None]:
    """(the day of the report that stood at the end of a day, the last day by it on which a report that had come by the
    limit was sent back)."""
    reported = sent_back = None
    for step in steps:
        day = local_day(step.at)
        if day > on:
            break
        if step.act == ItemAct.REPORT:
            reported = day
        elif step.act == ItemAct.SEND_BACK:
            if reported is not None and reported <= limit:
                sent_back = day
            reported = None
    return reported, sent_back


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
