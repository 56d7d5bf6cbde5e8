"""Asking about a row of a return, answering, asking again, closing, withdrawing, handing over."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.db import transaction

from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.wording import chinese_date
from renovation.records.acting import hands
from renovation.records.services import audit
from supervision.weekly.enums import FollowUpAct
from supervision.weekly.models import FollowUp, FollowUpStep, WeeklyReport, WeeklyReturn
from supervision.weekly.values import ReportValues

from .flow import FLOW
from .policies import ASKABLE


@transaction.atomic
def ask(
    *,
    weekly_return: WeeklyReturn,
    project: Project,
    question: str,
    due_on: date,
    by: User,
    now: datetime,
) -> FollowUp:
    """Ask the street about what its return says of a project, to be answered by a day; ``by`` becomes its owner.

    Refuses an empty question (``follow_up.question``), a day that is past (``follow_up.due``), a return that was
    not sent (``follow_up.not_sent``), a project that does not stand in it (``follow_up.no_row``), and a second
    question while one about the project in that week, in any version, is not settled (``follow_up.unsettled``).
    """
    # Two people who ask about the same row, also of another version, wait for each other here.
    versions = WeeklyReturn.objects.select_for_update(no_key=True, of=("self",)).filter(
        street=weekly_return.street_id, week_start=weekly_return.week_start
    )
    locked = {row.pk: row for row in versions.order_by("pk")}[weekly_return.pk]
    text = _words(question, "请写明要核实什么。", field="question")
    _check_due(due_on, now)
    if locked.state not in ASKABLE:
        raise Refusal("follow_up.not_sent", "街道报送以后才能提请核实。")
    report = WeeklyReport.objects.filter(weekly_return=locked, project=project).first()
    if report is None:
        raise Refusal("follow_up.no_row", f"这份周报没有填{project.name}。")
    same = FollowUp.objects.filter(weekly_return__in=versions, project=project)
    if same.unsettled().exists():
        raise Refusal(
            "follow_up.unsettled",
            f"{project.name}本周已有没有了结的核实事项，请在那一件里再问。",
            field="question",
        )
    made = FollowUp.objects.create(
        weekly_return=locked,
        project=project,
        question=text,
        asking=text,
        row=ReportValues.of(report).as_json(),
        due_on=due_on,
        owner=by,
        asked_by=by,
        asked_at=now,
    )
    _keep(made, FollowUpAct.ASK, _until(text, due_on), by=by, now=now)
    return made


@transaction.atomic
def answer(*, follow_up: FollowUp, text: str, by: User, now: datetime) -> FollowUp:
    """The street's answer; refuses an empty one (``comment.missing`` at ``text``)."""
    said = _words(text, "请写明核实的结果。")
    return _move(
        follow_up, FollowUpAct.ANSWER, said, by=by, now=now, answered_by=by, answered_on=local_day(now)
    )  # fmt: skip


@transaction.atomic
def ask_again(*, follow_up: FollowUp, text: str, due_on: date, by: User, now: datetime) -> FollowUp:
    """The answer does not do: ask once more, with a new day; counted."""
    said = _words(text, "请写明还要核实什么。")
    _check_due(due_on, now)
    locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    return _move(
        follow_up,
        FollowUpAct.ASK_AGAIN,
        _until(said, due_on),
        by=by,
        now=now,
        asking=said,
        due_on=due_on,
        rounds=locked.rounds + 1,
        answered_by=None,
        answered_on=None,
    )


@transaction.atomic
def close(*, follow_up: FollowUp, text: str, by: User, now: datetime) -> FollowUp:
    """Settle it. Refuses who answered (``Forbidden``)."""
    locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if hands(locked, "answered_by") & by.persons:
        raise Forbidden("答复的人不能自己了结。")
    return _move(
        follow_up, FollowUpAct.CLOSE, text.strip(), by=by, now=now, closed_by=by, closed_on=local_day(now)
    )  # fmt: skip


@transaction.atomic
def withdraw(*, follow_up: FollowUp, text: str, by: User, now: datetime) -> FollowUp:
    """Take a question back that needs no answer any more, with a reason."""
    said = _words(text, "请写明撤回的原因。")
    return _move(
        follow_up, FollowUpAct.WITHDRAW, said, by=by, now=now, closed_by=by, closed_on=local_day(now)
    )  # fmt: skip


@transaction.atomic
def hand_over(*, follow_up: FollowUp, owner: User, text: str, by: User, now: datetime) -> FollowUp:
    """Give it to another person of the bureau; refuses who has it already (``follow_up.same_owner``)."""
    locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    if locked.owner_id == owner.pk:
        raise Refusal("follow_up.same_owner", f"现在就由{owner}经办。", field="owner")
    said = f"{locked.owner}转交{owner}" + (f"：{text.strip()}" if text.strip() else "")
    return _move(follow_up, FollowUpAct.HAND_OVER, said, by=by, now=now, owner=owner)


def _words(text: str, empty: str, *, field: str = "text") -> str:
    said = text.strip()
    if not said:
        raise Refusal("comment.missing", empty, field=field)
    return said


def _check_due(due_on: date, now: datetime) -> None:
    if due_on < local_day(now):
        raise Refusal("follow_up.due", "答复期限不能早于今天。", field="due_on")


def _until(text: str, due_on: date) -> str:
    return f"{text}（答复期限 {chinese_date(due_on)}）"


def _move(
    follow_up: FollowUp, act: FollowUpAct, text: str, *, by: User, now: datetime, **values: Any
) -> FollowUp:
    before = FollowUp.objects.select_for_update().get(pk=follow_up.pk).state
    step = FLOW.transition(before, act)
    changed = FollowUp.objects.filter(pk=follow_up.pk, state=before).update(state=step.to, **values)
    if not changed:
        follow_up.refresh_from_db()
        raise StateConflict(FLOW.refusal(follow_up.state, act), state=follow_up.state)
    follow_up.refresh_from_db()
    _keep(follow_up, act, text, by=by, now=now, before=before)
    return follow_up


def _keep(
    follow_up: FollowUp, act: FollowUpAct, text: str, *, by: User, now: datetime, before: str = ""
) -> None:
    FollowUpStep.objects.create(
        follow_up=follow_up, act=act, text=text, by=by, stands_for=by.stands_for, at=now
    )
    street = follow_up.weekly_return.street
    audit(
        act=f"return.follow_up.{act}",
        sentence=f"{act.label}{street.short_name}周报中{follow_up.project.name}的核实事项",
        by=by,
        now=now,
        target=follow_up,
        organisation=street,
        reason=text,
        changes={"state": [before or None, follow_up.state]},
    )
