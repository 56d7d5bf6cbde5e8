"""The measures as columns that nobody need be asked for (found by name, see ``projects.ledger.known``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal

from projects.ledger.known import Asking, KnownColumn, Level, Value
from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.declarations import Declaration
from renovation.core.documents.blocks import Kind
from renovation.core.measures import Approval, Measure, Unit

from .catalogue import PROJECT, STREET, catalogue
from .facts import Facts, Place
from .services import load

_WHERE = "指标（“指标解释”里有口径）"
#: Other names under which measures are asked for in haste.
_ALIASES: Mapping[str, tuple[str, ...]] = {
    "项目数": ("项目个数", "项目数量"),
    "小区数": ("小区个数", "小区数量"),
    "楼栋数": ("栋数", "楼幢数", "楼栋数量"),
    "户数": ("总户数", "改造户数", "居民户数", "住户数", "涉及户数"),
    "建筑面积": ("改造面积", "总建筑面积", "面积"),
    "开工率(项目)": ("开工率", "项目开工率"),
    "完工率(项目)": ("完工率", "项目完工率"),
    "竣工验收率(项目)": ("竣工验收率", "验收率"),
    "形象进度": ("累计形象进度", "工程进度", "总体进度", "项目进度", "进度"),
    "亮灯": ("亮灯情况", "状态灯"),
    "投资完成率": ("完成投资率", "投资完成比例"),
    "报送率": ("周报报送率",),
    "计划": ("计划资金", "资金计划", "计划安排资金"),
    "下达": ("下达资金", "资金下达", "已下达资金"),
    "到位": ("到位资金", "资金到位", "已到位资金"),
    "拨付": ("拨付资金", "资金拨付", "已拨付资金"),
    "支付": ("支付资金", "资金支付", "已支付资金", "已支付金额"),
    "资金到位率": ("到位率",),
    "支付率": ("资金支付率", "资金使用率"),
    "加装电梯(完成)": ("加装电梯数", "加装电梯数量", "已加装电梯"),
    "加装电梯(计划)": ("计划加装电梯",),
    "停车位(完成)": ("新增停车位", "新增车位数", "停车位数量", "停车位"),
    "充电桩(完成)": ("充电桩数量", "新增充电桩", "充电桩"),
    "老旧管线(完成)": ("改造管线长度", "管线改造长度"),
    "违法建设": ("违建数量", "违建处数", "违法建设处数"),
    "同意改造率": ("居民同意率", "改造同意率"),
    "双80%达标": ("双80达标率",),
}


def _facts(asking: Asking) -> Facts:
    def read() -> Facts:
        return load(
            programme=asking.programme,
            as_of=asking.on,
            approval=Approval.APPROVED,
            now=asking.now,
        )

    return asking.once("figures.facts", read)


def _places(asking: Asking) -> Mapping[int, Place]:
    """The place of each id, of those that figures know on the day."""

    def read() -> dict[int, Place]:
        level = STREET if asking.level is Level.STREET else PROJECT
        known = {place.code: place for place in _facts(asking).places[level]}
        if asking.level is Level.STREET:
            codes = Organisation.objects.filter(pk__in=asking.ids).values_list("pk", "code")
        else:
            codes = Project.objects.filter(pk__in=asking.ids).values_list("pk", "code")
        return {pk: known[code] for pk, code in codes if code in known}

    return asking.once("figures.places", read)


def _value(measure: Measure) -> Value:
    if measure.word is not None:
        return measure.word
    shown: Decimal | None = measure.shown
    return shown


def _read(name: str) -> Callable[[Asking], Mapping[int, Value]]:
    def read(asking: Asking) -> Mapping[int, Value]:
        facts = _facts(asking)
        return {pk: _value(facts.get(name, place)) for pk, place in _places(asking).items()}

    return read


def _known(declaration: Declaration, level: Level) -> KnownColumn:
    is_word = declaration.unit is Unit.WORD
    return KnownColumn(
        code=f"figures.{level}.{declaration.code}",
        label=declaration.name,
        level=level,
        where=_WHERE,
        read=_read(declaration.name),
        aliases=_ALIASES.get(declaration.name, ()),
        kind=Kind.LABEL if is_word else Kind.DECIMAL,
        unit=declaration.unit.text,
        places=declaration.unit.places,
    )


KNOWN: list[KnownColumn] = [
    _known(declaration, level)
    for level in Level
    for declaration in catalogue().values()
    if level.value in declaration.levels
]
