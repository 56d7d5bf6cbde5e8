"""The ledger of a programme as a workbook: the roster, the projects, and what every column means."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from renovation.core.documents.blocks import Column, Kind, RowStyle, Table, Value, row
from renovation.core.documents.xlsx import Paper, sheet_from_table
from renovation.core.measures import wanyuan_from_fen
from renovation.core.wording import chinese_date, chinese_moment

from .enums import EVIDENCE_REQUIRED, GateKind, PartyRole, RenovationType
from .facts import GateFacts, ProjectFacts, project_facts
from .models import Party, Programme, Project
from .querysets import ProjectQuerySet
from .roster import columns as roster_columns
from .roster.context import known_projects
from .roster.workbook import roster_workbook


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
    Described(Column("特色", Kind.TEXT, 12), "一小区一特色。"),
    Described(Column("示范样板", Kind.DATE, 6), "定为示范样板的日期；不是样板的空着。"),
    Described(Column("定为样板的理由", Kind.TEXT, 12), ""),
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
#: The columns of the roster, as its own workbook explains them.
ROSTER_COLUMNS: tuple[Described, ...] = tuple(
    Described(Column(each.header, Kind.TEXT, 9), each.hint or each.expected)
    for each in roster_columns.COLUMNS
)


def ledger_workbook(
    *, programme: Programme, projects: ProjectQuerySet, with_drafts: bool, on: date, now: datetime
) -> bytes:
    """The ledger of a programme; constant queries.

    The first sheet is the roster, which comes back in unchanged (``ledger.intake``); the others are to be
    read: the projects in scope on a day with their gates and parties, and what every column means.
    """
    facts = project_facts(projects=projects, on=on)
    ids = [each.pk for each in facts]
    known = known_projects(projects)
    rows = {each.project.pk: each.project for each in known.values()}
    parties = _parties(ids, on)
    subtitle = f"截至{chinese_date(on)}，{chinese_moment(now)}导出"
    more = (
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
            _dictionary((("年度计划", ROSTER_COLUMNS), ("项目", PROJECT_COLUMNS))),
            title="数据说明",
            fixed_columns=2,
        ),
    )
    return roster_workbook(
        bureau=programme.bureau,
        year=programme.year,
        programme=programme,
        known=known.values(),
        with_drafts=with_drafts,
        more=more,
        now=now,
    )


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
        project.feature,
        project.model_on if project.is_model else None,
        project.model_reason if project.is_model else "",
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
