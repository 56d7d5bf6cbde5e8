"""The catalogue says what MEASURES.md says, and what is generated from it is current."""

from __future__ import annotations

import re
from pathlib import Path

from django.conf import settings

from renovation.core.declarations import Kind
from reports.figures.catalogue import LEVELS, by_code, catalogue, declarations
from reports.figures.dictionary import dictionary_table, limits_text, markdown

#: The names of MEASURES.md, in its order: Programme, Money, Returns.
NAMES = {
    "项目数", "小区数", "楼栋数", "户数", "建筑面积",
    "开工率(项目)", "开工率(小区)", "开工率(户数)",
    "完工率(项目)", "完工率(小区)", "完工率(户数)",
    "竣工验收率(项目)", "竣工验收率(小区)", "竣工验收率(户数)",
    "序时进度", "形象进度", "偏差", "亮灯", "投资完成率",
    "计划", "下达", "到位", "拨付", "支付", "资金到位率", "拨付率", "支付率",
    "资金留置天数(加权)", "资金留置天数(最长)", "支付与进度背离",
    "申请上级资金", "批复上级资金", "上级资金获批率",
    "应报", "已报", "报送率", "按时报", "及时率", "零报告", "待报", "未报", "更正率",
    # What the weekly meeting assigns (W1).
    "交办事项", "交办已办结", "交办按期办结率",
    # How good the rows are (D8).
    "完整率", "一致率", "数据更正率",
    # What the works bring (DOMAIN.md §2.1): planned, delivered and rate of each outcome, and 拆违.
    *(
        f"{outcome}{of}"
        for outcome in (
            "老旧管线", "加装电梯", "停车位", "充电桩", "社区服务设施", "便民市场", "断头路", "二次供水",
        )
        for of in ("(计划)", "(完成)", "完成率")
    ),
    "违法建设", "违法建设拆除率",
    "同意改造率", "同意方案率", "双80%达标",
    "议事场次", "议事提出问题", "议事解决问题", "议事问题解决率",
    # After the works: 长效管理 and 移交 (W12), what residents brought in and how they judge it (W36).
    "长效管理落实率(小区)", "移交率(小区)", "居民另行出资", "居民投劳工时",
    "已共评项目", "共评覆盖率", "共评满意率", "共评认可率",
}  # fmt: skip


def test_every_measure_is_declared_once() -> None:
    assert set(catalogue()) == NAMES
    assert set(declarations()) - NAMES == {"支付占计划投资"}
    assert len(by_code()) == len(catalogue())


def test_a_declaration_is_whole() -> None:
    for each in declarations().values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", each.code)
        assert each.definition.endswith("。")
        assert each.levels <= set(LEVELS)
        assert each.source
        made = {Kind.DIFFERENCE: each.of, Kind.WORD: each.word}.get(each.kind, each.contribute)
        assert made is not None


def test_the_page_of_measures_is_current() -> None:
    path = Path(settings.BASE_DIR) / "docs" / "measures.md"
    assert path.read_text(encoding="utf-8") == markdown()


def test_the_dictionary_names_thresholds() -> None:
    assert [row.cells[0].value for row in dictionary_table(["偏差", "亮灯"]).rows] == [
        "偏差",
        "亮灯",
    ]
    assert limits_text(catalogue()["亮灯"], {"weekly.light.red_behind": 25}) == (
        "落后超过多少亮红：25.0百分点；落后达到多少亮黄：10.0百分点；应开未开满几个月末亮红：3个月末"
    )
