"""What facts of one project have in common."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .facts import ProjectFacts


class OfProject:
    """What the facts of one project say of it, as ``core.measures.Fact`` asks: by its code, its street, its name."""

    __slots__ = ()
    project: ProjectFacts

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.project.street_name

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """The project's name; what is of a part of it says which."""
        return self.project.name
