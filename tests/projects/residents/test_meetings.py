"""Meetings: recorded, their matters solved once with evidence, counted as figures, listed and exported."""

from __future__ import annotations

import io
from datetime import date, time
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import DatabaseError, transaction
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.facts import project_facts
from projects.ledger.models import Project
from projects.residents.facts import talk_facts
from projects.residents.measures import MEASURES
from projects.residents.models import Matter, Meeting
from projects.residents.services import meetings
from projects.residents.services.meetings import Solution
from projects.residents.waiting import matters_waiting
from renovation.accounts.scope import scope_of
from renovation.core.calendar import local_moment
from renovation.core.declarations import measure
from renovation.core.errors import Refusal, StateConflict
from renovation.core.measures import Approval
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.ledger import ProjectFactory
from tests.factories.residents import MatterFactory, MeetingFactory

from .scene import CODE, FILE, PDF, client_of, scene

pytestmark = pytest.mark.django_db
NOW = local_moment(date(2025, 5, 7), time(10))


@pytest.fixture
def placed(clock: Clock) -> tuple[District, Project]:
    clock.at("2025-05-07 10:00")
    return scene()


@pytest.fixture
def district(placed: tuple[District, Project]) -> District:
    return placed[0]


@pytest.fixture
def project(placed: tuple[District, Project]) -> Project:
    return placed[1]


def test_who_reads_and_who_records(district: District, project: Project) -> None:
    meeting = MeetingFactory(project=project)
    matter = MatterFactory(meeting=meeting)
    expected = {
        "bureau": (200, 200),
        "zhonglou": (200, 200),
        "zhonglou-head": (200, 200),
        "leader": (200, 403),
        "npc": (200, 403),
        "contractor": (200, 403),
        "banyanglu": (404, 404),
        "supervisor": (404, 403),
        "auditor": (403, 403),
    }
    found = {}
    for user in expected:
        client = client_of(district, user)
        read = client.get(reverse("residents:project_meetings", args=[CODE])).status_code
        writes = {
            client.get(reverse(f"residents:{name}", args=[arg])).status_code
            for name, arg in (
                ("meeting_new", CODE),
                ("meeting_edit", meeting.pk),
                ("matter_new", meeting.pk),
                ("matter_edit", matter.pk),
                ("matter_solve", matter.pk),
            )
        }
        assert len(writes) == 1, user
        found[user] = (read, writes.pop())
    assert found == expected


def test_a_meeting_and_its_matter_are_recorded_and_solved_on_their_pages(
    district: District, project: Project
) -> None:
    clerk = client_of(district, "zhonglou")
    new = reverse("residents:meeting_new", args=[CODE])
    typed = {
        "held_on": "2025-05-08",
        "kind": "bench",
        "place": "小区凉亭",
        "attended": "18",
        "summary": "议停车位。",
        "seen_version": "0",
    }
    ahead = clerk.post(new, typed)
    assert ahead.status_code == 422
    assert "日期不能晚于今天。" in ahead.content.decode()
    sheet = SimpleUploadedFile("签到.pdf", PDF)
    assert (
        clerk.post(new, typed | {"held_on": "2025年4月10日", "evidence": sheet}).status_code == 302
    )
    meeting = Meeting.objects.get()
    assert (meeting.attended, meeting.history.first().history_user) == (
        18,
        district.users["zhonglou"],
    )
    url = reverse("residents:meeting_file", args=[meeting.pk])
    assert clerk.get(url).content == PDF
    assert client_of(district, "contractor").get(url).status_code == 404
    raised = {
        "content": "楼道灯不亮",
        "owner": "社区居委会",
        "due_on": "2025-04-09",
        "seen_version": "0",
    }
    add = reverse("residents:matter_new", args=[meeting.pk])
    early = clerk.post(add, raised)
    assert early.status_code == 422
    assert "期限不能早于议事日期 2025年4月10日。" in early.content.decode()
    assert clerk.post(add, raised | {"due_on": "2025-04-24"}).status_code == 302
    shown = clerk.get(reverse("residents:project_meetings", args=[CODE])).content.decode()
    assert "逾期 13 天" in shown
    matter = Matter.objects.get()
    solve = reverse("residents:matter_solve", args=[matter.pk])
    done = {"solved_on": "2025-04-20", "result": "换灯 12 盏"}
    assert clerk.post(solve, done).status_code == 422
    photo = SimpleUploadedFile("换灯.pdf", PDF)
    assert clerk.post(solve, done | {"evidence": photo}).status_code == 302
    shown = clerk.get(reverse("residents:project_meetings", args=[CODE])).content.decode()
    assert "换灯 12 盏" in shown
    assert "逾期" not in shown
    photo.seek(0)
    assert clerk.post(solve, done | {"evidence": photo}).status_code == 409
    assert clerk.get(reverse("residents:matter_edit", args=[matter.pk])).status_code == 409


@pytest.mark.parametrize(
    ("day", "result", "code"),
    [
        (date(2025, 5, 8), "好", "matter.future"),
        (date(2025, 4, 9), "好", "matter.early"),
        (date(2025, 4, 20), " ", "matter.result"),
    ],
)
def test_a_solution_is_refused_with_its_reason(
    district: District, project: Project, day: date, result: str, code: str
) -> None:
    matter = MatterFactory(meeting=MeetingFactory(project=project))
    solution = Solution(solved_on=day, result=result, evidence=FILE)
    with pytest.raises(Refusal) as met:
        meetings.solve(matter=matter, solution=solution, by=district.users["zhonglou"], now=NOW)
    assert met.value.code == code
    assert Matter.objects.open().count() == 1


def test_a_matter_is_solved_once_and_then_stays(district: District, project: Project) -> None:
    matter = MatterFactory(meeting=MeetingFactory(project=project), solved_on=date(2025, 4, 20))
    clerk = district.users["zhonglou"]
    with pytest.raises(StateConflict):
        meetings.solve(
            matter=matter,
            solution=Solution(solved_on=date(2025, 4, 21), result="又", evidence=FILE),
            by=clerk,
            now=NOW,
        )
    with pytest.raises(Refusal) as met:
        meetings.save_matter(
            row=matter,
            organisation=project.street,
            of="文昌园",
            by=clerk,
            now=NOW,
            seen_version=1,
        )
    assert met.value.code == "matter.solved"
    rows = Matter.objects.filter(pk=matter.pk)
    for act in (lambda: rows.update(result="改了"), rows.delete):
        with (
            pytest.raises(DatabaseError, match="已解决的议事问题不能修改或删除"),
            transaction.atomic(),
        ):
            act()


@pytest.mark.parametrize(
    ("name", "make"),
    [
        ("meeting_somebody_came", lambda: MeetingFactory(attended=0)),
        ("meeting_has_place", lambda: MeetingFactory(place="")),
        ("matter_solved_in_full", lambda: MatterFactory(result="好")),
        ("matter_says_what_and_who", lambda: MatterFactory(owner="")),
    ],
)
def test_what_the_database_refuses(name: str, make: Any) -> None:
    with pytest.raises(DatabaseError, match=name), transaction.atomic():
        make()


def test_meetings_and_matters_are_figures_as_of_a_day(project: Project) -> None:
    meeting = MeetingFactory(project=project)
    MatterFactory(meeting=meeting, solved_on=date(2025, 4, 20))
    MatterFactory(meeting=meeting)
    MeetingFactory(project=project, held_on=date(2025, 5, 6))
    MatterFactory(meeting=MeetingFactory(project=ProjectFactory()))

    def figures(on: date) -> dict[str, str]:
        rows = project_facts(projects=Project.objects.filter(pk=project.pk), on=on)
        facts = talk_facts(projects=rows, on=on)
        return {
            each.name: measure(each, facts, as_of=on, approval=Approval.APPROVED).text
            for each in MEASURES
        }

    assert figures(date(2025, 5, 7)) == {
        "议事场次": "2",
        "议事提出问题": "2",
        "议事解决问题": "1",
        "议事问题解决率": "50.0",
    }
    assert figures(date(2025, 4, 19)) == {
        "议事场次": "1",
        "议事提出问题": "2",
        "议事解决问题": "0",
        "议事问题解决率": "0.0",
    }
    assert figures(date(2025, 4, 9))["议事问题解决率"] == "—"


def test_the_list_is_filtered_sorted_and_exported(district: District, project: Project) -> None:
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-09"
    )
    late = MeetingFactory(project=project)
    MatterFactory(meeting=late)
    done = MeetingFactory(project=other, held_on=date(2025, 4, 11), kind="bench", attended=30)
    MatterFactory(meeting=done, content="绿地没有恢复", solved_on=date(2025, 4, 20))
    client = client_of(district, "bureau")

    def codes(query: str) -> list[str]:
        found = client.get(f"{reverse('residents:meetings')}?{query}").context["page"]
        return [line.meeting.project.code for line in found]

    assert codes("") == ["ZC2025-09", CODE]
    assert codes("sort=attended") == [CODE, "ZC2025-09"]
    assert codes("state=overdue") == [CODE]
    assert codes("state=solved") == ["ZC2025-09"]
    assert codes("kind=bench") == ["ZC2025-09"]
    assert codes("street=zhonglou&kind=bench") == []
    answer = client.get(reverse("residents:meetings_export") + "?state=overdue")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "停水通知贴得太晚" in cells
    assert "绿地没有恢复" not in cells


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("project_meetings", 11), ("meetings", 14)])
def test_pages_cost_the_same(
    district: District,
    project: Project,
    count: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for _ in range(count):
        meeting = MeetingFactory(project=project)
        for _ in range(count):
            MatterFactory(meeting=meeting, solved_on=date(2025, 4, 20))
    client = client_of(district, "zhonglou")
    args = [CODE] if name == "project_meetings" else []
    url = reverse(f"residents:{name}", args=args)
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200


def test_matters_past_their_day_wait_for_who_writes_them(
    district: District, project: Project
) -> None:
    meeting = MeetingFactory(project=project)
    MatterFactory(meeting=meeting, due_on=date(2025, 4, 24))
    MatterFactory(meeting=meeting, due_on=date(2025, 4, 28), content="车位划线不清")
    MatterFactory(meeting=meeting, due_on=date(2025, 4, 30), content="到今天为止")
    MatterFactory(meeting=meeting, due_on=date(2025, 4, 1), solved_on=date(2025, 4, 20))
    cancelled = ProjectFactory(
        programme=project.programme,
        street=project.street,
        cancelled_on=date(2025, 4, 1),
        cancellation_reason="拆迁",
    )
    MatterFactory(meeting=MeetingFactory(project=cancelled), due_on=date(2025, 4, 2))

    def told(user: str, today: date = date(2025, 4, 30)) -> list[str]:
        scope = scope_of(district.users[user], on=today)
        return [each.title for each in matters_waiting(scope=scope, today=today)]

    late = "文昌园议事问题逾期 2 个，最长 6 天"
    assert told("zhonglou") == told("bureau") == [late]
    assert told("banyanglu") == told("leader") == []
    assert told("zhonglou", date(2025, 4, 24)) == []
    scope = scope_of(district.users["zhonglou"], on=date(2025, 4, 30))
    now = local_moment(date(2025, 4, 30), time(9))
    items = {item.title: item for item in todo_items(scope=scope, now=now)}
    assert items[late].is_alarm
    assert items[late].reason == "停水通知贴得太晚；施工单位项目部应在 4月24日 前解决"
    assert items[late].href == reverse("residents:project_meetings", args=[project.code])


def test_one_matter_past_its_day_leads_to_its_solution(
    district: District, project: Project
) -> None:
    matter = MatterFactory(meeting=MeetingFactory(project=project))
    scope = scope_of(district.users["zhonglou"], on=date(2025, 4, 30))
    (found,) = matters_waiting(scope=scope, today=date(2025, 4, 25))
    assert found.href == reverse("residents:matter_solve", args=[matter.pk])
