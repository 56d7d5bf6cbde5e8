"""Reporting weeks, returns in any state, and their rows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import factory

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_moment
from supervision.weekly.enums import ReturnAct, ReturnState
from supervision.weekly.kept import NOTICED, PROJECT_ID
from supervision.weekly.models import (
    ReportingWeek,
    ReturnEvent,
    ReturnException,
    WeeklyReport,
    WeeklyReturn,
)

from .accounts import BureauFactory, StreetFactory, UserFactory
from .ledger import ProjectFactory

WEEK = date(2025, 5, 5)  # Monday of the week that the test clock stands in


def at(week_start: date, days: int, clock: time) -> datetime:
    """A moment on the n-th day after the Monday of a week, Asia/Shanghai."""
    return local_moment(week_start + timedelta(days=days), clock)


class ReportingWeekFactory(factory.django.DjangoModelFactory):
    """A week as it stands without holidays: due Friday 17:00, closed Monday 12:00."""

    class Meta:
        model = ReportingWeek

    bureau = factory.SubFactory(BureauFactory)
    week_start = WEEK
    is_asked = True
    opens_at = factory.LazyAttribute(lambda o: at(o.week_start, 0, time(0)))
    due_at = factory.LazyAttribute(lambda o: at(o.week_start, 4, time(17)))
    closes_at = factory.LazyAttribute(lambda o: at(o.week_start, 7, time(12)))


class ReturnExceptionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = ReturnException

    street = factory.SubFactory(StreetFactory)
    week_start = WEEK
    closes_at = factory.LazyAttribute(lambda o: at(o.week_start, 8, time(17)))
    reason = "街道停电"
    granted_by = factory.SubFactory(UserFactory)
    granted_at = factory.LazyAttribute(lambda o: at(o.week_start, 7, time(9)))


class WeeklyReturnFactory(factory.django.DjangoModelFactory):
    """A draft; traits ``is_submitted``, ``is_reviewed``, ``is_approved``, ``is_published`` carry it on."""

    class Meta:
        model = WeeklyReturn

    class Params:
        is_submitted = factory.Trait(
            state=ReturnState.SUBMITTED,
            submitted_by=factory.SubFactory(UserFactory),
            submitted_at=factory.LazyAttribute(lambda o: at(o.week_start, 4, time(10, 30))),
            first_submitted_at=factory.SelfAttribute("submitted_at"),
            due_at_met=factory.LazyAttribute(lambda o: at(o.week_start, 4, time(17))),
        )
        is_reviewed = factory.Trait(
            is_submitted=True,
            state=ReturnState.REVIEWED,
            reviewed_by=factory.SubFactory(UserFactory),
            reviewed_at=factory.LazyAttribute(lambda o: at(o.week_start, 4, time(14))),
        )
        is_approved = factory.Trait(
            is_reviewed=True,
            state=ReturnState.APPROVED,
            approved_by=factory.SubFactory(UserFactory),
            approved_at=factory.LazyAttribute(lambda o: at(o.week_start, 7, time(9))),
        )
        is_published = factory.Trait(
            is_approved=True,
            state=ReturnState.PUBLISHED,
            published_at=factory.LazyAttribute(lambda o: at(o.week_start, 7, time(16))),
        )

    street = factory.SubFactory(StreetFactory)
    week_start = WEEK
    version = 1
    state = ReturnState.DRAFT
    opened_at = factory.LazyAttribute(lambda o: at(o.week_start, 3, time(9)))


class WeeklyReportFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = WeeklyReport

    weekly_return = factory.SubFactory(WeeklyReturnFactory)
    project = factory.SubFactory(
        ProjectFactory, street=factory.SelfAttribute("..weekly_return.street")
    )
    progress_percent = Decimal("10.0")
    completed_investment_fen = 30_0000_00
    work_done = "1、2 号楼外墙保温完成。"
    updated_at = factory.LazyAttribute(lambda o: o.weekly_return.opened_at)
    updated_by = factory.SubFactory(UserFactory)


_TRAITS = {
    ReturnState.DRAFT: {},
    ReturnState.SUBMITTED: {"is_submitted": True},
    ReturnState.REVIEWED: {"is_reviewed": True},
    ReturnState.APPROVED: {"is_approved": True},
    ReturnState.PUBLISHED: {"is_published": True},
}


def make_return(
    street: Organisation,
    rows: Mapping[Project, tuple[str | int | Decimal, int]],
    *,
    week_start: date = WEEK,
    state: ReturnState = ReturnState.APPROVED,
    clerk: User | None = None,
    head: User | None = None,
    reviewer: User | None = None,
    explanation: str = "",
    words: Mapping[str, str] | None = None,
    **fields: Any,
) -> WeeklyReturn:
    """A return with one row a project: (cumulative percent, cumulative completed investment in 分), all
    with the same 情况说明 and other ``words`` by field."""
    reached = list(_TRAITS).index(state)
    people = {"submitted_by": (clerk, 1), "reviewed_by": (head, 2), "approved_by": (reviewer, 3)}
    named = {name: person for name, (person, step) in people.items() if person and reached >= step}
    weekly_return: WeeklyReturn = WeeklyReturnFactory.build(
        street=street, week_start=week_start, **_TRAITS[state], **named, **fields
    )
    for name in ("submitted_by", "reviewed_by", "approved_by"):
        person = getattr(weekly_return, name)
        if person is not None and person.pk is None:
            person.save()
            setattr(weekly_return, name, person)
    # Rows go into a draft: the database takes none into what is approved.
    weekly_return.state = ReturnState.DRAFT
    weekly_return.save()
    for project, (percent, investment) in rows.items():
        WeeklyReportFactory(
            weekly_return=weekly_return,
            project=project,
            progress_percent=Decimal(str(percent)),
            completed_investment_fen=investment,
            updated_by=clerk or weekly_return.submitted_by,
            explanation=explanation,
            **(words or {}),
        )
    weekly_return.state = state
    weekly_return.save(update_fields=["state"])
    return weekly_return


def keep_remarks(sent: WeeklyReturn) -> ReturnEvent:
    """The event of a submission that keeps what the rules remarked on its rows (nothing), as every one does."""
    made: ReturnEvent = ReturnEvent.objects.create(
        weekly_return=sent,
        act=ReturnAct.SUBMIT,
        from_state=ReturnState.DRAFT,
        to_state=ReturnState.SUBMITTED,
        at=sent.submitted_at,
        by=sent.submitted_by,
        rows=[
            {PROJECT_ID: row.project_id, "project": row.project.code, NOTICED: []}
            for row in sent.reports.select_related("project")
        ],
    )
    return made
