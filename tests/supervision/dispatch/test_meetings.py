"""Planning a meeting, the agenda that the machine proposes, holding it, calling it off."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest

from projects.ledger.enums import GateKind
from projects.ledger.models import Project
from projects.ledger.trail import Overtaken
from renovation.core.errors import Refusal, StateConflict
from renovation.core.periods import Week
from renovation.records.models import AuditEntry, Holiday
from supervision.dispatch.enums import ItemOrigin, MeetingState, TopicKind
from supervision.dispatch.flow import ITEM, MEETING, MINUTES
from supervision.dispatch.items import assigning
from supervision.dispatch.items import services as items
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.meetings import services
from supervision.dispatch.models import DispatchItem, DispatchMeeting, MeetingStep, Topic
from tests.factories.accounts import District, scope_for
from tests.factories.dispatch import (
    AFTER,
    MEETS_AT,
    VALUES,
    WEEK,
    item_values,
    make_held,
    make_item,
    make_meeting,
    make_signed,
    make_working,
)
from tests.factories.ledger import GateFactory, make_project

MORNING = MEETS_AT - timedelta(hours=6)


@pytest.mark.parametrize("flow", [MEETING, MINUTES, ITEM], ids=lambda flow: flow.name)
def test_the_tables_are_total(flow: object) -> None:
    assert flow.problems() == []  # type: ignore[attr-defined]


# -- planning ----------------------------------------------------------------------------------------
def test_a_week_has_one_meeting_and_a_second_with_a_reason(district: District) -> None:
    make_meeting(district)
    with pytest.raises(Refusal) as refused:
        make_meeting(district)
    assert (refused.value.code, refused.value.field) == ("dispatch.second", "extra_reason")
    second = make_meeting(district, extra_reason="汛情紧急")
    assert second.title == "2025年第19周调度会（加开）"
    assert DispatchMeeting.objects.count() == 2


def test_a_week_that_is_not_asked_has_none(district: District) -> None:
    for offset in range(5):
        Holiday.objects.update_or_create(
            day=WEEK.start + timedelta(days=offset),
            defaults={"is_workday": False, "name": "测试假"},
        )
    with pytest.raises(Refusal) as refused:
        make_meeting(district)
    assert refused.value.code == "dispatch.week_not_asked"
    assert not DispatchMeeting.objects.exists()


def test_a_week_ahead_is_refused(district: District) -> None:
    with pytest.raises(Refusal) as refused:
        make_meeting(district, week=WEEK.shift(2))
    assert refused.value.code == "dispatch.week_ahead"


def test_the_usual_moment_is_the_afternoon_on_which_the_week_closes(district: District) -> None:
    found = services.usual_values(bureau=district.bureau, week=WEEK, now=MORNING)
    assert (found.meets_at, found.chair) == (MEETS_AT, "区局分管负责人")
    late = services.usual_values(bureau=district.bureau, week=WEEK, now=AFTER)
    assert late.meets_at.date() == date(2025, 5, 13)


def test_a_change_of_the_plan_is_kept_and_told(district: District) -> None:
    meeting = make_meeting(district)
    moved = services.MeetingValues(MEETS_AT + timedelta(days=1), VALUES.place, "区局主要负责人")
    services.change(meeting=meeting, values=moved, by=district.users["bureau"], now=MORNING)
    assert (meeting.meets_at, meeting.chair) == (moved.meets_at, "区局主要负责人")
    step = meeting.steps.last()
    assert step is not None
    assert (step.act, step.text) == (
        "change",
        "2025年5月13日 14:30，区局三楼会议室，区局主要负责人主持",
    )


# -- the agenda --------------------------------------------------------------------------------------
def test_the_machine_proposes_from_the_facts_of_the_week(
    district: District, projects: list[Project]
) -> None:
    meeting = make_meeting(district)
    assert [(topic.kind, topic.title) for topic in meeting.topics.all()] == [
        ("returns", "第19周周报报送"),
        ("red", "柳泉小区（般阳路街道）"),
        ("not_started", "松龄路街道应开未开项目 1 个"),
        ("other", "雨季施工安全"),
    ]
    returns, red, late, _ = meeting.topics.all()
    assert returns.facts == (
        "应报 3 个街道，已报 0 个。未报 3 个：般阳路街道、松龄路街道、钟楼街道。"
    )
    assert red.facts == "形象进度0.0%，序时进度72.2%，落后72.2个百分点，超过30.0个百分点。"
    assert (red.project, red.street) == (projects[0], district.street("banyanglu"))
    assert late.facts == "松龄小区已过计划开工日 21 天。"


def test_items_not_settled_stand_first_by_lateness_with_how_often(district: District) -> None:
    old = make_working(district, task="补齐消防通道", now=AFTER - timedelta(days=14), due_on=date(2025, 5, 6))  # fmt: skip
    fresh = make_item(district, task="报雨季方案", now=AFTER - timedelta(days=7))
    settled = make_item(district, task="另一件", now=AFTER - timedelta(days=7))
    items.cancel(item=settled, text="不需要", by=district.users["bureau"], now=AFTER)
    meeting = make_meeting(district)
    topics = list(meeting.topics.filter(kind=TopicKind.ITEM))
    assert [topic.item for topic in topics] == [old, fresh]
    assert topics[0].facts == "般阳路街道，办理中，5月6日到期，已逾期 6 天。"
    assert topics[0].street == district.street("banyanglu")


def test_three_times_carried_is_marked(district: District) -> None:
    item = make_working(district, now=AFTER - timedelta(days=30), due_on=date(2025, 6, 30))
    for weeks in (3, 2, 1):
        week = WEEK.shift(-weeks)
        values = services.MeetingValues(MEETS_AT - timedelta(weeks=weeks), "会议室", "负责人")
        make_held(district, week=week, values=values)
    topic = make_meeting(district).topics.get(item=item)
    assert topic.facts == "般阳路街道，办理中，6月30日到期；已上会 3 次，可考虑发函。"


def test_what_people_touched_stays_when_the_machine_looks_again(
    district: District, projects: list[Project]
) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    returns, red, late, _ = meeting.topics.all()
    services.strike(topic=returns, by=by, now=MORNING)
    services.edit_topic(
        topic=late, title="松龄小区开工", facts="本周必须开工。", by=by, now=MORNING
    )
    services.move_topic(topic=late, up=True, by=by, now=MORNING)
    item = make_working(district, now=MORNING)
    made = services.propose(meeting=meeting, by=by, now=MORNING)
    assert made == 1
    assert [topic.title for topic in meeting.topics.kept()] == [
        f"{item.code} {item.task}",
        "松龄小区开工",
        "柳泉小区（般阳路街道）",
        "雨季施工安全",
    ]
    assert meeting.topics.get(pk=returns.pk).struck_by == by
    # What nobody touched goes where its facts are over.
    GateFactory(project=projects[0], kind=GateKind.COMPLETED, actual_on=date(2025, 5, 9))
    services.propose(meeting=meeting, by=by, now=MORNING)
    assert not meeting.topics.filter(pk=red.pk).exists()


def _in_sight(district: District, name: str, meeting: DispatchMeeting) -> list[str]:
    scope = scope_for(district.users[name], AFTER.date())
    rows = Topic.objects.visible_to(scope).filter(meeting=meeting)
    return list(rows.values_list("title", flat=True))


def test_the_topic_of_an_item_goes_with_it_to_another_street(district: District) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    item = make_working(district, now=MORNING)
    items.note(item=item, text="已走访住户", by=district.users["banyanglu"], now=MORNING)
    services.propose(meeting=meeting, by=by, now=MORNING)
    title = f"{item.code} {item.task}"
    assert title in _in_sight(district, "banyanglu", meeting)
    assert "最近进展：已走访住户" in meeting.topics.get(item=item).facts
    other = Answerer.street(district.street("zhonglou"))
    items.transfer(item=item, answerer=other, text="属钟楼", by=by, now=MORNING)
    services.propose(meeting=meeting, by=by, now=MORNING)
    assert title not in _in_sight(district, "banyanglu", meeting)
    assert title in _in_sight(district, "zhonglou", meeting)
    assert meeting.topics.get(item=item).facts == "钟楼街道，待签收，5月19日到期。"


def test_a_topic_of_one_project_that_becomes_two_names_no_single_one(
    district: District, projects: list[Project]
) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    late = meeting.topics.get(kind=TopicKind.NOT_STARTED)
    assert late.project == projects[1]
    make_project(
        programme=projects[1].programme,
        street=projects[1].street,
        name="松龄东区",
        baseline={
            "planned_start_on": date(2025, 4, 20),
            "planned_completion_on": date(2025, 12, 31),
        },
    )
    services.propose(meeting=meeting, by=by, now=MORNING)
    late.refresh_from_db()
    assert (late.title, late.project) == ("松龄路街道应开未开项目 2 个", None)


def test_how_a_section_gets_on_stays_in_the_bureau(district: District) -> None:
    answerer = Answerer.section(district.bureau, "质量安全科")
    item = make_item(district, answerer=answerer, now=AFTER - timedelta(days=7))
    minutes = make_signed(district)
    title = f"{item.code} {item.task}"
    assert title in _in_sight(district, "bureau", minutes.meeting)
    assert _in_sight(district, "zhonglou", minutes.meeting) == ["雨季施工安全"]


def test_words_for_a_topic_that_went_are_refused(district: District) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    topic = meeting.topics.get(kind=TopicKind.OTHER)
    Topic.objects.filter(pk=topic.pk).delete()
    with pytest.raises(StateConflict, match="更新议题时去掉了"):
        services.edit_topic(topic=topic, title="防汛", facts="", by=by, now=MORNING)


def test_nothing_is_assigned_from_a_topic_that_was_struck(district: District) -> None:
    meeting, by = make_held(district).meeting, district.users["bureau"]
    topic = meeting.topics.get(kind=TopicKind.OTHER)
    services.strike(topic=Topic.objects.get(pk=topic.pk), by=by, now=AFTER)
    with pytest.raises(StateConflict, match="已经删去"):
        assigning.assign(
            bureau=district.bureau,
            origin=ItemOrigin.MEETING,
            meeting=meeting,
            topic=topic,
            values=item_values(district),
            by=by,
            now=AFTER,
        )
    assert not DispatchItem.objects.exists()


def test_a_topic_is_struck_once_and_put_back(district: District) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    topic = meeting.topics.get(kind=TopicKind.OTHER)
    services.strike(topic=topic, by=by, now=MORNING)
    with pytest.raises(StateConflict):
        services.strike(topic=topic, by=by, now=MORNING)
    services.restore(topic=topic, by=by, now=MORNING)
    assert topic.struck_at is None
    with pytest.raises(StateConflict):
        services.restore(topic=topic, by=by, now=MORNING)


def test_the_second_editor_of_the_agenda_is_told(district: District) -> None:
    meeting = make_meeting(district)
    topic = meeting.topics.get(kind=TopicKind.OTHER)
    seen = services.agenda_seen(meeting=meeting)
    services.edit_topic(
        topic=topic, title="防汛", facts="", seen=seen, by=district.users["bureau2"], now=MORNING
    )
    with pytest.raises(Overtaken) as refused:
        services.edit_topic(
            topic=topic, title="安全", facts="", seen=seen, by=district.users["bureau"], now=MORNING
        )
    assert refused.value.changes == ["区住建局 区局经办：修改2025年第19周调度会的议题“防汛”。"]
    topic.refresh_from_db()
    assert topic.title == "防汛"


# -- holding and calling off -------------------------------------------------------------------------
def test_meetings_that_were_held_are_counted_in_their_year(district: District) -> None:
    first = make_held(district, week=WEEK.previous(), values=_at(MEETS_AT - timedelta(weeks=1)))
    off = make_meeting(district)
    services.call_off(meeting=off, reason="局长外出", by=district.users["bureau"], now=MORNING)
    second = make_held(district)
    assert [first.meeting.title, second.meeting.title] == [
        "2025年第1次周调度会",
        "2025年第2次周调度会",
    ]
    assert off.state == MeetingState.CALLED_OFF
    assert (second.met_at, second.chair, second.recorder) == (
        MEETS_AT,
        "区局分管负责人",
        "区局经办岗",
    )


def test_it_is_not_held_before_its_moment_nor_without_a_topic(district: District) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    with pytest.raises(Refusal) as early:
        services.hold(meeting=meeting, recorder="", by=by, now=MORNING)
    assert early.value.code == "dispatch.not_yet"
    for topic in meeting.topics.all():
        services.strike(topic=topic, by=by, now=MORNING)
    with pytest.raises(Refusal) as empty:
        services.hold(meeting=meeting, recorder="", by=by, now=AFTER)
    assert empty.value.code == "dispatch.no_topic"


def test_calling_off_needs_a_reason_and_ends_it(district: District) -> None:
    meeting, by = make_meeting(district), district.users["bureau"]
    with pytest.raises(Refusal) as refused:
        services.call_off(meeting=meeting, reason=" ", by=by, now=MORNING)
    assert refused.value.field == "reason"
    services.call_off(meeting=meeting, reason="局长外出", by=by, now=MORNING)
    with pytest.raises(StateConflict):
        services.hold(meeting=meeting, recorder="", by=by, now=AFTER)
    with pytest.raises(StateConflict):
        services.strike(topic=meeting.topics.all()[0], by=by, now=AFTER)


def test_every_act_is_kept_and_audited(district: District) -> None:
    meeting = make_signed(district).meeting
    assert list(MeetingStep.objects.filter(meeting=meeting).values_list("act", flat=True)) == [
        "plan",
        "hold",
        "submit",
        "sign",
    ]
    acts = AuditEntry.objects.filter(act__startswith="dispatch.").values_list("act", flat=True)
    assert set(acts) == {
        "dispatch.meeting.plan",
        "dispatch.agenda.propose",
        "dispatch.agenda.add",
        "dispatch.meeting.hold",
        "dispatch.minutes.record",
        "dispatch.minutes.submit",
        "dispatch.minutes.sign",
    }


def _at(moment: datetime) -> services.MeetingValues:
    return services.MeetingValues(moment, VALUES.place, VALUES.chair)


def test_a_week_of_another_year_counts_there(district: District) -> None:
    week = Week(date(2024, 12, 30))
    minutes = make_held(district, week=week, values=_at(datetime(2025, 1, 6, 6, tzinfo=MEETS_AT.tzinfo)))  # fmt: skip
    assert minutes.meeting.title == "2025年第1次周调度会"
