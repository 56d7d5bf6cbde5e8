"""Whom only the approved is meant for sees no row of a project that nobody entered into the programme, of any
model that leads to one; the bureau goes on seeing them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.db import models, transaction

from projects.consent.models import Household, Link, Round
from projects.funding.models import Application
from projects.ledger.models import Project
from renovation.accounts.enums import APPROVED_ONLY, Permission, Role
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope, scope_of
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.triggers import lifted
from supervision.dispatch.models import DispatchItem, DispatchMeeting, ItemExtension, Topic
from supervision.weekly.models import FollowUp, FormDraft, StatusJudgement, WeeklyReturn
from supervision.weekly.rule_waivers.models import RuleWaiver
from tests.factories.enrolment import move
from tests.factories.ledger import GateOpeningFactory
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def _paths(model: type[models.Model], behind: tuple[Any, ...] = ()) -> Iterator[str]:
    """How a model leads to projects by its foreign keys, as lookups, the shortest of each key."""
    for field in model._meta.concrete_fields:
        other: Any = field.related_model
        if not field.is_relation or other in (model, *behind):
            continue
        if other is Project:
            yield field.name
        else:
            yield from (f"{field.name}__{path}" for path in _paths(other, (model, *behind)))


def _leading() -> dict[Any, list[str]]:
    found: dict[Any, list[str]] = {Project: ["pk"]}
    for model in apps.get_models():
        paths = list(_paths(model))
        if paths and hasattr(model._default_manager, "visible_to"):
            found[model] = paths
    return found


LEADING = _leading()


def _add_what_the_demo_lacks(project: Project, demo: Demo) -> None:
    """A row of each model of which the demo may hold none."""
    today, by = local_day(demo.now), User.objects.get(username="bureau")
    other = Organisation.objects.filter(kind="street").exclude(pk=project.street_id).first()
    assert other is not None
    move(project, other, Week.of(today).start)
    GateOpeningFactory(project=project)
    StatusJudgement.objects.create(
        project=project,
        week_start=Week.of(today).start,
        light="green",
        reasons=[],
        rules={},
        judged_at=demo.now,
    )
    FollowUp.objects.create(
        weekly_return=WeeklyReturn.objects.filter(street=project.street_id)[0],
        project=project,
        question="累计投资是否含甲供材料",
        asking="累计投资是否含甲供材料",
        row={},
        due_on=today,
        owner=by,
        asked_by=by,
        asked_at=demo.now,
    )
    week = {"street_id": project.street_id, "project": project}
    FormDraft.objects.create(
        **week, week_start=Week.of(today).start, version=1, person=by, saved_at=demo.now
    )
    RuleWaiver.objects.create(
        **week,
        rule="W211",
        starts_on=today,
        ends_on=today,
        reason="分包集中进场",
        asked_by=by,
        asked_at=demo.now,
    )
    _add_dispatch(project, demo, by)
    rounds = Round.objects.filter(project__estates__households__isnull=False)
    for each in rounds.distinct():
        Link.objects.create(
            round=each,
            household=Household.objects.filter(estate__project=each.project_id)[0],
            reference=uuid4(),
            issued_by=by,
            issued_at=demo.now,
        )


def _add_dispatch(project: Project, demo: Demo, by: User) -> None:
    """An item about the project with its extension, and a topic about it."""
    today = local_day(demo.now)
    bureau = project.programme.bureau
    meeting = DispatchMeeting.objects.create(
        bureau=bureau,
        week_start=Week.of(today).start,
        year=Week.of(today).year.year,
        extra_reason="专题",
        meets_at=demo.now,
        place="会议室",
        chair="区局分管负责人",
        planned_by=by,
        planned_at=demo.now,
    )
    topic = Topic.objects.create(
        meeting=meeting,
        place=1,
        kind="other",
        title="专题",
        project=project,
        added_by=by,
        added_at=demo.now,
    )
    item = DispatchItem.objects.create(
        bureau=bureau,
        week_start=Week.of(today).start,
        number=99,
        origin="meeting",
        meeting=meeting,
        topic=topic,
        project=project,
        task="核实现场进度",
        standard="报照片",
        answerer_kind="street",
        organisation=project.street,
        answerer_name=project.street.short_name,
        first_due_on=today,
        due_on=today,
        limit_on=today,
        owner=by,
        state="to_accept",
        assigned_by=by,
        assigned_at=demo.now,
        in_force_at=demo.now,
    )
    ItemExtension.objects.create(
        item=item,
        due_on_then=today,
        wanted_on=today + timedelta(days=7),
        reason="材料未到",
        asked_by=by,
        asked_at=demo.now,
    )


@pytest.fixture
def taken_out(demo: Demo) -> Iterator[set[int]]:
    """Every second project as if nobody had approved its entry."""
    with transaction.atomic():
        pks = set(Project.objects.order_by("pk").values_list("pk", flat=True)[::2])
        with lifted():
            _add_what_the_demo_lacks(Project.objects.get(pk=min(pks)), demo)
            Project._base_manager.filter(pk__in=pks).update(approved_on=None)
        yield pks
        transaction.set_rollback(True)


def _scope(demo: Demo, role: Role, *, streets: bool) -> Scope:
    """Of an approved-only role in the whole district, or of every company, that may do all there is: no
    permission stands in for the sight of projects."""
    npc = scope_of(User.objects.get(username="npc"), on=local_day(demo.now))
    companies = Organisation.objects.filter(kind="company").values_list("pk", flat=True)
    return replace(
        npc,
        roles=frozenset({role}),
        permissions=frozenset(Permission),
        organisation_ids=npc.organisation_ids if streets else frozenset(),
        party_ids=frozenset() if streets else frozenset(companies),
    )


@pytest.mark.parametrize("streets", [True, False], ids=["council", "companies"])
@pytest.mark.parametrize("role", sorted(APPROVED_ONLY))
def test_no_row_of_a_project_that_nobody_entered(
    demo: Demo, taken_out: set[int], role: Role, streets: bool
) -> None:
    scope = _scope(demo, role, streets=streets)
    shown = {}
    for model, paths in LEADING.items():
        rows = model._default_manager.visible_to(scope)
        for path in paths:
            if count := rows.filter(**{f"{path}__in": taken_out}).count():
                shown[f"{model._meta.label} {path}"] = count
    assert shown == {}
    whole = Project.objects.visible_to(scope)
    assert whole.exists()
    assert not set(whole.values_list("pk", flat=True)) & taken_out


def test_the_bureau_sees_rows_of_them_in_every_model_of_the_demo(
    demo: Demo, taken_out: set[int]
) -> None:
    scope = replace(
        scope_of(User.objects.get(username="bureau"), on=local_day(demo.now)),
        permissions=frozenset(Permission),
    )
    unseen = {
        model._meta.label
        for model, paths in LEADING.items()
        if not model._default_manager.visible_to(scope)
        .filter(**{f"{paths[0]}__in": taken_out})
        .exists()
    }
    assert unseen == {"weekly.FormDraft"}  # what is half typed is its street's own
    assert len(LEADING) > 40


def test_an_application_shows_where_one_of_its_projects_was_entered(
    demo: Demo, taken_out: set[int]
) -> None:
    scope = _scope(demo, Role.COUNCIL, streets=True)
    shown = Application.objects.visible_to(scope)
    decided = Application.objects.decided()
    entered = {row.pk for row in decided if row.items.exclude(project__in=taken_out).exists()}
    assert {row.pk for row in shown} == entered
    assert entered
    with lifted():
        Project._base_manager.update(approved_on=None)
    assert not Application.objects.visible_to(scope).exists()
    assert decided.exists()
