"""Visits at the doors of elderly and disabled households (敲门行动): what is needed, and that it was done."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from projects.consent.models import CareVisit, Household
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.services import audit


@dataclass(frozen=True, slots=True)
class VisitValues:
    """A visit as it was: the day, what was needed ("" for nothing), and when and how it was met (None and "" while
    it waits)."""

    visited_on: date
    needs: str = ""
    served_on: date | None = None
    what: str = ""


@transaction.atomic
def record_visit(
    *, household: Household, visited_on: date, needs: str, by: User, now: datetime
) -> CareVisit:
    """Record a visit; ``needs`` empty where nothing is needed. Refuses a day to come (``consent.future``) and a
    household that nobody asked to be called on (``consent.no_care``)."""
    if visited_on > local_day(now):
        raise Refusal("consent.future", "上门日期不能晚于今天。", field="visited_on")
    household = _held(household.pk)
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
    """Say that a need was met, when and how; of a household whose archive was emptied the day alone is kept. Refuses a
    day before the visit or to come (``consent.day``), no words (``consent.reason``), and what waits for nothing
    (``StateConflict``)."""
    household = _held(visit.household_id)
    row = CareVisit.objects.select_for_update().get(pk=visit.pk)
    if not row.stands:
        raise StateConflict("这条上门记录已经更正或作废。", state="withdrawn")
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
    if household.purged_at is None:
        row.keep_served(what.strip())
    row._history_user = by  # type: ignore[attr-defined]
    row.save()
    audit(
        act="care.serve",
        sentence=f"办妥{household.estate}{household.place}的上门需求",
        by=by,
        now=now,
        target=row,
        organisation=household.estate.project.street,
    )
    return row


@transaction.atomic
def correct_visit(
    *, visit: CareVisit, values: VisitValues, reason: str, by: User, now: datetime
) -> CareVisit:
    """Enter a visit anew that was recorded wrongly: the new entry points to the old one, which is set aside with the
    reason, stays to be read and counts no more. Returns the new one.

    Refuses no reason (``consent.reason``), a day to come (``consent.future``), a need that is met without its day or
    words (``consent.served``), on a day before the visit or to come (``consent.day``) or where none is said
    (``consent.no_need``), what changes nothing (``consent.same``), what was emptied after the time of retention
    (``consent.purged``), and an entry that was set aside before (``StateConflict``).
    """
    row, words = _set_aside(visit, reason)
    if row.household.purged_at is not None:
        raise Refusal(
            "consent.purged", "保存期满，需求和办理情况已经清除，不能更正；登错了的请作废。"
        )
    needs, what = values.needs.strip(), values.what.strip()
    _check_values(values, needs, what, local_day(now))
    served = (values.served_on, what)
    if (values.visited_on, needs, *served) == (
        row.visited_on,
        row.needs,
        row.served_on,
        row.served,
    ):
        raise Refusal("consent.same", "与原来的记录相同，没有要更正的。", field="visited_on")
    made = CareVisit(
        household=row.household,
        visited_on=values.visited_on,
        recorded_by=by,
        recorded_at=now,
        corrects=row,
    )
    made.keep_needs(needs)
    if values.served_on is not None:
        as_before = served == (row.served_on, row.served)
        made.served_on, made.served_by = values.served_on, row.served_by if as_before else by
        made.keep_served(what)
    _withdraw(row, words, by, now)
    made._history_user = by  # type: ignore[attr-defined]
    made.save(force_insert=True)
    household = row.household
    audit(
        act="care.correct",
        sentence=f"更正{household.estate}{household.place}的上门记录",
        by=by,
        now=now,
        target=made,
        organisation=household.estate.project.street,
        changes={
            "visited_on": [str(row.visited_on), str(made.visited_on)],
            "has_needs": [row.has_needs, made.has_needs],
            "served_on": [str(day) if day else None for day in (row.served_on, made.served_on)],
        },
        reason=words,
    )
    return made


@transaction.atomic
def withdraw_visit(*, visit: CareVisit, reason: str, by: User, now: datetime) -> CareVisit:
    """Set aside a visit that never was, or of another household; it stays to be read and counts no more. Refuses no
    reason (``consent.reason``) and an entry that was set aside before (``StateConflict``)."""
    row, words = _set_aside(visit, reason)
    _withdraw(row, words, by, now)
    household = row.household
    audit(
        act="care.withdraw",
        sentence=f"作废{household.estate}{household.place}的上门记录",
        by=by,
        now=now,
        target=row,
        organisation=household.estate.project.street,
        reason=words,
    )
    return row


def _held(pk: int) -> Household:
    """The household, locked as the purge locks it: who comes after the purge finds it emptied, and seals nothing anew.
    It is held before its visits, so that neither waits for the other."""
    rows = Household.objects.select_for_update(of=("self",))
    found: Household = rows.select_related("estate__project__street").get(pk=pk)
    return found


def _set_aside(visit: CareVisit, reason: str) -> tuple[CareVisit, str]:
    """The entry, locked behind its household, and why it is to be set aside."""
    household = _held(visit.household_id)
    rows = CareVisit.objects.select_for_update(of=("self",))
    row = rows.get(pk=visit.pk)
    row.household = household
    if not row.stands:
        raise StateConflict("这条上门记录已经更正或作废。", state="withdrawn")
    if not reason.strip():
        raise Refusal("consent.reason", "请写明原因。", field="reason")
    return row, reason.strip()


def _withdraw(row: CareVisit, words: str, by: User, now: datetime) -> None:
    row.withdrawn_by, row.withdrawn_at, row.withdrawal_reason = by, now, words
    row._history_user = by  # type: ignore[attr-defined]
    row.save(update_fields=["withdrawn_by", "withdrawn_at", "withdrawal_reason"])


def _check_values(values: VisitValues, needs: str, what: str, today: date) -> None:
    if values.visited_on > today:
        raise Refusal("consent.future", "上门日期不能晚于今天。", field="visited_on")
    if values.served_on is None:
        if what:
            raise Refusal("consent.served", "写了办理情况的，请填办妥日期。", field="served_on")
        return
    if not needs:
        raise Refusal("consent.no_need", "没有需求的，不填办妥日期和办理情况。", field="served_on")
    if not what:
        raise Refusal("consent.served", "填了办妥日期的，请写明办理情况。", field="what")
    if not values.visited_on <= values.served_on <= today:
        raise Refusal(
            "consent.day",
            f"办妥日期应在 {chinese_date(values.visited_on)} 至今天之间。",
            field="served_on",
        )
