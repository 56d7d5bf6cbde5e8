"""Dates that a return claims become gates of the ledger when it is approved (CONTRACT.md, workbook)."""

from __future__ import annotations

from datetime import date, datetime

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.ledger.services import counts, pass_gate
from renovation.accounts.models import User
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import chinese_date

from .models import WeeklyReturn

#: Field of the report → the gate that it claims.
CLAIMS: dict[str, GateKind] = {
    "claimed_start_on": GateKind.STARTED,
    "claimed_completion_on": GateKind.COMPLETED,
}


def take_claims(*, weekly_return: WeeklyReturn, by: User, now: datetime) -> list[Gate]:
    """Put the claimed dates of a return into the ledger; returns the gates that changed.

    A gate without evidence is a claim and counts for nothing yet; one that has its evidence already keeps
    its date (the ledger is where that is corrected). The ledger judges a claim as it judges any gate: one
    that it refuses (a completion before the start that stands there) refuses the approval, under the
    ledger's own code and with the project's name. Runs in the caller's transaction.
    """
    changed = []
    # By the projects' numbers, as every act on several projects locks them.
    for report in weekly_return.reports.select_related("project").order_by("project_id"):
        for field, kind in CLAIMS.items():
            day: date | None = getattr(report, field)
            if day is None:
                continue
            gate = _claim(report.project, kind, day, Week(weekly_return.week_start), by, now)
            if gate is not None:
                changed.append(gate)
    return changed


def _claim(
    project: Project, kind: GateKind, day: date, week: Week, by: User, now: datetime
) -> Gate | None:
    """The gate with the claimed date; None where it keeps its own."""
    Project.objects.select_for_update().get(pk=project.pk)
    present = Gate.objects.filter(project=project, kind=kind, actual_on__isnull=False).first()
    if present is not None and (counts(present) or present.actual_on == day):
        return None
    try:
        return pass_gate(
            project=project,
            kind=kind,
            actual_on=day,
            note=f"{week.label}周报填报，待附依据",
            by=by,
            now=now,
        )
    except Refusal as refusal:
        refusal.message = (
            f"{project}填报的实际{kind.label}日期 {chinese_date(day)} 与台账不合：{refusal.message}"
            "请退回街道改正，或先更正台账里的关口。"
        )
        refusal.field = ""
        raise
