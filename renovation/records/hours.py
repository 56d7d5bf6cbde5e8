"""The office hours of an organisation: outside of them nobody is reminded."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime

from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, WorkHours, local_day

from .parameters import OFFICE_HOURS
from .services import values_in_force, work_calendar


def office_calendar(*, organisation: Organisation | None, on: date) -> WorkCalendar:
    """The official calendar with the office hours in force for an organisation on a day; the usual hours where
    there is none."""
    calendar = work_calendar()
    if organisation is None:
        return calendar
    hours: WorkHours = values_in_force(organisation=organisation, on=on)[OFFICE_HOURS.key]
    return replace(calendar, hours=hours)


def next_office_moment(*, organisation: Organisation | None, moment: datetime) -> datetime:
    """``moment`` itself inside office hours, else the next moment at which the office opens."""
    calendar = office_calendar(organisation=organisation, on=local_day(moment))
    return calendar.next_work_moment(moment)
