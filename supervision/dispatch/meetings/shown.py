"""What the pages of meetings show: the front with its weeks, a meeting with its topics, decisions and items."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.face.wording import day, moment
from supervision.dispatch.enums import MeetingState, MinutesState, Presence, TopicKind
from supervision.dispatch.items.listing import ItemLine, lines_of
from supervision.dispatch.models import DispatchItem, DispatchMeeting, Minutes, Topic
from supervision.dispatch.pages import KIND_OF_MEETING, KIND_OF_MINUTES
from supervision.weekly.weeks import moments_between

#: So many weeks back a meeting may still be planned.
WEEKS_BACK = 4


@dataclass(frozen=True, slots=True)
class MeetingLine:
    """A meeting with its newest minutes in sight and how its items stand."""

    meeting: DispatchMeeting
    minutes: Minutes | None
    topic_count: int
    item_count: int
    done_count: int
    overdue_count: int

    @property
    def word(self) -> str:
        """How far it has come, in words."""
        return word_of(self.meeting, self.minutes)

    @property
    def kind(self) -> str:
        """How that is drawn."""
        return kind_of(self.meeting, self.minutes)


def word_of(meeting: DispatchMeeting, minutes: Minutes | None) -> str:
    """拟定议题, 已召开, 纪要待签发, 纪要已签发, 已取消; with 更正中 where a signed one is corrected."""
    if meeting.state != MeetingState.HELD or minutes is None:
        return str(meeting.get_state_display())
    if minutes.state == MinutesState.RECORDING:
        return "更正中" if minutes.version > 1 else str(meeting.get_state_display())
    return str(minutes.get_state_display())


def kind_of(meeting: DispatchMeeting, minutes: Minutes | None) -> str:
    """How the word is drawn."""
    if meeting.state != MeetingState.HELD or minutes is None:
        return KIND_OF_MEETING.get(MeetingState(meeting.state), "active")
    return KIND_OF_MINUTES[MinutesState(minutes.state)]


def newest_minutes(*, scope: Scope, meetings: Iterable[DispatchMeeting]) -> dict[int, Minutes]:
    """meeting id → the highest version in sight. One query."""
    rows = Minutes.objects.visible_to(scope).filter(meeting__in=[each.pk for each in meetings])
    return {row.meeting_id: row for row in rows.select_related("signed_by").order_by("version")}


def meeting_lines(
    *, scope: Scope, meetings: Sequence[DispatchMeeting], today: date
) -> list[MeetingLine]:
    """Meetings as lines. Three queries."""
    minutes = newest_minutes(scope=scope, meetings=meetings)
    ids = [each.pk for each in meetings]
    topics: defaultdict[int, int] = defaultdict(int)
    rows = Topic.objects.visible_to(scope).kept().filter(meeting__in=ids)
    for pk in rows.values_list("meeting", flat=True):
        topics[pk] += 1
    items: defaultdict[int, list[DispatchItem]] = defaultdict(list)
    for item in DispatchItem.objects.visible_to(scope).filter(meeting__in=ids):
        if item.meeting_id is not None and item.state != "cancelled":
            items[item.meeting_id].append(item)
    return [
        MeetingLine(
            meeting=each,
            minutes=minutes.get(each.pk),
            topic_count=topics[each.pk],
            item_count=len(items[each.pk]),
            done_count=sum(item.state == "done" for item in items[each.pk]),
            overdue_count=sum(item.overdue_days(today) > 0 for item in items[each.pk]),
        )
        for each in meetings
    ]


def weeks_to_plan(*, bureau: Organisation, now: datetime) -> list[tuple[Week, bool]]:
    """The weeks about which a meeting may be planned, the newest first, and whether each has one. Weeks without a
    working day are left out."""
    last = Week.of(local_day(now))
    moments = moments_between(bureau=bureau, first=last.shift(-WEEKS_BACK), last=last, now=now)
    starts = set(
        DispatchMeeting.objects.standing()
        .filter(bureau=bureau, week_start__gte=last.shift(-WEEKS_BACK).start)
        .values_list("week_start", flat=True)
    )
    asked = [week for week, each in moments.items() if each.is_asked]
    return [(week, week.start in starts) for week in reversed(asked)]


def owed_week(*, bureau: Organisation, now: datetime) -> Week | None:
    """The latest week whose returns were due by now, if it has no meeting yet: late ones may come in until the week
    closes, on the day of the meeting."""
    last = Week.of(local_day(now))
    moments = moments_between(bureau=bureau, first=last.shift(-2), last=last, now=now)
    due = [
        week
        for week, each in moments.items()
        if each.is_asked and each.due_at is not None and each.due_at <= now
    ]
    if not due:
        return None
    standing = DispatchMeeting.objects.standing().filter(bureau=bureau, week_start=due[-1].start)
    return None if standing.exists() else due[-1]


# -- one meeting -------------------------------------------------------------------------------------
@dataclass(frozen=True, slots=True)
class TopicBlock:
    """A topic with what was decided of it and what was assigned from it."""

    topic: Topic
    decision: str
    items: tuple[ItemLine, ...]


@dataclass(frozen=True, slots=True)
class MeetingBlocks:
    """The topics of a meeting on its agenda, those that were struck, items of no topic."""

    topics: tuple[TopicBlock, ...]
    struck: tuple[Topic, ...]
    loose: tuple[ItemLine, ...]
    items: tuple[ItemLine, ...]


def meeting_blocks(
    *, scope: Scope, meeting: DispatchMeeting, minutes: Minutes | None, today: date, mark: int
) -> MeetingBlocks:
    """A meeting as its page shows it. Three queries."""
    topics = list(
        Topic.objects.visible_to(scope)
        .filter(meeting=meeting)
        .select_related("project", "street", "item", "struck_by")
    )
    decisions = (
        dict(minutes.decisions.values_list("topic_id", "text")) if minutes is not None else {}
    )
    rows = DispatchItem.objects.visible_to(scope).filter(meeting=meeting)
    items = lines_of(rows=rows, today=today, mark=mark)
    by_topic: defaultdict[int | None, list[ItemLine]] = defaultdict(list)
    for line in items:
        by_topic[line.row.topic_id].append(line)
    kept = [topic for topic in topics if topic.struck_at is None]
    shown = {topic.pk for topic in kept}
    return MeetingBlocks(
        topics=tuple(
            TopicBlock(topic, decisions.get(topic.pk, ""), tuple(by_topic[topic.pk]))
            for topic in kept
        ),
        struck=tuple(topic for topic in topics if topic.struck_at is not None),
        loose=tuple(line for line in items if line.row.topic_id not in shown),
        items=tuple(items),
    )


def kinds_in_words(topics: Iterable[Topic]) -> str:
    """未了事项 5 个，严重滞后 1 个，滞后 3 个。 in the order of a meeting; "" for none."""
    counts = Counter(TopicKind(topic.kind) for topic in topics)
    said = [f"{kind.label} {counts[kind]} 个" for kind in TopicKind if counts[kind]]
    return f"{'，'.join(said)}。" if said else ""


def attendance(minutes: Minutes) -> list[tuple[str, str]]:
    """(出席, names with posts) in the order of minutes, without what is empty. One query."""
    rows = list(minutes.attendees.all())
    found = []
    for presence in Presence:
        names = join(str(row) for row in rows if row.presence == presence)
        if names:
            found.append((str(presence.label), names))
    return found


# -- for the group -----------------------------------------------------------------------------------
def copy_text(*, lines: Sequence[ItemLine], name: str, now: datetime) -> str:
    """What the bureau pastes into the group: 截至…，…交办 N 件，办结 N 件，…; those still owed, one a line."""
    counted = [line for line in lines if line.row.in_force_at and line.row.state != "cancelled"]
    done = sum(line.row.state == "done" for line in counted)
    reported = sum(line.row.state == "reported" for line in counted)
    overdue = [line for line in counted if line.is_overdue]
    parts = [f"截至{moment(now)}，{name}交办 {len(counted)} 件，办结 {done} 件"]
    if reported:
        parts.append(f"已报办结待核 {reported} 件")
    if overdue:
        parts.append(f"逾期 {len(overdue)} 件")
    text = f"{'，'.join(parts)}。"
    owed = [line for line in counted if line.row.state in {"to_accept", "working"}]
    for line in sorted(owed, key=lambda each: (each.row.due_on, each.row.pk)):
        late = f"，已逾期 {line.overdue_days} 天" if line.is_overdue else ""
        text += (
            f"\n{line.row.code} {line.row.answerer_name}：{line.row.task.rstrip('。')}"
            f"（{line.row.get_state_display()}，{day(line.row.due_on)}前办结{late}）"
        )
    return text
