"""When a project of the demo is planned to reach, and when it reached, a percent of progress."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from .told import Told


@dataclass(frozen=True)
class Course:
    """When a project is planned to reach, and when it reached, a percent of progress."""

    scheduled: list[tuple[date, float]]
    physical: list[tuple[date, float]]

    @classmethod
    def of(cls, one: Told, today: date) -> Course:
        """Read once from plan and story, a point every three days."""
        plan, story = one.story.plan, one.story
        days = [
            plan.start + timedelta(days=n) for n in range(0, (plan.end - plan.start).days + 1, 3)
        ]
        scheduled = [(day, float(plan.scheduled(day))) for day in days]
        physical = []
        if story.started_on is not None:
            last = min(today, story.completed_on or today)
            span = (last - story.started_on).days
            passed = [story.started_on + timedelta(days=n) for n in range(1, span + 1, 3)]
            physical = [(day, float(story.progress(day))) for day in passed]
            if story.completed_on is not None and story.completed_on <= today:
                physical.append((story.completed_on, 100.0))
        return cls(scheduled, physical)

    def planned(self, percent: int) -> date:
        """The day on which the plan reaches a percent."""
        return next(
            (day for day, value in self.scheduled if value >= percent), self.scheduled[-1][0]
        )

    def reached(self, percent: int) -> date | None:
        """The day on which the project reached a percent, None where it has not."""
        return next((day for day, value in self.physical if value >= percent), None)
