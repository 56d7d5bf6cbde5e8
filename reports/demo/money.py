"""Money of the demo: sources, plans, and chains of events that never break 支付 ≤ 拨付 ≤ 到位 ≤ 下达."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingPlan, FundingSource
from renovation.core.calendar import WorkCalendar, local_day, local_moment

from .acts import Acts
from .dice import Dice
from .people import FOUNDED, District
from .stories import Story
from .told import Told

WAN = 1_000_000  # 分 in 万元

#: Code, name, whether fiscal: the list of DOMAIN.md §2.5.
SOURCES: tuple[tuple[str, str, bool], ...] = (
    ("central", "中央财政补助", True),
    ("central-investment", "中央预算内投资", True),
    ("province", "省级财政", True),
    ("city", "市级财政", True),
    ("district", "区级财政", True),
    ("special-bond", "地方政府专项债券", True),
    ("general-bond", "一般债券", True),
    ("utilities", "专营单位出资", False),
    ("residents", "居民出资", False),
    ("maintenance-fund", "住宅专项维修资金", False),
    ("public-income", "公共收益", False),
    ("former-owner", "原产权单位", False),
    ("social-capital", "社会资本", False),
    ("housing-sales", "售房款存量资金", False),
    ("bank-loan", "银行贷款", False),
    ("other", "其他", False),
)

#: Shares of the planned investment in percent; the first source takes what rounding leaves.
_MIXES: tuple[tuple[tuple[str, int], ...], ...] = (
    (("central", 30), ("province", 13), ("district", 27), ("utilities", 18), ("residents", 12)),
    (("central", 32), ("city", 8), ("district", 30), ("special-bond", 20), ("residents", 10)),
    (("central", 35), ("province", 11), ("district", 34), ("utilities", 20)),
)

#: What sets off an allocation or receipt: days after approval (a), days after the start (s), or a percent
#: of progress (p); then the cumulative share of the plan in percent.
_ALLOCATED: dict[str, tuple[tuple[str, int, int], ...]] = {
    "central": (("a", 36, 100),),
    "province": (("a", 59, 100),),
    "city": (("a", 66, 100),),
    "special-bond": (("a", 75, 70), ("p", 40, 100)),
    "district": (("a", 45, 75), ("p", 60, 100)),
    "utilities": (("s", -12, 50), ("p", 45, 100)),
    "residents": (("s", -8, 60), ("p", 65, 100)),
}
_RECEIVED: dict[str, tuple[tuple[str, int, int], ...]] = {
    "central": (("a", 61, 100),),
    "province": (("a", 90, 60), ("p", 35, 84), ("p", 75, 100)),
    "city": (("a", 106, 80), ("p", 70, 100)),
    "special-bond": (("a", 96, 70), ("p", 55, 100)),
    "district": (("s", 12, 50), ("p", 45, 75), ("p", 80, 97)),
    "utilities": (("p", 18, 36), ("p", 46, 66), ("p", 80, 92)),
    "residents": (("p", 6, 45), ("p", 60, 80), ("p", 90, 96)),
}
_RELEASED = (
    ("s", 12, 30),
    ("p", 20, 42),
    ("p", 40, 60),
    ("p", 55, 72),
    ("p", 70, 84),
    ("p", 85, 92),
    ("p", 100, 97),
)


@dataclass
class _Chain:
    """The events of one project and source as (day, stage, amount in 万元), and the sums so far."""

    planned: int
    moves: list[tuple[date, Stage, int]] = field(default_factory=list)

    def raise_to(self, stage: Stage, day: date, target: int) -> None:
        """Add what is missing to ``target``, if that is anything, on a day or where the stage has got to."""
        day = max([day, *(on for on, of, _ in self.moves if of == stage)])
        amount = target - self.total(stage, day)
        if amount > 0:
            self.moves.append((day, stage, amount))

    def total(self, stage: Stage, day: date) -> int:
        return sum(amount for on, of, amount in self.moves if of == stage and on <= day)


@dataclass
class MoneyWriter:
    """Writes the money of the projects of a year as it stands at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: list[Told], sources: dict[str, FundingSource]) -> None:
        """Plans, events with a correction or two, and one event that still waits for approval."""
        plans: list[models.Model] = []
        events: list[FundingEvent] = []
        for one in told:
            approved_on = one.project.entered_on
            for code, planned in _split(one).items():
                plan = FundingPlan(
                    project=one.project, source=sources[code], planned_fen=planned * WAN
                )
                plan._history_date = self._at(approved_on, 16)  # type: ignore[attr-defined]
                plans.append(plan)
                moves = sorted(self._chain(one, code, planned).moves, key=lambda move: move[0])
                events += [
                    self._event(one, sources[code], stage, amount, day)
                    for day, stage, amount in moves
                    if day <= local_day(self.now)
                ]
        bulk_create_with_history(
            plans,
            FundingPlan,
            batch_size=200,
            default_user=self.district.users["bureau"],
            default_change_reason="按年度计划建账",
        )
        self._mark_opening(events, told)
        self._let_one_wait(events)
        events.sort(key=lambda event: event.effective_on)
        mistakes = self._mistakes(events)
        FundingEvent.objects.bulk_create(events, batch_size=200)
        corrections = [self._correction(event, *why) for event, why in mistakes]
        FundingEvent.objects.bulk_create(corrections)
        for event in [*events, *corrections]:
            self._act(event)

    # -- chains ------------------------------------------------------------------------------------
    def _chain(self, one: Told, code: str, planned: int) -> _Chain:
        chain = _Chain(planned)
        dice = Dice(f"{one.project.code} {code}")
        for stage, steps in ((Stage.ALLOCATED, _ALLOCATED), (Stage.RECEIVED, _RECEIVED)):
            for kind, number, share in steps[code]:
                day = self._day(one, kind, number, dice)
                if day is None:
                    continue
                target = planned * share // 100
                if stage == Stage.RECEIVED:
                    target = min(target, chain.total(Stage.ALLOCATED, day))
                chain.raise_to(stage, day, target)
        for kind, number, share in _RELEASED:
            day = self._day(one, kind, number, dice)
            if day is None:
                continue
            received = chain.total(Stage.RECEIVED, day)
            chain.raise_to(Stage.RELEASED, day, min(planned * share // 100, received))
            paid_on = self.calendar.add_workdays(day, dice.number(5, 9))
            released = chain.total(Stage.RELEASED, paid_on)
            target = released if number == 100 else released * dice.number(86, 96) // 100
            chain.raise_to(Stage.PAID, paid_on, target)
        return chain

    def _day(self, one: Told, kind: str, number: int, dice: Dice) -> date | None:
        approved_on, started_on = one.project.entered_on, one.story.started_on
        if kind == "a":
            day: date | None = approved_on + timedelta(days=number)
        elif kind == "s":
            planned = started_on or one.story.plan.start
            waits = started_on is None and number > 0
            day = None if waits else max(approved_on, planned + timedelta(days=number))
        else:
            day = _reached(one.story, number)
        if day is None:
            return None
        return self.calendar.roll_forward(day + timedelta(days=dice.number(0, 3)))

    # -- rows --------------------------------------------------------------------------------------
    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    def _event(
        self, one: Told, source: FundingSource, stage: Stage, amount: int, day: date
    ) -> FundingEvent:
        dice = Dice(f"{one.project.code} {source.code} {stage} {day}")
        users = self.district.users
        approved_at = local_moment(
            self.calendar.next_workday(day), time(dice.number(9, 11), dice.number(0, 59))
        )
        done = approved_at <= self.now
        return FundingEvent(
            project=one.project,
            source=source,
            stage=stage,
            amount_fen=amount * WAN,
            occurred_on=day,
            effective_on=day,
            document_number=_number(source, stage, day, dice),
            state=EventState.APPROVED if done else EventState.PENDING,
            recorded_by=users[dice.pick(("bureau", "bureau", "bureau2"))],
            recorded_at=self._at(day, dice.number(10, 16), dice.number(0, 59)),
            approved_by=users["reviewer"] if done else None,
            approved_at=approved_at if done else None,
        )

    def _mark_opening(self, events: list[FundingEvent], told: list[Told]) -> None:
        """The first allocation of the district's first year came in from the old sheets."""
        year = told[0].project.entered_on.year
        if year != FOUNDED.year:
            return
        first = min(events, key=lambda event: (event.effective_on, event.project_id))
        moment = local_moment(self.calendar.add_workdays(first.effective_on, 6), time(10, 20))
        first.is_opening = True
        first.recorded_at = moment
        first.approved_at = moment + timedelta(hours=5)

    def _let_one_wait(self, events: list[FundingEvent]) -> None:
        """The newest payment waits for approval, however long ago the last one was."""
        today = local_day(self.now)
        recent = [event for event in events if (today - event.effective_on).days <= 60]
        paid = [event for event in recent if event.stage == Stage.PAID]
        if paid:
            last = max(paid, key=lambda event: event.effective_on)
            last.state, last.approved_by, last.approved_at = EventState.PENDING, None, None

    def _mistakes(self, events: list[FundingEvent]) -> list[tuple[FundingEvent, tuple[int, str]]]:
        """Two entries that were mistyped; what is written here is the mistake, its mending is returned."""
        settled = [event for event in events if event.state == EventState.APPROVED]
        found: list[tuple[FundingEvent, tuple[int, str]]] = []
        allocated = [event for event in settled if event.stage == Stage.ALLOCATED]
        if len(allocated) > 9:
            event = allocated[9]
            event.amount_fen += 5 * WAN
            found.append((event, (-5 * WAN, "登记时多录5万元，按指标文件更正")))
        paid = [
            event for event in settled if event.stage == Stage.PAID and event.amount_fen > 9 * WAN
        ]
        if len(paid) > 4:
            event = paid[4]
            event.amount_fen -= 3 * WAN
            found.append((event, (3 * WAN, "漏录安全文明施工费3万元，按支付凭证补登")))
        return found

    def _correction(self, event: FundingEvent, amount_fen: int, reason: str) -> FundingEvent:
        users = self.district.users
        day = self.calendar.add_workdays(event.effective_on, 7)
        approved_at = local_moment(day, time(15, 30))
        done = approved_at <= self.now
        by = users["bureau2"]
        return FundingEvent(
            project=event.project,
            source=event.source,
            stage=event.stage,
            amount_fen=amount_fen,
            occurred_on=min(day, local_day(self.now)),
            effective_on=event.effective_on,
            document_number=event.document_number,
            corrects=event,
            reason=reason,
            state=EventState.APPROVED if done else EventState.PENDING,
            recorded_by=by,
            recorded_at=self._at(day, 10, 40),
            approved_by=users["reviewer"] if done else None,
            approved_at=approved_at if done else None,
        )

    def _act(self, event: FundingEvent) -> None:
        amount = f"{event.amount_fen // WAN}.00 万元"
        what = f"{event.project}“{event.source}”{Stage(event.stage).label} {amount}"
        act, word = (
            ("funding.record", "登记") if event.corrects is None else ("funding.correct", "更正")
        )
        self.acts.add(
            act,
            f"{word}{what}",
            by=event.recorded_by,
            at=event.recorded_at,
            target=event,
            of=event.project,
            reason=event.reason,
        )
        if event.approved_at is not None:
            self.acts.add(
                "funding.approve",
                f"核定{what}",
                by=event.approved_by,
                at=event.approved_at,
                target=event,
                of=event.project,
            )


def add_sources(*, by: District) -> dict[str, FundingSource]:
    """The sources by code; those that are there already are kept."""
    known = {source.code: source for source in FundingSource.objects.all()}
    rows = [
        FundingSource(code=code, name=name, is_fiscal=fiscal, order=order)
        for order, (code, name, fiscal) in enumerate(SOURCES, start=1)
        if code not in known
    ]
    bulk_create_with_history(
        rows,
        FundingSource,
        default_user=by.users["bureau"],
        default_date=local_moment(FOUNDED, time(9, 30)),
    )
    return known | {source.code: source for source in rows}


def _split(one: Told) -> dict[str, int]:
    """Source → planned 万元; together the planned investment."""
    total = one.outline.investment
    mix = _MIXES[0] if one.place == 13 else _MIXES[one.place % 3]
    shares = {code: total * percent // 100 for code, percent in mix}
    shares["central"] += total - sum(shares.values())
    return shares


def _reached(story: Story, percent: int) -> date | None:
    """The Monday after the first Sunday with at least this progress."""
    if percent >= 98:
        return story.completed_on
    for day in _sundays(story):
        if story.progress(day) >= percent:
            return day + timedelta(days=1)
    return None


def _sundays(story: Story) -> Iterator[date]:
    if story.started_on is None or not story.points:
        return
    day = story.started_on + timedelta(days=6 - story.started_on.weekday())
    last = max(story.points[-1][0], story.completed_on or story.points[-1][0])
    while day <= last + timedelta(days=7):
        yield day
        day += timedelta(days=7)


def _number(source: FundingSource, stage: Stage, day: date, dice: Dice) -> str:
    serial = dice.number(11, 96)
    if stage == Stage.ALLOCATED and source.is_fiscal:
        return f"淄财建指〔{day.year}〕{serial}号"
    words = {
        Stage.ALLOCATED: "出资协议",
        Stage.RECEIVED: "进账单",
        Stage.RELEASED: "拨付审批单",
        Stage.PAID: "支付凭证",
    }
    return f"{words[stage]} {day:%Y%m%d}-{serial}"
