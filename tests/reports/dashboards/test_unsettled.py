"""What stands open at a project: each of the six kinds, from the day it began to the day it was settled. One query."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, time
from typing import Any

import pytest

from projects.funding.enums import FindingOrigin, FindingSeverity
from projects.funding.findings import services as findings
from projects.funding.findings.services import FindingValues, record_finding
from projects.funding.models import AuditFinding
from projects.ledger.models import Project
from renovation.core.calendar import local_moment
from renovation.core.files import NewFile
from reports.dashboards.unsettled import unsettled
from supervision.dispatch.items import services as items
from supervision.dispatch.models import DispatchItem
from supervision.weekly.following.services import ask, withdraw
from supervision.weekly.models import FollowUp, WeeklyReturn
from tests.factories.dispatch import answering_user, make_working
from tests.factories.ledger import GatePromiseFactory
from tests.factories.residents import MatterFactory, MeetingFactory, NoticeFactory, ObjectionFactory

from .conftest import WEEK, Scene

ALL = ["审计问题", "议事问题", "公示异议", "容缺材料", "交办事项", "周报核实"]
#: In Shanghai this is 9 May, in UTC still the 8th.
BEGUN, ENDED = date(2025, 5, 9), date(2025, 5, 12)
EARLY = local_moment(BEGUN, time(0, 30))


def open_one_of_each(scene: Scene, project: Project, sent: WeeklyReturn) -> None:
    record_finding(
        project=project,
        values=FindingValues(
            origin=FindingOrigin.FOLLOWING,
            title="多计工程量",
            detail="",
            found_on=BEGUN,
            amount_fen=1,
            severity=FindingSeverity.MINOR,
            document_number="",
            responsible="建设单位",
            owner=scene.district.users["banyanglu"],
            deadline_on=BEGUN,
        ),
        report=None,
        by=scene.district.users["bureau"],
        now=EARLY,
    )
    MatterFactory(meeting=MeetingFactory(project=project, held_on=BEGUN), due_on=BEGUN)
    notice = NoticeFactory(project=project, state="published", posted_on=date(2025, 4, 1))
    ObjectionFactory(notice=notice, raised_on=BEGUN)
    GatePromiseFactory(project=project, promised_on=BEGUN, due_on=BEGUN)
    item = make_working(scene.district, project=project, now=EARLY)
    DispatchItem.objects.filter(pk=item.pk).update(in_force_at=EARLY)
    ask(
        weekly_return=sent,
        project=project,
        question="进度怎么来的？",
        due_on=date(2025, 5, 14),
        by=scene.district.users["bureau"],
        now=EARLY,
    )


@pytest.fixture
def opened(scene: Scene) -> Scene:
    """One of each at the project, begun half an hour into 9 May."""
    sent = WeeklyReturn.objects.get(reports__project=scene.on_course, week_start=WEEK)
    open_one_of_each(scene, scene.on_course, sent)
    return scene


def names(
    scene: Scene, on: date, project: Project | None = None, user: str = "bureau"
) -> list[str]:
    found = unsettled(project=project or scene.on_course, scope=scene.scope(user), on=on)
    return [name for name, _ in found]


def test_each_stands_from_its_day_on_at_its_own_project(
    opened: Scene, django_assert_num_queries: Callable[..., Any]
) -> None:
    scope = opened.scope("bureau")
    with django_assert_num_queries(1):
        found = unsettled(project=opened.on_course, scope=scope, on=BEGUN)
    assert [name for name, _ in found] == ALL
    assert all(">1 个没有" in words for _, words in found)
    assert names(opened, date(2025, 5, 8)) == []
    assert names(opened, BEGUN, opened.behind) == []
    assert names(opened, BEGUN, user="npc") == []


def test_what_is_past_its_deadline_is_counted_apart(opened: Scene) -> None:
    found = unsettled(project=opened.on_course, scope=opened.scope("bureau"), on=date(2025, 5, 10))
    late = [name for name, words in found if "，1 个逾期" in words]
    assert late == ["审计问题", "议事问题", "容缺材料"]  # an objection has no deadline


@pytest.mark.parametrize("is_done", [True, False])
def test_what_ends_on_a_day_no_longer_stands_on_it(opened: Scene, is_done: bool) -> None:
    """An item that was done, or taken back, half an hour into 12 May stood open on the 11th."""
    at, before = local_moment(ENDED, time(0, 30)), date(2025, 5, 11)
    bureau = opened.district.users["bureau"]
    item = DispatchItem.objects.get(project=opened.on_course)
    if is_done:
        answerer = answering_user(opened.district, item)
        reported = items.report(item=item, text="三处隐患已整改。", by=answerer, now=at)
        items.close(item=reported, text="已核", by=bureau, now=at)
    else:
        items.cancel(item=item, text="并入另一件", by=bureau, now=at)
    question = FollowUp.objects.get(project=opened.on_course)
    withdraw(follow_up=question, text="已查清", by=bureau, now=at)
    finding = AuditFinding.objects.get(project=opened.on_course)
    file = NewFile("整改报告.pdf", b"%PDF-1.4 x", "application/pdf")
    owner = opened.district.users["banyanglu"]
    findings.answer(finding=finding, text="已整改", file=file, by=owner, now=at)
    findings.close(finding=finding, text="", by=opened.district.users["reviewer"], now=at)
    assert names(opened, before) == ALL
    assert names(opened, ENDED) == ["议事问题", "公示异议", "容缺材料"]
