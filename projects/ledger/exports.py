"""The ledger of a programme as a workbook: projects, estates, and what every column means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, Value, row
from renovation.core.documents.xlsx import Book, Paper, sheet_from_table, write_workbook
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_moment

from .enums import EVIDENCE_REQUIRED, GateKind, PartyRole, RenovationType
from .facts import GateFacts, ProjectFacts, project_facts
from .models import Estate, Party, Programme, Project
from .querysets import ProjectQuerySet


@dataclass(frozen=True, slots=True)
class Described:
    """A column with its meaning, for the sheet 数据说明."""

    column: Column
    meaning: str


_GATES = tuple(kind for kind in GateKind if kind is not GateKind.PROGRAMMED)
PROJECT_COLUMNS: tuple[Described, ...] = (
    Described(Column("项目编号", Kind.LABEL, 7), "全区唯一，周报和导入都认这个编号。"),
    Described(Column("计划编码", Kind.LABEL, 9), "省、市系统里的编码。"),
    Described(Column("预算编码", Kind.LABEL, 9), "财政预算项目编码。"),
    Described(Column("项目名称", Kind.TEXT, 10), ""),
    Described(Column("街道", Kind.TEXT, 7), "项目所在街道。"),
    Described(Column("改造类型", Kind.LABEL, 7), "一区一案、四类改造。"),
    Described(Column("列入计划", Kind.DATE, 6), "从这一天起计入项目数。"),
    Described(Column("小区", Kind.COUNT, 4, unit="个"), "项目内的小区数。"),
    Described(Column("楼栋", Kind.COUNT, 4, unit="栋"), "各小区之和。"),
    Described(Column("户数", Kind.COUNT, 5, unit="户"), "各小区之和。"),
    Described(Column("建筑面积", Kind.DECIMAL, 7, unit="㎡", places=2), "各小区之和。"),
    Described(Column("计划版次", Kind.COUNT, 4), "导出当日生效的一版计划。"),
    Described(Column("计划开工", Kind.DATE, 6), "生效计划的开工日期。"),
    Described(Column("计划完工", Kind.DATE, 6), "生效计划的完工日期。"),
    Described(Column("计划投资", Kind.DECIMAL, 7, unit="万元", places=2), "生效计划的投资。"),
    *(
        Described(
            Column(f"实际{kind.label}", Kind.DATE, 6),
            "通过的日期。"
            + ("还没有附依据的不计入指标，见下一列。" if kind in EVIDENCE_REQUIRED else ""),
        )
        for kind in _GATES
    ),
    Described(Column("缺依据的关口", Kind.TEXT, 8), "填了实际日期、还没有附依据文件，因此不计入。"),
    *(Described(Column(role.label, Kind.TEXT, 10), "现任；几家用顿号隔开。") for role in PartyRole),
    Described(Column("备注", Kind.TEXT, 14), ""),
)
ESTATE_COLUMNS: tuple[Described, ...] = (
    Described(Column("项目编号", Kind.LABEL, 7), ""),
    Described(Column("项目名称", Kind.TEXT, 10), ""),
    Described(Column("街道", Kind.TEXT, 7), ""),
    Described(Column("社区", Kind.TEXT, 7), "小区所在社区。"),
    Described(Column("小区名称", Kind.TEXT, 10), ""),
    Described(Column("地址", Kind.TEXT, 14), ""),
    Described(Column("建成年份", Kind.COUNT, 4), ""),
    Described(Column("楼栋数", Kind.COUNT, 4, unit="栋"), ""),
    Described(Column("户数", Kind.COUNT, 5, unit="户"), ""),
    Described(Column("建筑面积", Kind.DECIMAL, 7, unit="㎡", places=2), ""),
)


def ledger_workbook(
    *, programme: Programme, projects: ProjectQuerySet, on: date, now: datetime
) -> bytes:
    """The projects of a queryset that are in scope on a day, with their estates; constant queries."""
    facts = project_facts(projects=projects, on=on)
    ids = [each.pk for each in facts]
    rows = {project.pk: project for project in Project.objects.filter(pk__in=ids)}
    parties = _parties(ids, on)
    estates = list(
        Estate.objects.filter(project_id__in=ids)
        .select_related("community")
        .order_by("project__street__order", "project__code", "pk")
    )
    subtitle = f"截至 {on.isoformat()}，{chinese_moment(now)}导出"
    sheets = (
        sheet_from_table(
            Table(
                columns=_columns(PROJECT_COLUMNS),
                rows=tuple(row(*_project(each, rows[each.pk], parties)) for each in facts),
                totals=row(*_project_totals(facts), style=RowStyle.TOTAL) if facts else None,
                name="项目",
            ),
            title=f"{programme.name}　项目台账",
            subtitles=(subtitle,),
            paper=Paper.A3,
            fixed_columns=4,
            filters=True,
        ),
        sheet_from_table(
            Table(
                columns=_columns(ESTATE_COLUMNS),
                rows=tuple(
                    row(*_estate(each, facts_of)) for each, facts_of in _with(facts, estates)
                ),
                name="小区",
            ),
            title=f"{programme.name}　小区",
            subtitles=(subtitle,),
            fixed_columns=2,
            filters=True,
        ),
        sheet_from_table(
            _dictionary((("项目", PROJECT_COLUMNS), ("小区", ESTATE_COLUMNS))),
            title="数据说明",
            fixed_columns=2,
        ),
    )
    return write_workbook(Book(sheets=sheets, title=f"{programme.name}　台账", made_at=now))


def _columns(described: Iterable[Described]) -> tuple[Column, ...]:
    return tuple(each.column for each in described)


def _parties(ids: Sequence[int], on: date) -> dict[tuple[int, str], list[str]]:
    """The names of the parties in office on a day, by project and role."""
    found: defaultdict[tuple[int, str], list[str]] = defaultdict(list)
    for party in Party.objects.filter(project_id__in=ids).valid_on(on):
        found[party.project_id, party.role].append(party.name)
    return found


def _project(
    facts: ProjectFacts, project: Project, parties: dict[tuple[int, str], list[str]]
) -> list[Value]:
    plan = facts.plan
    gates = [facts.gates.get(kind) for kind in _GATES]
    return [
        facts.code,
        project.plan_code or "",
        project.budget_code or "",
        facts.name,
        facts.street_name,
        RenovationType(facts.renovation_type).label,
        project.approved_on,
        facts.estate_count,
        facts.building_count,
        facts.household_count,
        facts.area_sqm,
        plan.version if plan else None,
        plan.start_on if plan else None,
        plan.completion_on if plan else None,
        wanyuan_from_fen(plan.investment_fen) if plan else None,
        *(gate.actual_on if gate else None for gate in gates),
        "、".join(str(gate.kind.label) for gate in gates if gate and _is_claim(gate)),
        *("、".join(parties.get((facts.pk, role), ())) for role in PartyRole),
        project.note,
    ]


def _is_claim(gate: GateFacts) -> bool:
    return gate.actual_on is not None and not gate.counts


def _project_totals(facts: Sequence[ProjectFacts]) -> list[Value]:
    cells: list[Value] = [None] * len(PROJECT_COLUMNS)
    headers = [each.column.header for each in PROJECT_COLUMNS]
    sums: dict[str, Any] = {
        "小区": sum(each.estate_count for each in facts),
        "楼栋": sum(each.building_count for each in facts),
        "户数": sum(each.household_count for each in facts),
        "建筑面积": sum(each.area_sqm for each in facts),
        "计划投资": wanyuan_from_fen(sum(e.plan.investment_fen for e in facts if e.plan)),
    }
    cells[0] = f"合计 {len(facts)} 个"
    for header, value in sums.items():
        cells[headers.index(header)] = value
    return [
        "" if cell is None and each.column.kind in {Kind.TEXT, Kind.LABEL} else cell
        for cell, each in zip(cells, PROJECT_COLUMNS, strict=True)
    ]


def _with(
    facts: Sequence[ProjectFacts], estates: Sequence[Estate]
) -> Iterable[tuple[Estate, ProjectFacts]]:
    known = {each.pk: each for each in facts}
    return [(estate, known[estate.project_id]) for estate in estates]


def _estate(estate: Estate, facts: ProjectFacts) -> list[Value]:
    return [
        facts.code,
        facts.name,
        facts.street_name,
        estate.community.short_name if estate.community else "",
        estate.name,
        estate.address,
        estate.year_built,
        estate.building_count,
        estate.household_count,
        estate.area_sqm,
    ]


def _dictionary(sheets: Sequence[tuple[str, Sequence[Described]]]) -> Table:
    return Table(
        columns=(
            Column("工作表", Kind.LABEL, 6),
            Column("列", Kind.TEXT, 10),
            Column("单位", Kind.LABEL, 5),
            Column("含义", Kind.TEXT, 30),
        ),
        rows=tuple(
            row(name, each.column.header, each.column.unit, each.meaning or each.column.header)
            for name, described in sheets
            for each in described
        ),
        name="数据说明",
    )
