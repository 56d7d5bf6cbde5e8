"""The ledger of a year: programme, official totals, projects, estates, parties, baselines, gates."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from fractions import Fraction

from django.db import models
from django.db.models import prefetch_related_objects
from simple_history.utils import bulk_create_with_history

from projects.ledger.enums import BaselineState, ChangeKind, ChangeState, GateKind, PartyRole
from projects.ledger.models import (
    Baseline,
    Estate,
    Gate,
    GateDeadline,
    MonthlyTarget,
    Party,
    Programme,
    ProgrammeTotal,
    Project,
    ProjectChange,
)
from renovation.accounts.models import Organisation
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.wording import chinese_date
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .adjusting import AdjustmentWriter
from .dice import Dice
from .edits import LedgerEdits
from .evidence import page
from .gating import OPENING_PLACES
from .midyear import MidYear
from .outlines import EstateOutline, Outline, outlines
from .people import District
from .resting import reason_to_work
from .siting import ground
from .stories import Plan, Story
from .told import Told
from .wording import task_for, work_for

PROJECT_COUNT = 14
#: Places in the programme whose contractor or supervisor is the company of the demo account.
CONTRACTOR_PLACES = frozenset({0, 5, 10, 13})
SUPERVISOR_PLACES = frozenset({0, 3, 8, 13})

_DOCUMENTS = {
    GateKind.SURVEYED: "摸底调查表",
    GateKind.CONSULTED: "改造意愿征询汇总表",
    GateKind.PROGRAMMED: "年度计划批复",
    GateKind.APPROVED: "立项批复",
    GateKind.DESIGNED: "改造方案联审意见",
    GateKind.DRAWN: "施工图审查合格书",
    GateKind.TENDERED: "中标通知书",
    GateKind.PERMITTED: "施工许可证",
    GateKind.STARTED: "开工报告",
    GateKind.COMPLETED: "完工报告",
    GateKind.ACCEPTED: "竣工验收意见",
    GateKind.AUDITED: "结算审核报告",
    GateKind.HANDED_OVER: "移交管养协议",
}


@dataclass
class LedgerWriter:
    """Writes the ledger of one year as it stands at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    year: int
    approved_on: date
    now: datetime
    midyear: MidYear

    def write(self, stories: list[Story]) -> list[Told]:
        """Everything of the year; returns the projects with their stories, in the order of their codes."""
        programme = self._programme()
        rows = outlines(self.year)
        told = self._projects(programme, rows, stories)
        self._entries(programme, told)
        self._estates(told)
        self._parties(told)
        AdjustmentWriter(self.district, self.calendar, self.acts, self.now, self.midyear).write(
            programme, told
        )
        # Those who write what happened ask for the street of a day.
        prefetch_related_objects([one.project for one in told], "former_streets__street")
        self._baselines(told)
        self._gates(told)
        LedgerEdits(self.district, self.calendar, self.acts, self.now).write(told)
        return told

    # -- programme ---------------------------------------------------------------------------------
    def _at(self, day: date, hour: int, minute: int = 0) -> datetime:
        return local_moment(day, time(hour, minute))

    def _with_history(
        self, rows: list[models.Model], model: type[models.Model], day: date, reason: str = ""
    ) -> None:
        """Store rows as they were entered on a day; those of a project that came later, on its day."""
        for row in rows:
            project = row if isinstance(row, Project) else getattr(row, "project", None)
            if project is not None and project.entered_on > day:
                at = min(self._at(project.entered_on, 15, 20), self.now)
                row._history_date = getattr(row, "_history_date", at)  # type: ignore[attr-defined]
        bulk_create_with_history(
            rows,
            model,
            batch_size=200,
            default_user=self.district.users["bureau"],
            default_date=min(self._at(day, 15, 20), self.now),
            default_change_reason=reason or "按年度计划建账",
        )

    def _programme(self) -> Programme:
        bureau, users = self.district.bureau, self.district.users
        programme = Programme(
            bureau=bureau,
            year=self.year,
            name=f"淄川区{self.year}年老旧小区改造计划",
            approved_on=self.approved_on,
            document_number=f"淄建发〔{self.year}〕3号",
        )
        self._with_history([programme], Programme, self.approved_on)
        deadlines: list[models.Model] = [
            GateDeadline(
                programme=programme,
                gate=gate,
                due_on=due_on,
                document_number=programme.document_number,
            )
            for gate, due_on in (
                (GateKind.STARTED, date(self.year, 10, 31)),
                (GateKind.COMPLETED, date(self.year, 12, 20)),
            )
        ]
        self._with_history(deadlines, GateDeadline, self.approved_on)
        parts = self.midyear.parts_on(self.year, self.approved_on)
        totals: list[models.Model] = [
            ProgrammeTotal(
                programme=programme,
                street=self.district.organisations[code],
                project_count=count,
                household_count=households,
                area_sqm=area,
                estate_count=parts[code][0],
                building_count=parts[code][1],
            )
            for code, (count, households, area) in self.midyear.totals_on(
                self.year, self.approved_on
            ).items()
        ]
        self._with_history(totals, ProgrammeTotal, self.approved_on)
        self.acts.add(
            "programme.create",
            f"建立{programme.name}，录入三个街道的计划下达数",
            by=users["bureau"],
            at=min(self._at(self.approved_on, 15, 20), self.now),
            target=programme,
            organisation=bureau,
        )
        return programme

    def _projects(
        self, programme: Programme, rows: tuple[Outline, ...], stories: list[Story]
    ) -> list[Told]:
        organisations = self.district.organisations
        moves = [self.midyear.move_at(place) for place in range(len(rows))]
        days = [self.midyear.entered_on(place, self.approved_on) for place in range(len(rows))]
        projects = [
            Project(
                code=f"ZC{self.year}-{place:02}",
                plan_code=f"3703-{self.year}-{place:03}",
                name=row.name,
                programme=programme,
                street=organisations[row.street if move is None else move.left],
                renovation_type=row.type,
                approved_on=day,
                reporting_from=day,
                note="演示数据：名称、数量和经过均为虚构。",
                is_demo=True,
            )
            for place, (row, move, day) in enumerate(zip(rows, moves, days, strict=True), start=1)
        ]
        self._with_history([*projects], Project, self.approved_on)
        for project in projects:
            self.acts.add(
                "project.create",
                f"建立项目{project.code} {project.name}",
                by=self.district.users["bureau"],
                at=min(self._at(project.entered_on, 15, 40), self.now),
                target=project,
                of=project,
            )
        return [
            Told(place, project, row, story)
            for place, (project, row, story) in enumerate(zip(projects, rows, stories, strict=True))
        ]

    def _entries(self, programme: Programme, told: list[Told]) -> None:
        """Each project entered into the programme: proposed by the clerk, approved by the reviewer."""
        rows = [self._entry(programme, one) for one in told]
        for row in rows:
            row._history_date = row.decided_at  # type: ignore[attr-defined]
            row._history_user = row.decided_by  # type: ignore[attr-defined]
        self._with_history([*rows], ProjectChange, self.approved_on, "批准列入")
        for row in rows:
            for act, by, at in (
                ("draft", row.drafted_by, row.drafted_at),
                ("approve", row.decided_by, row.decided_at or self.now),
            ):
                self.acts.add(
                    f"change.{act}",
                    f"{'登记' if act == 'draft' else '批准'}{row.project}的变更：{row.title}",
                    by=by,
                    at=at,
                    target=row,
                    of=row.project,
                )

    def _entry(self, programme: Programme, one: Told) -> ProjectChange:
        users, day = self.district.users, one.project.entered_on
        late = self.midyear.entry_at(one.place)
        return ProjectChange(
            project=one.project,
            kind=ChangeKind.ENTER,
            title=str(ChangeKind.ENTER.label),
            rationale=f"列入{programme}" if late is None else late.rationale,
            old_text="尚未列入",
            new_text=f"{chinese_date(day)}列入{programme}",
            effective_on=day,
            document_number=self._programmed_by(one),
            state=ChangeState.APPROVED,
            drafted_by=users["bureau"],
            drafted_at=min(self._at(day, 15, 45), self.now),
            decided_by=users["reviewer"],
            decided_at=min(self._at(day, 16, 10), self.now),
            approved_on=day,
        )

    def _programmed_by(self, one: Told) -> str:
        """The document that entered a project into the programme."""
        late = self.midyear.entry_at(one.place)
        return f"淄建发〔{self.year}〕3号" if late is None else late.document_number

    def _estates(self, told: list[Told]) -> None:
        communities = {
            (organisation.parent_id, organisation.short_name): organisation
            for organisation in self.district.organisations.values()
        }
        estates: list[models.Model] = [
            Estate(
                project=one.project,
                community=communities[one.project.street_id, self._community(one, estate)],
                name=estate.name,
                address=estate.address,
                year_built=estate.year_built,
                building_count=estate.buildings,
                household_count=estate.households,
                area_sqm=estate.area_sqm,
                **ground(estate.name, one.outline.street),
            )
            for one in told
            for estate in one.outline.estates
        ]
        self._with_history(estates, Estate, self.approved_on)

    def _community(self, one: Told, estate: EstateOutline) -> str:
        move = self.midyear.move_at(one.place)
        return estate.community if move is None else move.community

    # -- parties -----------------------------------------------------------------------------------
    def _parties(self, told: list[Told]) -> None:
        parties: list[models.Model] = [party for one in told for party in self._parties_of(one)]
        self._with_history(parties, Party, self.approved_on, "录入参建单位")

    def _parties_of(self, one: Told) -> Iterator[Party]:
        found = self.district.organisations
        builders = [found["demo-builder-2"], found["demo-builder-3"]]
        builder = (
            found["demo-builder-1"] if one.place in CONTRACTOR_PLACES else builders[one.place % 2]
        )
        supervisor = found[
            "demo-supervisor-1" if one.place in SUPERVISOR_PLACES else "demo-supervisor-2"
        ]
        street = one.project.street

        def party(role: PartyRole, organisation: Organisation | None, **fields: str) -> Party:
            name = fields.pop("name", "") or (organisation.name if organisation else "")
            return Party(
                project=one.project,
                role=role,
                organisation=organisation,
                name=name,
                valid_from=one.project.entered_on,
                **fields,
            )

        yield party(PartyRole.RESPONSIBLE, street, contact="街道城建办", phone="0533-0000 0000")
        yield party(PartyRole.CONTACT_LEADER, None, name="区住建局分管负责人")
        yield party(PartyRole.OWNER, street)
        yield party(
            PartyRole.CONTRACTOR,
            builder,
            licence_number=f"演示-施-{one.place + 1:03}",
            contact="项目部资料员岗",
            phone="0533-0000 0001",
            manager_phone="0533-0000 0006",
        )
        yield party(
            PartyRole.SUPERVISOR,
            supervisor,
            licence_number=f"演示-监-{one.place + 1:03}",
            contact="总监岗",
            phone="0533-0000 0002",
        )
        yield party(PartyRole.DESIGNER, found["demo-designer-1"])
        yield party(
            PartyRole.SITE_CONTACT, None, name=f"{street.short_name}城建办", phone="0533-0000 0000"
        )

    # -- baselines ---------------------------------------------------------------------------------
    def _baselines(self, told: list[Told]) -> None:
        baselines: list[Baseline] = []
        plans: list[Plan] = []
        for one in told:
            story = one.story
            versions = [(1, story.first_plan or story.plan, one.project.entered_on, "")]
            if story.first_plan and story.replaced_on:
                versions.append((2, story.plan, story.replaced_on, story.reason))
            for version, plan, approved_on, reason in versions:
                baselines.append(self._baseline(one, version, plan, approved_on, reason))
                plans.append(plan)
        Baseline.objects.bulk_create(baselines)
        MonthlyTarget.objects.bulk_create(
            [
                MonthlyTarget(
                    baseline=baseline,
                    month_end_on=day,
                    target_percent=percent,
                    task=task_for(percent),
                    work_kind=work_for(percent),
                )
                for baseline, plan in zip(baselines, plans, strict=True)
                for day, percent in sorted(plan.targets.items())
                if plan.start < day < plan.end
            ]
        )
        for baseline in baselines:
            approved_on = baseline.approved_on or self.approved_on
            self.acts.add(
                "baseline.approve",
                f"批准{baseline.project.name}基线第{baseline.version}版",
                by=baseline.approved_by,
                at=min(self._at(approved_on, 16, 30), self.now),
                target=baseline,
                of=baseline.project,
                reason=baseline.reason,
            )

    def _baseline(
        self, one: Told, version: int, plan: Plan, approved_on: date, reason: str
    ) -> Baseline:
        number = f"淄建发〔{approved_on.year}〕{20 + one.place}号"
        return Baseline(
            project=one.project,
            version=version,
            state=BaselineState.APPROVED,
            planned_start_on=plan.start,
            planned_completion_on=plan.end,
            planned_investment_fen=one.outline.investment * 1_000_000,
            area_sqm=one.outline.area_sqm,
            document_number=self._programmed_by(one) if version == 1 else number,
            reason=reason,
            drafted_by=self.district.users["bureau"],
            approved_on=approved_on,
            approved_by=self.district.users["reviewer"],
            rest_reason=reason_to_work(programme=one.project.programme, plan=plan),
        )

    # -- gates -------------------------------------------------------------------------------------
    def _gates(self, told: list[Told]) -> None:
        today = local_day(self.now)
        gates: list[models.Model] = []
        for one in told:
            for kind, planned_on, actual_on in self._days(one):
                passed = actual_on is not None and actual_on <= today
                gate = Gate(
                    project=one.project,
                    kind=kind,
                    planned_on=None
                    if kind in {GateKind.STARTED, GateKind.COMPLETED}
                    else planned_on,
                    actual_on=actual_on if passed else None,
                    forecast_on=self._forecast(kind, one, planned_on, passed=passed),
                    document_number=self._number(kind, one) if passed else "",
                )
                if passed and actual_on is not None:
                    gate.evidence = self._evidence(kind, one, actual_on)
                    gate._history_date = min(self._at(actual_on, 17), self.now)  # type: ignore[attr-defined]
                gates.append(gate)
        self._with_history(gates, Gate, self.approved_on, "登记关口")

    def _days(self, one: Told) -> Iterator[tuple[GateKind, date, date | None]]:
        """Planned and actual day of each gate, in order; None where it is not foretold."""
        story, calendar = one.story, self.calendar
        dice = Dice(f"{one.project.code} gates")
        plan, entered_on = story.plan, one.project.entered_on
        for kind, days in ((GateKind.SURVEYED, 96), (GateKind.CONSULTED, 48)):
            if kind == GateKind.SURVEYED and one.place in OPENING_PLACES:
                continue  # entered as passed before the portal (demo.gating)
            day = calendar.roll_back(entered_on - timedelta(days=days + one.place))
            yield kind, day, day
        yield GateKind.PROGRAMMED, entered_on, entered_on
        passed = entered_on
        lead = (plan.start - entered_on).days
        room = ((story.started_on or plan.start) - entered_on).days
        for kind, share in (
            (GateKind.APPROVED, 0.34),
            (GateKind.DESIGNED, 0.58),
            (GateKind.DRAWN, 0.7),
            (GateKind.TENDERED, 0.84),
            (GateKind.PERMITTED, 0.96),
        ):
            planned = calendar.roll_back(entered_on + timedelta(days=int(lead * share)))
            slip = 3 if kind == GateKind.DRAWN else dice.number(0, 5)
            share_of_room = min(int(room * share) + slip, room)
            passed = max(passed, calendar.roll_back(entered_on + timedelta(days=share_of_room)))
            actual: date | None = passed
            if story.started_on is None:
                # Held up before the permit: what comes before it is done, the permit is not.
                passed = max(passed, planned)
                actual = None if kind == GateKind.PERMITTED else planned
            yield kind, planned, actual
        yield GateKind.STARTED, plan.start, story.started_on
        done = story.completed_on
        yield GateKind.COMPLETED, plan.end, done
        ends = calendar.roll_forward(plan.end + timedelta(days=20))
        accepted = story.accepted_on if done else None
        yield GateKind.ACCEPTED, ends, accepted
        for kind, days, slip in ((GateKind.AUDITED, 55, 12), (GateKind.HANDED_OVER, 80, 5)):
            planned = calendar.roll_forward(ends + timedelta(days=days))
            actual = (
                calendar.roll_forward(accepted + timedelta(days=days + dice.number(0, slip)))
                if accepted
                else None
            )
            yield kind, planned, actual

    def _forecast(
        self, kind: GateKind, one: Told, planned_on: date, *, passed: bool
    ) -> date | None:
        """An expected day where the plan is past or the project lags."""
        if passed or kind not in {GateKind.STARTED, GateKind.COMPLETED}:
            return None
        today = local_day(self.now)
        if kind == GateKind.STARTED and planned_on < today:
            return self.calendar.roll_forward(today + timedelta(days=18))
        behind = one.story.plan.scheduled(today) - Fraction(one.story.progress(today))
        if kind == GateKind.COMPLETED and behind >= 10:
            days = 20 + int(behind * 2)
            return self.calendar.roll_forward(max(planned_on, today) + timedelta(days=days))
        return None

    def _number(self, kind: GateKind, one: Told) -> str:
        serial = f"{self.year}{one.place + 1:03}"
        return {
            GateKind.PROGRAMMED: self._programmed_by(one),
            GateKind.APPROVED: f"淄审批投资〔{self.year}〕{40 + one.place}号",
            GateKind.TENDERED: f"演示-中标-{serial}",
            GateKind.PERMITTED: f"演示-许可-{serial}",
        }.get(kind, "")

    def _evidence(self, kind: GateKind, one: Told, day: date) -> StoredFile:
        title = _DOCUMENTS[kind]
        content = page(
            f"{title}（演示）",
            [
                f"项目：{one.project.name}（{one.project.code}）",
                f"关口：{kind.label}",
                f"日期：{chinese_date(day)}",
                "本件为演示数据，不是真实文件。",
            ],
        )
        return store_file(
            content=content,
            name=f"{one.project.name}{title}.pdf",
            content_type="application/pdf",
            by=self.district.users["bureau"],
            now=min(self._at(day, 17), self.now),
            organisation=one.street_on(day),
        )
