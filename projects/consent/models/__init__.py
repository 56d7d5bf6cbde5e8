"""The archive of households, rounds with their answers, and visits at the door."""

from .answers import Answer
from .archive import CareVisit, Household
from .rounds import Link, Round

__all__ = ["Answer", "CareVisit", "Household", "Link", "Round"]
