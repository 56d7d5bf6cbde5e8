"""Two people act at once: what needs a word twice is taken silently once, a step is done once."""

from __future__ import annotations

from datetime import date, time
from decimal import Decimal

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.works.enums import PlanState, StructureAct
from projects.works.models import Completion, ItemPlan
from projects.works.services import items, structures
from projects.works.services.items import CompletionValues
from renovation.core.calendar import local_moment
from renovation.core.errors import Refusal, StateConflict
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory, StoredFileFactory
from tests.factories.works import ItemPlanFactory, MenuItemFactory, StructureFactory, planned_item
from tests.races import at_once

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
NOW = local_moment(date(2025, 5, 7), time(10))


def scene() -> tuple[District, Project]:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    GateFactory(
        project=project,
        kind=GateKind.STARTED,
        actual_on=date(2025, 3, 3),
        evidence=StoredFileFactory(),
    )
    return district, project


def test_two_entries_that_only_fit_once_leave_one() -> None:
    district, project = scene()
    item = planned_item("100", project=project, menu_item=MenuItemFactory(code="water-pipes"))
    values = CompletionValues(
        quantity=Decimal(60), delivered_on=date(2025, 4, 18), accepted_by="监理单位 总监岗"
    )
    answers = at_once(
        *(
            lambda by=by: items.deliver(item=item, values=values, evidence=None, by=by, now=NOW)
            for by in (district.users["zhonglou"], district.users["bureau"])
        )
    )
    refusals = [answer for answer in answers if isinstance(answer, Refusal)]
    assert [refusal.code for refusal in refusals] == ["completion.explain"]
    assert Completion.objects.count() == 1


def test_a_plan_is_decided_once() -> None:
    district, project = scene()
    item = planned_item("100", project=project, menu_item=MenuItemFactory(code="water-pipes"))
    plan = ItemPlanFactory(item=item, version=2, quantity=Decimal(120), state=PlanState.PENDING)
    reviewer = district.users["reviewer"]
    answers = at_once(
        *(
            lambda approve=approve: items.decide_plan(
                plan=ItemPlan.objects.get(pk=plan.pk),
                approve=approve,
                comment="不需要",
                by=reviewer,
                now=NOW,
            )
            for approve in (True, False)
        )
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1


def test_a_step_is_taken_once() -> None:
    district, project = scene()
    found = StructureFactory(project=project)
    clerk = district.users["zhonglou"]
    answers = at_once(
        *(
            lambda: structures.take_step(
                structure=type(found).objects.get(pk=found.pk),
                act=StructureAct.NOTIFY,
                occurred_on=date(2025, 3, 12),
                permissions=scope_for(clerk).permissions,
                by=clerk,
                now=NOW,
            )
            for _ in range(2)
        )
    )
    assert sum(isinstance(answer, StateConflict) for answer in answers) == 1
    assert [step.state for step in found.steps.all()] == ["found", "notified"]
