"""Signed minutes as a frozen value; the paper and its page are renderings of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, datetime

from renovation.core.periods import Week


@dataclass(frozen=True)
class AssignedItem:
    """What the meeting assigned, as it was assigned: ``code`` by the week in which it was and its number in that,
    ``helpers`` who helps."""

    code: str
    task: str
    project: str
    answerer: str
    helpers: str
    standard: str
    due_on: date


@dataclass(frozen=True)
class Decided:
    """A topic with what was decided of it; "" where nothing was."""

    title: str
    facts: str
    text: str


@dataclass(frozen=True)
class Attendance:
    """Who came, was excused or attended, in the order of the minutes; ``label`` is 出席, 请假 or 列席."""

    label: str
    names: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class MeetingMinutes:
    """周调度会纪要 in one signed version. ``name`` is the meeting's (2026年第48次周调度会), ``units`` the bodies that
    are sent the paper."""

    bureau_name: str
    district_name: str
    printed_by: str
    name: str
    year: int
    number: int
    week_start: date
    met_at: datetime
    place: str
    chair: str
    recorder: str
    signer: str
    signed_on: date
    topics: tuple[Decided, ...]
    attendance: tuple[Attendance, ...]
    items: tuple[AssignedItem, ...]
    units: tuple[str, ...]
    summary: str = ""
    is_extra: bool = False
    kind: str = field(default="minutes", init=False)

    @property
    def week(self) -> Week:
        return Week(self.week_start)

    @property
    def title(self) -> str:
        """`2026年第48周老旧小区改造周调度会纪要`"""
        extra = "加开的" if self.is_extra else ""
        return f"{self.week.full_number}{extra}老旧小区改造周调度会纪要"

    @property
    def mark(self) -> str:
        """The red mark of the paper (GB/T 9704-2012, 10.3: ×××纪要)."""
        return f"{self.district_name}老旧小区改造周调度会纪要"

    @property
    def number_text(self) -> str:
        """`2026年第48次`"""
        return f"{self.year}年第{self.number}次"

    @property
    def issuer(self) -> str:
        return self.bureau_name

    @property
    def decided(self) -> list[Decided]:
        return [topic for topic in self.topics if topic.text]

    @property
    def heard(self) -> list[str]:
        """Titles of the topics of which nothing was decided."""
        return [topic.title for topic in self.topics if not topic.text]
