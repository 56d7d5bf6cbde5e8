"""Loads the demo: two years of a district, up to the moment it is asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time

from django.apps import apps
from django.db import transaction

from projects.ledger.models import Programme
from projects.works.seeds import plant
from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.records.services import work_calendar

from .acts import Acts
from .adjusting import AdjustmentWriter
from .aftercare import AftercareWriter
from .asking import FollowUpWriter
from .consent import ConsentWriter
from .contacts import add_contacts
from .dispatching import DispatchWriter
from .dossiers import DossierWriter
from .gating import GatingWriter
from .inquiries import InquiryWriter
from .ledger import LedgerWriter
from .messages import add_messages
from .midyear import MidYear, mid_year
from .money import MoneyWriter, add_sources
from .openings import add_openings
from .outlines import outlines
from .outputs import add_schedules, add_subscriptions
from .people import District, add_district, add_holidays, find_district, set_passwords
from .pledging import add_pledges
from .postings import NoticeWriter
from .posts import add_stand_ins
from .present import present_stories
from .purse import PurseWriter
from .pursuits import PursuitWriter
from .returns import ReturnWriter
from .rule_waivers import RuleWaiverWriter
from .stories import Story
from .talks import TalkWriter
from .timetables import settled_stories
from .told import Told
from .weeks import AskedWeek, asked_weeks
from .works import WorksWriter

FIRST_YEAR = 2025


@dataclass(frozen=True)
class Loaded:
    """What loading did: whether anything was written, and the accounts."""

    is_new: bool
    years: tuple[int, ...]


def programme_year(*, today: date) -> int:
    """The year of the newest programme: in January the one that began last (issue 1, Ledger)."""
    return max(FIRST_YEAR, today.year - (today.month == 1))


@transaction.atomic
def load(*, password: str, now: datetime, with_papers: bool = True) -> Loaded:
    """Load the demo as it stands at ``now``; where it is loaded already, write nothing.

    ``with_papers`` also judges all past weeks and issues past papers, which takes most of the time.
    Refuses (``demo.not_empty``) a database that holds somebody else's users.
    """
    if Programme.objects.filter(bureau__code="zichuan-bureau").exists():
        known = Programme.objects.order_by("year").values_list("year", flat=True)
        return Loaded(False, tuple(known))
    if User.objects.exists():
        raise Refusal("demo.not_empty", "数据库里已有正式用户，不能装入演示数据。")
    plant(apps)  # a database that was emptied lacks what migrations planted
    today = local_day(now)
    district = add_district(password=password)
    add_holidays(today=today, by=district.users["admin"])
    calendar = work_calendar()
    acts = Acts()
    newest = programme_year(today=today)
    years = tuple(sorted({FIRST_YEAR, max(FIRST_YEAR, newest - 1), newest}))
    sources = add_sources(by=district)
    money = MoneyWriter(district=district, calendar=calendar, acts=acts, now=now)
    told: list[Told] = []
    midyear = _midyear(newest, now, calendar)
    for year in years:
        adjusted = midyear if year == newest else MidYear()
        rows = _write_year(year, newest, district, calendar, acts, now, adjusted)
        money.write(rows, sources)
        told += rows
    gating = GatingWriter(district=district, calendar=calendar, acts=acts, now=now)
    gating.write(told)
    pledges = add_pledges(district=district, acts=acts, now=now)
    ReturnWriter(district=district, calendar=calendar, acts=acts, now=now, pledges=pledges).write(
        told
    )
    add_openings()
    RuleWaiverWriter(district=district, calendar=calendar, acts=acts, now=now).write()
    FollowUpWriter(district=district, calendar=calendar, acts=acts, now=now).write()
    DossierWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    WorksWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    ConsentWriter(district=district, calendar=calendar, acts=acts, now=now).write(
        told, newest=newest
    )
    gating.except_from_consent(told, newest=newest)
    NoticeWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    TalkWriter(district=district, calendar=calendar, now=now).write(told)
    AftercareWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    PurseWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    PursuitWriter(district=district, calendar=calendar, acts=acts, now=now).write(told)
    add_stand_ins(district=district, acts=acts, now=now)
    InquiryWriter(district=district, calendar=calendar, acts=acts, now=now).write()
    dispatch = DispatchWriter(district=district, calendar=calendar, acts=acts, now=now)
    dispatch.write()
    AdjustmentWriter(district, calendar, acts, now, midyear).cancel(told)
    add_contacts(district=district, now=now)
    add_subscriptions(district=district)
    if with_papers:
        from .papers import PaperWriter  # brings the libraries of PDF and Excel with it

        papers = PaperWriter(district=district, calendar=calendar, acts=acts, now=now)
        papers.write(min(one.project.entered_on for one in told))
    acts.write()
    dispatch.plan_next()
    add_schedules(district=district, now=now)
    add_messages(district=district, now=now)
    return Loaded(True, years)


@transaction.atomic
def renew_passwords(*, password: str, now: datetime) -> None:
    """Give every demo account the password."""
    set_passwords(password=password, now=now)


def _write_year(
    year: int,
    newest: int,
    district: District,
    calendar: WorkCalendar,
    acts: Acts,
    now: datetime,
    midyear: MidYear,
) -> list[Told]:
    writer = LedgerWriter(
        district=district,
        calendar=calendar,
        acts=acts,
        year=year,
        approved_on=_approval(year, now, calendar),
        now=now,
        midyear=midyear,
    )
    return writer.write(_stories(year, newest, now, calendar))


def _approval(year: int, now: datetime, calendar: WorkCalendar) -> date:
    """The day the programme was approved: 20 January, early in January in the first half of a year that runs
    (its projects in trouble begin early, so that they can be in trouble)."""
    early = local_day(now) < date(year, 7, 15)
    return calendar.roll_forward(date(year, 1, 5 if early else 20))


def _midyear(newest: int, now: datetime, calendar: WorkCalendar) -> MidYear:
    """The adjustments of the newest programme; that of 2025 stands as its document has it."""
    if newest == FIRST_YEAR:
        return MidYear()
    return mid_year(
        year=newest,
        programmed_on=_approval(newest, now, calendar),
        today=local_day(now),
        calendar=calendar,
    )


def _stories(year: int, newest: int, now: datetime, calendar: WorkCalendar) -> list[Story]:
    today = local_day(now)
    if year < newest or today.year > year:
        return settled_stories(year, outlines(year), unstarted=year == newest)
    closed, before = last_closed(calendar=calendar, now=now)
    return present_stories(year, closed=closed.week.end, before=before.week.end, calendar=calendar)


def last_closed(*, calendar: WorkCalendar, now: datetime) -> tuple[AskedWeek, AskedWeek]:
    """The last week that asked for returns and is closed, and the asked one before it."""
    this = Week.of(local_day(now))
    weeks = asked_weeks(calendar, this.shift(-12), this)
    closed = [week for week in weeks if week.closes_at < now]
    return closed[-1], closed[-2]


def moment_of(*, today: date) -> datetime:
    """The moment that a day stands for where only a day is given: 10:00."""
    return local_moment(today, time(10))


__all__ = ["Loaded", "find_district", "last_closed", "load", "moment_of", "programme_year"]
