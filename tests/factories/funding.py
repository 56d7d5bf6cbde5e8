"""Sources of money, planned amounts and funding events."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any

import factory

from projects.funding.enums import EventState, Stage
from projects.funding.models import (
    Application,
    ApplicationItem,
    FundingEvent,
    FundingPlan,
    FundingSource,
)
from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_moment

from .accounts import UserFactory
from .ledger import ProjectFactory


class FundingSourceFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FundingSource
        django_get_or_create = ("code",)

    code = "central"
    name = factory.LazyAttribute(
        lambda o: {"central": "中央财政补助", "district": "区级财政", "residents": "居民出资"}.get(
            o.code, f"来源 {o.code}"
        )
    )
    is_fiscal = factory.LazyAttribute(lambda o: o.code != "residents")


class FundingPlanFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = FundingPlan

    project = factory.SubFactory(ProjectFactory)
    source = factory.SubFactory(FundingSourceFactory)
    planned_fen = 300_0000_00


class FundingEventFactory(factory.django.DjangoModelFactory):
    """An approved event that counts from its date."""

    class Meta:
        model = FundingEvent

    project = factory.SubFactory(ProjectFactory)
    source = factory.SubFactory(FundingSourceFactory)
    stage = Stage.ALLOCATED
    amount_fen = 100_0000_00
    occurred_on = date(2025, 2, 20)
    effective_on = factory.SelfAttribute("occurred_on")
    document_number = "淄财建指〔2025〕12号"
    state = EventState.APPROVED
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at: Any = factory.LazyAttribute(lambda o: _at(o.occurred_on, 10))
    approved_by = factory.LazyAttribute(
        lambda o: UserFactory() if o.state == EventState.APPROVED else None
    )
    approved_at = factory.LazyAttribute(
        lambda o: _at(o.occurred_on, 15) if o.state == EventState.APPROVED else None
    )


def _at(day: date, hour: int) -> datetime:
    return local_moment(day, time(hour))


def make_chain(
    project: Project,
    *,
    source: FundingSource | None = None,
    planned: int = 300_0000_00,
    allocated: int = 300_0000_00,
    received: int = 200_0000_00,
    released: int = 150_0000_00,
    paid: int = 100_0000_00,
    on: date = date(2025, 3, 3),
) -> list[FundingEvent]:
    """A plan and one approved event a stage, all on one day, amounts in 分; 0 leaves a stage out."""
    source = source or FundingSourceFactory()
    FundingPlanFactory(project=project, source=source, planned_fen=planned)
    clerk, head = UserFactory(), UserFactory()
    amounts = {
        Stage.ALLOCATED: allocated,
        Stage.RECEIVED: received,
        Stage.RELEASED: released,
        Stage.PAID: paid,
    }
    return [
        FundingEventFactory(
            project=project,
            source=source,
            stage=stage,
            amount_fen=amount,
            occurred_on=on,
            recorded_by=clerk,
            approved_by=head,
        )
        for stage, amount in amounts.items()
        if amount
    ]


def make_application(
    bureau: Organisation,
    by: User,
    *,
    asked: Mapping[Project, int],
    source: FundingSource | None = None,
    title: str = "2025年中央补助资金",
) -> Application:
    """A draft for projects, amounts in 分."""
    application = Application.objects.create(
        bureau=bureau,
        source=source or FundingSourceFactory(),
        title=title,
        drafted_by=by,
        drafted_at=_at(date(2025, 2, 3), 10),
    )
    ApplicationItem.objects.bulk_create(
        ApplicationItem(application=application, project=project, asked_fen=amount)
        for project, amount in asked.items()
    )
    return application
