"""The lists as workbooks: items, structures, utilities' plans, each with what its columns mean."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from renovation.core.documents.blocks import Cell, Column, Kind, row
from renovation.core.documents.listing import Described, list_workbook
from renovation.core.documents.sheets import Sheet
from renovation.core.wording import chinese_moment

from .register import ItemLine, StructureLine, UtilityLine

ITEM_COLUMNS: Described = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("小区", Kind.TEXT, 9), "空着的是整个项目。"),
    (Column("类别", Kind.LABEL, 5), ""),
    (Column("改造条目", Kind.TEXT, 11), ""),
    (Column("单位", Kind.LABEL, 4), "数量按它计。"),
    (Column("计划数量", Kind.DECIMAL, 7, places=2), "有效的计划；取消的为 0。"),
    (Column("待批准数量", Kind.DECIMAL, 7, places=2), "登记了、还没有批准的调整，不计入。"),
    (Column("完成数量", Kind.DECIMAL, 7, places=2), "登记并验收的，撤回的不计。"),
    (Column("来由", Kind.LABEL, 6), "按计划必做，或居民选定。"),
    (Column("征询轮次", Kind.COUNT, 4), ""),
    (Column("计划开始", Kind.DATE, 6), ""),
    (Column("计划完成", Kind.DATE, 6), ""),
    (Column("最近完成", Kind.DATE, 6), "最后一笔完成登记的日期。"),
    (Column("缺依据", Kind.COUNT, 4), "没有依据文件的完成登记笔数。"),
)
STRUCTURE_COLUMNS: Described = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("楼栋", Kind.LABEL, 5), ""),
    (Column("位置", Kind.TEXT, 11), ""),
    (Column("类型", Kind.TEXT, 7), ""),
    (Column("面积", Kind.DECIMAL, 5, unit="㎡", places=2), ""),
    (Column("状态", Kind.LABEL, 6), ""),
    (Column("发现", Kind.DATE, 6), ""),
    (Column("建成日期", Kind.DATE, 6), "空着的没有登记。"),
    (Column("改造前已有", Kind.LABEL, 5), "是：改造开工以前就在，建成日期查不到。"),
    (Column("告知", Kind.DATE, 6), ""),
    (Column("拆除", Kind.DATE, 6), ""),
    (Column("恢复防水", Kind.DATE, 6), ""),
    (Column("下一步", Kind.LABEL, 5), ""),
    (Column("期限", Kind.DATE, 6), ""),
    (Column("逾期", Kind.COUNT, 4, unit="天"), ""),
)
UTILITY_COLUMNS: Described = (
    (Column("项目编号", Kind.LABEL, 7), ""),
    (Column("项目名称", Kind.TEXT, 10), ""),
    (Column("街道", Kind.TEXT, 7), ""),
    (Column("专业", Kind.LABEL, 4), ""),
    (Column("专营单位", Kind.TEXT, 9), ""),
    (Column("小区", Kind.TEXT, 8), "空着的是整个项目。"),
    (Column("地段", Kind.TEXT, 8), "空着的是全部地段。"),
    (Column("计划开始", Kind.DATE, 6), ""),
    (Column("计划完成", Kind.DATE, 6), ""),
    (Column("开挖路面", Kind.LABEL, 4), ""),
    (Column("埋深", Kind.COUNT, 4, unit="厘米"), ""),
    (Column("费用承担", Kind.TEXT, 7), ""),
    (Column("联系岗位", Kind.TEXT, 7), ""),
    (Column("联系电话", Kind.TEXT, 7), ""),
    (Column("文号", Kind.TEXT, 9), ""),
    (Column("状态", Kind.LABEL, 5), ""),
    (Column("实际开始", Kind.DATE, 6), ""),
    (Column("实际完成", Kind.DATE, 6), ""),
    (Column("协调次数", Kind.COUNT, 4), ""),
    (Column("冲突", Kind.TEXT, 20), "重复开挖、路面完成后开挖、与地面施工冲突、同期开挖未协调。"),
)


def items_workbook(
    *, title: str, lines: Iterable[ItemLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every line of a list of items; ``more`` are the sheets in which it comes back in, as in the others."""
    return _book(title, "改造内容", ITEM_COLUMNS, [_item(line) for line in lines], more, now)


def structures_workbook(
    *, title: str, lines: Iterable[StructureLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every line of a list of structures; who owns them is not in it."""
    rows = [_structure(line) for line in lines]
    return _book(title, "拆违台账", STRUCTURE_COLUMNS, rows, more, now)


def utilities_workbook(
    *, title: str, lines: Iterable[UtilityLine], more: Sequence[Sheet] = (), now: datetime
) -> bytes:
    """Every line of a list of utilities' plans."""
    return _book(title, "管线计划", UTILITY_COLUMNS, [_utility(line) for line in lines], more, now)


def _book(
    title: str,
    name: str,
    columns: Described,
    rows: Sequence[list[Cell]],
    more: Sequence[Sheet],
    now: datetime,
) -> bytes:
    return list_workbook(
        title=title,
        name=name,
        columns=columns,
        rows=(row(*cells) for cells in rows),
        subtitles=(f"{chinese_moment(now)}导出",),
        made_at=now,
        more=more,
    )


def _item(line: ItemLine) -> list[Cell]:
    item, plan, pending = line.item, line.plan, line.pending
    shown = plan or pending
    return [
        Cell(item.project.code),
        Cell(item.project.name),
        Cell(item.project.street.short_name),
        Cell(item.estate.name if item.estate else ""),
        Cell(str(item.menu_item.menu_class)),
        Cell(item.menu_item.name),
        Cell(item.menu_item.unit),
        Cell(line.planned),
        Cell(pending.quantity if pending else None, pending=pending is not None),
        Cell(line.delivered),
        Cell(str(shown.get_origin_display()) if shown else ""),
        Cell(shown.choice_round if shown else None),
        Cell(shown.planned_from if shown else None),
        Cell(shown.planned_to if shown else None),
        Cell(line.last_on),
        Cell(line.without_evidence),
    ]


def _structure(line: StructureLine) -> list[Cell]:
    found = line.structure
    return [
        Cell(found.project.code),
        Cell(found.project.name),
        Cell(found.project.street.short_name),
        Cell(found.building),
        Cell(found.location),
        Cell(str(found.get_kind_display())),
        Cell(found.area_sqm),
        Cell(str(found.get_state_display())),
        Cell(line.found_on),
        Cell(found.built_on),
        Cell("是" if found.stood_before else ""),
        Cell(line.notified_on),
        Cell(line.removed_on),
        Cell(line.restored_on),
        Cell(line.due.word if line.due else ""),
        Cell(line.due.on if line.due else None),
        Cell(line.overdue_days or None),
    ]


def _utility(line: UtilityLine) -> list[Cell]:
    plan = line.plan
    return [
        Cell(plan.project.code),
        Cell(plan.project.name),
        Cell(plan.project.street.short_name),
        Cell(str(plan.get_kind_display())),
        Cell(plan.operator),
        Cell(plan.estate.name if plan.estate else ""),
        Cell(plan.stretch),
        Cell(plan.planned_from),
        Cell(plan.planned_to),
        Cell("是" if plan.opens_surface else "否"),
        Cell(plan.depth_cm),
        Cell(str(plan.get_cost_bearer_display())),
        Cell(plan.contact),
        Cell(plan.phone),
        Cell(plan.document_number),
        Cell(str(plan.get_state_display())),
        Cell(plan.started_on),
        Cell(plan.finished_on),
        Cell(len(line.coordinations)),
        Cell("；".join(f"{clash.rule_word}：{clash.sentence}" for clash in line.clashes)),
    ]
