"""After-care of the demo agrees with the gates, and shows every state."""

from __future__ import annotations

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import checks_of
from projects.ledger.models import Estate, Gate
from projects.residents.aftercare.register import care_of
from projects.residents.models import (
    Contribution,
    Evaluation,
    FeeCollection,
    FundEntry,
    Handover,
)
from renovation.core.calendar import local_day

pytestmark = pytest.mark.django_db


def test_every_handed_over_project_was_looked_after(demo) -> None:
    (check,) = [
        each for each in checks_of(gate=GateKind.HANDED_OVER) if each.code == "residents.aftercare"
    ]
    rows = Gate.objects.filter(kind=GateKind.HANDED_OVER, actual_on__isnull=False)
    refused = {}
    for gate in rows.select_related("project__programme__bureau"):
        if gate.actual_on and (sentence := check.find(gate.project, gate.actual_on)):
            refused[gate.project.code] = sentence
    assert refused == {}
    assert rows.exists()


def test_nothing_is_recorded_of_days_to_come(demo) -> None:
    today = local_day(demo.now)
    for rows in (
        Handover.objects.filter(handed_on__gt=today),
        Evaluation.objects.filter(held_on__gt=today),
        Contribution.objects.filter(given_on__gt=today),
        FundEntry.objects.filter(moved_on__gt=today),
        FeeCollection.objects.filter(to_on__gt=today),
    ):
        assert list(rows) == []


def test_every_state_of_after_care_is_there(demo) -> None:
    today = local_day(demo.now)
    rows = care_of(
        estates=Estate.objects.all().order_by("pk"), on=today, handovers=Handover.objects.all()
    )
    assert {care.state for care in rows} >= {"not_due", "complete"}
    assert any(care.committee and len(care.committees) == 2 for care in rows)
    assert any(care.collections for care in rows)
    assert Contribution.objects.filter(is_in_funding=True).exists()
