"""Pages: drafted, approved, filled in, seen by those who may, exported; budgets at one and three."""

from __future__ import annotations

import io
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.models import Programme, Project
from renovation.intake.models import Upload
from supervision.inquiries import services
from supervision.inquiries.enums import InquiryState
from supervision.inquiries.models import Inquiry, StreetAnswer
from supervision.inquiries.waiting import waiting_for
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, scope_for
from tests.factories.inquiries import make_answer, make_draft, make_open, make_submitted

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]


def _address(name: str, *args: object) -> str:
    return reverse(f"inquiries:{name}", args=args)


def _text(response: Any) -> str:
    assert response.status_code == 200, response.status_code
    return str(response.content.decode())


# -- drawing up --------------------------------------------------------------------------------------
def test_an_inquiry_is_drawn_up_on_pages(
    client_of: SignIn,
    district: District,
    programme: Programme,
    projects: list[Project],
    now: datetime,
) -> None:
    bureau = client_of("bureau")
    typed = {
        "title": "维修资金欠缴情况",
        "purpose": "专题会测算",
        "programme": programme.pk,
        "subject": "project",
        "streets": [street.pk for street in district.streets],
        "due_at": "2025-05-09T17:00",
    }
    wrong = bureau.post(_address("new"), typed | {"due_at": "2025-05-06T17:00"})
    assert wrong.status_code == 422
    assert "最后期限要在现在以后。" in wrong.content.decode()
    assert bureau.post(_address("new"), typed | {"streets": []}).status_code == 422
    made = bureau.post(_address("new"), typed)
    assert made.headers["Location"] == _address("inquiry", "LS2025-001")
    assert "还没有列" in _text(bureau.get(_address("inquiry", "LS2025-001")))

    column = _address("column_new", "LS2025-001")
    refused = bureau.post(f"{column}?kind=integer", {"label": "总户数", "is_required": "on"})
    body = refused.content.decode()
    assert refused.status_code == 422
    assert "“总户数”就是“户数”，平台已有，在项目台账的“小区”" in body
    assert 'value="ledger.household_count"' in body
    near = bureau.post(f"{column}?kind=date", {"label": "竣工日期", "is_required": "on"})
    assert near.status_code == 422
    assert "是不是“竣工验收日期”" in near.content.decode()
    assert 'name="is_other"' in near.content.decode()
    other = bureau.post(
        f"{column}?kind=date", {"label": "竣工日期", "is_required": "on", "is_other": "on"}
    )
    assert other.status_code == 302
    added = bureau.post(
        f"{column}?kind=choice",
        {"label": "物业类别", "options": "专业物业\n自管\n", "is_required": "on"},
    )
    assert added.status_code == 302
    filled = bureau.post(_address("known", "LS2025-001"), {"code": "ledger.household_count"})
    assert filled.status_code == 302
    page = _text(bureau.get(_address("inquiry", "LS2025-001")))
    assert "8 格" in page
    assert "与“竣工验收日期”相近" in page

    changed = bureau.get(_address("column", "LS2025-001", 2))
    assert "专业物业\n自管" in _text(changed)
    bureau.post(_address("column_remove", "LS2025-001", 1))
    bureau.post(_address("known_remove", "LS2025-001"), {"code": "ledger.household_count"})
    inquiry = Inquiry.objects.get()
    assert [each.label for each in inquiry.columns.all()] == ["物业类别"]
    assert inquiry.filled_columns.count() == 0

    edited = bureau.post(
        _address("edit", "LS2025-001"), typed | {"title": "物业类别", "seen": inquiry.version}
    )
    assert edited.status_code == 302
    stale = bureau.post(
        _address("edit", "LS2025-001"), typed | {"title": "旧", "seen": inquiry.version}
    )
    assert "这项收数被改过" in stale.content.decode()
    submitted = bureau.post(_address("act", "LS2025-001", "submit"))
    assert submitted.status_code == 302
    assert bureau.get(_address("edit", "LS2025-001")).status_code == 409
    assert bureau.get(_address("act", "LS2025-001", "approve")).status_code == 403

    reviewer = client_of("reviewer")
    ask = _text(reviewer.get(_address("act", "LS2025-001", "approve")))
    assert "3 个街道一共要填 4 格（4 行 × 1 列）" in ask
    inquiry.refresh_from_db()
    old = reviewer.post(_address("act", "LS2025-001", "approve"), {"seen": "1"})
    assert old.status_code == 422
    done = reviewer.post(_address("act", "LS2025-001", "approve"), {"seen": str(inquiry.version)})
    assert done.status_code == 302
    inquiry.refresh_from_db()
    assert inquiry.state == InquiryState.OPEN
    assert bureau.get(_address("act", "LS2025-001", "nonsense")).status_code == 404


# -- filling in --------------------------------------------------------------------------------------
def test_a_street_fills_in_the_grid(
    client_of: SignIn, inquiry: Inquiry, district: District, clock: Clock
) -> None:
    clerk = client_of("zhonglou")
    fill = _address("fill", inquiry.number, "zhonglou")
    page = _text(clerk.get(fill))
    assert "平台已有：户数（户） 100" in page
    first, second = inquiry.rows.filter(street=district.street("zhonglou"))
    typed = {
        "seen": "0",
        f"r{first.pk}-c1": "１２",
        f"r{first.pk}-c2": "是",
        f"r{second.pk}-c1": "十二",
        f"r{second.pk}-c2": "",
    }
    answer = clerk.post(fill, typed)
    body = answer.content.decode()
    assert answer.status_code == 422
    assert "已报 1 行。" in body
    assert 'value="十二"' in body  # what was typed stays
    assert "欠缴维修资金户数（户）不是数：十二" in body
    assert "是否有物业未填" in body
    assert StreetAnswer.objects.get().rows.get().values == {"c1": 12, "c2": True}
    done = clerk.post(
        fill, typed | {"seen": "1", f"r{second.pk}-c1": "3", f"r{second.pk}-c2": "否"}
    )
    assert done.headers["Location"] == _address("inquiry", inquiry.number)
    assert StreetAnswer.objects.get(version=2).is_complete
    stale = clerk.post(
        fill, typed | {"seen": "0", f"r{second.pk}-c1": "4", f"r{second.pk}-c2": "否"}
    )
    assert stale.status_code == 409
    assert "有人报过第 2 版" in stale.content.decode()
    versions = _text(clerk.get(_address("street", inquiry.number, "zhonglou")))
    assert "第2版" in versions
    assert "网页填报" in versions
    first_version = _text(clerk.get(_address("street", inquiry.number, "zhonglou") + "?version=1"))
    assert "未报" in first_version
    assert (
        clerk.get(_address("street", inquiry.number, "zhonglou") + "?version=9").status_code == 404
    )


def test_rows_left_for_later_are_no_faults(
    client_of: SignIn, inquiry: Inquiry, district: District, now: datetime
) -> None:
    clerk = client_of("zhonglou")
    first = inquiry.rows.filter(street=district.street("zhonglou")).first()
    assert first is not None
    typed = {"seen": "0", f"r{first.pk}-c1": "1", f"r{first.pk}-c2": "否"}
    answer = clerk.post(_address("fill", inquiry.number, "zhonglou"), typed)
    assert answer.status_code == 302
    assert not StreetAnswer.objects.get().is_complete
    page = _text(clerk.get(_address("inquiry", inquiry.number)))
    assert "填了一部分" in page


def test_a_workbook_comes_in_by_the_page(
    client_of: SignIn, inquiry: Inquiry, district: District, now: datetime
) -> None:
    clerk = client_of("zhonglou")
    out = clerk.get(_address("workbook", inquiry.number, "zhonglou"))
    book = openpyxl.load_workbook(io.BytesIO(out.content))
    sheet = book.worksheets[0]
    for row in (5, 6):
        sheet[f"D{row}"], sheet[f"E{row}"] = 7, "是"
    buffer = io.BytesIO()
    book.save(buffer)
    upload = _address("upload", inquiry.number, "zhonglou")
    assert "下载模板" in _text(clerk.get(upload))
    sent = clerk.post(upload, {"file": SimpleUploadedFile("收数.xlsx", buffer.getvalue())})
    found = Upload.objects.get()
    assert sent.headers["Location"] == reverse("intake:upload", args=[found.pk])
    from renovation.intake import services as intake

    intake.read(upload_id=found.pk, now=now)
    assert "没有发现差错" in _text(clerk.get(sent.headers["Location"]))
    written = clerk.post(reverse("intake:confirm", args=[found.pk]), {"act": "write"})
    assert written.status_code == 302
    assert StreetAnswer.objects.get().upload == found
    assert "S101" in _text(clerk.get(_address("rules", inquiry.number)))
    assert clerk.post(upload, {}).status_code == 422


# -- who sees what -----------------------------------------------------------------------------------
def test_scope_on_every_page(
    client_of: SignIn, inquiry: Inquiry, district: District, now: datetime
) -> None:
    make_answer(inquiry, district, "banyanglu", now=now, values={"c1": 4321, "c2": True})
    clerk = client_of("zhonglou")
    page = _text(clerk.get(_address("inquiry", inquiry.number)))
    assert "4,321" not in page
    assert "般阳路街道" not in page
    assert "复制文字" not in page
    for name in ("street", "fill", "upload", "workbook"):
        assert clerk.get(_address(name, inquiry.number, "banyanglu")).status_code == 404
    assert clerk.get(_address("act", inquiry.number, "close")).status_code == 403
    assert clerk.get(_address("new")).status_code == 403
    head = client_of("zhonglou-head")
    assert head.get(_address("inquiry", inquiry.number)).status_code == 200
    assert head.get(_address("fill", inquiry.number, "zhonglou")).status_code == 403
    bureau = client_of("bureau")
    whole = _text(bureau.get(_address("inquiry", inquiry.number)))
    assert "4,321" in whole
    assert "还没有报齐：松龄路街道、钟楼街道" in whole
    assert bureau.get(_address("fill", inquiry.number, "banyanglu")).status_code == 403
    for name in ("npc", "contractor", "auditor", "office", "admin"):
        assert client_of(name).get(_address("list")).status_code == 403
    other = make_district("boshan-")
    stranger = Client()
    stranger.force_login(other.users["reviewer"])
    assert stranger.get(_address("inquiry", inquiry.number)).status_code == 404
    draft = make_draft(district, inquiry.programme, now=now, title="草稿")
    assert clerk.get(_address("inquiry", draft.number)).status_code == 404
    assert bureau.get(_address("export", draft.number)).status_code == 404


def test_what_waits_for_whom(
    inquiry: Inquiry, district: District, programme: Programme, now: datetime, clock: Clock
) -> None:
    waiting = make_submitted(district, programme, now=now, title="待批")

    def titles(name: str, at: datetime = now) -> list[tuple[str, bool]]:
        scope = scope_for(district.users[name])
        return [(each.title, each.is_alarm) for each in waiting_for(scope=scope, now=at)]

    assert titles("zhonglou") == [("填报临时收数“维修资金欠缴情况”", False)]
    assert titles("reviewer") == titles("leader") == [("批准临时收数“待批”", False)]
    assert titles("bureau") == titles("npc") == titles("zhonglou-head") == []
    late = inquiry.due_at + timedelta(hours=1)
    assert titles("zhonglou", late) == [("填报临时收数“维修资金欠缴情况”", True)]
    assert titles("bureau", late) == [("结束临时收数“维修资金欠缴情况”", True)]
    overdue = ("临时收数“维修资金欠缴情况”逾期未报齐", True)
    assert titles("zhonglou-head", late) == [overdue]
    assert titles("leader", late) == [overdue, ("批准临时收数“待批”", late > waiting.due_at)]
    long_late = max(inquiry.due_at, waiting.due_at) + timedelta(hours=1)
    assert titles("reviewer", long_late) == [overdue, ("批准临时收数“待批”", True)]
    for name in ("banyanglu", "songlinglu", "zhonglou"):
        make_answer(inquiry, district, name, now=now)
    assert titles("zhonglou") == []
    assert titles("bureau") == [("结束临时收数“维修资金欠缴情况”", False)]
    assert waiting.state == InquiryState.SUBMITTED


def test_items_stand_on_the_page_of_things_to_do(
    client_of: SignIn, inquiry: Inquiry, district: District
) -> None:
    page = _text(client_of("zhonglou").get(reverse("dashboards:todo")))
    assert "填报临时收数“维修资金欠缴情况”" in page
    assert _address("inquiry", inquiry.number) in page


# -- acts on pages -----------------------------------------------------------------------------------
def test_extended_closed_and_exported(
    client_of: SignIn, inquiry: Inquiry, district: District, projects: list[Project], now: datetime
) -> None:
    make_answer(inquiry, district, "zhonglou", now=now)
    bureau = client_of("bureau")
    extend = _address("act", inquiry.number, "extend")
    earlier = bureau.post(extend, {"due_at": "2025-05-08T10:00", "comment": "停电"})
    assert earlier.status_code == 422
    assert "要晚于现在的期限（2025年5月9日 10:00）" in earlier.content.decode()
    assert bureau.post(extend, {"due_at": "2025-05-12T17:00", "comment": "停电"}).status_code == 302
    page = _text(bureau.get(_address("inquiry", inquiry.number)))
    assert "批准时为 5月9日 10:00，已延期" in page
    close = _address("act", inquiry.number, "close")
    assert "般阳路街道、松龄路街道还没有报齐，结束后不能再报。" in _text(bureau.get(close))
    assert bureau.post(close, {"comment": ""}).status_code == 302
    assert bureau.post(close, {"comment": ""}).status_code == 409
    page = _text(bureau.get(_address("inquiry", inquiry.number)))
    assert "已结束，1 / 3 个街道报齐。没有报齐的：般阳路街道、松龄路街道。" in page
    assert (
        client_of("zhonglou").get(_address("fill", inquiry.number, "zhonglou")).status_code == 409
    )
    book = openpyxl.load_workbook(
        io.BytesIO(bureau.get(_address("export", inquiry.number)).content)
    )
    assert book.sheetnames == ["汇总", "收数说明", "各列说明"]
    rows = [[cell.value for cell in row] for row in book["汇总"].iter_rows()]
    assert ["钟楼街道", projects[2].code, projects[2].name, "已报", 100, 12, "是"] in rows
    assert ["般阳路街道", projects[0].code, projects[0].name, "未报", 100, None, None] in rows
    total = next(row for row in rows if row[0] == "合计 4 行")
    assert (total[3], total[5]) == ("已报 2", 24)
    said = {row[0].value: row[1].value for row in book["收数说明"].iter_rows(max_col=2)}
    assert said["用途"] == inquiry.purpose
    assert said["批准"] == "区住建局 区局审核，2025年5月7日 10:00"
    assert said["最后期限"] == "2025年5月12日 17:00（批准时为2025年5月9日 10:00）"
    assert said["填报量"] == "4 行 × 2 列，共 8 格；平台填好 1 列"
    assert said["松龄路街道"] == "0 / 1 行，未报"


def test_sent_back_and_cancelled(
    client_of: SignIn,
    district: District,
    programme: Programme,
    projects: list[Project],
    now: datetime,
) -> None:
    inquiry = make_submitted(district, programme, now=now)
    reviewer = client_of("reviewer")
    back = _address("act", inquiry.number, "send-back")
    assert reviewer.post(back, {"comment": ""}).status_code == 422
    assert reviewer.post(back, {"comment": "列太多"}).status_code == 302
    bureau = client_of("bureau")
    assert "列太多" in _text(bureau.get(_address("inquiry", inquiry.number)))
    cancel = _address("act", inquiry.number, "cancel")
    assert bureau.post(cancel, {"comment": "不再需要"}).status_code == 302
    assert "已撤销" in _text(bureau.get(_address("list") + "?show=over"))
    assert "已撤销" not in _text(bureau.get(_address("list") + "?show=open"))


def test_an_empty_list_says_what_to_do(
    client_of: SignIn, district: District, now: datetime
) -> None:
    assert "拟定收数" in _text(client_of("bureau").get(_address("list")))
    assert "区局临时要数时" in _text(client_of("zhonglou").get(_address("list")))
    assert "临时收数" in _text(client_of("zhonglou").get(reverse("weekly:returns")))


# -- budgets -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same(
    client_of: SignIn, district: District, programme: Programme, projects: list[Project], now: datetime,
    count: int, quiet_head: None, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    for number in range(count):
        made = make_open(district, programme, now=now, title=f"第{number}项")
        make_answer(made, district, "zhonglou", now=now)
    client = client_of("bureau")
    with django_assert_num_queries(11):
        client.get(_address("list"))


@pytest.mark.parametrize("count", [1, 3])
def test_an_inquiry_costs_the_same(
    client_of: SignIn, district: District, programme: Programme, projects: list[Project], now: datetime,
    count: int, quiet_head: None, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    inquiry = make_open(district, programme, now=now, streets=district.streets[-count:])
    for street in district.streets[-count:]:
        make_answer(inquiry, district, street.code, now=now)
    client = client_of("bureau")
    with django_assert_num_queries(25):
        client.get(_address("inquiry", inquiry.number))
    with django_assert_num_queries(18):
        client.get(_address("export", inquiry.number))
    clerk = client_of("zhonglou")
    with django_assert_num_queries(21):
        clerk.get(_address("fill", inquiry.number, "zhonglou"))
    with django_assert_num_queries(20):
        clerk.get(_address("street", inquiry.number, "zhonglou"))


@pytest.mark.parametrize("count", [1, 3])
def test_a_draft_costs_the_same(
    client_of: SignIn, district: District, programme: Programme, projects: list[Project], now: datetime,
    count: int, quiet_head: None, django_assert_num_queries: DjangoAssertNumQueries,
) -> None:  # fmt: skip
    inquiry = make_draft(district, programme, now=now, streets=district.streets[-count:])
    client = client_of("bureau")
    with django_assert_num_queries(19):
        client.get(_address("inquiry", inquiry.number))
    assert services.burden(inquiry=inquiry, now=now).column_count == 2
