"""Meetings as pages show them: each with its matters, what is late, and the sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from .models import Matter, Meeting
from .querysets import MeetingQuerySet


@dataclass(frozen=True, slots=True)
class MatterLine:
    """A matter with the days it is late today, 0 where it is not."""

    matter: Matter
    overdue_days: int


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting with its matters, in the order in which they were raised."""

    meeting: Meeting
    matters: list[MatterLine]

    @property
    def solved(self) -> int:
        """Matters that are solved."""
        return sum(line.matter.solved_on is not None for line in self.matters)

    @property
    def overdue(self) -> int:
        """Matters past their day that are not solved."""
        return sum(bool(line.overdue_days) for line in self.matters)


@dataclass(frozen=True, slots=True)
class Sums:
    """Meetings, matters raised and solved, matters that are late."""

    meetings: int
    raised: int
    solved: int
    overdue: int


def meeting_lines(*, meetings: MeetingQuerySet, on: date) -> list[MeetingLine]:
    """The meetings of a queryset, newest first, with their matters. Two queries."""
    rows = list(meetings.select_related("project__street", "file").order_by("-held_on", "-pk"))
    own: defaultdict[int, list[MatterLine]] = defaultdict(list)
    matters = Matter.objects.filter(meeting_id__in=[row.pk for row in rows])
    for matter in matters.select_related("evidence").order_by("meeting_id", "pk"):
        late = 0 if matter.solved_on else max(0, (on - matter.due_on).days)
        own[matter.meeting_id].append(MatterLine(matter, late))
    return [MeetingLine(row, own[row.pk]) for row in rows]


def sums_of(lines: Iterable[MeetingLine]) -> Sums:
    """What some meetings come to."""
    rows = list(lines)
    return Sums(
        meetings=len(rows),
        raised=sum(len(line.matters) for line in rows),
        solved=sum(line.solved for line in rows),
        overdue=sum(line.overdue for line in rows),
    )
