"""Edits of the ledger in the course of a year, with the histories and audit entries that they leave."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time
from typing import Any

from django.db import models

from projects.ledger.enums import PartyRole
from projects.ledger.models import Project
from renovation.core.calendar import WorkCalendar, local_moment

from .acts import Acts
from .people import District
from .told import Told
from .tracking import keep


@dataclass
class LedgerEdits:
    """A handful of changes after the ledger was set up, each by a person, on a day, for a reason."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: list[Told]) -> None:
        """The edits of a year that lie before now."""
        first, second, third = told[1], told[6], told[12]
        estate = first.project.estates.order_by("pk")[0]
        address = f"{estate.address}院内"
        self._edit(first.project, estate, 38, "按房屋档案核对地址", address=address)
        self._edit(
            second.project,
            Project.objects.get(pk=second.project.pk),
            52,
            "街道申请补充说明",
            note=f"{second.project.note}给水支管随本项目一并更换。",
        )
        contractor = third.project.parties.get(role=PartyRole.CONTRACTOR)
        self._edit(third.project, contractor, 75, "项目经理变更", manager_phone="0533-0000 0008")

    def _edit(
        self, project: Project, row: models.Model, workdays: int, reason: str, **values: Any
    ) -> None:
        day = self.calendar.add_workdays(project.entered_on, workdays)
        at = local_moment(day, time(14, 25))
        if at > self.now:
            return
        changes = {
            name: [str(getattr(row, name)), str(value)]
            for name, value in values.items()
            if getattr(row, name) != value
        }
        for name, value in values.items():
            setattr(row, name, value)
        if isinstance(row, Project):
            row.version += 1
        by = self.district.users["bureau2"]
        keep(row, by=by, at=at, reason=reason)
        self.acts.add(
            f"{row._meta.model_name}.update",
            f"修改{project}的{row._meta.verbose_name}{row}",
            by=by,
            at=at,
            target=row,
            of=project,
            reason=reason,
            changes=changes,
        )
