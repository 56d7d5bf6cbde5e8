"""The latest report of a project on a day: the same read one by one and from the newest week."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from projects.ledger.models import Project
from renovation.core.measures import Approval
from supervision.weekly import facts
from supervision.weekly.enums import ReturnState
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
FIRST = date(2025, 5, 5)
SUNDAY = FIRST + timedelta(days=6)


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def projects(district: District) -> dict[str, Project]:
    programme = ProgrammeFactory(bureau=district.bureau)
    return {
        name: make_project(programme=programme, street=district.street(street), code=f"ZC2025-{n}")
        for n, (name, street) in enumerate(
            [("moved", "zhonglou"), ("kept", "zhonglou"), ("silent", "banyanglu")], start=1
        )
    }


def weeks_later(count: int) -> date:
    return FIRST + timedelta(weeks=count)


@pytest.mark.parametrize("few", [0, 100])
def test_a_project_that_moved_and_a_street_that_is_behind(
    district: District, projects: dict[str, Project], few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """``moved`` reported for 钟楼 in week 0 and for 松龄路 in week 1; both streets went on without it."""
    monkeypatch.setattr(facts, "_FEW", few)
    moved, kept, silent = projects["moved"], projects["kept"], projects["silent"]

    def week(count: int, street: str, rows: dict[Project, str], state: ReturnState) -> None:
        make_return(
            street=district.street(street),
            week_start=weeks_later(count),
            state=state,
            rows={project: (percent, 0) for project, percent in rows.items()},
        )

    done = ReturnState.APPROVED
    week(0, "zhonglou", {moved: "10.0", kept: "5.0"}, done)
    week(1, "songlinglu", {moved: "20.0"}, done)
    week(2, "zhonglou", {kept: "7.5"}, done)
    week(3, "songlinglu", {}, done)
    week(3, "zhonglou", {kept: "9.0"}, ReturnState.SUBMITTED)
    week(0, "banyanglu", {silent: "3.0"}, done)

    def told(on: date, approval: Approval) -> dict[str, int]:
        found = facts.latest_reports(
            project_ids=[project.pk for project in projects.values()], on=on, approval=approval
        )
        return {
            name: found[project.pk].progress_tenths
            for name, project in projects.items()
            if project.pk in found
        }

    last = weeks_later(3) + timedelta(days=6)
    assert told(last, Approval.APPROVED) == {"moved": 200, "kept": 75, "silent": 30}
    assert told(last, Approval.ALL) == {"moved": 200, "kept": 90, "silent": 30}
    # The running week has not spoken yet.
    assert told(SUNDAY, Approval.APPROVED) == {"moved": 100, "kept": 50, "silent": 30}
    assert told(SUNDAY - timedelta(days=1), Approval.APPROVED) == {}
