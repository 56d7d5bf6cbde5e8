"""The plan of a year's works as a pipeline of the intake: which items, how much, why, when, for every project.

The workbook comes filled with what stands; a row that says the same changes nothing, one that differs is a
change of the plan as any other (``services.items.plan_item``): after the baseline was approved it needs a reason
and another person's approval. A row that is missing changes nothing either; an item is taken out on its page.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.urls import reverse

from projects.ledger.books.pipeline import pipeline_of_list
from projects.ledger.models import Baseline, Estate, Programme, Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.documents.xlsx import Book, Sheet, write_workbook
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity as shown
from renovation.intake.blanks import filled_sheets
from renovation.intake.declaring import bureau_of_year, by_rules, required_cells, rule, year_label
from renovation.intake.models import Upload
from renovation.intake.pipelines import (
    Description,
    Finding,
    Pipeline,
    Row,
    RowFacts,
    RuleScope,
    Taken,
    Target,
    Template,
    Value,
    Words,
)
from renovation.intake.standard import standard_rules

from .books import STRUCTURES, UTILITIES
from .columns import (
    COLUMNS,
    ESTATE,
    FROM,
    ITEM,
    NAME,
    ORIGIN,
    PROJECT,
    QUANTITY,
    REASON,
    ROUND,
    TO,
    UNIT,
)
from .enums import Origin
from .models import MenuItem, WorkItem
from .register import ItemLine, lines_of
from .services.items import PlanValues, plan_item

CODE = "works_plan"
SHEET = "改造内容计划"
SPARE_ROWS = 100
_ORIGINS = {str(origin.label): origin for origin in Origin}
_SEPARATOR = "\u3000"


def key_of(values: Mapping[str, Value]) -> str:
    """Project, estate and item name a row."""
    parts = (values.get(column.field) for column in (PROJECT, ESTATE, ITEM))
    return _SEPARATOR.join(str(part) for part in parts if part)


@dataclass(frozen=True)
class Standing:
    """What the rows are judged by: projects by code, estates by project and name, items by name, lines by
    key, the projects whose plan is approved, and how many rows the template holds."""

    projects: Mapping[str, Project]
    estates: Mapping[tuple[str, str], Estate]
    items: Mapping[str, MenuItem]
    lines: Mapping[str, ItemLine]
    approved: frozenset[str]

    def line(self, row: Row) -> ItemLine | None:
        """What stands of the item that a row names."""
        return self.lines.get(row.key)


def context(target: Target, keys: Sequence[str], now: datetime) -> Standing:
    """The projects of the bureau's year with what they plan, and the menu. A constant number of queries."""
    projects = list(
        Project.objects.filter(
            programme__bureau=target.organisation, programme__year=int(target.period_key)
        )
        .select_related("street", "programme__bureau")
        .order_by("street__order", "code")
    )
    codes = {project.pk: project.code for project in projects}
    estates = {
        (codes[estate.project_id], estate.name): estate
        for estate in Estate.objects.filter(project_id__in=list(codes))
    }
    offered = MenuItem.objects.offered_by(target.organisation.pk)
    rows = WorkItem.objects.filter(project_id__in=list(codes)).order_by(
        "project__street__order",
        "project__code",
        "menu_item__menu_class__order",
        "menu_item__order",
        "pk",
    )
    lines = {
        _key_of_item(line.item): line
        for line in lines_of(items=rows, on=local_day(now))
        if line.plan is not None or line.pending is not None
    }
    approved = Baseline.objects.approved().filter(project_id__in=list(codes))
    return Standing(
        projects={project.code: project for project in projects},
        estates=estates,
        items={item.name: item for item in offered},
        lines=lines,
        approved=frozenset(approved.values_list("project__code", flat=True)),
    )


def _key_of_item(item: WorkItem) -> str:
    return key_of(
        {
            PROJECT.field: item.project.code,
            ESTATE.field: item.estate.name if item.estate else None,
            ITEM.field: item.menu_item.name,
        }
    )


def _present(line: ItemLine) -> dict[str, Value]:
    """What stands of an item, by field; empty where it was taken out."""
    plan = line.plan
    if plan is None or plan.is_removed:
        return {}
    return {
        QUANTITY.field: plan.quantity,
        ORIGIN.field: str(plan.get_origin_display()),
        ROUND.field: plan.choice_round,
        FROM.field: plan.planned_from,
        TO.field: plan.planned_to,
    }


def _wanted(row: Row) -> dict[str, Value]:
    """What a row says, by field; an empty 来由 is 按计划必做."""
    values = {name: row.values.get(name) or None for name in _PLANNED}
    values[ORIGIN.field] = values[ORIGIN.field] or str(Origin.REQUIRED.label)
    if values[ORIGIN.field] != Origin.CHOSEN.label:
        values[ROUND.field] = None
    return values


_PLANNED = (QUANTITY.field, ORIGIN.field, ROUND.field, FROM.field, TO.field)


def _differs(row: Row, standing: Standing) -> bool:
    """Whether a row changes anything."""
    line = standing.line(row)
    return line is None or _present(line) != _wanted(row)


def _menu_item(row: Row, standing: Standing) -> MenuItem | None:
    """The item of the menu that a row names; one that is not offered any more where the project has it."""
    line = standing.line(row)
    if line is not None:
        return line.item.menu_item
    return standing.items.get(str(row.values.get(ITEM.field) or ""))


# -- the rules ---------------------------------------------------------------------------------------
def unknown_project(row: Row, standing: Standing) -> Iterator[Finding]:
    """The project stands in the programme of the year."""
    code = str(row.values.get(PROJECT.field) or "")
    if code and code not in standing.projects:
        yield Finding(
            message=f"项目编号 {code} 不在这个年度计划里",
            field=PROJECT.field,
            found=code,
            expected=PROJECT.expected,
        )


def unknown_estate(row: Row, standing: Standing) -> Iterator[Finding]:
    """The estate is one of the project's."""
    code, name = str(row.values.get(PROJECT.field) or ""), row.values.get(ESTATE.field)
    if name and code in standing.projects and (code, str(name)) not in standing.estates:
        known = [estate for of, estate in standing.estates if of == code]
        yield Finding(
            message=f"项目 {code} 没有小区“{name}”",
            field=ESTATE.field,
            found=str(name),
            expected="、".join(known) or "不填",
        )


def unknown_item(row: Row, standing: Standing) -> Iterator[Finding]:
    """The item stands in the menu."""
    name = row.values.get(ITEM.field)
    if name and _menu_item(row, standing) is None:
        yield Finding(
            message=f"改造菜单里没有“{name}”",
            field=ITEM.field,
            found=str(name),
            expected=ITEM.expected,
        )


def other_unit(row: Row, standing: Standing) -> Iterator[Finding]:
    """The unit is the menu's: 1.2 公里 is not 1.2 米."""
    unit, item = row.values.get(UNIT.field), _menu_item(row, standing)
    if unit and item is not None and str(unit).replace("m²", "㎡") != item.unit:
        yield Finding(
            message=f"“{item}”按{item.unit}计",
            field=UNIT.field,
            found=str(unit),
            expected=item.unit,
        )


def too_many_places(row: Row, standing: Standing) -> Iterator[Finding]:
    """No more decimals than the item has."""
    quantity, item = row.values.get(QUANTITY.field), _menu_item(row, standing)
    if (
        item is None
        or not isinstance(quantity, Decimal)
        or quantity == round(quantity, item.places)
    ):
        return
    expected = f"最多 {item.places} 位小数" if item.places else "整数"
    yield Finding(
        message=f"“{item}”的数量须为{expected}",
        field=QUANTITY.field,
        found=shown(quantity),
        expected=expected,
    )


def unknown_origin(row: Row, standing: Standing) -> Iterator[Finding]:
    """One of the two origins."""
    word = row.values.get(ORIGIN.field)
    if word and str(word) not in _ORIGINS:
        yield Finding(
            message=f"没有来由“{word}”",
            field=ORIGIN.field,
            found=str(word),
            expected="、".join(_ORIGINS),
        )


def ends_before_start(row: Row, standing: Standing) -> Iterator[Finding]:
    """Done after it is begun."""
    start, end = row.values.get(FROM.field), row.values.get(TO.field)
    if isinstance(start, date) and isinstance(end, date) and end < start:
        yield Finding(
            message="计划完成早于计划开始",
            field=TO.field,
            found=chinese_date(end),
            expected=f"不早于{chinese_date(start)}",
        )


def below_delivered(row: Row, standing: Standing) -> Iterator[Finding]:
    """Not less than what was delivered."""
    line, quantity = standing.line(row), row.values.get(QUANTITY.field)
    if line is not None and isinstance(quantity, Decimal) and quantity < line.delivered:
        yield Finding(
            message=f"已完成 {shown(line.delivered)}，计划不能少于它",
            field=QUANTITY.field,
            found=shown(quantity),
            expected=f"不少于 {shown(line.delivered)}",
        )


def change_pending(row: Row, standing: Standing) -> Iterator[Finding]:
    """One change at a time."""
    line = standing.line(row)
    if line is not None and line.pending is not None and _differs(row, standing):
        yield Finding(
            message="这一条已有一次调整等待批准",
            field=QUANTITY.field,
            found=shown(line.pending.quantity),
            expected="先批准或退回那一次；不改的照原来填",
        )


def reason_missing(row: Row, standing: Standing) -> Iterator[Finding]:
    """A change says why."""
    if row.values.get(REASON.field) or row.faulty or not _differs(row, standing):
        return
    code = str(row.values.get(PROJECT.field) or "")
    if standing.line(row) is not None or code in standing.approved:
        yield Finding(
            message="与现在的计划不同，调整原因未填",
            field=REASON.field,
            found="空",
            expected="为什么调整",
        )


_CELL, _ROW = RuleScope.CELL, RuleScope.ROW
ROW_RULES = (
    rule("G101", required_cells((PROJECT, ITEM, QUANTITY)), "必填未填", "项目编号、改造条目、计划数量要填。", "没填数量", _CELL),
    rule("G142", unknown_project, "编号不在年度计划", "项目编号要在这个年度计划里。", "ZC2025-99", _CELL),
    rule("G143", unknown_estate, "小区不认得", "小区写本项目里的名称，整个项目的不填。", "别的项目的小区", _CELL),
    rule("G151", unknown_item, "条目不认得", "改造条目写改造菜单里的名称。", "修路", _CELL),
    rule("G152", other_unit, "单位不同", "单位与改造菜单一致。", "供水管网填了公里", _CELL),
    rule("G153", too_many_places, "小数过多", "小数位数与改造菜单一致。", "加装电梯 1.5 部", _CELL),
    rule("G154", unknown_origin, "来由不认得", "按计划必做、居民选定之一。", "上级要求", _CELL),
    rule("G161", ends_before_start, "时间颠倒", "计划完成不早于计划开始。", "5月开始，4月完成", _ROW),
    rule("G162", below_delivered, "少于已完成", "计划数量不少于已完成的数量。", "完成 300 米，计划 200 米", _ROW),
    rule("G163", change_pending, "调整待批准", "同一条一次只有一个调整待批准。", "上一次还没有批准", _ROW),
    rule("G164", reason_missing, "原因未填", "与现在的计划不同的写明原因。", "数量改了，原因空着", _ROW),
)  # fmt: skip
RULES = tuple(sorted((*standard_rules("G"), *ROW_RULES), key=lambda each: each.code))


# -- the pipeline ------------------------------------------------------------------------------------
def facts(key: str, standing: Standing | None) -> RowFacts | None:
    """A row by its project and item, with what stands."""
    line = standing.lines.get(key) if standing is not None else None
    if line is None:
        return RowFacts(name=key)
    return RowFacts(name=f"{line.item.project.name}{_SEPARATOR}{line.item}", before=_present(line))


def present(key: str, standing: Standing) -> Mapping[str, Value]:
    """No column is locked."""
    return {}


def commit(
    target: Target,
    taken: Sequence[Taken],
    standing: Standing,
    upload: Upload,
    by: User,
    now: datetime,
) -> None:
    """Plan what differs from what stands; the rest is left as it is."""
    for each in taken:
        row = each.row
        if not _differs(row, standing):
            continue
        code = str(row.values[PROJECT.field])
        project = standing.projects.get(code)
        item = _menu_item(row, standing)
        wanted: dict[str, Any] = dict(_wanted(row))
        if project is None or item is None or not isinstance(wanted[QUANTITY.field], Decimal):
            raise Refusal("works.row", f"第 {row.number} 行现在读不出来，请重新上传。")
        estate = row.values.get(ESTATE.field)
        plan_item(
            project=project,
            menu_item=item,
            estate=standing.estates[code, str(estate)] if estate else None,
            values=PlanValues(
                quantity=wanted[QUANTITY.field],
                origin=_ORIGINS[wanted[ORIGIN.field]],
                choice_round=wanted[ROUND.field],
                planned_from=wanted[FROM.field],
                planned_to=wanted[TO.field],
                reason=str(row.values.get(REASON.field) or ""),
            ),
            by=by,
            now=now,
        )


def describe(target: Target, now: datetime) -> Description:
    """The words and addresses around an upload."""
    year = int(target.period_key)
    return Description(
        title="改造内容计划",
        period=f"{year}年度",
        back=(
            ("改造内容", reverse("works:items")),
            ("改造内容计划", reverse("works:import", args=[year])),
        ),
        upload_href=reverse("works:import", args=[year]),
        result_href=f"{reverse('works:items')}?year={year}",
        result_word="看改造内容",
        template_href=reverse("works:import_template", args=[year]),
        rules_href=reverse("works:import_rules"),
        held_sentence="与现在的计划不同的行写入；项目计划已批准的，由另一人批准后生效。相同的行不动，暂留的行不写入。",
    )


def template(target: Target, now: datetime) -> Template:
    """The workbook with what stands now, and empty rows below."""
    content = write_workbook(
        Book(sheets=plan_sheets(target, now), title=_title(target), made_at=now)
    )
    return Template(name=f"{target.period_key}年度改造内容计划.xlsx", content=content)


def _title(target: Target) -> str:
    return f"{target.organisation.district_name}{target.period_key}年度改造内容计划"


def plan_sheets(
    target: Target, now: datetime, *, only: Collection[int] | None = None
) -> tuple[Sheet, Sheet]:
    """The sheet of what is planned, of all or of some items (``WorkItem``), and the one that says what it is for."""
    standing = context(target, (), now)
    filled = [
        {
            PROJECT.field: line.item.project.code,
            NAME.field: line.item.project.name,
            ESTATE.field: line.item.estate.name if line.item.estate else None,
            ITEM.field: line.item.menu_item.name,
            UNIT.field: line.item.menu_item.unit,
            **_present(line),
        }
        for line in standing.lines.values()
        if line.plan is not None and not line.is_removed
        if only is None or line.item.pk in only
    ]
    return filled_sheets(
        pipeline=CODE,
        columns=COLUMNS,
        sheet=SHEET,
        title=_title(target),
        hint="已有的计划填在前面，改哪一行就写哪一行的调整原因；要增加的写在后面的空行。取消在平台上办理。填数值，不填公式。",
        organisation=target.organisation,
        period_key=target.period_key,
        choices={ORIGIN.field: list(_ORIGINS)},
        rows=filled,
        row_count=len(filled) + SPARE_ROWS,
        now=now,
    )


def admit(target: Target, now: datetime) -> None:
    """A bureau's, for a year of which it has a programme."""
    bureau_of_year("改造内容计划")(target, now)
    programmes = Programme.objects.filter(bureau=target.organisation)
    if not programmes.filter(year=int(target.period_key)).exists():
        raise Refusal("works.year", "没有这个年度计划。")


WORKS_PLAN = Pipeline(
    code=CODE,
    label="改造内容计划",
    sheet=SHEET,
    columns=COLUMNS,
    key=PROJECT.field,
    key_of=key_of,
    rules=RULES,
    read_permission=Permission.LEDGER_WRITE,
    write_permission=Permission.LEDGER_WRITE,
    admit=admit,
    context=context,
    check_row=by_rules(ROW_RULES),
    check_sheet=by_rules(()),
    facts=facts,
    present=present,
    expected_count=lambda standing: 0,
    commit=commit,
    describe=describe,
    template=template,
    period_label=year_label,
    counts_changes=True,
    words=Words(
        before="现在",
        now="改为",
        row="条",
        key="项目编号、小区、改造条目",
        letter="G",
        last_step="批准",
        where="改造内容页面",
        section="项目",
    ),
)
#: Lists that go out and come back in.
LISTS = (STRUCTURES, UTILITIES)
PIPELINES = [WORKS_PLAN, *(pipeline_of_list(each) for each in LISTS)]
