"""Every component draws what FACE.md asks for, from plain values."""

import re
from datetime import date
from decimal import Decimal
from fractions import Fraction
from typing import Any

import pytest
from django import forms
from django.core.paginator import Paginator
from django.template import Context, Template
from django.test import RequestFactory
from django.utils.safestring import mark_safe

from renovation.core.measures import Approval, Measure, Unit, change
from renovation.face import wording
from renovation.face.samples import SampleForm, wall_sample
from renovation.face.values import Cell, Event, Gate, Link, Step, Todo, Way


def draw(source: str, **values: Any) -> str:
    """The tag's markup without the white space between elements."""
    html = Template("{% load face %}" + source).render(Context(values))
    return re.sub(r">\s+<", "><", html).strip()


def words(html: str) -> str:
    """What a reader reads, without the parts that only assistive tools get."""
    html = re.sub(r'<span class="visually-hidden">.*?</span>', "", html)
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html)).strip()


def rate(percent: str, **more: Any) -> Measure:
    return Measure(
        name="form_progress", label="形象进度", value=Fraction(percent), unit=Unit.PERCENT,
        as_of=date(2025, 9, 14), **more,
    )  # fmt: skip


# -- figure ----------------------------------------------------------------------------------------
def test_figure_has_its_six_parts() -> None:
    html = draw(
        '{% figure "形象进度" value="48.8" unit="%" basis="折合 11.81 / 24.18 万㎡" change="2.0"'
        ' approval="approved" as_of=day href="/rows/" %}',
        day=date(2025, 9, 14),
    )
    assert (
        words(html)
        == "形象进度 48.8 % 折合 11.81 / 24.18 万㎡ 较上周 +2.0 百分点 已核定 截至 9月14日"
    )
    assert '<a href="/rows/"><span class="visually-hidden">形象进度：</span><b>48.8</b></a>' in html


def test_figure_speaks_for_a_measure() -> None:
    now = rate(
        "48.84",
        numerator=Fraction("11.8088"),
        denominator=Fraction("24.18"),
        part_unit=Unit.WAN_SQM,
    )
    before = rate("46.8")
    html = draw("{% figure measure=now change=delta %}", now=now, delta=change(now, before))
    assert (
        words(html) == "形象进度 48.8 % 11.81 / 24.18 万㎡ 较上周 +2.0 百分点 已核定 截至 9月14日"
    )


def test_figure_without_number_is_a_dash_without_unit() -> None:
    html = draw(
        "{% figure measure=now change=delta %}",
        now=replaced(None),
        delta=change(replaced(None), rate("1")),
    )
    assert words(html) == "形象进度 — 没有可比的上周数 已核定 截至 9月14日"
    assert '<b>—</b><span class="visually-hidden">没有可算的数</span>' in html
    assert "figure-unit" not in html


def replaced(value: Fraction | None) -> Measure:
    return Measure(
        name="x", label="形象进度", value=value, unit=Unit.PERCENT, as_of=date(2025, 9, 14)
    )


def test_figure_writes_the_true_minus() -> None:
    html = draw('{% figure "偏差" value="-7.0" unit="百分点" change="-1.4" %}')
    assert words(html) == "偏差 \u22127.0 百分点 较上周 \u22121.4 百分点"
    assert "-7.0" not in html


def test_figure_says_unchanged_and_what_is_left_out() -> None:
    html = draw(
        '{% figure "支付率" value="51.8" unit="%" change="0.0" approval=mark pending="128.00 万元，未计入" %}',
        mark=Approval.ALL,
    )
    assert words(html) == "支付率 51.8 % 较上周持平 待核 待核 128.00 万元，未计入"
    assert html.count("mark-waiting") == 2


def test_what_a_figure_holds_stands_behind_its_one_mark() -> None:
    html = draw(
        '{% figure "支付率" value="51.8" unit="%" approval=mark as_of="9月15日" pending="含 128.00 万元" %}',
        mark=Approval.ALL,
    )
    assert words(html) == "支付率 51.8 % 待核 含 128.00 万元，截至 9月15日"
    assert html.count("mark-waiting") == 1


def test_a_mark_that_nobody_knows_is_refused() -> None:
    with pytest.raises(ValueError, match="not an approval"):
        draw('{% approval "maybe" %}')


# -- marks -----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("status", "key", "word", "shape"),
    [
        ("green", "green", "正常", "<circle"),
        ("黄", "yellow", "滞后", "M7 1 13.6 12.6H.4Z"),
        ("red", "red", "严重滞后", "M1.4 1.4H12.6V12.6H1.4Z"),
        ("灰", "grey", "未到开工", 'fill="none"'),
    ],
)
def test_light_is_a_drawn_symbol_and_a_word(status: str, key: str, word: str, shape: str) -> None:
    html = draw("{% light status %}", status=status)
    assert words(html) == word
    assert f"symbol-{key}" in html
    assert shape in html


def test_light_without_word_keeps_it_for_assistive_tools() -> None:
    html = draw('{% light "red" word=False %}')
    assert words(html) == ""
    assert '<span class="visually-hidden">严重滞后</span>' in html


def test_lights_name_what_they_stand_for() -> None:
    html = draw("{% lights items %}", items=["green", ("red", "昆仑巷小区")])
    assert re.findall(r'hidden">(.*?)</span>', html) == ["正常，", "昆仑巷小区：严重滞后"]


def test_an_unknown_light_is_refused() -> None:
    with pytest.raises(ValueError, match="not a status light"):
        draw('{% light "blue" %}')


def test_marks_differ_by_frame_and_word() -> None:
    assert draw('{% state "待签发" "waiting" %}') == '<span class="mark mark-waiting">待签发</span>'
    assert "<path" in draw('{% state "区局已核定" "approved" %}')
    assert words(draw('{% approval "approved" %}')) == "已核定"
    assert words(draw('{% approval "pending" note="128.00 万元" %}')) == "待核 128.00 万元"


# -- acts ------------------------------------------------------------------------------------------
def test_buttons() -> None:
    assert draw('{% button "写入 3 行" kind="main" name="act" value="write" %}') == (
        '<button class="button button-main" type="submit" name="act" value="write">写入 3 行</button>'
    )
    assert draw('{% button "导出" href=url compact=True %}', url="/x?a=1&b=2") == (
        '<a class="button button-plain button-compact" href="/x?a=1&amp;b=2">导出</a>'
    )
    held = draw('{% button "报送" disabled_reason="周报已关闭" %}')
    assert "disabled" in held
    assert words(held) == "报送 周报已关闭"
    assert 'type="button" data-copy="#t"' in draw('{% button "复制文字" copy="#t" %}')


def test_an_unknown_kind_is_refused() -> None:
    with pytest.raises(Exception, match="none of danger, link, main, plain"):
        draw('{% button "x" kind="primary" %}')


def test_segments_and_tabs_say_which_is_chosen() -> None:
    items = [("只看已核定", "?a=1", True), ("含待核", "?a=2", False), Way("第38周 ›")]
    html = draw('{% segments "口径" items=items %}', items=items)
    assert '<a class="segment" href="?a=1" aria-current="true">只看已核定</a>' in html
    assert '<span class="segment segment-none" aria-disabled="true">第38周 ›</span>' in html
    tabs = draw(
        '{% tabs "项目" items=items %}', items=[("概况", "/a", True), ("问题", "/b", False, 2)]
    )
    assert '<a href="/a" aria-current="page">概况</a>' in tabs
    assert '<a href="/b">问题<span class="tab-count">2</span></a>' in tabs


def test_only_the_first_thing_to_do_has_a_button() -> None:
    html = draw(
        "{% todo items %}",
        items=[
            Todo("签发", "严重滞后", "审阅签发", "/1", "red"),
            Todo("催报", "未报", "查看", "/2"),
        ],
    )
    assert html.count("button-main") == 1
    assert re.findall(r'<a class="([^"]+)" href="([^"]+)"', html) == [
        ("button button-main button-compact", "/1"),
        ("link-act", "/2"),
    ]
    assert words(html) == "1 签发 严重滞后 审阅签发 2 催报 未报 查看"


# -- forms -----------------------------------------------------------------------------------------
class Amount(forms.Form):
    amount = forms.DecimalField(
        label="累计完成投资（万元）", help_text="两位小数。", error_messages={"invalid": "不是数"}
    )
    note = forms.CharField(label="说明", required=False)

    def clean(self) -> None:
        if self.data.get("note") == "全错":
            raise forms.ValidationError("两处对不上。")


def test_field_has_label_hint_fault_and_keeps_what_was_typed() -> None:
    form = Amount({"amount": "98.5O"})
    html = draw("{% field form.amount %}", form=form)
    order = [
        html.index(part)
        for part in ("累计完成投资（万元）", "两位小数。", "不是数", 'value="98.5O"')
    ]
    assert order == sorted(order)
    assert '<div class="field field-fault' in html
    assert 'aria-describedby="id_amount_helptext id_amount_error"' in html
    assert 'id="id_amount_error"' in html
    assert 'aria-invalid="true"' in html


def test_a_whole_form_is_drawn_with_the_same_fields() -> None:
    form = Amount({"amount": "98.5O"})
    assert draw("{% field form.amount %}", form=form) in draw("{{ form }}", form=form)


def test_a_field_that_may_stay_empty_says_so() -> None:
    assert words(draw("{% field form.note %}", form=Amount())) == "说明 （可不填）"


class Chosen(forms.Form):
    seen = forms.IntegerField(widget=forms.HiddenInput)
    kind = forms.ChoiceField(label="类别", choices=[("", "---------"), ("a", "底线要求")])


def test_a_hidden_field_has_no_label() -> None:
    assert draw("{% field form.seen %}", form=Chosen()) == (
        '<input type="hidden" name="seen" id="id_seen">'
    )


def test_a_choice_that_is_not_made_yet_asks_for_it() -> None:
    html = draw("{% field form.kind %}", form=Chosen())
    assert words(html) == "类别 请选择 底线要求"


def test_error_summary_says_each_fault_in_one_sentence_that_links_to_its_place() -> None:
    html = draw('{% error_summary form then="改正后再报送" %}', form=Amount({"amount": "98.5O"}))
    assert words(html) == "1 处有错，改正后再报送 累计完成投资（万元）：不是数"
    assert '<a href="#id_amount">累计完成投资（万元）：不是数</a>' in html
    assert 'tabindex="-1"' in html


def test_a_fault_of_the_whole_form_is_said_once() -> None:
    form = Amount({"amount": "1", "note": "全错"})
    assert draw("{{ form }}", form=form).count("两处对不上。") == 1
    form = Amount({"amount": "1", "note": "全错"})
    assert draw("{% error_summary form %}{{ form }}", form=form).count("两处对不上。") == 1


def test_error_summary_without_faults_is_nothing() -> None:
    assert draw("{% error_summary form %}", form=Amount({"amount": "1"})) == ""


def test_segment_choice_is_a_group_of_radios_under_a_legend() -> None:
    html = draw("{% field form.handling %}", form=SampleForm({"handling": "hold"}))
    assert "<legend>处理</legend>" in html
    assert re.findall(r'type="radio" name="handling" value="(\w+)"', html) == ["accept", "hold"]
    assert re.search(r'value="hold"[^>]*checked', html)
    assert re.findall(r'<label class="segment" for="([^"]+)">', html) == [
        "id_handling_0",
        "id_handling_1",
    ]


# -- messages --------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "role"),
    [("info", "status"), ("done", "status"), ("caution", "status"), ("refused", "alert")],
)
def test_alert(kind: str, role: str) -> None:
    html = draw('{% alert kind "已报送。" %}待街道审核。{% endalert %}', kind=kind)
    assert (
        html
        == f'<div class="alert alert-{kind}" role="{role}"><p><b>已报送。</b>待街道审核。</p></div>'
    )


def test_a_message_is_an_alert_whose_first_sentence_is_bold() -> None:
    class Message:
        level_tag = "error"

        def __str__(self) -> str:
            return "不能报送。<还有 4 行暂留。>"

    assert draw("{% message_alert m %}", m=Message()) == (
        '<div class="alert alert-refused" role="alert"><p><b>不能报送。</b>&lt;还有 4 行暂留。&gt;</p></div>'
    )


def test_progress() -> None:
    html = draw(
        '{% progress "正在生成" done=9 total=14 unit="个项目" %}可以离开本页。{% endprogress %}'
    )
    assert words(html) == "正在生成 9 / 14 个项目 可以离开本页。"
    assert '<rect class="progress-done" width="64%"' in html
    failed = draw('{% progress "读取" done=1 total=2 failed="失败" %}{% endprogress %}')
    assert "progress-broken" in failed
    assert "progress-done" not in failed
    assert words(draw('{% progress "甲" queued=True %}{% endprogress %}')) == "甲 排队中"


def test_empty_state() -> None:
    html = draw(
        '{% empty "还没有函件" %}<p>没有项目到开工日期。</p>{% button "拟一份函" href="/n" %}{% endempty %}'
    )
    assert words(html) == "还没有函件 没有项目到开工日期。 拟一份函"


# -- lists -----------------------------------------------------------------------------------------
def test_gates_say_their_state_in_words_too() -> None:
    html = draw("{% gates items %}", items=[
        Gate("开工", "done", ("计划 4月25日", "实际 5月12日"), "逾期 17 天"), Gate("完工", "now"), Gate("移交", "todo"),
    ])  # fmt: skip
    assert re.findall(r'hidden">：(.*?)</span>', html) == ["已完成", "进行中", "未到"]
    assert '<p class="alarm">逾期 17 天</p>' in html
    assert html.count('aria-current="step"') == 1


def test_many_gates_stand_in_several_rows() -> None:
    nine = [Gate(f"关口{number}", "todo") for number in range(9)]
    assert 'class="gates"' in draw("{% gates items %}", items=nine)
    assert 'class="gates gates-many"' in draw("{% gates items %}", items=[*nine, *nine])


def test_timeline_without_a_date_shows_a_dash() -> None:
    html = draw(
        "{% timeline items %}",
        items=[Step("8月26日", "提醒函发出"), Step("", "督办函签发", state="todo")],
    )
    assert words(html) == "8月26日 提醒函发出 — 督办函签发"


def test_event_shows_from_and_to() -> None:
    html = draw(
        "{% events items %}",
        items=[Event("转差", "昆仑巷小区", "偏差扩大", before="yellow", after="red")],
    )
    assert words(html) == "转差 昆仑巷小区 滞后 → 严重滞后 偏差扩大"


def test_labels_that_are_moments_have_a_wider_column() -> None:
    items = [Event("11月24日 10:00", "登记")]
    assert 'class="events events-named"' in draw("{% events items named=True %}", items=items)
    assert 'class="events"' in draw("{% events items %}", items=items)


def test_a_number_in_a_fact_stays_in_one_line_and_is_escaped() -> None:
    drawn = draw(
        "{% facts items %}", items=[("联系", "城建办 <乙>（0533-0000 0000）"), ("户数", 12)]
    )
    assert '<dd>城建办 &lt;乙&gt;（<span class="num">0533-0000 0000</span>）</dd>' in drawn
    assert "<dd>12</dd>" in drawn
    link = mark_safe('<a href="/x/2025-01-01/">2025</a>')  # noqa: S308
    assert f"<dd>{link}</dd>" in draw("{% facts items %}", items=[("文件", link)])


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("0533-0000 0001", '<a class="tel num" href="tel:053300000001">0533-0000 0001</a>'),
        ("13800000000", '<a class="tel num" href="tel:13800000000">13800000000</a>'),
        ("+86 138 0000 0000", '<a class="tel num" href="tel:+8613800000000">+86 138 0000 0000</a>'),
        ("内线 12 <b>", "内线 12 &lt;b&gt;"),
        ("", ""),
    ],
)
def test_a_telephone_number_can_be_called(text: str, shown: str) -> None:
    assert wording.telephone(text) == shown


def test_facts_strip_chain() -> None:
    assert (
        words(draw("{% facts items %}", items=[("责任单位", "街道"), ("监理", None)]))
        == "责任单位 街道 监理 —"
    )
    assert '<b class="alarm">4 行</b>' in draw(
        "{% strip items %}", items=[Cell("暂留", "4 行", alarm=True)]
    )
    chain = draw(
        "{% chain items %}",
        items=[Link("到位", "552.00", "万元", 63.4, ("552.00 / 870.00",), "到位率 63.4%")],
    )
    assert words(chain) == "1 到位 552.00 万元 到位率 63.4% 552.00 / 870.00"
    assert 'width="63.4%"' in chain


def test_breadcrumb_ends_without_a_link() -> None:
    html = draw('{% breadcrumb "周报|/weekly/" "第38周|/w/" %}')
    assert '<a href="/weekly/">周报</a>' in html
    assert '<span aria-current="page">第38周</span>' in html


def test_page_head_and_section() -> None:
    head = draw('{% page_head "项目" sub="2025年度计划" %}{% endpage_head %}')
    assert words(head) == "项目 2025年度计划"
    assert "page-acts" not in head
    section = draw('{% section "进度" finding="7月起停滞" note="虚线为计划" %}正文{% endsection %}')
    assert words(section) == "进度：7月起停滞 虚线为计划 正文"


# -- tables ----------------------------------------------------------------------------------------
def th(source: str, query: str) -> str:
    request = RequestFactory().get("/projects/" + query)
    return draw(source, request=request)


def test_column_head_has_the_unit_in_brackets() -> None:
    assert draw('{% th "户数" unit="户" %}') == (
        '<th scope="col" class="n">户数<span class="unit">（户）</span></th>'
    )


def test_sorting_stands_in_the_address_and_keeps_the_filters() -> None:
    source = '{% th "形象" unit="%" sort="progress" %}'
    fresh = th(source, "?street=2&page=3")
    assert 'href="?street=2&amp;sort=-progress"' in fresh
    assert "aria-sort" not in fresh
    falling = th(source, "?street=2&sort=-progress")
    assert 'aria-sort="descending"' in falling
    assert "↓" in falling
    assert 'href="?street=2&amp;sort=progress"' in falling
    assert "↑" in th(source, "?sort=progress")


def test_pager_says_range_and_total_and_keeps_the_address() -> None:
    request = RequestFactory().get("/x/?street=2&page=2")
    html = draw('{% pager page unit="个" %}', request=request, page=Paginator(range(14), 4).page(2))
    assert words(html) == "第 5—8 个，共 14 个 上一页 1 2 3 4 下一页"
    assert '<a href="?street=2&amp;page=2" aria-current="page">2</a>' in html
    one = draw('{% pager page unit="个" %}', request=request, page=Paginator(range(3), 4).page(1))
    assert words(one) == "第 1—3 个，共 3 个"
    none = draw('{% pager page unit="个" %}', request=request, page=Paginator([], 4).page(1))
    assert words(none) == "共 0 个"


def test_bar_takes_numbers_as_shown() -> None:
    html = draw('{% bar "48.8" tick label="形象 48.8%" %}', tick=Decimal("55.8"))
    assert 'width="48.8%"' in html
    assert 'x1="55.8%"' in html
    assert 'aria-label="形象 48.8%"' in html
    assert 'fill="#1d4e89"' not in draw('{% bar "—" %}')


def test_wall_chart_is_a_table_of_its_rows() -> None:
    html = draw("{% wall_chart chart %}", chart=wall_sample())
    rows = re.findall(r'<th scope="row">([^<]+)</th>', html)
    assert rows == [
        "文昌园小区",
        "齐纺一宿舍",
        "东关里小区",
        "青云小区",
        "育才巷小区",
        "昆仑巷小区",
    ]
    assert html.count('class="wall-cell"') == 8  # heads, six rows, totals
    columns = re.findall(r"<th scope=\"col\"", html)
    assert len(re.findall(r"<col[ >]", html)) == len(columns)


# -- filters and escaping --------------------------------------------------------------------------
def test_filters() -> None:
    html = draw("{{ a|signed }} {{ b|dash }} {{ d|day }} {{ d|fullday }} {{ n|thousands }} {{ m|minus }}",
                a=Decimal("-1.4"), b=None, d=date(2025, 9, 14), n=2404, m="-3")  # fmt: skip
    assert html == "\u22121.4 — 9月14日 2025年9月14日 2,404 \u22123"


@pytest.mark.parametrize(
    "source",
    [
        '{% figure bad value=bad unit=bad basis=bad approval="approved" as_of=bad pending=bad href=bad %}',
        "{% button bad href=bad %}{% button bad name=bad value=bad %}",
        '{% state bad %}{% light "red" word=bad note=bad %}{% approval "pending" note=bad %}',
        "{% section bad finding=bad note=bad %}{% endsection %}{% page_head bad sub=bad %}{% endpage_head %}",
        '{% alert "info" bad %}{{ bad }}{% endalert %}{% empty bad %}{{ bad }}{% endempty %}',
        "{% progress bad unit=bad done=1 total=2 %}{{ bad }}{% endprogress %}{% breadcrumb bad bad %}",
        '{% facts pairs %}{% th bad unit=bad %}{% bar "1" label=bad %}{% lead %}{{ bad }}{% endlead %}',
    ],
)
def test_what_is_given_is_escaped(source: str) -> None:
    bad = '"><b onclick=alert(1)>'
    html = draw(source, bad=bad, pairs=[(bad, bad)])
    assert "<b onclick" not in html
    assert '"><' + "b onclick" not in html
