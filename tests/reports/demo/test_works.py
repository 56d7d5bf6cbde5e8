"""The works of the demo: true on any day it is started, and never against the portal's own rules."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import pytest

from projects.ledger.addresses import building_form
from projects.ledger.enums import GateKind
from projects.ledger.models import Gate
from projects.works.enums import STANDING, Layer, PlanState
from projects.works.ground import building_keys
from projects.works.models import Completion, IllegalStructure, ItemPlan, UtilityPlan, WorkItem
from renovation.core.calendar import local_day
from tests.reports.demo.conftest import Demo, load_on, undone

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module", params=["2025-09-16", "2026-01-20"])
def demo(
    request: pytest.FixtureRequest, django_db_setup: None, django_db_blocker: Any
) -> Iterator[Demo]:
    with undone(django_db_blocker):
        yield load_on(request.param)


def test_nothing_is_against_the_rules_of_the_works(demo: Demo) -> None:
    today = local_day(demo.now)
    started = dict(
        Gate.objects.filter(kind=GateKind.STARTED).values_list("project_id", "actual_on")
    )
    standing: defaultdict[int, set[str]] = defaultdict(set)
    for row in IllegalStructure.objects.filter(state__in=STANDING):
        standing[row.project_id].add(building_form(row.building))
    entries = list(Completion.objects.select_related("item__menu_item"))
    assert entries
    for entry in entries:
        began = started[entry.item.project_id]
        assert began is not None
        assert began <= entry.delivered_on <= today
        if entry.item.menu_item.layer == Layer.ENVELOPE:
            assert not building_keys(entry.building) & standing[entry.item.project_id]
    planned = {
        plan.item_id: plan.quantity
        for plan in ItemPlan.objects.filter(state=PlanState.APPROVED).order_by("version")
    }
    delivered: defaultdict[int, Decimal] = defaultdict(Decimal)
    explained = set()
    for entry in entries:
        delivered[entry.item_id] += entry.quantity
        if entry.explanation:
            explained.add(entry.item_id)
    above = {pk for pk, quantity in delivered.items() if quantity > planned[pk]}
    assert above <= explained
    assert WorkItem.objects.count() == len(planned)


def test_every_case_has_its_steps_and_every_utility_its_days(demo: Demo) -> None:
    today = local_day(demo.now)
    for row in IllegalStructure.objects.prefetch_related("steps"):
        steps = list(row.steps.all())
        assert steps[0].act == "find"
        assert steps[-1].state == row.state
        assert [step.occurred_on for step in steps] == sorted(step.occurred_on for step in steps)
        assert steps[-1].occurred_on <= today
    assert IllegalStructure.objects.filter(state__in=STANDING).exists()
    states = set(UtilityPlan.objects.values_list("state", flat=True))
    assert {"planned", "done"} <= states
    assert not UtilityPlan.objects.filter(started_on__gt=today).exists()
