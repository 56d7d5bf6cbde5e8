"""What decides whether and where a project counts is written by approved changes, and by nothing else."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger import services
from projects.ledger.enums import ChangeKind
from projects.ledger.models import FormerStreet, Project
from renovation.accounts.scope import scope_of
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import DOCUMENT, enrol, propose
from tests.factories.ledger import (
    ProgrammeFactory,
    ProjectChangeFactory,
    make_project,
)

from .enrolling import created, refused

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


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("street", "街道"),
        ("approved_on", "列入计划日期"),
        ("reporting_from", "开始报送"),
        ("cancelled_on", "取消日期"),
        ("programme", "年度计划"),
    ],
)
def test_an_edit_does_not_write_what_a_change_writes(
    district: District, project: Project, now: datetime, name: str, words: str
) -> None:
    values = {
        "street": district.street("songlinglu"),
        "approved_on": date(2025, 2, 1),
        "reporting_from": date(2025, 2, 3),
        "cancelled_on": date(2025, 6, 1),
        "programme": ProgrammeFactory(bureau=district.bureau, year=2026),
    }
    told = refused(
        "enrolment.settled",
        services.update_project,
        project=project,
        values={name: values[name]},
        seen_version=1,
        by=district.users["bureau"],
        now=now,
    )
    way = "列错年度的，取消后在另一年度新建" if name == "programme" else "请登记变更，由另一人批准"
    assert (told.message, told.field) == (f"{words}不能直接修改，{way}。", name)
    unproposed = created(district, project, now)
    told = refused(
        "enrolment.settled",
        services.update_project,
        project=unproposed,
        values={name: values[name]},
        seen_version=1,
        by=district.users["bureau"],
        now=now,
    )
    assert told.message == f"{words}不能直接修改，先撤回等待批准的“列入计划”，再修改。"


@pytest.mark.parametrize(
    "values",
    [
        {"approved_on": date(2025, 2, 1)},
        {"approved_on": None},
        {"cancelled_on": date(2025, 6, 1), "cancellation_reason": "征收"},
        {"street": "songlinglu"},
        {"programme": 2026},
        {"reporting_from": date(2025, 2, 3)},
        {"reporting_from": None},
    ],
    ids=lambda values: next(iter(values)),
)
def test_the_database_asks_for_the_approved_change(
    district: District, project: Project, values: dict[str, Any]
) -> None:
    if "street" in values:
        values = {"street": district.street("songlinglu")}
    if "programme" in values:
        values = {"programme": ProgrammeFactory(bureau=district.bureau, year=2026)}
    Project.objects.filter(pk=project.pk).update(reporting_from=date(2025, 1, 20))
    with (
        pytest.raises(IntegrityError, match="项目的列入、移交和取消须经批准的变更"),
        transaction.atomic(),
    ):
        Project.objects.filter(pk=project.pk).update(**values)


def test_a_change_that_another_followed_licenses_nothing(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    there = district.street("songlinglu")
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=there)
    later = clock.at("2025-05-14 10:00")
    enrol(district, project, ChangeKind.MOVE, now=later, to_street=district.street("zhonglou"))
    with pytest.raises(IntegrityError, match="须经批准的变更"), transaction.atomic():
        Project.objects.filter(pk=project.pk).update(street=there)


def test_a_stay_is_recorded_by_an_approved_move_alone(
    district: District, project: Project, now: datetime
) -> None:
    waiting = propose(
        district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu")
    )
    with pytest.raises(IntegrityError, match="移交须经批准的变更"), transaction.atomic():
        FormerStreet.objects.create(
            project=project, street=project.street, until_on=MONDAY, change=waiting
        )


def test_what_was_moved_stays_recorded(district: District, project: Project, now: datetime) -> None:
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu"))
    for act in (
        lambda: FormerStreet.objects.update(until_on=date(2025, 1, 6)),
        lambda: FormerStreet.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError, match="移交记录不能修改或删除"), transaction.atomic():
            act()


@pytest.mark.parametrize(
    ("values", "name"),
    [
        ({"corrects_entry": True}, "change_corrects_an_entry"),
        ({"kind": "enter"}, "change_of_enrolment_has_day"),
        ({"kind": "cancel"}, "change_of_enrolment_has_day"),
        ({"kind": "move"}, "change_moves_to_street"),
        ({"kind": "design", "to_street": True}, "change_moves_to_street"),
    ],
)
def test_the_database_holds_what_a_change_needs(
    district: District, project: Project, values: dict[str, Any], name: str
) -> None:
    if "to_street" in values:
        values = values | {"to_street": district.street("songlinglu")}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ProjectChangeFactory(project=project, **values)


def test_one_change_of_enrolment_waits_at_a_time(district: District, project: Project) -> None:
    ProjectChangeFactory(project=project, kind="cancel", effective_on=TODAY)
    ProjectChangeFactory(project=project)  # one of the plan may wait beside it
    with (
        pytest.raises(IntegrityError, match="change_of_enrolment_waits_once|project_id"),
        transaction.atomic(),
    ):
        ProjectChangeFactory(project=project, kind="enter", effective_on=TODAY)


def test_a_project_leaves_a_street_once_a_day(
    district: District, project: Project, now: datetime
) -> None:
    change = enrol(
        district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu")
    )
    other = ProjectChangeFactory(
        project=project,
        kind="move",
        to_street=district.street("zhonglou"),
        document_number=DOCUMENT,
        state="approved",
        approved_on=TODAY,
        decided_by=district.users["reviewer"],
        decided_at=now,
    )
    with (
        pytest.raises(IntegrityError, match="former_street_once_a_day|until_on"),
        transaction.atomic(),
    ):
        FormerStreet.objects.create(
            project=project, street=change.to_street, until_on=MONDAY, change=other
        )


def test_who_is_shown_only_what_is_approved_sees_no_proposed_project(
    district: District, project: Project, now: datetime
) -> None:
    created(district, project, now)
    seen = {
        name: sorted(
            Project.objects.visible_to(scope_of(district.users[name], on=TODAY)).values_list(
                "code", flat=True
            )
        )
        for name in ("npc", "bureau", "leader")
    }
    assert seen == {
        "npc": ["ZC2025-01"],
        "bureau": ["ZC2025-01", "ZC2025-02"],
        "leader": ["ZC2025-01", "ZC2025-02"],
    }
