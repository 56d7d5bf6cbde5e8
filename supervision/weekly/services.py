"""Acts on returns. Every one is one transaction: compare-and-swap of the state, an event, an audit entry."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.models import Project
from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import scope_of
from renovation.console.pledging.services import pledge_for_sending
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.intake.models import Upload
from renovation.records.services import audit

from .burden.working import note_work_at
from .claims import take_claims
from .completeness import check_reporting, reporting_here, rows_to_submit
from .enums import LateReason, ReturnAct
from .flow import FLOW
from .judgements import judge_again
from .looked_at import edition_before
from .models import ReturnEvent, WeeklyReport, WeeklyReturn
from .policies import check_act, check_fill, check_fillable, check_window
from .reminding.settling import settle_reminders
from .review_waivers.services import review_waiver_of
from .standing import reported_at
from .turns import take_turn
from .unchanged import SIGNED, signed, with_earlier_figures
from .values import FIELDS, ReportValues
from .weeks import Phase, WeekMoments, bureau_of, closing_moment, moments_of

#: What writing a row sets, beside the return and the project that it is of.
WRITTEN = (*FIELDS, *SIGNED, "upload", "source_row", "updated_at", "updated_by")
#: Rows that one statement mends: each is a branch of a CASE for every field, which PostgreSQL plans slowly.
BATCH = 500


# -- opening and writing -----------------------------------------------------------------------------
@transaction.atomic
def open_return(*, street: Organisation, week: Week, by: User, now: datetime) -> WeeklyReturn:
    """The street's return of a week, its latest version; made as a draft where there is none yet.

    Refuses who does not fill in for the street (Forbidden), a week that asks for nothing, has not begun
    or is closed (``week.…``), and a street without a reporting project (``return.not_expected``).
    """
    check_fill(scope=scope_of(by, on=local_day(now)), street=street)
    # Not FOR UPDATE: an act on the return points at the street in its audit entry, and would wait for us.
    Organisation.objects.select_for_update(no_key=True).get(pk=street.pk)
    known = latest_version(street=street, week=week)
    if known is not None:
        return known
    bureau = bureau_of(street)
    moments = moments_of(bureau=bureau, week=week, now=now)
    check_window(moments=moments, closes_at=closing_moment(street=street, moments=moments), now=now)
    check_reporting(street=street, bureau=bureau, week=week)
    opened = WeeklyReturn.objects.create(
        street=street, week_start=week.start, opened_by=by, opened_at=now
    )
    _record(opened, ReturnAct.OPEN, "", by=by, now=now)
    return opened


def latest_version(*, street: Organisation, week: Week) -> WeeklyReturn | None:
    """The latest version of a street's return of a week, None where there is none."""
    rows = WeeklyReturn.objects.filter(street=street, week_start=week.start)
    return rows.select_related("street").order_by("-version").first()


def write_report(
    *,
    weekly_return: WeeklyReturn,
    project: Project,
    values: ReportValues,
    by: User,
    now: datetime,
    upload: Upload | None = None,
) -> WeeklyReport | None:
    """Write one row; see ``write_reports``. Returns it where it changed."""
    if project.pk != values.project_id:
        raise ValueError("the values are those of another project")
    found = write_reports(weekly_return=weekly_return, rows=[values], by=by, now=now, upload=upload)
    return found[0] if found else None


@transaction.atomic
def write_reports(
    *,
    weekly_return: WeeklyReturn,
    rows: Sequence[ReportValues],
    by: User,
    now: datetime,
    upload: Upload | None = None,
    seen: Mapping[int, str] | None = None,
) -> list[WeeklyReport]:
    """Write rows of a draft or sent-back return; returns those that changed.

    A row that says the same again changes nothing. An unchanged row (无变化) takes its figures from the
    earlier week. The rows may be unfinished: whether they may be submitted is judged by ``submit``.
    ``seen`` is the edition of every stored row that the writer looked at, by project id.
    Refuses what is not a draft (StateConflict), a row that somebody wrote since it was seen (StateConflict
    ``report.overtaken``), a closed week (``week.closed``), a project that does not report here in this week
    (``report.not_reporting``), and 无变化 with another figure than before or with no earlier one
    (``report.unchanged``).
    """
    weekly_return = _locked(weekly_return)
    check_fillable(weekly_return=weekly_return, scope=scope_of(by, on=local_day(now)))
    bureau = bureau_of(weekly_return.street)
    _check_window(weekly_return, bureau, now)
    week = Week(weekly_return.week_start)
    reporting = {
        project.pk: project
        for project in reporting_here(street=weekly_return.street, bureau=bureau, week=week)
    }
    strangers = [values.project_id for values in rows if values.project_id not in reporting]
    if strangers:
        raise Refusal("report.not_reporting", "有的项目本周不由本街道报送，请刷新后重填。")
    known = {report.project_id: report for report in weekly_return.reports.all()}
    origin = {"upload_id": upload.pk if upload is not None else None, "updated_by_id": by.pk}
    made: list[WeeklyReport] = []
    mended: list[WeeklyReport] = []
    changed: dict[int, WeeklyReport] = {}
    changes: dict[str, Any] = {}
    for values in with_earlier_figures(rows, reporting, week):
        report = known.get(values.project_id)
        before = ReportValues.of(report) if report else None
        if before == values:
            continue
        if seen is not None and seen.get(values.project_id, "") != (
            report.edition if report else ""
        ):
            who = (report.updated_by or "系统") if report else "别人"
            raise StateConflict(
                f"{reporting[values.project_id].name}刚被{who}改过；再写入一次，会先列出现在周报里的数。",
                state=weekly_return.state,
                code="report.overtaken",
            )
        written = {name: getattr(values, name) for name in FIELDS}
        written |= {"source_row": values.source_row, "updated_at": now, **origin}
        written |= signed(values, report, by=by, now=now)
        if report is None:
            report = WeeklyReport(
                weekly_return_id=weekly_return.pk, project_id=values.project_id, **written
            )
            known[values.project_id] = report
            made.append(report)
        else:
            for name, value in written.items():
                setattr(report, name, value)
            if values.project_id not in changed:
                mended.append(report)
        changes[reporting[values.project_id].code] = values.changes_from(before)
        changed[values.project_id] = report
    # The return is locked, so nobody else writes its rows meanwhile.
    WeeklyReport.objects.bulk_create(made)
    WeeklyReport.objects.bulk_update(mended, WRITTEN, batch_size=BATCH)
    if changed:
        audit(
            act="return.write",
            sentence=f"填写{_title(weekly_return)} {len(changed)} 个项目",
            by=by,
            now=now,
            target=weekly_return,
            organisation=weekly_return.street,
            changes=changes,
        )
    note_work_at(weekly_return, now)
    return list(changed.values())


@transaction.atomic
def fill_return(
    *,
    street: Organisation,
    week: Week,
    rows: Sequence[ReportValues],
    seen: Mapping[int, str],
    by: User,
    now: datetime,
) -> tuple[WeeklyReturn, list[WeeklyReport]]:
    """Write what the browser form holds; the return is opened where there is none. Returns the return
    and the rows that changed; refuses as ``open_return`` and ``write_reports`` do."""
    weekly_return = open_return(street=street, week=week, by=by, now=now)
    changed = write_reports(weekly_return=weekly_return, rows=rows, by=by, now=now, seen=seen)
    return weekly_return, changed


# -- the way of a return -----------------------------------------------------------------------------
@transaction.atomic
def submit(
    *,
    weekly_return: WeeklyReturn,
    by: User,
    now: datetime,
    late_reason: str = "",
    pledge_text: int | None = None,
    late_code: str = LateReason.OTHER,
) -> WeeklyReturn:
    """Submit a draft or sent-back return to the street's reviewer, under the sender's 真实性承诺.

    ``pledge_text`` is the wording (its id) that the sender accepts with it, needed once a year and after each
    change of its words (``pledge.missing``, ``pledge.changed``).

    Refuses a closed week (``week.closed``; a correction, and what was sent back after the week had closed,
    are let through), a missing project (``return.missing_rows``, which names them), rows that break a rule
    (``return.faulty_rows``), and a first submission after the due moment without a reason
    (``return.late_reason`` at the field ``late_reason``; ``late_code`` is its kind). The due moment that it met is kept;
    whether it was in time is judged by ``now``, also where it waited for its turn.
    """
    at = take_turn(weekly_return, now=now)
    weekly_return = _locked(weekly_return)
    step = check_act(
        weekly_return=weekly_return, act=ReturnAct.SUBMIT, scope=scope_of(by, on=local_day(now))
    )
    bureau = bureau_of(weekly_return.street)
    moments, phase = _check_window(weekly_return, bureau, now)
    rows = rows_to_submit(weekly_return=weekly_return, now=now)
    is_first = weekly_return.first_submitted_at is None
    reason = late_reason.strip()
    if phase is Phase.LATE and weekly_return.version == 1 and is_first and not reason:
        raise Refusal(
            "return.late_reason",
            f"{moments.week.label}周报{moments.text}，现在报送为迟报，请写明迟报原因。",
            field="late_reason",
        )
    pledge_id = pledge_for_sending(user=by, bureau=bureau, accepts=pledge_text, now=now)
    values: dict[str, Any] = {
        "submitted_at": at,
        "submitted_by": by,
        "submitted_for": by.stands_for,
        "pledge_id": pledge_id,
        "review_waiver": review_waiver_of(street=weekly_return.street, day=local_day(now)),
        # A new submission is reviewed and approved anew; who did it before stands in the events.
        "reviewed_at": None,
        "reviewed_by": None,
        "reviewed_for": None,
    }
    if is_first:
        values |= {"first_submitted_at": now, "due_at_met": moments.due_at}
    if reason and phase is Phase.LATE:
        values |= {"late_reason": reason[:200], "late_code": LateReason(late_code)}
    before = _swap(weekly_return, step.to, **values)
    note_work_at(weekly_return, now, ends=True)
    _record(
        weekly_return,
        ReturnAct.SUBMIT,
        reason,
        before=before,
        by=by,
        now=at,
        asked_at=now,
        rows=rows,
    )
    settle_reminders(street=weekly_return.street, week=moments.week, now=now)
    return weekly_return


@transaction.atomic
def review(*, weekly_return: WeeklyReturn, by: User, now: datetime) -> WeeklyReturn:
    """The street's reviewer lets a submitted return pass; not the person who submitted it."""
    weekly_return = _unchanged(weekly_return)
    step = check_act(
        weekly_return=weekly_return, act=ReturnAct.REVIEW, scope=scope_of(by, on=local_day(now))
    )
    before = _swap(
        weekly_return, step.to, reviewed_at=now, reviewed_by=by, reviewed_for=by.stands_for
    )
    _record(weekly_return, ReturnAct.REVIEW, "", before=before, by=by, now=now)
    return weekly_return


@transaction.atomic
def approve(
    *, weekly_return: WeeklyReturn, by: User, now: datetime, before: str | None = None
) -> WeeklyReturn:
    """The bureau approves a reviewed return, or one sent while the street's review was switched off: its figures count from now on and are immutable.

    Claimed dates of 开工 and 完工 become gates of the ledger; they count once their evidence is attached.
    ``before`` is the edition of the earlier figures that the approver looked at (``looked_at.edition_before``): where
    they count no more nothing is approved (StateConflict ``return.before_changed``). Not by who submitted or
    reviewed it.
    """
    # So that what is compared with does not change meanwhile.
    now = take_turn(weekly_return, now=now)
    weekly_return = _unchanged(weekly_return)
    step = check_act(
        weekly_return=weekly_return, act=ReturnAct.APPROVE, scope=scope_of(by, on=local_day(now))
    )
    if before is not None and before != edition_before(weekly_return=weekly_return):
        raise StateConflict(
            "您打开以后，作比较的以前各周的数又有变化，请回到周报页重新核对。",
            state=weekly_return.state,
            code="return.before_changed",
        )
    before = _swap(
        weekly_return, step.to, approved_at=now, approved_by=by, approved_for=by.stands_for
    )
    _record(weekly_return, ReturnAct.APPROVE, "", before=before, by=by, now=now)
    take_claims(weekly_return=weekly_return, by=by, now=now)
    judge_again(
        street=weekly_return.street,
        bureau=bureau_of(weekly_return.street),
        week=Week(weekly_return.week_start),
        now=now,
    )
    return weekly_return


@transaction.atomic
def send_back(
    *, weekly_return: WeeklyReturn, comment: str, by: User, now: datetime
) -> WeeklyReturn:
    """Send a submitted or reviewed return back to the clerk with a comment in words. Whether it stood sent back when the
    week closed is judged by ``now``, also where it waited for its turn."""
    at = take_turn(weekly_return, now=now)
    weekly_return = _locked(weekly_return)
    step = check_act(
        weekly_return=weekly_return,
        act=ReturnAct.SEND_BACK,
        scope=scope_of(by, on=local_day(now)),
        comment=comment,
    )
    text = comment.strip()[:500]
    before = _swap(
        weekly_return,
        step.to,
        sent_back_at=at,
        sent_back_by=by,
        sent_back_for=by.stands_for,
        comment=text,
    )
    _record(weekly_return, ReturnAct.SEND_BACK, text, before=before, by=by, now=at, asked_at=now)
    return weekly_return


@transaction.atomic
def publish(*, weekly_return: WeeklyReturn, by: User | None, now: datetime) -> WeeklyReturn:
    """An approved return is published with the dispatch sheet that was issued over it."""
    weekly_return = _locked(weekly_return)
    state = FLOW.next(weekly_return.state, ReturnAct.PUBLISH)
    before = _swap(weekly_return, state, published_at=now)
    _record(weekly_return, ReturnAct.PUBLISH, "", before=before, by=by, now=now)
    return weekly_return


@transaction.atomic
def correct(*, weekly_return: WeeklyReturn, reason: str, by: User, now: datetime) -> WeeklyReturn:
    """Open a correction of an approved return; returns the new version, a draft with the same rows.

    What was approved stays as it is and counts until the new version is approved. Refuses without a
    reason, and where a correction is open already.
    """
    old = _locked(weekly_return)
    check_act(
        weekly_return=old,
        act=ReturnAct.CORRECT,
        scope=scope_of(by, on=local_day(now)),
        comment=reason,
    )
    text = reason.strip()[:200]
    new = WeeklyReturn.objects.create(
        street=old.street,
        week_start=old.week_start,
        version=old.version + 1,
        supersedes=old,
        correction_reason=text,
        opened_by=by,
        opened_at=now,
    )
    WeeklyReport.objects.bulk_create(
        WeeklyReport(
            weekly_return=new,
            project_id=report.project_id,
            updated_at=report.updated_at,
            updated_by_id=report.updated_by_id,
            upload_id=report.upload_id,
            source_row=report.source_row,
            **{name: getattr(report, name) for name in (*FIELDS, *SIGNED)},
        )
        for report in old.reports.all()
    )
    ReturnEvent.objects.create(
        weekly_return=old,
        act=ReturnAct.CORRECT,
        from_state=old.state,
        to_state=old.state,
        at=now,
        by=by,
        stands_for=by.stands_for,
        comment=text,
    )
    _record(new, ReturnAct.OPEN, text, by=by, now=now)
    return new


def stood_reported(
    *, weekly_return: WeeklyReturn, closes_at: datetime | None, now: datetime
) -> bool:
    """已报: a first version stood submitted at the closing moment, or stands so before it."""
    return closes_at is not None and reported_at(
        first=weekly_return, events=weekly_return.events.all(), moment=min(now, closes_at)
    )


# -- inside ------------------------------------------------------------------------------------------
def _unchanged(seen: WeeklyReturn) -> WeeklyReturn:
    """The locked row, where it still is the submission that somebody looked at."""
    row = _locked(seen)
    if seen.submitted_at is not None and row.edition != seen.edition:
        raise StateConflict(
            "您打开以后这份周报又报送过，请重新核对。", state=row.state, code="return.changed"
        )
    return row


def _locked(weekly_return: WeeklyReturn) -> WeeklyReturn:
    """The row as it stands now, locked until the transaction ends."""
    rows = WeeklyReturn.objects.select_for_update(of=("self",)).select_related("street")
    return rows.get(pk=weekly_return.pk)


def _swap(weekly_return: WeeklyReturn, state: str, **values: Any) -> str:
    """Compare and swap: the state changes only if it still is what it was when it was judged.

    Returns the state before.
    """
    before = weekly_return.state
    count = WeeklyReturn.objects.filter(pk=weekly_return.pk, state=before).update(
        state=state, **values
    )
    weekly_return.refresh_from_db()
    if count != 1:
        raise StateConflict(
            f"周报已被别人处理，现在是“{weekly_return.get_state_display()}”。",
            state=weekly_return.state,
        )
    return before


def _record(
    weekly_return: WeeklyReturn,
    act: ReturnAct,
    comment: str,
    *,
    before: str = "",
    by: User | None,
    now: datetime,
    asked_at: datetime | None = None,
    rows: list[dict[str, Any]] | None = None,
) -> None:
    """The event of an act, and its audit entry; ``asked_at`` is when it was asked for, where it may have waited for
    its turn."""
    ReturnEvent.objects.create(
        weekly_return=weekly_return,
        act=act,
        from_state=before,
        to_state=weekly_return.state,
        at=now,
        by=by,
        stands_for=by.stands_for if by is not None else None,
        comment=comment[:500],
        asked_at=asked_at if asked_at != now else None,
        rows=rows or [],
    )
    audit(
        act=f"return.{act}",
        sentence=f"{act.label}{_title(weekly_return)}",
        by=by,
        now=now,
        target=weekly_return,
        organisation=weekly_return.street,
        changes={"state": [before, weekly_return.state]},
        reason=comment,
    )


def _title(weekly_return: WeeklyReturn) -> str:
    week = Week(weekly_return.week_start)
    version = f"（第{weekly_return.version}版）" if weekly_return.version > 1 else ""
    return f"{weekly_return.street.short_name}{week.full_label}周报{version}"


def _check_window(
    weekly_return: WeeklyReturn, bureau: Organisation, now: datetime
) -> tuple[WeekMoments, Phase]:
    """The week takes this return in. A correction comes when it comes; what stood reported at the closing
    moment and was sent back after it is mended."""
    week, street = Week(weekly_return.week_start), weekly_return.street
    moments = moments_of(bureau=bureau, week=week, now=now)
    closes_at = closing_moment(street=street, moments=moments)
    if weekly_return.version > 1:
        return moments, moments.phase(now, closes_at=closes_at)
    is_reported = stood_reported(weekly_return=weekly_return, closes_at=closes_at, now=now)
    phase = check_window(moments=moments, closes_at=closes_at, now=now, is_reported=is_reported)
    return moments, phase
