"""What keeps papers back is told to who can see to it, by a mail a day and on the page 待办."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from renovation.core.calendar import local_moment
from renovation.core.schedules import RunContext
from renovation.jobs.models import Run, Schedule
from renovation.records.models import Message, MessageState, WorkState
from reports.dashboards.todo import todo_items
from reports.delivery import services, troubles
from reports.delivery.schedules import KINDS
from reports.delivery.troubles import TroubleKind
from reports.papers import services as papers
from reports.papers.models import Rendition
from tests.conftest import Clock
from tests.factories.accounts import scope_for
from tests.factories.papers import AFTER_QUARTER, QUARTER, WEEK, World, make_world

from .test_services import MINUTE, MOMENT, plan, render, subscribe

pytestmark = pytest.mark.django_db


@pytest.fixture
def world(clock: Clock) -> World:
    clock.at("2025-10-10 09:30")
    made = make_world()
    plan(made.district.bureau)
    for name in ("admin", "office", "bureau", "leader"):
        user = made.users[name]
        user.email = f"{name}@bureau.example"
        user.save()
    return made


def told(world: World) -> list[tuple[str, str]]:
    found = troubles.troubles(bureau=world.district.bureau, now=MOMENT + MINUTE)
    return [(trouble.kind.value, trouble.title) for trouble in found]


def alarms(world: World, user: str) -> list[tuple[str, str]]:
    """The red tiles of a person: title and address."""
    scope = scope_for(world.users[user], MOMENT.date())
    items = todo_items(scope=scope, now=MOMENT + MINUTE)
    return [(item.title, item.href) for item in items if item.is_alarm]


def failed_mail(world: World, state: MessageState = MessageState.FAILED) -> int:
    """An issued bulletin whose one mail went wrong; the id of the paper."""
    subscribe(world, "a@bureau.example")
    document = world.issued()
    render(document)
    assert services.deliver_due(now=MOMENT) == 1
    Message.objects.update(state=state, error="连不上邮件服务器。")
    return document.pk


def failed_run(world: World, **values: Any) -> Run:
    return Run.objects.create(
        **{
            "kind": "papers.bulletin", "organisation": world.district.bureau,
            "period_key": QUARTER.key, "due_at": AFTER_QUARTER, "not_before": AFTER_QUARTER,
            "work_state": WorkState.FAILED, "error": "没有批准的年度计划，不能编制。", **values,
        }
    )  # fmt: skip


def test_nothing_is_told_where_nothing_is_wrong(world: World) -> None:
    world.issued()
    assert told(world) == []
    assert troubles.tell(bureau=world.district.bureau, now=MOMENT) == {"troubles": 0, "mails": 0}
    assert not Message.objects.exists()


def test_a_bulletin_that_was_not_signed_in_time(world: World) -> None:
    document = world.bulletin()
    assert told(world) == [("overdue", "2025年第三季度通报到时未签发")]
    (trouble,) = troubles.overdue_papers(bureau=world.district.bureau, now=MOMENT)
    assert trouble.document == document
    assert trouble.reason == "应于2025年10月10日 09:00发送，现在是“拟稿”；不签发不会发送"
    assert troubles.overdue_papers(bureau=world.district.bureau, now=MOMENT - MINUTE) == []
    assert alarms(world, "leader")[0] == (trouble.title, f"/papers/{document.pk}/")


def test_a_bulletin_that_is_signed_and_not_numbered_lacks_its_number(world: World) -> None:
    world.signed()
    (trouble,) = troubles.overdue_papers(bureau=world.district.bureau, now=MOMENT)
    assert trouble.line == (
        "2025年第三季度通报到时未编号印发：应于2025年10月10日 09:00发送，现在是“已签发”；不编号印发不会发送"
    )


def test_a_correction_under_way_makes_no_issued_bulletin_overdue(world: World) -> None:
    papers.correct(
        document=world.issued(), reason="更正户数", by=world.users["bureau"], now=AFTER_QUARTER
    )
    assert told(world) == []


def test_a_sheet_that_was_not_issued_in_time(world: World) -> None:
    plan(world.district.bureau, kind="delivery.sheet")
    now = local_moment(WEEK.end + timedelta(days=1), AFTER_QUARTER.time()).replace(hour=16)
    bureau = world.district.bureau
    titles = [
        trouble.title
        for trouble in troubles.overdue_papers(bureau=bureau, now=now)
        if trouble.paper_kind == "dispatch_sheet"
    ]
    assert titles == [
        "第38周（9月15日—9月21日）周调度表到时未印发",
        "第39周（9月22日—9月28日）周调度表到时未印发",
    ]
    reasons = [
        trouble.reason
        for trouble in troubles.overdue_papers(bureau=bureau, now=now)
        if trouble.paper_kind == "dispatch_sheet"
    ]
    assert reasons == [
        f"应于2025年9月{day}日 16:00发送，现在是“还没有编制”；不印发不会发送" for day in (22, 29)
    ]
    papers.issue_sheet(document=world.sheet(now=now), by=world.users["reviewer"], now=now)
    left = troubles.overdue_papers(bureau=bureau, now=now)
    assert [trouble.title[:4] for trouble in left] == ["第38周"]


def test_a_sheet_that_should_have_left_is_told_once_in_the_words_of_its_pages(world: World) -> None:
    plan(world.district.bureau, kind="delivery.sheet")
    now = local_moment(WEEK.end + timedelta(days=1), AFTER_QUARTER.time()).replace(hour=16)
    sheet = world.sheet(now=now)
    items = todo_items(scope=scope_for(world.users["reviewer"], now.date()), now=now + MINUTE)
    assert [
        (item.title, item.reason, item.act, item.is_alarm)
        for item in items
        if item.href == f"/papers/{sheet.pk}/"
    ] == [
        (
            f"印发{sheet.title}",
            "应于2025年9月29日 16:00发送，现在是“草稿”；不印发不会发送",
            "查看印发",
            True,
        )
    ]


def test_a_week_before_the_programme_is_not_missed(world: World) -> None:
    plan(world.district.bureau, kind="delivery.sheet")
    world.programme.approved_on = MOMENT.date()
    world.programme.save()
    assert told(world) == []


def test_a_job_that_failed_or_was_missed(world: World) -> None:
    failed_run(world, period_key="2025-Q1")
    failed_run(world)
    world.issued()  # by hand, after the job had failed: it is told no more
    failed_run(
        world, kind="papers.sheets", period_key=WEEK.key, work_state=WorkState.MISSED, error=""
    )
    failed_run(world, kind="weekly.judge", period_key=WEEK.key)
    failed_run(world, period_key="2025-Q2", work_state=WorkState.DONE, error="")
    assert told(world) == [
        ("job", "编制季度通报（2025年第一季度）失败"),
        ("job", "编制周调度表（第39周（9月22日—9月28日））已错过"),
    ]


def test_files_that_could_not_be_made(world: World) -> None:
    document = world.issued()
    Rendition.objects.filter(document=document).update(
        work_state=WorkState.FAILED, error="“𠮷”没有字形。"
    )
    assert told(world) == [
        ("files", f"“{document.title}”的PDF没有生成"),
        ("files", f"“{document.title}”的Excel没有生成"),
    ]
    for row in document.renditions.all():
        row.work_state = WorkState.DONE
        row.save()
    assert told(world) == []


@pytest.mark.parametrize(
    ("state", "reason"),
    [(MessageState.FAILED, "发送失败 1 封"), (MessageState.UNKNOWN, "结果不明 1 封")],
)
def test_a_mail_that_did_not_leave(world: World, state: MessageState, reason: str) -> None:
    failed_mail(world, state)
    found = troubles.troubles(bureau=world.district.bureau, now=MOMENT)
    assert [(each.kind, each.reason) for each in found] == [(TroubleKind.MAIL, reason)]


def test_administrator_office_and_owner_get_one_mail_a_day(world: World) -> None:
    """The leader signed the paper and the clerk drafted it: they are told of theirs alone."""
    failed_mail(world)
    failed_run(world, period_key="2025-Q2")
    before = set(Message.objects.values_list("pk", flat=True))
    kind = next(each for each in KINDS if each.code == "delivery.troubles")
    context = RunContext(
        period_key=MOMENT.date().isoformat(),
        organisation_id=world.district.bureau.pk,
        now=MOMENT,
        run_id=1,
    )
    for _ in range(2):
        assert kind.run(context) == {"troubles": 2, "mails": 4}
    fresh = Message.objects.exclude(pk__in=before).order_by("recipient")
    assert [(mail.recipient, mail.subject) for mail in fresh] == [
        ("admin@bureau.example", "文件编制和发送有 2 件事要处理"),
        ("bureau@bureau.example", "文件编制和发送有 1 件事要处理"),
        ("leader@bureau.example", "文件编制和发送有 1 件事要处理"),
        ("office@bureau.example", "文件编制和发送有 2 件事要处理"),
    ]
    text = fresh[1].text
    assert "有邮件没有送达：发送失败 1 封。" in text
    assert "2025年第二季度" not in text
    assert "a@bureau.example" not in "".join(mail.text for mail in fresh)
    next_day = RunContext(
        period_key="2025-10-11", organisation_id=context.organisation_id,
        now=MOMENT + timedelta(days=1), run_id=2,
    )  # fmt: skip
    assert kind.run(next_day) == {"troubles": 2, "mails": 4}
    assert Message.objects.exclude(pk__in=before).count() == 8


def test_another_districts_trouble_is_not_told(world: World) -> None:
    other = make_world("boshan-")
    plan(other.district.bureau)
    failed_run(other)
    other.bulletin()
    world.issued()
    assert told(world) == []
    assert alarms(world, "admin") == []


def test_the_red_tiles_lead_where_each_may_see_to_it(world: World) -> None:
    paper = failed_mail(world)
    failed_run(world, period_key="2025-Q2")
    job = "编制季度通报（2025年第二季度）失败"
    assert alarms(world, "admin") == [(job, "/jobs/"), ("邮件发送失败 1 封", "/jobs/")]
    assert alarms(world, "office") == [(job, "/jobs/"), ("邮件发送失败 1 封", "/delivery/")]
    mails = [each for each in alarms(world, "leader") if each[0].startswith("邮件")]
    assert mails == [("邮件发送失败 1 封", f"/delivery/documents/{paper}/")]
    for user in ("admin", "office", "leader"):
        client = Client()
        client.force_login(world.users[user])
        page = client.get("/todo/")
        assert page.status_code == 200
        assert "邮件发送失败 1 封" in page.content.decode()
        for _, href in alarms(world, user):
            assert client.get(href).status_code == 200, (user, href)


def test_a_schedule_that_is_off_makes_nothing_overdue(world: World) -> None:
    world.bulletin()
    Schedule.objects.update(is_enabled=False)
    assert told(world) == []
