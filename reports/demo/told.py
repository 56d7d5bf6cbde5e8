"""A project of the demo as others need it: its row, its outline, its story."""

from __future__ import annotations

from dataclasses import dataclass

from projects.ledger.models import Project

from .outlines import Outline
from .stories import Story


@dataclass(frozen=True)
class Told:
    """A project in the database with its outline and its story; ``place`` counts from 0 within its year."""

    place: int
    project: Project
    outline: Outline
    story: Story
