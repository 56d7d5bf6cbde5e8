"""A project that moves to another street: from a Monday on, by an approved change, leaving what was."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from projects.ledger.enums import ChangeKind, ChangeState
from projects.ledger.facts import project_facts, read_ledger
from projects.ledger.models import FormerStreet, Project, ProjectChange
from renovation.accounts.scope import scope_of
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.reporting import (
    is_reporting,
    reporting_groups,
    reporting_in,
    reporting_projects,
    reporting_streets,
)
from tests.conftest import Clock
from tests.factories.accounts import CommunityFactory, District, make_district
from tests.factories.enrolment import decide, enrol, propose
from tests.factories.ledger import (
    EstateFactory,
    ProgrammeFactory,
    ProjectFactory,
    make_project,
)
from tests.factories.weekly import WeeklyReturnFactory

from .enrolling import refused

pytestmark = pytest.mark.django_db
#: A Wednesday; its week is 2025-05-05 to 2025-05-11.
TODAY = date(2025, 5, 7)
MONDAY = date(2025, 5, 5)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def district(now: datetime) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    """In 钟楼 since 20 January."""
    return make_project(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        baseline={},
    )


def sent(street: Any, week_start: date = MONDAY) -> WeeklyReturn:
    returned: WeeklyReturn = WeeklyReturnFactory(
        street=street, week_start=week_start, is_submitted=True
    )
    return returned


def streets_on(day: date) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for fact in project_facts(projects=Project.objects.all(), on=day):
        found.setdefault(fact.street_code, []).append(fact.code)
    return found


def test_a_move_holds_from_the_monday_and_leaves_what_was(
    district: District, project: Project, now: datetime
) -> None:
    old, new = district.street("zhonglou"), district.street("songlinglu")
    EstateFactory(project=project)
    change = enrol(district, project, ChangeKind.MOVE, now=now, to_street=new)
    assert change.title == "移交街道：钟楼街道到松龄路街道"
    assert project.street == new
    assert list(FormerStreet.objects.values_list("project", "street", "until_on", "change")) == [
        (project.pk, old.pk, MONDAY, change.pk)
    ]
    assert streets_on(date(2025, 5, 4)) == {"zhonglou": ["ZC2025-01"]}
    assert streets_on(MONDAY) == {"songlinglu": ["ZC2025-01"]}
    last, this = Week.of(MONDAY).previous(), Week.of(MONDAY)
    named = [(project.pk, project.code, project.name, new.pk)]
    for street, rows in ((old, [named, []]), (new, [[], named])):
        assert [
            reporting_in(street=street, bureau=district.bureau, week=week) for week in (last, this)
        ] == rows
        assert [
            is_reporting(street=street, bureau=district.bureau, week=week) for week in (last, this)
        ] == [bool(each) for each in rows]
    assert [
        list(reporting_projects(bureau=district.bureau, week=week)) for week in (last, this)
    ] == [[old.pk], [new.pk]]
    assert [
        (group.street_id, group.first.start, group.last and group.last.start, group.count)
        for group in reporting_groups(bureau=district.bureau)
    ] == [(old.pk, date(2025, 1, 20), last.start, 1), (new.pk, MONDAY, None, 1)]
    assert reporting_streets(bureau=district.bureau) == sorted(
        [old, new], key=lambda street: (street.order, street.code)
    )


def test_a_project_moves_twice_and_back(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    first, second = project.street, district.street("songlinglu")
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=second)
    later = clock.at("2025-06-04 10:00")
    enrol(district, project, ChangeKind.MOVE, now=later, to_street=first)
    days = [date(2025, 5, 4), MONDAY, date(2025, 6, 1), date(2025, 6, 2), date(2025, 12, 1)]
    assert [list(streets_on(day)) for day in days] == [
        ["zhonglou"],
        ["songlinglu"],
        ["songlinglu"],
        ["zhonglou"],
        ["zhonglou"],
    ]
    project.refresh_from_db()
    there = [first, second, second, first, first]
    assert [project.street_on(day) for day in days] == there
    for street in (first, second):
        assert [
            [each.pk for each in reporting_in(street=street, bureau=district.bureau, week=week)]
            for week in map(Week.of, days)
        ] == [[project.pk] if each == street else [] for each in there]


def test_the_street_that_gave_a_project_away_keeps_its_figures_and_not_its_page(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu"))
    seen = {}
    for name in ("zhonglou", "songlinglu"):
        scope = scope_of(district.users[name], on=TODAY)
        ledger = read_ledger(
            projects=Project.objects.counted_for(scope), streets=scope.organisation_ids
        )
        seen[name] = (
            [len(ledger.on(day)) for day in (date(2025, 5, 4), MONDAY)],
            Project.objects.visible_to(scope).count(),
        )
    assert seen == {"zhonglou": ([1, 0], 0), "songlinglu": ([0, 1], 1)}


@pytest.mark.parametrize("name", ["zhonglou", "songlinglu"])
def test_a_week_that_a_street_has_sent_is_not_changed_by_a_move(
    district: District, project: Project, now: datetime, name: str
) -> None:
    street = district.street(name)
    change = propose(
        district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu")
    )
    returned = sent(street)
    told = refused("enrolment.sent", decide, district, change, now=now)
    assert told.message == (
        f"{street.short_name}第19周（5月5日—5月11日）周报已经报送或过了截止时间，移交请在2025年5月12日（周一）以后批准。"
    )
    assert told.field == "to_street"
    project.refresh_from_db()
    change.refresh_from_db()
    assert (project.street.code, change.state) == ("zhonglou", ChangeState.DRAFT)
    WeeklyReturn.objects.filter(pk=returned.pk).update(state=ReturnState.SENT_BACK)
    decide(district, change, now=now)
    project.refresh_from_db()
    assert project.street.code == "songlinglu"


def test_a_move_names_a_street_of_the_bureau_that_is_another(
    district: District, project: Project, now: datetime
) -> None:
    elsewhere = make_district(prefix="boshan-").street("zhonglou")
    for to in (None, elsewhere, district.bureau):
        refused(
            "enrolment.street", propose, district, project, ChangeKind.MOVE, now=now, to_street=to
        )
    refused(
        "enrolment.same",
        propose,
        district,
        project,
        ChangeKind.MOVE,
        now=now,
        to_street=project.street,
    )
    refused(
        "change.rationale",
        propose,
        district,
        project,
        ChangeKind.MOVE,
        now=now,
        to_street=district.street("songlinglu"),
        rationale=" ",
    )
    fresh = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-03", approved_on=MONDAY
    )
    refused(
        "enrolment.young",
        propose,
        district,
        fresh,
        ChangeKind.MOVE,
        now=now,
        to_street=district.street("songlinglu"),
    )
    assert not ProjectChange.objects.exists()


def test_a_project_moves_once_a_week_and_to_a_street_that_stands(
    district: District, project: Project, now: datetime
) -> None:
    back = project.street
    there = district.street("songlinglu")
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=there)
    told = refused(
        "enrolment.young", propose, district, project, ChangeKind.MOVE, now=now, to_street=back
    )
    assert told.message == "项目本周刚刚移交过，下周一起才能再移交。"
    other = make_project(programme=project.programme, street=there, code="ZC2025-05", baseline={})
    change = propose(district, other, ChangeKind.MOVE, now=now, to_street=back)
    back.valid_to = date(2025, 5, 6)
    back.save()
    told = refused("enrolment.street", decide, district, change, now=now)
    assert told.message == "钟楼街道已经撤销。"


def test_a_move_leaves_the_old_streets_community_and_tells_both_streets(
    district: District, project: Project, now: datetime
) -> None:
    estate = project.estates.get()
    estate.community = CommunityFactory(parent=project.street)
    estate.save()
    there = district.street("songlinglu")
    change = enrol(district, project, ChangeKind.MOVE, now=now, to_street=there)
    estate.refresh_from_db()
    assert estate.community is None
    assert estate.history.first().history_change_reason == f"变更：{change.title}"
    entries = AuditEntry.objects.filter(act__in=["change.approve", "project.receive"])
    assert {(row.act, row.organisation.code) for row in entries} == {
        ("change.approve", "zhonglou"),
        ("project.receive", "songlinglu"),
    }


def test_a_move_is_proposed_after_the_week_was_sent_and_approved_in_the_next(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    sent(project.street)
    there = district.street("songlinglu")
    change = propose(district, project, ChangeKind.MOVE, now=now, to_street=there)
    refused("enrolment.sent", decide, district, change, now=now)
    monday = clock.at("2025-05-12 09:00")
    decide(district, change, now=monday)
    project.refresh_from_db()
    assert project.street == there
    assert FormerStreet.objects.get().until_on == date(2025, 5, 12)
