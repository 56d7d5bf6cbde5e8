"""A waived rule asks for no reason in a workbook either: it remarks, and the row is written without one."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from renovation.intake import services as intake
from supervision.weekly.rule_waivers import services
from tests.workbooks.scene import NOW, faults, make_scene, put

pytestmark = pytest.mark.django_db


def test_a_waived_rule_only_remarks_on_a_row_of_a_workbook() -> None:
    scene = make_scene()
    asked = services.ask(
        street=scene.street,
        project=scene.projects["ZC2025-08"],
        rule="W211",
        starts_on=date(2025, 9, 17),
        ends_on=date(2025, 9, 30),
        reason="两个班组同时进场",
        by=scene.clerk,
        now=NOW - timedelta(days=2),
    )
    reviewer = scene.district.users["reviewer"]
    services.approve(waiver=asked, comment="", by=reviewer, now=NOW - timedelta(days=1))
    upload = scene.upload(scene.filled(put(I7=61.0, I8=48.0)))
    found = [(f["code"], f["cell"], f["severity"]) for f in faults(upload) if f["code"] == "W211"]
    # The other project's row is spared by nobody.
    assert found == [("W211", "I7", "notice"), ("W211", "I8", "reason")]
    assert faults(upload, "error") == []

    spared = scene.upload(scene.filled(put(I7=61.0)))
    assert faults(spared, "reason", "error") == []
    outcome = intake.commit(upload=spared, by=scene.clerk, now=NOW)
    assert (outcome.taken, outcome.held) == (7, 0)
    assert scene.stored()["ZC2025-08"]["explanation"] == ""
