"""Golden figures of a small district, calculated by hand; every kind of row that must not count is there."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from fractions import Fraction

import pytest

from projects.funding.enums import Stage
from projects.ledger.enums import GateKind
from projects.ledger.models import ProgrammeTotal
from renovation.core.calendar import SHANGHAI
from renovation.core.measures import Approval
from renovation.core.periods import Quarter, Week
from reports.figures.catalogue import catalogue
from reports.figures.services import (
    LEVELS,
    Facts,
    Place,
    at,
    before,
    change_of,
    divergence_alarms,
    figures,
    load,
    official_totals,
    ranking,
    ranking_method,
    series,
    totals_differences,
)
from supervision.weekly.enums import ReturnState
from tests.factories.accounts import scope_for
from tests.factories.funding import FundingEventFactory
from tests.factories.ledger import ProgrammeTotalFactory, add_baseline
from tests.factories.weekly import make_return
from tests.reports.figures.district import AS_OF, NOW, WEEKS, Scene, claim, make_scene

pytestmark = pytest.mark.django_db

BANYANGLU, ZHONGLOU = "banyanglu", "zhonglou"


@pytest.fixture
def scene() -> Scene:
    return make_scene()


def _load(scene: Scene, approval: Approval = Approval.APPROVED, day: date = AS_OF) -> Facts:
    return load(programme=scene.programme, as_of=day, approval=approval, now=NOW)


def _place(facts: Facts, level: str, code: str) -> Place:
    found = facts.place(level, code)
    assert found is not None
    return found


def _texts(facts: Facts, place: Place | None = None) -> dict[str, str]:
    spot = place or facts.whole
    return {
        name: facts.get(name, spot).text
        for name, each in catalogue().items()
        if spot.level in each.levels
    }


#: No item of the menu is planned in the scene (tests/projects/works has what is).
NOTHING_BUILT = {
    "老旧管线(计划)": "0.00",
    "老旧管线(完成)": "0.00",
    "老旧管线完成率": "—",
    **{
        f"{outcome}{of}": text
        for outcome in (
            "加装电梯",
            "停车位",
            "充电桩",
            "社区服务设施",
            "便民市场",
            "断头路",
            "二次供水",
        )
        for of, text in (("(计划)", "0"), ("(完成)", "0"), ("完成率", "—"))
    },
    "违法建设": "0",
    "违法建设拆除率": "—",
}


def test_the_district(scene: Scene) -> None:
    facts = _load(scene)
    assert _texts(facts) == {
        "项目数": "4",
        "小区数": "3",
        "楼栋数": "13",
        "户数": "600",
        "建筑面积": "6.00",
        "开工率(项目)": "50.0",
        "开工率(小区)": "66.7",
        "开工率(户数)": "50.0",
        "完工率(项目)": "0.0",
        "完工率(小区)": "0.0",
        "完工率(户数)": "0.0",
        "竣工验收率(项目)": "0.0",
        "竣工验收率(小区)": "0.0",
        "竣工验收率(户数)": "0.0",
        "序时进度": "51.0",  # 40 at the end of April, then 1 a day
        "形象进度": "26.2",  # (51 × 2 + 10 × 1 + 15 × 3) ÷ 6 万㎡
        "偏差": "−24.8",
        "投资完成率": "20.9",  # 125.5 ÷ 600
        "应报": "32",  # 16 weeks from 20 January, two streets
        "已报": "4",
        "报送率": "12.5",
        "按时报": "4",
        "及时率": "12.5",
        "零报告": "0",
        "待报": "0",
        "未报": "28",
        "更正率": "0.0",
        "交办事项": "0",
        "交办已办结": "0",
        "交办按期办结率": "—",
        "完整率": "0.0",
        "一致率": "100.0",
        "数据更正率": "0.0",
        "计划": "400.00",
        "下达": "300.00",
        "到位": "160.00",
        "拨付": "70.00",
        "支付": "40.00",
        "资金到位率": "40.0",
        "拨付率": "43.8",
        "支付率": "25.0",
        "资金留置天数(加权)": "20.0",  # (30 × 40 + 60 × 10) ÷ 90
        "资金留置天数(最长)": "40",
        "支付与进度背离": "−19.5",  # 40 ÷ 600 − 26.17
        "同意改造率": "0.0",  # nobody is asked in the scene (tests/projects/consent has who is)
        "同意方案率": "0.0",
        "双80%达标": "0.0",
        # Nobody meets in the scene (tests/projects/residents has who does).
        "议事场次": "0",
        "议事提出问题": "0",
        "议事解决问题": "0",
        "议事问题解决率": "—",
        # Nothing is asked of a fund in the scene (tests/projects/funding/applications has what is).
        "申请上级资金": "0.00",
        "批复上级资金": "0.00",
        "上级资金获批率": "—",
        # Nothing is completed, brought in or judged (tests/projects/residents has what is).
        "长效管理落实率(小区)": "—",
        "移交率(小区)": "—",
        "居民另行出资": "0.00",
        "居民投劳工时": "0",
        "已共评项目": "0",
        "共评覆盖率": "—",
        "共评满意率": "—",
        "共评认可率": "—",
        **NOTHING_BUILT,
    }


def test_streets_and_projects(scene: Scene) -> None:
    facts = _load(scene)
    assert [place.code for place in facts.places["street"]] == [BANYANGLU, ZHONGLOU]
    progress = ("形象进度", "序时进度", "偏差", "投资完成率", "户数")
    found = {
        place.code: tuple(facts.get(name, place).text for name in progress)
        for level in ("street", "project")
        for place in facts.places[level]
    }
    assert found == {
        BANYANGLU: ("37.3", "51.0", "−13.7", "31.4", "300"),
        ZHONGLOU: ("15.0", "51.0", "−36.0", "0.0", "300"),
        "ZC2025-01": ("51.0", "51.0", "0.0", "50.0", "200"),
        "ZC2025-02": ("10.0", "51.0", "−41.0", "12.8", "100"),
        "ZC2025-03": ("15.0", "51.0", "−36.0", "0.0", "300"),
        "ZC2025-04": ("—", "—", "—", "—", "0"),
    }
    assert {
        code: facts.light_of(code) for code in ("ZC2025-01", "ZC2025-02", "ZC2025-03", "ZC2025-04")
    } == {"ZC2025-01": "green", "ZC2025-02": "red", "ZC2025-03": "red", "ZC2025-04": "grey"}
    assert facts.lights() == {"green": 1, "yellow": 0, "red": 2, "grey": 1}
    assert facts.lights(_place(facts, "street", BANYANGLU)) == {
        "green": 1,
        "yellow": 0,
        "red": 1,
        "grey": 0,
    }
    assert facts.get("亮灯", _place(facts, "project", "ZC2025-02")).text == "红"
    assert facts.get("形象进度").note == "无计划 1 个；待核 2 个项目，未计入"


def test_parts_of_a_mean_are_shown_as_areas(scene: Scene) -> None:
    physical = _load(scene).get("形象进度")
    assert physical.parts_text == "1.57 / 6.00"
    assert physical.value == Fraction(physical.numerator or 0) / Fraction(6) * 100


def test_what_waits_is_left_out_and_said(scene: Scene) -> None:
    received = _load(scene).get("到位")
    assert (received.text, received.note) == ("160.00", "待核 128.00 万元，未计入")
    everything = _load(scene, Approval.ALL)
    assert everything.get("到位").text == "288.00"
    assert everything.get("到位").note == "含待核 128.00 万元"
    assert received.waits_text == "128.00 万元，未计入"
    assert everything.get("到位").waits_text == "含 128.00 万元"
    assert everything.get("形象进度").waits_text == "含 2 个项目"
    assert everything.get("形象进度").aside_text == "无计划 1 个"
    assert everything.get("形象进度").text == "30.8"  # (60 × 2 + 20 + 15 × 3) ÷ 6
    assert everything.get("形象进度").note == "无计划 1 个；含待核 2 个项目"
    assert everything.get("形象进度").approval is Approval.ALL
    assert everything.get("支付").note == ""


def test_a_claim_without_evidence_is_no_gate(scene: Scene) -> None:
    claim(scene.other, GateKind.STARTED, date(2025, 4, 15))
    started = _load(scene).get("开工率(项目)")
    assert (started.text, started.note) == ("50.0", "待补依据 1 个项目，未计入")


def test_a_report_speaks_from_its_sunday(scene: Scene) -> None:
    """On Saturday the week of 28 April speaks, that of 5 May does not, whoever asks."""
    assert (
        _load(scene, day=date(2025, 5, 3)).get("形象进度").text == "15.7"
    )  # week of 21 April; 取消的小区 is still in it
    assert _load(scene, day=date(2025, 5, 4)).get("形象进度").text == "22.4"
    everything = _load(scene, Approval.ALL, day=date(2025, 5, 10))
    assert everything.get("形象进度").text == "22.4"
    assert everything.get("应报").text == "30"


def test_completion_with_evidence_is_a_hundred(scene: Scene) -> None:
    claim(scene.red, GateKind.COMPLETED, date(2025, 5, 9))
    place = Place("project", "ZC2025-02", "")
    assert _load(scene).get("形象进度", place).text == "10.0"
    gate = scene.red.gates.get(kind=GateKind.COMPLETED)
    gate.evidence = scene.red.gates.get(kind=GateKind.STARTED).evidence
    gate.save()
    assert _load(scene).get("形象进度", place).text == "100.0"
    assert _load(scene).get("亮灯", place).text == "绿"
    assert _load(scene, day=date(2025, 5, 8)).get("形象进度", place).text == "10.0"


def test_the_baseline_in_force_is_the_latest_approved_by_the_day(scene: Scene) -> None:
    add_baseline(
        scene.even,
        version=2,
        approved_on=date(2025, 5, 10),
        planned_start_on=date(2025, 5, 1),
        planned_completion_on=date(2025, 5, 21),
        area_sqm=Decimal("50000.00"),
        targets={},
    )
    place = Place("project", "ZC2025-01", "")
    assert _load(scene, day=date(2025, 5, 9)).get("序时进度", place).text == "49.0"
    assert _load(scene, day=date(2025, 5, 10)).get("序时进度", place).text == "45.0"
    assert _load(scene, day=date(2025, 5, 10)).get("序时进度", place).denominator == 5
    # Before its first baseline was approved, the first one holds.
    assert _load(scene, day=date(2025, 1, 20)).get("序时进度", place).text == "0.0"


def test_a_correction_counts_once_it_is_approved(scene: Scene) -> None:
    first = make_return(
        scene.other.street,
        {scene.other: ("20.0", 0)},
        week_start=WEEKS[1],
        state=ReturnState.APPROVED,
    )
    correction = make_return(
        scene.other.street,
        {scene.other: ("18.0", 0)},
        week_start=WEEKS[1],
        state=ReturnState.SUBMITTED,
        version=2,
        supersedes=first,
        correction_reason="填错",
    )
    place = Place("project", "ZC2025-03", "")
    assert _load(scene).get("形象进度", place).text == "20.0"
    assert _load(scene, Approval.ALL).get("形象进度", place).text == "18.0"
    assert _load(scene).get("更正率").parts_text == "0 / 4"
    assert _load(scene, Approval.ALL).get("更正率").parts_text == "1 / 4"
    assert _load(scene, Approval.ALL).get("更正率").approval is Approval.ALL
    assert _load(scene, Approval.ALL).get("及时率").approval is Approval.APPROVED
    reviewer = scene.district.users["reviewer"]
    correction.state = ReturnState.APPROVED
    correction.reviewed_by, correction.reviewed_at = (
        scene.district.users["banyanglu-head"],
        datetime(2025, 5, 11, tzinfo=SHANGHAI),
    )
    correction.approved_by, correction.approved_at = (
        reviewer,
        datetime(2025, 5, 12, tzinfo=SHANGHAI),
    )
    correction.save()
    # Approved data speak about every day; that a correction was made is told from its own day.
    assert _load(scene).get("形象进度", place).text == "18.0"
    assert _load(scene).get("更正率").parts_text == "0 / 4"
    assert _load(scene, day=date(2025, 5, 12)).get("更正率").parts_text == "1 / 4"
    assert _load(scene).get("报送率").parts_text == "5 / 32"


def test_an_adjusting_entry_counts_from_what_it_corrects(scene: Scene) -> None:
    paid = scene.even.funding_events.get(stage=Stage.PAID, occurred_on=date(2025, 5, 3))
    FundingEventFactory(
        project=scene.even,
        source=scene.source,
        stage=Stage.PAID,
        amount_fen=-15_0000_00,
        occurred_on=date(2025, 5, 20),
        effective_on=paid.effective_on,
        corrects=paid,
        reason="重复登记",
    )
    assert _load(scene).get("支付").text == "25.00"
    assert _load(scene, day=date(2025, 5, 2)).get("支付").text == "0.00"


def test_flows_are_counted_over_the_weeks_of_the_period(scene: Scene) -> None:
    week = load(
        programme=scene.programme,
        as_of=AS_OF,
        approval=Approval.APPROVED,
        now=NOW,
        period=Week(WEEKS[2]),
    )
    assert week.get("报送率").parts_text == "1 / 2"
    assert week.get("报送率").period == Week(WEEKS[2])
    assert week.get("形象进度").period is None
    # The week of 31 March ends on 6 April: it belongs to the second quarter.
    quarter = load(
        programme=scene.programme,
        as_of=AS_OF,
        approval=Approval.APPROVED,
        now=NOW,
        period=Quarter(2025, 2),
    )
    assert quarter.get("应报").text == "12"


def test_before_the_closing_moment_a_street_is_awaited(scene: Scene) -> None:
    facts = load(
        programme=scene.programme,
        as_of=AS_OF,
        approval=Approval.APPROVED,
        now=datetime(2025, 5, 12, 12, 0, tzinfo=SHANGHAI),
        period=Week(WEEKS[2]),
    )
    assert (facts.get("待报").text, facts.get("未报").text) == ("1", "0")


def test_change_since_last_week(scene: Scene) -> None:
    facts = _load(scene)
    earlier = before(facts=facts, now=NOW)
    assert earlier is not None
    assert earlier.as_of == date(2025, 5, 4)
    moved = change_of(facts=facts, earlier=earlier, name="偏差")
    assert moved is not None
    assert (moved.signed_text, moved.unit.text) == (
        "−3.3",
        "百分点",
    )  # −24.83 after −21.57, 取消的小区 with it
    assert change_of(facts=facts, earlier=None, name="偏差") is None


def test_the_curve_is_the_figures_of_each_day(scene: Scene) -> None:
    facts = _load(scene)
    days = [date(2025, 4, 27), date(2025, 5, 4), AS_OF, date(2025, 5, 31)]
    points = series(facts, days)
    for point in points[:3]:
        then = _load(scene, day=point.day)
        assert point.physical is not None
        assert point.physical == then.get("形象进度").__class__(
            **{**_fields(then.get("形象进度")), "note": point.physical.note}
        )
        assert point.scheduled.value == then.get("序时进度").value
    # 后来列入的小区 joins on 12 May and has a plan of its own by the end of the month.
    assert points[3].physical is None
    assert points[3].scheduled.text == "71.0"
    street = series(facts, [AS_OF], facts.place("street", BANYANGLU))
    assert street[0].physical is not None
    assert street[0].physical.text == "37.3"


def _fields(measure: object) -> dict[str, object]:
    return {name: getattr(measure, name) for name in measure.__dataclass_fields__}  # type: ignore[attr-defined]


def test_ranking_compares_what_is_shown(scene: Scene) -> None:
    facts = _load(scene)
    rows = [(row.text, row.row.code, str(row.shown)) for row in ranking(facts)]
    assert rows == [("1", BANYANGLU, "-13.7"), ("2", ZHONGLOU, "-36.0")]
    method = ranking_method(facts)
    assert "由高到低" in method
    assert method.endswith("数据截至2025年5月11日，只计已核定。")


def test_alarms_beyond_fifteen_points(scene: Scene) -> None:
    """文昌园 is 31 points behind its progress with payments; 钟楼新村 exactly 15.0 is no alarm."""
    facts = _load(scene)
    assert facts.get("支付与进度背离", Place("project", "ZC2025-03", "")).text == "−15.0"
    assert [fact.project_code for fact in divergence_alarms(facts=facts)] == ["ZC2025-01"]


def test_official_totals(scene: Scene) -> None:
    for street, projects, households, area in (
        (scene.even.street, 2, 300, "30000.00"),
        (scene.other.street, 2, 299, "30000.01"),
    ):
        ProgrammeTotalFactory(
            programme=scene.programme,
            street=street,
            project_count=projects,
            household_count=households,
            area_sqm=Decimal(area),
        )
    facts = _load(scene)
    ProgrammeTotal.objects.filter(street=scene.even.street).update(estate_count=3)
    facts = _load(scene)
    assert len(official_totals(facts)) == 7  # the document names the estates of one street alone
    ProgrammeTotal.objects.update(estate_count=None)
    facts = _load(scene)
    assert len(official_totals(facts)) == 6
    assert [(row.street, row.name, row.difference) for row in totals_differences(facts)] == [
        ("钟楼街道", "户数", Decimal(1)),
        ("钟楼街道", "建筑面积", Decimal("-0.01")),
    ]


def test_a_clerk_sees_the_own_street_and_no_district(scene: Scene) -> None:
    clerk = scope_for(scene.district.users["zhonglou"])
    facts = load(
        programme=scene.programme, as_of=AS_OF, approval=Approval.ALL, now=NOW, scope=clerk
    )
    assert facts.places["district"] == []
    assert facts.whole.code == ZHONGLOU
    assert facts.get("户数").text == "300"
    assert {place.code for place in facts.places["project"]} == {"ZC2025-03", "ZC2025-04"}
    assert facts.get("应报").text == "16"
    table = figures(
        programme=scene.programme,
        as_of=AS_OF,
        approval=Approval.APPROVED,
        level="street",
        now=NOW,
        scope=clerk,
        measures=["形象进度"],
    )
    assert [(each.scope_code, each.measure.text) for each in table] == [(ZHONGLOU, "15.0")]
    with pytest.raises(KeyError):
        table.get("形象进度", BANYANGLU)


def test_the_council_is_shown_approved_data_only(scene: Scene) -> None:
    council = scope_for(scene.district.users["npc"])
    facts = load(
        programme=scene.programme, as_of=AS_OF, approval=Approval.ALL, now=NOW, scope=council
    )
    assert facts.approval is Approval.APPROVED
    assert facts.get("到位").text == "160.00"


def test_nothing_at_all_is_no_number(scene: Scene) -> None:
    facts = _load(scene, day=date(2025, 1, 19))
    assert _texts(facts)["项目数"] == "0"
    assert facts.get("形象进度").value is facts.get("偏差").value is None
    assert facts.get("支付率").text == facts.get("报送率").text == "—"
    assert facts.get("开工率(项目)").decimal_string is None
    assert ranking(facts) == []


@pytest.mark.parametrize("approval", list(Approval))
def test_figures_are_the_same_with_the_money_in_sum(scene: Scene, approval: Approval) -> None:
    """What lies idle is told lot by lot and is asked of the whole alone."""
    asked = {"programme": scene.programme, "as_of": AS_OF, "now": NOW, "approval": approval}
    whole, added = load(**asked), load(**asked, in_sum=True)
    names = [name for name in catalogue() if not name.startswith("资金留置天数")]
    for level in LEVELS:
        assert added.figures(level, names) == whole.figures(level, names)
    assert whole.get("支付").value
    here = {scene.even.pk}
    assert added.only(here).figures("district", names) == whole.only(here).figures(
        "district", names
    )
    earlier = date(2025, 5, 4)
    assert at(facts=added, day=earlier, now=NOW).figures("street", names) == at(
        facts=whole, day=earlier, now=NOW
    ).figures("street", names)
    with pytest.raises(AttributeError):
        added.get("资金留置天数(加权)")
