"""The columns of the workbook in which a year's plan of the works comes in."""

from __future__ import annotations

from decimal import Decimal

from renovation.intake.pipelines import Column, Kind, Show

PROJECT = Column(
    field="project",
    header="项目编号",
    longest=30,
    required=True,
    expected="台账里的项目编号，如 ZC2025-01",
)
NAME = Column(field="name", header="项目名称", longest=80, expected="只供查看，不读取")
ESTATE = Column(
    field="estate", header="小区", longest=80, expected="本项目的小区名称；整个项目的不填"
)
ITEM = Column(
    field="item", header="改造条目", longest=30, required=True, expected="改造菜单里的名称"
)
UNIT = Column(field="unit", header="单位", longest=8, expected="改造菜单里这一条的单位")
QUANTITY = Column(
    field="quantity",
    header="计划数量",
    kind=Kind.DECIMAL,
    places=2,
    minimum=Decimal("0.01"),
    maximum=Decimal("9999999.99"),
    required=True,
    expected="大于 0 的数，按单位填",
    show=Show.COMPARE,
)
ORIGIN = Column(
    field="origin",
    header="来由",
    longest=10,
    expected="按计划必做、居民选定之一；不填为按计划必做",
    show=Show.CHANGED,
)
ROUND = Column(
    field="choice_round",
    header="征询轮次",
    kind=Kind.INTEGER,
    minimum=Decimal(1),
    maximum=Decimal(20),
    expected="居民选定的填在第几轮征询的点单里选定",
    show=Show.CHANGED,
)
FROM = Column(
    field="planned_from",
    header="计划开始",
    kind=Kind.DATE,
    expected="日期，没有定的不填",
    show=Show.CHANGED,
)
TO = Column(
    field="planned_to",
    header="计划完成",
    kind=Kind.DATE,
    expected="日期，不早于计划开始",
    show=Show.CHANGED,
)
REASON = Column(
    field="reason",
    header="调整原因",
    longest=200,
    expected="与原计划不同、或项目计划已批准后新增的必填",
)
COLUMNS = (PROJECT, NAME, ESTATE, ITEM, UNIT, QUANTITY, ORIGIN, ROUND, FROM, TO, REASON)
