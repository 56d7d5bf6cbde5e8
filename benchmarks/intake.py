"""A street's workbook from stored bytes to preview to rows, beside the reader, the writer, a bulk insert with and
without history, and django-import-export's dry run of the same rows; a programme's roster; and whether ten times
the rows take ten times as long."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import openpyxl
import tablib
from django.db import connection, models, transaction
from django.utils import timezone
from import_export import fields, resources
from import_export.widgets import DecimalWidget, ForeignKeyWidget
from python_calamine import CalamineWorkbook
from simple_history.models import HistoricalRecords
from simple_history.utils import bulk_create_with_history

from projects.ledger.enums import BaselineState
from projects.ledger.intake import ROSTER
from projects.ledger.models import Baseline, Estate, Programme, Project
from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.intake import services as intake
from renovation.intake.digest import digest
from renovation.intake.models import Upload
from renovation.intake.pipelines import Pipeline, Target
from supervision.weekly import workbook
from supervision.weekly.checks import RULES
from supervision.weekly.columns import INVESTMENT, PROGRESS, WORK_DONE
from supervision.weekly.intake import WEEKLY
from supervision.weekly.models import WeeklyReport, WeeklyReturn

from .__main__ import ROUNDS, ROWS, Line, best

#: As many as a sheet may hold (20,000) with the lines above the data left out.
MANY = 19_900
#: Ten times the rows may take ten times as long, and what a measurement may be off.
LINEAR = "1.1 ×"
#: Fields of the workbook that the dry run of django-import-export takes in.
THEIRS = (PROGRESS.header, INVESTMENT.header, WORK_DONE.header)


@dataclass(frozen=True)
class Street:
    """A street with reporting projects, its clerk, and the week that is open."""

    street: Organisation
    clerk: User
    week: Week
    now: datetime

    @property
    def target(self) -> Target:
        return Target(organisation=self.street, period_key=self.week.key)


def _street(count: int) -> Street:
    """A street with so many reporting projects, in the week that is open."""
    bureau = Organisation.objects.get(kind=OrganisationKind.BUREAU)
    street = Organisation.objects.create(
        kind=OrganisationKind.STREET,
        code=f"bench-{count}",
        name=f"测速{count}街道办事处",
        short_name=f"测速{count}街道",
        parent=bureau,
        order=count,
    )
    clerk = User.objects.create(username=street.code, post_name=f"{street.short_name} 填报岗")
    Membership.objects.create(user=clerk, organisation=street, role=Role.CLERK)
    programme = Programme.objects.filter(bureau=bureau).order_by("-year")[0]
    now = timezone.now()
    today = local_day(now)
    approver = User.objects.get(username="reviewer")
    projects = Project.objects.bulk_create(
        Project(
            code=f"BENCH-{count}-{number:05d}",
            name=f"测速小区{number}",
            programme=programme,
            street=street,
            approved_on=today - timedelta(days=30),
        )
        for number in range(count)
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
    return Street(street, clerk, Week.of(today), now)


def _filled(content: bytes) -> bytes:
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["周报"]
    header = next(row for row in sheet.iter_rows() if any(c.value == "项目编号" for c in row))
    columns = {str(cell.value): cell.column for cell in header if cell.value}
    for row in range(header[0].row + 1, sheet.max_row + 1):
        sheet.cell(row, columns[PROGRESS.header]).value = 5.5
        sheet.cell(row, columns[INVESTMENT.header]).value = 12.5
        sheet.cell(row, columns[WORK_DONE.header]).value = "进场围挡，外墙基层处理"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def lines() -> Iterator[Line]:
    """The pre-filled workbook, reading, preview, commit; then ten times as many rows; then a roster."""
    small = _street(ROWS)
    template = workbook.build(street=small.street, week=small.week, now=small.now).content
    yield Line(
        f"预填工作簿，{ROWS} 行",
        best(lambda: workbook.build(street=small.street, week=small.week, now=small.now)),
        best(_bare_writer(template)),
        "openpyxl 写同样的格",
        bar="1.5 ×",
    )
    content = _filled(template)
    reader = best(lambda: _read_bare(content), 5)
    reading = best(lambda: digest(content, "a.xlsx", WEEKLY, small.target, small.now))
    yield Line(
        f"周报：解析、核对，{ROWS} 行",
        reading,
        reader,
        "calamine 读同样的格",
        f"{len(RULES)} 条规则全查",
    )
    upload = _received(small, content)
    preview = _preview(upload, small)
    yield Line(
        f"周报：存件到核对页，含写库，{ROWS} 行", preview, reader, "calamine 读同样的格", bar="10 ×"
    )
    yield Line(
        f"周报：存件到核对页，{ROWS} 行",
        preview,
        best(_dry_run(content, small), 1),
        "django-import-export 试导入同样的行（不含读文件）",
    )
    commit = _commit(upload, small)
    name = f"周报：写入，含再核对和审计，{ROWS} 行"
    kept = _inserted_with_history(small)
    yield Line(name, commit, kept, "同样多行的批量插入，连同历史", bar="3 ×")
    yield Line(name, commit, _inserted_bare(small), "同样多行的批量插入，不留历史")
    yield from _many(reading, commit)
    yield from _roster(small)


def _many(reading: float, commit: float) -> Iterator[Line]:
    """The same with as many rows as a sheet may hold, beside so many times the time of the small one."""
    large, times = _street(MANY), MANY / ROWS
    content = _filled(workbook.build(street=large.street, week=large.week, now=large.now).content)
    beside = f"{times:.0f} × {ROWS} 行的时间"
    yield Line(
        f"周报：解析、核对，{MANY} 行",
        best(lambda: digest(content, "a.xlsx", WEEKLY, large.target, large.now), 1),
        reading * times,
        beside,
        bar=LINEAR,
    )
    upload = _received(large, content)
    intake.read(upload_id=upload.pk, now=large.now)
    upload.refresh_from_db()
    taken = _commit(upload, large, 1)
    yield Line(f"周报：写入，{MANY} 行", taken, commit * times, beside, bar=LINEAR)


def _roster(street: Street) -> Iterator[Line]:
    """The roster of the programme that the streets above belong to, new again in another year's."""
    bureau = Organisation.objects.get(kind=OrganisationKind.BUREAU)
    programme = Programme.objects.create(
        bureau=bureau, year=2035, name="测速计划", approved_on=local_day(street.now)
    )
    target = Target(organisation=bureau, period_key="2035")
    content, times = _roster_book(street, ROWS), MANY / ROWS
    reading = best(lambda: digest(content, "a.xlsx", ROSTER, target, street.now))
    yield Line(
        f"年度计划：解析、核对，{ROWS} 行",
        reading,
        best(lambda: _read_bare(content), 5),
        "calamine 读同样的格",
        f"{len(ROSTER.rules)} 条规则全查，台账里已有 {Project.objects.count()} 个项目",
        bar="10 ×",
    )
    large = _roster_book(street, MANY)
    yield Line(
        f"年度计划：解析、核对，{MANY} 行",
        best(lambda: digest(large, "a.xlsx", ROSTER, target, street.now), 1),
        reading * times,
        f"{times:.0f} × {ROWS} 行的时间",
        bar=LINEAR,
    )
    programme.delete()


def _roster_book(street: Street, count: int) -> bytes:
    """A roster of so many new projects of one estate each."""
    book = openpyxl.Workbook(write_only=True)
    sheet = book.create_sheet()
    sheet.append(
        ["街道", "项目编号", "项目名称", "小区", "楼栋数", "户数", "面积(万㎡)", "计划投资(万元)", "计划开工", "计划完工"]
    )  # fmt: skip
    for number in range(count):
        name = f"新小区{number}"
        sheet.append(
            [street.street.short_name, f"NEW-{number:05d}", name, name, 3, 90, 0.9, 300, date(2035, 3, 1), date(2035, 11, 30)]
        )  # fmt: skip
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def _received(street: Street, content: bytes, pipeline: Pipeline = WEEKLY) -> Upload:
    return intake.receive(
        pipeline=pipeline.code,
        organisation=street.street,
        period_key=street.week.key,
        file=content,
        name="a.xlsx",
        by=street.clerk,
        now=street.now,
    )


def _preview(upload: Upload, street: Street) -> float:
    """From the stored bytes to the stored preview, the shortest of some runs."""

    def read() -> None:
        intake.read(upload_id=upload.pk, now=street.now)

    times = []
    for left in reversed(range(ROUNDS)):
        times.append(best(read, 1))
        upload.refresh_from_db()
        if left:
            intake.read_again(upload=upload, by=street.clerk, now=street.now)
    return min(times)


def _commit(upload: Upload, street: Street, rounds: int = ROUNDS) -> float:
    """Confirming the file; all runs but the last are undone."""

    def commit() -> None:
        intake.commit(upload=Upload.objects.get(pk=upload.pk), by=street.clerk, now=street.now)

    times = [best(_undone(commit), 1) for _ in range(rounds - 1)]
    return min([*times, best(commit, 1)])


def _undone(work: Callable[[], None]) -> Callable[[], None]:
    def undone() -> None:
        with transaction.atomic():
            work()
            transaction.set_rollback(True)

    return undone


def _read_bare(content: bytes) -> None:
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    for name in book.sheet_names:
        book.get_sheet_by_name(name).to_python()


def _bare_writer(content: bytes) -> Callable[[], None]:
    """Write the values of a workbook's sheets, without any style, in openpyxl's fastest way."""
    book = openpyxl.load_workbook(io.BytesIO(content), read_only=True)
    sheets = {name: list(book[name].values) for name in book.sheetnames}

    def write() -> None:
        started = openpyxl.Workbook(write_only=True)
        for name, rows in sheets.items():
            sheet = started.create_sheet(name)
            for row in rows:
                sheet.append(row)
        started.save(io.BytesIO())

    return write


def _dry_run(content: bytes, street: Street) -> Callable[[], None]:
    """django-import-export's dry run of the same rows, which it is given already read."""
    written = WeeklyReturn(street=street.street, week_start=street.week.start, opened_at=street.now)

    class Reports(resources.ModelResource):
        project = fields.Field("project", "项目编号", ForeignKeyWidget(Project, "code"))
        progress = fields.Field("progress_percent", PROGRESS.header, DecimalWidget())
        work_done = fields.Field("work_done", WORK_DONE.header)

        class Meta:
            model = WeeklyReport
            import_id_fields = ("project",)
            fields = ("project", "progress", "work_done")

        def get_queryset(self) -> Any:
            return WeeklyReport.objects.filter(weekly_return=written)

        def before_save_instance(self, instance: Any, row: Any, **options: Any) -> None:
            instance.weekly_return, instance.updated_at = written, street.now
            instance.updated_by = street.clerk
            instance.completed_investment_fen = int(
                Decimal(str(row[INVESTMENT.header])) * 1_000_000
            )

    values = list(openpyxl.load_workbook(io.BytesIO(content), read_only=True)["周报"].values)
    start = next(place for place, row in enumerate(values) if "项目编号" in row)
    headers = [str(cell) for cell in values[start]]
    wanted = [headers.index(name) for name in ("项目编号", *THEIRS)]
    data = tablib.Dataset(
        *([row[place] for place in wanted] for row in values[start + 1 :]),
        headers=["项目编号", *THEIRS],
    )

    def run() -> None:
        with transaction.atomic():
            written.pk = None
            written.save()
            result = Reports().import_data(data, dry_run=True, raise_errors=True)
            if result.totals["new"] != len(data):
                raise AssertionError(result.totals)
            transaction.set_rollback(True)

    return run


def _inserted_bare(street: Street) -> float:
    """Insert the same rows once more and take them back."""
    written = WeeklyReturn.objects.get(street=street.street)
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


def _tracked() -> type[models.Model]:
    """A model with the columns of a report whose history django-simple-history keeps."""
    columns: dict[str, Any] = {}
    for each in WeeklyReport._meta.local_fields:
        _, _, given, named = each.deconstruct()
        if each.is_relation:
            named["related_name"] = "+"
        columns[each.name] = type(each)(*given, **named)
    meta = type("Meta", (), {"app_label": "weekly", "db_table": "bench_tracked_report"})
    return type(
        "TrackedReport",
        (models.Model,),
        {**columns, "history": HistoricalRecords(), "Meta": meta, "__module__": __name__},
    )


def _inserted_with_history(street: Street) -> float:
    """Insert the same rows with a row of history each, as django-simple-history does, into tables of their own."""
    model = _tracked()
    names = [each.attname for each in WeeklyReport._meta.local_fields if not each.primary_key]
    stored = list(WeeklyReport.objects.filter(weekly_return__street=street.street).values(*names))
    with transaction.atomic():
        with connection.schema_editor() as editor:
            editor.create_model(model)
            editor.create_model(model.history.model)  # type: ignore[attr-defined]

        batches = [[model(**values) for values in stored] for _ in range(ROUNDS)]

        def insert() -> None:
            bulk_create_with_history(
                batches.pop(), model, default_user=street.clerk, default_date=street.now
            )

        took = best(_undone(insert))
        transaction.set_rollback(True)
    return took
