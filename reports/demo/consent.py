"""What residents were asked and answered in the demo: rounds before the programme and before the works.

Every household of every estate is listed. Names and phones, invented by a scheme that nobody could take for a
person's, stand only in three projects of the newest year; the rest of the archive is without them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from math import gcd
from zlib import crc32

from simple_history.utils import bulk_create_with_history

from projects.consent.enums import Care, Choice, Purpose, RoundState, Standing, Way
from projects.consent.models import Answer, CareVisit, Household, Round
from projects.consent.public.models import PublicRound
from projects.consent.services.rounds import snapshot_of
from projects.ledger.models import Estate, ProjectDocument
from projects.works.models import MenuItem
from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .dice import Dice
from .evidence import page
from .gating import BELOW_THE_RULE
from .people import District
from .told import Told
from .wishes import MENU_CODES, scheme_days

#: Projects of the newest year with names, phones and visits.
NAMED = 3
MOST_ITEMS = 3
#: How many of a hundred agreed where the project was entered below the rule, with its exception.
SHORT_OF_THE_RULE = 76
#: Visits that were recorded wrongly, the first to be corrected, the second withdrawn: by how many days, act, word.
_MISTAKES = ((1, "care.correct", "更正"), (0, "care.withdraw", "作废"))
_WAYS = (Way.PAPER, Way.LINK, Way.PAPER, Way.VISIT, Way.LINK, Way.PAPER)
_QUESTIONS = {
    Purpose.RENOVATION: "您是否同意本小区列入今年的老旧小区改造？",
    Purpose.SCHEME: "您是否同意本小区的改造方案？",
}
_SUMMARIES = {
    Purpose.RENOVATION: (
        "拟更换老旧供水、排水和供热管网，修缮屋面防水和外墙，修补小区道路，规整飞线，增设消防和安防设施。\n"
        "改造由财政资金承担，居民自愿出资的部分另行征询。施工期间会有短时停水、停电，提前张贴通知。"
    ),
    Purpose.SCHEME: (
        "一、地下管网全部更换，先地下后地上。\n二、屋面防水重做，外墙保温修缮。\n三、小区道路铺装，划出停车位和消防通道。\n"
        "四、完善类内容由居民点单，按选的户数多少列入。方案图张贴在小区公示栏。"
    ),
}
_OPINIONS = (
    "屋面漏水多年，请先修屋面",
    "停车位不能占绿地",
    "请留足消防通道",
    "施工时间避开中午",
    "旧管道换完要把路面恢复好",
)
_NEEDS = (
    "下楼不便，单元门口想加扶手",
    "停水时请提前上门告知，送两桶水",
    "线路改造时请帮忙挪柜子",
    "楼道灯太暗，晚上看不清台阶",
)


@dataclass(frozen=True)
class Asked:
    """A round of a project as it is told: its days, how many of a hundred agree, and how it stands."""

    purpose: Purpose
    opened_on: date
    closes_on: date
    agree: int
    answered: int
    is_open: bool


@dataclass
class ConsentWriter:
    """Writes the archive, the rounds and the answers of the years' projects as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    plans: dict[int, list[ProjectDocument]] = field(default_factory=dict, init=False)

    def write(self, told: Sequence[Told], *, newest: int) -> None:
        """Everything, in a handful of bulk writes."""
        estates = self._estates(told)
        named = {
            one.project.pk
            for one in told
            if one.project.programme.year == newest and one.place < NAMED
        }
        households = self._households(told, estates, named)
        menu = list(MenuItem.objects.filter(code__in=MENU_CODES, is_required=False))
        self.plans = self._plans(told)
        answers: list[Answer] = []
        chosen: list[tuple[Answer, list[MenuItem]]] = []
        for one in told:
            with_menu = one.project.programme.year == newest
            for number, asked in enumerate(self._rounds_of(one, newest), start=1):
                items = menu if with_menu and asked.purpose == Purpose.SCHEME else []
                found = self._round(one, number, asked, items)
                for answer in self._answers(one, found, asked, households[one.project.pk]):
                    answers.append(answer)
                    if items:
                        chosen.append((answer, self._choose(answer, items)))
        Answer.objects.bulk_create(answers, batch_size=500)
        self._store_chosen(chosen)
        self._visits([row for pk in sorted(named) for row in households[pk]])

    # -- archive -----------------------------------------------------------------------------------
    def _estates(self, told: Sequence[Told]) -> dict[int, list[Estate]]:
        found: dict[int, list[Estate]] = {one.project.pk: [] for one in told}
        for estate in Estate.objects.filter(project_id__in=list(found)).order_by("pk"):
            found[estate.project_id].append(estate)
        return found

    def _households(
        self, told: Sequence[Told], estates: dict[int, list[Estate]], named: set[int]
    ) -> dict[int, list[Household]]:
        found: dict[int, list[Household]] = {}
        for one in told:
            rows = [row for estate in estates[one.project.pk] for row in self._listed(one, estate)]
            if one.project.pk in named:
                self._name(one, rows)
            found[one.project.pk] = rows
        every = [row for rows in found.values() for row in rows]
        bulk_create_with_history(
            every,
            Household,
            batch_size=500,
            default_user=self.district.users["banyanglu"],
            default_date=min(every[0].listed_at, self.now),
            default_change_reason="导入住户名册",
        )
        return found

    def _listed(self, one: Told, estate: Estate) -> Iterator[Household]:
        """A household per room: six floors, two rooms a floor, units as many as it takes."""
        listed_at = min(self._at(one.project.entered_on - timedelta(days=60), 9), self.now)
        left = estate.household_count
        for building in range(1, estate.building_count + 1):
            share = -(-left // (estate.building_count - building + 1))
            left -= share
            for place in range(share):
                unit, in_unit = divmod(place, 12)
                floor, door = divmod(in_unit, 2)
                yield Household(
                    estate=estate,
                    building=str(building),
                    unit=str(unit + 1),
                    room=f"{floor + 1}0{door + 1}",
                    listed_at=listed_at,
                )

    def _name(self, one: Told, rows: Sequence[Household]) -> None:
        dice = Dice(f"{one.project.code} residents")
        for place, row in enumerate(rows):
            surname = dice.pick("赵钱孙李周吴郑王冯陈")
            row.keep(name=f"{surname}演示{place + 1}", phone=f"1390000{place:04}")
            if dice.number(1, 100) <= 7:
                row.care = dice.pick((Care.ELDERLY, Care.ELDERLY, Care.DISABLED, Care.BOTH))

    def _plans(self, told: Sequence[Told]) -> dict[int, list[ProjectDocument]]:
        """The plan documents of each project, as they were filed."""
        found: dict[int, list[ProjectDocument]] = {one.project.pk: [] for one in told}
        rows = ProjectDocument.objects.filter(project_id__in=list(found), kind__is_plan=True)
        for row in rows.select_related("file").order_by("file__stored_at", "pk"):
            found[row.project_id].append(row)
        return found

    def _scheme(self, one: Told, asked: Asked, opened_at: datetime) -> ProjectDocument | None:
        """The plan that a round about the scheme asks about: the last one that was filed by then."""
        if asked.purpose != Purpose.SCHEME:
            return None
        filed = [row for row in self.plans[one.project.pk] if row.file.stored_at < opened_at]
        return filed[-1] if filed else None

    # -- rounds ------------------------------------------------------------------------------------
    def _rounds_of(self, one: Told, newest: int) -> Iterator[Asked]:
        """改造意愿 before the programme; 方案意见 before the works, still running where they wait."""
        dice = Dice(f"{one.project.code} consent")
        approved_on, today = one.project.entered_on, local_day(self.now)
        agree, answered = dice.number(84, 96), dice.number(96, 99)
        if one.place == BELOW_THE_RULE and one.project.programme.year == newest:
            agree = SHORT_OF_THE_RULE
        yield Asked(
            Purpose.RENOVATION,
            approved_on - timedelta(days=45),
            approved_on - timedelta(days=12),
            agree=agree,
            answered=answered,
            is_open=False,
        )
        filed = [local_day(row.file.stored_at) for row in self.plans[one.project.pk]]
        days = scheme_days(one, today, filed)
        if days is None:
            return
        is_open = days.is_open
        yield Asked(
            Purpose.SCHEME,
            days.opened_on,
            days.closes_on,
            agree=dice.number(62, 76) if is_open else dice.number(82, 93),
            answered=dice.number(78, 86) if is_open else dice.number(93, 98),
            is_open=is_open,
        )

    def _at(self, day: date, hour: int) -> datetime:
        return local_moment(day, time(hour))

    def _round(self, one: Told, number: int, asked: Asked, items: Sequence[MenuItem]) -> Round:
        street = one.street_on(asked.opened_on)
        clerk, head = self.district.posts(street)
        opened_at = min(self._at(asked.opened_on, 9), self.now)
        closed_at = None if asked.is_open else min(self._at(asked.closes_on, 18), self.now)
        found = Round.objects.create(
            project=one.project,
            number=number,
            purpose=asked.purpose,
            scheme=self._scheme(one, asked, opened_at),
            plan_version="改造意向" if asked.purpose == Purpose.RENOVATION else "改造方案第一稿",
            question=_QUESTIONS[asked.purpose],
            summary=_SUMMARIES[asked.purpose],
            closes_on=asked.closes_on,
            most_items=MOST_ITEMS if items else 0,
            drafted_by=clerk,
            drafted_at=opened_at,
        )
        if items:
            found.items.set(items)
        found.state = RoundState.OPEN if asked.is_open else RoundState.CLOSED
        found.opened_on, found.opened_by, found.opened_at = asked.opened_on, head, opened_at
        if closed_at is not None:
            _, closer = self.district.posts(one.street_on(local_day(closed_at)))
            found.closed_by, found.closed_at = closer, closed_at
        found.save()
        PublicRound.objects.create(
            reference=found.reference,
            content=dict(snapshot_of(found=found, on=asked.opened_on)),
            published_at=opened_at,
            closed_at=closed_at,
        )
        self.acts.add(
            "consent.open",
            f"开始{found}（{asked.purpose.label}），{chinese_date(asked.closes_on)}截止",
            by=head,
            at=opened_at,
            target=found,
            of=one.project,
        )
        if closed_at is not None:
            self.acts.add(
                "consent.close",
                f"截止{found}",
                by=closer,
                at=closed_at,
                target=found,
                of=one.project,
            )
        return found

    # -- answers -----------------------------------------------------------------------------------
    def _answers(
        self, one: Told, found: Round, asked: Asked, households: Sequence[Household]
    ) -> Iterator[Answer]:
        dice = Dice(f"{one.project.code} {found.number} answers")
        clerk, head = self.district.posts(one.street_on(asked.opened_on))
        scan = self._scan(one, found, asked, clerk)
        last = min(asked.closes_on, local_day(self.now))
        span = (last - asked.opened_on).days
        by_estate: dict[int, list[Household]] = {}
        for row in households:
            by_estate.setdefault(row.estate_id, []).append(row)
        for rows in by_estate.values():
            agreed = -(-len(rows) * asked.agree // 100)
            said = max(agreed, len(rows) * asked.answered // 100)
            for place, row in enumerate(_scattered(rows, dice)[:said]):
                choice = Choice.AGREE if place < agreed else Choice.DISAGREE
                if place >= agreed and place % 3 == 1:
                    choice = Choice.UNDECIDED
                answer = self._answer(found, row, choice, asked, place, span)
                if answer.way != Way.LINK:
                    answer.file, answer.recorded_by = scan, clerk
                    answer.witness = head if answer.way == Way.VISIT else None
                if choice != Choice.AGREE and (choice == Choice.UNDECIDED or place % 3 == 0):
                    answer.keep_opinion(dice.pick(_OPINIONS))
                yield answer
                if asked.is_open and place in (0, 1):
                    yield self._contradiction(found, row, answer)

    def _answer(
        self,
        found: Round,
        row: Household,
        choice: Choice,
        asked: Asked,
        place: int,
        span: int,
    ) -> Answer:
        day = asked.opened_on + timedelta(days=place * 7 % (max(0, span) + 1))
        way = Way.VISIT if row.care else _WAYS[place % len(_WAYS)]
        return Answer(
            round=found,
            household=row,
            choice=choice,
            way=way,
            answered_on=day,
            recorded_at=min(self._at(day, 17), self.now),
        )

    def _contradiction(self, found: Round, row: Household, first: Answer) -> Answer:
        """What the household's own phone says against what was recorded for it."""
        day = min(first.answered_on + timedelta(days=1), local_day(self.now))
        return Answer(
            round=found,
            household=row,
            choice=Choice.DISAGREE,
            way=Way.LINK,
            answered_on=day,
            recorded_at=min(self._at(day, 20), self.now),
            standing=Standing.HELD,
        )

    def _scan(self, one: Told, found: Round, asked: Asked, clerk: User) -> StoredFile:
        """One file stands for the forms of a round, so that the demo stays small."""
        return store_file(
            content=page(
                "居民意见表（演示）",
                [
                    f"项目：{one.project.name}（{one.project.code}）",
                    f"轮次：第{found.number}轮 {asked.purpose.label}",
                    "本件代表各户签字的意见表，为演示数据。",
                ],
            ),
            name=f"{one.project.name}第{found.number}轮意见表.pdf",
            content_type="application/pdf",
            by=clerk,
            now=min(self._at(asked.closes_on, 17), self.now),
            organisation=one.street_on(asked.closes_on),
            is_private=True,
        )

    def _choose(self, answer: Answer, items: Sequence[MenuItem]) -> list[MenuItem]:
        """Up to three items; the first of the menu are wished for more."""
        wished = [*items[:2], *items, *items[:4]]
        door = answer.household
        seed, more = divmod(crc32(f"{door.building}-{door.unit}-{door.room}".encode()), MOST_ITEMS)
        return list(
            dict.fromkeys(wished[(seed + step * 7) % len(wished)] for step in range(1 + more))
        )

    def _store_chosen(self, chosen: Sequence[tuple[Answer, list[MenuItem]]]) -> None:
        through = Answer.items.through
        through._default_manager.bulk_create(
            [
                through(answer_id=answer.pk, menuitem_id=item.pk)
                for answer, items in chosen
                if answer.standing == Standing.CURRENT
                for item in items
            ],
            batch_size=500,
        )

    # -- visits ------------------------------------------------------------------------------------
    def _visits(self, households: Sequence[Household]) -> None:
        today = local_day(self.now)
        visits: list[CareVisit] = []
        for place, row in enumerate(row for row in households if row.care):
            if place % 5 == 4:
                continue  # still to be called on
            day = today - timedelta(days=6 + 3 * (place % 9))
            clerk, _ = self.district.posts(row.estate.project.street_on(day))
            visit = CareVisit(
                household=row,
                visited_on=day,
                recorded_by=clerk,
                recorded_at=min(self._at(day, 16), self.now),
            )
            if place % 2 == 0:
                visit.keep_needs(_NEEDS[place // 2 % len(_NEEDS)])
                if place % 4 == 0:
                    visit.served_on = day + timedelta(days=4)
                    visit.served_by = clerk
                    visit.keep_served("已联系施工单位办妥，住户认可")
            visits.append(visit)
        mistaken = [
            self._mistaken(visit, days)
            for visit, (days, *_) in zip(visits, _MISTAKES, strict=False)
        ]
        for rows in (mistaken, visits):
            bulk_create_with_history(
                rows,
                CareVisit,
                batch_size=200,
                default_user=self.district.users["banyanglu"],
                default_date=self.now,
            )
        for old, (_, act, word) in zip(mistaken, _MISTAKES, strict=False):
            door = old.household
            self.acts.add(
                act,
                f"{word}{door.estate}{door.place}的上门记录",
                by=old.withdrawn_by,
                at=old.withdrawn_at or self.now,
                target=old,
                of=door.estate.project,
                reason=old.withdrawal_reason,
            )

    def _mistaken(self, visit: CareVisit, days: int) -> CareVisit:
        """What stood before a visit was recorded rightly: a day too early, or a visit that was another door's. Both
        stay to be read."""
        old = CareVisit(
            household=visit.household,
            visited_on=visit.visited_on - timedelta(days=days),
            recorded_by=visit.recorded_by,
            recorded_at=visit.recorded_at - timedelta(minutes=20),
            withdrawn_by=visit.recorded_by,
            withdrawn_at=visit.recorded_at,
            withdrawal_reason="上门日期登错一天" if days else "登到别的住户名下",
        )
        if days:
            old.keep_needs(visit.needs)
            visit.corrects = old
        return old


def _scattered(rows: Sequence[Household], dice: Dice) -> list[Household]:
    """All of some rows in an order that jumps from building to building; one throw, whatever their number."""
    count = len(rows)
    step = next(n for n in range(dice.number(5, 11), count + 12) if gcd(n, count) == 1)
    start = dice.number(0, count - 1)
    return [rows[(start + place * step) % count] for place in range(count)]
