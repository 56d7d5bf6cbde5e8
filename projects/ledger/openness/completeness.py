"""Which of the eight are there: two surveys, two visits, four publications. Pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.enums import VISITS, CommitmentKind, PublicationKind, SurveyKind
from projects.ledger.models import Commitment, Publication, Survey

from .elsewhere import Published


@dataclass(frozen=True, slots=True)
class Point:
    """One of the eight: its kind, the records of it, whether it is there."""

    kind: SurveyKind | PublicationKind
    rows: tuple[Survey | Publication, ...]
    elsewhere: tuple[Published, ...] = ()

    @property
    def is_there(self) -> bool:
        """At least one record, here or in another wing."""
        return bool(self.rows or self.elsewhere)

    @property
    def households(self) -> int | None:
        """Households visited, added over the rounds; None for what is no visit."""
        if self.kind not in VISITS:
            return None
        return sum(row.household_count or 0 for row in self.rows if isinstance(row, Survey))


def points(
    *,
    surveys: Sequence[Survey],
    publications: Sequence[Publication],
    elsewhere: Sequence[Published] = (),
) -> tuple[list[Point], list[Point]]:
    """两清两访 and 四公开, each in order, with their records by day; ``elsewhere`` is what other wings published."""
    clear = [Point(kind, tuple(row for row in surveys if row.kind == kind)) for kind in SurveyKind]
    public = [
        Point(
            kind,
            tuple(row for row in publications if row.kind == kind),
            tuple(each for each in elsewhere if each.kind == kind),
        )
        for kind in PublicationKind
    ]
    return clear, public


def count_there(rows: Sequence[Point]) -> int:
    """How many are there."""
    return sum(row.is_there for row in rows)


def serving(rows: Sequence[Commitment], on: date) -> list[Commitment]:
    """Records that run on a day."""
    return [
        row for row in rows if row.starts_on <= on and (row.ends_on is None or row.ends_on >= on)
    ]


def points_sum(rows: Sequence[Commitment]) -> int:
    """All points recorded."""
    return sum(row.points or 0 for row in rows if row.kind == CommitmentKind.POINTS)
