"""Queries over meetings and items; every page starts from ``visible_to``."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import models
from django.db.models import Case, CharField, Count, Exists, OuterRef, Q, Subquery, When
from django.db.models.functions import Cast, Coalesce

from renovation.records.acting import by_others
from renovation.records.models import AuditEntry

from .enums import (
    OPEN_STATES,
    OWED_STATES,
    ExtensionState,
    ItemAct,
    ItemState,
    MeetingState,
    MinutesState,
    TopicKind,
)

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import DispatchItem, DispatchMeeting, ItemExtension, Minutes, Topic

#: The acts that put words into minutes.
WORD_ACTS = ("dispatch.minutes.record", "dispatch.minutes.correct")


def _is_outsider(scope: Scope) -> bool:
    """Whoever is shown only what is approved has no part in the bureau's meetings."""
    return scope.approved_only or scope.is_anonymous


def _is_bureau(scope: Scope) -> bool:
    return scope.bureau_id is not None and scope.bureau_id in scope.organisation_ids


class DispatchMeetingQuerySet(models.QuerySet["DispatchMeeting"]):
    def visible_to(self, scope: Scope) -> DispatchMeetingQuerySet:
        """Those of the scope's bureau, for the bureau and its streets, which are called to them; none for who is
        shown approved figures alone."""
        if _is_outsider(scope) or scope.bureau_id is None:
            return self.none()
        return self.filter(bureau_id=scope.bureau_id)

    def standing(self) -> DispatchMeetingQuerySet:
        """Not called off."""
        return self.exclude(state=MeetingState.CALLED_OFF)


class TopicQuerySet(models.QuerySet["Topic"]):
    def visible_to(self, scope: Scope) -> TopicQuerySet:
        """All for the bureau; for a street its own, and once the minutes are signed those about no single street:
        what was said of others stays theirs, and an item of a section the bureau's."""
        if _is_outsider(scope) or scope.bureau_id is None:
            return self.none()
        rows = self.filter(meeting__bureau_id=scope.bureau_id)
        if _is_bureau(scope):
            return rows
        own = Q(street_id__among=scope.organisation_ids)
        signed = Q(meeting__in=self._meetings_signed(), street=None, project=None, struck_at=None)
        return rows.filter(own | signed & ~Q(kind=TopicKind.ITEM))

    def _meetings_signed(self) -> models.QuerySet[Any, Any]:
        meeting: Any = self.model._meta.get_field("meeting").related_model
        signed = meeting.objects.filter(minutes__state=MinutesState.SIGNED)
        rows: models.QuerySet[Any, Any] = signed.values("pk")
        return rows

    def kept(self) -> TopicQuerySet:
        """On the agenda: not struck."""
        return self.filter(struck_at=None)


class MinutesQuerySet(models.QuerySet["Minutes"]):
    def visible_to(self, scope: Scope) -> MinutesQuerySet:
        """All versions for the bureau; for its streets those that were signed."""
        if _is_outsider(scope) or scope.bureau_id is None:
            return self.none()
        rows = self.filter(meeting__bureau_id=scope.bureau_id)
        return rows if _is_bureau(scope) else rows.filter(state=MinutesState.SIGNED)

    def by_others(self, persons: Collection[int]) -> MinutesQuerySet:
        """Those that none of these persons submitted or ever wrote in, nor anybody in their place: what they may
        sign. The last hand stands on the row, those before it in the log. No query of its own."""
        wrote = AuditEntry.objects.filter(
            Q(actor__in=persons) | Q(stands_for__in=persons),
            object_type=self.model._meta.label_lower,
            object_id=Cast(OuterRef("pk"), CharField()),
            act__in=WORD_ACTS,
        )
        rows = by_others(by_others(self, "recorded_by", persons), "submitted_by", persons)
        return rows.exclude(Exists(wrote))

    def signed(self) -> MinutesQuerySet:
        """已签发; of a meeting the one with the highest version is in force."""
        return self.filter(state=MinutesState.SIGNED)


class DispatchItemQuerySet(models.QuerySet["DispatchItem"]):
    def visible_to(self, scope: Scope) -> DispatchItemQuerySet:
        """All for the bureau; for a street those in force that it answers, helps with, or that are about a project of
        its own; for a company those it answers itself; nobody else has a part in them."""
        if scope.is_anonymous:
            return self.none()
        if not _is_outsider(scope) and _is_bureau(scope):
            return self.filter(bureau_id=scope.bureau_id)
        rows = self.filter(in_force_at__isnull=False)
        theirs = Q(organisation_id__in=scope.party_ids, answerer_kind="party")
        if _is_outsider(scope):
            project: Any = self.model._meta.get_field("project").related_model
            return rows.filter(theirs, project__in=project.objects.visible_to(scope))
        helped = self.model._base_manager.filter(co_organisations__in=scope.organisation_ids)
        return rows.filter(
            theirs
            | Q(organisation_id__among=scope.organisation_ids)
            | Q(project__street_id__among=scope.organisation_ids)
            | Q(pk__in=helped.values("pk"))
        )

    def in_force(self) -> DispatchItemQuerySet:
        """Those that came into force, whatever became of them."""
        return self.filter(in_force_at__isnull=False)

    def unsettled(self) -> DispatchItemQuerySet:
        """In force and not at their end."""
        return self.filter(state__in=OPEN_STATES)

    def overdue_on(self, today: date) -> DispatchItemQuerySet:
        """Still owed past the deadline in force."""
        return self.filter(state__in=OWED_STATES, due_on__lt=today)

    def planned(self) -> DispatchItemQuerySet:
        """Those that wait for their minutes."""
        return self.filter(state=ItemState.PLANNED)

    def with_carried(self) -> DispatchItemQuerySet:
        """With ``carried_count``: on the agenda of how many held meetings it stood since it was assigned."""
        topic: Any = self.model._meta.get_field("topics").related_model
        counted = (
            topic._base_manager.filter(
                item=OuterRef("pk"), struck_at=None, meeting__state=MeetingState.HELD
            )
            .order_by()
            .values("item")
            .annotate(times=Count("pk"))
            .values("times")
        )
        return self.annotate(carried_count=Coalesce(Subquery(counted), 0))

    def with_asked(self) -> DispatchItemQuerySet:
        """With ``asked_until``: the day of the extension that waits, None where none does."""
        extension: Any = self.model._meta.get_field("extensions").related_model
        waiting = extension._base_manager.filter(item=OuterRef("pk"), state=ExtensionState.ASKED)
        return self.annotate(asked_until=Subquery(waiting.values("wanted_on")[:1]))

    def with_moved(self) -> DispatchItemQuerySet:
        """With ``has_moved``: whether the project was ever in another street."""
        project: Any = self.model._meta.get_field("project").related_model
        moved = project._base_manager.filter(former_streets__isnull=False, pk=OuterRef("project"))
        return self.annotate(has_moved=Exists(moved))

    def with_sent_back(self) -> DispatchItemQuerySet:
        """With ``was_sent_back``: whether a report of who answers now was sent back. What was sent back to another
        before a transfer was not said to them."""
        step: Any = self.model._meta.get_field("steps").related_model
        acts = step._base_manager.filter(
            item=OuterRef("pk"), act__in=[ItemAct.SEND_BACK, ItemAct.TRANSFER]
        )
        last = Subquery(acts.order_by("-pk").values("act")[:1])
        return self.annotate(last_turn=last).annotate(
            was_sent_back=Case(When(last_turn=ItemAct.SEND_BACK, then=True), default=False)
        )


class ItemExtensionQuerySet(models.QuerySet["ItemExtension"]):
    def visible_to(self, scope: Scope) -> ItemExtensionQuerySet:
        """Those of the items in sight."""
        item: Any = self.model._meta.get_field("item").related_model
        return self.filter(item__in=item.objects.visible_to(scope))

    def waiting(self) -> ItemExtensionQuerySet:
        """Asked for and not decided."""
        return self.filter(state=ExtensionState.ASKED)
