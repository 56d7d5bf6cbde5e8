"""The parts of which pages that join are made: frozen values with their measures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from renovation.core.measures import Measure
from renovation.core.periods import Week
from reports.figures import services as figures
from reports.figures.services import Facts, Place

from .sentences import named


@dataclass(frozen=True, kw_only=True)
class Tile:
    """One of the figures on top: the measure, its change, what stands under it, its source rows.

    ``pending`` says what waits for approval and is left out, with its amount.
    """

    name: str
    measure: Measure
    change: Measure | None
    basis: str
    href: str
    as_of_note: str = ""
    pending: str = ""

    @property
    def aside(self) -> str:
        """The measure's remarks that do not say what waits: for who has its parts in cells of their own."""
        return self.measure.aside_text

    @property
    def bare(self) -> Measure:
        """The measure without its remarks: they stand in ``basis`` and ``pending``, for whom they are meant."""
        return replace(self.measure, note="")


@dataclass(frozen=True, kw_only=True)
class Passed:
    """A gate that projects passed since last week: who (code, name), the last day of them, and how many of all
    have passed it by now."""

    gate: str
    projects: tuple[tuple[str, str], ...]
    on: date
    count: int
    total: int
    gone: str = ""

    @property
    def code(self) -> str:
        """The code of the one project whose page the reader may open, "" where there are several."""
        return self.projects[0][0] if len(self.projects) == 1 and not self.gone else ""

    @property
    def names(self) -> str:
        """The projects in words."""
        return named([name for _, name in self.projects])


@dataclass(frozen=True, kw_only=True)
class StreetLights:
    """The lights of a place: (key, project name) of every project, and their counts by key."""

    name: str
    code: str
    lights: tuple[tuple[str, str], ...]
    counts: Mapping[str, int]

    @property
    def total(self) -> int:
        """How many projects."""
        return sum(self.counts.values())


@dataclass(frozen=True, kw_only=True)
class ReturnCell:
    """A street in a week: 按时, 迟报, 未报, 待报 or "" where nothing was asked of it."""

    week: Week
    word: str = ""
    is_on_time: bool = False
    is_late: bool = False
    is_missing: bool = False


@dataclass(frozen=True, kw_only=True)
class ReturnRow:
    """A street's returns: how the week stands (word and kind of mark), when it came, the weeks before."""

    street: str
    code: str
    word: str
    kind: str
    sent_at: datetime | None
    is_missing: bool
    cells: tuple[ReturnCell, ...]


@dataclass(frozen=True, kw_only=True)
class RankRow:
    """A place in the ranking with its measures, and where it stood last week ("" where there was no week).

    ``gone`` says where a project went whose page the reader may not open. ``adjusted`` names what came into the place
    or left it since: its change is of another range of projects.
    """

    place: str
    place_before: str
    name: str
    code: str
    projects: Measure
    households: Measure
    area: Measure
    scheduled: Measure
    physical: Measure
    deviation: Measure
    change: Measure | None
    gone: str = ""
    adjusted: str = ""

    @property
    def bar_label(self) -> str:
        """The bar in words."""
        return f"形象 {self.physical.full_text}，序时 {self.scheduled.full_text}"


def tile_of(
    facts: Facts,
    before: Facts | None,
    name: str,
    *,
    basis: str,
    label: str = "",
    place: Place | None = None,
    as_of_note: str = "",
) -> Tile:
    """A measure with its change, its remarks beside the basis, and what waits for approval apart."""
    measure = facts.get(name, place)
    others = [measure.aside_text] if measure.aside_text else []
    return Tile(
        name=label or measure.label,
        measure=measure,
        change=figures.change_of(facts=facts, earlier=before, name=name, place=place),
        basis="；".join([basis, *others] if measure.value is not None else others),
        href=figures.source_address(facts, name, place or facts.whole),
        as_of_note=as_of_note,
        pending=measure.waits_text,
    )
