"""A street in week 38 of 2025 with seven reporting projects, its pre-filled workbook, and ways to fill it.

The figures are those of the picture face/preview-1440.png: last week's are approved, the workbook is filled
in soundly unless a test spoils it.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.periods import Week
from renovation.intake import services
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target
from supervision.weekly.enums import ReturnState
from supervision.weekly.intake import WEEKLY
from supervision.weekly.models import WeeklyReturn
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project
from tests.factories.weekly import make_return

NOW = datetime(2025, 9, 19, 10, 24, tzinfo=ZoneInfo("Asia/Shanghai"))
WEEK = Week.of(date(2025, 9, 15))
LAST_WEEK = WEEK.previous()
HEADER_ROW = 4
#: Field → column letter of the template.
LETTERS = {
    "code": "A", "name": "B", "street": "C", "estates": "D", "planned_start": "E",
    "planned_completion": "F", "last_progress": "G", "last_investment": "H", "progress": "I",
    "investment": "J", "work_done": "K", "problems": "L", "coordination": "M", "next_plan": "N",
    "workers": "O", "start": "P", "completion": "Q", "unchanged": "R", "explanation": "S",
}  # fmt: skip
#: name, last percent, last investment in 分, this percent, this investment in 万元, what was done
PROJECTS = (
    (
        "柳泉小区",
        "69.0",
        308_2000_00,
        72.6,
        326.40,
        "5、6 号楼外墙保温完成，雨污分流管沟回填 120 米",
    ),
    ("建材一宿舍", "42.0", 171_5000_00, 45.0, 178.00, "3 号楼屋面防水完成"),
    ("聚贤里小区", "48.2", 176_4000_00, 51.0, 184.80, "1—4 号楼外墙粉刷，道路基层铺筑"),
    ("机床厂生活区", "33.5", 122_1000_00, 36.0, 125.00, "给水支管更换 60%"),
    ("松龄东苑", "26.5", 84_6000_00, 30.2, 98.50, "楼道粉刷 8 个单元，监控立杆 6 处"),
    ("青云小区", "0.0", 0, 2.0, 6.00, "进场围挡，拆除违建 2 处"),
    ("育才巷小区", "0.0", 0, None, None, None),
)
FIRST_ROW = HEADER_ROW + 1
ROWS = {f"ZC2025-{n:02d}": FIRST_ROW + n - 6 for n in range(6, 13)}


@dataclass
class Scene:
    """The district with the projects of 松龄路街道, ZC2025-06 to ZC2025-12, and one of 般阳路街道."""

    district: District
    street: Organisation
    projects: dict[str, Project]
    elsewhere: Project
    last_return: WeeklyReturn
    made: bytes = b""

    @property
    def clerk(self) -> Any:
        return self.district.users["songlinglu"]

    @property
    def target(self) -> Target:
        return Target(organisation=self.street, period_key=WEEK.key)

    def template(self, now: datetime = NOW) -> bytes:
        """The pre-filled workbook of week 38."""
        return WEEKLY.template(self.target, now).content

    def filled(self, spoil: Callable[[Any], None] | None = None) -> bytes:
        """The template filled in soundly, then changed by ``spoil`` (an openpyxl workbook)."""
        book = openpyxl.load_workbook(io.BytesIO(self.template()))
        sheet = book["周报"]
        for number, (_, _, _, percent, investment, work) in enumerate(PROJECTS):
            row = FIRST_ROW + number
            if percent is None:
                sheet[f"R{row}"] = "是"
                continue
            sheet[f"I{row}"], sheet[f"J{row}"], sheet[f"K{row}"] = percent, investment, work
            sheet[f"O{row}"] = 12
        sheet["P10"] = date(2025, 9, 16)
        if spoil is not None:
            spoil(book)
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def receive(
        self, content: bytes, name: str = "松龄路第38周.xlsx", now: datetime = NOW
    ) -> Upload:
        """The file as it came in, not yet read."""
        return services.receive(
            pipeline=WEEKLY.code,
            organisation=self.street,
            period_key=WEEK.key,
            file=content,
            name=name,
            by=self.clerk,
            now=now,
        )

    def upload(
        self, content: bytes, name: str = "松龄路第38周.xlsx", now: datetime = NOW
    ) -> Upload:
        """The file received and read."""
        upload = self.receive(content, name, now)
        services.read(upload_id=upload.pk, now=now)
        upload.refresh_from_db()
        return upload

    def stored(self) -> dict[str, dict[str, Any]]:
        """What the return of the week says now, by project code; {} without one."""
        newest = (
            WeeklyReturn.objects.filter(street=self.street, week_start=WEEK.start)
            .order_by("-version")
            .first()
        )
        if newest is None:
            return {}
        return {
            report.project.code: {
                "progress": report.progress_percent,
                "investment": report.completed_investment_fen,
                "work_done": report.work_done,
                "explanation": report.explanation,
                "start": report.claimed_start_on,
                "workers": report.workers_count,
                "unchanged": report.is_unchanged,
            }
            for report in newest.reports.select_related("project")
        }


def make_scene(last_state: ReturnState = ReturnState.APPROVED) -> Scene:
    """The district as the picture shows it, with last week's return in a state."""
    district = make_district()
    street = district.street("songlinglu")
    programme = ProgrammeFactory(bureau=district.bureau)
    projects: dict[str, Project] = {}
    rows: dict[Project, tuple[Decimal, int]] = {}
    for code, (name, percent, fen, *_) in zip(ROWS, PROJECTS, strict=True):
        begun = Decimal(percent) > 0
        project = make_project(
            programme=programme,
            street=street,
            code=code,
            name=name,
            started_on=date(2025, 3, 3) if begun else None,
            baseline={"planned_investment_fen": 500_0000_00},
        )
        projects[code] = project
        rows[project] = (Decimal(percent), fen)
    elsewhere = make_project(
        programme=programme,
        street=district.street("banyanglu"),
        code="ZC2025-01",
        name="文昌园小区",
    )
    last = make_return(street, rows, week_start=LAST_WEEK.start, state=last_state)
    return Scene(district, street, projects, elsewhere, last)


def sheet(book: Any) -> Any:
    """The visible sheet."""
    return book["周报"]


def put(**cells: Any) -> Callable[[Any], None]:
    """A change that puts values into cells: ``put(I6="=G6+3")``."""

    def spoil(book: Any) -> None:
        for address, value in cells.items():
            book["周报"][address] = value

    return spoil


def shift(now: datetime, **by: float) -> datetime:
    """A moment a little later."""
    return now + timedelta(**by)


def faults(upload: Upload, *severities: str) -> list[Mapping[str, Any]]:
    """The stored faults of some severities, all where none is named."""
    return [f for f in upload.faults if not severities or f["severity"] in severities]
