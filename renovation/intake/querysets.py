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
