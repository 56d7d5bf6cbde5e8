"""Two people at one row of after-care or of what is shared: the second is told who changed what, and keeps what was
typed."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.urls import reverse

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.residents.enums import RecordState
from tests.conftest import Clock
from tests.editing import check_the_second_is_told
from tests.factories.accounts import District
from tests.factories.aftercare import (
    CommitteeFactory,
    ContributionFactory,
    EvaluationFactory,
    FeeCollectionFactory,
    FundEntryFactory,
    HandoverFactory,
    ManagementFactory,
    OpinionFactory,
)
from tests.factories.ledger import GateFactory
from tests.factories.residents import MatterFactory, MeetingFactory

from .scene import client_of, scene

pytestmark = pytest.mark.django_db


@pytest.fixture
def placed(clock: Clock) -> tuple[District, Project]:
    clock.at("2025-05-07 10:00")
    found = scene()
    GateFactory(project=found[1], kind=GateKind.COMPLETED, actual_on=date(2025, 4, 28))
    return found


def _care(kind: str) -> Callable[[Any], str]:
    return lambda row: reverse("residents:care_edit", args=[kind, row.pk])


def _page(name: str) -> Callable[[Any], str]:
    return lambda row: reverse(f"residents:{name}", args=[row.pk])


Make = Callable[[Project], Any]
#: The row → its page, the field that both change, what the first and what the second types.
ROWS: dict[str, tuple[Make, Callable[[Any], str], str, str, str]] = {
    "committee": (
        lambda project: CommitteeFactory(estate=project.estates.get()),
        _care("committee"), "filing_number", "备案甲号", "备案乙号",
    ),
    "management": (
        lambda project: ManagementFactory(estate=project.estates.get()),
        _care("management"), "manager", "甲物业公司", "乙物业公司",
    ),
    "collection": (
        lambda project: FeeCollectionFactory(estate=project.estates.get()),
        _care("collection"), "collected_fen", "9100", "9200.50",
    ),
    "fund": (
        lambda project: FundEntryFactory(estate=project.estates.get()),
        _care("fund"), "note", "首次归集", "甲楼归集",
    ),
    "handover": (
        lambda project: HandoverFactory(estate=project.estates.get()),
        _care("handover"), "taken_by", "甲物业公司", "乙物业公司",
    ),
    "contribution": (
        lambda project: ContributionFactory(project=project, state=RecordState.DRAFT),
        _page("contribution_edit"), "purpose", "楼道扶手", "楼道灯具",
    ),
    "evaluation": (
        lambda project: EvaluationFactory(project=project),
        _page("evaluation_edit"), "summary", "多数满意。", "普遍满意。",
    ),
    "opinion": (
        lambda project: OpinionFactory(evaluation=EvaluationFactory(project=project)),
        _page("opinion_edit"), "content", "路灯不亮", "路面积水",
    ),
    "meeting": (
        lambda project: MeetingFactory(project=project),
        _page("meeting_edit"), "place", "甲楼前", "乙楼前",
    ),
    "matter": (
        lambda project: MatterFactory(meeting=MeetingFactory(project=project)),
        _page("matter_edit"), "owner", "街道城建办", "社区居委会",
    ),
}  # fmt: skip


@pytest.mark.parametrize("kind", ROWS)
def test_the_second_editor_is_told_and_keeps_what_was_typed(
    placed: tuple[District, Project], kind: str
) -> None:
    district, project = placed
    make, address, field, first, second = ROWS[kind]
    row = make(project)
    check_the_second_is_told(
        address(row),
        one=client_of(district, "zhonglou"),
        other=client_of(district, "bureau"),
        by=district.users["zhonglou"],
        first={field: first},
        second={field: second},
        told=first,
    )
    row.refresh_from_db()
    assert row.version == 3
