"""Invented examples for the gallery (FACE.md, pictures). No figure here comes from the ledger."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.core.paginator import Paginator
from django.templatetags.static import static

from renovation.core import charts, wall
from renovation.core.cards import Card, CardFigure
from renovation.core.charts import CurveMark, CurvePoint
from renovation.core.svg import Shape

from .filtering import FilterForm, choice
from .tokens import colours, contrast
from .values import LIGHTS, Cell, Event, Fault, Gate, Link, Room, Step, Todo, Way
from .widgets import (
    DayInput,
    FilePick,
    LongText,
    MomentInput,
    NumberText,
    SegmentChoice,
    ShortText,
)

AS_OF = date(2025, 9, 14)

# Tables of examples are read in rows.
# fmt: off


class SampleForm(forms.Form):
    """Fields with and without faults."""

    trouble = forms.CharField(label="存在问题", help_text="没有可以不填。", required=False)
    amount = forms.DecimalField(
        label="累计完成投资（万元）", help_text="从开工到本周日的合计，两位小数。", widget=NumberText,
        error_messages={"invalid": "不是数，末位是字母 O"},
    )
    started_on = forms.DateField(
        label="实际开工日期", widget=NumberText, error_messages={"invalid": "没有这一天"},
        help_text="如 2025-9-18。",
    )
    handling = forms.ChoiceField(
        label="处理", choices=[("accept", "接收"), ("hold", "暂留")], widget=SegmentChoice
    )
    evidence = forms.FileField(
        label="证明材料", help_text="开工报告或现场照片，单个不超过 20 MB。", required=False, widget=FilePick
    )


class PlainForm(forms.Form):
    """Every kind of box, untouched."""

    name = forms.CharField(label="项目名称", initial="昆仑巷小区")
    due = forms.DateField(label="期限", widget=DayInput, initial=date(2025, 9, 13))
    street = forms.ChoiceField(label="街道", choices=[("1", "般阳路街道"), ("2", "松龄路街道")])
    words = forms.CharField(label="情况说明", widget=LongText, required=False)
    closes_at = forms.DateTimeField(label="最后期限", widget=MomentInput, required=False)
    number = forms.CharField(label="文号", widget=ShortText, required=False)
    way = forms.ChoiceField(
        label="按什么收", choices=[("1", "一个项目一行"), ("2", "一个街道一行")], widget=forms.RadioSelect, initial="1"
    )
    kinds = forms.MultipleChoiceField(
        label="收件内容", choices=[("1", "周调度表"), ("2", "季度通报")], widget=forms.CheckboxSelectMultiple, required=False
    )
    agreed = forms.BooleanField(label="已与建设单位核对", required=False)
    password = forms.CharField(label="密码", widget=forms.PasswordInput, help_text="连续输错 5 次，锁定 15 分钟。")


class ListForm(FilterForm):
    """A filter bar."""

    street = choice("街道")
    light = choice("亮灯", [("red", "严重滞后")])
    word = forms.CharField(label="名称或编号", required=False)


_SWATCHES = (
    ("ink", "墨", "white", ""),
    ("ink-2", "次墨", "white", ""),
    ("ink-3", "注墨", "white", ""),
    ("control", "控件线", "white", ""),
    ("hairline", "细线", "", "只作分隔"),
    ("band", "淡底", "ink", "墨"),
    ("action", "蓝，操作", "white", ""),
    ("action-tint", "蓝底", "action-deep", "深蓝"),
    ("vermilion", "朱红", "white", ""),
    ("vermilion-tint", "朱红底", "ink", "墨"),
    ("green", "绿，记号", "white", ""),
    ("ochre", "赭，记号", "white", ""),
)


def swatches() -> list[dict[str, str]]:
    """Tokens with their measured contrast."""
    tokens = colours()
    found = []
    for token, name, against, prefix in _SWATCHES:
        ratio = f"{contrast(tokens[token], tokens[against]):.1f} : 1" if against else ""
        found.append(
            {"name": name, "colour": tokens[token], "words": f"{prefix} {ratio}".strip()}
        )
    return found


def _points(pairs: list[tuple[int, int, str]]) -> list[CurvePoint]:
    return [CurvePoint(date(2025, month, day), Decimal(value)) for month, day, value in pairs]


DISTRICT_PLAN = _points([
    (2, 28, "0"), (3, 31, "1.0"), (4, 30, "4.3"), (5, 31, "11.3"), (6, 30, "21.5"), (7, 31, "34.3"),
    (8, 31, "49.1"), (9, 30, "63.4"), (10, 31, "80.3"), (11, 30, "95.2"), (12, 31, "100"),
])
DISTRICT_ACTUAL = _points([
    (2, 28, "0"), (3, 31, "0.8"), (4, 30, "3.5"), (5, 31, "9.4"), (6, 30, "19.3"), (7, 31, "31.3"),
    (8, 31, "44.2"), (9, 14, "48.8"),
])
PROJECT_PLAN = _points([
    (4, 25, "0"), (5, 31, "13"), (6, 30, "26"), (7, 31, "39"), (8, 31, "54"), (9, 30, "69"),
    (10, 31, "85"), (11, 25, "100"),
])
PROJECT_ACTUAL = _points([
    (5, 12, "0"), (5, 31, "8"), (6, 30, "21"), (7, 31, "28"), (8, 31, "30"), (9, 14, "30.0"),
])


def curves() -> dict[str, tuple[str, ...]]:
    """The two curves of the pictures in the sizes of their places."""

    def district(size: charts.Size, plan: str, actual: str, gap: str) -> str:
        return charts.curve(
            title="全区进度：形象落后序时", plan=DISTRICT_PLAN, actual=DISTRICT_ACTUAL, as_of=AS_OF,
            plan_label=plan, actual_label=actual, gap_label=gap, size=size,
        )

    def project(size: charts.Size, plan: str, actual: str, gap: str) -> str:
        return charts.curve(
            title="进度：7月起停滞", plan=PROJECT_PLAN, actual=PROJECT_ACTUAL, as_of=AS_OF,
            plan_label=plan, actual_label=actual, gap_label=gap, size=size, marks=[CurveMark(date(2025, 5, 12), "实际开工 5月12日")],
            end_label=("计划完工", "11月25日"),
        )

    return {
        "district_curve": (
            district("wide", "序时进度 55.8%", "形象进度 48.8%", "落后 7.0 百分点"),
            district("narrow", "序时 55.8%", "形象 48.8%", "−7.0 百分点"),
        ),
        "project_curve": (
            project("broad", "序时进度 61.0%", "形象进度 30.0%", "落后 31.0 百分点"),
            project("narrow", "序时 61.0%", "形象 30.0%", "−31.0 百分点"),
        ),
    }


def _bar(start: tuple[int, int], end: tuple[int, int], *values: int) -> wall.WallBar:
    first, last = date(2025, *start), date(2025, *end)
    ends = [
        wall.WallValue(min(day, last), str(value))
        for day, value in zip(_month_ends(first.month), values, strict=False)
    ]
    return wall.WallBar(first, last, tuple(ends))


def _month_ends(month: int) -> list[date]:
    lengths = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
    return [date(2025, m, lengths[m - 1]) for m in range(month, 13)]


def _row(
    number: str, name: str, before: tuple[str, str], after: tuple[str, str, str], light: str, **more: Any
) -> wall.WallRow:
    look = LIGHTS[light]
    return wall.WallRow(
        number=number, name=name, before=before, after=after, light=light,
        light_word=more.pop("light_word", look.word), shape=look.shape,
        mark_at_bar=light in {"yellow", "red"}, **more,
    )


def wall_sample() -> wall.WallChart:
    """Six rows that show every state of a bar."""
    asof = (9, 14)
    first = (
        _row("1", "文昌园小区", ("212", "2.31"), ("75.0", "80.5", "+5.5"), "green",
             plan=_bar((3, 19), (10, 30), 3, 14, 27, 39, 53, 68, 83, 100),
             actual=_bar((3, 17), asof, 2, 12, 25, 39, 55, 73), now="80.5"),
        _row("2", "齐纺一宿舍", ("164", "1.78"), ("57.0", "45.8", "−11.2"), "yellow",
             plan=_bar((5, 5), (11, 30), 9, 22, 36, 50, 65, 82, 100),
             actual=_bar((5, 15), asof, 7, 19, 31, 42), now="45.8"),
        _row("3", "东关里小区", ("121", "1.37"), ("100.0", "100.0", "0.0"), "green",
             light_word="正常，完工", plan=_bar((3, 1), (8, 30), 13, 28, 44, 60, 79, 100),
             actual=_bar((3, 3), (8, 29), 11, 24, 40, 58, 79, 100), remark="8月29日完工"),
    )
    second = (
        _row("4", "青云小区", ("112", "1.05"), ("15.8", "0.0", "−15.8"), "yellow",
             plan=_bar((8, 20), (12, 24), 6, 27, 51, 76, 100),
             missing=wall.WallBar(date(2025, 8, 20), AS_OF), missing_label="应开未开 25 天"),
        _row("5", "育才巷小区", ("94", "0.86"), ("0.0", "—", "—"), "grey",
             plan=_bar((10, 10), (12, 31), 21, 56, 100)),
        _row("6", "昆仑巷小区", ("294", "2.90"), ("61.0", "30.0", "−31.0"), "red",
             plan=_bar((4, 25), (11, 25), 0, 13, 26, 39, 54, 69, 85, 100),
             actual=_bar((5, 12), asof, 8, 21, 28, 30), now="30.0"),
    )
    lights: tuple[tuple[Shape, str], ...] = tuple((look.shape, look.word) for look in LIGHTS.values())
    return wall.WallChart(
        title="淄川区2025年老旧小区改造攻坚图",
        facts=("6 个项目", "997 户", "10.27 万㎡", "形象进度 48.8%，序时 55.8%，落后 7.0 百分点", "截至 2025年9月14日（第37周）"),
        start=date(2025, 1, 1), end=date(2025, 12, 31), as_of=AS_OF,
        heads=("序号", "项目", "亮灯"),
        before=(("户数", "户"), ("面积", "万㎡")),
        after=(("序时", "%"), ("形象", "%"), ("偏差", "百分点")),
        groups=(
            wall.WallGroup("般阳路街道", ("3 个项目", "497 户", "5.46 万㎡"), ("75.4", "74.1", "−1.3"),
                           (("green", "disc", 2), ("yellow", "triangle", 1)), first),
            wall.WallGroup("松龄路街道、钟楼街道", ("3 个项目", "500 户", "4.81 万㎡"), ("40.2", "18.1", "−22.1"),
                           (("yellow", "triangle", 1), ("red", "square", 1), ("grey", "ring", 1)), second),
        ),
        total=wall.WallTotal(
            "全区合计", ("997", "10.27"), ("55.8", "48.8", "−7.0"),
            (("月末序时", ("0.0", "0.0", "1.0", "4.3", "11.3", "21.5", "34.3", "49.1", "63.4", "80.3", "95.2", "100.0")),
             ("月末形象", ("0.0", "0.0", "0.8", "3.5", "9.4", "19.3", "31.3", "44.2"))),
        ),
        legend=("计划，数字为月末累计目标（%）", "实际，数字为月末累计形象进度（%）", "应开未开", "数据截至日"),
        lights=lights,
        notes=("偏差 = 形象进度 − 序时进度。落后不足 10 个百分点为正常，10—30（含）为滞后，超过 30 为严重滞后。",),
        issuer="淄川区住房和城乡建设局", issued_on="2025年9月16日", approval="已核定",
    )


def everything() -> dict[str, Any]:
    """The context of the gallery page."""
    faulty = SampleForm(
        {"trouble": "燃气管线迁改未排期", "amount": "98.5O", "started_on": "2025年9月31日", "handling": "accept"}
    )
    faulty.is_valid()
    return {
        "swatches": swatches(),
        "form": faulty,
        "plain_form": PlainForm(auto_id="plain_%s"),
        "filter_form": ListForm({"light": "red"}, auto_id="filter_%s", streets=[("2", "松龄路街道")]),
        "faults": [
            Fault("累计完成投资", "不是数：98.5O", "#id_amount"),
            Fault("实际开工日期", "没有这一天：2025年9月31日", "#id_started_on"),
        ],
        "crumbs": [Way("项目", "/"), Way("钟楼街道", "/"), Way("昆仑巷小区")],
        "parts": [
            Way("概况", "#tabs", chosen=True), Way("进度", "#tabs"), Way("资金", "#tabs"),
            Way("问题", "#tabs", count=2), Way("函件", "#tabs", count=2), Way("沿革", "#tabs"),
        ],
        "basis_ways": [Way("只看已核定", "#tabs", chosen=True), Way("含待核", "#tabs")],
        "span_ways": [Way("周", "#tabs"), Way("月", "#tabs", chosen=True), Way("季", "#tabs"), Way("年", "#tabs")],
        "week_ways": [Way("‹ 第36周", "#tabs"), Way("第38周 ›")],
        "row_ways": [Way("全部", "?rows=", True, 3), Way("有错", "?rows=fault", False, 1, "fault"),
            Way("已说明", "?rows=explained", False, 1, "explained"),
        ],
        "rows": [
            ("文昌园小区", "ZC2025-01", "般阳路街道", "212", "2.31", "75.0", "80.5", "+5.5", "green"),
            ("齐纺一宿舍", "ZC2025-03", "般阳路街道", "164", "1.78", "57.0", "45.8", "−11.2", "yellow"),
            ("青云小区", "ZC2025-11", "松龄路街道", "112", "1.05", "15.8", "0.0", "−15.8", "yellow"),
            ("昆仑巷小区", "ZC2025-14", "钟楼街道", "294", "2.90", "61.0", "30.0", "−31.0", "red"),
        ],
        "ranking": [
            ("1", "般阳路街道", "上周第 1", "68.0", "66.8", "−1.2"),
            ("2", "松龄路街道", "上周第 2", "41.4", "35.2", "−6.2"),
            ("3", "钟楼街道", "上周第 3", "57.5", "41.3", "−16.2"),
        ],
        "page": Paginator(range(14), 4).page(1),
        "long_page": Paginator(range(240), 10).page(12),
        "street_lights": [("yellow", "齐纺一宿舍"), ("green", "文昌园小区"), ("green", "东关里小区"), ("grey", "育才巷小区")],
        "todos": [
            Todo("签发昆仑巷小区督办函", "严重滞后，落后序时 31.0 百分点；提醒函 8月26日发出，回复期满无进展", "审阅签发", "#todo", "red"),
            Todo("钟楼街道第37周周报未报", "9月15日 12:00 已关闭；两个项目的进度按第36周数计", "查看报送", "#todo"),
            Todo("青云小区应开工未开工，已过 25 天", "滞后，计划 8月20日开工；施工许可卡在图审", "查看交办", "#todo", "yellow"),
        ],
        "changes": [
            Event("转差", "昆仑巷小区", "偏差 −27.5 → −31.0 百分点（本周未报）", before="yellow", after="red"),
            Event("转好", "松龄东苑", "偏差 −11.7 → −6.9 百分点", before="yellow", after="green"),
            Event("关口", "东关里小区通过竣工验收，9月11日", "第 1 个竣工验收的项目，1 / 14"),
            Event("资金", "到位 +180.00 万元，支付 +96.40 万元", "到位为市级补助，般阳路街道 2 个项目"),
        ],
        "gate_items": [
            Gate("列入计划", "done", ("计划 1月20日", "实际 1月20日"), note="淄建发〔2025〕3号"),
            Gate("立项批复", "done", ("计划 2月28日", "实际 3月4日"), "逾期 4 天"),
            Gate("方案确定", "done", ("计划 3月20日", "实际 3月26日"), "逾期 6 天"),
            Gate("招投标", "done", ("计划 4月18日", "实际 5月6日"), "逾期 18 天"),
            Gate("开工", "done", ("计划 4月25日", "实际 5月12日"), "逾期 17 天"),
            Gate("完工", "now", ("计划 11月25日", "预计 12月20日"), "预计逾期 25 天"),
            Gate("竣工验收", "todo", ("计划 12月10日",)),
            Gate("结算审计", "todo", ("计划 2026年1月31日",)),
            Gate("移交管养", "todo", ("计划 2026年2月28日",)),
        ],
        "all_gates": [
            *(Gate(name, "done", ("计划 1月20日", "实际 1月20日")) for name in ("摸底", "意愿征询", "列入计划", "立项批复", "方案确定", "施工图预算评审", "招投标", "施工许可")),
            Gate("开工", "now", ("计划 4月25日",)), Gate("完工", "todo", ("计划 11月25日",)), Gate("移交管养", "todo"),
        ],
        "handling": [
            Event("9月19日 10:41", "填报岗报送", "7 个项目，按时"),
            Event("9月19日 14:20", "街道审核", "已与施工单位核对"),
        ],
        "named_pairs": [("建设单位（甲方）", "钟楼街道办事处"), ("图审和施工许可", "5月6日办结")],
        "room_looks": [("agree", "同意"), ("disagree", "不同意"), ("undecided", "有意见"), ("held", "待认定"), ("none", "未答复")],
        "steps": [
            Step("8月26日", "提醒函发出", "淄建函〔2025〕41号，办公室用印"),
            Step("8月27日", "街道签收", "9月5日 17:00 前回复"),
            Step("9月5日", "到期未回复", "系统拟督办函，待签发", "now"),
            Step("", "督办函签发", "签发后起算 7 个工作日", "todo"),
        ],
        "pairs": [("责任单位", "钟楼街道办事处"), ("建设单位", "钟楼街道办事处"), ("施工单位", "鲁中某建设工程有限公司"), ("现场公示", "48 小时内响应，公示牌 2 处")],
        "amounts": [
            Link("计划", "870.00", "万元", 100, ("5 个来源",)),
            Link("下达", "690.00", "万元", 79.3, ("690.00 / 870.00",), "下达 ÷ 计划 79.3%"),
            Link("到位", "552.00", "万元", 63.4, ("552.00 / 870.00",), "资金到位率 63.4%"),
            Link("拨付", "310.00", "万元", 35.6, ("310.00 / 552.00",), "拨付率 56.2%"),
            Link("支付", "268.40", "万元", 30.9, ("268.40 / 552.00",), "支付率 48.6%"),
        ],
        "rooms": [
            Room("1-101", "agree", "同意", "#rooms"), Room("1-102", "disagree", "不同意", "#rooms"), Room("1-201", "undecided", "有意见", "#rooms"),
            Room("1-202", "held", "待认定", "#rooms"), Room("2-101", "none", "未答复", "#rooms"), Room("2-102", "agree", "同意", "#rooms"),
        ],
        "cells": [
            Cell("文件", "松龄路第38周.xlsx", "9月19日 10:24 上传，工作表“周报”，表头在第 4 行"),
            Cell("读到", "7 行 / 应有 7 行", "行数相符，没有重复行"),
            Cell("可接收", "3 行", "含 1 行已说明"),
            Cell("暂留", "4 行", "有错，改正后重传即可", alarm=True),
            Cell("截止", "9月19日 17:00", "还有 6 小时 36 分，周一 12:00 前为迟报"),
        ],
        "wall": wall_sample(),
        "picture_href": static("img/icon.svg"),
        "card": Card(
            title="淄川区2025年老旧小区改造进展",
            subtitle="第37周（9月8日—9月14日）　截至9月14日　已核定",
            figures=(CardFigure("形象进度", "48.8", "%", "折合 11.81 / 24.18 万㎡", "较上周 +2.0 百分点", "已核定"),),
        ),
        **curves(),
    }
