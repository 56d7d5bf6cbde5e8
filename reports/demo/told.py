"""A project of the demo as others need it: its row, its outline, its story."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from projects.ledger.models import Project
from renovation.accounts.models import Organisation
from renovation.core.periods import Week

from .outlines import Outline
from .stories import Story


@dataclass(frozen=True)
class Told:
    """A project in the database, its former streets fetched, with its outline and its story; ``place`` counts from 0
    within its year."""

    place: int
    project: Project
    outline: Outline
    story: Story

    @property
    def first_street(self) -> Organisation:
        """The street where it was entered into the programme."""
        return self.project.street_on(date.min)

    def street_on(self, day: date) -> Organisation:
        """The street where it was on a day."""
        return self.project.street_on(day)

    def reports_for(self, street: Organisation, week: Week) -> bool:
        """Whether it reports in a week, and for this street (MEASURES.md, What is in scope)."""
        done = self.story.completed_on
        return (
            self.street_on(week.start) == street
            and Week.of(self.project.entered_on) <= week
            and (done is None or week <= Week.of(done))
        )
