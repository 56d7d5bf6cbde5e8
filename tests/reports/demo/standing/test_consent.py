"""What residents say in the demo agrees with the gates: nothing stands passed that the rule would refuse."""

from __future__ import annotations

import pytest

from projects.consent.enums import Standing
from projects.consent.models import Answer, CareVisit, Household, Round
from projects.ledger.enums import ExceptionState, GateKind
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import Estate, Gate, GateException
from projects.works.menu_rounds import not_chosen, rounds_of
from projects.works.models import ItemPlan
from renovation.core.calendar import local_day
from renovation.records.models import AuditEntry

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
                refused[gate.project_id, code] = sentence
    excepted = GateException.objects.filter(
        state=ExceptionState.APPROVED, check_code__in=[code for _, code in refused]
    )
    assert refused == {(row.project_id, row.check_code): row.finding for row in excepted}
    assert len(refused) == 1


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


def test_what_stands_as_chosen_by_residents_was_chosen_in_its_round(demo) -> None:
    """Of years past no round is told: there it stands as it was taken over, without one."""
    plans = list(
        ItemPlan.objects.filter(origin="chosen").select_related(
            "item__menu_item", "item__project__programme"
        )
    )
    named = [plan for plan in plans if plan.choice_round is not None]
    newest = max(plan.item.project.programme.year for plan in plans)
    assert {plan.item.project.programme.year for plan in named} == {newest}
    assert len(named) > 40
    rounds = rounds_of(project_ids={plan.item.project_id for plan in named}, on=local_day(demo.now))
    refused = {}
    for plan in named:
        refusal = not_chosen(
            rounds=[each for each in rounds if each.project_id == plan.item.project_id],
            number=plan.choice_round,
            menu_item=plan.item.menu_item,
            estate_id=plan.item.estate_id,
        )
        if refusal is not None:
            refused[plan.item.project.code, plan.item.menu_item.code] = refusal.message
    assert refused == {}


def test_visits_that_were_recorded_wrongly_stand_beside_what_counts(demo) -> None:
    """One was corrected, one withdrawn; each says who, when and why, and has its entry in the log."""
    aside = CareVisit.objects.filter(withdrawn_at__isnull=False).order_by("pk")
    assert [(row.withdrawal_reason, hasattr(row, "correction")) for row in aside] == [
        ("上门日期登错一天", True),
        ("登到别的住户名下", False),
    ]
    corrected = aside[0].correction
    assert (corrected.stands, corrected.needs) == (True, aside[0].needs)
    acts = AuditEntry.objects.filter(object_id__in=[str(row.pk) for row in aside])
    assert sorted(acts.filter(act__startswith="care.").values_list("act", "at")) == [
        ("care.correct", aside[0].withdrawn_at),
        ("care.withdraw", aside[1].withdrawn_at),
    ]
