"""The machine's wording of a bulletin, in the patterns of published ones (DOMAIN.md §3.1, §3.2).

Sentences are made around placeholders only; no number is written here. What is not known is left out
instead of being guessed.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from renovation.core.measures import Measure, Unit, change
from renovation.core.periods import Quarter
from renovation.core.wording import chinese_date, short_date

from . import names
from .adjusted import AdjustedProject, taken_back
from .bulletins import NamedFigure, Passage, ProjectFacts, StreetFacts
from .lagging_text import lagging_words

LEAD = "导语"
PROGRESS = "一、总体进展"
RANKING = "二、各街道排名"
PRACTICE = "三、先进做法"
PROBLEMS = "四、存在问题"
FUNDS = "五、资金与报送"
DEMANDS = "六、下步工作要求"
SECTIONS = (LEAD, PROGRESS, RANKING, PRACTICE, PROBLEMS, FUNDS, DEMANDS)
#: How many projects ahead of schedule are named.
MOST_NAMED = 3
#: How many projects are named that were adjusted in the same way.
MOST_ADJUSTED = 8
#: How many estates are named with their feature.
MOST_FEATURES = 6


@dataclass
class Draft:
    """Passages and the figures that they are bound to, while they are made."""

    quarter: Quarter
    as_of: date
    district_name: str
    bureau_name: str
    figures: Mapping[str, Measure]
    before: Mapping[str, Measure]
    returns: Mapping[str, Measure]
    streets: tuple[StreetFacts, ...]
    lagging: list[ProjectFacts]
    lights: Mapping[str, int]
    addressees: str
    copies: str
    start_deadline_on: date | None = None
    year: int = 0
    pending_returns: int = 0
    #: Projects with a feature or the model flag: (street and name, name, feature, whether it is a model).
    described: tuple[tuple[str, str, str, bool], ...] = ()
    carried_count: int = 0
    adjusted: tuple[AdjustedProject, ...] = ()
    carried_streets: tuple[str, ...] = ()
    named: dict[str, NamedFigure] = field(default_factory=dict)
    quotes: dict[str, str] = field(default_factory=dict)
    passages: list[Passage] = field(default_factory=list)

    # -- figures -------------------------------------------------------------------------------------
    def bind(self, name: str, measure: Measure | None, style: str = "") -> str:
        """The placeholder of a figure; empty where there is no number."""
        if measure is None or (measure.value is None and measure.word is None):
            return ""
        self.named[name] = NamedFigure(name, measure, style)
        return f"【{name}】"

    def own(self, name: str, measure_name: str, figures: Mapping[str, Measure]) -> str:
        return self.bind(name, figures.get(measure_name))

    def count(self, name: str, number: int, unit: Unit = Unit.COUNT) -> str:
        """A count that is made here from the facts of the bulletin."""
        return self.bind(name, Measure.amount(name, number, unit, as_of=self.as_of, label=name))

    def part(self, name: str, measure: Measure | None) -> str:
        """The numerator of a rate as a figure of its own (已开工项目数)."""
        if measure is None or measure.numerator is None:
            return ""
        return self.bind(
            name,
            Measure.amount(
                f"{measure.name}_numerator", measure.numerator, measure.part_unit,
                as_of=measure.as_of, label=name,
            ),
        )  # fmt: skip

    def compared(self, name: str, measure_name: str) -> str:
        """`，较上季度末提高【…】`; empty where a quarter earlier there was no number."""
        now, before = self.figures.get(measure_name), self.before.get(measure_name)
        if now is None or before is None or now.value is None or before.value is None:
            return ""
        moved = change(now, before)
        if not moved.shown:
            return "，与上季度末持平"
        word = "提高" if moved.shown > 0 else "下降"
        return f"，较上季度末{word}{self.bind(f'{name}较上季末{word}', moved, 'distance')}"

    def distance(self, name: str, figures: Mapping[str, Measure], *, bare: bool = False) -> str:
        """`低于序时进度【…】`, `超序时进度【…】` or `与序时进度持平`; empty without a plan."""
        deviation = figures.get(names.DEVIATION)
        if deviation is None or deviation.shown is None:
            return ""
        if not deviation.shown:
            return "与序时进度持平"
        word = "超序时进度" if deviation.shown > 0 else "低于序时进度"
        placeholder = self.bind(f"{name}{word}", deviation, "distance")
        return placeholder if bare else f"{word}{placeholder}"

    # -- passages ------------------------------------------------------------------------------------
    def say(self, key: str, name: str, section: str, text: str, kind: str = "paragraph") -> None:
        if text:
            self.passages.append(Passage(key, name, section, text, text, text, kind))

    def write(self) -> None:
        """All passages in their order."""
        label = self.quarter.label
        self.say(
            "title",
            "标题",
            "",
            f"{self.bureau_name}关于{label}老旧小区改造工作进展情况的通报",
            "line",
        )
        self.say("addressees", "主送机关", "", self.addressees, "line")
        first, last = short_date(self.quarter.start), short_date(self.quarter.end)
        self.say(
            "lead", LEAD, LEAD,
            f"按照“周调度、月调研、季通报”工作安排，现将{label}（{first}—{last}）"
            f"{self.district_name}老旧小区改造工作进展情况通报如下。"
            f"{self._unfinished()}本通报数据截至{chinese_date(self.as_of)}，以各街道报送并经区局核定的周报为准。",
        )  # fmt: skip
        self.say("gates", "关键节点", PROGRESS, self._gates())
        self.say("progress", "工程进度", PROGRESS, self._progress())
        self.say("lights", "亮灯情况", PROGRESS, self._lights())
        self.say("adjusted", "项目调整情况", PROGRESS, self._adjusted() + self._still_counted())
        self.say("carried", "结转项目", PROGRESS, self._carried())
        self.say("ranking", "各街道排名", RANKING, self._ranking())
        self.say("practice", "先进做法", PRACTICE, self._practice())
        self.say("models", "示范样板和特色", PRACTICE, self._models())
        for key, name, text, kind in self._problems():
            self.say(key, name, PROBLEMS, text, kind)
        self.say("funds", "资金", FUNDS, self._funds())
        self.say("returns", "周报报送", FUNDS, self._returns())
        for key, name, text in self._demands():
            self.say(key, name, DEMANDS, text, "demand")
        self.say("copies", "抄送", "", self.copies, "line")

    def _unfinished(self) -> str:
        return "本季度尚未结束，" if self.as_of < self.quarter.end else ""

    def _gates(self) -> str:
        f = self.figures
        day = short_date(self.as_of)
        text = (
            f"{self.year}年全区计划改造老旧小区项目{self.own('全区项目数', names.PROJECTS, f)}，"
            f"涉及小区{self.own('全区小区数', names.ESTATES, f)}、"
            f"居民{self.own('全区户数', names.HOUSEHOLDS, f)}、"
            f"建筑面积{self.own('全区建筑面积', names.AREA, f)}。"
        )
        started = self.part("全区已开工项目数", f.get(names.START_RATE))
        if started:
            text += (
                f"截至{day}，已开工项目{started}，"
                f"按项目数计开工率为{self.own('全区开工率', names.START_RATE, f)}"
                f"{self.compared('全区开工率', names.START_RATE)}"
            )
            if by_households := self.own("全区开工率（按户数）", names.START_RATE_HOUSEHOLDS, f):
                text += f"；按户数计开工率为{by_households}"
            text += "。"
        if self.start_deadline_on is not None and started:
            rate = f[names.START_RATE]
            left = int((rate.denominator or 0) - (rate.numerator or 0))
            limit = short_date(self.start_deadline_on)
            if left and self.start_deadline_on > self.as_of:
                days = (self.start_deadline_on - self.as_of).days
                text += (
                    f"距{limit}前全部开工的要求还有{self.count('距开工期限天数', days, Unit.DAYS)}，"
                    f"尚有{self.count('全区未开工项目数', left)}项目没有开工。"
                )
            elif left:
                text += (
                    f"{limit}前全部开工的要求没有实现，"
                    f"尚有{self.count('全区未开工项目数', left)}项目没有开工。"
                )
            else:
                text += f"{limit}前全部开工的要求已经实现。"
        completed = self.part("全区已完工项目数", f.get(names.COMPLETION_RATE))
        if completed:
            text += (
                f"已完工项目{completed}，完工率为{self.own('全区完工率', names.COMPLETION_RATE, f)}"
                f"{self.compared('全区完工率', names.COMPLETION_RATE)}"
            )
            if accepted := self.part("全区已验收项目数", f.get(names.ACCEPTANCE_RATE)):
                text += (
                    f"；通过竣工验收{accepted}，竣工验收率为"
                    f"{self.own('全区竣工验收率', names.ACCEPTANCE_RATE, f)}"
                )
            text += "。"
        return text

    def _progress(self) -> str:
        f = self.figures
        physical = self.own("全区形象进度", names.PHYSICAL, f)
        text = ""
        if physical:
            text = f"全区形象进度为{physical}{self.compared('全区形象进度', names.PHYSICAL)}"
            if distance := self.distance("全区", f):
                scheduled = self.own("全区序时进度", names.SCHEDULED, f)
                text += f"；序时进度为{scheduled}，形象进度{distance}"
            text += "。"
        completed = self.own("全区完成投资", names.COMPLETED_INVESTMENT, f)
        if completed and (rate := self.own("全区投资完成率", names.INVESTMENT_RATE, f)):
            text += (
                f"累计完成投资{completed}，占计划投资"
                f"{self.own('全区计划投资', names.PLANNED_INVESTMENT, f)}的{rate}"
                f"{self.compared('全区投资完成率', names.INVESTMENT_RATE)}。"
            )
        return text

    def _lights(self) -> str:
        words = (
            ("绿", "正常（绿灯）"), ("黄", "滞后（黄灯）"), ("红", "严重滞后（红灯）"),
            ("灰", "未到开工（灰灯）"),
        )  # fmt: skip
        parts = [
            f"{said}{self.count(f'全区{light}灯项目数', self.lights.get(light, 0))}"
            for light, said in words
        ]
        return f"按项目亮灯情况看，{'、'.join(parts)}。"

    def _adjusted(self) -> str:
        """Projects that entered, moved, were cancelled or restored in the quarter, by name, day and document."""
        if not self.adjusted:
            return ""
        others, both = taken_back(self.adjusted)
        by_act: dict[str, list[AdjustedProject]] = {}
        for each in others:
            by_act.setdefault(each.act, []).append(each)
        text = f"{self._unfinished() and '截至目前，'}本季度项目有调整。"
        for act, members in by_act.items():
            count = self.count(f"{act}项目数", len(members))
            text += f"{act}项目{count}：{self._adjustments(members)}。"
        if both:
            text += f"季度内取消后又撤销的：{self._adjustments(both)}。"
        if any(each.counts and each.on <= self.as_of for each in self.adjusted):
            text += "各项数据按调整后的范围计算，较上季度末的变化含调整的影响。"
        if any(each.reaches_back for each in self.adjusted):
            text += "列入日期早于本季度的，上季度末的数一并重算，与已印发通报的数可能不同。"
        return text

    def _adjustments(self, members: Sequence[AdjustedProject]) -> str:
        more = "等，全部见附件" if len(members) > MOST_ADJUSTED else ""
        return "；".join(self._adjustment(each) for each in members[:MOST_ADJUSTED]) + more

    def _still_counted(self) -> str:
        """Cancellations of the programme whose day is still to come: the figures of the day hold these projects."""
        cancelled = [each for each in taken_back(self.adjusted)[0] if each.is_cancellation]
        coming = [e for e in cancelled if e.on > self.as_of and e.year == self.year]
        if not coming:
            return ""
        return f"{self._called(coming)}的取消截至{short_date(self.as_of)}尚未到日，仍计入各项数据。"

    def _called(self, members: list[AdjustedProject]) -> str:
        """Quoted whole, for a name may hold a number."""
        more = "等" if len(members) > MOST_ADJUSTED else ""
        self.quotes["尚未取消的项目"] = "、".join(
            f"{each.street_name}{each.name}" for each in members[:MOST_ADJUSTED]
        )
        return f"【尚未取消的项目】{more}"

    def _adjustment(self, each: AdjustedProject) -> str:
        """A project's clause, quoted whole: its days and its document are no figures."""
        key = f"{each.name}{each.act}"
        if key in self.quotes:
            key = f"{each.name}（{each.code}）{each.act}"
        who = f"{each.street_name}{each.name}"
        if each.left_name:
            who = f"{each.name}由{each.left_name}移交{each.street_name}"
        said = "，".join(part for part in (each.programme, each.effect, each.basis) if part)
        self.quotes[key] = f"{who}（{said}）"
        return f"【{key}】"

    def _carried(self) -> str:
        """Projects of other years that still report: told, for the figures leave them out."""
        if not self.carried_count:
            return ""
        return (
            f"以前年度结转、仍按周报送的项目{self.count('结转项目数', self.carried_count)}"
            f"（{'、'.join(self.carried_streets)}），由周调度表单列，不计入以上各项数据。"
        )

    def _ranking(self) -> str:
        ranked = [street for street in self.streets if street.place is not None]
        if not ranked:
            return "本季度各街道还没有可以排名的进度数据。"
        parts = []
        for street in sorted(ranked, key=lambda each: each.place or 0):
            physical = self.own(f"{street.name}形象进度", names.PHYSICAL, street.figures)
            parts.append(
                f"{street.name}（形象进度{physical}，{self.distance(street.name, street.figures)}）"
            )
        return (
            "以形象进度与序时进度的偏差为依据，由高到低依次为："
            f"{'、'.join(parts)}。各街道具体情况见下表。"
        )

    def _practice(self) -> str:
        ahead = [
            (project.figures[names.DEVIATION].shown or 0, project)
            for street in self.streets
            for project in street.projects
            if names.DEVIATION in project.figures
            and project.light == "绿"
            and (project.figures[names.DEVIATION].shown or 0) > 0
        ]
        ahead.sort(key=lambda pair: (-pair[0], pair[1].code))
        if not ahead:
            return "本季度没有形象进度超过序时进度的项目，暂无可以推广的先进做法。"
        parts = []
        for _, project in ahead[:MOST_NAMED]:
            name = f"{project.street_name}{project.name}"
            physical = self.own(f"{project.name}形象进度", names.PHYSICAL, project.figures)
            parts.append(
                f"{name}项目形象进度{physical}，{self.distance(project.name, project.figures)}"
            )
        more = "，进度靠前的是：" if len(ahead) > MOST_NAMED else "："
        return (
            f"形象进度超过序时进度的项目有{self.count('超序时项目数', len(ahead))}"
            f"{more}{'；'.join(parts)}。请有关街道总结做法，供其他街道借鉴。"
        )

    def _models(self) -> str:
        """示范样板 and 一小区一特色 by name; a feature is the street's own words."""
        models = [each for each in self.described if each[3]]
        others = [each for each in self.described if not each[3]]
        text = ""
        if models:
            text = f"示范样板项目有{self.count('示范样板项目数', len(models))}："
            text += f"{'；'.join(self._with_feature(each) for each in models)}。"
        if others:
            parts = "；".join(self._with_feature(each) for each in others[:MOST_FEATURES])
            more = "等" if len(others) > MOST_FEATURES else ""
            count = self.count("有特色项目数", len(others))
            text += f"形成“一小区一特色”的{'其他' if models else ''}项目有{count}：{parts}{more}。"
        return text

    def _with_feature(self, each: tuple[str, str, str, bool]) -> str:
        whole, name, feature, _ = each
        if not feature:
            return whole
        self.quotes[f"{name}特色"] = feature.rstrip("。；，")
        return f"{whole}（【{name}特色】）"

    def _problems(self) -> Iterator[tuple[str, str, str, str]]:
        if not self.lagging:
            text = "（一）项目进度。本季度末没有进度滞后的项目。"
            yield "problems", "进度滞后", text, "paragraph"
        else:
            red = sum(project.light == "红" for project in self.lagging)
            text = (
                f"（一）部分项目进度滞后。截至{short_date(self.as_of)}，"
                f"滞后项目有{self.count('滞后项目数', len(self.lagging))}"
            )
            if red:
                text += f"，其中严重滞后{self.count('严重滞后项目数', red)}"
            yield "problems", "进度滞后", f"{text}，逐个通报如下：", "paragraph"
        for number, project in enumerate(self.lagging, start=1):
            yield (
                f"problem-{project.code}", project.name,
                f"{number}.{self._problem(project)}", "problem",
            )  # fmt: skip
        late = [street for street in self.streets if street.missing_weeks]
        if late:
            parts = [f"{street.name}{'、'.join(street.missing_weeks)}未报" for street in late]
            text = f"（二）个别街道周报未按时报送。{'；'.join(parts)}，影响全区调度。"
        elif (awaited := self.returns.get(names.AWAITED)) is not None and awaited.value:
            text = (
                f"（二）周报报送。截至{short_date(self.as_of)}没有未报情况，"
                f"还没有到关闭时间的待报周报有{self.bind(names.AWAITED, awaited)}。"
            )
        else:
            text = "（二）周报报送。本季度各街道周报均已报送，没有未报情况。"
        yield "missing", "未报街道", text, "paragraph"

    def _problem(self, project: ProjectFacts) -> str:
        figures = project.figures
        text = f"{project.street_name}{project.name}项目"
        if project.started_on is None and project.planned_start_on is not None:
            text += f"计划{chinese_date(project.planned_start_on)}开工，截至通报之日仍未开工"
        else:
            text += f"形象进度{self.own(f'{project.name}形象进度', names.PHYSICAL, figures)}"
        if distance := self.distance(project.name, figures):
            text += f"，{distance}"
        text += f"，{lagging_words(project)}。"
        if project.reason:
            self.quotes[f"{project.name}原因"] = project.reason.rstrip("。；，")
            text += f"街道报送的原因：【{project.name}原因】。"
        else:
            text += "街道没有说明原因。"
        return text

    def _funds(self) -> str:
        f = self.figures
        received = self.own("全区到位资金", names.RECEIVED, f)
        if not received:
            return "（一）资金。本季度没有登记到位资金。"
        text = f"（一）资金。截至{short_date(self.as_of)}，"
        if planned := self.own("全区计划资金", names.PLANNED_FUNDS, f):
            text += f"计划筹措资金{planned}，"
        text += f"到位资金{received}"
        for said, name, measure_name in (
            ("资金到位率", "全区资金到位率", names.RECEIPT_RATE),
            ("拨付率", "全区拨付率", names.RELEASE_RATE),
            ("支付率", "全区支付率", names.PAYMENT_RATE),
        ):
            if rate := self.own(name, measure_name, f):
                amount = {
                    names.RELEASE_RATE: self.own("全区拨付资金", names.RELEASED, f),
                    names.PAYMENT_RATE: self.own("全区支付资金", names.PAID, f),
                }.get(measure_name, "")
                before = {names.RELEASE_RATE: "已拨付", names.PAYMENT_RATE: "已支付"}
                if amount:
                    text += f"；{before[measure_name]}{amount}"
                text += f"，{said}{rate}{self.compared(name, measure_name)}"
        return f"{text}。"

    def _returns(self) -> str:
        r = self.returns
        due = r.get(names.REPORTING_RATE)
        if due is None or not due.denominator:
            return ""
        expected = self.bind(
            "应报周报数",
            Measure.amount(
                "returns_due", due.denominator, Unit.VISITS, as_of=self.as_of, label="应报"
            ),
        )
        sent = self.bind(
            "已报周报数",
            Measure.amount(
                "returns_sent", due.numerator or 0, Unit.VISITS, as_of=self.as_of, label="已报"
            ),
        )
        text = (
            f"（二）周报报送。本季度各街道应报周报{expected}，"
            f"在关闭前已报{sent}，报送率{self.own('全区报送率', names.REPORTING_RATE, r)}"
        )
        if on_time := self.own("全区及时率", names.ON_TIME_RATE, r):
            text += f"，及时率{on_time}"
        if corrected := self.own("全区更正率", names.CORRECTION_RATE, r):
            text += f"，更正率{corrected}"
        text += "。"
        if self.pending_returns:
            count = self.count("待核周报数", self.pending_returns, Unit.VISITS)
            text += f"其中{count}报送尚未核定，其数据未计入本通报。"
        return text

    def _demands(self) -> Iterator[tuple[str, str, str]]:
        progress = (
            "（一）保持力度，按期完成后续节点。各街道要严格按攻坚图月度目标推进，"
            "提前研究影响工期的问题，防止前紧后松。"
        )
        if self.lagging:
            streets = "、".join(dict.fromkeys(project.street_name for project in self.lagging))
            progress = (
                f"（一）倒排工期，加快滞后项目进度。{streets}要对滞后项目逐个制定赶工措施，"
                "明确节点、责任人和完成时限，严格按攻坚图月度目标推进，每周随周报说明进展。"
            )
        yield "demand-progress", "加快进度", progress
        yield from _STANDING_DEMANDS


_STANDING_DEMANDS = (
    (
        "demand-funds",
        "加快资金使用",
        "（二）加快资金拨付和使用。已到位资金要按工程进度及时拨付、支付，专款专用，减少资金留置。",
    ),
    (
        "demand-quality",
        "质量安全",
        "（三）守牢质量安全底线。加强现场管理和文明施工，及时回应居民诉求，隐蔽工程和重要节点验收留存影像资料。",
    ),
    (
        "demand-returns",
        "按时报送",
        "（四）按时如实报送周报。进度和投资数据要与现场一致，出现滞后的要写明原因和下步措施，不得迟报、漏报。",
    ),
)
