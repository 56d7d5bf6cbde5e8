"""A window of rest that is added after a plan was approved: its street says why the works go on, once, and is reminded."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import BaselineState, GateKind, WorkKind
from projects.ledger.gatekeeping import check_named
from projects.ledger.models import Baseline, Project, RestReason, RestWindow
from projects.ledger.rest_reasons import asked_of, reasons_waiting
from projects.ledger.rests import save_window
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory
from tests.unguarded import unguarded

from .test_rests import WHY, approve, drafted, signed

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)
HEAT = {
    "cause": "heat",
    "work_kind": WorkKind.WALL.value,
    "from_on": date(2025, 7, 11),
    "to_on": date(2025, 8, 5),
    "reason": "日最高气温 35 ℃ 以上停止外墙作业",
    "document_number": "",
}
SENTENCE = (
    "2025年7月要推进 40.0 个百分点（外墙），其中 21 天在高温停工期"
    "（7月11日—8月5日，外墙）：日最高气温 35 ℃ 以上停止外墙作业"
)
WORDS = "高温停工期（2025年7月11日—2025年8月5日，外墙）"


@pytest.fixture
def district(clock: Clock) -> District:
    clock.at("2025-05-07 10:00")
    return make_district()


@pytest.fixture
def project(district: District, clock: Clock) -> Project:
    """文昌园, whose approved plan has walls in July; nothing rests yet."""
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    assert approve(district, drafted(district, made, clock), clock).rest_reason is None
    return made


def add(
    district: District, clock: Clock, at: str = "2025-05-07 11:00", **changed: Any
) -> RestWindow:
    return save_window(
        bureau=district.bureau,
        values=HEAT | changed,
        by=district.users["bureau"],
        now=clock.at(at),
    )


def change(district: District, clock: Clock, at: str, **changed: Any) -> RestWindow:
    """Change the window, whose other values are those of ``HEAT``."""
    window = RestWindow.objects.get()
    return save_window(
        bureau=district.bureau,
        values=HEAT | changed,
        window=window,
        seen_version=window.version,
        by=district.users["bureau"],
        now=clock.at(at),
    )


def waits(district: District, user: str = "zhonglou") -> list[tuple[str, str, str]]:
    scope = scope_for(district.users[user], TODAY)
    found = reasons_waiting(scope=scope, today=TODAY)
    return [(item.title, item.reason, item.href) for item in found]


def url(name: str) -> str:
    return reverse(f"ledger:{name}", args=["ZC2025-01"])


def test_the_street_is_asked_and_what_it_says_stays_with_the_plan(
    district: District, project: Project, clock: Clock
) -> None:
    other = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-02", name="屋面院"
    )
    approve(district, drafted(district, other, clock, july=WorkKind.ROOF), clock)
    assert waits(district) == []
    window = add(district, clock)
    assert waits(district) == [("写明文昌园计划停工期内施工的理由", SENTENCE, url("rest_reason"))]
    for user in ("banyanglu", "bureau", "reviewer", "leader"):
        assert waits(district, user) == []
    clerk = signed(district, "zhonglou")
    assert (
        "写明文昌园计划停工期内施工的理由" in clerk.get(reverse("dashboards:todo")).content.decode()
    )
    listing = clerk.get(url("baselines")).content.decode()
    assert "要写明理由的停工期" in listing
    assert f'href="{url("rest_reason")}"' in listing
    seen = {"seen": str(window.pk)}
    asking = clerk.get(url("rest_reason")).content.decode()
    assert "登记或改过 <b>1 段</b>停工期" in asking
    assert f'<a href="{url("baselines")}">计划</a>' in asking
    assert '<textarea name="reason" cols="40" rows="3" maxlength="300"' in asking
    assert clerk.post(url("rest_reason"), {**seen, "reason": " "}).status_code == 422
    assert clerk.post(url("rest_reason"), {**seen, "reason": WHY}).status_code == 302
    row = RestReason.objects.get()
    assert (row.window, row.window_words, row.reason, row.said_by, row.is_of_approval) == (
        window,
        WORDS,
        WHY,
        district.users["zhonglou"],
        False,
    )
    entry = AuditEntry.objects.get(act="baseline.rest_reason")
    assert (entry.actor, entry.reason) == (district.users["zhonglou"], WHY)
    assert waits(district) == []
    listing = clerk.get(url("baselines")).content.decode()
    assert "要写明理由的停工期" not in listing
    assert f"{WORDS}：{WHY}" in listing
    again = clerk.post(url("rest_reason"), {**seen, "reason": "再写一次"})
    assert again.status_code == 422
    assert "可能别人已经写过" in again.content.decode()
    assert clerk.get(url("rest_reason")).status_code == 302


def test_the_project_page_tells_it_from_the_week_in_which_it_was_said(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock)
    signed(district, "zhonglou").post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})
    page = reverse("dashboards:project", args=[project.code])
    assert WHY not in signed(district, "leader").get(page).content.decode()
    clock.at("2025-05-14 10:00")
    shown = signed(district, "leader").get(page).content.decode()
    assert f"{WORDS}：{WHY}" in re.sub("<[^>]+>", "", shown)


def test_a_window_that_grows_asks_anew_and_one_whose_words_change_does_not(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock)
    clerk = signed(district, "zhonglou")
    clerk.post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})

    change(
        district,
        clock,
        "2025-05-07 12:00",
        reason="37 ℃ 以上停止",
        document_number="淄住建发〔2025〕6号",
    )
    assert waits(district) == []
    change(district, clock, "2025-05-07 13:00", from_on=date(2025, 7, 1))
    assert [title for title, _, _ in waits(district)] == ["写明文昌园计划停工期内施工的理由"]


def test_what_the_approver_said_answers_for_the_windows_that_stood_then(
    district: District, clock: Clock
) -> None:
    """A window that is added afterwards asks for itself alone."""
    project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code="ZC2025-01",
        name="文昌园",
    )
    first = add(district, clock, at="2025-05-07 09:00")
    plan = approve(district, drafted(district, project, clock), clock, rest_reason=WHY)
    row = RestReason.objects.get()
    assert (row.baseline, row.window, row.reason, row.is_of_approval) == (plan, first, WHY, True)
    assert waits(district) == []
    second = add(
        district, clock, from_on=date(2025, 6, 7), to_on=date(2025, 6, 10), work_kind="all"
    )
    (asked,) = asked_of(projects=Project.objects.all(), on=TODAY).values()
    assert asked.windows == (second,)
    stale = signed(district, "zhonglou").post(
        url("rest_reason"), {"seen": f"{first.pk} {second.pk}", "reason": WHY}
    )
    assert stale.status_code == 422
    shown = stale.content.decode()
    assert "刚刚有变化" in shown
    assert RestReason.objects.count() == 1
    (mark,) = re.findall(r'name="seen" value="([^"]*)"', shown)
    assert mark == str(second.pk)
    again = {"seen": mark, "reason": WHY}
    assert signed(district, "zhonglou").post(url("rest_reason"), again).status_code == 302
    assert RestReason.objects.filter(window=second, is_of_approval=False).count() == 1
    assert asked_of(projects=Project.objects.all(), on=TODAY) == {}


@pytest.mark.parametrize("over", ["window", "completed", "cancelled", "opening"])
def test_who_is_asked_nothing(
    district: District, project: Project, clock: Clock, over: str
) -> None:
    """A window that is over when it is entered, a project whose works are over, a plan from before the portal."""
    if over == "window":
        assert add(district, clock, at="2025-08-06 09:00").set_at is None
    else:
        add(district, clock)
    if over == "completed":
        GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=TODAY)
    elif over == "cancelled":
        with unguarded():
            Project.objects.filter(pk=project.pk).update(
                cancelled_on=TODAY, cancellation_reason="拆迁"
            )
    elif over == "opening":
        later = drafted(district, project, clock, is_opening=True, reason="期初")
        approve(district, later, clock)
    assert waits(district) == []
    assert asked_of(projects=Project.objects.all(), on=TODAY) == {}


def start_said(project: Project, on: date = date(2025, 7, 15)) -> str | None:
    check = check_named(code="ledger.rests")
    assert check is not None
    rows = Project.objects.prefetch_related("gates", "baselines__targets")
    return check.find(rows.get(pk=project.pk), on)


def test_a_start_in_such_a_window_wants_the_reason(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock)
    assert start_said(project) == (
        "2025年7月15日在高温停工期（7月11日—8月5日，外墙）：日最高气温 35 ℃ 以上停止外墙作业。"
    )
    signed(district, "zhonglou").post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})
    assert start_said(project) is None


LATER = {
    "widened while it goes on": ("2025-07-20 09:00", {"to_on": date(2025, 8, 15)}),
    "widened when it is over": ("2025-09-01 09:00", {"from_on": date(2025, 7, 1)}),
    "shortened when it is over": ("2025-09-01 09:00", {"to_on": date(2025, 8, 1)}),
    "ended early": ("2025-07-20 09:00", {"to_on": date(2025, 7, 18)}),
}


@pytest.mark.parametrize("how", LATER)
def test_a_start_that_was_in_order_is_not_reproached_when_its_window_changes(
    district: District, project: Project, clock: Clock, how: str
) -> None:
    """And one that nobody gave a reason for stays reproached."""
    silent = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-02", name="文昌二园"
    )
    approve(district, drafted(district, silent, clock), clock)
    window = add(district, clock)
    clock.at("2025-05-08 09:00")
    signed(district, "zhonglou").post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})
    for each in (project, silent):
        GateFactory(project=each, kind=GateKind.STARTED, actual_on=date(2025, 7, 15))
    at, changed = LATER[how]
    change(district, clock, at, **changed)
    assert start_said(project, date(2025, 9, 2)) is None
    told = start_said(silent, date(2025, 9, 2))
    assert told is not None
    assert told.startswith("2025年7月15日在高温停工期")


@pytest.mark.parametrize("at", ["2025-07-28 09:00", "2025-09-01 09:00"])
def test_a_window_that_comes_to_hold_an_earlier_start_says_nothing_of_it(
    district: District, project: Project, clock: Clock, at: str
) -> None:
    """Neither of a project that is completed when it is widened, nor of one that goes on; a start afterwards is
    told."""
    going = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-02", name="文昌二园"
    )
    approve(district, drafted(district, going, clock), clock)
    waiting = ProjectFactory(
        programme=project.programme, street=project.street, code="ZC2025-03", name="文昌三园"
    )
    approve(district, drafted(district, waiting, clock), clock)
    add(district, clock, to_on=date(2025, 7, 20))
    GateFactory(project=project, kind=GateKind.STARTED, actual_on=date(2025, 7, 22))
    assert start_said(project, date(2025, 7, 25)) is None
    GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=date(2025, 7, 26))
    GateFactory(project=going, kind=GateKind.STARTED, actual_on=date(2025, 7, 23))
    change(district, clock, at, to_on=date(2025, 7, 31))
    assert start_said(project, date(2025, 9, 2)) is None
    assert start_said(going, date(2025, 9, 2)) is None
    told = start_said(waiting, date(2025, 7, 30))
    assert (told is None) == (at > "2025-08")  # nothing rested on that day as it was set then


def test_a_window_that_shrinks_asks_nothing_anew_and_one_of_other_work_does(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock, work_kind=WorkKind.ALL.value)
    clock.at("2025-05-07 11:30")
    signed(district, "zhonglou").post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})
    shrunk = change(district, clock, "2025-05-07 12:00", to_on=date(2025, 8, 1))
    assert (shrunk.work_kind, shrunk.set_at) == (WorkKind.WALL, window.set_at)
    assert waits(district) == []
    change(district, clock, "2025-05-07 13:00", to_on=date(2025, 8, 1), work_kind=WorkKind.ALL)
    assert [title for title, _, _ in waits(district)] == ["写明文昌园计划停工期内施工的理由"]


def test_a_completion_without_evidence_is_still_asked(
    district: District, project: Project, clock: Clock
) -> None:
    add(district, clock)
    claim = GateFactory(project=project, kind=GateKind.COMPLETED, actual_on=TODAY, evidence=None)
    assert [title for title, _, _ in waits(district)] == ["写明文昌园计划停工期内施工的理由"]
    claim.is_opening = True  # completed before the portal
    claim.save()
    assert waits(district) == []


@pytest.mark.parametrize(
    ("day", "is_asked"),
    [(date(2025, 5, 8), False), (date(2025, 7, 11), False), (date(2025, 7, 12), True)],
)
def test_a_project_that_is_to_be_cancelled_is_asked_for_what_begins_before(
    district: District, project: Project, clock: Clock, day: date, is_asked: bool
) -> None:
    add(district, clock)
    with unguarded():
        Project.objects.filter(pk=project.pk).update(cancelled_on=day, cancellation_reason="拆迁")
    assert bool(waits(district)) == is_asked
    todo = signed(district, "zhonglou").get(reverse("dashboards:todo")).content.decode()
    assert ("写明文昌园计划停工期内施工的理由" in todo) == is_asked


def test_only_who_works_on_the_project_says_it(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock)
    typed = {"seen": str(window.pk), "reason": WHY}
    for user, status in (("banyanglu", 404), ("leader", 403), ("npc", 403), ("contractor", 403)):
        assert signed(district, user).post(url("rest_reason"), typed).status_code == status
    assert not RestReason.objects.exists()
    assert "写明理由</a>" not in signed(district, "leader").get(url("baselines")).content.decode()


def test_a_reason_is_written_once_and_outlives_its_window(
    district: District, project: Project, clock: Clock
) -> None:
    window = add(district, clock)
    signed(district, "zhonglou").post(url("rest_reason"), {"seen": str(window.pk), "reason": WHY})
    for change in ({"reason": "别的"}, {"window_words": "别的"}):
        with pytest.raises(IntegrityError), transaction.atomic():
            RestReason.objects.update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        RestReason.objects.all().delete()
    RestWindow.objects.all().delete()
    row = RestReason.objects.get()
    assert (row.window, row.window_words) == (None, WORDS)


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_however_many_are_asked(
    district: District,
    project: Project,
    clock: Clock,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for place in range(1, count):
        other = ProjectFactory(
            programme=project.programme, street=project.street, code=f"ZC2025-1{place}"
        )
        approve(district, drafted(district, other, clock), clock)
    with django_assert_num_queries(1):
        assert asked_of(projects=Project.objects.all(), on=TODAY) == {}
    add(district, clock)
    with django_assert_num_queries(5):
        assert len(asked_of(projects=Project.objects.all(), on=TODAY)) == count
    assert Baseline.objects.filter(state=BaselineState.APPROVED).count() == count
