"""Where something is: which building, which ground. Pure functions over what people type."""

from __future__ import annotations

import re
from dataclasses import dataclass

from projects.ledger.addresses import building_form
from renovation.core.reading import to_halfwidth


def building_keys(names: str) -> frozenset[str]:
    """The buildings of a list such as ``1 号楼、2 号楼``."""
    return frozenset(key for part in re.split(r"[、,，;；]", names) if (key := building_form(part)))


@dataclass(frozen=True, slots=True)
class Ground:
    """A piece of ground of a project. ``estate_id`` None means all estates, ``stretch`` "" all of it."""

    project_id: int
    estate_id: int | None = None
    stretch: str = ""

    def meets(self, other: Ground) -> bool:
        """Whether the two share ground."""
        return (
            self.project_id == other.project_id
            and (None in (self.estate_id, other.estate_id) or self.estate_id == other.estate_id)
            and (
                not self.stretch
                or not other.stretch
                or stretch_key(self.stretch) == stretch_key(other.stretch)
            )
        )


def stretch_key(name: str) -> str:
    """A stretch as it is compared."""
    return re.sub(r"\s+", "", to_halfwidth(name)).upper()
