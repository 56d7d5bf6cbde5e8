"""Meetings and matters as plain facts of the projects in scope on a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.facts import ProjectFacts
from projects.ledger.of_project import OfProject
from renovation.core.wording import chinese_date

from .models import Matter, Meeting


@dataclass(frozen=True, slots=True)
class TalkFacts(OfProject):
    """A meeting (``matter`` "") or a matter raised at one, at the end of the day ``on``."""

    project: ProjectFacts
    pk: int
    held_on: date
    kind: str
    matter: str
    solved_on: date | None
    on: date

    @property
    def label(self) -> str:
        """Project, day and form of the meeting; the matter where it is one."""
        return f"{self.project.name} {chinese_date(self.held_on)}{self.kind} {self.matter}".strip()


def talk_facts(*, projects: Sequence[ProjectFacts], on: date) -> list[TalkFacts]:
    """The meetings of projects that were held by a day and their matters, as they stood on it. Two queries."""
    by_pk = {project.pk: project for project in projects}
    meetings = Meeting.objects.filter(project_id__in=list(by_pk), held_on__lte=on)
    rows = {row.pk: row for row in meetings.order_by("held_on", "pk")}
    found = [
        TalkFacts(
            by_pk[row.project_id], row.pk, row.held_on, str(row.get_kind_display()), "", None, on
        )
        for row in rows.values()
    ]
    for matter in Matter.objects.filter(meeting_id__in=list(rows)).order_by("meeting_id", "pk"):
        row = rows[matter.meeting_id]
        solved = matter.solved_on if matter.solved_on and matter.solved_on <= on else None
        found.append(
            TalkFacts(
                by_pk[row.project_id],
                matter.pk,
                row.held_on,
                str(row.get_kind_display()),
                str(matter),
                solved,
                on,
            )
        )
    return found
