"""What the portal knows already: names are recognised, what is alike is asked about, values are read once."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pytest
from pytest_django import DjangoAssertNumQueries

from projects.ledger.known import (
    Asking,
    Level,
    known_at,
    known_by_code,
    known_columns,
    look_up,
    plain_name,
    values_of,
)
from projects.ledger.models import Project
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import PartyFactory, ProgrammeFactory, make_project
from tests.factories.weekly import make_return


def test_codes_are_unique_and_no_level_names_a_thing_twice() -> None:
    codes = [column.code for column in known_columns()]
    assert len(codes) == len(set(codes))
    for level in Level:
        labels = [plain_name(column.label) for column in known_at(level)]
        assert len(labels) == len(set(labels))


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("户数", "ledger.household_count"),
        ("总户数（户）", "ledger.household_count"),
        ("　户 数 ", "ledger.household_count"),
        ("施工单位联系电话", "ledger.party.contractor.phone"),
        ("项目经理电话", "ledger.party.contractor.manager_phone"),
        ("存在的问题", "weekly.problems"),
        ("累计形象进度(%)", "figures.project.physical"),
        ("计划投资(万元)", "ledger.planned_investment"),
    ],
)
def test_a_known_name_is_recognised(name: str, code: str) -> None:
    found = look_up(name=name, level=Level.PROJECT)
    assert found.same is not None
    assert (found.same.code, found.near) == (code, ())


@pytest.mark.parametrize(
    "name", ["防汛沙袋数", "困难家庭户数", "物业公司", "隐患处数", "交底日期", "计划场次"]
)
def test_what_is_not_known_may_be_asked(name: str) -> None:
    found = look_up(name=name, level=Level.PROJECT)
    assert (found.same, found.near) == (None, ())


def test_what_is_alike_is_a_question() -> None:
    found = look_up(name="竣工日期", level=Level.PROJECT)
    assert found.same is None
    assert found.near[0].label == "竣工验收日期"


def test_what_is_known_of_projects_is_near_for_streets() -> None:
    found = look_up(name="存在问题", level=Level.STREET)
    assert found.same is None
    assert [(column.label, column.level) for column in found.near] == [("存在问题", Level.PROJECT)]


def test_a_unit_in_brackets_says_nothing_but_a_word_does() -> None:
    assert plain_name("户数（户）") == plain_name("户数")
    assert plain_name("停车位(计划)") != plain_name("停车位(完成)")


@pytest.fixture
def district(db: None) -> District:
    return make_district()


def _asking(district: District, projects: list[Project], now: datetime) -> Asking:
    return Asking(
        level=Level.PROJECT,
        programme=projects[0].programme,
        ids=tuple(project.pk for project in projects),
        on=now.date(),
        now=now,
    )


CODES = (
    "ledger.name", "ledger.street", "ledger.household_count", "ledger.party.contractor",
    "ledger.planned_investment", "weekly.completed_investment", "weekly.work_done",
    "figures.project.physical",
)  # fmt: skip


def test_values_are_those_of_ledger_return_and_measure(
    district: District, clock: Clock, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    now = clock.at("2025-05-14 10:00")
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("zhonglou")
    one, other = (make_project(programme=programme, street=street) for _ in range(2))
    PartyFactory(project=one, role="contractor", name="鲁中某建设工程有限公司")
    PartyFactory(project=one, role="contractor", name="早先的公司", valid_to=date(2025, 3, 1))
    make_return(street, {one: ("12.5", 30_0000_00)}, week_start=date(2025, 5, 5))
    columns = [column for code in CODES if (column := known_by_code(code)) is not None]
    assert [column.code for column in columns] == list(CODES)
    with django_assert_num_queries(17):
        found = values_of(columns=columns, asking=_asking(district, [one, other], now))
    quantities = sum(estate.household_count for estate in one.estates.all())
    assert found[one.pk] == {
        "ledger.name": one.name,
        "ledger.street": "钟楼街道",
        "ledger.household_count": quantities,
        "ledger.party.contractor": "鲁中某建设工程有限公司",
        "ledger.planned_investment": Decimal(one.baselines.get().planned_investment_fen)
        / 1_000_000,
        "weekly.completed_investment": Decimal("30"),
        "weekly.work_done": "1、2 号楼外墙保温完成。",
        "figures.project.physical": Decimal("12.5"),
    }
    assert "weekly.work_done" not in found[other.pk]
    with django_assert_num_queries(17):
        values_of(columns=columns, asking=_asking(district, [one], now))


def test_values_read_as_people_write_them() -> None:
    area = known_by_code("ledger.area")
    day = known_by_code("ledger.planned_start_on")
    assert area is not None
    assert day is not None
    assert [area.text(Decimal("1234.5")), area.text(None), day.text(date(2025, 5, 9))] == [
        "1,234.50",
        "—",
        "2025-05-09",
    ]
    assert (area.header, area.title) == ("建筑面积(㎡)", "建筑面积（㎡）")
