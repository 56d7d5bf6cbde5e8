"""变更 of all projects: whose they are, what the filter chooses, what they come to, the workbook, what it costs."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from datetime import UTC, date, datetime

import openpyxl
import pytest
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Project, ProjectChange
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, ProjectChangeFactory, make_project

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
LIST, EXPORT = "ledger:changes_all", "ledger:changes_all_export"


def approved(project: Project, district: District, **values: object) -> ProjectChange:
    return ProjectChangeFactory(
        project=project,
        state="approved",
        approved_on=date(2025, 4, 8),
        decided_by=district.users["reviewer"],
        decided_at=datetime(2025, 4, 9, 1, tzinfo=UTC),
        document_number="淄建〔2025〕8号",
        **values,
    )


@pytest.fixture
def changes(district: District, project: Project, clock: Clock) -> dict[str, ProjectChange]:
    """Two changes of the plan of 文昌园 that are approved, one that waits; 般阳里 is to be cancelled; one of a project
    of the year before, one of another district."""
    clock.at("2025-05-07 10:00")
    beside = make_project(
        programme=project.programme,
        street=district.street("banyanglu"),
        code="ZC2025-02",
        name="般阳里",
    )
    before = make_project(
        programme=ProgrammeFactory(bureau=district.bureau, year=2024),
        street=project.street,
        code="ZC2024-01",
        name="去年里",
    )
    elsewhere = make_district("boshan-")
    foreign = make_project(
        programme=ProgrammeFactory(bureau=elsewhere.bureau),
        street=elsewhere.street("zhonglou"),
        code="BS2025-01",
        name="别区里",
    )
    for other in (before, foreign):
        ProjectChangeFactory(project=other, title="别处的变更")
    later = {
        "kind": "time",
        "old_completion_on": date(2025, 10, 31),
        "new_completion_on": date(2025, 11, 20),
    }
    dearer = {
        "kind": "money",
        "old_investment_fen": 300_0000_00,
        "new_investment_fen": 312_5000_00,
    }
    return {
        "later": approved(project, district, title="工期顺延", **later),
        "dearer": approved(project, district, title="增加投资", **dearer),
        "waits": ProjectChangeFactory(project=project, title="屋面做法调整"),
        "leaves": ProjectChangeFactory(
            project=beside, kind="cancel", title="取消般阳里", effective_on=date(2025, 6, 1), new_text="取消"
        ),
    }  # fmt: skip


def shown(client: Client, **asked: str) -> list[str]:
    """The titles in the order of the page."""
    page = client.get(reverse(LIST), asked)
    assert page.status_code == 200
    return re.findall(r'class="card-name"><a href="[^"]+">([^<]+)</a>', page.content.decode())


def test_what_waits_comes_first_and_nothing_from_elsewhere(
    signed: Signed, changes: dict[str, ProjectChange]
) -> None:
    every = ["取消般阳里", "屋面做法调整", "增加投资", "工期顺延"]
    assert shown(signed("bureau")) == every
    assert shown(signed("reviewer")) == every
    assert shown(signed("zhonglou")) == every[1:]
    assert shown(signed("npc")) == every[2:]
    assert shown(signed("bureau"), year="2024") == ["别处的变更"]


@pytest.mark.parametrize(
    ("asked", "titles"),
    [
        ({"street": "banyanglu"}, ["取消般阳里"]),
        ({"kind": "plan"}, ["屋面做法调整", "增加投资", "工期顺延"]),
        ({"kind": "enrolment"}, ["取消般阳里"]),
        ({"kind": "time"}, ["工期顺延"]),
        ({"state": "draft"}, ["取消般阳里", "屋面做法调整"]),
        ({"state": "approved", "kind": "money"}, ["增加投资"]),
        ({"q": "般阳"}, ["取消般阳里"]),
        ({"state": "refused"}, []),
        ({"sort": "kind"}, ["取消般阳里", "增加投资", "工期顺延", "屋面做法调整"]),
        ({"sort": "money"}, ["增加投资", "取消般阳里", "屋面做法调整", "工期顺延"]),
    ],
)
def test_the_filter_and_the_order_stand_in_the_address(
    signed: Signed, changes: dict[str, ProjectChange], asked: dict[str, str], titles: list[str]
) -> None:
    assert shown(signed("bureau"), **asked) == titles
    answer = signed("bureau").get(reverse(EXPORT), asked)
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content))["变更"]
    column = [row[3] for row in sheet.iter_rows(values_only=True) if str(row[0]).startswith("ZC")]
    assert column == titles


def test_only_what_is_approved_of_the_plan_is_summed(
    signed: Signed, changes: dict[str, ProjectChange]
) -> None:
    page = html.unescape(signed("bureau").get(reverse(LIST)).content.decode())
    assert '<b>4 项</b>变更，<strong class="alarm">2 项待批准</strong>。' in page
    assert "已批准的计划变更 <b>2 项</b>，其中 1 项推迟完工，投资合计<b>增 12.50 万元</b>。" in page
    assert "+12.50" in page
    assert "+20" in page
    sheet = openpyxl.load_workbook(
        io.BytesIO(signed("bureau").get(reverse(EXPORT), {"kind": "plan"}).content)
    )["变更"]
    rows = {row[3]: row for row in sheet.iter_rows(values_only=True)}
    assert rows["工期顺延"][11] == 20
    assert (rows["增加投资"][12], rows["增加投资"][14]) == (300, 12.5)
    assert rows["屋面做法调整"][14] is None


def test_it_is_found_from_the_projects_and_from_one_project(
    signed: Signed, project: Project, changes: dict[str, ProjectChange]
) -> None:
    address = reverse(LIST)
    assert (
        f'href="{address}"'
        in signed("reviewer").get(reverse("dashboards:projects")).content.decode()
    )
    own = signed("reviewer").get(reverse("ledger:changes", args=[project.code])).content.decode()
    assert f'href="{address}?year=2025"' in own
    programme = signed("reviewer").get(reverse("ledger:programme", args=[2025])).content.decode()
    assert f'href="{address}?year=2025"' in programme


def test_nothing_in_sight_and_nothing_chosen_say_so(signed: Signed, project: Project) -> None:
    assert "还没有变更" in signed("bureau").get(reverse(LIST)).content.decode()
    assert (
        "没有符合条件的变更"
        in signed("bureau").get(reverse(LIST), {"state": "draft"}).content.decode()
    )
    assert "还没有项目" in signed("songlinglu").get(reverse(LIST)).content.decode()
    assert signed("songlinglu").get(reverse(EXPORT)).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [(LIST, 11), (EXPORT, 10)])
def test_it_costs_the_same_for_one_change_and_for_three(
    signed: Signed,
    district: District,
    project: Project,
    name: str,
    queries: int,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        other = make_project(
            programme=project.programme, street=project.street, code=f"ZC2025-1{number}"
        )
        approved(other, district, title=f"变更{number}")
    client = signed("bureau")
    client.get(reverse(name))
    with django_assert_num_queries(queries):
        client.get(reverse(name))
