"""What residents are told and what they raise, what they give, and who looks after the estate in the end."""

from .aftercare import Committee, FeeCollection, FundEntry, Management
from .confirmed import Evaluation, Handover, Opinion
from .contributions import Contribution
from .meetings import Matter, Meeting
from .notices import Notice, Objection

__all__ = [
    "Committee",
    "Contribution",
    "Evaluation",
    "FeeCollection",
    "FundEntry",
    "Handover",
    "Management",
    "Matter",
    "Meeting",
    "Notice",
    "Objection",
    "Opinion",
]
