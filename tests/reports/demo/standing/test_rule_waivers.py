"""The demo's 规则豁免: one that spared a row, one that is over, one that waits; nothing of it after the demo's moment."""

from __future__ import annotations

import pytest

from supervision.weekly.models import ReportQuestion, RuleWaiver
from supervision.weekly.rule_waivers.listing import RuleWaiverLine
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_the_waivers_stand_as_they_should(demo: Demo) -> None:
    found = {each.pk: RuleWaiverLine(each, demo.now) for each in RuleWaiver.objects.order_by("pk")}
    words = [line.word for line in found.values()]
    assert words.count("待批准") == 1
    assert "已到期" in words
    for line in found.values():
        row = line.row
        assert row.asked_at <= demo.now
        assert row.decided_at is None or row.asked_at < row.decided_at <= demo.now
        assert row.decided_by != row.asked_by


def test_what_was_spared_was_sent_while_the_waiver_held(demo: Demo) -> None:
    asked = ReportQuestion.objects.select_related("waiver", "weekly_return")
    assert asked.exists()
    for each in asked:
        report = each.weekly_return.reports.get(project=each.project)
        assert each.waiver is not None or report.explanation
        if each.waiver is not None:
            held = RuleWaiver.objects.in_force_at(each.weekly_return.submitted_at)
            assert each.waiver in held
