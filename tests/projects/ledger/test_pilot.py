"""先试点后示范: of a programme's projects of one type, the pilots begin before the others."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from projects.ledger.enums import GateKind, RenovationType
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory

pytestmark = pytest.mark.django_db
DAY = date(2025, 4, 1)
SENTENCE = "基础完善型的示范样板还没有开工：样板院，先试点后示范。"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau), street=district.street("zhonglou")
    )
    return made


def pilot(project: Project, **more: Any) -> Project:
    values: dict[str, Any] = {
        "programme": project.programme,
        "street": project.street,
        "name": "样板院",
        "is_model": True,
        "model_on": date(2025, 3, 1),
        "model_reason": "居民参与充分",
    }
    made: Project = ProjectFactory(**{**values, **more})
    return made


def said(project: Project, on: date = DAY) -> str | None:
    check = check_named(code="ledger.pilot")
    assert check is not None
    assert (check.gate, check.waivable) == (GateKind.STARTED, True)
    return check.find(Project.objects.prefetch_related("gates").get(pk=project.pk), on)


def test_without_a_pilot_anybody_begins(project: Project) -> None:
    assert said(project) is None


def test_a_pilot_that_has_not_begun_holds_the_others_back_and_not_itself(project: Project) -> None:
    first = pilot(project)
    assert said(project) == SENTENCE
    assert said(first) is None


def test_one_that_has_begun_lets_them_begin_from_its_day_on(project: Project) -> None:
    GateFactory(project=pilot(project), actual_on=date(2025, 3, 20))
    assert said(project) is None
    assert said(project, date(2025, 3, 19)) == SENTENCE


def test_a_claim_without_evidence_is_no_beginning(project: Project) -> None:
    GateFactory(project=pilot(project), actual_on=date(2025, 3, 20), evidence=None)
    assert said(project) == SENTENCE


@pytest.mark.parametrize(
    "more",
    [
        {"renovation_type": RenovationType.FUNCTION},
        {"model_on": date(2025, 4, 2)},
        {"cancelled_on": date(2025, 3, 15), "cancellation_reason": "整体征收"},
    ],
)
def test_a_pilot_of_another_type_a_later_one_and_a_cancelled_one_hold_nobody_back(
    project: Project, more: dict[str, Any]
) -> None:
    pilot(project, **more)
    assert said(project) is None


def test_a_pilot_named_later_does_not_reproach_who_had_begun(project: Project) -> None:
    GateFactory(project=project, actual_on=date(2025, 2, 20))
    pilot(project)
    assert said(project) is None


def test_a_pilot_of_another_year_holds_nobody_back(project: Project, district: District) -> None:
    pilot(project, programme=ProgrammeFactory(bureau=district.bureau, year=2024))
    assert said(project) is None
