"""Queries over papers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef, Q

from renovation.accounts.enums import Permission
from renovation.records.querysets import WorkQuerySet

from .enums import PaperKind, PaperState

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import Document, Rendition


class DocumentQuerySet(models.QuerySet["Document"]):
    def visible_to(self, scope: Scope) -> DocumentQuerySet:
        """Papers about the scope's organisations, and the district's issued bulletins and minutes (a district's
        dispatch sheet holds other streets' rows); drafts only for who works on papers. Minutes are the bureau's and
        its streets' own: not for who is shown approved figures alone."""
        about = Q(subject_id__among=scope.organisation_ids)
        if scope.bureau_id is not None:
            shared = Q(kind__in=[PaperKind.BULLETIN, PaperKind.MINUTES], state=PaperState.ISSUED)
            about |= shared & Q(subject_id=scope.bureau_id)
        rows = self.filter(about)
        if scope.approved_only:
            rows = rows.exclude(kind=PaperKind.MINUTES)
        if not scope.can(Permission.PAPER_READ) and not scope.can(Permission.PAPER_READ_DRAFT):
            return rows.none()
        if not scope.can(Permission.PAPER_READ_DRAFT):
            rows = rows.filter(state=PaperState.ISSUED)
        return rows

    def with_successor(self) -> DocumentQuerySet:
        """With ``is_superseded``: whether a later version of the same paper was issued, whatever became of
        the versions between."""
        return self.annotate(is_superseded=self._successor())

    def in_force(self) -> DocumentQuerySet:
        """Without the papers that an issued later version has replaced."""
        return self.exclude(self._successor())

    def _successor(self) -> Exists:
        return Exists(
            self.model.objects.filter(
                kind=OuterRef("kind"),
                subject=OuterRef("subject"),
                period_key=OuterRef("period_key"),
                version__gt=OuterRef("version"),
                state=PaperState.ISSUED,
            )
        )


class RenditionQuerySet(WorkQuerySet["Rendition"]):
    """Renditions are reached through their document."""
