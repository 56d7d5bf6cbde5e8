"""Queries over records."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self, TypeVar

from django.db import models
from django.db.models import F, Q

if TYPE_CHECKING:
    from renovation.accounts.scope import Scope

    from .models import AuditEntry, Message, MessageChoice, Setting

Row = TypeVar("Row", bound=models.Model)


class WorkQuerySet(models.QuerySet[Row]):
    """Rows that are jobs (HOUSE.md §4.3): claimed by compare-and-swap, healed by a sweeper."""

    def claim(self, pk: int, *, now: datetime) -> bool:
        """Take a queued row for this process; False when another one was quicker."""
        claimed = self.filter(pk=pk, work_state="queued", not_before__lte=now).update(
            work_state="running", claimed_at=now, attempts=F("attempts") + 1
        )
        return claimed == 1

    def finish(self, pk: int, *, now: datetime) -> bool:
        """Mark a running row as done."""
        return (
            self.filter(pk=pk, work_state="running").update(
                work_state="done", finished_at=now, error=""
            )
            == 1
        )

    def fail(self, pk: int, *, error: str, now: datetime) -> bool:
        """Mark a running row as failed, with one sentence why."""
        return (
            self.filter(pk=pk, work_state="running").update(
                work_state="failed", finished_at=now, error=error[:500]
            )
            == 1
        )

    def falter(
        self, pk: int, *, attempts: int, most_attempts: int, error: str, now: datetime
    ) -> bool:
        """A running row met a fault, kept with it: it is tried again, later each time (1, 4, 9 … minutes), or has
        failed after ``most_attempts``. One statement: nothing comes between failing and being queued again."""
        if attempts >= most_attempts:
            return self.fail(pk, error=error, now=now)
        return (
            self.filter(pk=pk, work_state="running").update(
                work_state="queued",
                not_before=now + timedelta(minutes=attempts**2),
                error=error[:500],
            )
            == 1
        )

    def requeue(self, pk: int, *, now: datetime) -> bool:
        """Put a failed or abandoned row back in the queue."""
        return (
            self.filter(pk=pk, work_state__in=["failed", "running"]).update(
                work_state="queued", not_before=now
            )
            == 1
        )

    def abandoned(self, *, now: datetime, lease: timedelta) -> Self:
        """Running rows whose worker has been silent for longer than the lease."""
        return self.filter(work_state="running", claimed_at__lt=now - lease)

    def waiting(self, *, now: datetime) -> Self:
        """Queued rows that may start now."""
        return self.filter(work_state="queued", not_before__lte=now)

    def heal(
        self,
        *,
        now: datetime,
        lease: timedelta,
        patience: timedelta,
        most_attempts: int,
        given_up: str,
        nudge: Callable[[int], object],
    ) -> int:
        """What a sweeper does: rows that are silent for longer than the ``lease`` are queued again, those that died
        too often have failed with ``given_up``; rows that wait for longer than the ``patience`` have lost their nudge
        and get another, fifty at the most. Returns how many were moved."""
        moved = 0
        for pk, attempts in self.abandoned(now=now, lease=lease).values_list("pk", "attempts"):
            if attempts >= most_attempts:
                self.fail(pk, error=given_up, now=now)
            else:
                moved += self.requeue(pk, now=now)
        waiting = self.waiting(now=now - patience).order_by("pk")
        for pk in waiting.values_list("pk", flat=True)[:50]:
            nudge(pk)
            moved += 1
        return moved


class AuditEntryQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, scope: Scope) -> AuditEntryQuerySet:
        """Entries of the scope's organisations and those that belong to none (sign-in, system)."""
        return self.filter(Q(organisation=None) | Q(organisation_id__among=scope.organisation_ids))


class SettingQuerySet(models.QuerySet["Setting"]):
    def visible_to(self, scope: Scope) -> SettingQuerySet:
        return self.filter(organisation_id__among=scope.organisation_ids)


class MessageQuerySet(models.QuerySet["Message"]):
    def visible_to(self, scope: Scope) -> MessageQuerySet:
        """The delivery log of the scope's organisations."""
        return self.filter(organisation_id__among=scope.organisation_ids)

    def at_desk_of(self, scope: Scope) -> MessageQuerySet:
        """What stands on the desk of the scope's own person."""
        return self.filter(person_id=scope.user_id, channel="desk", state="sent")

    def unread(self) -> MessageQuerySet:
        """Neither read by the person nor settled meanwhile."""
        return self.filter(read_at=None, settled_at=None)

    def open(self) -> MessageQuerySet:
        """What was sent to a desk and is not settled, be it read or not."""
        return self.filter(channel="desk", state="sent", settled_at=None)


class MessageChoiceQuerySet(models.QuerySet["MessageChoice"]):
    def visible_to(self, scope: Scope) -> MessageChoiceQuerySet:
        """One's own."""
        return self.filter(person_id=scope.user_id)
