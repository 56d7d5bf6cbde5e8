"""Which figures of the view “含待核” hold something that is not approved, and which do not."""

from __future__ import annotations

from datetime import date

import pytest

from projects.ledger.enums import GateKind
from renovation.core.measures import Approval
from reports.figures.services import Facts, Place, load
from tests.reports.figures.district import AS_OF, NOW, Scene, claim, make_scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _load(scene: Scene, approval: Approval = Approval.APPROVED) -> Facts:
    return load(programme=scene.programme, as_of=AS_OF, approval=approval, now=NOW)


def test_what_rests_on_approved_data_alone_is_marked_approved_in_either_view(
    scene: Scene,
) -> None:
    """The reader asks for what waits; only the figures that hold some of it are 待核 (MEASURES.md)."""
    facts = _load(scene, Approval.ALL)
    names = (
        "户数", "序时进度", "形象进度", "偏差", "投资完成率", "报送率",
        "下达", "到位", "支付", "资金到位率", "支付率", "支付与进度背离",
    )  # fmt: skip
    assert [name for name in names if facts.get(name).approval is Approval.ALL] == [
        "形象进度", "偏差", "投资完成率", "到位", "资金到位率", "支付率", "支付与进度背离",
    ]  # fmt: skip
    # A project without a plan is left out on both sides: what waits of it marks nothing.
    unplanned = Place("project", "ZC2025-04", "")
    assert facts.get("形象进度", unplanned).approval is Approval.APPROVED
    assert {_load(scene).get(name).approval for name in names} == {Approval.APPROVED}


def test_a_completed_projects_investment_may_still_wait(scene: Scene) -> None:
    claim(scene.even, GateKind.COMPLETED, date(2025, 5, 9))
    gate = scene.even.gates.get(kind=GateKind.COMPLETED)
    gate.evidence = scene.even.gates.get(kind=GateKind.STARTED).evidence
    gate.save()
    facts, place = _load(scene, Approval.ALL), Place("project", scene.even.code, "")
    assert facts.progress_of(scene.even.code).rests_on_pending
    assert facts.get("形象进度", place).approval is Approval.APPROVED
    assert facts.get("投资完成率", place).approval is Approval.ALL
