"""What lies in each community of a programme: the estates of its projects, summed between street and project."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal

from .models import Estate
from .programmes import Quantities
from .querysets import ProjectQuerySet


@dataclass(frozen=True, slots=True)
class CommunityTotal:
    """The sums of a community, "" where the estates of a street name none. A project with estates in two communities
    counts in both."""

    street_name: str
    name: str
    sums: Quantities


@dataclass(slots=True)
class _Sums:
    projects: set[int] = field(default_factory=set)
    estates: int = 0
    buildings: int = 0
    households: int = 0
    area_sqm: Decimal = Decimal(0)


def community_totals(*, projects: ProjectQuerySet) -> list[CommunityTotal]:
    """The sums by community, in the order of streets and communities, those that name none last in their street. One
    query; exact: areas are added in Python."""
    rows = (
        Estate.objects.filter(project__in=projects)
        .order_by("project__street__order", "community__order", "community__code")
        .values_list(
            *("project__street__short_name", "community__short_name", "project_id"),
            *("building_count", "household_count", "area_sqm"),
        )
    )
    found: dict[tuple[str, str], _Sums] = {}
    for street, community, project_id, buildings, households, area in rows:
        sums = found.setdefault((street, community or ""), _Sums())
        sums.projects.add(project_id)
        sums.estates += 1
        sums.buildings += buildings
        sums.households += households
        sums.area_sqm += area
    streets = list(dict.fromkeys(street for street, _ in found))
    ordered = sorted(found, key=lambda place: (streets.index(place[0]), not place[1]))
    return [
        CommunityTotal(
            street,
            name,
            Quantities(
                len(found[street, name].projects),
                found[street, name].households,
                found[street, name].area_sqm,
                found[street, name].estates,
                found[street, name].buildings,
            ),
        )
        for street, name in ordered
    ]
