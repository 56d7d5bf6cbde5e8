"""Sealing audit entries into the hash chain, and proving that the chain holds (HOUSE.md §4.10)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from renovation.core.audit_chain import GENESIS, link

from .models import AuditEntry, AuditSeal, SealedEntry

BATCH = 5_000


@dataclass(frozen=True, slots=True)
class Verification:
    """What a check of the chain found; ``broken_entry`` is the id of the first entry that does not
    follow, with the reason in one Chinese sentence."""

    sealed_count: int
    unsealed_count: int
    broken_entry: int | None = None
    reason: str = ""

    @property
    def holds(self) -> bool:
        """Whether nothing sealed was changed, removed, inserted or reordered."""
        return not self.reason


def fields_of(entry: AuditEntry) -> Mapping[str, Any]:
    """What of an entry is hashed: everything that it says."""
    stands_for = {} if entry.stands_for_id is None else {"stands_for": entry.stands_for_id}
    return stands_for | {
        "id": entry.pk,
        "at": entry.at,
        "actor": entry.actor_id,
        "actor_label": entry.actor_label,
        "act": entry.act,
        "sentence": entry.sentence,
        "object_type": entry.object_type,
        "object_id": entry.object_id,
        "organisation": entry.organisation_id,
        "changes": _text(entry.changes),
        "reason": entry.reason,
        "request_id": entry.request_id,
        "run_id": entry.run_id,
    }


def _text(value: Any) -> Any:
    """JSON numbers with a fraction have no canonical text; their Python text has."""
    match value:
        case float():
            return repr(value)
        case dict():
            return {key: _text(part) for key, part in value.items()}
        case list():
            return [_text(part) for part in value]
        case _:
            return value


def seal(*, now: datetime) -> int:
    """Seal what is not sealed yet, at most 5,000 entries; returns how many.

    Two processes may try at once: both build on the same digest, which is unique as ``previous_digest``,
    so one of them finds its batch refused and returns 0.
    """
    entries = list(AuditEntry.objects.filter(sealed=None).order_by("pk")[:BATCH])
    if not entries:
        return 0
    last = AuditSeal.objects.order_by("-pk").first()
    previous = digest = last.digest if last else GENESIS
    digests = []
    for entry in entries:
        digest = link(digest, fields_of(entry))
        digests.append(digest)
    try:
        with transaction.atomic():
            batch = AuditSeal.objects.create(
                entry_count=len(entries), previous_digest=previous, digest=digest, sealed_at=now
            )
            SealedEntry.objects.bulk_create(
                SealedEntry(entry=entry, seal=batch, position=position, digest=each)
                for position, (entry, each) in enumerate(zip(entries, digests, strict=True))
            )
    except IntegrityError:
        return 0
    return len(entries)


def verify() -> Verification:
    """Recompute the whole chain from the entries as they stand."""
    unsealed = AuditEntry.objects.filter(sealed=None).count()
    count = 0
    previous = GENESIS
    for batch in AuditSeal.objects.order_by("pk"):
        if batch.previous_digest != previous:
            return Verification(count, unsealed, None, f"第 {batch.pk} 批封存不接前一批。")
        places = 0
        sealed = batch.entries.select_related("entry").order_by("position")
        for place in sealed.iterator(chunk_size=2_000):
            previous = link(previous, fields_of(place.entry))
            if place.position != places or place.digest != previous:
                return Verification(
                    count, unsealed, place.entry_id, f"第 {place.entry_id} 条记录与封存时不一致。"
                )
            places += 1
            count += 1
        if places != batch.entry_count or batch.digest != previous:
            return Verification(
                count,
                unsealed,
                None,
                f"第 {batch.pk} 批封存了 {batch.entry_count} 条，现有 {places} 条。",
            )
    return Verification(count, unsealed)
