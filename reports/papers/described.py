"""What the ledger says of a project on a sheet beside its figures: estates, parties, whom to call."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

from projects.ledger.enums import PartyRole
from projects.ledger.models import Estate, Party


@dataclass(frozen=True)
class Described:
    """What the ledger says of a project beside its figures."""

    estates: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    years: tuple[int, ...] = ()
    parties: Mapping[str, str] = field(default_factory=dict)
    contact: str = ""
    phone: str = ""


def described_projects(ids: list[int], day: date) -> dict[int, Described]:
    """Each project by its id, with the parties of a day. Two queries."""
    estates: defaultdict[int, list[Estate]] = defaultdict(list)
    for estate in Estate.objects.filter(project_id__in=ids).select_related("community"):
        estates[estate.project_id].append(estate)
    parties: defaultdict[int, list[Party]] = defaultdict(list)
    for party in Party.objects.filter(project_id__in=ids).order_by("pk"):
        begun = party.valid_from is None or party.valid_from <= day
        if begun and (party.valid_to is None or party.valid_to >= day):
            parties[party.project_id].append(party)
    return {pk: _one_described(estates[pk], parties[pk]) for pk in ids}


def _one_described(estates: Iterable[Estate], parties: Iterable[Party]) -> Described:
    rows, people = list(estates), list(parties)
    by_role: dict[str, str] = {}
    for party in people:
        known = by_role.get(party.role)
        by_role[party.role] = f"{known}、{party.name}" if known else party.name
    if PartyRole.OWNER not in by_role and PartyRole.AGENT in by_role:
        by_role[PartyRole.OWNER] = by_role[PartyRole.AGENT]
    order = {PartyRole.SITE_CONTACT: 0, PartyRole.RESPONSIBLE: 1, PartyRole.CONTRACTOR: 2}
    contacts = sorted(
        (p for p in people if p.contact or p.phone),
        key=lambda p: order.get(PartyRole(p.role), 9),
    )
    communities = [e.community.short_name for e in rows if e.community is not None]
    return Described(
        estates=tuple(estate.name for estate in rows),
        communities=tuple(dict.fromkeys(communities)),
        years=tuple(estate.year_built for estate in rows if estate.year_built is not None),
        parties={str(role): name for role, name in by_role.items()},
        contact=contacts[0].contact if contacts else "",
        phone=contacts[0].phone if contacts else "",
    )
