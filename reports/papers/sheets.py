"""The weekly dispatch sheet as a frozen value (DOMAIN.md §2.6); every figure is a `Measure` of the snapshot."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from renovation.core.documents.blocks import (
    BEHIND,
    FAR_BEHIND,
    NOT_DUE,
    ON_COURSE,
    Mark,
)
from renovation.core.measures import Measure
from renovation.core.periods import Week
from renovation.core.wording import wide_brackets

from . import names
from .adjusted import AdjustedProject, came_and_left
from .assigned import AssignedRow
from .waived import WaivedRow, notes_of

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
    the week in points, None where its figures are of an earlier week; ``compared_with`` is the Monday of
    the week that the progress is compared with where that is not the last one; ``is_pending`` says that the
    row stands on a return that is not approved yet."""

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
    is_earlier: bool = False
    compared_with: date | None = None

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
    there is more than the one in force; ``figures`` are over all rows. ``adjusted`` are the projects that
    entered, moved, were cancelled or restored since the last sheet, as far as they concern the subject; ``waived`` are
    the rows of the week that a waiver spared a reason; ``assigned`` are the items (交办事项) that stood at its end or
    were settled in it.
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
    adjusted: tuple[AdjustedProject, ...] = ()
    waived: tuple[WaivedRow, ...] = ()
    assigned: tuple[AssignedRow, ...] = ()
    kind: str = field(default="dispatch_sheet", init=False)

    @property
    def week(self) -> Week:
        return Week(self.week_start)

    @property
    def period_label(self) -> str:
        """`2025年第37周（9月8日—9月14日）`"""
        return self.week.full_label

    @property
    def head(self) -> str:
        """The title as printed; the week stands below it."""
        whose = self.district_name if self.is_district else self.subject_name
        return f"{whose}老旧小区改造周调度表"

    @property
    def title(self) -> str:
        week = self.week
        return f"{self.head}（{week.full_number}，{week.span_label}）"

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
        return (*self.remarks(), *self.method)

    def remarks(self) -> tuple[str, ...]:
        """The notes about this week: who did not report, whose figures wait, what is compared with what."""
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
        codes = {group.street_code for group in self.groups}
        if other := came_and_left(self.adjusted, codes):
            found.append(f"{other}，小计、合计的“本周”含项目调整的影响，见“本周项目调整情况”。")
        found += notes_of(self.waived)
        longer: dict[str, date] = {}
        for group in self.groups:
            for row in group.rows:
                if row.compared_with is not None:
                    known = longer.get(group.street_name, row.compared_with)
                    longer[group.street_name] = min(known, row.compared_with)
        for street, monday in longer.items():
            found.append(
                f"{street}上一周没有可计的周报，其“本周”是较第{Week(monday).number}周的变化（见备注）。"
            )
        return tuple(found)

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
                found[f"{scope}{wide_brackets(measure.label)}"] = measure.full_text
        return found

    def light_counts(self) -> dict[str, int]:
        """How many projects stand in each light, 绿 黄 红 灰 in this order."""
        return count_lights(row.figures for row in self.rows)


def mark_of(figures: Mapping[str, Measure]) -> Mark | None:
    """The light of a project as a mark; None where there is no light."""
    light = figures.get(names.LIGHT)
    return MARKS.get(light.word or "") if light is not None else None


def count_lights(figures: Iterable[Mapping[str, Measure]]) -> dict[str, int]:
    """Projects in each light, 绿 黄 红 灰, from the measures of each."""
    counted = Counter(each[names.LIGHT].word for each in figures if names.LIGHT in each)
    return {word: counted.get(word, 0) for word in MARKS}
