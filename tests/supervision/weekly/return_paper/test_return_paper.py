"""报送表: what the page of a return shows, on paper and in a workbook; with its hands, its pledge and its remarks."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import openpyxl
import pdfplumber
import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from renovation.accounts.enums import Role
from renovation.accounts.models import StandIn, User
from renovation.console.pledging.services import publish_text
from renovation.core.periods import Week
from renovation.jobs.models import Printing
from renovation.jobs.printing.services import make
from renovation.records.models import WorkState
from supervision.weekly import services, workbook
from supervision.weekly.detail import detail_of
from supervision.weekly.models import WeeklyReturn
from supervision.weekly.prints import RETURN_PAPER
from supervision.weekly.return_paper.compiling import compile_paper
from supervision.weekly.return_paper.rendering import file_name, paper_pdf
from supervision.weekly.review_waivers.services import waive_review
from tests.conftest import Clock
from tests.factories.accounts import make_user
from tests.factories.ledger import make_project
from tests.factories.weekly import ReturnExceptionFactory, make_return
from tests.supervision.weekly.office import THURSDAY, WEEK, Office, moment
from tests.supervision.weekly.test_pages import ROLES_200, ROLES_404

pytestmark = pytest.mark.django_db
PAGE = "/weekly/2025-05-05/songlinglu/"
PAPER, BOOK = f"{PAGE}paper/", f"{PAGE}paper/workbook/"
APRIL = date(2025, 4, 28)
ABOVE = 600_0000_00  # more than the planned 500.00 万元: W212 asks for a reason
REASON = "结算审计中，审定前可能超过"


@pytest.fixture(autouse=True)
def _thursday(clock: Clock) -> None:
    clock.at("2025-05-08 15:00")


def made(client: Client, address: str = PAPER) -> HttpResponse:
    """The answer with the PDF, once a worker has made it."""
    client.get(address)
    for row in Printing.objects.filter(work_state=WorkState.QUEUED):
        assert make(printing_id=row.pk, now=timezone.now())
    answer: HttpResponse = client.get(address)
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/pdf")
    return answer


def printed(client: Client, address: str = PAPER) -> str:
    """Every word of the PDF, without spaces and line ends."""
    answer = made(client, address)
    with pdfplumber.open(io.BytesIO(answer.content)) as pdf:
        text = "".join(page.extract_text() for page in pdf.pages)
    return re.sub(r"\s", "", text)


def cells(client: Client, sheet: str = "报送表", address: str = BOOK) -> list[list[Any]]:
    """The rows of a sheet of the workbook."""
    book = openpyxl.load_workbook(io.BytesIO(client.get(address).content))
    return [[cell.value for cell in row] for row in book[sheet].iter_rows()]


def compiled(client: Client) -> str:
    """The digest of what the paper says now."""
    made(client)
    return Printing.objects.order_by("-pk").values_list("digest", flat=True)[0]


def row_of(rows: list[list[Any]], code: str) -> list[Any]:
    (found,) = [row for row in rows if code in row]
    return found


def plain(texts: list[str]) -> list[Decimal | None]:
    """Figures of the page: − for minus, — for none."""
    return [None if text == "—" else Decimal(text.replace("−", "-")) for text in texts]


def as_decimals(values: list[Any]) -> list[Decimal | None]:
    return [None if value is None else Decimal(str(value)) for value in values]


def test_its_numbers_are_those_of_the_page(client: Client, office: Office) -> None:
    one, two = office.projects
    make_return(office.street, {one: ("8.4", 28_1234_56)}, week_start=APRIL)
    draft = office.draft()
    rows = office.rows(workers_count=17)
    rows[1] = office.rows(progress_percent=Decimal("12.5"), completed_investment_fen=ABOVE)[1]
    services.write_reports(weekly_return=draft, rows=rows, by=office.clerk, now=THURSDAY)
    client.force_login(office.head)
    page = client.get(PAGE).content.decode()
    book = cells(client)
    for project in (one, two):
        tail = page.partition(f'id="row-{project.pk}"')[2].partition("</tr>")[0]
        labels = "形象上周|形象本周|形象变化|投资上周|投资本周|投资变化|在场"
        shown = re.findall(rf'data-label="(?:{labels})[^"]*">([^<]*)<', tail)
        assert len(shown) == 7
        told = row_of(book, project.code)
        assert as_decimals(told[3:10]) == plain([text.strip() for text in shown])
    assert as_decimals(row_of(book, one.code)[3:10]) == [
        Decimal(text) for text in ("8.4", "10.0", "1.6", "28.12", "30.00", "1.88", "17")
    ]
    (sums,) = [row for row in book if any(str(cell).startswith("合计") for cell in row)]
    # Progress is not added up; money as exact 分: 281,234.56 元 before, 300,000 and 6,000,000 now.
    assert as_decimals(sums[3:10]) == [
        None,
        None,
        None,
        Decimal("28.12"),
        Decimal("630.00"),
        Decimal("1.88"),
        Decimal(17),
    ]
    paper = printed(client)
    for text in ("8.4", "10.0", "+1.6", "28.12", "30.00", "+1.88", "600.00", "630.00", "12.5"):
        assert text in paper


def test_it_names_every_hand_with_its_moment_and_both_of_a_stand_in(
    client: Client, office: Office
) -> None:
    deputy = User.objects.get(pk=make_user(office.street, Role.CLERK).pk)
    deputy.standing_in = StandIn.objects.create(
        principal=office.clerk,
        deputy=deputy,
        organisation=office.street,
        role=Role.CLERK,
        valid_from=date(2025, 5, 8),
        valid_to=date(2025, 5, 9),
        reason="公休",
        appointed_by=office.district.users["admin"],
        appointed_at=moment("2025-05-07 09:00"),
    )
    draft = office.draft()
    services.write_reports(
        weekly_return=draft,
        rows=[office.rows(work_done="屋面防水完成。")[0]],
        by=deputy,
        now=moment("2025-05-08 14:00"),
    )
    services.submit(weekly_return=draft, by=deputy, now=moment("2025-05-08 14:10"))
    sent = WeeklyReturn.objects.get()
    reviewed = services.review(weekly_return=sent, by=office.head, now=moment("2025-05-08 14:20"))
    client.force_login(office.head)
    assert "待核未经区局核定" in printed(client)
    services.approve(weekly_return=reviewed, by=office.reviewer, now=moment("2025-05-08 14:30"))
    both = "松龄路街道街道填报（代松龄路街道街道填报）"
    paper = printed(client)
    assert "待核" not in paper
    assert f"填报：{both}、松龄路街道街道填报2025年5月8日15:00" in paper
    assert f"报送：{both}2025年5月8日14:10" in paper
    assert "街道审核：松龄路街道街道审核2025年5月8日14:20" in paper
    assert "区局核定：区住建局区局审核2025年5月8日14:30" in paper
    hands = {row[0]: row[1] for row in cells(client, "办理与承诺") if row[0] and row[1]}
    assert hands["报送"] == "松龄路街道 街道填报（代松龄路街道 街道填报）"


def test_it_stands_under_the_pledge_that_was_accepted(client: Client, office: Office) -> None:
    client.force_login(office.clerk)
    draft = office.draft()
    assert "真实性承诺" not in printed(client)
    text = publish_text(
        bureau=office.district.bureau,
        text="本人承诺所报数据真实、准确、完整。",
        reason="启用",
        by=office.district.users["admin"],
        now=moment("2025-05-06 09:00"),
    )
    services.submit(weekly_return=draft, by=office.clerk, now=THURSDAY, pledge_text=text.pk)
    # Accepted for oneself, whomever one stood in for when sending.
    WeeklyReturn.objects.update(submitted_for=office.head)
    assert "松龄路街道 街道填报 5月8日 15:00 确认第1版" in client.get(PAGE).content.decode()
    paper = printed(client)
    assert "报送：松龄路街道街道填报（代松龄路街道街道审核）" in paper
    assert "真实性承诺本人承诺所报数据真实、准确、完整。" in paper
    assert "松龄路街道街道填报于2025年5月8日确认第1版，本次报送适用。" in paper
    words = [cell for row in cells(client, "办理与承诺") for cell in row if cell]
    assert "真实性承诺第1版：本人承诺所报数据真实、准确、完整。" in words


def test_remarks_stand_with_their_reasons(client: Client, office: Office) -> None:
    office.submitted(completed_investment_fen=ABOVE, explanation=REASON)
    client.force_login(office.head)
    (asked, other) = [row for row in cells(client, "校验与说明") if row[1] == "W212"]
    assert (asked[0], asked[2], asked[4]) == ("柳泉小区", "需说明", REASON)
    assert "600.00" in asked[3]
    assert other[0] == "建材一宿舍"
    assert "校验提示与说明" in printed(client)


def test_what_was_remarked_when_it_was_sent_stays_whatever_is_entered_later(
    client: Client, office: Office
) -> None:
    """W310 compares with the names of today: an approved paper must not change with them."""
    one, two = office.projects
    twin = make_project(
        programme=one.programme, street=office.other, code="ZC2025-14", name=one.name
    )
    approved = office.approved()
    client.force_login(office.head)
    before, digest = cells(client, "校验与说明"), compiled(client)
    (said,) = [row for row in before if row[1] == "W310"]
    assert (said[0], said[2]) == ("柳泉小区", "提示")
    assert "ZC2025-14同名" in said[3]
    twin.name = "钟楼北村"
    twin.save(update_fields=["name"])
    make_project(programme=one.programme, street=office.other, code="ZC2025-15", name=two.name)
    assert (cells(client, "校验与说明"), compiled(client)) == (before, digest)
    page = client.get(PAGE).content.decode()
    assert "ZC2025-14同名" in page
    assert "ZC2025-15同名" not in page
    services.correct(weekly_return=approved, reason="少报", by=office.clerk, now=THURSDAY)
    client.force_login(office.clerk)
    draft = client.get(PAGE).content.decode()
    assert "ZC2025-15同名" in draft
    assert "ZC2025-14同名" not in draft


def test_a_correction_is_marked_and_the_old_one_says_by_what_it_is_replaced(
    client: Client, office: Office
) -> None:
    old = office.approved()
    new = services.correct(
        weekly_return=old, reason="投资少报", by=office.clerk, now=moment("2025-05-08 16:00")
    )
    client.force_login(office.clerk)
    paper = printed(client)
    assert "第2版（更正）" in paper
    assert "本表为第2版，更正第1版。更正原因：投资少报。" in paper
    assert "草稿未报送，不得引用" in paper
    assert "正在由第2版更正，本版留存备查。" in printed(client, f"{PAPER}?version=1")
    # The draft of a correction is its street's own.
    client.force_login(office.reviewer)
    assert client.get(f"{PAPER}?version=2").status_code == 404
    assert "更正" not in printed(client)
    sent = services.submit(weekly_return=new, by=office.clerk, now=moment("2025-05-08 16:10"))
    reviewed = services.review(weekly_return=sent, by=office.head, now=moment("2025-05-08 16:20"))
    services.approve(weekly_return=reviewed, by=office.reviewer, now=moment("2025-05-08 16:30"))
    assert "已由第2版更正，本版留存备查。" in printed(client, f"{PAPER}?version=1")
    assert client.get(f"{PAPER}?version=3").status_code == 404
    names = made(client, f"{PAPER}?version=2")["Content-Disposition"]
    assert "%E7%AC%AC2%E7%89%88" in names  # 第2版


def test_what_a_reader_must_know_is_told(client: Client, office: Office, clock: Clock) -> None:
    """Late with its reason, later closing with its approver, the street's review switched off."""
    waive_review(
        street=office.street,
        valid_from=date(2025, 5, 9),
        valid_to=date(2025, 5, 9),
        reason="街道只有一名经办人",
        by=office.reviewer,
        now=THURSDAY,
    )
    ReturnExceptionFactory(street=office.street, granted_by=office.reviewer)
    ReturnExceptionFactory(street=office.other, reason="别的街道的事")
    draft = office.draft()
    late = moment("2025-05-09 18:00")
    services.submit(weekly_return=draft, by=office.clerk, now=late, late_reason="停电")
    clock.at("2025-05-09 18:10")
    client.force_login(office.reviewer)
    paper = printed(client)
    assert re.search("迟报。(其他，)?原因：停电。", paper)
    assert (
        "关闭时间已准许延至2025年5月13日17:00，区住建局区局审核2025年5月12日09:00批准：街道停电。"
        in paper
    )
    assert "别的街道的事" not in paper
    assert "报送时街道审核停用（2025年5月9日至2025年5月9日）" in paper
    assert "街道审核：停用，由区局直接核定" in paper
    assert "待核未经区局核定" in paper


def test_who_sees_the_page_takes_the_paper_and_nobody_else(client: Client, office: Office) -> None:
    client.force_login(office.head)
    assert (client.get(PAPER).status_code, client.get(BOOK).status_code) == (404, 404)
    assert "报送表" not in client.get(PAGE).content.decode()
    office.submitted()
    for name, user in office.district.users.items():
        client.force_login(user)
        expected = 200 if name in ROLES_200 else 404 if name in ROLES_404 else 403
        assert (name, client.get(BOOK).status_code) == (name, expected)
    client.force_login(office.head)
    page = client.get(PAGE).content.decode()
    for words, href in (
        ("报送表 PDF", f"{PAPER}?version=1"),
        ("报送表 Excel", f"{BOOK}?version=1"),
    ):
        assert re.search(rf'href="{re.escape(href)}"[^>]*>\s*{words}', page)
    client.force_login(office.district.users["zhonglou"])
    assert client.get(PAPER).status_code == 404


def test_a_worker_makes_it_and_the_page_waits(client: Client, office: Office, clock: Clock) -> None:
    """Asked for it is a row; made it is served at once; when the return moves on another is made."""
    draft = office.draft()
    client.force_login(office.head)
    waits = client.get(PAPER)
    text = waits.content.decode()
    assert waits.status_code == 202
    assert "松龄路街道2025年第19周周报报送表.pdf" in text
    (row,) = Printing.objects.all()
    poll = f"{PAPER}?row={row.digest}"
    assert f'hx-get="{poll}" hx-trigger="every 3s"' in text
    assert f'href="{PAGE}?version=1"' in text
    assert (row.kind, row.organisation) == ("weekly.return", office.street)
    polled = client.get(poll, headers={"HX-Request": "true"})
    assert polled.status_code == 200
    assert polled.content.decode().strip().startswith('<div id="printing" class="reading" hx-get=')
    assert make(printing_id=row.pk, now=THURSDAY)
    over = client.get(poll, headers={"HX-Request": "true"}).content.decode()
    assert "hx-get" not in over
    assert re.search(rf'href="{PAPER}"[^>]*>下载 PDF', over)
    first = client.get(PAPER)
    assert first["Content-Type"] == "application/pdf"
    assert Printing.objects.count() == 1
    clock.at("2025-05-08 15:20")
    services.submit(weekly_return=draft, by=office.clerk, now=moment("2025-05-08 15:10"))
    assert client.get(PAPER).status_code == 202
    assert "待核" in printed(client)
    assert Printing.objects.count() == 2


def test_waiting_asks_for_the_row_alone(
    client: Client, office: Office, django_assert_num_queries: Any
) -> None:
    """What the paper says is compiled once, not at every look; who may not see the page may not look either."""
    office.draft()
    client.force_login(office.head)
    client.get(PAPER)
    row, look = Printing.objects.get(), {"headers": {"HX-Request": "true"}}
    with django_assert_num_queries(9):
        assert client.get(f"{PAPER}?row={row.digest}", **look).status_code == 200
    # Of no row, as of one that was cleared away, the paper is asked for anew.
    gone = client.get(f"{PAPER}?row=0", **look)
    assert f"row={row.digest}" in gone.content.decode()
    client.force_login(office.district.users["zhonglou"])
    assert client.get(f"{PAPER}?row={row.digest}", **look).status_code == 404


def test_one_that_failed_says_why_and_is_asked_for_again(client: Client, office: Office) -> None:
    office.draft()
    client.force_login(office.head)
    client.get(PAPER)
    row = Printing.objects.get()
    Printing.objects.claim(row.pk, now=THURSDAY)
    Printing.objects.fail(row.pk, error="生成时系统出错（OSError），详见日志。", now=THURSDAY)
    page = client.get(PAPER).content.decode()
    assert "生成时系统出错（OSError），详见日志。" in page
    assert "重新生成" in page
    answer = client.post(PAPER)
    assert (answer.status_code, answer["Location"]) == (302, PAPER)
    row.refresh_from_db()
    assert (row.work_state, row.error) == (WorkState.QUEUED, "")


def test_the_same_paper_has_the_same_bytes(client: Client, office: Office, clock: Clock) -> None:
    office.approved()
    client.force_login(office.head)
    first = [made(client).content, client.get(BOOK).content]
    assert [content[:4] for content in first] == [b"%PDF", b"PK\x03\x04"]
    clock.at("2025-05-08 15:20")
    assert [client.get(address).content for address in (PAPER, BOOK)] == first
    kept = Printing.objects.get()
    assert paper_pdf(RETURN_PAPER.thawed(kept.snapshot)) == first[0]


@pytest.mark.parametrize("count", [1, 2])
def test_it_asks_as_often_for_two_rows_as_for_one(
    client: Client, office: Office, count: int, django_assert_num_queries: Any, settings: Any
) -> None:
    opened = services.open_return(
        street=office.street, week=services.Week(date(2025, 5, 5)), by=office.clerk, now=THURSDAY
    )
    services.write_reports(
        weekly_return=opened, rows=office.rows()[:count], by=office.clerk, now=THURSDAY
    )
    client.force_login(office.head)
    with django_assert_num_queries(32):
        assert client.get(BOOK).status_code == 200


def test_files_of_the_turn_of_a_year_are_named_by_the_year_that_the_number_counts_in(
    office: Office,
) -> None:
    named = {
        week.key: (workbook.file_name(office.street, week), paper_name(office, week))
        for week in (Week(date(2027, 12, 27)), Week(date(2028, 12, 25)))
    }
    assert named == {
        "2027-12-27": ("松龄路街道2027年第52周周报.xlsx", "松龄路街道2027年第52周周报报送表.pdf"),
        "2028-12-25": ("松龄路街道2028年第52周周报.xlsx", "松龄路街道2028年第52周周报报送表.pdf"),
    }


def paper_name(office: Office, week: Week) -> str:
    shown = WeeklyReturn.objects.first() or office.submitted()
    detail = detail_of(street=office.street, week=WEEK, weekly_return=shown, now=THURSDAY)
    found = compile_paper(weekly_return=shown, detail=detail, exceptions=[], newer=None)
    return file_name(replace(found, week_start=week.start), ".pdf")
