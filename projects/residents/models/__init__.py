"""What residents are told and what they raise."""

from .meetings import Matter, Meeting
from .notices import Notice, Objection

__all__ = ["Matter", "Meeting", "Notice", "Objection"]
