"""Which waivers hold at a moment, as the checks see them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from renovation.accounts.models import Organisation
from renovation.core.wording import chinese_date
from renovation.records.acting import who

from .models import RuleWaiver


@dataclass(frozen=True, slots=True)
class HoldingWaiver:
    """A waiver that holds: of which rule, for which project (None: the whole street), and its words: who approved it,
    until when, why."""

    pk: int
    rule: str
    project_id: int | None
    words: str


def words_of(waiver: RuleWaiver) -> str:
    """区局 审核岗批准，至2025年6月30日，原因：结算审计中"""
    until = chinese_date(waiver.ends_on)
    return f"{who(waiver, 'decided_by')}批准，至{until}，原因：{waiver.reason.rstrip('。；，')}"


def rule_waivers_at(*, street: Organisation, moment: datetime) -> tuple[HoldingWaiver, ...]:
    """The waivers that spare a street or projects that are its own at a moment; those of one project come first.
    One query."""
    rows = (
        RuleWaiver.objects.in_force_at(moment)
        .filter(Q(street=street, project=None) | Q(project__street=street))
        .select_related("decided_by")
        .order_by("pk")
    )
    found = [HoldingWaiver(row.pk, row.rule, row.project_id, words_of(row)) for row in rows]
    return tuple(sorted(found, key=lambda each: each.project_id is None))
