"""What the intake tells people."""

from __future__ import annotations

from .results import KINDS

__all__ = ["KINDS"]
