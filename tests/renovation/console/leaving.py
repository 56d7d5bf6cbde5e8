"""What a person who leaves has open: a question, a finding, cells typed; and the hand-over of it."""

from __future__ import annotations

from datetime import date
from typing import Any

from projects.funding.enums import FindingOrigin, FindingSeverity
from projects.funding.findings import services as findings
from projects.funding.findings.services import FindingValues
from projects.funding.models import AuditFinding
from projects.ledger.models import Project
from renovation.accounts.models import HandOver, User
from renovation.console.handing_over.matters import preview
from renovation.console.handing_over.services import hand_over
from supervision.weekly.following import services as following
from supervision.weekly.models import FollowUp, FormDraft
from tests.factories.accounts import scope_for
from tests.supervision.weekly.office import THURSDAY, WEEK, Office


def asked(office: Office, *, by: str = "bureau", place: int = 0) -> FollowUp:
    """A question of the bureau about a row of the return."""
    sent = (
        office.submitted()
        if not FollowUp.objects.exists()
        else FollowUp.objects.all()[0].weekly_return
    )
    return following.ask(
        weekly_return=sent,
        project=office.projects[place],
        question="累计投资为什么没有增加",
        due_on=date(2025, 5, 12),
        by=office.district.users[by],
        now=THURSDAY,
    )


def found(project: Project, owner: User, title: str = "外墙保温多计量") -> AuditFinding:
    """A finding of the audit that a person has to mend."""
    values = FindingValues(
        origin=FindingOrigin.FOLLOWING,
        title=title,
        detail="",
        found_on=date(2025, 4, 1),
        amount_fen=9_600_000,
        severity=FindingSeverity.MAJOR,
        document_number="",
        responsible="鲁中某建设工程有限公司",
        owner=owner,
        deadline_on=date(2025, 6, 30),
    )
    return findings.record_finding(
        project=project, values=values, report=None, by=owner, now=THURSDAY
    )


def typed(office: Office, person: User, place: int = 0, **cells: str) -> FormDraft:
    """Cells that a person typed and did not write yet."""
    return FormDraft.objects.create(
        street=office.street,
        week_start=WEEK.start,
        version=1,
        project=office.projects[place],
        person=person,
        cells=cells,
        saved_at=THURSDAY,
    )


def handed(office: Office, giver: User, taker: User, **more: Any) -> HandOver:
    """A hand-over by the administrator as it is shown."""
    admin = office.district.users["admin"]
    shown = preview(predecessor=giver, scope=scope_for(admin), to=scope_for(taker))
    values: dict[str, Any] = {
        "reason": "调离本岗",
        "seen": shown.seal,
        "by": admin,
        "now": THURSDAY,
    }
    return hand_over(predecessor=giver, successor=taker, **(values | more))
