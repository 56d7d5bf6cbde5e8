"""What stands around the gates of the demo: joint reviews, promised papers, exceptions, changes, rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import models
from simple_history.utils import bulk_create_with_history

from projects.ledger.entering import WITH_ENTRY
from projects.ledger.enums import (
    ChangeKind,
    ChangeState,
    ExceptionState,
    GateKind,
    OpeningState,
    Opinion,
    PromiseForm,
)
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import (
    Baseline,
    BaselineNode,
    DepartmentOpinion,
    Gate,
    GateException,
    GateOpening,
    GatePromise,
    JointReview,
    ProjectChange,
    RestWindow,
)
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.wording import chinese_date

from .acts import Acts
from .dice import Dice
from .people import District
from .resting import added_window, answer_added, rest_windows
from .told import Told

_DEPARTMENTS = (
    "区发展改革局",
    "区财政局",
    "市自然资源局淄川分局",
    "区住房城乡建设局",
    "区综合行政执法局",
    "区消防救援大队",
)
#: Places in a year's programme: whose joint review lacks an opinion, and who has a joint approval.
_WAITING_OPINION, _JOINT_APPROVAL = 4, 1
#: The project of the newest year that was entered below 同意改造率 with a recorded exception.
BELOW_THE_RULE = 8
#: Papers that projects were started without: place in the programme, paper, who promised, days to the term.
_PROMISES = (
    (2, "消防设计审查意见", "建设单位", 60),
    (5, "施工图审查备案回执", "设计单位", 45),
    (9, "燃气管线迁改协议", "区燃气公司", 75),
    (11, "质量监督注册手续", "建设单位", 30),
)
#: The one of them that is late wherever its term is over.
_LATE_PLACE = 9
#: Places whose 摸底 was done before the portal and is entered as such; in the newest programme it waits.
OPENING_PLACES = (3, 7)


@dataclass
class GatingWriter:
    """Writes what stands around the gates, as it is at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: Sequence[Told]) -> None:
        """For the projects of all years."""
        self._nodes(told)
        self._reviews(told)
        self._exceptions(told)
        self._openings(told)
        self._promises(told)
        self._changes(told)
        self._rests({one.project.programme.year for one in told})

    def _keep(
        self, rows: Sequence[models.Model], model: type[models.Model], reason: str = ""
    ) -> None:
        bulk_create_with_history(
            list(rows),
            model,
            batch_size=200,
            default_user=self.district.users["bureau"],
            default_date=self.now,
            default_change_reason=reason,
        )

    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return min(local_moment(day, time(hour, minute)), self.now)

    # -- nodes -------------------------------------------------------------------------------------
    def _nodes(self, told: Sequence[Told]) -> None:
        """The planned days of the gates, frozen in every version of the plan."""
        ids = [one.project.pk for one in told]
        planned = Gate.objects.filter(project__in=ids).exclude(planned_on=None)
        order = list(GateKind)
        start = order.index(GateKind.STARTED)
        days: dict[int, list[tuple[str, date]]] = {}
        for gate in planned:
            if gate.planned_on is not None:
                days.setdefault(gate.project_id, []).append((gate.kind, gate.planned_on))
        nodes = [
            BaselineNode(baseline=baseline, gate=kind, planned_on=day)
            for baseline in Baseline.objects.filter(project__in=ids)
            for kind, day in days.get(baseline.project_id, ())
            if (
                day <= baseline.planned_start_on
                if order.index(GateKind(kind)) < start
                else day >= baseline.planned_completion_on
            )
        ]
        BaselineNode.objects.bulk_create(nodes, batch_size=500)

    # -- joint reviews -----------------------------------------------------------------------------
    def _reviews(self, told: Sequence[Told]) -> None:
        reviews, opinions = [], []
        for one in told:
            day = self.calendar.roll_back(one.project.entered_on - timedelta(days=12))
            year = one.project.programme.year
            review = JointReview(
                project=one.project,
                gate=GateKind.PROGRAMMED,
                title="计划申报联审",
                held_on=day,
                document_number=f"淄住建会〔{day.year}〕{2 + year % 5}号",
                note="按街道分场联审，逐个小区核对建成年份、违建和意愿。",
            )
            review._history_date = self._at(day, 16)  # type: ignore[attr-defined]
            reviews.append(review)
            opinions += self._opinions(review, one)
            if one.place == _JOINT_APPROVAL:
                designed = next(
                    (
                        gate.actual_on
                        for gate in one.project.gates.all()
                        if gate.kind == GateKind.DESIGNED
                    ),
                    None,
                )
                if designed is not None and designed <= local_day(self.now):
                    joint = JointReview(
                        project=one.project,
                        gate=GateKind.DESIGNED,
                        title="改造方案联合审批",
                        held_on=self.calendar.roll_back(designed - timedelta(days=3)),
                        document_number=f"淄审批联〔{designed.year}〕{11 + one.place}号",
                        note="一窗受理、并联审查，免于办理用地预审。",
                    )
                    joint._history_date = self._at(designed, 17)  # type: ignore[attr-defined]
                    reviews.append(joint)
                    opinions += self._joint_opinions(joint)
        self._keep(reviews, JointReview)
        self._keep(opinions, DepartmentOpinion)

    def _opinions(self, review: JointReview, one: Told) -> list[DepartmentOpinion]:
        dice = Dice(f"{one.project.code} review")
        rows = []
        for name in (*_DEPARTMENTS, str(one.first_street)):
            waits = one.place == _WAITING_OPINION and name == "区消防救援大队"
            row = DepartmentOpinion(
                review=review,
                department=name,
                opinion=Opinion.PENDING if waits else Opinion.AGREED,
                given_on=None
                if waits
                else self.calendar.roll_forward(review.held_on + timedelta(days=dice.number(0, 4))),
                note="书面征求意见中" if waits else "",
            )
            row._history_date = self._at(review.held_on, 16)  # type: ignore[attr-defined]
            rows.append(row)
        return rows

    def _joint_opinions(self, review: JointReview) -> list[DepartmentOpinion]:
        words = {
            "区综合行政执法局": (Opinion.CONDITIONAL, "沿街立面改造前先拆除两处违建"),
            "区消防救援大队": (Opinion.CONDITIONAL, "保留北侧 4 米消防通道"),
        }
        rows = []
        for name in (*_DEPARTMENTS, "区行政审批服务局"):
            opinion, note = words.get(name, (Opinion.AGREED, ""))
            row = DepartmentOpinion(
                review=review,
                department=name,
                opinion=opinion,
                given_on=review.held_on,
                note=note,
            )
            row._history_date = self._at(review.held_on, 17)  # type: ignore[attr-defined]
            rows.append(row)
        return rows

    # -- exceptions --------------------------------------------------------------------------------
    def _exceptions(self, told: Sequence[Told]) -> None:
        rows = []
        for one in told:
            if one.place != _WAITING_OPINION:
                continue
            rows.append(
                self._exception(
                    one,
                    check="ledger.entry.review",
                    finding="部门联审还没有出具意见：区消防救援大队。",
                    reason="消防意见已书面征求，施工图阶段另行审查，不影响列入计划。",
                    number=9,
                )
            )
        self._keep_exceptions(rows)

    def except_from_consent(self, told: Sequence[Told], *, newest: int) -> None:
        """The project of the newest year that was entered below the rule, with its exception; once what residents
        said is written."""
        check = check_named(code="consent.renovation")
        if check is None:
            raise LookupError("consent.renovation is declared by its wing")
        rows = []
        for one in told:
            if one.project.programme.year != newest or one.place != BELOW_THE_RULE:
                continue
            finding = check.find(one.project, one.project.entered_on)
            if finding is None:
                raise ValueError(f"{one.project} reaches the rule")
            rows.append(
                self._exception(
                    one,
                    check=check.code,
                    finding=finding,
                    reason="空置和出租户多，业主在外地的已电话征询、补签中；供水管网漏损严重，"
                    "街道和社区书面承诺方案征询时达到规定。",
                    number=10,
                )
            )
        self._keep_exceptions(rows)

    def _exception(
        self, one: Told, *, check: str, finding: str, reason: str, number: int
    ) -> GateException:
        """Asked for while the entry waited, approved with it by another person."""
        users, day = self.district.users, one.project.entered_on
        row = GateException(
            project=one.project,
            gate=GateKind.PROGRAMMED,
            check_code=check,
            finding=finding,
            reason=reason,
            document_number=f"淄住建会〔{day.year}〕{number}号",
            state=ExceptionState.APPROVED,
            requested_by=users["bureau"],
            requested_at=self._at(day, 15, 50),
            decided_by=users["reviewer"],
            decided_at=self._at(day, 16, 10),
            comment=WITH_ENTRY,
        )
        row._history_date = row.decided_at  # type: ignore[attr-defined]
        row._history_user = users["reviewer"]  # type: ignore[attr-defined]
        return row

    def _keep_exceptions(self, rows: Sequence[GateException]) -> None:
        self._keep(rows, GateException)
        for row in rows:
            for act, by, at, why in (
                ("ask", row.requested_by, row.requested_at, row.reason),
                ("approve", row.decided_by, row.decided_at or self.now, row.comment),
            ):
                word = "申请" if act == "ask" else "批准"
                self.acts.add(
                    f"gate_exception.{act}",
                    f"{word}{row.project}关口“列入计划”的例外",
                    by=by,
                    at=at,
                    target=row,
                    of=row.project,
                    reason=why,
                )

    # -- openings ----------------------------------------------------------------------------------
    def _openings(self, told: Sequence[Told]) -> None:
        """摸底 of some projects, from the old ledger: approved in earlier years, waiting in the newest."""
        users, newest = self.district.users, max(one.project.programme.year for one in told)
        rows, gates = [], []
        for one in told:
            if one.place not in OPENING_PLACES:
                continue
            waits = one.project.programme.year == newest
            entered = self.calendar.previous_workday(
                local_day(self.now) if waits else one.project.entered_on + timedelta(days=30)
            )
            row = GateOpening(
                project=one.project,
                kind=GateKind.SURVEYED,
                actual_on=self.calendar.roll_back(
                    one.project.entered_on - timedelta(days=96 + one.place)
                ),
                note="摸底登记表存旧台账",
                recorded_by=users["bureau"],
                recorded_at=self._at(entered, 15, 10 + one.place),
            )
            if not waits:
                row.state = OpeningState.APPROVED
                row.decided_by, row.decided_at = users["reviewer"], self._at(entered, 16, 40)
                gate = Gate(
                    project=one.project,
                    kind=row.kind,
                    actual_on=row.actual_on,
                    note=row.note,
                    is_opening=True,
                )
                gate._history_date = row.decided_at  # type: ignore[attr-defined]
                gate._history_user = users["reviewer"]  # type: ignore[attr-defined]
                gates.append(gate)
            row._history_date = row.decided_at or row.recorded_at  # type: ignore[attr-defined]
            rows.append(row)
        self._keep(rows, GateOpening)
        self._keep(gates, Gate)
        for row in rows:
            self.acts.add(
                "gate_opening.record",
                f"登记{row}的期初日期 {chinese_date(row.actual_on)}",
                by=users["bureau"],
                at=row.recorded_at,
                target=row,
                of=row.project,
            )

    # -- promises ----------------------------------------------------------------------------------
    def _promises(self, told: Sequence[Told]) -> None:
        users, today = self.district.users, local_day(self.now)
        wanted = {place: (paper, who, days) for place, paper, who, days in _PROMISES}
        rows = []
        for one in told:
            started = one.story.started_on
            if one.place not in wanted or started is None or started > today:
                continue
            paper, who, days = wanted[one.place]
            due = self.calendar.roll_forward(started + timedelta(days=days))
            row = GatePromise(
                project=one.project,
                gate=GateKind.STARTED,
                form=PromiseForm.PLEDGED if one.place % 2 else PromiseForm.TOLERATED,
                lacks=paper,
                promised_by=who,
                promised_on=started,
                due_on=due,
                document_number=f"承诺〔{started.year}〕{one.place + 1:02}号",
            )
            received = self.calendar.roll_back(due - timedelta(days=4))
            if one.place != _LATE_PLACE and received <= today and received >= started:
                row.received_on, row.received_by = received, users["bureau"]
            row._history_date = self._at(row.received_on or started, 16, 30)  # type: ignore[attr-defined]
            rows.append(row)
        self._keep(rows, GatePromise, "开工时登记")
        for row in rows:
            self.acts.add(
                "gate_promise.create",
                f"登记{row.project}关口“开工”的容缺承诺：{row.lacks}",
                by=users["bureau"],
                at=self._at(row.promised_on, 16, 30),
                target=row,
                of=row.project,
            )

    # -- changes -----------------------------------------------------------------------------------
    def _changes(self, told: Sequence[Told]) -> None:
        """A change for every plan that replaced another, and one in words that waits in the newest year."""
        users = self.district.users
        rows = []
        plans = Baseline.objects.filter(project__in=[one.project.pk for one in told])
        versions = {(row.project_id, row.version): row for row in plans}
        for one in told:
            old = versions.get((one.project.pk, 1))
            new = versions.get((one.project.pk, 2))
            if old is None or new is None or new.approved_on is None:
                continue
            drafted = self.calendar.roll_back(new.approved_on - timedelta(days=3))
            start = old.planned_start_on != new.planned_start_on
            end = old.planned_completion_on != new.planned_completion_on
            row = ProjectChange(
                project=one.project,
                kind=ChangeKind.TIME,
                title="工期顺延" if end else "开工时间调整",
                rationale=new.reason,
                old_start_on=old.planned_start_on if start else None,
                new_start_on=new.planned_start_on if start else None,
                old_completion_on=old.planned_completion_on if end else None,
                new_completion_on=new.planned_completion_on if end else None,
                document_number=new.document_number,
                state=ChangeState.APPROVED,
                departs_from=old,
                baseline=new,
                drafted_by=users["bureau"],
                drafted_at=self._at(drafted, 9, 30),
                decided_by=users["reviewer"],
                decided_at=self._at(new.approved_on, 16, 30),
                approved_on=new.approved_on,
            )
            row._history_date = row.decided_at  # type: ignore[attr-defined]
            row._history_user = users["reviewer"]  # type: ignore[attr-defined]
            rows.append(row)
        rows += self._waiting(told)
        self._keep(rows, ProjectChange)
        for row in rows:
            self.acts.add(
                "change.draft",
                f"登记{row.project}的{ChangeKind(row.kind).label}变更：{row.title}",
                by=row.drafted_by,
                at=row.drafted_at,
                target=row,
                of=row.project,
                reason=row.rationale,
            )
            if row.decided_at is not None:
                self.acts.add(
                    "change.approve",
                    f"批准{row.project}的变更：{row.title}",
                    by=row.decided_by,
                    at=row.decided_at,
                    target=row,
                    of=row.project,
                )

    def _waiting(self, told: Sequence[Told]) -> list[ProjectChange]:
        """A design change of the newest year that the reviewer has before him."""
        newest = max(one.project.programme.year for one in told)
        one = next(one for one in told if one.project.programme.year == newest and one.place == 3)
        drafted = self._at(self.calendar.roll_back(local_day(self.now) - timedelta(days=2)), 9, 10)
        if drafted < local_moment(one.project.entered_on, time(9)):
            return []
        row = ProjectChange(
            project=one.project,
            kind=ChangeKind.DESIGN,
            title="屋面改为正置式防水",
            rationale="掀开后原保温层含水率过高，倒置式做法不能保证防水，设计单位建议改为正置式。",
            old_text="倒置式屋面：原保温层保留，上做 4 厚 SBS 改性沥青防水卷材两道。",
            new_text="正置式屋面：拆除原保温层，找坡后做 3+4 厚 SBS 两道，新做 80 厚挤塑板保温。",
            drafted_by=self.district.users["bureau"],
            drafted_at=drafted,
        )
        row._history_date = drafted  # type: ignore[attr-defined]
        return [row]

    # -- rest --------------------------------------------------------------------------------------
    def _rests(self, years: set[int]) -> None:
        rows = []
        for year in sorted(years):
            for row in rest_windows(bureau=self.district.bureau, year=year):
                row._history_date = self._at(date(year, 1, 20), 10)  # type: ignore[attr-defined]
                rows.append(row)
        today = local_day(self.now)
        set_at = self._at(self.calendar.previous_workday(today), 9, 30)
        added = added_window(bureau=self.district.bureau, today=today, set_at=set_at)
        added._history_date = set_at  # type: ignore[attr-defined]
        self._keep([*rows, added], RestWindow)
        answer_added(window=added, district=self.district, acts=self.acts, now=self.now)
