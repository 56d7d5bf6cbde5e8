"""The weekly dispatch sheet as a frozen value, and its one table (DOMAIN.md §2.6).

Every figure is a `Measure` of the snapshot. The workbook shows all columns, the printed sheet those
that a meeting reads; both are cut from the same columns, so that they cannot differ.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from renovation.core.documents.blocks import (
    BEHIND,
    FAR_BEHIND,
    NOT_DUE,
    ON_COURSE,
    Cell,
    Column,
    Kind,
    Mark,
    Row,
    RowStyle,
    Table,
    Value,
    group_row,
)
from renovation.core.measures import Measure
from renovation.core.periods import Week
from renovation.core.wording import short_date

from . import names
from .enums import Extent

#: Light as a word (亮灯 of MEASURES.md) → the mark that is printed, symbol and word.
MARKS: Mapping[str, Mark] = {
    "绿": ON_COURSE,
    "黄": BEHIND,
    "红": FAR_BEHIND,
    "灰": NOT_DUE,
}


@dataclass(frozen=True)
class ReturnInput:
    """What the sheet was compiled from: a street's return, or that there was none."""

    street_code: str
    street_name: str
    week_start: date
    state: str
    word: str
    version: int = 0
    return_id: int | None = None
    is_missing: bool = False
    is_pending: bool = False


@dataclass(frozen=True)
class SheetRow:
    """One project. ``figures`` are its measures by name, ``progress_change`` its physical progress of
    the week in points; ``is_pending`` says that the row stands on a return that is not approved yet."""

    code: str
    name: str
    communities: str
    estates: str
    years_built: str
    renovation_type: str
    parties: Mapping[str, str]
    contact: str
    phone: str
    stage: str
    planned_start_on: date | None
    started_on: date | None
    planned_completion_on: date | None
    completed_on: date | None
    forecast_on: date | None
    figures: Mapping[str, Measure]
    progress_change: Measure | None = None
    last_plan: str = ""
    work_done: str = ""
    problems: str = ""
    coordination: str = ""
    next_plan: str = ""
    workers_count: int | None = None
    is_pending: bool = False
    note: str = ""

    @property
    def mark(self) -> Mark | None:
        return mark_of(self.figures)


@dataclass(frozen=True)
class SheetGroup:
    """The projects of one street with their sums."""

    street_code: str
    street_name: str
    rows: tuple[SheetRow, ...]
    figures: Mapping[str, Measure]
    progress_change: Measure | None = None
    filler: str = ""
    filled_at: str = ""
    year: int = 0

    @property
    def is_pending(self) -> bool:
        return any(row.is_pending for row in self.rows)


@dataclass(frozen=True)
class SheetPart:
    """The projects of one programme on a sheet that holds several, with their sums; ``is_carried`` are
    those of an earlier year that still report."""

    year: int
    name: str
    is_carried: bool
    figures: Mapping[str, Measure]
    progress_change: Measure | None = None

    @property
    def label(self) -> str:
        """`2025年度`, `2024年度结转`"""
        return f"{self.year}年度{'结转' if self.is_carried else ''}"


@dataclass(frozen=True)
class DispatchSheet:
    """周调度表: of the district with all streets, or of one street.

    ``groups`` stand in the order of programmes and streets. ``parts`` tell the programmes apart where
    there is more than the one in force; ``figures`` are over all rows.
    """

    bureau_name: str
    district_name: str
    subject_code: str
    subject_name: str
    is_district: bool
    week_start: date
    programme: str
    groups: tuple[SheetGroup, ...]
    figures: Mapping[str, Measure]
    method: tuple[str, ...]
    progress_change: Measure | None = None
    inputs: tuple[ReturnInput, ...] = ()
    parts: tuple[SheetPart, ...] = ()
    kind: str = field(default="dispatch_sheet", init=False)

    @property
    def week(self) -> Week:
        return Week(self.week_start)

    @property
    def period_label(self) -> str:
        """`2025年第37周（9月8日—9月14日）`"""
        return f"{self.week.year.label}{self.week.label}"

    @property
    def head(self) -> str:
        """The title as printed; the week stands below it."""
        whose = self.district_name if self.is_district else self.subject_name
        return f"{whose}老旧小区改造周调度表"

    @property
    def title(self) -> str:
        week = self.week
        return f"{self.head}（{week.year.label}第{week.number}周，{week.span_label}）"

    @property
    def issuer(self) -> str:
        return self.bureau_name

    @property
    def rows(self) -> list[SheetRow]:
        return [row for group in self.groups for row in group.rows]

    def groups_of(self, part: SheetPart) -> list[SheetGroup]:
        """The streets of a programme."""
        return [group for group in self.groups if group.year == part.year]

    @property
    def leading_figures(self) -> Mapping[str, Measure]:
        """The figures of the programme in force, as 总览 shows them: those of all rows where the sheet holds
        no other programme."""
        own = [part for part in self.parts if part.name == self.programme]
        return own[0].figures if own else self.figures

    @property
    def missing(self) -> list[ReturnInput]:
        """Who did not report."""
        return [each for each in self.inputs if each.is_missing]

    @property
    def pending(self) -> list[ReturnInput]:
        """Whose return waits for approval."""
        return [each for each in self.inputs if each.is_pending]

    def notes(self) -> tuple[str, ...]:
        """Who did not report and whose figures wait, then the method."""
        found = [
            f"{each.street_name}本周周报{each.word}，其项目沿用最近一次已报数据（见备注）。"
            for each in self.missing
        ]
        if self.pending:
            who = "、".join(each.street_name for each in self.pending)
            found.append(f"{who}本周周报未经区局核定，所涉数据标“待核”，核定后可能变化。")
        if not found:
            found.append("应报街道均已报送，数据均已核定。")
        carried = [part for part in self.parts if part.is_carried]
        if carried:
            count = sum(len(group.rows) for part in carried for group in self.groups_of(part))
            found.append(
                f"以前年度结转、本周仍应报送的项目{count}个，按年度单列；"
                "“合计”为表内全部项目的汇总，各年度数见年度小计。"
            )
        return (*found, *self.method)

    def shown_figures(self) -> dict[str, str]:
        """Every figure of the sheet under a name that people understand: what a correction changes."""
        found = {}
        labels = {part.year: f"（{part.label}）" for part in self.parts if part.is_carried}
        for scope, figures in [
            (self.subject_name, self.figures),
            *((f"{self.subject_name}{part.label}", part.figures) for part in self.parts),
            *(
                (f"{group.street_name}{labels.get(group.year, '')}", group.figures)
                for group in self.groups
                if self.is_district
            ),
            *(
                (f"{row.name}{labels.get(group.year, '')}", row.figures)
                for group in self.groups
                for row in group.rows
            ),
        ]:
            for measure in figures.values():
                found[f"{scope}{measure.label}"] = measure.full_text
        return found

    def light_counts(self) -> dict[str, int]:
        """How many projects stand in each light, 绿 黄 红 灰 in this order."""
        return count_lights(row.figures for row in self.rows)

    def table(self, *, extent: Extent = "whole") -> Table:
        """All columns, those of the printed sheet, or those that a page has room for."""
        chosen = _COLUMNS_OF[extent]
        rows: list[Row] = []
        number = 0

        def tell(groups: Iterable[SheetGroup]) -> None:
            nonlocal number
            for group in groups:
                if self.is_district:
                    heading = f"{group.street_name}（{len(group.rows)}个项目）"
                    rows.append(group_row(heading))
                for row in group.rows:
                    number += 1
                    place = Place(number, row, group)
                    rows.append(Row(tuple(each.cell(place) for each in chosen)))
                if self.is_district:
                    sums = Sums(
                        f"{group.street_name}小计",
                        group.figures,
                        group.progress_change,
                        group.rows,
                        group.is_pending,
                    )
                    rows.append(
                        Row(tuple(each.sum_cell(sums) for each in chosen), RowStyle.SUBTOTAL)
                    )

        if not self.parts:
            tell(self.groups)
        for part in self.parts:
            groups = self.groups_of(part)
            members = tuple(row for group in groups for row in group.rows)
            rows.append(
                group_row(
                    f"{part.name}{'结转项目' if part.is_carried else ''}（{len(members)}个项目）"
                )
            )
            tell(groups)
            if len(self.parts) > 1:
                is_pending = any(row.is_pending for row in members)
                sums = Sums(
                    f"{part.label}小计", part.figures, part.progress_change, members, is_pending
                )
                rows.append(Row(tuple(each.sum_cell(sums) for each in chosen), RowStyle.SUBTOTAL))
        total = Sums(
            "合计",
            self.figures,
            self.progress_change,
            tuple(self.rows),
            any(row.is_pending for row in self.rows),
        )
        return Table(
            columns=tuple(each.column for each in chosen),
            rows=tuple(rows),
            totals=Row(tuple(each.sum_cell(total) for each in chosen), RowStyle.TOTAL),
            notes=tuple(f"{n}.{text}" for n, text in enumerate(self.notes(), start=1)),
            name="周调度表",
            empty="本周没有需要报送的项目",
        )


# -- columns -----------------------------------------------------------------------------------------
@dataclass(frozen=True)
class Place:
    number: int
    row: SheetRow
    group: SheetGroup


@dataclass(frozen=True)
class Sums:
    label: str
    figures: Mapping[str, Measure]
    progress_change: Measure | None
    rows: tuple[SheetRow, ...]
    is_pending: bool


@dataclass(frozen=True)
class SheetColumn:
    """A column with where its values come from; ``of_return`` values are marked 待核 with their row."""

    column: Column
    value: Callable[[Place], Value]
    total: Callable[[Sums], Value] = lambda _: ""
    is_printed: bool = True
    of_return: bool = False

    def cell(self, place: Place) -> Cell:
        return Cell(self.value(place), pending=self.of_return and place.row.is_pending)

    def sum_cell(self, sums: Sums) -> Cell:
        value = self.total(sums)
        return Cell(value, pending=self.of_return and sums.is_pending and value not in ("", None))


def mark_of(figures: Mapping[str, Measure]) -> Mark | None:
    """The light of a project as a mark; None where there is no light."""
    light = figures.get(names.LIGHT)
    return MARKS.get(light.word or "") if light is not None else None


def count_lights(figures: Iterable[Mapping[str, Measure]]) -> dict[str, int]:
    """Projects in each light, 绿 黄 红 灰, from the measures of each."""
    counted = Counter(each[names.LIGHT].word for each in figures if names.LIGHT in each)
    return {word: counted.get(word, 0) for word in MARKS}


def _lights_text(sums: Sums) -> str:
    counted = count_lights(row.figures for row in sums.rows)
    return " ".join(f"{MARKS[word].symbol}{n}" for word, n in counted.items() if n)


def _value(measure: Measure | None) -> Value:
    return None if measure is None else measure.value


def _figure(name: str) -> tuple[Callable[[Place], Value], Callable[[Sums], Value]]:
    return (
        lambda place: _value(place.row.figures.get(name)),
        lambda sums: _value(sums.figures.get(name)),
    )


def _party(role: str) -> Callable[[Place], Value]:
    return lambda place: place.row.parties.get(role, "")


def _measured(
    header: str,
    name: str,
    *,
    kind: Kind = Kind.DECIMAL,
    places: int = 0,
    width: float = 4,
    unit: str = "",
    group: str = "",
    is_printed: bool = True,
    of_return: bool = False,
) -> SheetColumn:
    value, total = _figure(name)
    column = Column(header, kind, width, unit=unit, group=group, places=places)
    return SheetColumn(column, value, total, is_printed, of_return)


def _worded(
    header: str,
    value: Callable[[Place], Value],
    *,
    kind: Kind = Kind.TEXT,
    width: float = 6,
    group: str = "",
    is_printed: bool = True,
    of_return: bool = False,
    total: Callable[[Sums], Value] = lambda _: "",
) -> SheetColumn:
    return SheetColumn(
        Column(header, kind, width, group=group), value, total, is_printed, of_return
    )


def _workers(rows: tuple[SheetRow, ...]) -> Value:
    counts = [row.workers_count for row in rows if row.workers_count is not None]
    return sum(counts) if counts else ""


def _completion(place: Place) -> str:
    row = place.row
    if row.completed_on is not None:
        return f"{row.completed_on:%Y-%m-%d}"
    return f"预计{short_date(row.forecast_on)}" if row.forecast_on else ""


COLUMNS: tuple[SheetColumn, ...] = (
    _worded("序号", lambda p: p.number, kind=Kind.COUNT, width=2.4),
    _worded("项目编号", lambda p: p.row.code, kind=Kind.LABEL, width=6, is_printed=False),
    _worded("街道", lambda p: p.group.street_name, width=6, is_printed=False),
    _worded("社区", lambda p: p.row.communities, width=6, is_printed=False),
    _worded("项目名称", lambda p: p.row.name, width=7, total=lambda s: s.label),
    _worded("小区名称", lambda p: p.row.estates, width=9, is_printed=False),
    _worded("建成年份", lambda p: p.row.years_built, kind=Kind.LABEL, width=5, is_printed=False),
    _measured("楼栋", names.BUILDINGS, kind=Kind.COUNT, width=2.8, unit="栋"),
    _measured("户数", names.HOUSEHOLDS, kind=Kind.COUNT, width=3.4, unit="户"),
    _measured("面积", names.AREA, places=2, width=4.2, unit="万㎡"),
    _worded("改造类别", lambda p: p.row.renovation_type, width=6, is_printed=False),
    _measured("计划投资", names.PLANNED_INVESTMENT, places=2, width=5.7, unit="万元", group="投资和资金"),
    _measured(
        "到位资金", names.RECEIVED, places=2, width=5.7, unit="万元", group="投资和资金"
    ),
    _measured(
        "完成投资", names.COMPLETED_INVESTMENT, places=2, width=5.7, unit="万元",
        group="投资和资金", of_return=True,
    ),
    _measured(
        "完成率", names.INVESTMENT_RATE, places=1, width=3.6, unit="%", group="投资和资金",
        of_return=True,
    ),
    _measured("支付率", names.PAYMENT_RATE, places=1, width=3.6, unit="%", group="投资和资金"),
    _worded("建设单位", _party("owner"), width=9, is_printed=False),
    _worded("施工单位", _party("contractor"), width=9, is_printed=False),
    _worded("监理单位", _party("supervisor"), width=9, is_printed=False),
    _worded("计划开工", lambda p: p.row.planned_start_on, kind=Kind.DATE, width=6.2, group="工期"),
    _worded("实际开工", lambda p: p.row.started_on, kind=Kind.DATE, width=6.2, group="工期"),
    _worded("计划完工", lambda p: p.row.planned_completion_on, kind=Kind.DATE, width=6.2, group="工期"),
    _worded("实际（预计）完工", _completion, kind=Kind.LABEL, width=6.5, group="工期", is_printed=False),
    _worded("当前阶段", lambda p: p.row.stage, kind=Kind.LABEL, width=4.6),
    _worded("上周计划", lambda p: p.row.last_plan, width=12, is_printed=False),
    _worded("本周完成情况", lambda p: p.row.work_done, width=13),
    SheetColumn(
        Column("本周", Kind.CHANGE, 4.4, unit="百分点", group="形象进度", places=1),
        lambda p: _value(p.row.progress_change),
        lambda s: _value(s.progress_change),
        of_return=True,
    ),
    _measured(
        "累计", names.PHYSICAL, places=1, width=4, unit="%", group="形象进度", of_return=True
    ),
    _measured("序时进度", names.SCHEDULED, places=1, width=4, unit="%"),
    _measured(
        "偏差", names.DEVIATION, kind=Kind.CHANGE, places=1, width=4.2, unit="百分点",
        of_return=True,
    ),
    SheetColumn(
        Column("亮灯", Kind.MARK, 6.6), lambda p: p.row.mark, _lights_text, of_return=False
    ),
    _worded("存在问题", lambda p: p.row.problems, width=10.5),
    _worded("需协调事项", lambda p: p.row.coordination, width=7.5),
    _worded("下周计划", lambda p: p.row.next_plan, width=9),
    _worded(
        "在场人数", lambda p: p.row.workers_count, kind=Kind.COUNT, width=3, is_printed=False,
        total=lambda s: _workers(s.rows),
    ),
    _worded("包联领导", _party("contact_leader"), width=6, is_printed=False),
    _worded("责任单位", _party("responsible"), width=9, is_printed=False),
    _worded("联系岗位", lambda p: p.row.contact, width=7, is_printed=False),
    _worded("联系电话", lambda p: p.row.phone, kind=Kind.LABEL, width=7, is_printed=False),
    _worded("填报岗", lambda p: p.group.filler, width=7, is_printed=False),
    _worded("填报时间", lambda p: p.group.filled_at, kind=Kind.LABEL, width=7, is_printed=False),
    _worded("备注", lambda p: p.row.note, width=5.6),
)  # fmt: skip

#: The columns of the page: how far, how far behind, why, what next, at one glance.
_ON_PAGE = frozenset(
    {"序号", "项目名称", "当前阶段", "本周完成情况", "本周", "累计", "序时进度", "偏差", "亮灯", "存在问题", "需协调事项", "下周计划", "备注"}
)  # fmt: skip
_COLUMNS_OF: dict[Extent, Sequence[SheetColumn]] = {
    "whole": COLUMNS,
    "printed": [each for each in COLUMNS if each.is_printed],
    "page": [each for each in COLUMNS if each.column.header in _ON_PAGE],
}
