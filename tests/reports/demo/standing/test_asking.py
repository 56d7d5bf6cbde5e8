"""The demo's 核实事项: settled, answered, waiting; each step no later than the demo and in order."""

from __future__ import annotations

import pytest

from supervision.weekly.models import FollowUp
from tests.reports.demo.conftest import Demo

pytestmark = pytest.mark.django_db


def test_one_is_settled_one_is_answered_one_waits(demo: Demo) -> None:
    found = list(FollowUp.objects.order_by("asked_at"))
    assert [(each.state, each.steps.count()) for each in found] == [
        ("closed", 3),
        ("answered", 2),
        ("open", 1),
    ]
    for each in found:
        times = list(each.steps.values_list("at", flat=True))
        assert times == sorted(times)
        assert times[-1] <= demo.now
        assert each.weekly_return.submitted_at is not None
        assert each.asked_at >= each.weekly_return.submitted_at
        report = each.weekly_return.reports.get(project=each.project)
        assert str(report.progress_percent) == each.row["progress_percent"]
