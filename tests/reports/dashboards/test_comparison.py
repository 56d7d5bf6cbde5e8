"""Two plans side by side: what differs, each month, and the progress against either."""

from __future__ import annotations

from datetime import date

import pytest
from django.test import Client
from django.urls import reverse

from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, add_baseline, make_project
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at("2025-05-07 10:00")
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """Planned 1 March to 31 October; 20 % at the end of March, 40 % at the end of April."""
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        baseline={"targets": {date(2025, 3, 31): 20, date(2025, 4, 30): 40}},
    )


def page(district: District, user: str = "bureau", query: str = "") -> str:
    client = Client()
    client.force_login(district.users[user])
    answer = client.get(reverse("dashboards:compare", args=[CODE]) + query)
    assert answer.status_code == 200
    return answer.content.decode()


def test_one_plan_has_nothing_to_be_compared_with(district: District, project: Project) -> None:
    assert "还没有两版可比的计划" in page(district)


def test_two_plans_stand_side_by_side(district: District, project: Project) -> None:
    add_baseline(
        project,
        version=2,
        planned_completion_on=date(2025, 11, 20),
        planned_investment_fen=312_0000_00,
        approved_on=date(2025, 4, 20),
        targets={date(2025, 3, 31): 15, date(2025, 4, 30): 30},
    )
    text = page(district)
    for words in ("晚 20 天", "长 20 天", "增 12.00 万元", "2025年11月20日"):
        assert words in text
    # the end of April: 40.0 against 30.0, the second asks for 10 points less
    assert "\u221210.0" in text
    assert "只有一版定了" not in text
    same = page(district, query="?first=1&second=1")
    assert "晚 20 天" not in same
    assert "晚 20 天" in page(district, query="?first=9&second=x")  # nonsense is passed over


def test_progress_is_told_against_either(district: District, project: Project) -> None:
    add_baseline(
        project,
        version=2,
        planned_completion_on=date(2025, 11, 20),
        approved_on=date(2025, 4, 20),
        targets={date(2025, 3, 31): 15, date(2025, 4, 30): 30},
    )
    make_return(project.street, {project: ("35.0", 100_0000_00)}, week_start=date(2025, 4, 21))
    text = page(district)
    row = next(part for part in text.split("<tr>") if ">2025年4月<" in part)
    cells = [cell.split("<")[0] for cell in row.split('">')[2:]]
    assert [cell for cell in cells if cell][:6] == [
        "40.0",
        "30.0",
        "\u221210.0",
        "35.0",
        "\u22125.0",
        "+5.0",
    ]


def test_a_project_out_of_sight_is_not_there(district: District, project: Project) -> None:
    client = Client()
    client.force_login(district.users["banyanglu"])
    assert client.get(reverse("dashboards:compare", args=[CODE])).status_code == 404
