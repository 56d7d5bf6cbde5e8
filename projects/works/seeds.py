"""The menu to begin with: DOMAIN.md §2.3 (国办发〔2020〕23号; the class 安全类 as in 成都).

A migration plants it; whoever empties the database plants it again. It is never planted into a menu that holds
anything, so that what a bureau made of it stays.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from .enums import Layer, Outcome

U, S, E, O = Layer.UNDERGROUND, Layer.SURFACE, Layer.ENVELOPE, Layer.OTHER  # noqa: E741
PLANTED_AT = datetime(2025, 1, 1, tzinfo=UTC)
SOURCE = "国办发〔2020〕23号改造内容"

#: Code, name, meaning.
CLASSES: tuple[tuple[str, str, str], ...] = (
    ("basic", "基础类", "满足居民安全需要和基本生活需求，应改尽改"),
    ("improve", "完善类", "满足居民生活便利需要和改善型需求，能改则改"),
    ("upgrade", "提升类", "丰富社区服务供给，因地制宜"),
    ("safety", "安全类", "危及安全的，立查立改"),
)
#: Class, code, name, unit, whether it is done wherever it is missing, layer, outcome.
ITEMS: tuple[tuple[str, str, str, str, bool, Layer, str], ...] = (
    ("basic", "water-pipes", "供水管网", "米", True, U, Outcome.PIPES),
    ("basic", "drainage", "排水管网", "米", True, U, Outcome.PIPES),
    ("basic", "heat-pipes", "供热管网", "米", True, U, Outcome.PIPES),
    ("basic", "gas-pipes", "供气管网", "米", True, U, Outcome.PIPES),
    ("basic", "power-lines", "供电线路", "米", True, U, Outcome.PIPES),
    ("basic", "telecom-lines", "弱电通信线路", "米", True, U, Outcome.PIPES),
    ("basic", "overhead-lines", "架空线规整（入地）", "米", True, U, ""),
    ("basic", "secondary-water", "二次供水设施", "处", True, O, Outcome.WATER),
    ("basic", "fibre", "光纤入户", "户", True, O, ""),
    ("basic", "mobile", "移动通信设施", "处", False, O, ""),
    ("basic", "roads", "小区道路", "㎡", True, S, ""),
    ("basic", "dead-end-roads", "打通断头路", "条", False, S, Outcome.ROADS),
    ("basic", "fire", "消防设施", "处", True, O, ""),
    ("basic", "security", "安防监控点位", "处", True, O, ""),
    ("basic", "waste", "生活垃圾分类设施", "处", True, O, ""),
    ("basic", "roof", "屋面维修", "㎡", True, E, ""),
    ("basic", "facade", "外墙维修", "㎡", True, E, ""),
    ("basic", "stairs", "楼梯间等公共部位维修", "单元", True, O, ""),
    ("improve", "demolition", "拆除违法建设", "处", True, O, ""),
    ("improve", "energy", "建筑节能改造", "㎡", False, E, ""),
    ("improve", "lifts", "加装电梯", "部", False, O, Outcome.LIFTS),
    ("improve", "greening", "绿化", "㎡", False, S, ""),
    ("improve", "lighting", "照明", "盏", False, O, ""),
    ("improve", "ageing", "适老设施", "处", False, O, ""),
    ("improve", "barrier-free", "无障碍设施", "处", False, O, ""),
    ("improve", "parking", "停车位", "个", False, S, Outcome.PARKING),
    ("improve", "car-chargers", "电动汽车充电桩", "个", False, O, Outcome.CHARGERS),
    ("improve", "bike-chargers", "电动自行车充电设施", "个", False, O, ""),
    ("improve", "lockers", "智能快件箱、信包箱", "组", False, O, ""),
    ("improve", "leisure", "文化休闲、体育健身设施", "处", False, O, ""),
    ("improve", "management-rooms", "物业用房", "㎡", False, O, ""),
    ("upgrade", "community-centre", "社区综合服务设施", "个", False, O, Outcome.SERVICES),
    ("upgrade", "clinic", "卫生服务站", "个", False, O, Outcome.SERVICES),
    ("upgrade", "kindergarten", "幼儿园", "个", False, O, Outcome.SERVICES),
    ("upgrade", "elderly-care", "养老服务设施", "个", False, O, Outcome.SERVICES),
    ("upgrade", "childcare", "托育设施", "个", False, O, Outcome.SERVICES),
    ("upgrade", "canteen", "助餐设施", "个", False, O, Outcome.SERVICES),
    ("upgrade", "housekeeping", "家政保洁网点", "个", False, O, Outcome.SERVICES),
    ("upgrade", "shop", "便利店", "个", False, O, Outcome.SERVICES),
    ("upgrade", "parcels", "邮政快递末端综合服务站", "个", False, O, Outcome.SERVICES),
    ("upgrade", "market", "便民市场", "个", False, O, Outcome.MARKETS),
    ("upgrade", "sensing", "周界防护等智能感知设施", "处", False, O, ""),
    ("safety", "gas-safety", "燃气安全隐患整改", "处", True, O, ""),
    ("safety", "power-safety", "用电安全隐患整改", "处", True, O, ""),
    ("safety", "structure-safety", "房屋安全隐患处置", "处", True, O, ""),
)


def plant(apps: Any, using: str = "default") -> None:
    """Write classes and items with their first history rows into an empty menu."""
    menu_class, menu_item = (apps.get_model("works", name) for name in ("MenuClass", "MenuItem"))
    if menu_class.objects.using(using).exists() or menu_item.objects.using(using).exists():
        return
    classes = [
        menu_class(code=code, name=name, meaning=meaning, order=order)
        for order, (code, name, meaning) in enumerate(CLASSES, start=1)
    ]
    _write(apps, "HistoricalMenuClass", classes, using)
    by_code = {row.code: row for row in classes}
    items = [
        menu_item(
            menu_class=by_code[class_code],
            code=code,
            name=name,
            unit=unit,
            is_required=required,
            layer=layer.value,
            outcome=str(outcome and Outcome(outcome).value),
            places=0,
            order=order,
        )
        for order, (class_code, code, name, unit, required, layer, outcome) in enumerate(
            ITEMS, start=1
        )
    ]
    _write(apps, "HistoricalMenuItem", items, using)


def _write(apps: Any, historical: str, rows: list[Any], using: str) -> None:
    type(rows[0]).objects.using(using).bulk_create(rows)
    history = apps.get_model("works", historical)
    names = [field.attname for field in rows[0]._meta.concrete_fields]
    history.objects.using(using).bulk_create(
        history(
            **{name: getattr(row, name) for name in names},
            history_date=PLANTED_AT,
            history_type="+",
            history_change_reason=SOURCE,
        )
        for row in rows
    )
