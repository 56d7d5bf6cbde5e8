"""Buildings (楼幢) of the estates of a year's projects as a list."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.editing import save_row
from projects.ledger.enums import BuildingStructure
from projects.ledger.models import Building, Estate, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing


def _whole(field: str, header: str, maximum: int, minimum: int = 1) -> Column:
    return Column(
        field=field,
        header=header,
        kind=Kind.INTEGER,
        minimum=Decimal(minimum),
        maximum=Decimal(maximum),
        expected=f"{minimum}—{maximum} 的整数",
    )


ESTATE = Column(field="estate", header="小区", longest=80, expected="本项目里的小区名称")
NUMBER = Column(field="number", header="楼号", longest=20, expected="如“3号楼”，一个小区里不重复")
UNITS = _whole("unit_count", "单元数(个)", 99)
FLOORS = _whole("floor_count", "层数(层)", 99)
HOUSEHOLDS = _whole("household_count", "户数(户)", 9_999, minimum=0)
AREA = Column(
    field="area_sqm",
    header="建筑面积(㎡)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal("9999999.99"),
    expected="大于 0，最多两位小数",
)
BUILT = _whole("year_built", "建成年份", 2030, minimum=1900)
STRUCTURE = Column(field="structure", header="结构", longest=10, expected="平台里的结构")
WRITES = (HOUSEHOLDS, AREA, UNITS, FLOORS, BUILT, STRUCTURE)
STRUCTURES = {str(kind.label): kind for kind in BuildingStructure}


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every building, and the estates by project and name. Two queries."""
    order = {project.pk: (place, project) for place, project in enumerate(projects)}
    estates = {
        (order[estate.project_id][1].code, estate.name): estate
        for estate in Estate.objects.filter(project__in=projects)
    }
    rows = sorted(
        Building.objects.filter(estate__project__in=projects).select_related("estate"),
        key=lambda row: (order[row.estate.project_id][0], row.estate_id, row.pk),
    )
    lines = []
    for row in rows:
        project = order[row.estate.project_id][1]
        lines.append(
            Line(
                name=f"{row.estate}　{row.number}",
                values={
                    PROJECT.field: project.code,
                    NAME.field: project.name,
                    ESTATE.field: row.estate.name,
                    NUMBER.field: row.number,
                    **{column.field: getattr(row, column.field) for column in WRITES[:-1]},
                    STRUCTURE.field: str(row.get_structure_display()) if row.structure else None,
                },
                row=row,
            )
        )
    return lines, estates


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Save a building as its page does."""
    for change in changes:
        name = str(change.values[ESTATE.field])
        estate = at.more.get((change.project.code, name))
        if estate is None:
            raise Refusal(
                "list.estate", f"{change.project}没有小区“{name}”。", field=ESTATE.field, found=name
            )
        row = change.row or Building(estate=estate, number=change.values[NUMBER.field])
        seen = row.version
        for column in WRITES[:-1]:
            if column.field in change.changed:
                setattr(row, column.field, change.values[column.field])
        if STRUCTURE.field in change.changed and change.values[STRUCTURE.field]:
            row.structure = STRUCTURES[str(change.values[STRUCTURE.field])]
        row.full_clean(exclude=["estate"])
        save_row(
            row=row,
            organisation=change.project.street,
            of=str(estate),
            seen_version=seen,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


BUILDINGS = ListBook(
    slug="buildings",
    label="楼幢",
    hint="一幢楼一行，项目编号、小区、楼号认出是哪一幢。空着的格不改；改楼号、删除在页面上办理。填数值，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: reverse("ledger:books", args=[year]),
    result_word="看成批导入导出",
    columns=(PROJECT, NAME, ESTATE, NUMBER, *WRITES),
    keys=(PROJECT, ESTATE, NUMBER),
    writes=WRITES,
    needed=(HOUSEHOLDS, AREA),
    known={STRUCTURE.field: lambda at: list(STRUCTURES)},
    load=load,
    write=write,
)
