"""Queries over uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from renovation.records.querysets import WorkQuerySet

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Upload


class UploadQuerySet(WorkQuerySet["Upload"]):
    def visible_to(self, scope: Scope) -> UploadQuerySet:
        """Uploads for the scope's organisations."""
        return self.filter(organisation_id__in=scope.organisation_ids)

    def for_target(self, *, pipeline: str, organisation_id: int, period_key: str) -> UploadQuerySet:
        """Uploads of a kind for an organisation and a period, the newest first."""
        return self.filter(
            pipeline=pipeline, organisation_id=organisation_id, period_key=period_key
        )

    def move(self, pk: int, *, old: str, new: str, **changes: object) -> bool:
        """Compare-and-swap of the state; False when it was no longer ``old``."""
        return self.filter(pk=pk, state=old).update(state=new, **changes) == 1
