"""Dates that a return claims become gates of the ledger when it is approved (CONTRACT.md, workbook)."""

from __future__ import annotations

from datetime import date, datetime

from projects.ledger.enums import GateKind
from projects.ledger.models import Gate
from renovation.accounts.models import User
from renovation.core.periods import Week
from renovation.records.services import audit

from .models import WeeklyReport, WeeklyReturn

#: Field of the report → the gate that it claims.
CLAIMS: dict[str, GateKind] = {
    "claimed_start_on": GateKind.STARTED,
    "claimed_completion_on": GateKind.COMPLETED,
}


def take_claims(*, weekly_return: WeeklyReturn, by: User, now: datetime) -> list[Gate]:
    """Put the claimed dates of a return into the ledger; returns the gates that changed.

    A gate without evidence is a claim and counts for nothing yet; one that has its evidence already keeps
    its date (the ledger is where that is corrected). Runs in the caller's transaction.
    """
    changed = []
    for report in weekly_return.reports.select_related("project"):
        for field, kind in CLAIMS.items():
            day: date | None = getattr(report, field)
            claimed = _claim(report, kind, day, by) if day else None
            if claimed is None:
                continue
            gate, before = claimed
            changed.append(gate)
            audit(
                act="gate.claim",
                sentence=(
                    f"{report.project}按{Week(weekly_return.week_start).label}周报登记"
                    f"{kind.label}日期{day}，待附依据"
                ),
                by=by,
                now=now,
                target=gate,
                organisation=report.project.street,
                changes={"actual_on": [f"{before}" if before else None, f"{day}"]},
            )
    return changed


def _claim(
    report: WeeklyReport, kind: GateKind, day: date, by: User
) -> tuple[Gate, date | None] | None:
    """The gate with the claimed date and the date that stood there before; None where it keeps its own."""
    gate = Gate.objects.select_for_update().filter(project=report.project, kind=kind).first()
    if gate is None:
        gate = Gate(project=report.project, kind=kind)
    elif gate.actual_on is not None and (
        gate.evidence_id is not None or gate.is_opening or gate.actual_on == day
    ):
        return None
    before = gate.actual_on
    gate.actual_on = day
    gate._history_user = by  # type: ignore[attr-defined]
    gate.note = f"{Week(report.weekly_return.week_start).label}周报填报"
    gate.save()
    return gate, before
