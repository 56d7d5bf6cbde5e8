"""Saving a tracked row as a person left it on a day."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models

from renovation.accounts.models import User


def keep(row: models.Model, *, by: User, at: datetime, reason: str) -> None:
    """Save a row with the entry that its history has of it, and leave nothing on it for a later save."""
    tracked: Any = row
    tracked._history_user, tracked._history_date, tracked._change_reason = by, at, reason[:100]
    row.save()
    for name in ("_history_user", "_history_date", "_change_reason"):
        delattr(tracked, name)
