"""What the ledger says about a project on a day, as a notice tells it: frozen values, no models.

The content follows [黄石答复]: site plan, schedule, contractor, manager, supervisor. Parties are those that were
valid on the day (capability A7).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from projects.ledger.enums import PartyRole
from projects.ledger.models import Project
from projects.ledger.plans import in_force

#: Who stands on a notice, in order; the leader in contact with a project is no party to the works.
ROLES = (
    PartyRole.OWNER,
    PartyRole.AGENT,
    PartyRole.DESIGNER,
    PartyRole.CONTRACTOR,
    PartyRole.SUPERVISOR,
    PartyRole.RESPONSIBLE,
    PartyRole.SITE_CONTACT,
)


@dataclass(frozen=True, slots=True)
class ToldParty:
    """A party as it was valid: its role in words, name, licence, contact post and telephone, of a contractor that of
    its 项目经理. ``part`` is the role by its code; it and the last are "" in what was told before they were kept."""

    role: str
    name: str
    licence_number: str = ""
    contact: str = ""
    phone: str = ""
    part: str = ""
    manager_phone: str = ""


@dataclass(frozen=True, slots=True)
class ToldEstate:
    """An estate with its quantities; the area as a decimal string in ㎡."""

    name: str
    address: str
    building_count: int
    household_count: int
    area_sqm: str


@dataclass(frozen=True, slots=True)
class Told:
    """What a notice tells of the ledger on a day. Money is in 分, None where it is not told or not planned."""

    project: str
    code: str
    street: str
    on: date
    estates: tuple[ToldEstate, ...]
    parties: tuple[ToldParty, ...]
    start_on: date | None = None
    completion_on: date | None = None
    investment_fen: int | None = None

    @property
    def household_count(self) -> int:
        """Households of all estates."""
        return sum(estate.household_count for estate in self.estates)

    def of_role(self, role: PartyRole) -> list[ToldParty]:
        """The parties in a role."""
        return [party for party in self.parties if party.part == role]

    def as_json(self) -> dict[str, Any]:
        """What is stored; ``from_json`` gives the same back."""
        kept = asdict(self)
        for name in ("on", "start_on", "completion_on"):
            kept[name] = kept[name] and kept[name].isoformat()
        return kept


def from_json(kept: Mapping[str, Any]) -> Told:
    """What was stored by ``as_json``."""
    days = {
        name: date.fromisoformat(kept[name]) if kept[name] else None
        for name in ("start_on", "completion_on")
    }
    return Told(
        project=kept["project"],
        code=kept["code"],
        street=kept["street"],
        on=date.fromisoformat(kept["on"]),
        estates=tuple(ToldEstate(**each) for each in kept["estates"]),
        parties=tuple(ToldParty(**each) for each in kept["parties"]),
        investment_fen=kept["investment_fen"],
        **days,
    )


def told_of(*, project: Project, on: date, tells_investment: bool) -> Told:
    """What the ledger says on a day. Four queries, none where parties, estates, baselines and former streets with
    their street are fetched."""
    order = {str(role): place for place, role in enumerate(ROLES)}
    rows = [
        row
        for row in project.parties.all()
        if row.role in order
        and (row.valid_from is None or row.valid_from <= on)
        and (row.valid_to is None or row.valid_to >= on)
    ]
    rows.sort(key=lambda row: (order[row.role], row.pk))
    plan = in_force(baselines=list(project.baselines.all()), on=on)
    return Told(
        project=project.name,
        code=project.code,
        street=project.street_on(on).name,
        on=on,
        estates=tuple(
            ToldEstate(
                name=estate.name,
                address=estate.address,
                building_count=estate.building_count,
                household_count=estate.household_count,
                area_sqm=str(estate.area_sqm),
            )
            for estate in project.estates.all()
        ),
        parties=tuple(
            ToldParty(
                role=str(row.get_role_display()),
                name=row.name,
                licence_number=row.licence_number,
                contact=row.contact,
                phone=row.phone,
                part=row.role,
                manager_phone=row.manager_phone,
            )
            for row in rows
        ),
        start_on=plan.planned_start_on if plan else None,
        completion_on=plan.planned_completion_on if plan else None,
        investment_fen=plan.planned_investment_fen if plan and tells_investment else None,
    )
