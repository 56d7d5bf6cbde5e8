"""What the bureau runs after in the demo: applications for higher-level funds, findings of the audit, and the alarm
of payments that leave the progress behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from projects.funding.enums import (
    ApplicationState,
    FindingAct,
    FindingOrigin,
    FindingSeverity,
    FindingState,
    Stage,
)
from projects.funding.models import (
    Application,
    ApplicationItem,
    AuditFinding,
    FindingStep,
    FundingEvent,
    FundingPlan,
    FundingSource,
    GrantedAllocation,
)
from projects.ledger.enums import PartyRole
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from reports.figures.alarms import explain, read_watch, sweep_week
from reports.figures.enums import AlarmState
from reports.figures.models import DivergenceAlarm

from .acts import Acts
from .money import WAN
from .people import District
from .posts import add_hand_over
from .told import Told
from .weeks import asked_weeks

#: Weeks that the alarm has been watching.
_WATCHED_WEEKS = 9


@dataclass(frozen=True)
class _Plan:
    """An application: fund, title, share asked of what is planned, days after approval, outcome."""

    source: str
    title: str
    percent: int
    reported: int
    decided: int
    outcome: ApplicationState
    number: str = ""
    reason: str = ""


_PLANS = (
    _Plan(
        "central", "{year}年保障性安居工程中央补助资金", 115, 8, 27, ApplicationState.GRANTED,
        "鲁财综指〔{year}〕14号",
    ),
    _Plan(
        "province", "{year}年省级城镇老旧小区改造奖补资金", 130, 20, 48, ApplicationState.GRANTED,
        "鲁建城建字〔{year}〕22号",
    ),
    _Plan(
        "central-investment", "{year}年中央预算内投资（配套基础设施）", 20, 24, 96,
        ApplicationState.REFUSED, "淄发改投资函〔{year}〕37号",
        "地下管网配套未列入当年中央预算内投资储备项目，建议补充前期手续后下批次申报。",
    ),
)  # fmt: skip


@dataclass
class PursuitWriter:
    """Writes applications, findings and alarms as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: list[Told]) -> None:
        """Everything, from the rows that are there."""
        self.today = local_day(self.now)
        years = sorted({one.project.entered_on.year for one in told})
        sources = {source.code: source for source in FundingSource.objects.all()}
        for year in years:
            rows = [one for one in told if one.project.entered_on.year == year]
            for plan in _PLANS:
                self._application(plan, year, rows, sources)
        self._drafts(
            years[-1], [one for one in told if one.project.entered_on.year == years[-1]], sources
        )
        self._findings(told)
        self._alarms()

    # -- applications --------------------------------------------------------------------------------
    def _application(
        self, plan: _Plan, year: int, rows: list[Told], sources: dict[str, FundingSource]
    ) -> None:
        source = sources[plan.source]
        approved_on = rows[0].project.entered_on
        base = sources["central"] if plan.outcome == ApplicationState.REFUSED else source
        planned = dict(
            FundingPlan.objects.filter(
                project__in=[one.project for one in rows], source=base
            ).values_list("project", "planned_fen")
        )
        package = [
            one
            for one in rows
            if one.project.pk in planned and one.project.entered_on <= approved_on
        ]
        if plan.outcome == ApplicationState.REFUSED:
            package = package[2:6]
        reported_on = self.calendar.roll_forward(approved_on + timedelta(days=plan.reported))
        decided_on = self.calendar.roll_forward(approved_on + timedelta(days=plan.decided))
        if not package or approved_on + timedelta(days=4) > self.today:
            return
        asked = {
            one.project.pk: planned[one.project.pk] * plan.percent // 100 // WAN * WAN
            for one in package
        }
        granted = {
            pk: planned[pk] if plan.outcome == ApplicationState.GRANTED else 0 for pk in asked
        }
        application = self._store(source, plan.title.format(year=year), asked, granted, approved_on)
        if reported_on > self.today:
            return
        users = self.district.users
        values: dict[str, Any] = {
            "state": ApplicationState.REPORTED,
            "reported_on": reported_on,
            "document_number": f"淄建请〔{year}〕{6 + plan.reported}号",
            "reported_by": users["bureau"],
        }
        self._act(application, "report", "登记申报", "bureau", reported_on)
        if decided_on <= self.today:
            values |= {
                "state": plan.outcome,
                "decided_on": decided_on,
                "decision_number": plan.number.format(year=year),
                "refusal_reason": plan.reason,
                "decided_by": users["reviewer"],
                "decided_at": self._at(decided_on, 16),
            }
            word = "登记批复" if plan.outcome == ApplicationState.GRANTED else "登记未获批"
            self._act(application, plan.outcome.value, word, "reviewer", decided_on)
        else:
            application.items.update(granted_fen=None)
        Application.objects.filter(pk=application.pk).update(**values)
        if decided_on <= self.today and plan.outcome == ApplicationState.GRANTED:
            self._link(application, source, granted, decided_on)

    def _store(
        self,
        source: FundingSource,
        title: str,
        asked: dict[int, int],
        granted: dict[int, int],
        approved_on: date,
        note: str = "",
    ) -> Application:
        drafted_on = self.calendar.roll_forward(approved_on + timedelta(days=4))
        application = Application.objects.create(
            bureau=self.district.bureau,
            source=source,
            title=title,
            note=note,
            drafted_by=self.district.users["bureau"],
            drafted_at=self._at(drafted_on, 9),
        )
        ApplicationItem.objects.bulk_create(
            ApplicationItem(
                application=application,
                project_id=pk,
                asked_fen=amount,
                granted_fen=granted.get(pk),
            )
            for pk, amount in asked.items()
        )
        self._act(application, "draft", "拟报", "bureau", drafted_on)
        return application

    def _link(
        self,
        application: Application,
        source: FundingSource,
        granted: dict[int, int],
        decided_on: date,
    ) -> None:
        """The 下达 that followed, as far as the grant carries."""
        left = dict(granted)
        links = []
        events = FundingEvent.objects.filter(
            project__in=list(granted),
            source=source,
            stage=Stage.ALLOCATED,
            corrects=None,
            occurred_on__gte=decided_on,
        ).prefetch_related("corrections")
        for event in events.order_by("occurred_on", "pk"):
            amount = event.amount_fen + sum(each.amount_fen for each in event.corrections.all())
            if amount <= left[event.project_id]:
                left[event.project_id] -= amount
                links.append(
                    GrantedAllocation(
                        application=application,
                        event=event,
                        linked_by=self.district.users["bureau"],
                        linked_at=self._at(event.occurred_on, 17),
                    )
                )
        GrantedAllocation.objects.bulk_create(links)

    def _drafts(self, year: int, rows: list[Told], sources: dict[str, FundingSource]) -> None:
        """One that was sent and waits, one that is being drafted, both of these weeks."""
        sent_on = self.calendar.roll_back(self.today - timedelta(days=9))
        if sent_on <= rows[0].project.entered_on + timedelta(days=7):
            return
        package = {one.project.pk: one.outline.investment * WAN // 10 for one in rows[:5]}
        waiting = self._store(
            sources["special-bond"],
            f"{year}年第二批地方政府专项债券（老旧小区配套）",
            package,
            {},
            sent_on - timedelta(days=7),
        )
        Application.objects.filter(pk=waiting.pk).update(
            state=ApplicationState.REPORTED,
            reported_on=sent_on,
            document_number=f"淄建请〔{sent_on.year}〕61号",
            reported_by=self.district.users["bureau"],
        )
        self._act(waiting, "report", "登记申报", "bureau", sent_on)
        following = {one.project.pk: one.outline.investment * WAN // 8 for one in rows[5:9]}
        self._store(
            sources["province"],
            f"{year + 1}年省级城镇老旧小区改造奖补资金（预报）",
            following,
            {},
            self.today - timedelta(days=8),
            note="等省里下达申报通知后报出。",
        )

    def _act(self, application: Application, act: str, word: str, user: str, day: date) -> None:
        self.acts.add(
            f"funding.application.{act}",
            f"{word}上级资金申请“{application}”",
            by=self.district.users[user],
            at=self._at(day, {"bureau": 10}.get(user, 16)),
            target=application,
            organisation=self.district.bureau,
        )

    # -- findings ------------------------------------------------------------------------------------
    def _findings(self, told: list[Told]) -> None:
        """One overdue, one answered and waiting to be closed, one that was closed, opened again and closed."""
        started = [
            one
            for one in told
            if one.story.started_on is not None
            and one.story.started_on <= self.today - timedelta(days=60)
        ]
        if len(started) < 3:
            return
        serial: dict[int, int] = {}
        users = self.district.users
        last = started[-6:]
        picked = (last[0], last[len(last) // 2], last[-1])
        cases: tuple[tuple[str, str, FindingOrigin, FindingSeverity, int, int, int, str, str], ...] = (
            (
                "外墙保温隐蔽工程多计量 320 平方米", "抽查两栋外墙保温，计量单面积大于现场实测，涉及已报未付进度款。",
                FindingOrigin.FOLLOWING, FindingSeverity.MAJOR, 9_6000_00, 47, 14, PartyRole.CONTRACTOR, "overdue",
            ),
            (
                "专户资金支付附件不全", "两笔支付缺监理签认的计量单，已要求补齐。",
                FindingOrigin.FINANCE, FindingSeverity.MINOR, 42_0000_00, 26, -9, PartyRole.RESPONSIBLE, "answered",
            ),
            (
                "管网沟槽回填工程量重复计列", "雨污分流沟槽回填在两份签证中重复计列。",
                FindingOrigin.FOLLOWING, FindingSeverity.GRAVE, 15_3000_00, 58, 30, PartyRole.CONTRACTOR, "closed",
            ),
        )  # fmt: skip
        for one, case in zip(picked, cases, strict=True):
            title, detail, origin, severity, fen, ago, late, answers, end = case
            found_on = self.calendar.roll_back(self.today - timedelta(days=ago))
            serial[found_on.year] = serial.get(found_on.year, 0) + 1
            clerk = one.project.street.code
            owner = users.get(clerk, users["bureau2"])
            finding = AuditFinding(
                bureau=self.district.bureau,
                number=f"SJ{found_on.year}-{serial[found_on.year]:03}",
                project=one.project,
                origin=origin,
                title=title,
                detail=detail,
                found_on=found_on,
                amount_fen=fen,
                severity=severity,
                document_number=f"淄审跟〔{found_on.year}〕{18 + serial[found_on.year]}号",
                responsible="鲁中某建设工程有限公司"
                if answers is PartyRole.CONTRACTOR
                else one.project.street.name,
                owner=owner,
                deadline_on=self.today - timedelta(days=late),
                recorded_by=users["bureau"],
                recorded_at=self._at(self.calendar.next_workday(found_on), 9),
            )
            self._run(finding, end)
        self._brought_in(told)

    def _brought_in(self, told: list[Told]) -> None:
        """期初: of the oldest project, found and settled in the year before it was entered; it came in with a workbook
        some days ago and waits for another person to close it on its day."""
        project, users = told[0].project, self.district.users
        before = project.entered_on.year - 1
        settled_on = date(before, 12, 20)
        finding = AuditFinding.objects.create(
            bureau=self.district.bureau,
            number=f"SJ{before}-001",
            project=project,
            origin=FindingOrigin.FINANCE,
            title="前期勘察设计费重复列支",
            detail="勘察费在设计合同和勘察合同中各列一次，已由设计单位退回。",
            found_on=date(before, 9, 12),
            amount_fen=6_8000_00,
            severity=FindingSeverity.MINOR,
            document_number=f"淄审报〔{before}〕31号",
            responsible=project.street.name,
            owner=users["bureau"],
            deadline_on=date(before, 12, 31),
            state=FindingState.ANSWERED,
            recorded_by=users["bureau2"],
            recorded_at=self._at(self.calendar.previous_workday(self.today), 10),
            answered_by=users["bureau2"],
            settled_on=settled_on,
        )
        said = f"期初导入：登记到平台以前已于{chinese_date(settled_on)}销号。"
        FindingStep.objects.create(
            finding=finding,
            act=FindingAct.RECORD,
            to_state=finding.state,
            text=said,
            by=finding.recorded_by,
            at=finding.recorded_at,
        )
        self.acts.add(
            f"funding.finding.{FindingAct.RECORD}",
            f"期初导入{project}审计问题 {finding}",
            by=finding.recorded_by,
            at=finding.recorded_at,
            target=finding,
            of=project,
            reason=said,
            changes={"state": [None, FindingState.ANSWERED.value]},
        )

    def _run(self, finding: AuditFinding, end: str) -> None:
        """Store a finding with its steps up to where it stands."""
        users, owner = self.district.users, finding.owner
        first = local_day(finding.recorded_at)
        steps: list[tuple[FindingAct, str, Any, int]] = [
            (FindingAct.RECORD, "", users["bureau"], 0)
        ]
        if end == "answered":
            steps.append((FindingAct.ANSWER, "计量单已补齐，监理签认，附件已归档。", owner, 12))
        if end == "closed":
            if owner != users["bureau2"]:
                at = self._at(self.calendar.add_workdays(first, 4), 15)
                said = add_hand_over(district=self.district, finding=finding, acts=self.acts, at=at)
                steps.append((FindingAct.HAND_OVER, said, users["admin"], 4))
            steps += [
                (FindingAct.ANSWER, "重复计列部分已从签证中扣除。", owner, 8),
                (FindingAct.CLOSE, "核对签证和结算单，已扣除。", users["reviewer"], 10),
                (
                    FindingAct.REOPEN,
                    "复核发现另一份签证仍有 12 米重复，须一并扣除。",
                    users["reviewer"],
                    16,
                ),
                (FindingAct.ANSWER, "两份签证均已更正，监理重新签认。", owner, 22),
                (FindingAct.CLOSE, "现场和签证一致，同意销号。", users["reviewer"], 24),
            ]
            finding.reopen_count = 1
        to = {
            FindingAct.RECORD: FindingState.OPEN,
            FindingAct.ANSWER: FindingState.ANSWERED,
            FindingAct.CLOSE: FindingState.CLOSED,
            FindingAct.REOPEN: FindingState.OPEN,
            FindingAct.HAND_OVER: FindingState.OPEN,
        }
        finding.state = to[steps[-1][0]]
        if finding.state != FindingState.OPEN:
            finding.answered_by = owner
        if finding.state == FindingState.CLOSED:
            finding.closed_by = users["reviewer"]
            finding.closed_on = self.calendar.add_workdays(first, steps[-1][3])
        finding.save()
        before = ""
        for act, text, by, days in steps:
            at = (
                finding.recorded_at
                if not days
                else self._at(self.calendar.add_workdays(first, days), 15)
            )
            FindingStep.objects.create(
                finding=finding,
                act=act,
                from_state=before,
                to_state=to[act],
                text=text,
                by=by,
                at=at,
            )
            self.acts.add(
                f"funding.finding.{act}",
                f"{FindingAct(act).label}{finding.project}审计问题 {finding}",
                by=by,
                at=at,
                target=finding,
                of=finding.project,
                reason=text,
                changes={"state": [before or None, to[act].value]},
            )
            before = to[act]

    # -- alarms --------------------------------------------------------------------------------------
    def _alarms(self) -> None:
        """The sweeps of the last weeks, each at its time; one alarm was explained since."""
        bureau = self.district.bureau
        this = Week.of(self.today)
        closed = [
            asked
            for asked in asked_weeks(self.calendar, this.shift(-_WATCHED_WEEKS - 1), this)
            if asked.closes_at + timedelta(minutes=40) < self.now
        ]
        watch = read_watch(bureau=bureau)
        for asked in closed:
            sweep_week(
                bureau=bureau,
                week=asked.week,
                now=asked.closes_at + timedelta(minutes=40),
                watch=watch,
                tell=self._tell,
            )
        standing = DivergenceAlarm.objects.filter(state=AlarmState.OPEN).order_by("opened_on", "pk")
        first = standing.select_related("project__street").first()
        if first is not None and standing.count() > 1:
            day = self.calendar.roll_forward(first.opened_on + timedelta(days=3))
            explain(
                alarm=first,
                text="按合同，竣工结算审核前只付到已完工程量的八成，余款结算后支付，付款慢于进度属合同约定。",
                by=self.district.users["bureau"],
                now=self._at(day, 15),
                tell=self._tell,
            )

    def _tell(self, *, now: datetime, **entry: Any) -> None:
        """An audit entry, kept until its time."""
        self.acts.add(entry.pop("act"), entry.pop("sentence"), at=now, **entry)

    def _at(self, day: date, hour: int) -> datetime:
        return min(local_moment(day, time(hour, 35)), self.now)
