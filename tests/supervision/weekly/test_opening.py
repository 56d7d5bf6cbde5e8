"""Opening returns: past weeks from old sheets count once approved by another, and never as late."""

from __future__ import annotations

import io
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pytest

from projects.ledger.models import Project
from renovation.core.errors import Fault, Forbidden, Severity
from renovation.core.periods import Week
from renovation.intake import services as intake
from renovation.intake.models import Upload, UploadState
from renovation.intake.pipelines import Target
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReport, WeeklyReturn
from supervision.weekly.opening.pipeline import OPENING_WEEKS
from supervision.weekly.opening.services import approve_openings
from supervision.weekly.standing import met_due, reported_at
from supervision.weekly.weeks import moments_of
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
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
    with pytest.raises(Forbidden):
        approve_openings(returns=[first, second], by=by, now=now)
    reviewer = district.users["reviewer"]
    assert approve_openings(returns=[second, first], by=reviewer, now=now) == 2
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
