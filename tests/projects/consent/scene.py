"""A project with an estate of ten households, eight of them listed, and a round that is open."""

from __future__ import annotations

from dataclasses import dataclass, field

from projects.consent.enums import Purpose
from projects.consent.models import Household, Round
from projects.ledger.models import Estate, Project
from renovation.core.files import NewFile
from tests.factories.accounts import District, make_district
from tests.factories.consent import HouseholdFactory, RoundFactory
from tests.factories.ledger import EstateFactory, PartyFactory, ProgrammeFactory, ProjectFactory

CODE = "ZC2025-01"
#: What must never be seen, logged or exported where it may not.
CANARY_NAME = "欧阳金丝雀"
CANARY_PHONE = "13912349876"
SCAN = NewFile("张三的意见表.jpg", b"\xff\xd8\xff\xe0 scan", "image/jpeg")


@dataclass
class Scene:
    district: District
    project: Project
    estate: Estate
    round: Round
    households: list[Household] = field(default_factory=list)

    @property
    def first(self) -> Household:
        """The household whose name and phone are the canaries."""
        return self.households[0]

    def user(self, name: str):  # type: ignore[no-untyped-def]
        """A user by the name of the contract."""
        return self.district.users[name]


def make_scene(
    *, household_count: int = 10, listed: int = 8, purpose: Purpose = Purpose.RENOVATION
) -> Scene:
    district = make_district()
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )
    PartyFactory(project=project, organisation=district.contractor)
    estate = EstateFactory(project=project, name="文昌园小区", household_count=household_count)
    households = [
        HouseholdFactory(
            estate=estate,
            building=str(1 + place // 4),
            unit="1",
            room=str(101 + place % 4),
            name=CANARY_NAME if place == 0 else f"李住户{place}",
            phone=CANARY_PHONE if place == 0 else f"1380000{place:04}",
        )
        for place in range(listed)
    ]
    found = RoundFactory(
        project=project, number=1, purpose=purpose, drafted_by=district.users["zhonglou"]
    )
    return Scene(district, project, estate, found, households)
