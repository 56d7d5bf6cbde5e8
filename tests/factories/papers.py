"""A district with a programme, projects that report, and papers compiled from them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal

from projects.ledger.enums import GateKind, PartyRole
from projects.ledger.models import Programme, Project
from renovation.accounts.models import User
from renovation.core.calendar import local_moment
from renovation.core.periods import Quarter, Week
from reports.papers import services
from reports.papers.models import Document
from supervision.weekly.enums import ReturnState

from .accounts import District, make_district
from .funding import make_chain
from .ledger import (
    EstateFactory,
    GateFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
    add_baseline,
)
from .weekly import keep_remarks, make_return

#: The week of the tests, its earlier one, and moments after it has closed.
WEEK = Week(date(2025, 9, 22))
EARLIER = Week(date(2025, 9, 15))
CLOSED = local_moment(date(2025, 9, 29), time(13, 0))
QUARTER = Quarter(2025, 3)
REASON = "管线迁改未完成"
AFTER_QUARTER = local_moment(date(2025, 10, 9), time(9, 0))


@dataclass
class World:
    """The district and what was made in it; ``projects`` by the end of their code."""

    district: District
    programme: Programme
    projects: dict[str, Project]

    @property
    def users(self) -> dict[str, User]:
        return self.district.users

    def sheet(self, *, now: datetime = CLOSED, subject: str = "") -> Document:
        """The dispatch sheet of the week, of the district or the street of a code."""
        about = self.district.street(subject) if subject else self.district.bureau
        return services.compile_sheet(
            bureau=self.district.bureau,
            subject=about,
            week=WEEK,
            by=self.users["bureau"],
            now=now,
        )

    def bulletin(self, *, now: datetime = AFTER_QUARTER) -> Document:
        """The bulletin of the quarter, drafted by ``bureau``."""
        return services.compile_bulletin(
            bureau=self.district.bureau, quarter=QUARTER, by=self.users["bureau"], now=now
        )

    def signed(self, *, now: datetime = AFTER_QUARTER) -> Document:
        """The bulletin checked, approved and signed by three more people."""
        document = self.bulletin(now=now)
        document = services.check(document=document, by=self.users["bureau2"], now=now)
        document = services.approve(document=document, by=self.users["reviewer"], now=now)
        return services.sign(document=document, by=self.users["leader"], now=now, opinion="同意")

    def issued(
        self, number: str = "淄建发〔2025〕12号", *, now: datetime = AFTER_QUARTER
    ) -> Document:
        """The bulletin with its number."""
        return services.number(
            document=self.signed(now=now), number=number, by=self.users["office"], now=now
        )


def add_project(world: World, code: str, street: str, name: str, **estate: object) -> Project:
    """A project that started, with a linear plan from March to December and money on its way."""
    project = ProjectFactory(
        programme=world.programme, street=world.district.street(street), code=code, name=name
    )
    EstateFactory(project=project, name=name, **estate)
    add_baseline(
        project,
        planned_start_on=date(2025, 3, 1),
        planned_completion_on=date(2025, 12, 31),
        area_sqm=Decimal("20000.00"),
    )
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 3, 3))
    PartyFactory(project=project, role=PartyRole.CONTRACTOR)
    make_chain(project)
    world.projects[code[-2:]] = project
    return project


def make_world(
    prefix: str = "", *, projects: int = 3, state: ReturnState = ReturnState.APPROVED
) -> World:
    """Three streets; ``projects`` of them spread over two streets report, the third street does not.

    般阳路 is ahead, 松龄路 far behind; 钟楼 has a project and no return.
    """
    district = make_district(prefix)
    world = World(district, ProgrammeFactory(bureau=district.bureau), {})
    tag = prefix.upper().replace("-", "")
    for n in range(1, projects + 1):
        street = "banyanglu" if n % 2 else "songlinglu"
        add_project(world, f"{tag}ZC2025-{n:02}", street, f"第{n}小区")
    add_project(world, f"{tag}ZC2025-90", "zhonglou", "钟楼里小区")
    clerk = district.users
    for street, percents in (("banyanglu", ("75.0", "80.0")), ("songlinglu", ("20.0", "20.0"))):
        rows = [p for p in world.projects.values() if p.street == district.street(street)]
        if not rows:
            continue
        for week, percent in zip((EARLIER, WEEK), percents, strict=True):
            made = make_return(
                district.street(street),
                dict.fromkeys(rows, (percent, 100000000)),
                week_start=week.start,
                state=state,
                clerk=clerk[street],
                head=clerk[f"{street}-head"],
                reviewer=clerk["reviewer"],
                explanation=REASON if street == "songlinglu" else "",
            )
            keep_remarks(made)
    return world
