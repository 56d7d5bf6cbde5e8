"""Assigning items: of a meeting, by telephone, on the site; changing and enforcing those that wait for their minutes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Max

from projects.ledger.models import Party, Project
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.wording import chinese_date
from renovation.records.services import values_in_force, work_calendar
from supervision.dispatch.enums import (
    AnswererKind,
    ItemAct,
    ItemOrigin,
    ItemState,
    MeetingState,
    MinutesState,
)
from supervision.dispatch.flow import ITEM
from supervision.dispatch.meetings import keeping
from supervision.dispatch.models import DispatchItem, DispatchMeeting, Topic
from supervision.dispatch.parameters import DUE_DAYS

from .moving import audit_item, keep, lock, move


@dataclass(frozen=True, slots=True)
class Answerer:
    """Who answers: a street, a section of the bureau by its name, or a party of the project."""

    kind: AnswererKind
    name: str
    organisation: Organisation | None = None
    party: Party | None = None

    @classmethod
    def street(cls, street: Organisation) -> Answerer:
        """A street."""
        return cls(AnswererKind.STREET, street.short_name, street)

    @classmethod
    def section(cls, bureau: Organisation, name: str) -> Answerer:
        """A section of the bureau, which has no account of its own: the bureau's clerks answer for it."""
        return cls(AnswererKind.SECTION, name.strip(), bureau)

    @classmethod
    def of_party(cls, party: Party) -> Answerer:
        """A party of a project, by its account where it has one."""
        return cls(AnswererKind.PARTY, party.name, party.organisation, party)

    def has(self, item: DispatchItem) -> bool:
        """Whether it has an item already: the same street, a section of that name, the same company, in whatever role
        it takes part in the project. No query."""
        if self.kind != item.answerer_kind:
            return False
        if self.kind is AnswererKind.SECTION:
            return self.name == item.answerer_name
        known = self.organisation is not None and self.organisation.pk == item.organisation_id
        if self.kind is AnswererKind.STREET:
            return known
        same = self.party is not None and self.party.pk == item.party_id
        return same or known or self.name == item.answerer_name


@dataclass(frozen=True, slots=True)
class ItemValues:
    """What is to be done, how one will know that it is done, who answers and helps, by which day, who follows it."""

    task: str
    standard: str
    answerer: Answerer
    due_on: date
    owner: User
    project: Project | None = None
    co_organisations: tuple[Organisation, ...] = ()
    co_names: str = ""


def usual_due(*, bureau: Organisation, now: datetime) -> date:
    """The day by which an item is usually done: the next meeting, by the bureau's settings."""
    today = local_day(now)
    days: int = values_in_force(organisation=bureau, on=today)[DUE_DAYS.key]
    return work_calendar().roll_forward(today + timedelta(days=days))


# -- assigning ---------------------------------------------------------------------------------------
@transaction.atomic
def assign(
    *,
    bureau: Organisation,
    origin: ItemOrigin,
    values: ItemValues,
    meeting: DispatchMeeting | None = None,
    topic: Topic | None = None,
    at_once: bool = False,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Assign an item. One of a meeting waits for the signature of its minutes unless it is wanted ``at_once``; one by
    telephone or on the site, and one of a meeting whose minutes are signed, is in force at once. The code names the
    week that the meeting is about, without a meeting that of the day.

    Refuses a day that is over (``dispatch.due_past``), another bureau's street or project (``dispatch.not_ours``), a
    party of another project (``dispatch.other_project``), a meeting that was not held and a topic that was struck
    (StateConflict). Who assigns while the minutes are signed comes after the signature or before it.
    """
    if meeting is not None:
        meeting = keeping.lock(meeting)
    Organisation.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    _check_values(bureau, values, now)
    waits = _check_meeting(origin, meeting, topic, at_once)
    week = meeting.week if meeting is not None else Week.of(local_day(now))
    newest = DispatchItem.objects.filter(bureau=bureau, week_start=week.start).aggregate(
        newest=Max("number")
    )["newest"]
    item = DispatchItem.objects.create(
        bureau=bureau,
        week_start=week.start,
        number=(newest or 0) + 1,
        origin=origin,
        meeting=meeting,
        topic=topic,
        state=ItemState.PLANNED if waits else ItemState.TO_ACCEPT,
        in_force_at=None if waits else now,
        assigned_by=by,
        assigned_at=now,
        **_columns(values),
    )
    item.co_organisations.set(values.co_organisations)
    words = f"{values.answerer.name}，{chinese_date(values.due_on)}前"
    keep(item, ItemAct.ASSIGN, "", words, None, by, now)
    audit_item(item, ItemAct.ASSIGN, "交办", by=by, now=now, reason=words)
    return item


def _check_meeting(
    origin: ItemOrigin, meeting: DispatchMeeting | None, topic: Topic | None, at_once: bool
) -> bool:
    """Whether the item waits for minutes; the caller holds the lock of the meeting."""
    if origin is not ItemOrigin.MEETING or meeting is None:
        return False
    if meeting.state != MeetingState.HELD:
        raise StateConflict("会议召开以后才能交办。", state=meeting.state)
    if topic is not None and topic.meeting_id != meeting.pk:
        raise Refusal("dispatch.other_meeting", "这个议题不是这次会议的。", field="topic")
    if topic is not None and not Topic.objects.kept().filter(pk=topic.pk).exists():
        raise StateConflict(f"“{topic.title}”已经删去，先恢复再交办。", state="struck")
    signed = meeting.minutes.filter(state=MinutesState.SIGNED).exists()
    return not at_once and not signed


def _check_values(bureau: Organisation, values: ItemValues, now: datetime) -> None:
    if values.due_on < local_day(now):
        raise Refusal("dispatch.due_past", "办结期限不能早于今天。", field="due_on")
    project = values.project
    if project is not None and project.programme.bureau_id != bureau.pk:
        raise Refusal("dispatch.not_ours", "这个项目不在本区。", field="project")
    check_answerer(
        bureau=bureau,
        answerer=values.answerer,
        helpers=values.co_organisations,
        project_id=project.pk if project is not None else None,
    )


def check_answerer(
    *,
    bureau: Organisation,
    answerer: Answerer,
    project_id: int | None,
    helpers: tuple[Organisation, ...] = (),
) -> None:
    """Refuses another bureau's street or section (``dispatch.not_ours``) and a party of another project or of none
    (``dispatch.other_project``)."""
    ours = {bureau.pk, *bureau.descendants().values_list("pk", flat=True)}
    streets = [*helpers]
    if answerer.kind is not AnswererKind.PARTY and answerer.organisation is not None:
        streets.append(answerer.organisation)
    if any(street.pk not in ours for street in streets):
        raise Refusal("dispatch.not_ours", "只能交办给本区的街道和科室。", field="street")
    if answerer.party is not None and answerer.party.project_id != project_id:
        raise Refusal(
            "dispatch.other_project", "这个参建单位不是所选项目的，请重新选。", field="party"
        )


def _columns(values: ItemValues) -> dict[str, Any]:
    return {
        "task": values.task.strip(),
        "standard": values.standard.strip(),
        "project": values.project,
        "co_names": values.co_names.strip(),
        "first_due_on": values.due_on,
        "due_on": values.due_on,
        "limit_on": values.due_on,
        "owner": values.owner,
        **answerer_columns(values.answerer),
    }


def answerer_columns(answerer: Answerer) -> dict[str, Any]:
    return {
        "answerer_kind": answerer.kind,
        "organisation": answerer.organisation,
        "party": answerer.party,
        "answerer_name": answerer.name,
    }


@transaction.atomic
def revise(
    *,
    item: DispatchItem,
    values: ItemValues,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> DispatchItem:
    """Change an item that waits for its minutes. Refuses what ``assign`` refuses, and once it is in force."""
    if item.meeting is not None:
        keeping.lock(item.meeting)
    locked = lock(item, seen)
    ITEM.transition(locked.state, ItemAct.REVISE)
    _check_values(locked.bureau, values, now)
    before = f"{locked.task}（{locked.answerer_name}，{chinese_date(locked.due_on)}）"
    for name, value in _columns(values).items():
        setattr(locked, name, value)
    locked.save()
    locked.co_organisations.set(values.co_organisations)
    after = f"{locked.task}（{locked.answerer_name}，{chinese_date(locked.due_on)}）"
    keep(locked, ItemAct.REVISE, locked.state, after, None, by, now)
    audit_item(
        locked,
        ItemAct.REVISE,
        "修改",
        by=by,
        now=now,
        reason=f"{locked.answerer_name}，{chinese_date(locked.due_on)}前",
        changes={"item": [before, after]},
    )
    item.refresh_from_db()
    return item


@transaction.atomic
def enforce(*, item: DispatchItem, by: User, now: datetime) -> DispatchItem:
    """Put an item into force; ``minutes.sign`` does, for all of its meeting."""
    return move(item, ItemAct.ENFORCE, "纪要签发", by=by, now=now, in_force_at=now)
