"""Minutes: recorded, submitted, signed by another person, corrected by a next version.

Signing puts what the meeting assigned into force: a street is bound by what somebody signed, not by a draft. What
cannot wait is assigned at once (``items.assigning.assign``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from projects.ledger.trail import newest_act, refuse_unseen
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal, StateConflict
from renovation.core.wording import chinese_moment, join
from renovation.records.services import audit
from supervision.dispatch.enums import ItemAct, MinutesAct, MinutesState, Presence
from supervision.dispatch.flow import MINUTES
from supervision.dispatch.items.assigning import enforce
from supervision.dispatch.models import Attendee, Decision, Minutes, Topic
from supervision.dispatch.policies import check_another_signs
from supervision.dispatch.querysets import WORD_ACTS

from .keeping import keep_step, lock

#: The acts that change who is to do what by when, for who signs (``ledger.trail``); how far the answerer has come
#: changes nothing of it.
ITEM_ACTS = tuple(
    f"dispatch.item.{act}"
    for act in (
        ItemAct.ASSIGN,
        ItemAct.REVISE,
        ItemAct.TRANSFER,
        ItemAct.GRANT_EXTENSION,
        ItemAct.CANCEL,
    )
)


@dataclass(frozen=True, slots=True)
class AttendeeValues:
    """Who: an organisation of the portal or a name, with the post; how it stands in the minutes."""

    presence: Presence
    name: str
    post: str = ""
    organisation: Organisation | None = None

    @property
    def words(self) -> str:
        """出席 松龄路街道分管负责人"""
        return f"{self.presence.label} {self.name}{self.post}"


@dataclass(frozen=True, slots=True)
class MinutesValues:
    """All that minutes say; ``decisions`` by topic id, without those that say nothing."""

    met_at: datetime
    place: str
    chair: str
    recorder: str
    summary: str
    attendees: tuple[AttendeeValues, ...]
    decisions: Mapping[int, str]


def minutes_seen(*, minutes: Minutes) -> int:
    """What a form that writes minutes carries. One query."""
    return newest_act(rows=[minutes], acts=WORD_ACTS)


def signing_seen(*, minutes: Minutes) -> int:
    """What a form that signs minutes carries: the words and what the meeting assigned. Three queries."""
    items = newest_act(rows=minutes.meeting.items.all(), acts=ITEM_ACTS)
    return max(minutes_seen(minutes=minutes), items)


def values_of(minutes: Minutes) -> MinutesValues:
    """What stands in them now. Two queries."""
    attendees = minutes.attendees.select_related("organisation")
    return MinutesValues(
        met_at=minutes.met_at,
        place=minutes.place,
        chair=minutes.chair,
        recorder=minutes.recorder,
        summary=minutes.summary,
        attendees=tuple(
            AttendeeValues(Presence(row.presence), row.name, row.post, row.organisation)
            for row in attendees
        ),
        decisions=dict(minutes.decisions.values_list("topic_id", "text")),
    )


@transaction.atomic
def record(
    *,
    minutes: Minutes,
    values: MinutesValues,
    seen: int | None = None,
    by: User,
    now: datetime,
) -> Minutes:
    """Write what was said. Raises ``EditConflict`` where somebody else wrote since what was ``seen``, StateConflict
    where they are submitted, Refusal for a decision about no topic of the agenda (``dispatch.no_such_topic``)."""
    locked = _lock(minutes)
    topics = {topic.pk: topic for topic in locked.meeting.topics.kept()}
    if seen is not None:
        refuse_unseen(
            rows=[locked], acts=WORD_ACTS, seen=seen, noun="这份纪要", words=_words(topics)
        )
    if locked.state != MinutesState.RECORDING:
        raise StateConflict(f"{locked}{locked.get_state_display()}，不能再改。", state=locked.state)
    if unknown := set(values.decisions) - set(topics):
        raise Refusal(
            "dispatch.no_such_topic", f"有 {len(unknown)} 条议定事项的议题已经删去，请看过再存。"
        )
    before, after = _told(values_of(locked)), _told(values)
    changes = {
        name: [before.get(name, ""), after.get(name, "")]
        for name in {**before, **after}
        if before.get(name, "") != after.get(name, "")
    }
    if not changes:
        return locked
    for name in ("met_at", "place", "chair", "recorder", "summary"):
        setattr(locked, name, getattr(values, name))
    locked.recorded_by, locked.recorded_at = by, now
    locked.save()
    locked.attendees.all().delete()
    locked.decisions.all().delete()
    _write(locked, values)
    _audit(locked, "record", "记录", by=by, now=now, changes=changes)
    minutes.refresh_from_db()
    return minutes


def _write(minutes: Minutes, values: MinutesValues) -> None:
    Attendee.objects.bulk_create(
        Attendee(
            minutes=minutes,
            place=place,
            presence=each.presence,
            organisation=each.organisation,
            name=each.name,
            post=each.post,
        )
        for place, each in enumerate(values.attendees, start=1)
    )
    Decision.objects.bulk_create(
        Decision(minutes=minutes, topic_id=topic, text=text)
        for topic, text in values.decisions.items()
        if text
    )


def _words(topics: Mapping[int, Topic]) -> dict[str, str]:
    """What the second editor reads of each field."""
    return {
        "met_at": "开会时间",
        "place": "地点",
        "chair": "主持",
        "recorder": "记录",
        "summary": "会议概况",
        "attendees": "参会情况",
        **{f"decision:{pk}": f"{topic.title}的议定事项" for pk, topic in topics.items()},
    }


def _told(values: MinutesValues) -> dict[str, str]:
    """The words as the audit log keeps them, by field."""
    return {
        "met_at": chinese_moment(values.met_at),
        "place": values.place,
        "chair": values.chair,
        "recorder": values.recorder,
        "summary": values.summary,
        "attendees": join(each.words for each in values.attendees),
        **{f"decision:{pk}": text for pk, text in values.decisions.items()},
    }


@transaction.atomic
def submit(*, minutes: Minutes, by: User, now: datetime) -> Minutes:
    """Ask for the signature. Refuses minutes without anybody present (``dispatch.nobody_present``), without a decision
    and an item (``dispatch.nothing_decided``), and items whose day is over (``dispatch.item_day_over``)."""
    locked = _lock(minutes)
    MINUTES.transition(locked.state, MinutesAct.SUBMIT)
    if not locked.attendees.filter(presence=Presence.PRESENT).exists():
        raise Refusal("dispatch.nobody_present", "还没有写谁出席，先填参会情况。")
    if not locked.decisions.exists() and not locked.meeting.items.exists():
        raise Refusal("dispatch.nothing_decided", "还没有写议定事项，也没有交办，先写再提请。")
    _check_days(locked, now)
    return _move(minutes, MinutesAct.SUBMIT, "", by=by, now=now, submitted_by=by, submitted_at=now)


@transaction.atomic
def send_back(*, minutes: Minutes, comment: str, by: User, now: datetime) -> Minutes:
    """Back to who records them, with what lacks. Refuses no words (``comment.missing``)."""
    if not comment.strip():
        raise Refusal("comment.missing", "退回修改时请写明意见。", field="comment")
    return _move(
        minutes,
        MinutesAct.SEND_BACK,
        comment,
        by=by,
        now=now,
        submitted_by=None,
        submitted_at=None,
    )


@transaction.atomic
def sign(*, minutes: Minutes, seen: int | None = None, by: User, now: datetime) -> Minutes:
    """Sign: from now on they never change, and the items of the meeting that wait for them are in force.

    Raises Forbidden for who ever wrote in them or submitted them, ``EditConflict`` where the words or what the meeting
    assigned are others than those ``seen`` (``signing_seen``), Refusal where the day of an item is over
    (``dispatch.item_day_over``).
    """
    locked = _lock(minutes)
    MINUTES.transition(locked.state, MinutesAct.SIGN)
    check_another_signs(minutes=locked, persons=by.persons)
    # Held before anybody asks what was done to them: who takes one back meanwhile comes after the signature.
    waiting = list(locked.meeting.items.planned().select_for_update(of=("self",)).order_by("pk"))
    if seen is not None:
        refuse_unseen(rows=[locked], acts=WORD_ACTS, seen=seen, noun="这份纪要")
        assigned = locked.meeting.items.all()
        refuse_unseen(rows=assigned, acts=ITEM_ACTS, seen=seen, noun="这次会议的交办事项")
    _check_days(locked, now)
    _move(minutes, MinutesAct.SIGN, "", by=by, now=now, signed_by=by, signed_at=now)
    for item in waiting:
        enforce(item=item, by=by, now=now)
    return minutes


def _check_days(minutes: Minutes, now: datetime) -> None:
    over = [item.code for item in minutes.meeting.items.planned().filter(due_on__lt=local_day(now))]
    if over:
        raise Refusal(
            "dispatch.item_day_over", f"{join(over)}的办结期限已过，先改期限再提请、签发。"
        )


@transaction.atomic
def correct(*, minutes: Minutes, reason: str, by: User, now: datetime) -> Minutes:
    """The next version of signed minutes, with all that stands in them, to be changed and signed again; until then
    the version before is in force. Refuses no reason (``comment.missing``) and a second correction while one is not
    signed (StateConflict). Items are not touched: they are changed by their own acts."""
    locked = _lock(minutes)
    MINUTES.transition(locked.state, MinutesAct.CORRECT)
    if not reason.strip():
        raise Refusal("comment.missing", "更正纪要请写明原因。", field="comment")
    if locked.meeting.minutes.filter(version__gt=locked.version).exists():
        raise StateConflict(f"{locked.meeting.name}纪要已有更正稿。", state=locked.state)
    made = Minutes.objects.create(
        meeting=locked.meeting,
        version=locked.version + 1,
        supersedes=locked,
        correction_reason=reason.strip(),
        met_at=locked.met_at,
        place=locked.place,
        chair=locked.chair,
        recorder=locked.recorder,
        summary=locked.summary,
        recorded_by=by,
        recorded_at=now,
    )
    _write(made, values_of(locked))
    keep_step(locked.meeting, MinutesAct.CORRECT, locked.state, reason, by, now, after=made.state)
    _audit(made, "correct", "更正", by=by, now=now, reason=reason)
    return made


# -- shared ------------------------------------------------------------------------------------------
def _lock(minutes: Minutes) -> Minutes:
    """The minutes as they stand, under the lock of their meeting."""
    meeting = lock(minutes.meeting)
    found = Minutes.objects.select_for_update().get(pk=minutes.pk)
    found.meeting = meeting
    return found


def _move(
    minutes: Minutes, act: MinutesAct, text: str, *, by: User, now: datetime, **values: Any
) -> Minutes:
    locked = _lock(minutes)
    before = locked.state
    step = MINUTES.transition(before, act)
    changed = Minutes.objects.filter(pk=locked.pk, state=before).update(state=step.to, **values)
    if not changed:
        minutes.refresh_from_db()
        raise StateConflict(MINUTES.refusal(minutes.state, act), state=minutes.state)
    minutes.refresh_from_db()
    keep_step(locked.meeting, act, before, text, by, now, after=minutes.state)
    _audit(
        minutes,
        str(act),
        MINUTES.act_label(before, act),
        by=by,
        now=now,
        reason=text,
        changes={"state": [before, minutes.state]},
    )
    return minutes


def _audit(
    minutes: Minutes,
    act: str,
    word: str,
    *,
    by: User,
    now: datetime,
    reason: str = "",
    changes: Mapping[str, Any] | None = None,
) -> None:
    audit(
        act=f"dispatch.minutes.{act}",
        sentence=f"{word}：{minutes}",
        by=by,
        now=now,
        target=minutes,
        organisation=minutes.meeting.bureau,
        reason=reason,
        changes=changes,
    )
