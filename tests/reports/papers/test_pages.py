"""Pages of papers: who sees what, what they offer, how many queries they take."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from renovation.core.wording import chinese_date
from renovation.records.services import read_file
from reports.papers import renditions, services
from reports.papers.models import Document
from reports.papers.pages import steps_of
from reports.papers.sheets import DispatchSheet
from reports.papers.snapshots import bulletin_of, content_of
from tests.factories.papers import AFTER_QUARTER, CLOSED, WEEK, World, make_world
from tests.reports.typed_cells import texts_for_numbers

NOW = AFTER_QUARTER


@pytest.fixture(autouse=True)
def _now(clock: Any, settings: Any) -> None:
    """After the quarter; without the count of 待办, whose queries are not of these pages."""
    clock.at("2025-10-09 09:00")
    settings.FACE_TODO_COUNT = ""


def _as(world: World, user: str) -> Client:
    client = Client()
    client.force_login(world.users[user])
    return client


def _issued_sheets(world: World) -> list[Document]:
    services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    return list(Document.objects.filter(kind="dispatch_sheet"))


def test_who_issues_a_sheet_is_not_told_as_having_drafted_it(world: World) -> None:
    """The system makes a sheet, a person checks and issues it; 拟稿 is a post of the bulletin."""
    services.issue_sheet(document=world.sheet(), by=world.users["bureau"], now=CLOSED)
    sheet = Document.objects.get(kind="dispatch_sheet", subject=world.district.bureau)
    steps = [step.title.split("　")[0] for step in steps_of(sheet, sheet.steps.order_by("pk"))]
    assert (steps[0], steps[-1], "拟稿" in steps) == ("编制", "印发", False)
    bulletin = world.issued()
    assert steps_of(bulletin, bulletin.steps.order_by("pk"))[0].title.split("　")[0] == "拟稿"


def test_a_street_sees_its_own_issued_sheet_and_the_issued_bulletin(world: World) -> None:
    sheets = _issued_sheets(world)
    bulletin = world.issued()
    draft = services.correct(document=bulletin, reason="改", by=world.users["bureau"], now=NOW)
    client = _as(world, "banyanglu")
    seen = {
        document.pk: client.get(f"/papers/{document.pk}/").status_code
        for document in [*sheets, bulletin, draft]
    }
    own = world.district.street("banyanglu")
    wanted = {d.pk: 200 if d.subject == own else 404 for d in sheets}
    assert seen == {**wanted, bulletin.pk: 200, draft.pk: 404}
    (mine,) = (sheet for sheet in sheets if sheet.subject == own)
    content = content_of(mine)
    assert isinstance(content, DispatchSheet)
    copied = client.get(f"/papers/{mine.pk}/").content.decode().partition('id="copied"')[2]
    assert f"截至{chinese_date(content.week.end)}，般阳路街道老旧小区改造周调度表（" in copied
    assert f"形象进度 {content.leading_figures['形象进度'].full_text}" in copied
    assert "未印发" not in copied
    assert "松龄路街道" not in copied
    page = client.get("/papers/sheets/").content.decode()
    assert "般阳路街道" in page
    assert "松龄路街道" not in page
    assert "编制调度表" not in page


def test_drafts_are_not_for_readers(world: World) -> None:
    sheet, bulletin = world.sheet(subject="banyanglu"), world.bulletin()
    for user in ("banyanglu", "npc"):
        client = _as(world, user)
        assert client.get(f"/papers/{sheet.pk}/").status_code == 404
        assert client.get(f"/papers/{bulletin.pk}/").status_code == 404
        assert client.get(f"/papers/{bulletin.pk}/files/pdf/").status_code == 404


def test_another_district_sees_nothing(world: World) -> None:
    document = world.issued()
    other = make_world("boshan-")
    client = _as(other, "leader")
    assert client.get(f"/papers/{document.pk}/").status_code == 404
    assert client.post(f"/papers/{document.pk}/acts/correct/", {"opinion": "x"}).status_code == 404
    assert document.title not in client.get("/papers/bulletins/").content.decode()


@pytest.mark.parametrize("user", ["admin", "auditor", "contractor", "hotline"])
def test_who_has_no_business_with_papers(world: World, user: str) -> None:
    client = _as(world, user)
    for path in ("/papers/sheets/", "/papers/bulletins/", f"/papers/{world.issued().pk}/"):
        assert client.get(path).status_code == 403
        break


@pytest.mark.parametrize(
    ("user", "offered"),
    [
        ("bureau", {"修改文字", "重新编制", "作废"}),
        ("bureau2", {"核稿", "修改文字", "重新编制", "作废"}),
        ("reviewer", {"核稿"}),
        ("leader", set()),
        ("office", set()),
    ],
)
def test_the_page_offers_what_the_person_may_do(world: World, user: str, offered: set[str]) -> None:
    page = _as(world, user).get(f"/papers/{world.bulletin().pk}/")
    assert {link.label for link in page.context["acts"]} == offered


def test_a_forbidden_act_is_403_and_a_wrong_state_409(world: World) -> None:
    document = world.bulletin()
    assert _as(world, "bureau").get(f"/papers/{document.pk}/acts/check/").status_code == 403
    # An act of the other kind of paper is no address of this one.
    assert _as(world, "office").get(f"/papers/{document.pk}/acts/issue/").status_code == 404
    answer = _as(world, "leader").post(f"/papers/{document.pk}/acts/sign/", {"opinion": ""})
    assert answer.status_code == 409
    assert f'href="/papers/{document.pk}/">打开这份文件最新的一页</a>' in answer.text
    assert "只有已审核的文件才能签发。" in answer.content.decode()
    assert Document.objects.get(pk=document.pk).state == "draft"


def test_the_way_of_a_bulletin_over_the_pages(world: World) -> None:
    client = _as(world, "bureau")
    answer = client.post("/papers/bulletins/compile/", {"quarter": "2025-Q3"}, follow=True)
    pk = answer.context["document"].pk
    address = f"/papers/{pk}/acts"
    assert _as(world, "bureau2").post(f"{address}/check/", {"opinion": ""}).status_code == 302
    assert (
        _as(world, "reviewer").post(f"{address}/countersign/", {"opinion": "无意见"}).status_code
        == 302
    )
    assert _as(world, "reviewer").post(f"{address}/approve/", {"opinion": ""}).status_code == 302
    assert _as(world, "leader").post(f"{address}/sign/", {"opinion": "同意"}).status_code == 302
    twice = _as(world, "leader").post(f"{address}/sign/", {"opinion": "同意"})
    assert twice.status_code == 409  # and the page says what came before: one's own act
    assert twice.text.index("最近办过的") < twice.text.index("您本人：同意")
    office = _as(world, "office")
    wrong = office.post(f"{address}/number/", {"number": "十二号"})
    assert wrong.status_code == 422
    page = wrong.content.decode()
    assert "文号应由发文代字" in page
    assert 'value="十二号"' in page
    assert office.post(f"{address}/number/", {"number": "淄建发〔2025〕12号"}).status_code == 302
    document = Document.objects.get(pk=pk)
    assert (document.state, document.number) == ("issued", "淄建发〔2025〕12号")
    scan = SimpleUploadedFile("正本.pdf", b"MZ not a pdf at all")
    refused = office.post(f"{address}/file_original/", {"file": scan})
    assert (refused.status_code, "正本扫描件应为" in refused.content.decode()) == (422, True)
    scan = SimpleUploadedFile("正本.pdf", b"%PDF-1.7\n%%EOF\n")
    assert office.post(f"{address}/file_original/", {"file": scan}).status_code == 302
    got = _as(world, "banyanglu").get(f"/papers/{pk}/original/")
    assert b"".join(got.streaming_content) == b"%PDF-1.7\n%%EOF\n"  # type: ignore[attr-defined]


def test_a_page_that_shows_what_was_sent_anew_since_approves_nothing(world: World) -> None:
    users = world.users
    document = services.check(document=world.bulletin(), by=users["bureau2"], now=NOW)
    client = _as(world, "reviewer")
    address = f"/papers/{document.pk}/acts/approve/"
    page = client.get(address).content.decode()
    assert f'name="digest" value="{document.digest}"' in page
    back = services.send_back(document=document, by=users["reviewer"], now=NOW, opinion="改")
    edited = services.edit_text(
        document=back, key="lead", text="新导语。", by=users["bureau"], now=NOW
    )
    services.check(document=edited, by=users["bureau2"], now=NOW)
    stale = client.post(address, {"digest": document.digest, "opinion": "同意"})
    assert stale.status_code == 409
    assert "请重新阅读后再办理" in stale.content.decode()
    assert Document.objects.get(pk=document.pk).state == "checked"
    fresh = client.post(address, {"digest": edited.digest, "opinion": "同意"})
    assert fresh.status_code == 302
    assert Document.objects.get(pk=document.pk).state == "approved"


def test_an_editor_is_not_offered_to_check(world: World) -> None:
    document = world.bulletin()
    services.edit_text(
        document=document, key="lead", text="新导语。", by=world.users["bureau2"], now=NOW
    )
    client = _as(world, "bureau2")
    assert "/acts/check/" not in client.get(f"/papers/{document.pk}/").content.decode()
    answer = client.post(f"/papers/{document.pk}/acts/check/", {"digest": document.digest})
    assert answer.status_code == 403
    assert "修改过文字的人不能核稿" in answer.content.decode()
    assert "/acts/check/" in _as(world, "reviewer").get(f"/papers/{document.pk}/").content.decode()


def test_withdrawing_without_words_is_said_at_the_field(world: World) -> None:
    document = world.bulletin()
    answer = _as(world, "bureau").post(f"/papers/{document.pk}/acts/withdraw/", {"opinion": " "})
    assert answer.status_code == 422
    assert "请写明作废原因。" in answer.content.decode()
    assert Document.objects.get(pk=document.pk).state == "draft"


def test_a_faulty_text_is_kept_and_told_at_its_place(world: World) -> None:
    document = world.bulletin()
    client = _as(world, "bureau")
    address = f"/papers/{document.pk}/texts/"
    answer = client.post(address, {"lights": "亮红灯【没有】个。"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "没有名为【没有】的数据" in page
    assert "亮红灯【没有】个。" in page
    assert client.post(address, {"lights": "亮红灯77个。"}).status_code == 302
    page = client.get(address).content.decode()
    assert "“77个”与本通报数据不符" in page
    stored = bulletin_of(Document.objects.get(pk=document.pk))
    place = stored.faults({})[0].place
    done = client.post(f"{address}outside/", {"place": place, "reason": "外区数字"})
    assert done.status_code == 302
    page = client.get(address).content.decode()
    assert "“77个”：外区数字" in page
    assert "有数字与本通报数据不符" not in page


def test_files_are_made_and_had(world: World) -> None:
    document = world.bulletin()
    client = _as(world, "bureau")
    assert client.get(f"/papers/{document.pk}/files/pdf/").status_code == 404
    client.post(f"/papers/{document.pk}/files/render/")
    page = client.get(f"/papers/{document.pk}/files/").content.decode()
    assert 'hx-trigger="every 2s"' in page
    assert "排队中" in page
    for row in document.renditions.all():
        renditions.make(rendition_id=row.pk, now=NOW)
    fragment = client.get(f"/papers/{document.pk}/files/").content.decode()
    assert "hx-trigger" not in fragment
    got = client.get(f"/papers/{document.pk}/files/xlsx/")
    assert got.headers["Content-Disposition"].startswith("attachment; filename*=utf-8''")
    assert b"".join(got.streaming_content)[:2] == b"PK"  # type: ignore[attr-defined]


def test_the_workbooks_of_papers_hold_numbers_days_and_moments_as_such(world: World) -> None:
    for document in (world.sheet(), world.bulletin()):
        for row in renditions.request(document=document, formats=["xlsx"], now=NOW):
            renditions.make(rendition_id=row.pk, now=NOW)
        made = renditions.finished(document=document)["xlsx"]
        assert texts_for_numbers(read_file(file=made)) == []


def test_a_street_never_gets_the_approval_form(world: World) -> None:
    document = world.issued()
    for row in document.renditions.all():
        renditions.make(rendition_id=row.pk, now=NOW)
    assert _as(world, "bureau").get(f"/papers/{document.pk}/files/approval/").status_code == 200
    assert _as(world, "banyanglu").get(f"/papers/{document.pk}/files/pdf/").status_code == 200
    assert _as(world, "banyanglu").get(f"/papers/{document.pk}/files/approval/").status_code == 404


def test_pages_show_marks_with_words_and_the_digest(world: World) -> None:
    sheet = _as(world, "bureau").get(f"/papers/{world.sheet().pk}/").content.decode()
    assert '<span class="mark-symbol">■</span>严重滞后' in sheet
    assert world.sheet().digest in sheet
    assert "钟楼街道未报" in sheet


def test_an_overtaken_paper_says_so(world: World) -> None:
    from tests.factories.weekly import make_return

    document = world.issued()
    client = _as(world, "bureau")
    assert "没有变化" in client.get(f"/papers/{document.pk}/changes/").content.decode()
    make_return(
        world.district.street("zhonglou"),
        {world.projects["90"]: ("60.0", 0)},
        week_start=WEEK.start,
    )
    page = client.get(f"/papers/{document.pk}/changes/").content.decode()
    assert "编制以后数据有变化。" in page
    assert "钟楼里小区形象进度：0.0% → 60.0%" in page


def test_empty_lists_say_what_will_come(db: None) -> None:
    world = make_world()
    client = _as(world, "npc")
    page = client.get("/papers/sheets/").content.decode()
    assert "还没有调度表" in page
    assert 'href="/dispatch/items/"' not in page
    # The row of tabs over the section, for whom more of it is.
    assert 'href="/dispatch/items/"' in _as(world, "leader").get("/papers/sheets/").content.decode()
    assert "还没有通报" in client.get("/papers/bulletins/").content.decode()


def test_weeks_and_quarters_stand_newest_first_and_what_is_over_is_proposed(world: World) -> None:
    client = _as(world, "bureau")
    form = client.get("/papers/sheets/").context["form"]
    assert [word for _, word in form.fields["week"].choices] == [
        "2025年第41周（10月6日—10月12日），还没有关闭",
        "2025年第40周（9月29日—10月5日）",
        "2025年第39周（9月22日—9月28日）",
        "2025年第38周（9月15日—9月21日）",
        "2025年第37周（9月8日—9月14日）",
        "2025年第36周（9月1日—9月7日）",
    ]
    assert form["week"].initial == "2025-09-29"
    form = client.get("/papers/bulletins/").context["form"]
    assert [key for key, _ in form.fields["quarter"].choices] == [
        "2025-Q4", "2025-Q3", "2025-Q2", "2025-Q1",
    ]  # fmt: skip
    assert form["quarter"].initial == "2025-Q3"


def _queries(client: Client, path: str) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert client.get(path).status_code == 200
    return len(queries)


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_sheets_takes_the_same_queries(world: World, count: int) -> None:
    for weeks_ago in range(count):
        services.compile_sheets(bureau=world.district.bureau, week=WEEK.shift(-weeks_ago), now=NOW)
    client = _as(world, "reviewer")
    client.get("/papers/sheets/")
    assert _queries(client, "/papers/sheets/") == SHEETS_BUDGET


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_of_bulletins_takes_the_same_queries(world: World, count: int) -> None:
    from renovation.core.periods import Quarter

    for number in range(3, 3 - count, -1):
        services.compile_bulletin(
            bureau=world.district.bureau, quarter=Quarter(2025, number), now=NOW
        )
    client = _as(world, "reviewer")
    client.get("/papers/bulletins/")
    assert _queries(client, "/papers/bulletins/") == BULLETINS_BUDGET


@pytest.mark.parametrize("projects", [1, 3])
def test_a_paper_takes_the_same_queries_however_long(db: None, projects: int) -> None:
    world = make_world(projects=projects)
    sheet, bulletin = world.sheet(), world.bulletin()
    client = _as(world, "reviewer")
    client.get(f"/papers/{sheet.pk}/")
    assert _queries(client, f"/papers/{sheet.pk}/") == SHEET_BUDGET
    assert _queries(client, f"/papers/{bulletin.pk}/") == PAPER_BUDGET + 1  # who edited


SHEETS_BUDGET = 14
BULLETINS_BUDGET = 7
PAPER_BUDGET = 9
SHEET_BUDGET = PAPER_BUDGET + 4  # when its week closes: calendar, weeks, clocks
