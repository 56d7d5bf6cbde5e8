"""Households, rounds that are open, answers with their scans."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, time
from typing import Any

import factory

from projects.consent.enums import Choice, Purpose, RoundState, Standing, Way
from projects.consent.models import Answer, CareVisit, Household, Round
from projects.consent.public.models import PublicRound
from projects.consent.services.rounds import snapshot_of
from projects.ledger.models import Estate, Project
from projects.works.models import MenuItem
from renovation.core.calendar import local_moment

from .accounts import UserFactory
from .ledger import EstateFactory, ProjectFactory, StoredFileFactory

ASKED_ON = date(2025, 1, 6)


def _at(day: date) -> datetime:
    return local_moment(day, time(10))


class HouseholdFactory(factory.django.DjangoModelFactory):
    """A household with a sealed name and phone."""

    class Meta:
        model = Household

    estate = factory.SubFactory(EstateFactory)
    building = "3"
    unit = "1"
    room = factory.Sequence(lambda n: str(101 + n))
    listed_at = _at(date(2025, 2, 10))
    #: Not fields of the row: what is sealed into it.
    name = "张试样"
    phone = "13800005678"

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        name, phone = kwargs.pop("name"), kwargs.pop("phone")
        made = model_class(*args, **kwargs)
        made.keep(name=name, phone=phone)
        made.save()
        return made


class RoundFactory(factory.django.DjangoModelFactory):
    """A round that is open, with its public snapshot."""

    class Meta:
        model = Round

    project = factory.SubFactory(ProjectFactory)
    number = factory.Sequence(lambda n: n + 1)
    purpose = Purpose.RENOVATION
    plan_version = "改造方案第一稿"
    question = "您是否同意本小区列入改造？"
    summary = "更换供水、排水管网，屋面防水，外墙保温，增设停车位。"
    closes_on = date(2025, 6, 30)
    drafted_by = factory.SubFactory(UserFactory)
    drafted_at = _at(date(2025, 3, 3))
    state = RoundState.OPEN
    opened_on = date(2025, 3, 5)
    opened_by = factory.SubFactory(UserFactory)
    opened_at = _at(date(2025, 3, 5))

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **kwargs: Any) -> Any:
        if kwargs["state"] == RoundState.DRAFT:
            kwargs |= {"opened_on": None, "opened_by": None, "opened_at": None}
        made = super()._create(model_class, *args, **kwargs)
        if made.state != RoundState.DRAFT:
            PublicRound.objects.create(
                reference=made.reference,
                content=dict(snapshot_of(found=made, on=made.opened_on)),
                published_at=made.opened_at,
                closed_at=made.closed_at,
            )
        return made


class AnswerFactory(factory.django.DjangoModelFactory):
    """An answer on paper that counts."""

    class Meta:
        model = Answer

    round = factory.SubFactory(RoundFactory)
    household = factory.SubFactory(HouseholdFactory)
    choice = Choice.AGREE
    way = Way.PAPER
    answered_on = date(2025, 3, 10)
    file = factory.SubFactory(StoredFileFactory, is_private=True)
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = _at(date(2025, 3, 10))
    standing = Standing.CURRENT


class CareVisitFactory(factory.django.DjangoModelFactory):
    """A visit with a need that waits."""

    class Meta:
        model = CareVisit

    household = factory.SubFactory(HouseholdFactory, care="elderly")
    visited_on = date(2025, 4, 10)
    has_needs = True
    recorded_by = factory.SubFactory(UserFactory)
    recorded_at = _at(date(2025, 4, 10))


def make_answers(
    found: Round, households: Sequence[Household], *, agreed: int, **fields: Any
) -> list[Answer]:
    """The first ``agreed`` households agree, the others do not."""
    return [
        AnswerFactory(
            round=found,
            household=household,
            choice=Choice.AGREE if place < agreed else Choice.DISAGREE,
            **fields,
        )
        for place, household in enumerate(households)
    ]


def wished(
    project: Project,
    *items: MenuItem,
    number: int = 1,
    asked: Sequence[MenuItem] = (),
    estate: Estate | None = None,
) -> Round:
    """A round that is open since 5 March and asked about the items and ``asked``; one household of the estate, of
    a new one of the project where None, chose the items on 10 March."""
    found: Round = RoundFactory(
        project=project, number=number, purpose=Purpose.SCHEME, state=RoundState.DRAFT
    )
    found.items.set([*items, *asked])
    found.state, found.opened_on, found.opened_at = (
        RoundState.OPEN,
        date(2025, 3, 5),
        _at(date(2025, 3, 5)),
    )
    found.opened_by = UserFactory()
    found.save()
    if items:
        household = HouseholdFactory(estate=estate or EstateFactory(project=project))
        answer: Answer = AnswerFactory(round=found, household=household)
        answer.items.set(items)
    return found


def make_consent(
    project: Project, *, agreed: int, purposes: Sequence[Purpose] = tuple(Purpose), **fields: Any
) -> list[Round]:
    """A round per purpose in which ``agreed`` households of every estate of a project agree."""
    rounds = []
    households = [
        [HouseholdFactory(estate=estate) for _ in range(agreed)] for estate in project.estates.all()
    ]
    for purpose in purposes:
        found = RoundFactory(project=project, purpose=purpose, **fields)
        for rows in households:
            make_answers(found, rows, agreed=agreed)
        rounds.append(found)
    return rounds


def agree(project: Project) -> None:
    """Four fifths of the households of every estate agree to both, early in 2025, so that no gate stays shut
    for want of consent. A project without estates gets one of five households."""
    if not project.estates.exists():
        EstateFactory(project=project, household_count=5)
    households = [
        Household(estate=estate, building="1", unit="", room=str(place), listed_at=_at(ASKED_ON))
        for estate in project.estates.all()
        for place in range(1, 1 - (-estate.household_count * 4 // 5))
    ]
    Household.objects.bulk_create(households)
    scan, by = StoredFileFactory(is_private=True), UserFactory()
    for purpose in Purpose:
        found = RoundFactory(
            project=project,
            purpose=purpose,
            opened_on=ASKED_ON,
            opened_at=_at(ASKED_ON),
            drafted_at=_at(ASKED_ON),
        )
        Answer.objects.bulk_create(
            AnswerFactory.build(
                round=found,
                household=household,
                answered_on=ASKED_ON,
                recorded_by=by,
                file=scan,
            )
            for household in households
        )
