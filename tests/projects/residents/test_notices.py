"""What may be done with notices and objections, and what is refused with which code."""

from __future__ import annotations

from datetime import date, time
from typing import Any

import pytest
from django.db import DatabaseError, transaction
from django.urls import reverse

from projects.ledger.enums import PartyRole
from projects.ledger.models import Party, Project
from projects.residents.enums import NoticePoint, NoticeState, Outcome, Way
from projects.residents.models import Notice, Objection
from projects.residents.parameters import ANSWER_DAYS, PERIODS, SUPERVISOR
from projects.residents.register import last_day, line_of
from projects.residents.sealing import Person, unseal
from projects.residents.services import notices, objections
from projects.residents.services.objections import AnswerValues, ObjectionValues
from projects.residents.told import from_json
from projects.residents.waiting import waiting_for
from renovation.core.calendar import WorkCalendar, local_moment
from renovation.core.errors import Forbidden, Refusal, StateConflict
from renovation.core.holidays import seeded_calendar
from renovation.records.models import AuditEntry, Holiday
from renovation.records.services import audit, set_value
from tests.factories.accounts import District, make_stand_in, scope_for
from tests.factories.residents import NoticeFactory, ObjectionFactory

from .scene import FILE, scene

pytestmark = pytest.mark.django_db
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.fixture
def district(placed: tuple[District, Project]) -> District:
    return placed[0]


@pytest.fixture
def project(placed: tuple[District, Project]) -> Project:
    return placed[1]


@pytest.fixture
def placed() -> tuple[District, Project]:
    return scene()


def draft(district: District, project: Project, **more: Any) -> Notice:
    made: Notice = NoticeFactory(project=project, drafted_by=district.users["zhonglou"], **more)
    return made


def publish(
    district: District, notice: Notice, day: date = date(2025, 4, 28), **more: Any
) -> Notice:
    head = more.pop("by", district.users["zhonglou-head"])
    return notices.publish(
        notice=notice, posted_on=day, scope=scope_for(head), by=head, now=NOW, **more
    )


def conclude(district: District, notice: Notice, **more: Any) -> Notice:
    head = district.users["zhonglou-head"]
    values: dict[str, Any] = {
        "concluded_on": date(2025, 5, 7),
        "conclusion": "没有异议，方案不变",
        "photo": FILE,
    }
    return notices.conclude(
        notice=notice, scope=scope_for(head), by=head, now=NOW, **(values | more)
    )


def code_of(act: Any) -> str:
    """The code of the refusal that an act meets."""
    with pytest.raises(Refusal) as met:
        act()
    return met.value.code


def test_publishing_freezes_what_the_ledger_said_that_day(
    district: District, project: Project
) -> None:
    Holiday.objects.create(day=date(2025, 4, 27), is_workday=True, name="劳动节调休")
    notice = publish(district, draft(district, project), date(2025, 4, 21))
    assert (notice.state, notice.number) == ("published", 1)
    # 21 April is a Monday; Sunday the 27th is worked.
    assert notice.closes_on == date(2025, 4, 29)
    Party.objects.update(name="后来某公司")
    told = from_json(Notice.objects.get(pk=notice.pk).told)
    assert [(party.role, party.name, party.phone) for party in told.parties] == [
        ("施工单位", "鲁中某建设工程有限公司", "0533-5000000"),
        ("监理单位", "齐信某监理有限公司", "0533-5000001"),
    ]
    assert [party.manager_phone for party in told.parties] == ["0533-5000010", ""]
    assert [(estate.name, estate.household_count) for estate in told.estates] == [("文昌园", 294)]
    assert told.investment_fen is None
    entry = AuditEntry.objects.get(act="notice.publish")
    assert entry.actor == district.users["zhonglou-head"]
    assert entry.changes["closes_on"] == [None, "2025-04-29"]


def test_the_parties_are_those_of_the_day_it_was_hung(district: District, project: Project) -> None:
    early = publish(
        district, draft(district, project, point=NoticePoint.CONTRACTOR), date(2025, 3, 1)
    )
    assert [party.name for party in from_json(early.told).parties] == [
        "先前某建设公司",
        "齐信某监理有限公司",
    ]


@pytest.mark.parametrize(
    ("day", "count", "closes"),
    [
        (date(2025, 4, 28), 3, date(2025, 5, 6)),  # 1–5 May are free, 6 May is the third day
        (date(2025, 4, 26), 1, date(2025, 4, 27)),  # hung on a Saturday, Sunday 27 is worked
        (date(2025, 4, 30), 1, date(2025, 5, 6)),
    ],
)
def test_a_period_counts_working_days_from_the_day_after(
    day: date, count: int, closes: date
) -> None:
    assert seeded_calendar().add_workdays(day, count) == closes


def test_a_holiday_that_is_published_later_moves_the_last_day() -> None:
    notice = NoticeFactory(state=NoticeState.PUBLISHED)
    assert last_day(notice=notice, calendar=seeded_calendar()) == date(2025, 4, 24)
    moved = WorkCalendar({date(2025, 4, 23): False})
    assert last_day(notice=notice, calendar=moved) == date(2025, 4, 25)
    # A day that is worked after all never shortens what was printed.
    assert last_day(notice=notice, calendar=WorkCalendar({date(2025, 4, 19): True})) == date(
        2025, 4, 24
    )


def test_publishing_is_refused_with_its_reason(district: District, project: Project) -> None:
    one = draft(district, project, file=None)
    assert code_of(lambda: publish(district, one)) == "notice.plan"
    assert code_of(lambda: publish(district, one, date(2025, 5, 8))) == "notice.future"
    short = draft(district, project, point=NoticePoint.LAUNCH, period_days=4)
    assert code_of(lambda: publish(district, short)) == "notice.period"
    nowhere = draft(district, project, point=NoticePoint.ACCEPTANCE, channels=[])
    assert code_of(lambda: publish(district, nowhere)) == "notice.channels"
    Party.objects.all().delete()
    unbuilt = draft(district, project, point=NoticePoint.CONTRACTOR)
    assert code_of(lambda: publish(district, unbuilt)) == "notice.contractor"
    assert Notice.objects.running().count() == 0


@pytest.mark.parametrize(
    "point", [NoticePoint.CONTRACTOR, NoticePoint.NODE, NoticePoint.ACCEPTANCE]
)
def test_residents_are_told_who_builds_who_answers_and_who_supervises(
    district: District, project: Project, point: NoticePoint
) -> None:
    def refused() -> tuple[str, str]:
        with pytest.raises(Refusal) as met:
            publish(district, one)
        return met.value.code, met.value.message

    one = draft(district, project, point=point)
    supervisor = Party.objects.get(role=PartyRole.SUPERVISOR)
    Party.objects.filter(pk=supervisor.pk).update(valid_to=date(2025, 4, 27))
    assert refused() == (
        "notice.supervisor",
        "台账里 2025年4月28日 没有有效的监理单位，请先登记参建单位。",
    )
    builder = Party.objects.filter(role=PartyRole.CONTRACTOR, valid_to=None)
    builder.update(
        manager_phone=""
    )  # whom to ask is still told: a 资料员, and how to reach that post
    assert refused() == (
        "notice.manager",
        "台账里 2025年4月28日 没有施工单位的项目经理电话、没有有效的监理单位，请先登记参建单位。",
    )
    builder.update(manager_phone="0533-5000010", contact="", phone="")
    set_value(
        key=SUPERVISOR.key,
        organisation=district.bureau,
        value="否",
        effective_on=date(2025, 4, 28),
        reason="小工程不委托监理",
        by=district.users["admin"],
        now=NOW,
    )
    assert publish(district, one).state == NoticeState.PUBLISHED


def test_the_least_period_is_the_bureaus(district: District, project: Project) -> None:
    set_value(
        key=PERIODS[NoticePoint.LAUNCH].key,
        organisation=district.bureau,
        value="2",
        effective_on=date(2025, 4, 1),
        reason="本区规定",
        by=district.users["admin"],
        now=NOW,
    )
    notice = draft(district, project, point=NoticePoint.LAUNCH, period_days=2)
    assert publish(district, notice).closes_on == date(2025, 4, 30)


def test_who_drafted_does_not_publish_and_who_may_not_is_refused(
    district: District, project: Project
) -> None:
    head = district.users["zhonglou-head"]
    own = NoticeFactory(project=project, drafted_by=head)
    with pytest.raises(Forbidden):
        publish(district, own)
    with pytest.raises(Forbidden):
        publish(district, own, by=district.users["zhonglou"])
    other = publish(district, draft(district, project, point=NoticePoint.LAUNCH))
    with pytest.raises(StateConflict):
        publish(district, other)


def test_a_draft_made_in_ones_place_waits_for_another(district: District, project: Project) -> None:
    head = district.users["zhonglou-head"]
    deputy = make_stand_in(head, "zhonglou-b")
    theirs = NoticeFactory(project=project, drafted_by=deputy, drafted_at=NOW)
    audit(act="notice.draft", sentence="拟定", by=deputy, now=NOW, target=theirs)
    other = NoticeFactory(
        project=project, point=NoticePoint.LAUNCH, drafted_by=district.users["zhonglou"]
    )
    hrefs = {each.href for each in waiting_for(scope=scope_for(head), today=NOW.date())}
    assert reverse("residents:notice", args=[other.pk]) in hrefs
    assert reverse("residents:notice", args=[theirs.pk]) not in hrefs


def test_a_notice_is_concluded_after_its_period_with_every_objection_answered(
    district: District, project: Project
) -> None:
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED, photo=None)
    objection = ObjectionFactory(notice=notice)
    inside = {"concluded_on": date(2025, 4, 24)}
    assert code_of(lambda: conclude(district, notice, **inside)) == "notice.running"
    ahead = {"concluded_on": date(2025, 5, 8)}
    assert code_of(lambda: conclude(district, notice, **ahead)) == "notice.future"
    assert code_of(lambda: conclude(district, notice)) == "notice.objections"
    values = AnswerValues(
        outcome=Outcome.TAKEN, answer="停车位不占绿地", answered_on=date(2025, 4, 29), way=Way.VISIT
    )
    clerk = district.users["zhonglou"]
    objections.answer_objection(objection=objection, values=values, by=clerk, now=NOW)
    before = {"concluded_on": date(2025, 4, 28)}
    assert code_of(lambda: conclude(district, notice, **before)) == "notice.objections"
    assert code_of(lambda: conclude(district, notice, photo=None)) == "notice.photo"
    assert code_of(lambda: conclude(district, notice, conclusion=" ")) == "notice.conclusion"
    conclude(district, notice, concluded_on=date(2025, 4, 29))
    assert (notice.state, notice.concluded_on, notice.photo.name) == (
        "concluded",
        date(2025, 4, 29),
        "总平面图.pdf",
    )
    assert notice.history.first().history_user == district.users["zhonglou-head"]


def test_a_withdrawn_notice_hangs_again_as_its_next_version(
    district: District, project: Project
) -> None:
    head, clerk = district.users["zhonglou-head"], district.users["zhonglou"]
    first = publish(district, draft(district, project))
    assert (
        code_of(
            lambda: notices.draft_again(notice=first, scope=scope_for(clerk), by=clerk, now=NOW)
        )
        == "notice.not_withdrawn"
    )
    assert (
        code_of(
            lambda: notices.withdraw(
                notice=first, reason=" ", scope=scope_for(head), by=head, now=NOW
            )
        )
        == "comment.missing"
    )
    notices.withdraw(notice=first, reason="方案调整", scope=scope_for(head), by=head, now=NOW)
    second = notices.draft_again(notice=first, scope=scope_for(clerk), by=clerk, now=NOW)
    assert (second.state, second.body, second.told) == ("draft", first.body, {})
    assert (
        code_of(
            lambda: notices.draft_again(notice=first, scope=scope_for(clerk), by=clerk, now=NOW)
        )
        == "notice.twice"
    )
    publish(district, second)
    assert second.title == "方案确定公示第2版"
    with pytest.raises(StateConflict):
        notices.withdraw(notice=first, reason="再撤", scope=scope_for(head), by=head, now=NOW)


def test_a_voided_draft_takes_no_number(district: District, project: Project) -> None:
    clerk = district.users["zhonglou"]
    gone = draft(district, project)
    notices.withdraw(notice=gone, reason="写错了", scope=scope_for(clerk), by=clerk, now=NOW)
    assert publish(district, draft(district, project)).title == "方案确定公示"


def test_a_photograph_of_the_wall_is_added_once(district: District, project: Project) -> None:
    clerk = district.users["zhonglou"]
    notice = draft(district, project)
    assert (
        code_of(lambda: notices.add_photo(notice=notice, photo=FILE, by=clerk, now=NOW))
        == "notice.not_up"
    )
    publish(district, notice)
    notices.add_photo(notice=notice, photo=FILE, by=clerk, now=NOW)
    assert (
        code_of(lambda: notices.add_photo(notice=notice, photo=FILE, by=clerk, now=NOW))
        == "notice.photo_once"
    )


def test_an_objection_is_sealed_numbered_and_answered_once(
    district: District, project: Project
) -> None:
    clerk = district.users["zhonglou"]
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    values = ObjectionValues(raised_on=date(2025, 4, 18), way=Way.PHONE, content="停车位不要占绿地")
    person = Person("李乙", "13900001234", "2号楼1单元102室")
    made = objections.raise_objection(
        notice=notice, values=values, person=person, by=clerk, now=NOW
    )
    assert made.number == 1
    assert unseal(Objection.objects.get().who_sealed) == person
    assert "李乙".encode() not in bytes(Objection.objects.get().who_sealed)
    said = AuditEntry.objects.get(act="objection.raise")
    assert "李乙" not in said.sentence + str(said.changes)
    answer = AnswerValues(
        outcome=Outcome.EXPLAINED, answer="已说明", answered_on=date(2025, 4, 17), way=Way.PHONE
    )
    assert (
        code_of(
            lambda: objections.answer_objection(objection=made, values=answer, by=clerk, now=NOW)
        )
        == "objection.order"
    )
    for day, code in (
        (date(2025, 5, 8), "objection.future"),
        (date(2025, 4, 14), "objection.early"),
    ):
        wrong = ObjectionValues(raised_on=day, way=Way.PHONE, content="同上")
        assert (
            code_of(
                lambda wrong=wrong: objections.raise_objection(
                    notice=notice, values=wrong, person=Person(), by=clerk, now=NOW
                )
            )
            == code
        )
    answer = AnswerValues(
        outcome=Outcome.EXPLAINED, answer="已说明", answered_on=date(2025, 4, 22), way=Way.PHONE
    )
    objections.answer_objection(objection=made, values=answer, by=clerk, now=NOW)
    with pytest.raises(StateConflict):
        objections.answer_objection(objection=made, values=answer, by=clerk, now=NOW)


def test_no_objection_comes_to_what_does_not_hang(district: District, project: Project) -> None:
    values = ObjectionValues(raised_on=date(2025, 4, 18), way=Way.PHONE, content="不同意")
    for state in (NoticeState.DRAFT, NoticeState.CONCLUDED):
        notice = NoticeFactory(project=project, state=state, point=NoticePoint.LAUNCH)
        with pytest.raises(StateConflict):
            objections.raise_objection(
                notice=notice,
                values=values,
                person=Person(),
                by=district.users["zhonglou"],
                now=NOW,
            )
        NoticeFactory._meta.model.objects.filter(pk=notice.pk).update(
            state="withdrawn",
            withdrawn_reason="换一个",
            withdrawn_by=district.users["zhonglou"],
            withdrawn_at=NOW,
        )
    assert Objection.objects.count() == 0


def test_who_it_was_is_shown_against_a_reason(district: District) -> None:
    objection, clerk = ObjectionFactory(), district.users["zhonglou"]
    assert (
        code_of(lambda: objections.reveal(objection=objection, reason=" ", by=clerk, now=NOW))
        == "objection.reason"
    )
    found = objections.reveal(objection=objection, reason="上门答复", by=clerk, now=NOW)
    assert found == Person("张甲", "13800005678", "3号楼2单元501室")
    assert found.masked == "张** 138****5678"
    entry = AuditEntry.objects.get(act="objection.reveal")
    assert (entry.reason, "张甲" in entry.sentence) == ("上门答复", False)


def test_an_answer_is_late_after_its_working_days() -> None:
    objection = ObjectionFactory()  # Thursday 17 April: five working days end on the 24th
    calendar = seeded_calendar()

    def late(day: date) -> tuple[int, str]:
        line = line_of(
            notice=objection.notice,
            objections=[objection],
            calendar=calendar,
            answer_days=ANSWER_DAYS.default,
            on=day,
        )
        return line.objections[0].overdue_days, line.mark

    assert late(date(2025, 4, 24)) == (0, "active")
    assert late(date(2025, 4, 25)) == (1, "alarm")


def refused(act: Any) -> str:
    """The sentence with which the database refuses an act."""
    with pytest.raises(DatabaseError) as met, transaction.atomic():
        act()
    return str(met.value)


def test_the_database_keeps_what_hung_and_what_was_answered() -> None:
    notice = NoticeFactory(state=NoticeState.PUBLISHED)
    rows = Notice.objects.filter(pk=notice.pk)
    for change in (
        {"body": "改了"},
        {"closes_on": date(2025, 4, 23)},
        {"told": {"parties": []}},
        {"channels": ["site"]},
        {"period_days": 1},
        {"photo": None},
    ):
        assert "公示发布后内容不能修改或删除" in refused(
            lambda change=change: rows.update(**change)
        )
    assert "公示发布后内容不能修改或删除" in refused(rows.delete)
    done = NoticeFactory(state=NoticeState.CONCLUDED)
    assert "公示发布后内容不能修改或删除" in refused(
        lambda: Notice.objects.filter(pk=done.pk).update(conclusion="改了")
    )
    objection = ObjectionFactory(notice=notice)
    mine = Objection.objects.filter(pk=objection.pk)
    assert "只能增加" in refused(lambda: mine.update(content="改了"))
    assert "只能增加" in refused(mine.delete)
    answered = {
        "outcome": Outcome.TAKEN,
        "answer": "好",
        "answer_way": Way.VISIT,
        "answered_on": date(2025, 4, 18),
        "answered_by": objection.recorded_by,
        "answered_at": NOW,
    }
    mine.update(**answered)
    assert "只能增加" in refused(lambda: mine.update(answer="改了"))
    draft_ = NoticeFactory()
    Notice.objects.filter(pk=draft_.pk).update(body="草稿能改")


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("notice_names_its_node", {"point": NoticePoint.NODE, "node": ""}),
        ("notice_names_its_node", {"point": NoticePoint.SCHEME, "node": "开挖"}),
        ("notice_period_above_zero", {"period_days": 0}),
        ("notice_posted_has_publisher", {"state": "published", "closes_on": date(2025, 4, 15)}),
        ("notice_state_fits_posting", {"posted_on": date(2025, 4, 15)}),
        (
            "notice_concluded_after_its_period",
            {"state": "concluded", "concluded_on": date(2025, 4, 24)},
        ),
        ("notice_withdrawn_says_why", {"state": "withdrawn"}),
    ],
)
def test_what_the_database_refuses(name: str, fields: dict[str, Any]) -> None:
    assert name in refused(lambda: NoticeFactory(**fields))


def test_what_the_database_refuses_of_two(district: District, project: Project) -> None:
    NoticeFactory(project=project, state=NoticeState.CONCLUDED)
    up = {"project": project, "state": NoticeState.PUBLISHED}
    assert "UNIQUE" in refused(lambda: NoticeFactory(**up)).upper()
    NoticeFactory(project=project)
    assert "UNIQUE" in refused(lambda: NoticeFactory(project=project)).upper()
    by = district.users["zhonglou"]
    assert "notice_publisher_did_not_draft" in refused(
        lambda: NoticeFactory(state=NoticeState.PUBLISHED, drafted_by=by, published_by=by)
    )
    objection = ObjectionFactory()
    assert (
        "UNIQUE"
        in refused(
            lambda: ObjectionFactory(notice=objection.notice, number=objection.number)
        ).upper()
    )
    assert "objection_says_something" in refused(lambda: ObjectionFactory(content=""))
    assert "objection_answered_in_full" in refused(lambda: ObjectionFactory(outcome=Outcome.TAKEN))
