"""From the return as its page shows it to the paper; nothing is computed a second time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from renovation.accounts.models import User, named
from renovation.core.errors import Severity
from renovation.core.wording import chinese_date, chinese_moment
from renovation.records.acting import who
from supervision.weekly.detail import Detail, Row
from supervision.weekly.enums import APPROVED_STATES, ReturnState
from supervision.weekly.models import ReportQuestion, ReturnException, WeeklyReturn
from supervision.weekly.unchanged import WORDS
from supervision.weekly.weeks import bureau_of

from .values import Hand, PaperRemark, PaperRow, PrintedPledge, ReturnPaper

_UNFINISHED = {
    ReturnState.DRAFT: "草稿　未报送，不得引用",
    ReturnState.SENT_BACK: "已退回　未重新报送，不得引用",
    ReturnState.SUBMITTED: "待核　未经街道审核和区局核定",
    ReturnState.REVIEWED: "待核　未经区局核定",
}
_UNREVIEWED = "待核　未经区局核定"


def compile_paper(
    *,
    weekly_return: WeeklyReturn,
    detail: Detail,
    exceptions: Iterable[ReturnException],
    newer: WeeklyReturn | None,
) -> ReturnPaper:
    """The paper of a version. ``detail`` is what its page shows, ``exceptions`` the
    later closings granted to the street, ``newer`` the version that corrects it, None for the latest."""
    waived = weekly_return.review_waiver_id is not None
    draft = _UNFINISHED.get(ReturnState(weekly_return.state), "")
    if waived and weekly_return.state == ReturnState.SUBMITTED:
        draft = _UNREVIEWED
    return ReturnPaper(
        street=weekly_return.street.short_name,
        bureau=bureau_of(weekly_return.street).name,
        week_start=weekly_return.week_start,
        version=weekly_return.version,
        is_correction=weekly_return.version > 1,
        state=weekly_return.get_state_display(),
        rows=tuple(_row(row) for row in detail.rows),
        sums=detail.sums,
        hands=tuple(_hands(weekly_return, detail)),
        remarks=tuple(_remarks(detail, _questions(weekly_return))),
        notes=tuple(_notes(weekly_return, exceptions, newer)),
        pledge=_pledge(weekly_return),
        made_at=_last_moment(weekly_return, detail),
        draft=draft,
    )


def fillers_of(detail: Detail) -> list[str]:
    """Who wrote the rows as they stand, each once, in the order of the rows."""
    written = [
        who(row.report, "updated_by")
        for row in detail.filled
        if row.report and row.report.updated_by
    ]
    return list(dict.fromkeys(written))


def _row(row: Row) -> PaperRow:
    report, last = row.report, row.context.last
    before: dict[str, Any] = {
        "code": row.context.code,
        "name": row.context.name,
        "last_progress": last.progress_percent if last else None,
        "last_invested_fen": last.completed_investment_fen if last else None,
        "last_is_pending": last is not None and not last.is_approved,
    }
    if report is None:
        return PaperRow(
            **before, progress=None, progress_change=None, invested_fen=None, workers_count=None
        )
    signed = (
        f"{who(report, 'unchanged_by')}　{chinese_moment(report.unchanged_at)}"
        if report.unchanged_at
        else ""
    )
    return PaperRow(
        **before,
        progress=report.progress_percent,
        progress_change=row.progress_change,
        invested_fen=report.completed_investment_fen,
        workers_count=report.workers_count,
        unchanged=f"{WORDS}　{signed}".strip() if report.is_unchanged else "",
        work_done=report.work_done,
        problems=report.problems,
        coordination=report.coordination,
        next_plan=report.next_plan,
        explanation=report.explanation,
        started_on=report.claimed_start_on,
        completed_on=report.claimed_completion_on,
    )


def _remarks(
    detail: Detail, asked: Mapping[int, Sequence[ReportQuestion]]
) -> Iterable[PaperRemark]:
    """What the rules remark, of a return that was sent what they remarked and asked then, with the reasons given."""
    for finding in detail.remarks:
        yield PaperRemark("", "", Severity.NOTICE.label, finding)
    for row in detail.rows:
        reason = row.report.explanation if row.report is not None else ""
        for question in asked.get(row.context.project_id, ()):
            if question.rule not in {fault.code for fault in row.faults}:
                yield PaperRemark(
                    row.context.name,
                    question.rule,
                    Severity.REASON.label,
                    question.message,
                    reason,
                )
        for fault in row.faults:
            yield PaperRemark(
                row.context.name,
                fault.code,
                fault.severity.label,
                fault.message,
                reason if fault.severity is Severity.REASON else "",
            )


def _questions(found: WeeklyReturn) -> dict[int, list[ReportQuestion]]:
    """Project → what the rules asked of it at the submission. One query."""
    asked: dict[int, list[ReportQuestion]] = {}
    for question in found.questions.order_by("pk"):
        asked.setdefault(question.project_id, []).append(question)
    return asked


def _hands(found: WeeklyReturn, detail: Detail) -> Iterable[Hand]:
    yield Hand("填报", "、".join(fillers_of(detail)), max(_written(detail), default=None))
    yield _hand("报送", found.submitted_by, found.submitted_for, found.submitted_at)
    if found.review_waiver is None:
        yield _hand("街道审核", found.reviewed_by, found.reviewed_for, found.reviewed_at)
    else:
        yield Hand("街道审核", note="停用，由区局直接核定")
    yield _hand("区局核定", found.approved_by, found.approved_for, found.approved_at)


def _hand(label: str, by: User | None, stands_for: User | None, at: datetime | None) -> Hand:
    if at is None:
        return Hand(label)
    return Hand(label, named(by, stands_for), at)


def _notes(
    found: WeeklyReturn, exceptions: Iterable[ReturnException], newer: WeeklyReturn | None
) -> Iterable[str]:
    if found.version > 1:
        yield (
            f"本表为第{found.version}版，更正第{found.version - 1}版。"
            f"更正原因：{found.correction_reason.rstrip('。')}。"
        )
    if newer is not None:
        stands = newer.state in APPROVED_STATES
        yield f"{'已由' if stands else '正在由'}第{newer.version}版更正，本版留存备查。"
    if found.is_opening:
        yield "期初导入，不计是否按时。"
    if found.late_reason:
        kind = f"{found.get_late_code_display()}，" if found.late_code else ""
        yield f"迟报。{kind}原因：{found.late_reason.rstrip('。')}。"
    for each in exceptions:
        yield (
            f"关闭时间已准许延至{chinese_moment(each.closes_at)}，{who(each, 'granted_by')}"
            f"{chinese_moment(each.granted_at)}批准：{each.reason.rstrip('。')}。"
        )
    if (waiver := found.review_waiver) is not None:
        yield (
            f"报送时街道审核停用（{chinese_date(waiver.valid_from)}至{chinese_date(waiver.valid_to)}），"
            f"{who(waiver, 'approved_by')}{chinese_moment(waiver.approved_at)}批准：{waiver.reason.rstrip('。')}。"
        )
    if found.state == ReturnState.SENT_BACK and found.sent_back_at is not None:
        returner = named(found.sent_back_by, found.sent_back_for)
        yield f"{returner}{chinese_moment(found.sent_back_at)}退回：{found.comment.rstrip('。')}。"


def _pledge(found: WeeklyReturn) -> PrintedPledge | None:
    if found.pledge is None:
        return None
    return PrintedPledge(
        text=found.pledge.text.text,
        version=found.pledge.text.version,
        who=found.pledge.post_name,  # made for oneself, also where one stands in for another
        accepted_at=found.pledge.accepted_at,
    )


def _last_moment(found: WeeklyReturn, detail: Detail) -> datetime:
    """When the last of it was done: a rendering claims this moment, so that the same paper has the same bytes."""
    return max([found.opened_at, *(event.at for event in detail.events), *_written(detail)])


def _written(detail: Detail) -> list[datetime]:
    """When each row was written the last time."""
    return [row.report.updated_at for row in detail.filled if row.report is not None]
