"""After-care of the demo's estates, what residents brought in, and the joint evaluations after completion."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent
from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Gate, Project
from projects.residents.enums import (
    CommitteeKind,
    FundMove,
    Gift,
    ManagementForm,
    Outcome,
    RecordState,
)
from projects.residents.models import (
    Committee,
    Contribution,
    Evaluation,
    FeeCollection,
    FundEntry,
    Handover,
    Management,
    Opinion,
)
from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Quarter
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .dice import Dice
from .evidence import page
from .people import District
from .told import Told

_FORMS = (
    (ManagementForm.PROFESSIONAL, "鲁中某物业服务公司"),
    (ManagementForm.COMMUNITY, "社区居委会"),
    (ManagementForm.PROFESSIONAL, "般阳某物业服务公司"),
    (ManagementForm.PUBLIC, "区属国有物业公司"),
    (ManagementForm.RESIDENTS, "小区自改委"),
)
_CONFIRMED = (Handover, Evaluation, Contribution)
_CHARGED = frozenset({ManagementForm.PROFESSIONAL, ManagementForm.PUBLIC})
_ITEMS = (
    ("楼道声控灯", 6, "盏", 0),
    ("庭院路灯", 1, "盏", 0),
    ("监控摄像头", 2, "个", 0),
    ("雨水井盖", 3, "个", 1),
    ("污水井盖", 3, "个", 1),
    ("休闲座椅", 1, "组", 0),
    ("非机动车充电端口", 4, "个", 2),
    ("宣传栏", 1, "块", 2),
)
_GIFTS = (
    (Gift.MONEY, "加装单元门", ""),
    (Gift.MONEY, "更换入户水表", ""),
    (Gift.LABOUR, "清理楼道杂物", ""),
    (Gift.LABOUR, "楼前绿地补种", ""),
    (Gift.MATERIAL, "楼前绿化", "花木 60 株"),
    (Gift.MATERIAL, "凉亭和棋桌", "石桌石凳 2 套"),
)
_OPINIONS = (
    ("3 号楼门前雨后积水", Outcome.TAKEN, "加装排水沟，雨后复查没有积水"),
    ("充电桩数量不够", Outcome.PARTLY, "增加 10 个端口，其余列入下一批"),
    ("希望加装电梯", Outcome.EXPLAINED, "不在本次改造内容内，已告知申请办法"),
    ("车位划线被车压花", Outcome.TAKEN, "质保期内重新划线"),
    ("垃圾分类亭离窗户近", Outcome.TAKEN, "向东移 8 米"),
)
_SUMMARIES = (
    "多数居民满意屋面防水和下水改造，建议加强日常保洁和停车管理。",
    "居民认可外墙保温和楼道粉刷，个别点位要补修，由施工单位在质保期内处理。",
    "道路、路灯、绿化效果明显，居民希望物业早日进驻。",
)


def _after(quarter: Quarter) -> Quarter:
    return Quarter.of(quarter.end + timedelta(days=1))


@dataclass
class AftercareWriter:
    """Writes after-care, contributions and evaluations as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    rows: dict[type[models.Model], list[models.Model]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.today = local_day(self.now)

    def write(self, told: Sequence[Told]) -> None:
        """Everything, a table at a time; opinions last, for they need their evaluation."""
        pks = [one.project.pk for one in told]
        days: dict[int, dict[GateKind, date]] = {pk: {} for pk in pks}
        passed = Gate.objects.filter(project_id__in=pks, actual_on__isnull=False)
        for pk, kind, day in passed.values_list("project_id", "kind", "actual_on"):
            if day is not None:
                days[pk][GateKind(kind)] = day
        estates: dict[int, list[Estate]] = {pk: [] for pk in pks}
        for estate in Estate.objects.filter(project_id__in=pks).order_by("pk"):
            estates[estate.project_id].append(estate)
        received = self._received(pks)
        for one in told:
            if one.project.cancelled_on is not None:
                continue
            gates = days[one.project.pk]
            done = gates.get(GateKind.COMPLETED)
            file = self._file(one.project, "移交清单和共评记录", done) if done else None
            for estate in estates[one.project.pk]:
                estate.project = one.project
                self._estate(one, estate, gates, file)
            self._gifts(one, gates, received.get(one.project.pk))
            if file is not None:
                self._evaluation(one, gates, file)
        opinions = self.rows.pop(Opinion, [])
        for model, rows in self.rows.items():
            self._save(model, rows)
        for opinion in opinions:
            if isinstance(opinion, Opinion):
                opinion.evaluation_id = opinion.evaluation.pk
        self._save(Opinion, opinions)
        self._tell()

    def _save(self, model: type[models.Model], rows: Sequence[models.Model]) -> None:
        user = self.district.users["banyanglu"]
        bulk_create_with_history(rows, model, batch_size=200, default_user=user)

    def _add(self, row: models.Model, day: date) -> None:
        row._history_date = self._at(day)  # type: ignore[attr-defined]
        self.rows.setdefault(type(row), []).append(row)

    def _at(self, day: date, hour: int = 16) -> datetime:
        return min(local_moment(day, time(hour)), self.now)

    def _posts(self, project: Project, day: date) -> tuple[User, User]:
        return self.district.posts(project.street_on(day))

    def _file(self, project: Project, what: str, day: date) -> StoredFile:
        """One paper stands for the lists and records of a project, another for its vouchers."""
        clerk, _ = self._posts(project, day)
        lines = [f"项目：{project.name}（{project.code}）", "本件为演示数据，不是真实文件。"]
        return store_file(
            content=page(f"{what}（演示）", lines),
            name=f"{project.name}{what}.pdf",
            content_type="application/pdf",
            by=clerk,
            now=self._at(day),
            organisation=project.street_on(day),
        )

    @staticmethod
    def _received(pks: Sequence[int]) -> dict[int, tuple[date, int]]:
        """The first 到位 of 居民出资 of a project with its day."""
        rows = FundingEvent.objects.filter(
            project_id__in=pks,
            source__code="residents",
            stage=Stage.RECEIVED,
            state=EventState.APPROVED,
            amount_fen__gt=0,
        ).order_by("effective_on", "pk")
        found: dict[int, tuple[date, int]] = {}
        for pk, day, fen in rows.values_list("project_id", "effective_on", "amount_fen"):
            found.setdefault(pk, (day, fen))
        return found

    # -- after-care --------------------------------------------------------------------------------
    def _estate(
        self, one: Told, estate: Estate, gates: dict[GateKind, date], file: StoredFile | None
    ) -> None:
        dice = Dice(f"{one.project.code} {estate.name} care")
        done, handed = gates.get(GateKind.COMPLETED), gates.get(GateKind.HANDED_OVER)
        founded = one.project.entered_on + timedelta(days=dice.number(25, 60))
        if founded > self.today:
            return
        #: Of what is completed and not handed over, a third has nobody to look after it yet.
        bare = done is not None and handed is None and one.place % 3 == 0
        if done is None or not bare or one.place % 2:
            self._committees(estate, founded, done, dice)
        if done is None:
            return
        if not bare:
            self._management(one, estate, done, handed, dice)
        if dice.number(1, 3) > 1:
            self._fund(estate, done, dice)
        if file is not None and (handed is not None or (not bare and one.place % 3 == 1)):
            same_day = handed is None or dice.number(1, 3) > 1
            day = done if same_day or handed is None else handed
            self._handover(one.place, estate, day, file, handed, dice)

    def _committees(self, estate: Estate, founded: date, done: date | None, dice: Dice) -> None:
        first = Committee(
            estate=estate,
            kind=CommitteeKind.RENEWAL,
            since_on=founded,
            until_on=founded.replace(year=founded.year + 3, day=min(founded.day, 28)),
            member_count=dice.pick((5, 7)),
            contact="社区居委会，办公电话 0533-5000000",
        )
        next_on = done + timedelta(days=dice.number(20, 60)) if done else None
        if next_on is not None and next_on <= self.today and dice.number(1, 2) == 1:
            first.ended_on, first.end_reason = next_on, "由业主委员会接替"
            self._add(
                Committee(
                    estate=estate,
                    kind=CommitteeKind.OWNERS,
                    since_on=next_on,
                    until_on=next_on.replace(year=next_on.year + 5, day=min(next_on.day, 28)),
                    member_count=dice.pick((5, 7, 9)),
                    filing_number=f"演示-业备-{next_on:%Y}{estate.pk:04}",
                    contact="业主委员会办公室，社区党群服务中心二楼",
                ),
                next_on,
            )
        self._add(first, first.ended_on or founded)

    def _management(
        self, one: Told, estate: Estate, done: date, handed: date | None, dice: Dice
    ) -> None:
        form, manager = _FORMS[(one.place + estate.pk) % len(_FORMS)]
        charged = form in _CHARGED
        until: date | None = None
        if charged:
            until = done.replace(year=done.year + 3, day=min(done.day, 28))
            soon = self.today + timedelta(days=dice.number(10, 50))
            over = self.today - timedelta(days=12)
            if one.place % 7 == 2 and soon > done:
                until = soon
            elif one.place % 7 == 4 and over > (handed or done):
                until = over
        fee = dice.pick((45, 55, 65, 80)) if charged else None
        self._add(
            Management(
                estate=estate,
                form=form,
                manager=manager,
                since_on=done,
                until_on=until,
                fee_fen=fee,
                contact="小区服务点，办公电话 0533-5000000"
                if charged
                else "社区居委会，办公电话 0533-5000000",
            ),
            done,
        )
        if fee is not None:
            self._collections(estate, done, fee, dice)

    def _collections(self, estate: Estate, done: date, fee: int, dice: Dice) -> None:
        """The whole quarters since the manager came, the last four of them."""
        quarters = []
        quarter = _after(Quarter.of(done))
        while quarter.end <= self.today:
            quarters.append(quarter)
            quarter = _after(quarter)
        for each in quarters[-4:]:
            due = int(estate.area_sqm * fee * 3)
            self._add(
                FeeCollection(
                    estate=estate,
                    from_on=each.start,
                    to_on=each.end,
                    due_fen=due,
                    collected_fen=due * dice.number(580, 930) // 1000,
                ),
                each.end,
            )

    def _fund(self, estate: Estate, done: date, dice: Dice) -> None:
        day = done + timedelta(days=dice.number(10, 40))
        if day > self.today:
            return
        households = max(1, estate.household_count * dice.number(35, 60) // 100)
        amount = households * dice.pick((400_00, 600_00))
        steps = [(FundMove.ESTABLISHED, day, amount, households, "首次归集")]
        later = day + timedelta(days=dice.number(60, 120))
        if later <= self.today:
            more = min(estate.household_count, households + estate.household_count // 8)
            steps.append((FundMove.TOPPED_UP, later, amount // 4, more, ""))
        for move, on, fen, count, note in steps:
            self._add(
                FundEntry(
                    estate=estate,
                    move=move,
                    moved_on=on,
                    amount_fen=fen,
                    household_count=count,
                    note=note,
                ),
                on,
            )

    def _handover(
        self,
        place: int,
        estate: Estate,
        day: date,
        file: StoredFile,
        passed: date | None,
        dice: Dice,
    ) -> None:
        """Confirmed where the gate is passed, else it waits for the second post."""
        clerk, head = self._posts(estate.project, day)
        keepers = ("物业服务单位", "市政养护中心", "社区居委会")
        row = Handover(
            estate=estate,
            handed_on=day,
            handed_by=estate.project.street_on(day).name,
            taken_by=_FORMS[(place + estate.pk) % len(_FORMS)][1],
            items=[
                {
                    "name": name,
                    "quantity": str(each * max(1, estate.building_count) + dice.number(0, 5)),
                    "unit": unit,
                    "keeper": keepers[keeper],
                }
                for name, each, unit, keeper in dice.sample(_ITEMS, dice.number(5, 8))
            ],
            note="质保期内的维修由施工单位负责",
            file=file,
            recorded_by=clerk,
            recorded_at=self._at(day, 10),
        )
        if passed is not None:
            row.state, row.confirmed_by = RecordState.CONFIRMED, head
            row.confirmed_at = self._at(day, 17)
        self._add(row, day)

    # -- sharing -----------------------------------------------------------------------------------
    def _gifts(
        self, one: Told, gates: dict[GateKind, date], received: tuple[date, int] | None
    ) -> None:
        """Money that stands in the funding ledger, and what came beside it. The newest of every fourth project waits
        for the second person; one of those has no voucher yet."""
        found: list[Contribution] = []
        if received is not None and received[0] <= self.today:
            day, fen = received
            found.append(
                Contribution(
                    given_on=day,
                    kind=Gift.MONEY,
                    purpose="按户分摊的改造出资",
                    household_count=max(1, one.outline.households // 3),
                    amount_fen=fen,
                    is_in_funding=True,
                )
            )
        started = gates.get(GateKind.STARTED)
        if started is not None:
            found += self._beside(one, started)
        if not found:
            return
        found.sort(key=lambda row: row.given_on)
        voucher = self._file(one.project, "居民投入凭据", found[0].given_on)
        for row in found:
            clerk, head = self._posts(one.project, row.given_on)
            row.project, row.file, row.recorded_by = one.project, voucher, clerk
            row.recorded_at = self._at(row.given_on, 17)
            if row is found[-1] and one.place % 4 == 1:
                row.file = None if one.place % 8 == 5 else voucher
            else:
                row.state, row.confirmed_by = RecordState.CONFIRMED, head
                row.confirmed_at = self._at(self.calendar.next_workday(row.given_on), 10)
            self._add(row, row.given_on)

    def _beside(self, one: Told, started: date) -> list[Contribution]:
        dice = Dice(f"{one.project.code} gifts")
        found = []
        for kind, purpose, things in dice.sample(_GIFTS, dice.number(0, 3)):
            day = started + timedelta(days=dice.number(15, 120))
            if day > self.today:
                continue
            people = dice.number(6, 40)
            labour = kind is Gift.LABOUR
            found.append(
                Contribution(
                    given_on=day,
                    kind=kind,
                    purpose=purpose,
                    household_count=None if labour else people,
                    people_count=people if labour else None,
                    amount_fen=people * 300_00 if kind is Gift.MONEY else None,
                    hours=people * dice.number(2, 4) if labour else None,
                    things=things,
                )
            )
        return found

    def _evaluation(self, one: Told, gates: dict[GateKind, date], file: StoredFile) -> None:
        dice = Dice(f"{one.project.code} evaluation")
        done = gates[GateKind.COMPLETED]
        day = self.calendar.roll_forward(done + timedelta(days=dice.number(8, 25)))
        waits = GateKind.HANDED_OVER not in gates and one.place % 3 == 1
        if day > self.today or (GateKind.HANDED_OVER not in gates and one.place % 3 == 0):
            return
        clerk, head = self._posts(one.project, day)
        residents, representatives = dice.number(24, 60), dice.number(5, 12)
        base = residents + representatives - dice.number(0, 4)
        satisfied = base * dice.number(62, 88) // 100
        basic = (base - satisfied) * dice.number(50, 80) // 100
        row = Evaluation(
            project=one.project,
            held_on=day,
            resident_count=residents,
            representative_count=representatives,
            street_count=dice.number(2, 5),
            bureau_count=dice.number(0, 2),
            base_count=base,
            satisfied_count=satisfied,
            basic_count=basic,
            unsatisfied_count=max(0, base - satisfied - basic - dice.number(0, 2)),
            summary=dice.pick(_SUMMARIES),
            file=file,
            recorded_by=clerk,
            recorded_at=self._at(day, 18),
        )
        if not waits:
            row.state, row.confirmed_by = RecordState.CONFIRMED, head
            row.confirmed_at = self._at(self.calendar.next_workday(day), 9)
        self._add(row, day)
        for content, outcome, answer in dice.sample(_OPINIONS, dice.number(1, 3)):
            opinion = Opinion(evaluation=row, content=content)
            answered = day + timedelta(days=dice.number(5, 20))
            if answered <= self.today and dice.number(1, 5) > 1:
                opinion.outcome, opinion.answer = outcome, answer
                opinion.answered_on, opinion.answered_by = answered, clerk
            self._add(opinion, opinion.answered_on or day)

    def _tell(self) -> None:
        """The acts of the second person."""
        for row in (row for model in _CONFIRMED for row in self.rows.get(model, ())):
            if not isinstance(row, _CONFIRMED) or row.confirmed_at is None:
                continue
            project = row.estate.project if isinstance(row, Handover) else row.project
            name = row._meta.model_name
            self.acts.add(
                f"{name}.confirm",
                f"确认{project}的{row._meta.verbose_name}（{row}）",
                by=row.confirmed_by,
                at=row.confirmed_at,
                target=row,
                of=project,
            )
