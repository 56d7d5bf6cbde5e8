"""What residents are told, ask and take over."""

from .notices import Notice, Objection

__all__ = ["Notice", "Objection"]
