"""The rules of the plan of a year's works as it comes in: what stands, and what a row may not say beside it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from projects.ledger.models import Estate, Project
from renovation.core.errors import Severity
from renovation.core.wording import chinese_date
from renovation.face.wording import quantity as shown
from renovation.intake.declaring import required_cells, rule
from renovation.intake.meanwhile import OVERWRITTEN
from renovation.intake.pipelines import Finding, Row, Rule, RuleScope, Value
from renovation.intake.standard import standard_rules

from .columns import ESTATE, FROM, ITEM, ORIGIN, PROJECT, QUANTITY, REASON, ROUND, TO, UNIT
from .enums import Origin
from .menu_rounds import MenuRound, not_chosen
from .models import MenuItem
from .register import ItemLine

ORIGINS = {str(origin.label): origin for origin in Origin}


@dataclass(frozen=True)
class Standing:
    """What the rows are judged by: projects by code, estates by project and name, items by name, lines by
    key, the projects whose plan is approved, and the rounds that asked about the menu, by project (id)."""

    projects: Mapping[str, Project]
    estates: Mapping[tuple[str, str], Estate]
    items: Mapping[str, MenuItem]
    lines: Mapping[str, ItemLine]
    approved: frozenset[str]
    rounds: Mapping[int, Sequence[MenuRound]]

    def line(self, row: Row) -> ItemLine | None:
        """What stands of the item that a row names."""
        return self.lines.get(row.key)


def present_of(line: ItemLine) -> dict[str, Value]:
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


def wanted_of(row: Row) -> dict[str, Value]:
    """What a row says, by field; an empty 来由 is 按计划必做."""
    values = {name: row.values.get(name) or None for name in PLANNED}
    values[ORIGIN.field] = values[ORIGIN.field] or str(Origin.REQUIRED.label)
    if values[ORIGIN.field] != Origin.CHOSEN.label:
        values[ROUND.field] = None
    return values


PLANNED = (QUANTITY.field, ORIGIN.field, ROUND.field, FROM.field, TO.field)


def differs(row: Row, standing: Standing) -> bool:
    """Whether a row changes anything."""
    line = standing.line(row)
    return line is None or present_of(line) != wanted_of(row)


def menu_item_of(row: Row, standing: Standing) -> MenuItem | None:
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
    if name and menu_item_of(row, standing) is None:
        yield Finding(
            message=f"改造菜单里没有“{name}”",
            field=ITEM.field,
            found=str(name),
            expected=ITEM.expected,
        )


def other_unit(row: Row, standing: Standing) -> Iterator[Finding]:
    """The unit is the menu's: 1.2 公里 is not 1.2 米."""
    unit, item = row.values.get(UNIT.field), menu_item_of(row, standing)
    if unit and item is not None and str(unit).replace("m²", "㎡") != item.unit:
        yield Finding(
            message=f"“{item}”按{item.unit}计",
            field=UNIT.field,
            found=str(unit),
            expected=item.unit,
        )


def too_many_places(row: Row, standing: Standing) -> Iterator[Finding]:
    """No more decimals than the item has."""
    quantity, item = row.values.get(QUANTITY.field), menu_item_of(row, standing)
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
    if word and str(word) not in ORIGINS:
        yield Finding(
            message=f"没有来由“{word}”",
            field=ORIGIN.field,
            found=str(word),
            expected="、".join(ORIGINS),
        )


def not_chosen_by_residents(row: Row, standing: Standing) -> Iterator[Finding]:
    """What is said to be chosen by residents was asked in a round of the project, and somebody chose it."""
    wanted, item = wanted_of(row), menu_item_of(row, standing)
    project = standing.projects.get(str(row.values.get(PROJECT.field) or ""))
    if wanted[ORIGIN.field] != Origin.CHOSEN.label or item is None or project is None:
        return
    line = standing.line(row)
    stands = present_of(line) if line is not None else {}
    if all(stands.get(name) == wanted[name] for name in (ORIGIN.field, ROUND.field)):
        return
    number = wanted[ROUND.field]
    estate = standing.estates.get((project.code, str(row.values.get(ESTATE.field))))
    refusal = not_chosen(
        rounds=standing.rounds[project.pk],
        number=number if isinstance(number, int) else None,
        menu_item=item,
        estate_id=estate.pk if estate is not None else None,
    )
    if refusal is not None:
        yield Finding(
            message=refusal.message.rstrip("。"),
            field=ROUND.field,
            found=refusal.found or "",
            expected=refusal.expected or "",
        )


def round_beside(row: Row, standing: Standing) -> Iterator[Finding]:
    """A round is named where residents chose; the one that stands goes by itself where the row says otherwise now."""
    number, line = row.values.get(ROUND.field), standing.line(row)
    stands = present_of(line).get(ROUND.field) if line is not None else None
    if number in (None, stands) or row.faulty & {ORIGIN.field, ROUND.field}:
        return
    if row.values.get(ORIGIN.field) in (None, "", Origin.REQUIRED.label):
        yield Finding(
            message=f"来由是“{Origin.REQUIRED.label}”（空着也是），不填征询轮次",
            field=ROUND.field,
            found=f"第 {number} 轮",
            expected=f"空着；居民选定的，来由填“{Origin.CHOSEN.label}”",
        )


def takes_away(cells: Mapping[str, Value], before: Mapping[str, Value]) -> Mapping[str, Value]:
    """What stands as chosen by residents loses its round where a row says 按计划必做."""
    stands = before.get(ROUND.field)
    is_required = cells.get(ORIGIN.field) == Origin.REQUIRED.label
    if stands is None or not is_required or cells.get(ROUND.field) not in (None, stands):
        return {}
    return {ROUND.field: None}


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
    if line is not None and line.pending is not None and differs(row, standing):
        yield Finding(
            message="这一条已有一次调整等待批准",
            field=QUANTITY.field,
            found=shown(line.pending.quantity),
            expected="先批准或退回那一次；不改的照原来填",
        )


def reason_missing(row: Row, standing: Standing) -> Iterator[Finding]:
    """A change says why."""
    if row.values.get(REASON.field) or row.faulty or not differs(row, standing):
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
    rule("G155", not_chosen_by_residents, "居民没有选定", "居民选定的写征询轮次，那一轮问过点单、问过这一条，并且有住户选它。与现在的计划相同的不再问。", "第 2 轮没有问加装电梯", _CELL),
    rule("G156", round_beside, "轮次与来由不合", "按计划必做的（来由空着的也是）不填征询轮次；居民选定的，来由填“居民选定”。来由从居民选定改为按计划必做的，原来的轮次清空。", "按计划必做，填了第 2 轮", _CELL),
    rule("G161", ends_before_start, "时间颠倒", "计划完成不早于计划开始。", "5月开始，4月完成", _ROW),
    rule("G162", below_delivered, "少于已完成", "计划数量不少于已完成的数量。", "完成 300 米，计划 200 米", _ROW),
    rule("G163", change_pending, "调整待批准", "同一条一次只有一个调整待批准。", "上一次还没有批准", _ROW),
    rule("G164", reason_missing, "原因未填", "与现在的计划不同的写明原因。", "数量改了，原因空着", _ROW),
)  # fmt: skip
#: A cell that says something else than a colleague planned since the workbook went out.
_OVER = Rule(
    code="G165",
    title="别人改过",
    sentence="下载以后别人改过的格，表里又改成别的，或者别人取消的条目还在表里，说明原因再写入；不写入的选“暂留”。",
    example="下载以后同事改了计划数量，表里填的是另一个数",
    scope=_CELL,
    severity=Severity.REASON,
    catches=(OVERWRITTEN,),
)
RULES = tuple(sorted((*standard_rules("G"), *ROW_RULES, _OVER), key=lambda each: each.code))
