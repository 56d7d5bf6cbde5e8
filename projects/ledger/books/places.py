"""Where the estates of a year's projects lie (小区位置), as a list: coordinates and outlines from a survey."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from django.urls import reverse

from projects.ledger.editing import save_row
from projects.ledger.models import Estate, Project
from projects.ledger.parameters import DISTRICT_BOX
from projects.ledger.places import check_inside, outline_text, parse_outline
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind
from renovation.records.services import values_in_force

from .declaring import NAME, PROJECT, REASON_OF_HISTORY, Change, Found, Line, ListBook, Listing
from .shared import head


def _degrees(field: str, header: str, most: int) -> Column:
    return Column(
        field=field,
        header=header,
        kind=Kind.DECIMAL,
        places=6,
        minimum=Decimal(-most),
        maximum=Decimal(most),
        expected="度，最多六位小数，在本区范围内",
    )


ESTATE = Column(field="estate", header="小区", longest=80, expected="本项目里的小区名称")
LATITUDE, LONGITUDE = _degrees("latitude", "纬度(度)", 90), _degrees("longitude", "经度(度)", 180)
OUTLINE = Column(
    field="outline",
    header="轮廓",
    longest=8000,
    expected="一格里一行一个角点：纬度，经度；至少三个点",
)
_WRITES = (LATITUDE, LONGITUDE, OUTLINE)


def load(projects: Sequence[Project], now: datetime) -> Found:
    """Every estate. One query."""
    order = {project.pk: place for place, project in enumerate(projects)}
    rows = Estate.objects.filter(project__in=projects).select_related("project")
    return [
        Line(
            name=row.full_name,
            values={
                **head(row),
                ESTATE.field: row.name,
                LATITUDE.field: row.latitude,
                LONGITUDE.field: row.longitude,
                OUTLINE.field: outline_text(row.outline or []),
            },
            row=row,
        )
        for row in sorted(rows, key=lambda row: (order[row.project_id], row.pk))
    ], None


def write(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Set the place of an estate as its page does; a new estate comes with the roster."""
    box = values_in_force(organisation=at.bureau, on=local_day(at.now))[DISTRICT_BOX.key]
    for change in changes:
        row = change.row
        if row is None:
            raise Refusal(
                "list.estate",
                f"{change.project}没有小区“{change.values[ESTATE.field]}”，新增的小区在年度计划表里导入。",
                field=ESTATE.field,
            )
        latitude, longitude = change.values[LATITUDE.field], change.values[LONGITUDE.field]
        if (latitude is None) != (longitude is None):
            lacking = LATITUDE if latitude is None else LONGITUDE
            raise Refusal("place.half", "纬度和经度要一起填。", field=lacking.field)
        if latitude is not None:
            check_inside((latitude, longitude), box, field=LATITUDE.field)
        row.latitude, row.longitude = latitude, longitude
        if OUTLINE.field in change.changed:
            row.outline = parse_outline(str(change.values[OUTLINE.field]), box=box)
        save_row(
            row=row,
            organisation=change.project.street,
            of=str(change.project),
            seen_version=row.version,
            reason=REASON_OF_HISTORY,
            by=by,
            now=at.now,
        )


PLACES = ListBook(
    slug="places",
    label="小区位置",
    hint="一个小区一行，从测绘成果填。空着的格不改；要去掉的在小区页面上删。填数值，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('dashboards:places')}?year={year}",
    result_word="看位置",
    columns=(PROJECT, NAME, ESTATE, *_WRITES),
    keys=(PROJECT, ESTATE),
    writes=_WRITES,
    load=load,
    write=write,
)
