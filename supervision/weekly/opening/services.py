"""Writing opening returns, and approving them by another person than who brought them in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.db.models import prefetch_related_objects

from projects.ledger.models import Project
from renovation.accounts.enums import Permission
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, StateConflict
from renovation.core.periods import Week
from renovation.intake.models import Upload
from renovation.records.services import audit
from supervision.weekly.enums import APPROVED_STATES, PENDING_STATES, ReturnAct, ReturnState
from supervision.weekly.kept import PROJECT_ID
from supervision.weekly.models import ReturnEvent, WeeklyReport, WeeklyReturn
from supervision.weekly.services import approve
from supervision.weekly.turns import hold_streets, hold_streets_of, turn_of
from supervision.weekly.values import ReportValues

#: A return in one of these says something of its projects.
SENT = APPROVED_STATES | PENDING_STATES
COMMENT = "期初导入，免街道报送和审核"


@dataclass(frozen=True, slots=True)
class OpeningReport:
    """What an old sheet says of a project at the end of a week: cumulative percent, and investment in 分."""

    project: Project
    week: Week
    progress_percent: Decimal
    completed_investment_fen: int
    explanation: str
    source_row: int


@transaction.atomic
def write_openings(
    *, reports: Sequence[OpeningReport], upload: Upload | None, by: User, now: datetime
) -> list[WeeklyReturn]:
    """Write rows into opening returns, one a street and week; the returns that were touched. A project that
    moved belongs to the street of that week.

    They stand as reviewed (街道已审) and wait for the bureau's approval; who wrote them last stands as who
    submitted them. While they wait, the same rows again change nothing, and other figures replace them and make
    another edition of the return; an event keeps what stood there each time, for a later week may have been approved
    beside it. Refuses a week
    that has an ordinary or an approved return, a project of which another street's return of that week tells
    (StateConflict), and who does not keep the ledger (Forbidden).
    """
    if not scope_of(by, on=local_day(now)).can(Permission.LEDGER_WRITE):
        raise Forbidden("期初周报由区局经办岗导入。")
    groups: dict[tuple[int, date], list[OpeningReport]] = {}
    prefetch_related_objects([report.project for report in reports], "former_streets__street")
    for report in reports:
        street = report.project.street_on(report.week.start)
        groups.setdefault((street.pk, report.week.start), []).append(report)
    held = hold_streets_of(
        streets={street_id for street_id, _ in groups},
        projects=[report.project.pk for report in reports],
    )
    streets = {street.pk: street for street in held}
    at = turn_of(streets=streets, now=now)
    touched = []
    for (street_id, week_start), members in sorted(groups.items()):
        weekly_return = _return_of(streets[street_id], Week(week_start), by=by, now=at)
        _check_told_nowhere_else(weekly_return, members)
        changed = [each for each in members if _write(weekly_return, each, upload, by, now)]
        if changed:
            WeeklyReturn.objects.filter(pk=weekly_return.pk).update(
                submitted_by=by, submitted_at=at
            )
            weekly_return.refresh_from_db()
            _keep_rows(weekly_return, len(changed), by=by, at=at)
            touched.append(weekly_return)
            audit(
                act="return.opening",
                sentence=f"期初导入{weekly_return} {len(changed)} 个项目",
                by=by,
                now=now,
                target=weekly_return,
                organisation=streets[street_id],
                changes={
                    each.project.code: [
                        None,
                        f"{each.progress_percent}% {each.completed_investment_fen}",
                    ]
                    for each in changed
                },
            )
    return touched


def _return_of(street: Organisation, week: Week, *, by: User, now: datetime) -> WeeklyReturn:
    """The opening return that takes rows in, locked until the transaction ends; made where there is none."""
    newest = (
        WeeklyReturn.objects.select_for_update()
        .filter(street=street, week_start=week.start)
        .order_by("-version")
        .first()
    )
    if newest is not None:
        if not newest.is_opening or newest.state != ReturnState.REVIEWED:
            raise StateConflict(
                f"{street.short_name}{week.label}已有周报，不能再导入，请用更正。",
                state=newest.state,
            )
        return newest
    made = WeeklyReturn.objects.create(
        street=street,
        week_start=week.start,
        is_opening=True,
        state=ReturnState.REVIEWED,
        opened_by=by,
        opened_at=now,
        submitted_by=by,
        submitted_at=now,
        first_submitted_at=now,
    )
    ReturnEvent.objects.create(
        weekly_return=made,
        act=ReturnAct.OPEN,
        to_state=made.state,
        at=now,
        by=by,
        comment=COMMENT,
    )
    return made


def _keep_rows(weekly_return: WeeklyReturn, count: int, *, by: User, at: datetime) -> None:
    """The event of an import, with all that stands in the return now, as that of a submission keeps it."""
    rows = weekly_return.reports.select_related("project").order_by("project__code")
    ReturnEvent.objects.create(
        weekly_return=weekly_return,
        act=ReturnAct.SUBMIT,
        from_state=weekly_return.state,
        to_state=weekly_return.state,
        at=at,
        by=by,
        stands_for=by.stands_for,
        comment=f"期初导入 {count} 个项目的数",
        rows=[
            {PROJECT_ID: row.project_id, "project": row.project.code, "name": row.project.name}
            | ReportValues.of(row).as_json()
            for row in rows
        ],
    )


def _check_told_nowhere_else(weekly_return: WeeklyReturn, reports: Sequence[OpeningReport]) -> None:
    """Refuse projects of which another street's return of the week tells; a correction that was sent without
    them has taken the row back."""
    told = (
        WeeklyReport.objects.filter(
            project__in=[report.project.pk for report in reports],
            weekly_return__week_start=weekly_return.week_start,
            weekly_return__state__in=SENT,
        )
        .exclude(weekly_return__street=weekly_return.street_id)
        .exclude(weekly_return__superseded_by__state__in=SENT)
        .select_related("project", "weekly_return__street")
        .first()
    )
    if told is not None:
        owner = told.weekly_return
        raise StateConflict(
            f"{owner.street.short_name}{Week(owner.week_start).label}周报里已有{told.project}，"
            "不能再导入，请用更正。",
            state=owner.state,
        )


def _write(
    weekly_return: WeeklyReturn,
    report: OpeningReport,
    upload: Upload | None,
    by: User,
    now: datetime,
) -> bool:
    """Write one row; whether it changed anything."""
    row = weekly_return.reports.filter(project=report.project).first()
    values = {
        "progress_percent": report.progress_percent,
        "completed_investment_fen": report.completed_investment_fen,
        "explanation": report.explanation,
    }
    if row is None:
        row = WeeklyReport(weekly_return=weekly_return, project=report.project)
    elif all(getattr(row, name) == value for name, value in values.items()):
        return False
    for name, value in values.items():
        setattr(row, name, value)
    row.upload, row.source_row = upload, report.source_row
    row.updated_at, row.updated_by = now, by
    row.save()
    return True


@transaction.atomic
def approve_openings(
    *, returns: Sequence[WeeklyReturn], editions: Mapping[int, str], by: User, now: datetime
) -> int:
    """Approve opening returns that wait, oldest week first, all or none; how many.

    ``editions`` is what the approver looked at, by return id: of another edition nothing is approved
    (StateConflict ``return.changed``). Each goes the way of any approval: not by who brought any row of it in
    (Forbidden).
    """
    ordered = sorted(returns, key=lambda row: (row.week_start, row.street_id))
    hold_streets(ordered)  # all at once: two who approve take them in one order
    for weekly_return in ordered:
        if editions.get(weekly_return.pk) != weekly_return.edition:
            raise StateConflict(
                f"您打开以后{weekly_return.street.short_name}{Week(weekly_return.week_start).label}的期初周报"
                "又有变化，请重新核对。",
                state=weekly_return.state,
                code="return.changed",
            )
        approved = approve(weekly_return=weekly_return, by=by, now=now)
        if approved.reports.filter(updated_by=by).exists():  # locked by now
            raise Forbidden("期初周报由导入人以外的审核岗核定。")
    return len(ordered)
