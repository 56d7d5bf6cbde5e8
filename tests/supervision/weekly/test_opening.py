"""Opening returns: past weeks from old sheets count once approved by another, and never as late."""

from __future__ import annotations

import io
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.accounts.models import User
from renovation.core.errors import Fault, Forbidden, Severity, StateConflict
from renovation.core.periods import Week
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target
from supervision.weekly.earlier import figures_before
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.opening.pipeline import OPENING_WEEKS
from supervision.weekly.opening.services import OpeningReport, approve_openings, write_openings
from supervision.weekly.standing import met_due, reported_at
from supervision.weekly.weeks import moments_of
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, make_user
from tests.factories.enrolment import move
from tests.factories.ledger import ProgrammeFactory, ProjectFactory
from tests.factories.weekly import make_return

pytestmark = pytest.mark.django_db
NOW = "2025-05-07 10:00"
MONDAY = date(2025, 3, 3)
Line = tuple[Any, ...]


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
    )
    return made


def read(district: District, clock: Clock, lines: list[Line]) -> Upload:
    now = clock.at(NOW)
    target = Target(organisation=district.bureau, period_key="2025")
    book = openpyxl.load_workbook(io.BytesIO(OPENING_WEEKS.template(target, now).content))
    for place, line in enumerate(lines, start=4):
        for column, value in enumerate(line, start=1):
            book["期初周报"].cell(row=place, column=column).value = value
    buffer = io.BytesIO()
    book.save(buffer)
    upload = intake.receive(
        pipeline="opening_weeks",
        organisation=district.bureau,
        period_key="2025",
        file=buffer.getvalue(),
        name="期初周报.xlsx",
        by=district.users["bureau"],
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    return upload


def faults(upload: Upload) -> list[tuple[str, str]]:
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(f.code, f.cell) for f in found if f.severity is not Severity.NOTICE]


def test_past_weeks_wait_for_another_and_are_never_late(
    district: District, project: Project, clock: Clock
) -> None:
    lines: list[Line] = [
        (1, "ZC2025-01", "2025-3-3", "5.0", "12.50", ""),
        (2, "ZC2025-01", date(2025, 3, 10), "１０%", 30, ""),
    ]
    upload = read(district, clock, lines)
    assert (upload.state, faults(upload)) == (UploadState.PREVIEW, [])
    now, by = clock.at(NOW), district.users["bureau"]
    assert intake.commit(upload=upload, by=by, now=now).taken == 2
    first, second = WeeklyReturn.objects.order_by("week_start")
    assert (first.week_start, first.is_opening, first.state, first.submitted_by) == (
        MONDAY,
        True,
        ReturnState.REVIEWED,
        by,
    )
    assert list(
        WeeklyReport.objects.order_by("weekly_return__week_start").values_list(
            "progress_percent", "completed_investment_fen", "source_row"
        )
    ) == [(Decimal("5.0"), 12_500_000, 4), (Decimal("10.0"), 30_000_000, 5)]
    week = Week(MONDAY)
    moments = moments_of(bureau=district.bureau, week=week, now=now)
    assert moments.due_at is not None
    assert reported_at(first=first, events=first.events.all(), moment=moments.due_at)
    assert met_due(first=first, moments=moments)
    told = {row.pk: row.edition for row in (first, second)}
    with pytest.raises(Forbidden):
        approve_openings(returns=[first, second], editions=told, by=by, now=now)
    reviewer = district.users["reviewer"]
    count = approve_openings(returns=[second, first], editions=told, by=reviewer, now=now)
    assert count == 2
    assert set(WeeklyReturn.objects.values_list("state", "approved_by")) == {
        (ReturnState.APPROVED, reviewer.pk)
    }


def test_while_they_wait_a_new_file_replaces_figures_and_the_same_change_nothing(
    district: District, project: Project, clock: Clock
) -> None:
    now, by = clock.at(NOW), district.users["bureau"]
    for percent, other in (("5.0", ""), ("6.0", ""), ("6.0", "照旧")):
        line: Line = (1, "ZC2025-01", "2025-3-3", percent, "12.50", other)
        intake.commit(upload=read(district, clock, [line]), by=by, now=now)
    report = WeeklyReport.objects.get()
    assert (report.progress_percent, report.explanation) == (Decimal("6.0"), "照旧")
    assert WeeklyReturn.objects.count() == 1


def brought_in(district: District, project: Project, by: User, percent: str, clock: Clock) -> None:
    """One row by one importer, at the next minute."""
    row = OpeningReport(
        project=project,
        week=Week(MONDAY),
        progress_percent=Decimal(percent),
        completed_investment_fen=12_500_000,
        explanation="",
        source_row=4,
    )
    now = clock.at(f"2025-05-07 10:{int(float(percent)):02}")
    write_openings(reports=[row], upload=None, by=by, now=now)


def test_who_wrote_last_or_any_row_does_not_approve(
    district: District, project: Project, clock: Clock
) -> None:
    first, second = district.users["bureau"], make_user(district.bureau, Role.BUREAU)
    brought_in(district, project, first, "5.0", clock)
    brought_in(district, project, second, "6.0", clock)
    (row,) = WeeklyReturn.objects.all()
    assert (row.submitted_by, row.reports.get().updated_by) == (second, second)
    # A later import of nobody's row would leave this one: its author may not approve it either.
    both = make_user(district.bureau, Role.REVIEWER)
    row.reports.update(updated_by=both)
    with pytest.raises(Forbidden, match="导入人以外"):
        approve_openings(returns=[row], editions={row.pk: row.edition}, by=both, now=clock.at(NOW))
    row.refresh_from_db()
    assert row.state == ReturnState.REVIEWED


def test_the_reviewer_sees_what_waits_and_approves_exactly_that(
    client: Client, district: District, project: Project, clock: Clock
) -> None:
    brought_in(district, project, district.users["bureau"], "5.0", clock)
    address = "/weekly/opening/2025/"
    client.force_login(district.users["reviewer"])
    page = client.get(address)
    (row,) = page.context["others"]
    html = page.content.decode()
    assert "第10周（3月3日—3月9日）" in html
    assert 'href="/weekly/2025-03-03/zhonglou/"' in html
    told = f"{row.pk} {row.edition}"
    assert f'value="{told}"' in html
    brought_in(district, project, district.users["bureau2"], "6.0", clock)
    approve = page.context["approve_href"]
    answer = client.post(approve, {"told": told}, follow=True)
    assert "又有变化，请重新核对" in answer.content.decode()
    row = WeeklyReturn.objects.get()
    assert row.state == ReturnState.REVIEWED
    assert "有变化，请重新核对" in client.post(approve, follow=True).content.decode()
    client.post(approve, {"told": f"{row.pk} {row.edition}"})
    row.refresh_from_db()
    assert (row.state, row.approved_by) == (ReturnState.APPROVED, district.users["reviewer"])


def test_a_fall_asks_for_a_reason(district: District, project: Project, clock: Clock) -> None:
    lines: list[Line] = [
        (1, "ZC2025-01", "2025-3-3", 10, 30, ""),
        (2, "ZC2025-01", "2025-3-10", "9.0", 30, ""),
    ]
    assert faults(read(district, clock, lines)) == [("O201", "D5")]
    lines[1] = (2, "ZC2025-01", "2025-3-10", "9.0", 30, "核减返工")
    upload = read(district, clock, lines)
    intake.commit(upload=upload, by=district.users["bureau"], now=clock.at(NOW))
    assert WeeklyReport.objects.get(progress_percent=9).explanation == "核减返工"


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (("ZC2025-99", "2025-3-3", 5, 1), ("O142", "B4")),
        (("ZC2025-01", "2025-3-5", 5, 1), ("O134", "C4")),
        (("ZC2025-01", "2025-5-5", 5, 1), ("O135", "C4")),
        (("ZC2025-01", "2024-12-30", 5, 1), ("O145", "C4")),
        (("ZC2025-01", "2025-3-3", None, 1), ("O101", "D4")),
        (("ZC2025-01", "2025-3-3", 101, 1), ("O107", "D4")),
        (("ZC2025-01", "2025-3-3", 5, -1), ("O106", "E4")),
    ],
)
def test_every_fault_stands_at_its_cell(
    district: District, project: Project, clock: Clock, line: Line, expected: tuple[str, str]
) -> None:
    assert faults(read(district, clock, [(1, *line, "")])) == [expected]
    assert WeeklyReturn.objects.count() == 0


def test_a_week_that_has_a_return_is_not_imported_over(
    district: District, project: Project, clock: Clock
) -> None:
    make_return(project.street, {project: ("20.0", 1)}, week_start=MONDAY)
    lines: list[Line] = [
        (1, "ZC2025-01", "2025-3-3", 25, 1, ""),
        (2, "ZC2025-01", "2025-3-10", 26, 1, ""),
        (3, "ZC2025-01", "2025-3-10", 27, 1, ""),
    ]
    assert faults(read(district, clock, lines)) == [("O151", "C4"), ("O146", "B6")]


# -- a project that moved ------------------------------------------------------------------------------
MOVED_ON = date(2025, 4, 7)


@pytest.fixture
def moved(district: District, project: Project) -> Project:
    """From 钟楼 to 般阳路 on 7 April."""
    move(project, district.street("banyanglu"), MOVED_ON)
    return project


def test_a_week_belongs_to_the_street_where_the_project_was(
    district: District, moved: Project, clock: Clock
) -> None:
    # The street where it is now has returns of the time before, and they say nothing of it.
    make_return(moved.street, {}, week_start=MONDAY)
    lines: list[Line] = [
        (1, "ZC2025-01", "2025-3-3", 5, 1, ""),
        (2, "ZC2025-01", "2025-3-31", 6, 1, ""),
        (3, "ZC2025-01", "2025-4-7", 7, 1, ""),
    ]
    upload = read(district, clock, lines)
    assert faults(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=clock.at(NOW))
    rows = WeeklyReport.objects.order_by("weekly_return__week_start")
    assert list(rows.values_list("weekly_return__street__code", "weekly_return__week_start")) == [
        ("zhonglou", MONDAY),
        ("zhonglou", date(2025, 3, 31)),
        ("banyanglu", MOVED_ON),
    ]


def test_a_return_of_the_street_where_it_was_is_not_imported_over(
    district: District, moved: Project, clock: Clock
) -> None:
    make_return(district.street("zhonglou"), {}, week_start=MONDAY)
    lines: list[Line] = [(1, "ZC2025-01", "2025-3-3", 25, 1, "")]
    upload = read(district, clock, lines)
    assert faults(upload) == [("O151", "C4")]
    assert Fault.from_json(upload.faults[0]).message == "钟楼街道这一周已有周报"


@pytest.mark.parametrize(
    ("state", "refused"),
    [
        (ReturnState.APPROVED, True),
        (ReturnState.SUBMITTED, True),
        (ReturnState.DRAFT, False),
    ],
)
def test_a_week_that_another_street_told_of_is_not_told_twice(
    district: District, moved: Project, clock: Clock, state: ReturnState, refused: bool
) -> None:
    make_return(moved.street, {moved: ("20.0", 1)}, week_start=MONDAY, state=state)
    upload = read(district, clock, [(1, "ZC2025-01", "2025-3-3", 25, 1, "")])
    told = [Fault.from_json(fault).message for fault in upload.faults]
    assert told == ([f"般阳路街道这一周的周报里已有{moved}"] if refused else [])
    if refused:
        with pytest.raises(StateConflict, match="般阳路街道.*周报里已有"):
            brought_in(district, moved, district.users["bureau"], "5.0", clock)
        assert WeeklyReturn.objects.count() == 1
    else:
        brought_in(district, moved, district.users["bureau"], "5.0", clock)
        assert WeeklyReport.objects.filter(weekly_return__street__code="zhonglou").exists()


def test_streets_are_locked_in_one_order(district: District, moved: Project, clock: Clock) -> None:
    """As a move and a beginning return lock them: two that wait for each other never meet."""
    weeks = (Week(MONDAY), Week(MOVED_ON))
    rows = [OpeningReport(moved, week, Decimal(5), 100, "", 4) for week in weeks]
    with CaptureQueriesContext(connection) as queries:
        write_openings(reports=rows, upload=None, by=district.users["bureau"], now=clock.at(NOW))
    (lock,) = [
        each["sql"]
        for each in queries
        if 'FROM "accounts_organisation"' in each["sql"] and "ledger_formerstreet" in each["sql"]
    ]
    assert 'ORDER BY "accounts_organisation"."id" ASC' in lock


# -- weeks that were approved beside it ----------------------------------------------------------------
def test_what_is_brought_in_again_leaves_what_was_approved_beside_it(
    district: District, project: Project, clock: Clock
) -> None:
    """A later week was approved while the first figures waited: its approver saw those, whatever came after."""
    by = district.users["bureau"]
    brought_in(district, project, by, "5.0", clock)
    approved_at = clock.at("2025-05-07 10:05:30")
    brought_in(district, project, by, "6.0", clock)
    brought_in(district, project, by, "7.0", clock)

    def beside(at: datetime | None) -> tuple[Decimal, bool] | None:
        among = Project.objects.filter(pk=project.pk)
        last = figures_before(among=among, week=Week(MONDAY).next(), at=at)[0].get(project.pk)
        return (last.progress_percent, last.is_approved) if last is not None else None

    before = clock.at("2025-05-07 10:04:59")
    again = clock.at("2025-05-07 10:06:00")
    seen = [(before, None), (approved_at, Decimal("5.0")), (again, Decimal("6.0"))]
    assert [beside(at) for at, _ in seen] == [value and (value, False) for _, value in seen]
    assert beside(None) == (Decimal("7.0"), False)
    (row,) = WeeklyReturn.objects.all()
    now = clock.at("2025-05-07 11:00")
    reviewer = district.users["reviewer"]
    approve_openings(returns=[row], editions={row.pk: row.edition}, by=reviewer, now=now)
    assert [beside(at) for at, _ in seen] == [value and (value, False) for _, value in seen]
    assert beside(now) == (Decimal("7.0"), True)
    acts = ReturnEvent.objects.order_by("pk").values_list("act", "comment")
    assert list(acts) == [
        ("open", "期初导入，免街道报送和审核"),
        *[("submit", "期初导入 1 个项目的数")] * 3,
        ("approve", ""),
    ]
