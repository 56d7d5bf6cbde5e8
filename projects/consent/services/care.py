"""Visits at the doors of elderly and disabled households (敲门行动): what is needed, and that it was done."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from projects.consent.models import CareVisit, Household
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit


@transaction.atomic
def record_visit(
    *, household: Household, visited_on: date, needs: str, by: User, now: datetime
) -> CareVisit:
    """Record a visit; ``needs`` empty where nothing is needed. Refuses a day to come (``consent.future``) and a
    household that nobody asked to be called on (``consent.no_care``)."""
    if visited_on > local_day(now):
        raise Refusal("consent.future", "上门日期不能晚于今天。", field="visited_on")
    if not household.care:
        raise Refusal("consent.no_care", "请先在住户页登记上门关注的原因。")
    visit = CareVisit(household=household, visited_on=visited_on, recorded_by=by, recorded_at=now)
    visit.keep_needs(needs.strip())
    visit._history_user = by  # type: ignore[attr-defined]
    visit.save()
    audit(
        act="care.visit",
        sentence=f"登记{household.estate}{household.place}的上门记录"
        + ("，有需求待办" if visit.has_needs else ""),
        by=by,
        now=now,
        target=visit,
        organisation=household.estate.project.street,
    )
    return visit


@transaction.atomic
def serve(*, visit: CareVisit, served_on: date, what: str, by: User, now: datetime) -> CareVisit:
    """Say that a need was met, when and how. Refuses a day before the visit or to come (``consent.day``), no
    words (``consent.reason``), and what waits for nothing (``StateConflict``)."""
    row = CareVisit.objects.select_for_update().get(pk=visit.pk)
    if not row.is_open:
        raise StateConflict("这条需求已经办妥。", state="served")
    if not row.visited_on <= served_on <= local_day(now):
        raise Refusal(
            "consent.day",
            f"办妥日期应在 {chinese_date(row.visited_on)} 至今天之间。",
            field="served_on",
        )
    if not what.strip():
        raise Refusal("consent.reason", "请写明办理情况。", field="what")
    row.served_on, row.served_by = served_on, by
    row.keep_served(what.strip())
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    household = row.household
    audit(
        act="care.serve",
        sentence=f"办妥{household.estate}{household.place}的上门需求",
        by=by,
        now=now,
        target=row,
        organisation=household.estate.project.street,
    )
    return row
