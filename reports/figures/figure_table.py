"""The figures of one level, as the interface lists them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property

from renovation.core.measures import Approval
from renovation.core.periods import Period

from .facts import Figure, Place


@dataclass(frozen=True)
class FigureTable:
    """The figures of one level, in order of places and of the catalogue; iterate over it or ask by name."""

    level: str
    as_of: date
    approval: Approval
    period: Period
    figures: tuple[Figure, ...]

    @cached_property
    def _by_key(self) -> Mapping[tuple[str, str], Figure]:
        return {(figure.measure.name, figure.place.code): figure for figure in self.figures}

    def get(self, measure_name: str, scope_code: str) -> Figure:
        """The figure of a measure at the place with a code; KeyError where there is none."""
        return self._by_key[measure_name, scope_code]

    @property
    def places(self) -> list[Place]:
        """The places, each once."""
        return list(dict.fromkeys(figure.place for figure in self.figures))

    def __iter__(self) -> Iterator[Figure]:
        return iter(self.figures)

    def __len__(self) -> int:
        return len(self.figures)
