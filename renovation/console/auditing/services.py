"""Taking lists of the administration and of the audit away; that they were taken stands in the audit log."""

from __future__ import annotations

from datetime import datetime

from renovation.accounts.models import User
from renovation.accounts.scope import Scope, bureau_in
from renovation.records.services import audit


def note_export(
    *, act: str, name: str, words: str, count: int, scope: Scope, by: User, now: datetime
) -> None:
    """Log that a list left the portal: which, filtered how (``words``), how many rows. ``act`` ends in ``.export``."""
    narrowed = f"（{words}）" if words else ""
    audit(
        act=act,
        sentence=f"导出{name}{narrowed}，{count} 条",
        by=by,
        now=now,
        organisation=bureau_in(scope),
    )
