"""Entering, moving and cancelling a project: proposed by one, approved by another, from a day on, never backwards."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from projects.ledger import services
from projects.ledger.enrolment import kinds_open
from projects.ledger.enums import ChangeAct, ChangeKind, ChangeState, GateKind
from projects.ledger.facts import project_facts, read_ledger
from projects.ledger.models import Project
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden
from renovation.core.periods import Week
from renovation.records.models import AuditEntry
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.reporting import (
    reporting_groups,
    reporting_in,
    reporting_projects,
)
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.enrolment import cancel, decide, enrol, propose
from tests.factories.ledger import (
    ProgrammeFactory,
    make_project,
)
from tests.factories.weekly import WeeklyReturnFactory

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


# -- entering ----------------------------------------------------------------------------------------
def test_a_new_project_counts_once_another_approved_it(
    district: District, project: Project, now: datetime
) -> None:
    made = created(district, project, now)
    assert (made.approved_on, kinds_open(project=made, today=TODAY)) == (None, [ChangeKind.ENTER])
    entry = made.changes.get()
    assert (entry.kind, entry.state, entry.effective_on) == (
        ChangeKind.ENTER,
        ChangeState.DRAFT,
        date(2025, 4, 1),
    )
    assert made.gates.get(kind=GateKind.PROGRAMMED).planned_on == date(2025, 4, 1)
    assert [row.code for row in read_ledger(projects=Project.objects.all()).projects] == [
        "ZC2025-01"
    ]
    assert reporting_projects(bureau=district.bureau, week=Week.of(TODAY)) == {
        project.street_id: [project]
    }
    with pytest.raises(Forbidden):
        decide(district, entry, now=now, by=district.users["bureau"])
    decide(district, entry, now=now)
    made.refresh_from_db()
    assert (made.approved_on, made.version) == (date(2025, 4, 1), 2)
    assert streets_on(date(2025, 3, 31)) == {"zhonglou": ["ZC2025-01"]}
    assert streets_on(date(2025, 4, 1)) == {"banyanglu": ["ZC2025-02"], "zhonglou": ["ZC2025-01"]}
    record = made.history.first()
    assert (record.history_user, record.history_change_reason) == (
        district.users["reviewer"],
        "变更：列入计划",
    )
    assert AuditEntry.objects.filter(act="change.approve", object_id=str(entry.pk)).count() == 1


def test_a_project_entered_late_owes_no_return_for_the_weeks_before(
    district: District, project: Project, now: datetime
) -> None:
    made = created(district, project, now)
    decide(district, made.changes.get(), now=now)
    made.refresh_from_db()
    assert made.reporting_from == MONDAY
    street = district.street("banyanglu")
    rows = [
        [
            each.code
            for each in reporting_in(street=street, bureau=district.bureau, week=Week.of(day))
        ]
        for day in (date(2025, 4, 30), TODAY)
    ]
    assert rows == [[], [made.code]]


def test_a_street_that_has_sent_the_week_reports_of_a_new_project_from_the_next(
    district: District, project: Project, now: datetime
) -> None:
    made = created(district, project, now)
    sent(district.street("banyanglu"))
    decide(district, made.changes.get(), now=now)
    made.refresh_from_db()
    assert made.reporting_from == date(2025, 5, 12)


def test_a_later_first_week_that_was_asked_for_stands(
    district: District, project: Project, now: datetime
) -> None:
    made = created(district, project, now, reporting_from=date(2025, 6, 2))
    decide(district, made.changes.get(), now=now)
    made.refresh_from_db()
    assert made.reporting_from == date(2025, 6, 2)


@pytest.mark.parametrize("day", [date(2023, 12, 31), date(2027, 3, 2)])
def test_a_project_is_entered_in_the_year_of_its_programme_or_the_one_before(
    district: District, project: Project, now: datetime, day: date
) -> None:
    told = refused("enrolment.year", created, district, project, now, approved_on=day)
    assert told.message == "2025年度计划的列入日期在 2024 年或 2025 年。"
    assert told.field == "effective_on"
    assert not Project.objects.filter(code="ZC2025-02").exists()


def test_a_refused_entry_can_be_proposed_again(
    district: District, project: Project, now: datetime
) -> None:
    made = created(district, project, now)
    entry = made.changes.get()
    refused(
        "enrolment.waiting", propose, district, made, ChangeKind.ENTER, now=now, effective_on=TODAY
    )
    decide(district, entry, now=now, act=ChangeAct.REFUSE, comment="重复登记")
    made.refresh_from_db()
    assert made.approved_on is None
    services.update_project(
        project=made,
        values={"street": district.street("songlinglu")},
        seen_version=made.version,
        by=district.users["bureau"],
        now=now,
    )
    enrol(district, made, ChangeKind.ENTER, now=now, effective_on=date(2025, 4, 2))
    assert streets_on(TODAY) == {"songlinglu": ["ZC2025-02"], "zhonglou": ["ZC2025-01"]}


def test_the_day_of_entry_is_corrected_without_changing_who_reported(
    district: District, project: Project, now: datetime
) -> None:
    before = set(reporting_groups(bureau=district.bureau))
    refused(
        "enrolment.same",
        propose,
        district,
        project,
        ChangeKind.ENTER,
        now=now,
        effective_on=project.approved_on,
    )
    told = refused(
        "enrolment.reported",
        propose,
        district,
        project,
        ChangeKind.ENTER,
        now=now,
        effective_on=date(2025, 1, 27),
    )
    assert (
        told.message == "项目从第4周（1月20日—1月26日）起报送，列入计划日期不能晚于2025年1月26日。"
    )
    change = enrol(district, project, ChangeKind.ENTER, now=now, effective_on=date(2025, 1, 6))
    assert (change.title, change.old_text, change.new_text) == (
        "更正列入计划日期",
        "2025年1月20日列入",
        "2025年1月6日列入",
    )
    assert (project.approved_on, project.reporting_from) == (
        date(2025, 1, 6),
        date(2025, 1, 20),
    )
    assert set(reporting_groups(bureau=district.bureau)) == before


def test_a_correction_of_a_late_entry_makes_nobody_owe_past_weeks(
    district: District, project: Project, now: datetime
) -> None:
    """Approved on 17 March, its first week told by nothing else: it reported from 17 March on, and still does."""
    late = make_project(
        programme=project.programme,
        street=project.street,
        code="ZC2025-04",
        approved_on=date(2025, 3, 17),
        baseline={},
    )
    before = set(reporting_groups(bureau=district.bureau))
    enrol(district, late, ChangeKind.ENTER, now=now, effective_on=date(2025, 1, 21))
    assert (late.approved_on, late.reporting_from) == (date(2025, 1, 21), date(2025, 3, 17))
    assert set(reporting_groups(bureau=district.bureau)) == before


def test_a_coming_entry_that_is_brought_forward_reports_as_it_would_have(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    made = created(district, project, now, approved_on=date(2025, 9, 1))
    decide(district, made.changes.get(), now=now)
    made.refresh_from_db()
    assert made.reporting_from == date(2025, 9, 1)
    later = clock.at("2025-08-06 10:00")
    enrol(district, made, ChangeKind.ENTER, now=later, effective_on=date(2025, 5, 8))
    assert (made.approved_on, made.reporting_from) == (date(2025, 5, 8), date(2025, 9, 1))


def test_a_week_past_its_due_moment_is_nobodys_to_lose_or_to_win(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    """On Saturday the week is neither sent nor to be sent in time: an entry begins after it, a move and a
    cancellation wait for Monday."""
    saturday = clock.at("2025-05-10 10:00")
    made = created(district, project, saturday)
    decide(district, made.changes.get(), now=saturday)
    made.refresh_from_db()
    assert made.reporting_from == date(2025, 5, 12)
    change = propose(
        district, project, ChangeKind.MOVE, now=saturday, to_street=district.street("songlinglu")
    )
    refused("enrolment.sent", decide, district, change, now=saturday)
    decide(district, change, now=saturday, act=ChangeAct.WITHDRAW, by=district.users["bureau"])
    refused(
        "enrolment.sent",
        propose,
        district,
        project,
        ChangeKind.CANCEL,
        now=saturday,
        effective_on=date(2025, 5, 11),
    )


def test_the_first_week_is_changed_until_it_comes(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    made = created(district, project, now, reporting_from=date(2027, 6, 7))
    decide(district, made.changes.get(), now=now)
    made.refresh_from_db()
    told = refused(
        "enrolment.sent",
        propose,
        district,
        made,
        ChangeKind.REPORT,
        now=now,
        effective_on=date(2025, 5, 1),
    )
    assert told.message == "已经报送或过了截止时间的周不再改动，最早填2025年5月5日。"
    change = enrol(district, made, ChangeKind.REPORT, now=now, effective_on=date(2025, 6, 9))
    assert (made.reporting_from, change.old_text, change.new_text) == (
        date(2025, 6, 9),
        "2027年6月7日起报送",
        "2025年6月9日起报送",
    )
    refused(
        "enrolment.reported",
        propose,
        district,
        project,
        ChangeKind.REPORT,
        now=now,
        effective_on=date(2025, 6, 9),
    )


# -- cancelling --------------------------------------------------------------------------------------
def test_a_cancellation_counts_from_its_day(
    district: District, project: Project, now: datetime
) -> None:
    change = enrol(
        district,
        project,
        ChangeKind.CANCEL,
        now=now,
        effective_on=date(2025, 5, 9),
        rationale="整体征收",
    )
    assert (project.cancelled_on, project.cancellation_reason) == (date(2025, 5, 9), "整体征收")
    assert change.new_text == "自2025年5月9日起取消，不再计入"
    assert streets_on(date(2025, 5, 8)) == {"zhonglou": ["ZC2025-01"]}
    assert streets_on(date(2025, 5, 9)) == {}


def test_a_cancellation_leaves_the_weeks_that_were_sent(
    district: District, project: Project, now: datetime
) -> None:
    sent(project.street)
    told = refused(
        "enrolment.sent",
        propose,
        district,
        project,
        ChangeKind.CANCEL,
        now=now,
        effective_on=date(2025, 5, 9),
    )
    assert told.message == (
        "已经报送或过了截止时间的周不再改动，取消日期最早填2025年5月12日；文件上的日期写在理由里。"
    )
    refused("enrolment.day", propose, district, project, ChangeKind.CANCEL, now=now)
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 12))
    assert project.cancelled_on == date(2025, 5, 12)


def test_a_cancellation_is_taken_back_until_it_holds(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    refused("enrolment.kind", propose, district, project, ChangeKind.RESTORE, now=now)
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 19))
    assert kinds_open(project=project, today=TODAY) == [ChangeKind.RESTORE]
    enrol(district, project, ChangeKind.RESTORE, now=now)
    assert (project.cancelled_on, project.cancellation_reason) == (None, "")
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 19))
    later = clock.at("2025-05-19 09:00")
    assert kinds_open(project=project, today=local_day(later)) == []
    told = refused("enrolment.kind", propose, district, project, ChangeKind.RESTORE, now=later)
    assert told.message == ("取消自2025年5月19日已经生效，不能撤销；确需恢复的，另建项目列入计划。")
    told = refused(
        "enrolment.kind",
        propose,
        district,
        project,
        ChangeKind.MOVE,
        now=later,
        to_street=district.street("songlinglu"),
    )
    assert told.message == "项目自2025年5月19日起取消，不能再登记“移交街道”。"


def test_a_cancellation_is_not_taken_back_once_the_week_was_sent_without_the_project(
    district: District, project: Project, clock: Clock, now: datetime
) -> None:
    """It was to hold from Friday; the street sent the week on Wednesday, rightly without the project."""
    enrol(district, project, ChangeKind.CANCEL, now=now, effective_on=date(2025, 5, 9))
    sent(project.street)
    thursday = clock.at("2025-05-08 10:00")
    told = refused("enrolment.sent", propose, district, project, ChangeKind.RESTORE, now=thursday)
    assert told.message == (
        "钟楼街道第19周（5月5日—5月11日）周报已经按取消后报送，不能撤销；"
        "确需恢复的，另建项目列入计划。"
    )


def test_a_project_that_moved_and_was_cancelled_counts_in_neither_street_after(
    district: District, project: Project, now: datetime
) -> None:
    enrol(district, project, ChangeKind.MOVE, now=now, to_street=district.street("songlinglu"))
    cancel(project, date(2025, 5, 1))
    assert [streets_on(day) for day in (date(2025, 4, 30), date(2025, 5, 1), MONDAY)] == [
        {"zhonglou": ["ZC2025-01"]},
        {},
        {},
    ]
