"""What the streets are told of a project that came, went or was cancelled: in 待办 and at the cells of a workbook."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import ChangeKind
from projects.ledger.models import Project
from renovation.accounts.scope import scope_of
from renovation.core.periods import Week
from renovation.intake.pipelines import Row
from supervision.weekly.arrivals import arrivals
from supervision.weekly.checks import project_not_reporting, project_of_other_street
from supervision.weekly.comparison import load_context
from supervision.weekly.enums import ReturnState
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import DOCUMENT, enrol, move
from tests.factories.ledger import ProgrammeFactory, ProjectFactory, make_project
from tests.factories.weekly import WeeklyReturnFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def now(clock: Clock) -> datetime:
    """Wednesday of the 19th week."""
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )


def told(district: District, user: str, now: datetime) -> list[str]:
    scope = scope_of(district.users[user], on=now.date())
    return [each.title for each in arrivals(scope=scope, now=now)]


def test_a_move_is_told_to_both_streets_and_nobody_else(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu"))
    assert {
        name: told(district, name, now) for name in ("zhonglou", "songlinglu", "banyanglu")
    } == {
        "zhonglou": ["文昌园已调至松龄路街道，自第19周起不再报送"],
        "songlinglu": ["接收文昌园，自第19周起由松龄路街道报送"],
        "banyanglu": [],
    }


def test_it_is_told_until_the_first_return_is_sent_or_two_weeks_are_over(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    to = district.street("songlinglu")
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=to)
    returned = WeeklyReturnFactory(street=to, week_start=date(2025, 5, 5), state=ReturnState.DRAFT)
    assert len(told(district, "songlinglu", now)) == 1
    assert len(told(district, "songlinglu", clock.at("2025-05-21 10:00"))) == 1
    assert told(district, "songlinglu", clock.at("2025-05-21 10:01")) == []
    returned.delete()
    WeeklyReturnFactory(street=to, week_start=date(2025, 5, 5), is_submitted=True)
    assert told(district, "songlinglu", now) == []
    assert len(told(district, "zhonglou", now)) == 1


def test_a_cancellation_is_told_until_it_is_taken_back(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 12))
    assert told(district, "zhonglou", now) == ["文昌园取消，自第20周起不再报送"]
    assert told(district, "banyanglu", now) == []
    enrol(district, project, ChangeKind.RESTORE, now=now)
    assert told(district, "zhonglou", now) == []


def proposed(project: Project, name: str) -> Project:
    made: Project = ProjectFactory(
        programme=project.programme, street=project.street, name=name, approved_on=None
    )
    return made


def test_entries_are_told_one_by_one_or_as_a_number(
    district: District, project: Project, now: datetime
) -> None:
    day = {"effective_on": date(2025, 5, 1)}
    first = proposed(project, "柳泉小区")
    enrol(district, first, ChangeKind.ENTER, now=now, **day)
    assert told(district, "zhonglou", now) == ["柳泉小区列入计划，自第19周起报送"]
    enrol(district, first, ChangeKind.ENTER, now=now, effective_on=date(2025, 5, 2))
    assert told(district, "zhonglou", now) == ["柳泉小区列入计划，自第19周起报送"]
    enrol(district, proposed(project, "建材宿舍"), ChangeKind.ENTER, now=now, **day)
    assert told(district, "zhonglou", now) == ["新列入 2 个项目，自第19周起报送"]


def test_an_entry_is_told_to_the_street_of_its_first_week_alone(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    """Who received it in the 20th week never had it in the 19th."""
    new = proposed(project, "柳泉小区")
    enrol(district, new, ChangeKind.ENTER, now=now, effective_on=date(2025, 5, 1))
    later = clock.at("2025-05-13 10:00")
    enrol(district, new, ChangeKind.MOVE, now=later, to_street=district.street("songlinglu"))
    assert {name: told(district, name, later) for name in ("zhonglou", "songlinglu")} == {
        "zhonglou": [
            "柳泉小区列入计划，自第19周起报送",
            "柳泉小区已调至松龄路街道，自第20周起不再报送",
        ],
        "songlinglu": ["接收柳泉小区，自第20周起由松龄路街道报送"],
    }
    scope = scope_of(district.users["zhonglou"], on=later.date())
    assert {each.href for each in arrivals(scope=scope, now=later)} == {reverse("weekly:returns")}


def test_an_entry_that_reports_later_is_told_until_two_weeks_after_that_monday(
    district: District, project: Project, now: datetime, clock: Clock
) -> None:
    new = proposed(project, "柳泉小区")
    new.reporting_from = date(2025, 6, 4)  # the Wednesday of the 23rd week
    new.save()
    enrol(district, new, ChangeKind.ENTER, now=now, effective_on=date(2025, 5, 1))
    title = "柳泉小区列入计划，自第23周起报送"
    for moment in ("2025-05-07 10:00", "2025-05-30 10:00", "2025-06-15 10:00"):
        assert told(district, "zhonglou", clock.at(moment)) == [title]
    assert told(district, "zhonglou", clock.at("2025-06-16 10:00")) == []


def test_telling_costs_one_query_or_two(
    district: District,
    project: Project,
    now: datetime,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scope = scope_of(district.users["zhonglou"], on=now.date())
    with django_assert_num_queries(1):
        assert list(arrivals(scope=scope, now=now)) == []
    for name in ("甲小区", "乙小区", "丙小区"):
        enrol(
            district,
            proposed(project, name),
            ChangeKind.ENTER,
            now=now,
            effective_on=date(2025, 5, 1),
        )
        with django_assert_num_queries(2):
            assert len(list(arrivals(scope=scope, now=now))) == 1


# -- at the cells ------------------------------------------------------------------------------------
def said(district: District, street: str, code: str, week: str = "2025-05-12") -> list[str]:
    """What the rules say of a row of a project in a workbook of a street."""
    context = load_context(street=district.street(street), week=Week.from_key(week), codes=[code])
    row: Any = Row(number=6, key=code, values={})
    rules = (project_of_other_street, project_not_reporting)
    return [finding.message for rule in rules for finding in rule(row, context)]


def test_a_cancelled_project_says_by_which_document_and_since_when(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 12))
    assert said(district, "zhonglou", "ZC2025-01") == [
        f"文昌园（ZC2025-01）已取消（{DOCUMENT}，自2025年5月12日起），不再报送，请删去这一行"
    ]
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-05") == []


def test_a_moved_project_says_where_it_went(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu"))
    assert said(district, "zhonglou", "ZC2025-01") == [
        "文昌园（ZC2025-01）已调至松龄路街道，自2025年5月5日起由该街道报送"
    ]
    assert said(district, "songlinglu", "ZC2025-01") == []
    assert said(district, "banyanglu", "ZC2025-01") == [
        "ZC2025-01 是松龄路街道的项目，不是般阳路街道的"
    ]


def test_a_project_that_moved_on_says_who_reports_it_in_the_week(
    district: District, project: Project, now: datetime
) -> None:
    """From 钟楼 to 松龄路 in the 20th week and on to 般阳路 in the 22nd: each day goes with its own street."""
    move(project, district.street("songlinglu"), date(2025, 5, 12))
    move(project, district.street("banyanglu"), date(2025, 5, 26))
    first = "文昌园（ZC2025-01）已调至松龄路街道，自2025年5月12日起由该街道报送"
    then = "文昌园（ZC2025-01）已调至般阳路街道，自2025年5月26日起由该街道报送"
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-19") == [first]
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-26") == [then]
    assert said(district, "songlinglu", "ZC2025-01", "2025-05-26") == [then]
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-05") == []


def test_a_project_that_came_back_says_who_reported_it_meanwhile(
    district: District, project: Project, now: datetime
) -> None:
    move(project, district.street("songlinglu"), date(2025, 5, 12))
    move(project, district.street("zhonglou"), date(2025, 5, 26))
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-19") == [
        "文昌园（ZC2025-01）已调至松龄路街道，自2025年5月12日起由该街道报送，请删去这一行"
    ]
    assert said(district, "zhonglou", "ZC2025-01", "2025-05-26") == []
