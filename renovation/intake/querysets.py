"""Queries over uploads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db.models import Q

from renovation.records.querysets import WorkQuerySet

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Upload

_OPEN = ("received", "reading", "preview")


class UploadQuerySet(WorkQuerySet["Upload"]):
    def visible_to(self, scope: Scope) -> UploadQuerySet:
        """Uploads for the scope's organisations."""
        return self.filter(organisation_id__among=scope.organisation_ids)

    def for_target(self, *, pipeline: str, organisation_id: int, period_key: str) -> UploadQuerySet:
        """Uploads of a kind for an organisation and a period, the newest first."""
        return self.filter(
            pipeline=pipeline, organisation_id=organisation_id, period_key=period_key
        )

    def of_target(self, upload: Upload) -> UploadQuerySet:
        """The uploads of the same kind, organisation and period, the newest first, this one among them."""
        return self.for_target(
            pipeline=upload.pipeline,
            organisation_id=upload.organisation_id,
            period_key=upload.period_key,
        )

    def open(self) -> UploadQuerySet:
        """Those that still wait for something: to be read, or for a person."""
        return self.filter(state__in=_OPEN)

    def after(self, upload: Upload) -> UploadQuerySet:
        """Those that came in later."""
        return self.filter(
            Q(received_at__gt=upload.received_at)
            | Q(received_at=upload.received_at, pk__gt=upload.pk)
        )

    def standing(self) -> UploadQuerySet:
        """Of one target's: the newest whose place no other took, and those that still wait for something."""
        newest = self.exclude(state="superseded").values("pk")[:1]
        return self.filter(Q(state__in=_OPEN) | Q(pk__in=newest))

    def move(self, pk: int, *, old: str, new: str, **changes: object) -> bool:
        """Compare-and-swap of the state; False when it was no longer ``old``."""
        return self.filter(pk=pk, state=old).update(state=new, **changes) == 1
