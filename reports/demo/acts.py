"""The audit entries that the acts of two years would have left, in the order of their times."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import models

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.records.models import AuditEntry


class Acts:
    """Collects acts and writes them once, oldest first."""

    def __init__(self) -> None:
        self._entries: list[AuditEntry] = []
        self._deputies: dict[int, User] = {}

    def add(
        self,
        act: str,
        sentence: str,
        *,
        by: User | None,
        at: datetime,
        target: models.Model,
        organisation: Organisation | None = None,
        of: Project | None = None,
        reason: str = "",
        changes: Mapping[str, Any] | None = None,
    ) -> None:
        """Remember one act on an object that is in the database: of an organisation, or of the street where a
        project was on its day; of a stand-in as ``records.services.audit`` does."""
        if of is not None:
            organisation = of.street_on(local_day(at))
        stands_for = by.stands_for if by is not None else None
        if by is not None and stands_for is not None:
            self._deputies[by.pk] = by
        self._entries.append(
            AuditEntry(
                at=at,
                actor=by,
                actor_label=str(by) if by is not None else "系统",
                stands_for=stands_for,
                act=act,
                sentence=sentence[:500],
                object_type=target._meta.label_lower,
                object_id=str(target.pk),
                organisation=organisation,
                reason=reason,
                changes=dict(changes or {}),
            )
        )

    def write(self, *, until: datetime | None = None) -> int:
        """Append what was collected, up to a moment where one is given; returns how many."""
        self._entries.sort(key=lambda entry: entry.at)
        due = [entry for entry in self._entries if until is None or entry.at <= until]
        AuditEntry.objects.bulk_create(due, batch_size=500)
        del self._entries[: len(due)]
        for deputy in self._deputies.values():
            deputy.has_stood_in = True
            deputy.save(update_fields=["has_stood_in"])
        self._deputies.clear()
        return len(due)
