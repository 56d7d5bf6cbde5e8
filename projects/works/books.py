"""Illegal structures and utilities' plans of a year's projects as lists that go out and come back in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from projects.ledger.books.declaring import (
    NAME,
    PROJECT,
    REASON_OF_HISTORY,
    Change,
    Found,
    Line,
    ListBook,
    Listing,
)
from projects.ledger.models import Estate, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.intake.pipelines import Column, Kind

from .enums import CostBearer, StructureAct, StructureKind, UtilityKind
from .models import IllegalStructure, StructureStep, UtilityPlan
from .owners import Owner
from .services.structures import StructureValues, amend_structure, find_structure
from .services.utilities import save_plan

NUMBER = Column(
    field="number",
    header="台账号",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    expected="平台给的，不改；新增的空着",
    hint="平台给的，认出是哪一条靠它；新增的一行空着。",
)
ESTATE = Column(
    field="estate", header="小区", longest=80, expected="本项目的小区名称；整个项目的不填"
)
NOTE = Column(field="note", header="说明", longest=200, expected="200 个字以内")

# -- illegal structures ------------------------------------------------------------------------------
BUILDING = Column(field="building", header="楼栋", longest=20, expected="如“3号楼”")
LOCATION = Column(field="location", header="位置", longest=80, expected="如“东单元屋面”")
KIND = Column(field="kind", header="类型", longest=10, expected="平台里的类型")
AREA = Column(
    field="area_sqm",
    header="面积(㎡)",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal(9999),
    expected="大于 0，最多两位小数",
)
WATERPROOF = Column(
    field="needs_waterproofing",
    header="拆后须恢复防水",
    kind=Kind.FLAG,
    expected="是、否",
)
FOUND_ON = Column(
    field="found_on",
    header="发现",
    kind=Kind.DATE,
    expected="新增的填发现日期，不晚于今天；已有的不改",
)
BUILT_ON = Column(
    field="built_on",
    header="建成日期",
    kind=Kind.DATE,
    expected="不晚于发现日期；不知道的空着",
)
STOOD_BEFORE = Column(
    field="stood_before",
    header="改造前已有",
    kind=Kind.FLAG,
    expected="是、否；建成日期查不到、改造前就在的填是",
    hint="建成日期登记错了、改成这一项的：清空建成日期，这里填是。",
)
STATE = Column(field="state", header="状态", longest=10, expected="只供查看；办理在页面上登记")
_STRUCTURE = (
    ESTATE, BUILDING, LOCATION, KIND, AREA, WATERPROOF, NOTE, FOUND_ON, BUILT_ON, STOOD_BEFORE,
)  # fmt: skip
KINDS = {str(each.label): each for each in StructureKind}


def _estates(projects: Sequence[Project]) -> dict[tuple[int, str], Estate]:
    return {(row.project_id, row.name): row for row in Estate.objects.filter(project__in=projects)}


def _estate(change: Change, at: Listing) -> Estate | None:
    name = change.values[ESTATE.field]
    if name is None:
        return None
    found: Estate | None = at.more.get((change.project.pk, str(name)))
    if found is None:
        raise Refusal(
            "list.estate",
            f"{change.project}没有小区“{name}”。",
            field=ESTATE.field,
            found=str(name),
        )
    return found


def _head(project: Project) -> dict[str, Any]:
    return {PROJECT.field: project.code, NAME.field: project.name}


def _ordered(projects: Sequence[Project], rows: Any) -> list[Any]:
    order = {project.pk: place for place, project in enumerate(projects)}
    return sorted(rows, key=lambda row: (order[row.project_id], row.pk))


def load_structures(projects: Sequence[Project], now: datetime) -> Found:
    """Every structure with the day it was found; nobody's name. Three queries."""
    names = {project.pk: project for project in projects}
    days: dict[int, date] = dict(
        StructureStep.objects.filter(
            structure__project__in=projects, act=StructureAct.FIND
        ).values_list("structure_id", "occurred_on")
    )
    rows = IllegalStructure.objects.filter(project__in=projects).select_related(
        "estate", "project__street"
    )
    lines = [
        Line(
            name=f"{names[row.project_id]}　{row}",
            values={
                **_head(names[row.project_id]),
                ESTATE.field: row.estate.name if row.estate else None,
                BUILDING.field: row.building,
                LOCATION.field: row.location,
                KIND.field: str(row.get_kind_display()),
                AREA.field: row.area_sqm,
                WATERPROOF.field: row.needs_waterproofing,
                NOTE.field: row.note,
                FOUND_ON.field: days.get(row.pk),
                BUILT_ON.field: row.built_on,
                STOOD_BEFORE.field: row.stood_before,
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in _ordered(projects, rows)
    ]
    return lines, _estates(projects)


def write_structures(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Enter what was found, or change what is known of it."""
    for change in changes:
        values = StructureValues(
            location=str(change.values[LOCATION.field]),
            kind=KINDS[str(change.values[KIND.field])],
            building=str(change.values[BUILDING.field] or ""),
            estate=_estate(change, at),
            area_sqm=change.values[AREA.field],
            needs_waterproofing=bool(change.values[WATERPROOF.field]),
            built_on=change.values[BUILT_ON.field],
            stood_before=bool(change.values[STOOD_BEFORE.field]),
            note=str(change.values[NOTE.field] or ""),
        )
        if change.row is None:
            find_structure(
                project=change.project,
                values=values,
                owner=Owner(name="", phone=""),
                found_on=change.values[FOUND_ON.field],
                evidence=None,
                by=by,
                now=at.now,
            )
            continue
        if FOUND_ON.field in change.changed:
            raise Refusal("list.found_on", "发现日期已经登记，不能改。", field=FOUND_ON.field)
        amend_structure(
            structure=change.row,
            values=values,
            reason=REASON_OF_HISTORY,
            seen_version=change.row.version,
            by=by,
            now=at.now,
        )


STRUCTURES = ListBook(
    slug="structures",
    label="违法建设",
    hint="一处一行。空着的格不改；告知、拆除等办理在页面上登记，当事人不在表里。填数值，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('works:structures_all')}?year={year}",
    result_word="看拆违",
    columns=(PROJECT, NAME, *_STRUCTURE, STATE, NUMBER),
    keys=(PROJECT, BUILDING, LOCATION, KIND),
    optional_keys=(BUILDING,),
    writes=_STRUCTURE,
    needed=(FOUND_ON,),
    either=((BUILT_ON, STOOD_BEFORE),),
    number=NUMBER,
    known={KIND.field: lambda at: list(KINDS)},
    load=load_structures,
    write=write_structures,
)

# -- utilities' plans --------------------------------------------------------------------------------
UTILITY = Column(field="kind", header="专业", longest=10, expected="平台里的专业")
OPERATOR = Column(field="operator", header="专营单位", longest=60, expected="如“区燃气公司”")
STRETCH = Column(field="stretch", header="地段", longest=60, expected="不填为全部地段")
FROM = Column(field="planned_from", header="计划开始", kind=Kind.DATE, expected="存在的日期")
TO = Column(field="planned_to", header="计划完成", kind=Kind.DATE, expected="不早于计划开始")
OPENS = Column(field="opens_surface", header="开挖路面", kind=Kind.FLAG, expected="是、否")
DEPTH = Column(
    field="depth_cm",
    header="埋深(厘米)",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(2000),
    expected="1—2000 的整数",
)
BEARER = Column(field="cost_bearer", header="费用承担", longest=10, expected="平台里的费用承担方式")
CONTACT = Column(field="contact", header="联系岗位", longest=60, expected="写岗位，不写个人姓名")
PHONE = Column(field="phone", header="联系电话", longest=30, expected="30 个字以内")
DOCUMENT = Column(field="document_number", header="文号", longest=60, expected="60 个字以内")
_UTILITY = (
    UTILITY, OPERATOR, ESTATE, STRETCH, FROM, TO, OPENS, DEPTH, BEARER, CONTACT, PHONE, DOCUMENT, NOTE,
)  # fmt: skip
UTILITY_KINDS = {str(each.label): each for each in UtilityKind}
BEARERS = {str(each.label): each for each in CostBearer}
_TEXTS = (STRETCH, PHONE, DOCUMENT, NOTE)


def load_utilities(projects: Sequence[Project], now: datetime) -> Found:
    """Every plan of a utility. Two queries."""
    names = {project.pk: project for project in projects}
    rows = UtilityPlan.objects.filter(project__in=projects).select_related(
        "estate", "project__street"
    )
    plain = [c for c in _UTILITY if c not in (UTILITY, ESTATE, BEARER)]
    lines = [
        Line(
            name=f"{names[row.project_id]}　{row}",
            values={
                **_head(names[row.project_id]),
                UTILITY.field: str(row.get_kind_display()),
                ESTATE.field: row.estate.name if row.estate else None,
                BEARER.field: str(row.get_cost_bearer_display()),
                **{column.field: getattr(row, column.field) for column in plain},
                STATE.field: str(row.get_state_display()),
                NUMBER.field: row.pk,
            },
            row=row,
        )
        for row in _ordered(projects, rows)
    ]
    return lines, _estates(projects)


def write_utilities(changes: Sequence[Change], at: Listing, by: User) -> None:
    """Enter a plan, or change one that is not over."""
    for change in changes:
        given: Mapping[str, Any] = change.values
        values: dict[str, Any] = {column.field: given[column.field] for column in _UTILITY}
        values |= {column.field: given[column.field] or "" for column in _TEXTS}
        bearer = given[BEARER.field]
        values |= {
            "kind": UTILITY_KINDS[str(given[UTILITY.field])],
            "estate": _estate(change, at),
            "opens_surface": given[OPENS.field] is not False,
            "cost_bearer": BEARERS[str(bearer)] if bearer else CostBearer.OPERATOR,
        }
        save_plan(
            project=change.project,
            values=values,
            plan=change.row,
            seen_version=change.row.version if change.row is not None else None,
            by=by,
            now=at.now,
        )


UTILITIES = ListBook(
    slug="utilities",
    label="管线计划",
    hint="一家单位一段一行。空着的格不改；协调、开工、完成、退出在页面上登记。填数值，不填公式。",
    section="项目",
    permission=Permission.LEDGER_WRITE,
    result=lambda year: f"{reverse('works:utilities_all')}?year={year}",
    result_word="看管线",
    columns=(PROJECT, NAME, *_UTILITY, STATE, NUMBER),
    keys=(PROJECT, UTILITY, OPERATOR, STRETCH, FROM),
    optional_keys=(STRETCH,),
    writes=_UTILITY,
    needed=(TO, CONTACT),
    number=NUMBER,
    known={
        UTILITY.field: lambda at: list(UTILITY_KINDS),
        BEARER.field: lambda at: list(BEARERS),
    },
    load=load_utilities,
    write=write_utilities,
)
