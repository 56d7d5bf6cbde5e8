"""Public notices of the demo: hung and concluded in time for the gates, some still on the wall, two objections
that wait."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from simple_history.utils import bulk_create_with_history

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.residents.enums import Channel, NoticePoint, NoticeState, Outcome, Way
from projects.residents.models import Notice, Objection
from projects.residents.parameters import PERIODS
from projects.residents.sealing import Person, seal
from projects.residents.told import told_of
from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .dice import Dice
from .evidence import page
from .people import District
from .told import Told

P = NoticePoint
_BODIES = {
    P.LAUNCH: "本小区已列入年度老旧小区改造计划。改造前将入户征求意见，请居民关注公示栏和居民微信群。",
    P.SCHEME: "改造方案已经居民征询并审定，主要内容：老旧管网更新、屋面防水、外墙保温修缮、道路和停车位整治、"
    "照明安防。\n总平面图一并张贴。对方案有意见的，请在公示期内提出。",
    P.CONTRACTOR: "施工、监理单位已按规定程序选定。施工期间请居民注意安全，发现质量、安全和扰民问题，"
    "可以直接联系下列单位，也可以拨打12345。",
    P.NODE: "近日开始管网开挖，先地下后地上。开挖路段临时封闭，停水、停气提前一天另行通知，"
    "每日 12 时至 14 时、22 时至次日 6 时不施工。",
    P.ACCEPTANCE: "改造工程已完工，拟组织竣工验收。居民对工程质量有意见的，请在公示期内提出，整改后再验收。",
}
_NODE = "管网开挖"
_OBJECTIONS = (
    ("停车位画在楼前绿地上，希望改到东侧围墙边。", Outcome.TAKEN, "已调整停车位位置，绿地保留。"),
    (
        "担心屋面施工期间下雨漏水。",
        Outcome.EXPLAINED,
        "每个单元当天拆当天做防水，并备好防雨布，已向住户说明。",
    ),
    ("要求外墙颜色重新选。", Outcome.DECLINED, "颜色由多数居民投票确定，已当面说明。"),
    ("单元门口台阶太高，请加无障碍坡道。", Outcome.PARTLY, "有条件的三个单元加坡道，其余加扶手。"),
    ("施工围挡挡住一楼窗户，请往外移。", Outcome.TAKEN, "围挡外移一米，已整改。"),
)


@dataclass(frozen=True)
class _Hung:
    """A notice as it is told: its day, when it was concluded (None: it hangs)."""

    point: NoticePoint
    posted_on: date
    closes_on: date
    concluded_on: date | None


@dataclass
class NoticeWriter:
    """Writes notices and objections of the projects as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def __post_init__(self) -> None:
        self.today = local_day(self.now)

    def write(self, told: Sequence[Told]) -> None:
        """Notices with their photographs, then the objections and their answers."""
        days: dict[int, dict[GateKind, date]] = {one.project.pk: {} for one in told}
        passed = Gate.objects.filter(project_id__in=list(days), actual_on__isnull=False)
        for pk, kind, day in passed.values_list("project_id", "kind", "actual_on"):
            if day is not None:
                days[pk][GateKind(kind)] = day
        projects = Project.objects.prefetch_related(
            "parties", "estates", "baselines", "former_streets__street"
        )
        by_pk = projects.select_related("street").in_bulk(list(days))
        newest = max(one.project.programme.year for one in told)
        rows: list[Notice] = []
        running: list[Notice] = []
        for one in told:
            project = by_pk[one.project.pk]
            files = self._files(project, days[project.pk])
            for hung in self._hung(one, days[project.pk]):
                row = self._notice(project, hung, files)
                rows.append(row)
                if row.state == NoticeState.PUBLISHED:
                    running.append(row)
        rows += self._drafts(told, by_pk, days, newest)
        bulk_create_with_history(
            rows, Notice, batch_size=200, default_user=self.district.users["banyanglu-head"]
        )
        self._objections(rows, running)
        self._tell(rows)

    # -- notices -----------------------------------------------------------------------------------
    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    def _posts(self, project: Project, day: date) -> tuple[User, User]:
        return self.district.posts(project.street_on(day))

    def _hang(self, point: NoticePoint, posted_on: date, *, by: date | None) -> _Hung | None:
        """A notice from a day on, concluded on the working day after its period, ``by`` a day at the latest;
        None where it would hang only tomorrow."""
        if posted_on > self.today:
            return None
        closes_on = self.calendar.add_workdays(posted_on, PERIODS[point].default)
        ends_on = self.calendar.next_workday(closes_on)
        if by is not None:
            ends_on = max(closes_on + timedelta(days=1), min(ends_on, by))
        return _Hung(point, posted_on, closes_on, ends_on if ends_on <= self.today else None)

    def _before(self, point: NoticePoint, gate_on: date, wanted: date | None) -> date:
        """The day to hang a notice so that it is concluded by a gate: when it was ripe, or earlier."""
        room = PERIODS[point].default + 2
        latest = self.calendar.subtract_workdays(gate_on, room)
        return min(latest, wanted) if wanted is not None else latest

    def _hung(self, one: Told, days: dict[GateKind, date]) -> Iterator[_Hung]:
        launched = self.calendar.next_workday(one.project.entered_on)
        found = [self._hang(P.LAUNCH, launched, by=None)]
        started = days.get(GateKind.STARTED)
        if started is not None:
            for point, gate in ((P.SCHEME, GateKind.DESIGNED), (P.CONTRACTOR, GateKind.TENDERED)):
                day = self._before(point, started, days.get(gate))
                found.append(self._hang(point, day, by=started))
            ready = self.calendar.subtract_workdays(started, PERIODS[P.NODE].default + 1)
            found.append(self._hang(P.NODE, ready, by=started))
        elif GateKind.DESIGNED in days and one.place % 2 == 0:
            recent = self.calendar.subtract_workdays(self.today, 4)
            found.append(self._hang(P.SCHEME, max(days[GateKind.DESIGNED], recent), by=None))
        accepted, completed = days.get(GateKind.ACCEPTED), days.get(GateKind.COMPLETED)
        if accepted is not None:
            day = self._before(P.ACCEPTANCE, accepted, None)
            found.append(self._hang(P.ACCEPTANCE, day, by=accepted))
        elif completed is not None and one.place % 3:
            day = self.calendar.next_workday(completed)
            found.append(self._hang(P.ACCEPTANCE, day, by=None))
        yield from (each for each in found if each is not None)

    def _notice(
        self, project: Project, hung: _Hung, files: tuple[StoredFile, StoredFile]
    ) -> Notice:
        clerk, head = self._posts(project, hung.posted_on)
        tells = hung.point is P.LAUNCH
        told = told_of(project=project, on=hung.posted_on, tells_investment=tells)
        row = Notice(
            project=project,
            point=hung.point,
            node=_NODE if hung.point is P.NODE else "",
            body=_BODIES[hung.point],
            file=files[0] if hung.point is P.SCHEME else None,
            tells_investment=tells,
            period_days=PERIODS[hung.point].default,
            channels=[Channel.BOARD.value, Channel.CHAT.value]
            + ([Channel.ACCOUNT.value] if hung.point in {P.SCHEME, P.ACCEPTANCE} else []),
            place="小区主出入口公示栏",
            feedback="社区居委会或街道老旧小区改造专班，工作日 8:30—17:30",
            state=NoticeState.PUBLISHED,
            told=told.as_json(),
            drafted_by=clerk,
            drafted_at=self._at(self.calendar.previous_workday(hung.posted_on), 15),
            posted_on=hung.posted_on,
            closes_on=hung.closes_on,
            published_by=head,
            published_at=self._at(hung.posted_on, 10),
            photo=files[1],
        )
        if hung.concluded_on is not None:
            row.state = NoticeState.CONCLUDED
            row.concluded_on, row.concluded_by = hung.concluded_on, head
            row.concluded_at = self._at(hung.concluded_on, 17)
            row.conclusion = "公示期满，异议均已答复，按公示内容办理"
        row._history_date = row.concluded_at or row.published_at  # type: ignore[attr-defined]
        return row

    def _drafts(
        self,
        told: Sequence[Told],
        by_pk: dict[int, Project],
        days: dict[int, dict[GateKind, date]],
        newest: int,
    ) -> list[Notice]:
        """A notice of the newest year that waits for the second post, where one can be drafted."""
        for one in told:
            project = by_pk[one.project.pk]
            runs = (
                GateKind.STARTED in days[project.pk] and GateKind.COMPLETED not in days[project.pk]
            )
            if one.project.programme.year != newest or not runs:
                continue
            clerk, _ = self._posts(project, self.today)
            row = Notice(
                project=project,
                point=P.NODE,
                node="屋面防水施工",
                body="近日开始屋面防水施工，施工期间请关闭顶层窗户，太阳能热水器由施工单位登记后统一移机、复位。",
                period_days=PERIODS[P.NODE].default,
                channels=[Channel.DOORWAY.value, Channel.CHAT.value],
                place="各单元门口",
                feedback="施工现场项目部或社区居委会",
                drafted_by=clerk,
                drafted_at=self._at(self.calendar.roll_back(self.today), 9),
            )
            row._history_date = row.drafted_at  # type: ignore[attr-defined]
            return [row]
        return []

    def _files(self, project: Project, days: dict[GateKind, date]) -> tuple[StoredFile, StoredFile]:
        """The plan and the photograph of a project; one of each stands for all its notices."""
        day = min(days.values(), default=self.today)
        clerk, _ = self._posts(project, day)
        at = self._at(day, 16)

        def kept(title: str) -> StoredFile:
            lines = [f"项目：{project.name}（{project.code}）", "本件为演示数据，不是真实文件。"]
            return store_file(
                content=page(f"{title}（演示）", lines),
                name=f"{project.name}{title}.pdf",
                content_type="application/pdf",
                by=clerk,
                now=at,
                organisation=project.street_on(day),
            )

        return kept("总平面图"), kept("公示张贴照片")

    # -- objections --------------------------------------------------------------------------------
    def _objections(self, rows: Sequence[Notice], running: Sequence[Notice]) -> None:
        found: list[Objection] = []
        for row in rows:
            if row.point != P.SCHEME or row.posted_on is None:
                continue
            dice = Dice(f"{row.project.code} objections")
            for number, (content, outcome, answer) in enumerate(
                dice.sample(_OBJECTIONS, dice.number(0, 3)), start=1
            ):
                made = self._objection(row, number, content)
                if row.state == NoticeState.CONCLUDED:
                    made.outcome, made.answer, made.answer_way = outcome, answer, Way.VISIT
                    made.answered_on = min(
                        self.calendar.add_workdays(made.raised_on, 2),
                        row.concluded_on or self.today,
                    )
                    clerk, _ = self._posts(row.project, made.answered_on)
                    made.answered_by = clerk
                    made.answered_at = self._at(made.answered_on, 16)
                found.append(made)
        have = {made.notice_id for made in found}
        found += [
            self._objection(row, 1, _OBJECTIONS[4][0]) for row in running[:2] if row.pk not in have
        ]
        Objection.objects.bulk_create(found, batch_size=200)

    def _objection(self, row: Notice, number: int, content: str) -> Objection:
        if row.posted_on is None:
            raise ValueError("a draft is not objected to")
        clerk, _ = self._posts(row.project, row.posted_on)
        raised_on = min(
            row.posted_on + timedelta(days=number), self.today, row.closes_on or self.today
        )
        person = Person(f"王演示{number}", f"1390000{number:04}", f"{number}号楼1单元{number}02室")
        return Objection(
            notice=row,
            number=number,
            raised_on=raised_on,
            way=Way.VISIT if number % 2 else Way.PHONE,
            who_sealed=seal(person),
            content=content,
            recorded_by=clerk,
            recorded_at=self._at(raised_on, 16),
        )

    # -- acts --------------------------------------------------------------------------------------
    def _tell(self, rows: Sequence[Notice]) -> None:
        for row in rows:
            if row.published_at is None:
                continue
            self._act(
                "notice.publish",
                f"发布{row.project}的{row}",
                row,
                row.published_by,
                row.published_at,
            )
            if row.concluded_at is not None:
                self._act(
                    "notice.conclude",
                    f"结束{row.project}的{row}",
                    row,
                    row.concluded_by,
                    row.concluded_at,
                )

    def _act(self, act: str, sentence: str, row: Notice, by: User | None, at: datetime) -> None:
        self.acts.add(act, sentence, by=by, at=at, target=row, of=row.project)
