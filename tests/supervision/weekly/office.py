"""A street with two projects in the week of 2025-05-05, its people, and the rows they write."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import SHANGHAI
from renovation.core.periods import Week
from supervision.weekly import services
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.values import ReportValues
from tests.factories.accounts import District, make_district
from tests.factories.ledger import ProgrammeFactory, make_project

WEEK = Week(date(2025, 5, 5))


def moment(text: str) -> datetime:
    """``2025-05-09 16:00``, Asia/Shanghai."""
    return datetime.fromisoformat(text).replace(tzinfo=SHANGHAI)


THURSDAY = moment("2025-05-08 15:00")


def values_of(project: Project, **fields: Any) -> ReportValues:
    """A row that breaks no rule."""
    plain: dict[str, Any] = {
        "progress_percent": Decimal("10.0"),
        "completed_investment_fen": 30_0000_00,
        "work_done": "1、2 号楼外墙保温完成。",
    }
    return ReportValues(project_id=project.pk, **(plain | fields))


@dataclass
class Office:
    """The people and things of a story about one return."""

    district: District
    street: Organisation
    other: Organisation
    projects: list[Project]
    stranger: Project
    clerk: User = field(init=False)
    head: User = field(init=False)
    reviewer: User = field(init=False)

    def __post_init__(self) -> None:
        users = self.district.users
        self.clerk, self.head = users["songlinglu"], users["songlinglu-head"]
        self.reviewer = users["reviewer"]

    def draft(self, now: datetime = THURSDAY, **fields: Any) -> WeeklyReturn:
        """A draft with a row for every project."""
        opened = services.open_return(street=self.street, week=WEEK, by=self.clerk, now=now)
        rows = [values_of(project, **fields) for project in self.projects]
        services.write_reports(weekly_return=opened, rows=rows, by=self.clerk, now=now)
        return opened

    def submitted(self, now: datetime = THURSDAY, **fields: Any) -> WeeklyReturn:
        """The same, submitted by the clerk."""
        return services.submit(weekly_return=self.draft(now, **fields), by=self.clerk, now=now)

    def reviewed(self, now: datetime = THURSDAY, **fields: Any) -> WeeklyReturn:
        """The same, reviewed by the street."""
        return services.review(weekly_return=self.submitted(now, **fields), by=self.head, now=now)

    def approved(self, now: datetime = THURSDAY, **fields: Any) -> WeeklyReturn:
        """The same, approved by the bureau."""
        return services.approve(
            weekly_return=self.reviewed(now, **fields), by=self.reviewer, now=now
        )

    def rows(self, **fields: Any) -> list[ReportValues]:
        """One row a project, changed."""
        return [replace(values_of(project), **fields) for project in self.projects]


def make_office() -> Office:
    """The street 松龄路 with two projects, and 钟楼 with one."""
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    street, other = district.street("songlinglu"), district.street("zhonglou")
    projects = [
        make_project(
            programme=programme,
            street=street,
            code=f"ZC2025-0{n}",
            name=name,
            started_on=date(2025, 3, 3),
        )
        for n, name in ((6, "柳泉小区"), (7, "建材一宿舍"))
    ]
    stranger = make_project(programme=programme, street=other, code="ZC2025-13", name="钟楼新村")
    return Office(district, street, other, projects, stranger)
