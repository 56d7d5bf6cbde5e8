"""The project list: rows with their figures, filtered and sorted, with the totals of what is shown."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import overload

from django.db.models import Q

from projects.ledger.enums import RenovationType
from projects.ledger.models import Project
from projects.ledger.querysets import ProjectQuerySet
from renovation.accounts.scope import Scope, detached
from renovation.core.declarations import approval_of
from renovation.core.documents.blocks import (
    BEHIND,
    FAR_BEHIND,
    NOT_DUE,
    ON_COURSE,
    Column,
    Kind,
    Mark,
    RowStyle,
    Table,
    Value,
    row,
)
from renovation.core.documents.listing import to_change
from renovation.core.documents.sheets import Paper, Sheet
from renovation.core.documents.xlsx import Book, sheet_from_table, write_workbook
from renovation.core.measures import Approval, Measure
from renovation.core.unchanged import FACTS, own
from renovation.core.wording import chinese_date
from reports.figures import services as figures
from reports.figures.services import Facts, Place
from supervision.weekly.facts import ProgressFacts

from .choice import Choice
from .forms import ProjectFilterForm

#: The light as a mark of a workbook.
MARKS: Mapping[str, Mark] = {
    "green": ON_COURSE,
    "yellow": BEHIND,
    "red": FAR_BEHIND,
    "grey": NOT_DUE,
}
_WEIGHT = {"red": 0, "yellow": 1, "green": 2, "grey": 3}


@dataclass(frozen=True, kw_only=True)
class ProjectRow:
    """A project of the list, or the totals at its foot; every figure is a measure. ``leaving`` says that it is to be
    cancelled, ``gone`` where a project went whose page the reader may not open."""

    code: str
    name: str
    street: str
    street_code: str
    kind: str
    light: str
    reason: str
    note: str
    feature: str
    is_model: bool
    gone: str
    leaving: str
    households: Measure
    area: Measure
    scheduled: Measure
    physical: Measure
    deviation: Measure
    investment: Measure
    received: Measure
    paid: Measure

    @property
    def approval(self) -> Approval:
        """Whether any of its numbers holds what is not approved."""
        return approval_of(
            (self.physical, self.deviation, self.investment, self.received, self.paid)
        )

    @property
    def bar_label(self) -> str:
        """The bar in words."""
        return f"形象 {self.physical.full_text}，序时 {self.scheduled.full_text}"


class Rows(Sequence[ProjectRow]):
    """The rows of a list in its order, each made when it is shown: a page of thousands makes fifty."""

    def __init__(self, facts: Facts, chosen: Sequence[ProgressFacts]) -> None:
        self._facts = facts
        self._chosen = chosen

    @overload
    def __getitem__(self, index: int) -> ProjectRow: ...
    @overload
    def __getitem__(self, index: slice) -> list[ProjectRow]: ...
    def __getitem__(self, index: int | slice) -> ProjectRow | list[ProjectRow]:
        if isinstance(index, slice):
            shown = self._chosen[index]
            facts = self._facts.only({fact.project.pk for fact in shown})
            return [_row(facts, fact) for fact in shown]
        return _row(self._facts, self._chosen[index])

    def __len__(self) -> int:
        return len(self._chosen)


@dataclass(frozen=True, kw_only=True)
class Listing:
    """The rows that fit the filter in the chosen order, and their totals; ``all_count`` counts those without
    filter."""

    rows: Rows
    total: ProjectRow | None
    all_count: int
    as_of: date
    approval: Approval


def _shown(name: str) -> Callable[[Facts, ProgressFacts], Decimal | None]:
    """A figure of a project as shown, by which a column is sorted."""

    def key(facts: Facts, fact: ProgressFacts) -> Decimal | None:
        return facts.get(name, _place(fact)).shown

    return key


#: What a column is sorted by; the deviation as shown is at hand in tenths.
_KEYS: dict[str, Callable[[Facts, ProgressFacts], Decimal | str | int | None]] = {
    "name": lambda _, fact: fact.label,
    "street": lambda _, fact: fact.street_code,
    "households": lambda _, fact: fact.project.household_count,
    "area": _shown("建筑面积"),
    "scheduled": _shown("序时进度"),
    "physical": lambda _, fact: fact.physical_tenths,
    "deviation": lambda _, fact: fact.deviation_tenths,
    "light": lambda _, fact: _WEIGHT[fact.light],
    "investment": _shown("投资完成率"),
    "received": _shown("资金到位率"),
    "paid": _shown("支付率"),
}


def load_facts(*, choice: Choice, scope: Scope, now: datetime, code: str = "") -> Facts:
    """The facts of a choice as somebody may see them, with the money of each project in sum, kept while nothing changes;
    of the one project with ``code``, source by source, where one is named."""
    seen = detached(scope)

    def load() -> Facts:
        return figures.load(
            programme=choice.programme,
            as_of=choice.as_of,
            approval=choice.approval,
            now=now,
            scope=seen,
            code=code,
            in_sum=not code,
        )

    if code:
        return load()
    key = "facts", *choice.key, seen, now.replace(second=0, microsecond=0)
    return own(key, load, Facts.copy, shelf=FACTS)


def list_projects(
    *, choice: Choice, scope: Scope, facts: Facts, form: ProjectFilterForm, sort: str
) -> Listing:
    """The projects of a choice that fit a filter. One query, and only where text is asked for."""
    wanted = _codes(choice, scope, form.chosen("q"))
    street, light, kind = form.chosen("street"), form.chosen("light"), form.chosen("type")
    only_models = bool(form.chosen("model"))
    chosen = [
        fact
        for fact in facts.progress
        if (wanted is None or fact.project_code in wanted)
        and (not street or fact.street_code == street)
        and (not kind or fact.project.renovation_type == kind)
        and (not light or fact.light == light)
        and (not only_models or fact.project.is_model)
    ]
    return Listing(
        rows=Rows(facts, _sorted(facts, chosen, sort)),
        total=_total(facts, chosen) if chosen else None,
        all_count=len(facts.projects),
        as_of=facts.as_of,
        approval=facts.approval,
    )


def _codes(choice: Choice, scope: Scope, text: str) -> set[str] | None:
    """The codes of the projects that a word is found in; None where no word is given."""
    if not text.strip():
        return None
    return set(found(scope, text).filter(programme=choice.programme).values_list("code", flat=True))


def found(scope: Scope, text: str) -> ProjectQuerySet:
    """The visible projects in whose name, code, plan code, estate or address a word occurs."""
    word = text.strip()
    return (
        Project.objects.visible_to(scope)
        .filter(
            Q(name__icontains=word)
            | Q(code__icontains=word)
            | Q(plan_code__icontains=word)
            | Q(budget_code__icontains=word)
            | Q(estates__name__icontains=word)
            | Q(estates__address__icontains=word)
        )
        .distinct()
    )


def _place(fact: ProgressFacts) -> Place:
    return Place(figures.PROJECT, fact.project_code, fact.label)


def _row(facts: Facts, fact: ProgressFacts) -> ProjectRow:
    reasons = fact.judgement.reasons
    return ProjectRow(
        code=fact.project_code,
        name=fact.label,
        street=fact.street_name,
        street_code=fact.street_code,
        kind=fact.project.renovation_type,
        light=fact.light,
        reason=reasons[0] if reasons else "",
        note=fact.remark,
        feature=fact.project.feature,
        is_model=fact.project.is_model,
        gone=facts.gone.get(fact.project_code, ""),
        leaving=fact.project.leaving(facts.as_of),
        **_measures(facts, _place(fact)),
    )


def _measures(facts: Facts, place: Place | None) -> dict[str, Measure]:
    return {
        "households": facts.get("户数", place),
        "area": facts.get("建筑面积", place),
        "scheduled": facts.get("序时进度", place),
        "physical": facts.get("形象进度", place),
        "deviation": facts.get("偏差", place),
        "investment": facts.get("投资完成率", place),
        "received": facts.get("资金到位率", place),
        "paid": facts.get("支付率", place),
    }


def _total(facts: Facts, chosen: Sequence[ProgressFacts]) -> ProjectRow:
    """The sums of the rows shown, as one place."""
    shown = facts
    if len(chosen) < len(facts.progress):
        shown = facts.only({fact.project.pk for fact in chosen})
    whole = Place(figures.DISTRICT, facts.programme.bureau.code, "合计")
    return ProjectRow(
        code="",
        name=f"合计 {len(chosen)} 个",
        street="",
        street_code="",
        kind="",
        light="",
        reason="",
        note="",
        feature="",
        is_model=False,
        gone="",
        leaving="",
        **_measures(shown, whole),
    )


def _sorted(facts: Facts, chosen: list[ProgressFacts], sort: str) -> list[ProgressFacts]:
    """By the column of the address (``-`` for downwards); rows without number come last."""
    key = _KEYS.get(sort.removeprefix("-"))
    if key is None:
        return chosen
    keyed = [(key(facts, fact), fact) for fact in chosen]
    numbered = [pair for pair in keyed if pair[0] is not None]
    numbered.sort(key=lambda pair: pair[0], reverse=sort.startswith("-"))  # type: ignore[arg-type, return-value]
    return [fact for _, fact in numbered] + [fact for value, fact in keyed if value is None]


# -- workbook ----------------------------------------------------------------------------------------
_COLUMNS = (
    Column("项目编号", Kind.LABEL, 8),
    Column("项目", Kind.TEXT, 12),
    Column("街道", Kind.TEXT, 8),
    Column("改造类型", Kind.TEXT, 8),
    Column("户数", Kind.COUNT, 5, unit="户"),
    Column("建筑面积", Kind.DECIMAL, 6, unit="万㎡", places=2),
    Column("序时进度", Kind.DECIMAL, 6, unit="%", places=1),
    Column("形象进度", Kind.DECIMAL, 6, unit="%", places=1),
    Column("偏差", Kind.CHANGE, 6, unit="百分点", places=1),
    Column("亮灯", Kind.MARK, 7),
    Column("亮灯依据", Kind.TEXT, 24),
    Column("累计完成投资", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("计划投资", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("投资完成率", Kind.DECIMAL, 6, unit="%", places=1),
    Column("计划资金", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("到位", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("资金到位率", Kind.DECIMAL, 6, unit="%", places=1),
    Column("支付", Kind.DECIMAL, 7, unit="万元", places=2),
    Column("支付率", Kind.DECIMAL, 6, unit="%", places=1),
    Column("特色", Kind.TEXT, 12),
    Column("示范样板", Kind.LABEL, 5),
    Column("数据来源", Kind.TEXT, 10),
)


def listing_workbook(*, listing: Listing, title: str, more: Sequence[Sheet] = ()) -> bytes:
    """The rows of the list as shown, without pages, as a workbook; ``more`` are the sheets in which the projects come
    back in."""
    rows = [row(*_cells(each)) for each in listing.rows]
    if listing.total is not None:
        rows.append(row(*_cells(listing.total), style=RowStyle.TOTAL))
    table = Table(columns=_COLUMNS, rows=tuple(rows), caption=title, name="项目")
    sheet = sheet_from_table(
        table,
        title=title,
        subtitles=(
            f"截至{chinese_date(listing.as_of)}，{listing.approval.label}",
            *to_change(more),
        ),
        paper=Paper.A3,
        fixed_columns=2,
        filters=True,
    )
    return write_workbook(Book(sheets=(sheet, *more), title=title))


def _cells(each: ProjectRow) -> tuple[Value, ...]:
    return (
        each.code,
        each.name,
        each.street,
        RenovationType(each.kind).label if each.kind else "",
        each.households.value,
        each.area.value,
        each.scheduled.value,
        each.physical.value,
        each.deviation.value,
        MARKS[each.light] if each.light else "",
        each.reason,
        each.investment.numerator,
        each.investment.denominator,
        each.investment.value,
        each.received.denominator,
        each.received.numerator,
        each.received.value,
        each.paid.numerator,
        each.paid.value,
        each.feature,
        "是" if each.is_model else "",
        "；".join(part for part in (each.note, each.gone, each.leaving) if part),
    )
