"""Pages of the notices: who may, what each shows, how forms come back, what the lists cost."""

from __future__ import annotations

import io
import re
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import GateKind, PartyRole
from projects.ledger.models import Party, Project
from projects.residents.enums import NoticePoint, NoticeState
from projects.residents.models import Notice, Objection
from projects.residents.waiting import waiting_for
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.factories.ledger import GateFactory, ProgrammeFactory, ProjectFactory, StoredFileFactory
from tests.factories.residents import NoticeFactory, ObjectionFactory

from .scene import CODE, PDF, client_of, scene

pytestmark = pytest.mark.django_db
TODAY = date(2025, 5, 7)


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


def page(district: District, name: str, *args: Any, user: str = "zhonglou") -> str:
    """What a page says to a user; it is there."""
    answer = client_of(district, user).get(reverse(f"residents:{name}", args=args))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.parametrize(
    ("user", "read", "write", "person"),
    [
        ("bureau", 200, 200, 403),
        ("reviewer", 200, 403, 403),
        ("leader", 200, 403, 403),
        ("zhonglou", 200, 200, 200),
        ("zhonglou-head", 200, 200, 200),
        ("banyanglu", 404, 404, 404),
        ("npc", 200, 403, 403),
        ("contractor", 200, 403, 403),
        ("supervisor", 404, 403, 403),
        ("auditor", 403, 403, 403),
    ],
)
def test_who_reads_writes_and_asks_who_it_was(
    district: District, project: Project, user: str, read: int, write: int, person: int
) -> None:
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    objection = ObjectionFactory(notice=notice)
    client = client_of(district, user)

    def status(name: str, *args: Any) -> int:
        return client.get(reverse(f"residents:{name}", args=args)).status_code

    assert status("project", CODE) == read
    assert status("notice", notice.pk) == read
    assert status("notice_paper", notice.pk) == read
    assert status("notice_new", CODE, "launch") == write
    assert status("objection_new", notice.pk) == write
    assert status("objection_answer", objection.pk) == write
    assert status("objection_person", objection.pk) == person
    assert status("notices") == (403 if user == "auditor" else 200)


def test_a_draft_and_what_was_said_are_not_for_everybody(
    district: District, project: Project
) -> None:
    draft = NoticeFactory(project=project, point=NoticePoint.LAUNCH)
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    ObjectionFactory(notice=notice)
    void = reverse("residents:notice_act", args=[draft.pk, "withdraw"])
    for user in ("zhonglou", "zhonglou-head"):  # to throw away is never the main act of the page
        shown = page(district, "notice", draft.pk, user=user)
        looks = re.findall(rf'class="button (button-[a-z]+) [^"]*" href="{void}"', shown)
        assert looks == ["button-danger"], user
    for user in ("contractor", "npc", "leader"):
        client = client_of(district, user)
        assert client.get(reverse("residents:notice", args=[draft.pk])).status_code == 404
        shown = page(district, "notice", notice.pk, user=user)
        assert "收到 <b>1 条</b>异议" in shown
        assert "停车位不要占绿地" not in shown
        assert "项目启动公示" not in page(district, "notices", user=user)
    shown = page(district, "notice", notice.pk)
    assert "停车位不要占绿地" in shown
    assert "张** 138****5678" in shown
    assert "张甲" not in shown


def test_a_notice_is_drafted_published_and_concluded_on_its_pages(
    district: District, project: Project
) -> None:
    clerk, head = client_of(district, "zhonglou"), client_of(district, "zhonglou-head")
    new = reverse("residents:notice_new", args=[CODE, "scheme"])
    typed = {
        "body": "现将改造方案公示。",
        "period_days": "6",
        "channels": ["board", "chat"],
        "place": "东门公示栏",
        "feedback": "社区居委会",
        "seen_version": "0",
    }
    answer = clerk.post(new, typed)
    assert answer.status_code == 422
    assert "不能少于 7 个工作日。" in answer.content.decode()
    typed["period_days"] = "7"
    plan = SimpleUploadedFile("总平面图.pdf", PDF)
    assert clerk.post(new, typed | {"evidence": plan}).status_code == 302
    notice = Notice.objects.get()
    assert (notice.state, notice.channels, notice.drafted_by) == (
        "draft",
        ["board", "chat"],
        district.users["zhonglou"],
    )
    kept = client_of(district, "contractor").get(
        reverse("residents:file", args=[notice.pk, "file"])
    )
    assert kept.status_code == 404  # a draft is not for a company
    kept = clerk.get(reverse("residents:file", args=[notice.pk, "file"]))
    assert kept.content == PDF
    again = clerk.post(new, typed)
    assert again.status_code == 422
    assert "“方案确定”已有一份草稿的公示" in again.content.decode()
    act = reverse("residents:notice_act", args=[notice.pk, "publish"])
    assert clerk.get(act).status_code == 403
    assert "由街道审核岗发布" not in page(district, "notice", notice.pk)
    future = head.post(act, {"posted_on": "2025-05-08"})
    assert future.status_code == 422
    assert "张贴日期不能晚于今天。" in future.content.decode()
    assert head.post(act, {"posted_on": "2025年4月21日"}).status_code == 302
    assert head.get(act).status_code == 409
    edit = reverse("residents:notice_edit", args=[notice.pk])
    assert clerk.get(edit).status_code == 409
    end = reverse("residents:notice_act", args=[notice.pk, "conclude"])
    photo = SimpleUploadedFile("张贴.pdf", PDF)
    done = {"concluded_on": "2025-05-06", "conclusion": "没有异议", "photo": photo}
    assert head.post(end, done).status_code == 302
    notice.refresh_from_db()
    assert notice.state == NoticeState.CONCLUDED
    shown = page(district, "notice", notice.pk)
    assert "没有异议" in shown
    assert "张贴当日（2025年4月21日）的台账" in shown


def test_two_who_edit_a_draft_meet(district: District, project: Project) -> None:
    notice = NoticeFactory(project=project)
    edit = reverse("residents:notice_edit", args=[notice.pk])
    typed = {
        "body": "甲写的。",
        "period_days": "7",
        "channels": ["board"],
        "place": "东门",
        "feedback": "居委会",
        "seen_version": "1",
    }
    assert client_of(district, "zhonglou").post(edit, typed).status_code == 302
    late = client_of(district, "bureau").post(edit, typed | {"body": "乙写的。"})
    assert late.status_code == 409
    assert "乙写的。" in late.content.decode()
    assert Notice.objects.get().body == "甲写的。"


def test_an_objection_comes_is_answered_and_its_person_is_shown_against_a_reason(
    district: District, project: Project
) -> None:
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    clerk = client_of(district, "zhonglou")
    new = reverse("residents:objection_new", args=[notice.pk])
    assert clerk.post(new, {"raised_on": "2025-04-18"}).status_code == 422
    typed = {
        "raised_on": "2025-04-18",
        "way": "phone",
        "content": "施工时间避开中午。",
        "name": "李乙",
        "phone": "13900001234",
        "place": "",
    }
    assert clerk.post(new, typed).status_code == 302
    objection = Objection.objects.get()
    reply = reverse("residents:objection_answer", args=[objection.pk])
    answered = {
        "answered_on": "2025-04-21",
        "way": "phone",
        "outcome": "taken",
        "answer": "12 时至 14 时不施工。",
    }
    assert clerk.post(reply, answered).status_code == 302
    late = clerk.post(reply, answered)
    assert late.status_code == 409
    assert "这条异议已经答复。" in late.content.decode()
    who = reverse("residents:objection_person", args=[objection.pk])
    assert "李乙" not in clerk.get(who).content.decode()
    assert clerk.post(who, {"reason": ""}).status_code == 422
    shown = clerk.post(who, {"reason": "回访"})
    assert "李乙" in shown.content.decode()
    assert shown["Cache-Control"] == "private, no-store"
    Notice.objects.filter(pk=notice.pk).update(
        state="withdrawn",
        withdrawn_reason="调整",
        withdrawn_by=district.users["zhonglou-head"],
        withdrawn_at=notice.published_at,
    )
    assert clerk.post(new, typed).status_code == 409


def test_a_withdrawn_notice_is_drafted_again_from_its_page(
    district: District, project: Project
) -> None:
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    head, clerk = client_of(district, "zhonglou-head"), client_of(district, "zhonglou")
    act = reverse("residents:notice_act", args=[notice.pk, "withdraw"])
    assert head.post(act, {"reason": ""}).status_code == 422
    assert head.post(act, {"reason": "方案调整"}).status_code == 302
    again = reverse("residents:notice_again", args=[notice.pk])
    made = clerk.post(again)
    draft = Notice.objects.get(state="draft")
    assert made["Location"] == reverse("residents:notice_edit", args=[draft.pk])
    assert clerk.post(again).status_code == 409
    assert "照这一版另拟" not in page(district, "notice", notice.pk)


def test_the_paper_says_what_hangs(district: District, project: Project) -> None:
    notice = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    url = reverse("residents:notice_paper", args=[notice.pk])
    answer = client_of(district, "contractor").get(url)
    assert answer["Content-Type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert answer.content == client_of(district, "contractor").get(url).content


def test_the_list_is_filtered_sorted_and_exported(district: District, project: Project) -> None:
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-09"
    )
    late = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    ObjectionFactory(notice=late)
    NoticeFactory(project=other, point=NoticePoint.LAUNCH, state=NoticeState.CONCLUDED)
    NoticeFactory(
        project=ProjectFactory(programme=ProgrammeFactory(year=2024)), point=NoticePoint.NODE
    )
    client = client_of(district, "bureau")
    here = reverse("residents:notices")

    def names(query: str) -> list[str]:
        lines = client.get(f"{here}?{query}").context["page"]
        return [line.notice.title for line in lines]

    assert names("") == ["方案确定公示", "项目启动公示"]
    assert names("sort=-project") == ["项目启动公示", "方案确定公示"]
    assert names("state=overdue") == ["方案确定公示"]
    assert names("state=concluded&point=launch") == ["项目启动公示"]
    assert names("state=draft") == []
    assert names("street=zhonglou") == ["方案确定公示"]
    assert "没有符合条件的公示" in client.get(f"{here}?state=draft").content.decode()
    answer = client.get(reverse("residents:notices_export") + "?state=overdue")
    sheet = openpyxl.load_workbook(io.BytesIO(answer.content)).worksheets[0]
    cells = [cell.value for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert "文昌园" in cells
    assert "项目启动" not in cells
    assert "张甲" not in str(cells)


def test_points_without_a_notice_are_listed_and_wait(district: District, project: Project) -> None:
    for kind, day in (
        (GateKind.PROGRAMMED, date(2025, 1, 20)),
        (GateKind.DESIGNED, date(2025, 3, 3)),
    ):
        GateFactory(project=project, kind=kind, actual_on=day, evidence=StoredFileFactory())
    NoticeFactory(project=project, point=NoticePoint.LAUNCH, state=NoticeState.CONCLUDED)
    shown = page(district, "project", CODE)
    assert reverse("residents:notice_new", args=[CODE, "scheme"]) in shown
    assert reverse("residents:notice_new", args=[CODE, "launch"]) not in shown
    assert "“方案确定”已于 2025年3月3日通过，还没有公示。" in shown
    listed = client_of(district, "zhonglou").get(reverse("residents:notices") + "?state=missing")
    assert [str(row.point.label) for row in listed.context["missing"]] == ["方案确定"]
    scope = scope_for(district.users["zhonglou"])
    assert [each.title for each in waiting_for(scope=scope, today=TODAY)] == ["该公示未公示 1 处"]
    assert waiting_for(scope=scope_for(district.users["banyanglu"]), today=TODAY) == []


@pytest.mark.parametrize("gate", [GateKind.PERMITTED, GateKind.STARTED])
def test_works_are_announced_between_their_permit_and_their_start(
    district: District, project: Project, gate: GateKind
) -> None:
    GateFactory(
        project=project, kind=gate, actual_on=date(2025, 3, 10), evidence=StoredFileFactory()
    )
    shown = page(district, "project", CODE)
    assert f"“{gate.label}”已于 2025年3月10日通过，还没有公示。" in shown
    client = client_of(district, "zhonglou")
    listed = client.get(reverse("residents:notices") + "?state=missing")
    assert [str(row.point.label) for row in listed.context["missing"]] == ["重要节点施工前"]
    todo = reverse("dashboards:todo")
    assert "该公示未公示 1 处" in client.get(todo).content.decode()
    NoticeFactory(project=project, point=NoticePoint.NODE, state=NoticeState.CONCLUDED)
    assert "该公示未公示" not in client.get(todo).content.decode()
    listed = client.get(reverse("residents:notices") + "?state=missing")
    assert listed.context["missing"] == []


def test_a_draft_says_who_is_missing_before_it_is_published(
    district: District, project: Project
) -> None:
    one = NoticeFactory(project=project, point=NoticePoint.NODE)
    here = reverse("residents:notice", args=[one.pk])
    client = client_of(district, "zhonglou-head")
    assert "还不能发布。" not in client.get(here).content.decode()
    Party.objects.filter(role=PartyRole.SUPERVISOR).delete()
    assert "台账里没有有效的监理单位，先在项目的参建单位里登记" in client.get(here).content.decode()
    refused = client.post(
        reverse("residents:notice_act", args=[one.pk, "publish"]), {"posted_on": "2025-05-06"}
    )
    assert refused.status_code == 422
    assert refused.content.decode().count("没有有效的监理单位，请先登记参建单位。") == 2


def test_what_waits_for_whom(district: District, project: Project) -> None:
    NoticeFactory(
        project=project, point=NoticePoint.LAUNCH, drafted_by=district.users["zhonglou-head"]
    )
    ripe = NoticeFactory(project=project, state=NoticeState.PUBLISHED)
    node = NoticeFactory(project=project, point=NoticePoint.NODE, state=NoticeState.PUBLISHED)
    ObjectionFactory(notice=node)

    def titles(user: str) -> list[tuple[str, bool]]:
        found = waiting_for(scope=scope_for(district.users[user]), today=TODAY)
        return [(each.title, each.is_alarm) for each in found]

    late = ("答复文昌园重要节点施工前（供水管网开挖）公示的异议 1 条", True)
    assert titles("zhonglou-head") == [("结束文昌园方案确定公示", False), late]
    assert titles("zhonglou") == [late]
    assert titles("leader") == []
    ripe.refresh_from_db()
    todo = client_of(district, "zhonglou").get(reverse("dashboards:todo")).content.decode()
    assert "答复文昌园重要节点施工前（供水管网开挖）公示的异议 1 条" in todo


def test_a_notice_counts_as_made_public_without_typing_it_twice(
    district: District, project: Project
) -> None:
    NoticeFactory(project=project, state=NoticeState.CONCLUDED, tells_investment=True)
    NoticeFactory(project=project, point=NoticePoint.ACCEPTANCE)
    answer = client_of(district, "bureau").get(reverse("ledger:openness", args=[CODE]))
    there = {str(point.kind.label): point.is_there for point in answer.context["public"]}
    assert there == {"方案公开": True, "投资公开": True, "进度公开": False, "验收公开": False}
    assert reverse("residents:notice", args=[Notice.objects.get(state="concluded").pk]) in (
        answer.content.decode()
    )


def test_a_notice_names_each_party_once_and_the_manager_of_the_contractor(
    district: District, project: Project
) -> None:
    notice = NoticeFactory(project=project)
    shown = page(district, "notice", notice.pk)
    rows = shown[shown.index('id="parties"') : shown.index('id="objections"')]
    assert rows.count("<tbody>") == 1
    assert rows.count("鲁中某建设工程有限公司") == 1
    assert rows.count('项目经理 <span class="num">0533-5000010</span>') == 1


def test_a_project_of_which_nobody_is_known_has_its_page(
    district: District, project: Project
) -> None:
    Party.objects.all().delete()
    notice = NoticeFactory(project=project)
    shown = page(district, "notice", notice.pk)
    assert "台账里这一天没有有效的参建单位。" in shown
    assert "还没有" in page(district, "project", CODE)


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize(("name", "queries"), [("project", 15), ("notice", 13), ("notices", 18)])
def test_pages_cost_the_same(
    district: District,
    project: Project,
    count: int,
    name: str,
    queries: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    for number in range(count):
        notice = NoticeFactory(
            project=project,
            point=NoticePoint.NODE,
            node=f"第{number}段",
            state=NoticeState.PUBLISHED,
        )
        for _ in range(count):
            ObjectionFactory(notice=notice)
    args = {"project": [CODE], "notice": [notice.pk], "notices": []}[name]
    client = client_of(district, "zhonglou")
    url = reverse(f"residents:{name}", args=args)
    client.get(url)
    with django_assert_num_queries(queries):
        assert client.get(url).status_code == 200
