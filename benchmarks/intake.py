"""A workbook of 2,000 rows from stored bytes to preview to rows, beside the reader and a bulk insert."""

from __future__ import annotations

import io
from collections.abc import Iterator
from datetime import date, timedelta

import openpyxl
from django.db import transaction
from django.utils import timezone
from python_calamine import CalamineWorkbook

from projects.ledger.enums import BaselineState
from projects.ledger.models import Baseline, Estate, Programme, Project
from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.intake import services as intake
from renovation.intake.digest import digest
from renovation.intake.pipelines import Target
from supervision.weekly import workbook
from supervision.weekly.checks import RULES
from supervision.weekly.intake import WEEKLY
from supervision.weekly.models import WeeklyReport, WeeklyReturn

from .__main__ import ROWS, Line, best


def _street() -> tuple[Organisation, User, Week]:
    """A street with 2,000 reporting projects and its clerk, in the week that is open."""
    bureau = Organisation.objects.get(kind=OrganisationKind.BUREAU)
    street = Organisation.objects.create(
        kind=OrganisationKind.STREET,
        code="bench",
        name="测速街道办事处",
        short_name="测速街道",
        parent=bureau,
        order=99,
    )
    clerk = User.objects.create(username="bench", post_name="测速街道 填报岗")
    Membership.objects.create(user=clerk, organisation=street, role=Role.CLERK)
    programme = Programme.objects.filter(bureau=bureau).order_by("-year")[0]
    today = local_day(timezone.now())
    approver = User.objects.get(username="reviewer")
    projects = Project.objects.bulk_create(
        Project(
            code=f"BENCH-{number:05d}",
            name=f"测速小区{number}",
            programme=programme,
            street=street,
            approved_on=today - timedelta(days=30),
        )
        for number in range(ROWS)
    )
    Estate.objects.bulk_create(
        Estate(project=p, name=p.name, building_count=3, household_count=90, area_sqm=9000)
        for p in projects
    )
    Baseline.objects.bulk_create(
        Baseline(
            project=p,
            version=1,
            state=BaselineState.APPROVED,
            planned_start_on=date(today.year, 1, 5),
            planned_completion_on=date(today.year, 12, 20),
            planned_investment_fen=300_0000_00,
            area_sqm=9000,
            approved_on=today - timedelta(days=30),
            approved_by=approver,
        )
        for p in projects
    )
    return street, clerk, Week.of(today)


def _filled(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["周报"]
    header = next(row for row in sheet.iter_rows() if any(c.value == "项目编号" for c in row))
    columns = {str(cell.value): cell.column for cell in header if cell.value}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        sheet.cell(row, columns["本周累计形象进度(%)"]).value = 5.5
        sheet.cell(row, columns["累计完成投资(万元)"]).value = 12.5
        sheet.cell(row, columns["本周完成情况"]).value = "进场围挡，外墙基层处理"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def lines() -> Iterator[Line]:
    """The pre-filled workbook, reading, preview, commit."""
    street, clerk, week = _street()
    target = Target(organisation=street, period_key=week.key)
    now = timezone.now()
    template = workbook.build(street=street, week=week, now=now).content
    writing = best(lambda: _written_bare(template), 1)
    yield Line(
        f"预填工作簿，{ROWS} 行",
        best(lambda: workbook.build(street=street, week=week, now=now), 1),
        writing,
        "openpyxl 写同样的格",
    )
    content = _filled(template)
    reader = best(lambda: _read_bare(content))
    yield Line(
        f"读取到核对，{ROWS} 行",
        best(lambda: digest(content, "a.xlsx", WEEKLY, target, now)),
        reader,
        "calamine 读同样的格",
        f"{len(RULES)} 条规则全查",
    )
    upload = intake.receive(
        pipeline=WEEKLY.code,
        organisation=street,
        period_key=week.key,
        file=content,
        name="a.xlsx",
        by=clerk,
        now=now,
    )
    intake.read(upload_id=upload.pk, now=now)
    upload.refresh_from_db()
    ours = best(lambda: intake.commit(upload=upload, by=clerk, now=now), 1)
    yield Line(f"写入，{ROWS} 行", ours, _inserted_bare(), "同样多行的批量插入")


def _read_bare(content: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def _written_bare(content: bytes) -> None:
    rows = list(openpyxl.load_workbook(io.BytesIO(content), read_only=True)["周报"].values)
    started = openpyxl.Workbook(write_only=True)
    sheet = started.create_sheet("周报")
    for row in rows:
        sheet.append(row)
    started.save(io.BytesIO())


def _inserted_bare() -> float:
    """Insert the same rows once more and take them back."""
    written = WeeklyReturn.objects.get(street__code="bench")
    rows = list(WeeklyReport.objects.filter(weekly_return=written))

    def insert() -> None:
        with transaction.atomic():
            copy = WeeklyReturn.objects.create(
                street=written.street,
                week_start=written.week_start - timedelta(days=7),
                opened_at=written.opened_at,
            )
            for row in rows:
                row.pk, row.weekly_return = None, copy
            WeeklyReport.objects.bulk_create(rows)
            transaction.set_rollback(True)

    return best(insert)
