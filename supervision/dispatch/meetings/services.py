"""Planning a meeting, settling its agenda, holding it or calling it off. Its minutes are made in ``minutes``.

Every act locks the meeting, so that whoever comes second meets what the first one left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.urls import reverse

from projects.ledger.models import Project
from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day, local_moment
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.core.wording import chinese_moment
from renovation.records.services import audit, values_in_force, work_calendar
from supervision.dispatch.enums import MeetingAct, MeetingState, TopicKind
from supervision.dispatch.flow import MEETING
from supervision.dispatch.models import DispatchMeeting, Minutes, Topic
from supervision.dispatch.parameters import MEETING_CHAIR, MEETING_CLOCK, MEETING_PLACE
from supervision.dispatch.policies import check_topics_open
from supervision.weekly.weeks import moments_of

from .agenda import ORDER, Proposal, proposals
from .keeping import keep_step, lock

#: The acts on an agenda, for who edits it second (``ledger.trail``).
AGENDA_ACTS = tuple(
    f"dispatch.agenda.{word}" for word in ("propose", "add", "edit", "strike", "restore", "order")
)


@dataclass(frozen=True, slots=True)
class MeetingValues:
    """When and where a meeting is, and who chairs it (the name of a post)."""

    meets_at: datetime
    place: str
    chair: str


@dataclass(frozen=True, slots=True)
class TopicValues:
    """What a topic says and whom it concerns."""

    kind: TopicKind
    title: str
    facts: str
    street: Organisation | None = None
    project: Project | None = None


def usual_values(*, bureau: Organisation, week: Week, now: datetime) -> MeetingValues:
    """Where a new meeting is usually held: on the day the week closes, by the bureau's settings; a day that is over
    gives way to the next working day."""
    values = values_in_force(organisation=bureau, on=local_day(now))
    moments = moments_of(bureau=bureau, week=week, now=now)
    day = local_day(moments.closes_at) if moments.closes_at is not None else week.end
    meets_at = local_moment(day, values[MEETING_CLOCK.key])
    if meets_at <= now:
        later = work_calendar().next_workday(local_day(now))
        meets_at = local_moment(later, values[MEETING_CLOCK.key])
    return MeetingValues(meets_at, values[MEETING_PLACE.key], values[MEETING_CHAIR.key])


@transaction.atomic
def plan(
    *,
    bureau: Organisation,
    week: Week,
    values: MeetingValues,
    extra_reason: str = "",
    by: User,
    now: datetime,
) -> DispatchMeeting:
    """A meeting about a reporting week, with the topics that the machine proposes.

    Refuses a week that has not begun (``dispatch.week_ahead``) or asks for no return (``dispatch.week_not_asked``),
    and a second meeting about it without a reason (``dispatch.second``); who plans at the same time waits at the
    bureau's row.
    """
    Organisation.objects.select_for_update(no_key=True).get(pk=bureau.pk)
    if week > Week.of(local_day(now)):
        raise Refusal("dispatch.week_ahead", f"{week.label}还没有开始，不能拟定会议。")
    moments = moments_of(bureau=bureau, week=week, now=now)
    if not moments.is_asked:
        raise Refusal(
            "dispatch.week_not_asked", f"{week.label}没有工作日，不要求报送，不开周调度会。"
        )
    standing = DispatchMeeting.objects.standing().filter(bureau=bureau, week_start=week.start)
    if standing.exists() and not extra_reason.strip():
        raise Refusal(
            "dispatch.second",
            f"{week.label}已有周调度会，加开的请写明原因。",
            field="extra_reason",
        )
    meeting = DispatchMeeting.objects.create(
        bureau=bureau,
        week_start=week.start,
        year=week.year.year,
        extra_reason=extra_reason.strip() if standing.exists() else "",
        meets_at=values.meets_at,
        place=values.place,
        chair=values.chair,
        planned_by=by,
        planned_at=now,
    )
    keep_step(meeting, MeetingAct.PLAN, "", meeting.extra_reason, by, now)
    _audit(
        meeting, "meeting.plan", f"拟定{meeting.title}", by=by, now=now, reason=meeting.extra_reason
    )
    _propose(meeting, by, now)
    return meeting


@transaction.atomic
def change(
    *, meeting: DispatchMeeting, values: MeetingValues, by: User, now: datetime
) -> DispatchMeeting:
    """Move it, or name another chair; until it is held."""
    locked = lock(meeting)
    MEETING.transition(locked.state, MeetingAct.CHANGE)
    before = [chinese_moment(locked.meets_at), locked.place, locked.chair]
    locked.meets_at, locked.place, locked.chair = values.meets_at, values.place, values.chair
    after = [chinese_moment(locked.meets_at), locked.place, locked.chair]
    if before == after:
        return locked
    locked.save(update_fields=["meets_at", "place", "chair"])
    words = f"{after[0]}，{after[1]}，{after[2]}主持"
    keep_step(locked, MeetingAct.CHANGE, locked.state, words, by, now)
    _audit(
        locked,
        "meeting.change",
        f"修改{locked.title}的安排",
        by=by,
        now=now,
        changes={"plan": [before, after]},
    )
    meeting.refresh_from_db()
    return meeting


@transaction.atomic
def call_off(*, meeting: DispatchMeeting, reason: str, by: User, now: datetime) -> DispatchMeeting:
    """It is not held, with a reason; the week may have another one. Refuses no reason (``comment.missing``)."""
    if not reason.strip():
        raise Refusal("comment.missing", "请写明取消的原因。", field="reason")
    return _move(
        meeting,
        MeetingAct.CALL_OFF,
        reason,
        by,
        now,
        called_off_by=by,
        called_off_at=now,
        called_off_reason=reason.strip(),
    )


def why_not_hold(*, meeting: DispatchMeeting, now: datetime) -> str:
    """From when a planned meeting can be begun where its moment has not come; "" where it has."""
    if meeting.meets_at <= now:
        return ""
    return f"会议定在{chinese_moment(meeting.meets_at)}，到时才能开始记录；提前开的先在“修改安排”里改时间。"


@transaction.atomic
def hold(*, meeting: DispatchMeeting, recorder: str, by: User, now: datetime) -> Minutes:
    """It met: it gets its number of the year, and the minutes that are now recorded. Refuses one whose moment has not
    come (``dispatch.not_yet``) and an agenda without a topic (``dispatch.no_topic``)."""
    locked = lock(meeting)
    MEETING.transition(locked.state, MeetingAct.HOLD)
    if said := why_not_hold(meeting=locked, now=now):
        raise Refusal(
            "dispatch.not_yet",
            said,
            href=reverse("dispatch:meeting_act", args=[meeting.pk, "change"]),
        )
    if not locked.topics.kept().exists():
        raise Refusal("dispatch.no_topic", "还没有议题，先加一个议题。")
    Organisation.objects.select_for_update(no_key=True).get(pk=locked.bureau_id)
    newest = DispatchMeeting.objects.filter(bureau=locked.bureau_id, year=locked.year).aggregate(
        newest=Max("number")
    )["newest"]
    _move(meeting, MeetingAct.HOLD, "", by, now, number=(newest or 0) + 1, held_by=by, held_at=now)
    return Minutes.objects.create(
        meeting=meeting,
        met_at=meeting.meets_at,
        place=meeting.place,
        chair=meeting.chair,
        recorder=recorder.strip() or str(by),
        recorded_by=by,
        recorded_at=now,
    )


# -- the agenda --------------------------------------------------------------------------------------
def agenda_seen(*, meeting: DispatchMeeting) -> int:
    """What a form that changes the agenda carries (``ledger.trail``). One query."""
    return newest_act(rows=[meeting], acts=AGENDA_ACTS)


@transaction.atomic
def propose(*, meeting: DispatchMeeting, by: User, now: datetime) -> int:
    """Bring the agenda up to the facts of now; returns how many topics are new.

    What a person wrote or struck stays; a proposal that nobody touched goes where its facts are over. Until the
    meeting is held.
    """
    locked = lock(meeting)
    if locked.state != MeetingState.AGENDA:
        raise StateConflict("会议已经召开，不再更新议题，可以添加。", state=locked.state)
    return _propose(locked, by, now)


def _propose(meeting: DispatchMeeting, by: User, now: datetime) -> int:
    topics = list(meeting.topics.all())
    present = {topic.source_key: topic for topic in topics if topic.source_key}
    wanted = proposals(meeting=meeting, now=now)
    keys = {each.key for each in wanted}
    gone = [
        topic
        for key, topic in present.items()
        if key not in keys and topic.edited_at is None and topic.struck_at is None
    ]
    Topic.objects.filter(pk__in=[topic.pk for topic in gone]).delete()
    topics = [topic for topic in topics if topic not in gone]
    made = 0
    for each in wanted:
        topic = present.get(each.key)
        if topic is None:
            _insert(topics, _topic_from(meeting, each, now))
            made += 1
        elif topic.edited_at is None and _take_over(topic, each):
            topic.save(update_fields=_PROPOSED)
    _number(topics)
    DispatchMeeting.objects.filter(pk=meeting.pk).update(proposed_at=now)
    _audit(
        meeting,
        "agenda.propose",
        f"按最新情况更新{meeting.title}的议题",
        by=by,
        now=now,
        changes={"topics": [len(present), len(wanted)]},
    )
    return made


#: What the machine says of a topic, and whom it concerns: an item may have gone to another street meanwhile.
_PROPOSED = ("title", "facts", "street_id", "project_id")


def _take_over(topic: Topic, each: Proposal) -> bool:
    """Say a topic as it is proposed now; whether it says anything else than before."""
    before = [getattr(topic, name) for name in _PROPOSED]
    for name in _PROPOSED:
        setattr(topic, name, getattr(each, name))
    return before != [getattr(topic, name) for name in _PROPOSED]


def _topic_from(meeting: DispatchMeeting, each: Proposal, now: datetime) -> Topic:
    return Topic(
        meeting=meeting,
        kind=each.kind,
        title=each.title,
        facts=each.facts,
        street_id=each.street_id,
        project_id=each.project_id,
        item=each.item,
        source_key=each.key,
        added_at=now,
    )


def _insert(topics: list[Topic], new: Topic) -> None:
    """Behind the last topic of its kind or an earlier one, so that what people moved stays where it is."""
    order = ORDER.index(TopicKind(new.kind))
    places = [
        place for place, topic in enumerate(topics) if ORDER.index(TopicKind(topic.kind)) <= order
    ]
    topics.insert(places[-1] + 1 if places else 0, new)


def _number(topics: Sequence[Topic]) -> None:
    """Give topics their places in this order; the new ones are written."""
    moved = []
    for place, topic in enumerate(topics, start=1):
        if topic.place != place:
            topic.place = place
            if not topic._state.adding:
                moved.append(topic)
    Topic.objects.bulk_create([topic for topic in topics if topic._state.adding])
    Topic.objects.bulk_update(moved, ["place"])


@transaction.atomic
def add_topic(
    *,
    meeting: DispatchMeeting,
    values: TopicValues,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> Topic:
    """A topic of one's own, at its kind's end; also at the meeting itself, until the minutes are submitted."""
    locked = _lock_agenda(meeting, seen)
    topics = list(locked.topics.all())
    made = Topic(
        meeting=locked,
        kind=values.kind,
        title=values.title.strip(),
        facts=values.facts.strip(),
        street=values.street or (values.project.street if values.project else None),
        project=values.project,
        added_by=by,
        added_at=now,
    )
    _insert(topics, made)
    _number(topics)
    _audit(locked, "agenda.add", f"在{locked.title}加入议题“{made.title}”", by=by, now=now)
    return made


@transaction.atomic
def edit_topic(
    *, topic: Topic, title: str, facts: str, seen: int | None = None, by: User, now: datetime
) -> Topic:
    """Say it in other words; the machine leaves them alone from then on. Raises StateConflict where it went with its
    facts (``propose``)."""
    locked = _lock_agenda(topic.meeting, seen)
    present = Topic.objects.filter(pk=topic.pk).first()
    if present is None:
        raise StateConflict(f"“{topic.title}”的情况已经没有了，更新议题时去掉了。", state="gone")
    before = [present.title, present.facts]
    present.title, present.facts = title.strip(), facts.strip()
    present.edited_by, present.edited_at = by, now
    present.save(update_fields=["title", "facts", "edited_by", "edited_at"])
    _audit(
        locked,
        "agenda.edit",
        f"修改{locked.title}的议题“{present.title}”",
        by=by,
        now=now,
        changes={"topic": [before, [present.title, present.facts]]},
    )
    return present


@transaction.atomic
def strike(*, topic: Topic, by: User, now: datetime) -> Topic:
    """Take it off the agenda; it can be put back. Refuses what was struck already, and one that was decided or from
    which something was assigned (``dispatch.topic_decided``)."""
    locked = _lock_agenda(topic.meeting, None)
    if topic.decisions.exists() or topic.items.exists():
        raise Refusal("dispatch.topic_decided", f"“{topic.title}”已有议定事项或交办，不能删去。")
    changed = Topic.objects.filter(pk=topic.pk, struck_at=None).update(struck_by=by, struck_at=now)
    if not changed:
        raise StateConflict(f"“{topic.title}”已经删去。", state="struck")
    _audit(locked, "agenda.strike", f"删去{locked.title}的议题“{topic.title}”", by=by, now=now)
    topic.refresh_from_db()
    return topic


@transaction.atomic
def restore(*, topic: Topic, by: User, now: datetime) -> Topic:
    """Put a struck topic back."""
    locked = _lock_agenda(topic.meeting, None)
    changed = Topic.objects.filter(pk=topic.pk, struck_at__isnull=False).update(
        struck_by=None, struck_at=None
    )
    if not changed:
        raise StateConflict(f"“{topic.title}”已在议题中。", state="kept")
    _audit(locked, "agenda.restore", f"恢复{locked.title}的议题“{topic.title}”", by=by, now=now)
    topic.refresh_from_db()
    return topic


@transaction.atomic
def move_topic(*, topic: Topic, up: bool, by: User, now: datetime) -> None:
    """One place up or down among those on the agenda; at the end nothing happens."""
    locked = _lock_agenda(topic.meeting, None)
    topics = list(locked.topics.all())
    shown = [place for place, each in enumerate(topics) if each.struck_at is None]
    here = next((place for place in shown if topics[place].pk == topic.pk), None)
    if here is None:
        raise StateConflict(f"“{topic.title}”已经删去。", state="struck")
    index = shown.index(here) + (-1 if up else 1)
    if not 0 <= index < len(shown):
        return
    there = shown[index]
    topics[here], topics[there] = topics[there], topics[here]
    _number(topics)
    _audit(locked, "agenda.order", f"调整{locked.title}议题“{topic.title}”的次序", by=by, now=now)


def _lock_agenda(meeting: DispatchMeeting, seen: int | None) -> DispatchMeeting:
    locked = lock(meeting)
    check_topics_open(meeting=locked)
    if seen is not None:
        refuse_unseen(rows=[locked], acts=AGENDA_ACTS, seen=seen, noun="这次会议的议题")
    return locked


# -- shared ------------------------------------------------------------------------------------------
def _move(
    meeting: DispatchMeeting, act: MeetingAct, text: str, by: User, now: datetime, **values: Any
) -> DispatchMeeting:
    before = lock(meeting).state
    step = MEETING.transition(before, act)
    changed = DispatchMeeting.objects.filter(pk=meeting.pk, state=before).update(
        state=step.to, **values
    )
    if not changed:
        meeting.refresh_from_db()
        raise StateConflict(MEETING.refusal(meeting.state, act), state=meeting.state)
    meeting.refresh_from_db()
    keep_step(meeting, act, before, text, by, now)
    _audit(
        meeting,
        f"meeting.{act}",
        f"{MEETING.act_label(before, act)}：{meeting.title}",
        by=by,
        now=now,
        reason=text,
        changes={"state": [before, meeting.state]},
    )
    return meeting


def _audit(
    meeting: DispatchMeeting,
    act: str,
    sentence: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    changes: dict[str, Any] | None = None,
) -> None:
    audit(
        act=f"dispatch.{act}",
        sentence=sentence,
        by=by,
        now=now,
        target=meeting,
        organisation=meeting.bureau,
        reason=reason,
        changes=changes,
    )
