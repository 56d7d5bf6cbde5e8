"""What administration tells people: that somebody's open matters are theirs now."""

from __future__ import annotations

from renovation.core.messages import MessageKind, Purpose

from .handing_over.services import KIND

KINDS = [MessageKind(code=KIND, label="交接", purpose=Purpose.REMINDER)]
