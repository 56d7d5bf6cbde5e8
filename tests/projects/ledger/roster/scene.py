"""A district with a programme of three projects, a roster in the shape that districts keep, and ways to
spoil it."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

import openpyxl

from projects.ledger.enums import BaselineState
from projects.ledger.intake import ROSTER
from projects.ledger.models import Baseline, Estate, Programme, Project, ProjectChange
from renovation.core.errors import Fault, Severity
from renovation.intake import services as intake
from renovation.intake.models import Upload
from renovation.intake.pipelines import Target
from tests.factories.accounts import CommunityFactory, District, make_district
from tests.factories.enrolment import excuse
from tests.factories.ledger import (
    EstateFactory,
    ProgrammeFactory,
    ProgrammeTotalFactory,
    ProjectFactory,
    add_baseline,
)

NOW = datetime(2025, 5, 7, 10, tzinfo=ZoneInfo("Asia/Shanghai"))
HEADERS = (
    "序号", "街道", "社区", "项目编号", "项目名称", "小区名称", "建成年份", "楼栋数(栋)", "户数(户)", "面积(万㎡)",
    "改造类型", "计划投资(万元)", "计划开工", "计划完工", "计划编码", "预算编码", "情况说明",
)  # fmt: skip
#: Field → column letter of the district's own table.
LETTERS = {
    "street": "B", "community": "C", "code": "D", "name": "E", "estate": "F", "year_built": "G",
    "building_count": "H", "household_count": "I", "area_sqm": "J", "renovation_type": "K",
    "planned_investment": "L", "planned_start_on": "M", "planned_completion_on": "N", "plan_code": "O",
    "budget_code": "P", "explanation": "Q",
}  # fmt: skip
HEADER_ROW = 3
FIRST_ROW = 4
#: Rows 4–8: the new projects 21, 22 (two estates, merged) and 23; 小计 and 其中 between and below them.
LINES: tuple[tuple[Any, ...], ...] = (
    (1, "般阳路街道", "文昌社区", "ZC2025-21", "文昌里小区", "文昌里小区", 1996, 4, 120, 1.08, "基础完善型", 310.5, "2025-3-10", "2025年11月20日", "P21", "B21", ""),
    (2, "般阳路街道", "", "ZC2025-22", "东关片区", "东关一区", 1998, 6, 180, 1.71, "功能提升型", 620, date(2025, 4, 1), date(2025, 12, 10), "", "", ""),
    ("", "", "", "", "", "东关二区", 2001, 3, 96, 0.8832, "", "", "", "", "", "", ""),
    ("般阳路街道小计", "", "", "", "", "", "", 13, 396, 3.6732, "", 930.5, "", "", "", "", ""),
    (3, "钟楼街道", "", "ZC2025-23", "钟楼北村", "钟楼北村", 1992, 5, 150, 1.35, "环境美化型", 400, "2025.3.1", "2025.10.31", "", "", ""),
    ("其中：中央补助项目", "", "", "", "", "", "", 9, 270, 2.43, "", 710.5, "", "", "", "", ""),
    ("合计", "", "", "", "", "", "", 18, 546, 5.0232, "", 1330.5, "", "", "", "", ""),
    ("填表人：区局经办", "", "", "", "审核人：", "", "", "", "", "", "", "", "", "", "", "", ""),
)  # fmt: skip
#: The row of each new estate in the workbook.
AT = {"文昌里小区": 4, "东关一区": 5, "东关二区": 6, "钟楼北村": 8}


@dataclass
class Scene:
    """The district; ``known`` is a project with an approved plan, ``drafted`` one whose plan waits."""

    district: District
    programme: Programme
    known: Project
    drafted: Project
    other_year: Project

    @property
    def target(self) -> Target:
        return Target(organisation=self.district.bureau, period_key="2025")

    @property
    def clerk(self) -> Any:
        return self.district.users["bureau"]

    @property
    def reviewer(self) -> Any:
        return self.district.users["reviewer"]

    def upload(self, content: bytes, name: str = "年度计划.xlsx", now: datetime = NOW) -> Upload:
        """The file received and read."""
        upload = intake.receive(
            pipeline=ROSTER.code,
            organisation=self.district.bureau,
            period_key="2025",
            file=content,
            name=name,
            by=self.clerk,
            now=now,
        )
        intake.read(upload_id=upload.pk, now=now)
        upload.refresh_from_db()
        return upload

    def commit(self, upload: Upload, now: datetime = NOW) -> intake.Outcome:
        return intake.commit(upload=upload, by=self.clerk, now=now)

    def excuse(self, entries: Iterable[ProjectChange]) -> None:
        """An exception asked for every condition that entries lack."""
        excuse(*entries, now=NOW)

    def template(self, now: datetime = NOW) -> bytes:
        return ROSTER.template(self.target, now).content

    def stored(self) -> dict[str, Any]:
        """The whole ledger of the programme as values, to be compared before and after."""
        return {
            "projects": list(
                Project.objects.filter(programme=self.programme).order_by("code").values()
            ),
            "estates": list(Estate.objects.order_by("pk").values()),
            "plans": list(Baseline.objects.order_by("pk").values()),
        }


def make_scene() -> Scene:
    """Programme 2025 with two projects in 松龄路街道, official totals of two streets, last year's project."""
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    street = district.street("songlinglu")
    CommunityFactory(parent=district.street("banyanglu"), name="文昌社区", code="wenchang")
    made = []
    for code, name in (("ZC2025-06", "柳泉小区"), ("ZC2025-07", "建材一宿舍")):
        project = ProjectFactory(
            programme=programme, street=street, code=code, name=name, plan_code=f"P{code[-2:]}"
        )
        EstateFactory(
            project=project, name=name, building_count=3, household_count=100,
            area_sqm=Decimal("9200.50"), address="松龄西路 12 号",
        )  # fmt: skip
        made.append(project)
    add_baseline(made[0])
    add_baseline(
        made[1], state=BaselineState.DRAFT, approved_on=None, drafted_by=district.users["bureau2"]
    )
    for code in ("banyanglu", "zhonglou"):
        ProgrammeTotalFactory(
            programme=programme, street=district.street(code), project_count=2,
            household_count=396, area_sqm=Decimal("36732.00"),
        )  # fmt: skip
    older = ProgrammeFactory(bureau=district.bureau, year=2024)
    other = ProjectFactory(programme=older, street=street, code="ZC2024-03", plan_code="P2024")
    return Scene(district, programme, made[0], made[1], other)


def table(
    lines: Sequence[Sequence[Any]] = LINES,
    *,
    headers: Sequence[str] = HEADERS,
    cells: Mapping[str, Any] | None = None,
    merged: Sequence[str] = ("B5:B6", "D5:D6", "E5:E6", "K5:K6", "L5:L6", "M5:M6", "N5:N6"),
    spoil: Callable[[Any], None] | None = None,
) -> bytes:
    """The district's own workbook: two title rows, the header, the lines; ``cells`` are put in last."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet.title = "2025年计划"
    sheet["A1"] = "淄川区2025年老旧小区改造计划表"
    sheet["A2"] = "单位：万元、万㎡　　2025年1月20日"
    for column, header in enumerate(headers, start=1):
        sheet.cell(HEADER_ROW, column, header)
    for number, line in enumerate(lines, start=FIRST_ROW):
        for column, value in enumerate(line, start=1):
            if value != "":
                sheet.cell(number, column, value)
    for area in merged:
        sheet.merge_cells(area)
    for address, value in (cells or {}).items():
        sheet[address] = value
    if spoil is not None:
        spoil(sheet)
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def edited(content: bytes, cells: Mapping[str, Any], sheet: str = "年度计划") -> bytes:
    """A workbook of the portal with some cells changed."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    for address, value in cells.items():
        book[sheet][address] = value
    buffer = io.BytesIO()
    book.save(buffer)
    return buffer.getvalue()


def faults(upload: Upload, *severities: Severity) -> list[tuple[str, str]]:
    """(code, cell) of what was found, notices left out unless they are asked for."""
    wanted = severities or (Severity.ERROR, Severity.REASON)
    found = [Fault.from_json(fault) for fault in upload.faults]
    return [(fault.code, fault.cell) for fault in found if fault.severity in wanted]
