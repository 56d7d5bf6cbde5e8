"""When the demo's residents were asked about the scheme, and from when on an item stands as chosen by them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from projects.ledger.models import ProjectDocument
from renovation.core.calendar import local_day

from .told import Told

#: What the scheme's round of the newest year asks about.
MENU_CODES = (
    "lifts",
    "parking",
    "bike-chargers",
    "car-chargers",
    "greening",
    "lighting",
    "ageing",
    "barrier-free",
    "leisure",
    "lockers",
    "parcels",
    "elderly-care",
    "canteen",
)
#: So long after its beginning a round has been answered by many.
_ANSWERED = timedelta(days=5)


@dataclass(frozen=True)
class SchemeDays:
    """The days of the round about the scheme, and whether it runs."""

    opened_on: date
    closes_on: date
    is_open: bool


def plans_filed(told: Iterable[Told]) -> dict[int, list[date]]:
    """The days on which the plan documents of projects (ids) were filed. One query."""
    found: dict[int, list[date]] = {one.project.pk: [] for one in told}
    rows = ProjectDocument.objects.filter(project_id__in=list(found), kind__is_plan=True)
    for pk, stored_at in rows.values_list("project_id", "file__stored_at"):
        found[pk].append(local_day(stored_at))
    return found


def scheme_days(one: Told, today: date, filed: Collection[date]) -> SchemeDays | None:
    """The round before the works, after the plan was ``filed``, or the one that runs where they wait; None where none
    was opened yet."""
    entered_on, started_on = one.project.entered_on, one.story.started_on
    if started_on is not None and started_on <= today:
        known = max((day + timedelta(days=1) for day in filed), default=entered_on)
        opened_on = max(entered_on, started_on - timedelta(days=30), known)
        return SchemeDays(opened_on, max(opened_on, started_on - timedelta(days=4)), is_open=False)
    opened_on = max(entered_on, today - timedelta(days=12))
    if opened_on > today:
        return None
    return SchemeDays(opened_on, today + timedelta(days=18), is_open=True)


def chosen_from(
    one: Told, code: str, *, newest: int, today: date, filed: Collection[date]
) -> date | None:
    """The day from which residents have chosen an item, None where they were not asked about it (yet)."""
    if one.project.programme.year != newest or code not in MENU_CODES:
        return None
    days = scheme_days(one, today, filed)
    if days is None or days.opened_on + _ANSWERED > today:
        return None
    return days.opened_on + _ANSWERED
