"""What passes to another when a person leaves the post: findings of the audit that wait to be mended or closed."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from renovation.accounts.enums import Permission
from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.handing import MatterWords, OpenMatter
from renovation.core.wording import chinese_date

from .enums import FindingState
from .findings.services import hand_over
from .models import AuditFinding
from .querysets import AuditFindingQuerySet


def _findings(organisations: Collection[int]) -> AuditFindingQuerySet:
    """Also what was settled before the portal and waits for its approval: sent back, it is its owner's to mend."""
    rows = AuditFinding.objects.exclude(state=FindingState.CLOSED)
    return rows.filter(project__street_id__in=organisations).select_related("project__street")


def _words(row: AuditFinding) -> MatterWords:
    state = row.get_state_display() if row.settled_on is None else "期初待核定"
    return MatterWords(
        name=f"{row.number} {row.title}",
        detail=f"{row.project.name}，{state}，整改期限 {chinese_date(row.deadline_on)}",
    )


def _refusal(row: AuditFinding, scope: Scope) -> str:
    if row.project.street_id not in scope.organisation_ids:
        return "不在接收人的辖区"
    return "" if scope.can(Permission.FINDING_ANSWER) else "接收人不能报审计问题整改"


def _pass_on(*, row: AuditFinding, to: User, said: str, by: User, now: datetime) -> None:
    hand_over(finding=row, owner=to, text=said, by=by, now=now)


MATTERS = [
    OpenMatter(
        code="funding.finding",
        label="审计问题",
        unit="个",
        column="funding.AuditFinding.owner",
        open_rows=_findings,
        words=_words,
        refusal=_refusal,
        pass_on=_pass_on,
    )
]
