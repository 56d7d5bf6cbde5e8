"""The adjustments of the year that runs, with the changes, histories and audit entries that they leave."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import models

from projects.ledger.enums import ChangeKind, ChangeState, PartyRole
from projects.ledger.models import (
    Estate,
    FormerStreet,
    Party,
    Programme,
    Project,
    ProjectChange,
)
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.wording import chinese_date

from .acts import Acts
from .midyear import Cancellation, Entry, MidYear, Move, Totals
from .people import District
from .told import Told
from .tracking import keep

_OF_STREET = (PartyRole.RESPONSIBLE, PartyRole.OWNER, PartyRole.SITE_CONTACT)


@dataclass
class AdjustmentWriter:
    """Writes the adjustments of one programme, each as the portal would have left it on its day."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime
    midyear: MidYear

    def write(self, programme: Programme, told: Sequence[Told]) -> None:
        """What has happened to entries and streets: the projects are in the ledger, in the streets where they
        began; afterwards they are where they are now."""
        steps: list[Entry | Move] = []
        if self.midyear.entry is not None:
            steps.append(self.midyear.entry)
        if self.midyear.move is not None:
            steps.append(self.midyear.move)
        for step in sorted(steps, key=lambda each: each.on):
            if isinstance(step, Move):
                self._move(step, told[step.place])
            self._totals(programme, step.on, step.document_number)

    def cancel(self, told: Sequence[Told]) -> None:
        """The project of the newest year that is to go: last of all, for it has a life until then."""
        cancellation = self.midyear.cancellation
        if cancellation is not None:
            newest = max(one.project.programme.year for one in told)
            year = [one for one in told if one.project.programme.year == newest]
            self._cancel(cancellation, year[cancellation.place])

    # -- moving ------------------------------------------------------------------------------------
    def _move(self, move: Move, one: Told) -> None:
        project, old = one.project, one.project.street
        to = self.district.organisations[one.outline.street]
        decided = local_moment(move.on, time(9, 40))
        change = self._approved(
            project,
            ChangeKind.MOVE,
            decided,
            title=f"{ChangeKind.MOVE.label}：{old.short_name}到{to.short_name}",
            rationale=move.rationale,
            old_text=old.short_name,
            new_text=to.short_name,
            to_street=to,
            document_number=move.document_number,
        )
        FormerStreet.objects.create(project=project, street=old, until_on=move.on, change=change)
        project.street = to
        project.version += 1
        reviewer, clerk = self.district.users["reviewer"], self.district.users["bureau"]
        self._keep(project, reviewer, decided, f"变更：{change.title}")
        self.acts.add(
            "project.receive",
            f"接收{project}（{project.code}）",
            by=reviewer,
            at=decided,
            target=project,
            organisation=to,
            reason=move.rationale,
        )
        settled = local_moment(self.calendar.add_workdays(move.on, 2), time(10, 30))
        self._communities(one, to, change, (reviewer, decided), (clerk, settled))
        self._parties(project, to, move.on, clerk, settled)

    def _communities(
        self,
        one: Told,
        to: Organisation,
        change: ProjectChange,
        leaving: tuple[User, datetime],
        arriving: tuple[User, datetime],
    ) -> None:
        """A community of the old street is none of the new one's; two days later the new one is entered."""
        found = {
            each.short_name: each
            for each in self.district.organisations.values()
            if each.parent_id == to.pk
        }
        estates = Estate.objects.filter(project=one.project).order_by("pk")
        for estate, outline in zip(estates, one.outline.estates, strict=True):
            steps: tuple[tuple[Organisation | None, User, datetime, str], ...] = (
                (None, *leaving, f"变更：{change.title}"),
                (found[outline.community], *arriving, "移交后落实社区"),
            )
            for community, by, at, reason in steps:
                estate.community = community
                estate.version += 1
                self._keep(estate, by, at, reason)

    def _parties(
        self, project: Project, to: Organisation, on: date, by: User, at: datetime
    ) -> None:
        """Who answers for the project in the new street instead of the old."""
        for old in project.parties.filter(role__in=_OF_STREET).order_by("pk"):
            old.valid_to = on - timedelta(days=1)
            old.version += 1
            self._keep(old, by, at, "移交后由接收街道接替")
            new = Party(
                project=project,
                role=old.role,
                organisation=to if old.organisation_id is not None else None,
                name=f"{to.short_name}城建办" if old.organisation_id is None else to.name,
                contact=old.contact,
                phone=old.phone,
                valid_from=on,
                succeeds=old,
            )
            self._keep(new, by, at, "移交后由接收街道接替")
        leader = project.parties.get(role=PartyRole.CONTACT_LEADER)
        leader.phone, leader.version = "0533-0000 0003", leader.version + 1
        self._keep(leader, by, at, "移交后核对，包联领导不变，补登电话")

    # -- cancelling --------------------------------------------------------------------------------
    def _cancel(self, cancellation: Cancellation, one: Told) -> None:
        project = Project.objects.select_related("street", "programme").get(pk=one.project.pk)
        day, decided = cancellation.on, local_moment(cancellation.decided_on, time(15, 10))
        change = self._approved(
            project,
            ChangeKind.CANCEL,
            decided,
            title=str(ChangeKind.CANCEL.label),
            rationale=cancellation.rationale,
            old_text="计划内项目",
            new_text=f"自{chinese_date(day)}起取消，不再计入",
            effective_on=day,
            document_number=cancellation.document_number,
        )
        project.cancelled_on, project.cancellation_reason = day, cancellation.rationale
        project.version += 1
        self._keep(project, self.district.users["reviewer"], decided, f"变更：{change.title}")

    # -- what all of them leave --------------------------------------------------------------------
    def _approved(
        self, project: Project, kind: ChangeKind, decided: datetime, **values: Any
    ) -> ProjectChange:
        """Drafted by the clerk in the afternoon before, approved by the reviewer."""
        clerk, reviewer = self.district.users["bureau"], self.district.users["reviewer"]
        before = self.calendar.previous_workday(local_day(decided))
        row = ProjectChange(
            project=project,
            kind=kind,
            state=ChangeState.APPROVED,
            drafted_by=clerk,
            drafted_at=local_moment(before, time(16, 20)),
            decided_by=reviewer,
            decided_at=decided,
            approved_on=local_day(decided),
            **values,
        )
        self._keep(row, reviewer, decided, "批准变更")
        for act, word, by, at in (
            ("draft", "登记", clerk, row.drafted_at),
            ("approve", "批准", reviewer, decided),
        ):
            self.acts.add(
                f"change.{act}",
                f"{word}{project}的变更：{row.title}",
                by=by,
                at=at,
                target=row,
                organisation=project.street,
                reason=row.rationale if act == "draft" else "",
            )
        return row

    def _totals(self, programme: Programme, day: date, document_number: str) -> None:
        """The official totals as the document of a day changed them."""
        wanted = self.midyear.totals_on(programme.year, day)
        parts = self.midyear.parts_on(programme.year, day)
        by, at = self.district.users["bureau"], local_moment(day, time(16, 40))
        changes = {}
        for row in programme.totals.select_related("street"):
            had = (row.project_count, row.household_count, row.area_sqm)
            new = wanted[row.street.code]
            if had == new:
                continue
            row.project_count, row.household_count, row.area_sqm = new
            row.estate_count, row.building_count = parts[row.street.code]
            self._keep(row, by, at, f"按{document_number}调整")
            changes[row.street.code] = [_said(had), _said(new)]
        self.acts.add(
            "programme.update",
            f"修改{programme}",
            by=by,
            at=at,
            target=programme,
            organisation=programme.bureau,
            reason=f"按{document_number}调整计划下达数",
            changes=changes,
        )

    def _keep(self, row: models.Model, by: User, at: datetime, reason: str) -> None:
        keep(row, by=by, at=min(at, self.now), reason=reason)


def _said(of: Totals) -> str:
    return f"{of[0]} 个，{of[1]} 户，{of[2]} ㎡"
