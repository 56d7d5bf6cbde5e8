"""Notices of the demo agree with the gates: nothing stands passed that the rule would refuse."""

from __future__ import annotations

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.gatekeeping import checks_of
from projects.ledger.models import Gate
from projects.residents.enums import NoticeState
from projects.residents.models import Notice, Objection
from projects.residents.register import last_day
from renovation.core.calendar import local_day
from renovation.records.services import work_calendar

pytestmark = pytest.mark.django_db


def test_every_gate_that_is_passed_had_its_notices_concluded(demo) -> None:
    refused = {}
    judged = 0
    for kind in (GateKind.STARTED, GateKind.ACCEPTED):
        rows = Gate.objects.filter(kind=kind, actual_on__isnull=False)
        for gate in rows.select_related("project__programme__bureau"):
            for check in checks_of(gate=kind):
                if check.code.startswith("residents.") and gate.actual_on is not None:
                    judged += 1
                    if sentence := check.find(gate.project, gate.actual_on):
                        refused[gate.project.code, check.code] = sentence
    assert refused == {}
    assert judged > 40


def test_notices_are_held_to_the_portals_own_rules(demo) -> None:
    today, calendar = local_day(demo.now), work_calendar()
    wrong = []
    for notice in Notice.objects.exclude(posted_on=None):
        assert notice.posted_on is not None
        last = last_day(notice=notice, calendar=calendar)
        done = notice.state == NoticeState.CONCLUDED
        if notice.posted_on > today or last != notice.closes_on:
            wrong.append((notice.pk, "days"))
        if done and notice.concluded_on is not None and notice.concluded_on > today:
            wrong.append((notice.pk, "future"))
        if done and notice.objections.filter(outcome="").exists():
            wrong.append((notice.pk, "open"))
    assert wrong == []
    assert Notice.objects.running().exists()
    raised = Objection.objects.select_related("notice")
    assert [row.pk for row in raised if row.raised_on < row.notice.posted_on] == []
