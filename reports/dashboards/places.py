"""位置: where the estates of a programme lie, with the light of their project; the list first, then the drawing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.urls import reverse

from projects.ledger.models import Estate
from projects.ledger.places import centre
from renovation.core.district_map import Area, Point, Site, district_map
from renovation.face.values import LIGHTS
from reports.figures.services import Facts


@dataclass(frozen=True, kw_only=True)
class PlaceRow:
    """An estate: whose it is, where it is, the light of its project. ``at`` is None where no place is entered."""

    estate: Estate
    project_code: str
    project_name: str
    street_code: str
    street_name: str
    light: str
    at: Point | None
    gone: str = ""

    @property
    def coordinates(self) -> str:
        """纬度，经度 as shown, "" for none."""
        return f"{self.at[0]}，{self.at[1]}" if self.at else ""


def place_rows(*, facts: Facts) -> list[PlaceRow]:
    """The estates of the projects in scope, by street, project and estate. One query."""
    known = {fact.pk: fact for fact in facts.projects}
    estates = (
        Estate.objects.filter(project_id__in=known)
        .select_related("community")
        .order_by("project__street__order", "project__code", "pk")
    )
    return [
        PlaceRow(
            estate=estate,
            project_code=known[estate.project_id].code,
            project_name=known[estate.project_id].name,
            street_code=known[estate.project_id].street_code,
            street_name=known[estate.project_id].street_name,
            light=facts.light_of(known[estate.project_id].code),
            at=_at(estate),
            gone=facts.gone.get(known[estate.project_id].code, ""),
        )
        for estate in estates
    ]


def _at(estate: Estate) -> Point | None:
    if estate.latitude is not None and estate.longitude is not None:
        return estate.latitude, estate.longitude
    return centre(estate.outline)


def narrowed(
    rows: Sequence[PlaceRow], *, street: str, light: str, text: str, placed: str
) -> list[PlaceRow]:
    """The rows that fit: of a street, of a light, with a word in name or address, with or without a place."""
    word = text.strip().casefold()
    return [
        row
        for row in rows
        if (not street or row.street_code == street)
        and (not light or row.light == light)
        and (not placed or (row.at is not None) == (placed == "yes"))
        and (not word or word in _words(row))
    ]


def _words(row: PlaceRow) -> str:
    parts = (row.project_name, row.project_code, row.estate.name, row.estate.address)
    return " ".join(parts).casefold()


def drawing(rows: Sequence[PlaceRow], *, title: str, query: str = "") -> str:
    """The map of the rows that have a place, as SVG; "" where none has one. ``query`` is the week that a project's
    page is opened on."""
    areas: dict[str, tuple[str, list[Site]]] = {}
    for row in rows:
        if row.at is None:
            continue
        look = LIGHTS[row.light]
        name = row.estate.name
        site = Site(
            name=name,
            at=row.at,
            shape=look.shape,
            word=f"{row.project_name}，{look.word}" if name != row.project_name else look.word,
            outline=tuple((Decimal(a), Decimal(b)) for a, b in row.estate.outline),
            href="" if row.gone else reverse("dashboards:project", args=[row.project_code]) + query,
        )
        areas.setdefault(row.street_code, (row.street_name, []))[1].append(site)
    return district_map(title=title, areas=[Area(name, sites) for name, sites in areas.values()])
