"""Asking: drafts, their columns, approval, extension, closing. Answers are taken in ``answering``.

A bureau's inquiries stand in line at its row, so that a limit of open ones holds; every act locks the inquiry.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.models import Programme, Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.wording import chinese_moment, join
from renovation.records.acting import hands
from renovation.records.services import audit, values_in_force

from .enums import InquiryAct, InquiryState, Subject
from .flow import FLOW
from .models import AskedRow, Inquiry, InquiryEvent, InquiryStreet
from .parameters import MOST_OPEN
from .policies import ANOTHER
from .table import filled_values, known_of


@dataclass(frozen=True, slots=True)
class InquiryValues:
    """What is asked, what for, of whom, by when."""

    title: str
    purpose: str
    subject: Subject
    programme: Programme
    streets: tuple[Organisation, ...]
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Burden:
    """What an inquiry costs the streets: rows by street, asked columns, cells to be filled in."""

    rows: tuple[tuple[Organisation, int], ...]
    column_count: int

    @property
    def row_count(self) -> int:
        """All rows."""
        return sum(count for _, count in self.rows)

    @property
    def cell_count(self) -> int:
        """Cells to be filled in: rows × asked columns."""
        return self.row_count * self.column_count


# -- the draft ---------------------------------------------------------------------------------------
@transaction.atomic
def draft(*, bureau: Organisation, values: InquiryValues, by: User, now: datetime) -> Inquiry:
    """A new draft under the next number of the bureau's year. Refuses what ``_check`` refuses."""
    _check(values, now)
    inquiry = Inquiry.objects.create(
        bureau=bureau,
        number=_next_number(bureau, local_day(now).year),
        programme=values.programme,
        title=values.title,
        purpose=values.purpose,
        subject=values.subject,
        due_at=values.due_at,
        drafted_by=by,
        drafted_at=now,
    )
    _set_streets(inquiry, values.streets)
    _event(inquiry, InquiryAct.DRAFT, "", "", by, now)
    _audit(inquiry, InquiryAct.DRAFT, "拟定", by=by, now=now)
    return inquiry


@transaction.atomic
def revise(
    *, inquiry: Inquiry, values: InquiryValues, seen: int, by: User, now: datetime
) -> Inquiry:
    """Change a draft. ``seen`` is the version that the person looked at; another one is refused
    (``inquiry.overtaken``), as is another subject once columns stand (``inquiry.subject``)."""
    locked = lock_draft(inquiry=inquiry, seen=seen)
    _check(values, now)
    has_columns = locked.columns.exists() or locked.filled_columns.exists()
    if values.subject != locked.subject and has_columns:
        raise Refusal(
            "inquiry.subject", "已经定了列，不能再换；要换的先把各列删去。", field="subject"
        )
    before = [locked.title, locked.purpose, locked.due_at.isoformat()]
    locked.title, locked.purpose = values.title, values.purpose
    locked.subject, locked.programme = values.subject, values.programme
    locked.due_at = values.due_at
    locked.save(update_fields=["title", "purpose", "subject", "programme", "due_at"])
    _set_streets(locked, values.streets)
    touch(inquiry=locked)
    audit(
        act="inquiry.revise",
        sentence=f"修改临时收数 {locked.number}“{locked.title}”",
        by=by,
        now=now,
        target=locked,
        organisation=locked.bureau,
        changes={"draft": [before, [locked.title, locked.purpose, locked.due_at.isoformat()]]},
    )
    inquiry.refresh_from_db()
    return inquiry


def lock_draft(*, inquiry: Inquiry, seen: int | None = None) -> Inquiry:
    """The row of a draft, locked. Refuses what is no draft any more, and an older version than the one that
    stands now (``inquiry.overtaken``)."""
    locked = Inquiry.objects.select_for_update().get(pk=inquiry.pk)
    if locked.state != InquiryState.DRAFT:
        raise StateConflict(
            f"“{locked.title}”{locked.get_state_display()}，不能再改内容和列。", state=locked.state
        )
    if seen is not None and seen != locked.version:
        raise Refusal("inquiry.overtaken", "您打开页面后，这项收数被改过，请看过现在的内容再改。")
    return locked


def touch(*, inquiry: Inquiry) -> None:
    """Count a change of a locked draft."""
    inquiry.version += 1
    inquiry.save(update_fields=["version"])


def _check(values: InquiryValues, now: datetime) -> None:
    if values.due_at <= now:
        raise Refusal("inquiry.due_past", "最后期限要在现在以后。", field="due_at")
    if not values.streets:
        raise Refusal("inquiry.no_street", "至少选一个街道。", field="streets")


def _set_streets(inquiry: Inquiry, streets: Sequence[Organisation]) -> None:
    inquiry.streets.all().delete()
    InquiryStreet.objects.bulk_create(
        InquiryStreet(inquiry=inquiry, street=street) for street in streets
    )


def _next_number(bureau: Organisation, year: int) -> str:
    """LS2025-007: the next of the year; writers stand in line at the bureau."""
    Organisation.objects.select_for_update().get(pk=bureau.pk)
    start = f"LS{year}-"
    rows = Inquiry.objects.filter(number__startswith=start).values_list("number", flat=True)
    last = max((int(number.removeprefix(start)) for number in rows), default=0)
    return f"{start}{last + 1:03}"


# -- burden ------------------------------------------------------------------------------------------
def planned_rows(*, inquiry: Inquiry, now: datetime) -> list[tuple[Organisation, Project | None]]:
    """The rows that an approval now would ask for: the projects in scope today, or the streets. One query or
    two."""
    streets = [each.street for each in inquiry.streets.select_related("street")]
    if inquiry.subject == Subject.STREET:
        return [(street, None) for street in streets]
    rows = (
        Project.objects.filter(programme=inquiry.programme_id, street__in=streets)
        .in_scope_on(local_day(now))
        .order_by("street__order", "code")
        .select_related("street")
    )
    return [(project.street, project) for project in rows]


def burden(*, inquiry: Inquiry, now: datetime) -> Burden:
    """What the inquiry costs: of a draft what approving it now would ask for, later what was asked for."""
    counts: dict[int, list[Any]] = {
        each.street_id: [each.street, 0] for each in inquiry.streets.select_related("street")
    }
    if inquiry.state in {InquiryState.DRAFT, InquiryState.SUBMITTED}:
        asked = [street.pk for street, _ in planned_rows(inquiry=inquiry, now=now)]
    else:
        asked = list(inquiry.rows.values_list("street_id", flat=True))
    for street_id in asked:
        counts[street_id][1] += 1
    return Burden(
        rows=tuple((street, count) for street, count in counts.values()),
        column_count=inquiry.columns.count(),
    )


def open_count(*, bureau: Organisation) -> int:
    """How many inquiries of a bureau collect now."""
    return Inquiry.objects.open().filter(bureau=bureau).count()


def most_open(*, bureau: Organisation, now: datetime) -> int:
    """How many may."""
    found: int = values_in_force(organisation=bureau, on=local_day(now))[MOST_OPEN.key]
    return found


# -- acts --------------------------------------------------------------------------------------------
@transaction.atomic
def submit(*, inquiry: Inquiry, by: User, now: datetime) -> Inquiry:
    """Ask for the approval. Refuses a draft without columns (``inquiry.no_column``) or rows
    (``inquiry.no_row``), and one whose last moment is over (``inquiry.due_past``)."""
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.SUBMIT)
    _check_ready(locked, now)
    return _move(
        locked, InquiryAct.SUBMIT, step.to, "", inquiry, by, now, submitted_by=by, submitted_at=now
    )


@transaction.atomic
def approve(*, inquiry: Inquiry, seen: int, by: User, now: datetime) -> Inquiry:
    """Send it out: rows and columns are fixed, the streets see it. ``seen`` is the version that was shown.

    Raises Forbidden for who drafted or submitted it; refuses one more than may be open at once
    (``inquiry.too_many_open``), another version (``inquiry.overtaken``) and what ``submit`` refuses.
    """
    bureau = Organisation.objects.select_for_update().get(pk=inquiry.bureau_id)
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.APPROVE)
    if by.persons & (hands(locked, "drafted_by") | hands(locked, "submitted_by")):
        raise Forbidden(ANOTHER)
    if seen != locked.version:
        raise Refusal("inquiry.overtaken", "您打开页面后，这项收数被改过，请看过现在的内容再批。")
    limit = most_open(bureau=bureau, now=now)
    running = list(Inquiry.objects.open().filter(bureau=bureau).values_list("title", flat=True))
    if len(running) >= limit:
        raise Refusal(
            "inquiry.too_many_open",
            f"已有 {len(running)} 项正在收数（{join(running[:3])}），按设置最多 {limit} 项，先结束或撤销一项。",
        )
    _check_ready(locked, now)
    AskedRow.objects.bulk_create(
        AskedRow(inquiry=locked, street=street, project=project)
        for street, project in planned_rows(inquiry=locked, now=now)
    )
    return _move(
        locked,
        InquiryAct.APPROVE,
        step.to,
        "",
        inquiry,
        by,
        now,
        approved_by=by,
        approved_at=now,
        first_due_at=locked.due_at,
    )


def _check_ready(inquiry: Inquiry, now: datetime) -> None:
    if not inquiry.columns.exists():
        raise Refusal("inquiry.no_column", "还没有要街道填的列；平台都能填好的，不用收数。")
    if not planned_rows(inquiry=inquiry, now=now):
        raise Refusal("inquiry.no_row", "所选街道没有在计划内的项目，没有可填的行。")
    if inquiry.due_at <= now:
        raise Refusal("inquiry.due_past", "最后期限已过，请退回改期限。", field="due_at")


@transaction.atomic
def send_back(*, inquiry: Inquiry, comment: str, by: User, now: datetime) -> Inquiry:
    """Back to the draft, with a reason. Refuses no reason (``comment.missing``)."""
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.SEND_BACK)
    _need(comment, "退回修改")
    return _move(
        locked,
        InquiryAct.SEND_BACK,
        step.to,
        comment,
        inquiry,
        by,
        now,
        submitted_by=None,
        submitted_at=None,
    )


@transaction.atomic
def extend(*, inquiry: Inquiry, due_at: datetime, comment: str, by: User, now: datetime) -> Inquiry:
    """Move the last moment later, with a reason. Refuses an earlier one or one that is over
    (``inquiry.due_earlier``, ``inquiry.due_past``)."""
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.EXTEND)
    _need(comment, "延期")
    if due_at <= locked.due_at:
        raise Refusal(
            "inquiry.due_earlier",
            f"要晚于现在的期限（{chinese_moment(locked.due_at)}）。",
            field="due_at",
        )
    if due_at <= now:
        raise Refusal("inquiry.due_past", "最后期限要在现在以后。", field="due_at")
    words = f"延至{chinese_moment(due_at)}：{comment.strip()}"
    return _move(locked, InquiryAct.EXTEND, step.to, words[:300], inquiry, by, now, due_at=due_at)


@transaction.atomic
def close(*, inquiry: Inquiry, comment: str = "", by: User, now: datetime) -> Inquiry:
    """Stop collecting: the table stands as it is, what the portal filled in is kept with it, and nothing is
    changed any more. Answers that come at this moment wait for the lock and are refused."""
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.CLOSE)
    known = known_of(locked)
    rows = list(locked.rows.select_related("street", "project"))
    filled = filled_values(inquiry=locked, known=known, rows=rows, now=now)
    for row in rows:
        values = filled.get(row.pk, {})
        row.filled = {
            column.code: column.text(values.get(column.code))
            for column in known
            if values.get(column.code) not in (None, "")
        }
    if known:
        AskedRow.objects.bulk_update(rows, ["filled"])
    return _move(
        locked, InquiryAct.CLOSE, step.to, comment, inquiry, by, now, closed_by=by, closed_at=now
    )


@transaction.atomic
def cancel(*, inquiry: Inquiry, comment: str, by: User, now: datetime) -> Inquiry:
    """Take it back, with a reason; what was answered stays readable."""
    locked = _lock(inquiry)
    step = FLOW.transition(locked.state, InquiryAct.CANCEL)
    _need(comment, "撤销")
    return _move(locked, InquiryAct.CANCEL, step.to, comment, inquiry, by, now)


def _need(comment: str, label: str) -> None:
    if not comment.strip():
        raise Refusal("comment.missing", f"{label}时请写明原因。", field="comment")


def _lock(inquiry: Inquiry) -> Inquiry:
    return Inquiry.objects.select_for_update().select_related(None).get(pk=inquiry.pk)


def _move(
    locked: Inquiry,
    act: InquiryAct,
    to: str,
    comment: str,
    shown: Inquiry,
    by: User,
    now: datetime,
    **values: Any,
) -> Inquiry:
    before = locked.state
    moved = Inquiry.objects.filter(pk=locked.pk, state=before).update(state=to, **values)
    if not moved:
        locked.refresh_from_db()
        raise StateConflict(FLOW.refusal(locked.state, act), state=locked.state)
    shown.refresh_from_db()
    _event(shown, act, before, comment, by, now)
    _audit(shown, act, FLOW.act_label(before, act), by=by, now=now, reason=comment, before=before)
    return shown


def _event(
    inquiry: Inquiry, act: InquiryAct, before: str, comment: str, by: User, now: datetime
) -> None:
    InquiryEvent.objects.create(
        inquiry=inquiry,
        act=act,
        from_state=before,
        to_state=inquiry.state,
        at=now,
        by=by,
        comment=comment.strip(),
    )


def _audit(
    inquiry: Inquiry,
    act: InquiryAct,
    word: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    before: str = "",
) -> None:
    audit(
        act=f"inquiry.{act}",
        sentence=f"{word}临时收数 {inquiry.number}“{inquiry.title}”",
        by=by,
        now=now,
        target=inquiry,
        organisation=inquiry.bureau,
        reason=reason,
        changes={"state": [before or None, inquiry.state]},
    )
