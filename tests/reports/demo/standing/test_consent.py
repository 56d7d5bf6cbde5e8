"""What residents say in the demo agrees with the gates: nothing stands passed that the rule would refuse."""

from __future__ import annotations

import pytest

from projects.consent.enums import Standing
from projects.consent.models import Answer, Household, Round
from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import Estate, Gate

pytestmark = pytest.mark.django_db
CHECKS = {
    GateKind.PROGRAMMED: ("consent.renovation",),
    GateKind.STARTED: ("consent.scheme", "consent.scheme_current"),
}


def test_every_gate_that_is_passed_was_open_on_its_day(demo) -> None:
    gates = Gate.objects.filter(kind__in=CHECKS, actual_on__isnull=False).select_related(
        "project__programme__bureau"
    )
    assert gates.count() > 40
    refused = {}
    for gate in gates:
        for code in CHECKS[GateKind(gate.kind)]:
            check = check_named(code=code)
            assert check is not None
            assert gate.actual_on is not None
            sentence = check.find(gate.project, gate.actual_on)
            if sentence:
                refused[gate.project.code, code] = sentence
    assert refused == {}


def test_every_household_is_listed_and_what_runs_has_something_to_decide(demo) -> None:
    listed = {
        estate.pk: (estate.households.count(), estate.household_count)
        for estate in Estate.objects.all()
    }
    assert {pk: pair for pk, pair in listed.items() if pair[0] != pair[1]} == {}
    running = Round.objects.filter(state="open")
    held = Answer.objects.filter(standing=Standing.HELD)
    assert set(held.values_list("round", flat=True)) == set(running.values_list("pk", flat=True))
    assert Household.objects.exclude(care="").count() > 10
