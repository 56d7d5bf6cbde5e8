"""A party takes the place of another; who holds a duty at the same time as somebody else."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import combinations

from django.db import transaction

from projects.ledger.editing import locked, save_row
from projects.ledger.enums import SOLE_ROLES, PartyRole
from projects.ledger.models import Party
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.wording import chinese_date


@transaction.atomic
def replace_party(
    *,
    party: Party,
    successor: Party,
    from_on: date,
    seen_version: int,
    reason: str,
    by: User,
    now: datetime,
) -> Party:
    """Put another company in a party's place from a day on; the old row stays and ends on the day before.

    Refuses a party that has a successor already or ended earlier (``party.ended``), and a day on or before
    the old one's first day (``party.before_start``). Raises ``EditConflict`` where the old row was changed
    since ``seen_version``.
    """
    present: Party = locked(row=party, seen_version=seen_version)
    if Party.objects.filter(succeeds=present).exists():
        raise Refusal("party.ended", "这家单位已经有接替的了。")
    if present.valid_to is not None and present.valid_to < from_on:
        raise Refusal("party.ended", "这家单位已经离任，请直接新增单位。", field="valid_from")
    if present.valid_from is not None and from_on <= present.valid_from:
        raise Refusal(
            "party.before_start",
            f"接替日期要晚于原单位的起始日期（{present.valid_from}）。",
            field="valid_from",
        )
    present.valid_to = from_on - timedelta(days=1)
    street = present.project.street
    name = str(present.project)
    save_row(
        row=present,
        organisation=street,
        of=name,
        seen_version=seen_version,
        reason=reason,
        by=by,
        now=now,
    )
    successor.project, successor.role = present.project, present.role
    successor.valid_from, successor.succeeds = from_on, present
    save_row(row=successor, organisation=street, of=name, reason=reason, by=by, now=now)
    return successor


def overlaps(*, parties: Sequence[Party]) -> list[str]:
    """Sentences on roles that one party at a time should hold and two hold on some day."""
    said = []
    for one, other in combinations(sorted(parties, key=lambda each: each.pk), 2):
        if one.role != other.role or one.role not in SOLE_ROLES:
            continue
        first = max(_start(one), _start(other))
        last = min(_end(one), _end(other))
        if first <= last:
            span = "" if first == date.min else f"自 {chinese_date(first)} "
            until = "起" if last == date.max else f"至 {chinese_date(last)} "
            role = PartyRole(one.role).label
            said.append(f"{role}：“{one.name}”与“{other.name}”{span}{until}同时在任。")
    return said


def _start(party: Party) -> date:
    return party.valid_from or date.min


def _end(party: Party) -> date:
    return party.valid_to or date.max
