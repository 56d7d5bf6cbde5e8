"""周调度会纪要: found signed without a paper, compiled once, issued as it was signed, seen by whom it concerns."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pdfplumber
import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from projects.ledger.models import Project
from renovation.accounts.enums import Role
from renovation.core.documents.papers import minutes_html
from renovation.core.documents.pdf import render_pdf
from renovation.jobs.services import sweeps
from renovation.records.models import AuditEntry
from renovation.records.services import read_file
from reports.papers import renditions
from reports.papers.enums import PaperKind, PaperState
from reports.papers.minutes.compiling import compile_minutes
from reports.papers.minutes.issuing import issue_signed, paper_of_minutes
from reports.papers.minutes.layout import items_table, minutes_paper
from reports.papers.minutes.values import Decided
from reports.papers.models import Document
from reports.papers.rendering import render
from reports.papers.snapshots import is_whole, minutes_of
from supervision.dispatch.items import services as items
from supervision.dispatch.items.assigning import Answerer
from supervision.dispatch.meetings import minutes as minuting
from supervision.dispatch.models import Minutes
from tests.conftest import Clock
from tests.factories.accounts import District, make_district, make_user
from tests.factories.dispatch import (
    AFTER,
    answering_user,
    make_held,
    make_item,
    make_submitted,
    minutes_values,
)
from tests.factories.ledger import ProgrammeFactory, make_project

pytestmark = pytest.mark.django_db
LATER = AFTER + timedelta(hours=2)


@pytest.fixture
def district() -> District:
    return make_district()


def signed(district: District, *, count: int = 2, project: Project | None = None) -> Minutes:
    """Signed minutes of a meeting that assigned ``count`` items, and one more that was given by telephone."""
    minutes = make_held(district)
    for n in range(count):
        make_item(
            district,
            meeting=minutes.meeting,
            task=f"第{n + 1}件：完成外墙保温样板段",
            standard="监理签认",
            street=("banyanglu", "songlinglu")[n % 2],
            project=project,
        )
    make_item(district, task="电话交办，不在会上")
    minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes),
        by=district.users["bureau"],
        now=minutes.recorded_at,
    )
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=AFTER)
    return minuting.sign(minutes=minutes, by=district.users["leader"], now=AFTER)


def made(minutes: Minutes) -> Document:
    """The paper with its bytes."""
    assert issue_signed(now=LATER) == 1
    document = paper_of_minutes(minutes=minutes)
    assert document is not None
    for row in document.renditions.all():
        assert renditions.make(rendition_id=row.pk, now=LATER)
    return document


def text_of(document: Document) -> str:
    content = read_file(file=renditions.finished(document=document)["pdf"])
    with pdfplumber.open(io.BytesIO(content)) as pdf:
        return re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))


def test_the_sweep_finds_signed_minutes_and_makes_their_paper_once(district: District) -> None:
    make_submitted(district)
    assert issue_signed(now=LATER) == 0  # not signed: no paper
    minutes = Minutes.objects.get()
    minuting.sign(minutes=minutes, by=district.users["leader"], now=AFTER)
    assert sweeps()["papers.minutes"].run(LATER) == 1
    assert issue_signed(now=LATER) == 0
    (document,) = Document.objects.all()
    assert (document.kind, document.state, document.version) == ("minutes", "issued", 1)
    assert (document.bureau, document.subject) == (district.bureau, district.bureau)
    assert (document.period_key, document.issued_on) == ("2025-1", date(2025, 5, 12))
    assert document.title == "2025年第19周老旧小区改造周调度会纪要"
    assert (document.drafted_by, document.signed_by) == (
        district.users["bureau"],
        district.users["leader"],
    )
    assert [(step.act, step.by) for step in document.steps.all()] == [
        ("draft", district.users["bureau"]),
        ("sign", district.users["leader"]),
    ]
    assert [row.format for row in document.renditions.all()] == ["pdf"]
    entry = AuditEntry.objects.get(act="document.issue")
    assert entry.sentence == "纪要已签发，编制“2025年第19周老旧小区改造周调度会纪要”"
    assert is_whole(document)


def test_the_paper_says_what_was_signed(district: District) -> None:
    minutes = signed(district)
    text = text_of(made(minutes))
    for said in (
        "淄川区老旧小区改造周调度会纪要",
        "2025年第1次",
        "（2025年5月12日）",
        (
            "2025年5月12日14:30，区局分管负责人在区局三楼会议室主持召开2025年第1次周调度会，"
            "调度第19周（5月5日—5月11日）老旧小区改造工作。"
        ),
        "通报上周进度，逐项研究存在问题。",
        "雨季施工安全。汛期将至，各项目排查深基坑和脚手架。会议议定：各街道周五前报排查清单。",
        "二、交办事项",
        "会议交办2件",
        "出席：般阳路街道分管负责人、松龄路街道分管负责人",
        "请假：钟楼街道分管负责人",
        "列席：区财政局经济建设科",
        "记录：区局经办岗",
        f"签发：{district.users['leader']}".replace(" ", ""),
        "抄送：般阳路街道，松龄路街道，钟楼街道，区财政局。",
        "2025年5月12日印发",
    ):
        assert said in text, said
    assert "电话交办" not in text


def test_the_table_tells_task_answerer_standard_and_first_deadline(district: District) -> None:
    minutes = signed(district)
    content = compile_minutes(minutes=minutes)
    table = items_table(content)
    assert [column.header for column in table.columns] == [
        "编号",
        "事项",
        "责任单位",
        "完成标准",
        "期限",
    ]
    assert [[str(cell.value) for cell in each.cells] for each in table.rows] == [
        ["〔2025〕第19周-1", "第1件：完成外墙保温样板段", "般阳路街道", "监理签认", "5月19日"],
        ["〔2025〕第19周-2", "第2件：完成外墙保温样板段", "松龄路街道", "监理签认", "5月19日"],
    ]
    # What became of an item later changes nothing of what was signed.
    first = minutes.meeting.items.order_by("number").first()
    assert first is not None
    items.accept(item=first, by=answering_user(district, first), now=LATER)
    assert compile_minutes(minutes=minutes) == content


def test_a_paper_is_set_solid(district: District) -> None:
    content = compile_minutes(minutes=signed(district))
    told = Decided(
        "第19周周报报送 1 个", "应报 3 个街道，已报 2 个，落后 11.3 个百分点", "12月10日前补齐 1 个"
    )
    body = minutes_paper(replace(content, topics=(told,))).body
    (paragraph,) = [block for block in body if getattr(block, "lead", "")]
    assert paragraph.lead == "（一）第19周周报报送1个。"
    assert paragraph.text == "应报3个街道，已报2个，落后11.3个百分点。会议议定：12月10日前补齐1个。"


def test_a_meeting_that_assigned_nothing_says_so(district: District) -> None:
    minutes = signed(district, count=0)
    body = minutes_paper(compile_minutes(minutes=minutes)).body
    assert "本次会议没有新的交办事项。" in [getattr(block, "text", "") for block in body]


@pytest.mark.parametrize("count", [2, 9])
def test_the_table_begins_where_there_is_room_and_goes_on_under_its_head(
    district: District, count: int
) -> None:
    content = compile_minutes(minutes=signed(district, count=1))
    (item,) = content.items
    task = "完成外墙保温样板段，样板验收后各标段照样施工，每周报告进度并附照片" * 2
    told = Decided("般阳路街道没有报送", "应报 5 个，已报 3 个。", "三日内补报，并说明原因。" * 4)
    long = replace(
        content,
        topics=(told,) * 5,
        items=tuple(replace(item, code=f"第{n}件", task=task) for n in range(count)),
    )
    with pdfplumber.open(io.BytesIO(render_pdf(minutes_html(minutes_paper(long))))) as pdf:
        pages = [re.sub(r"\s", "", page.extract_text()) for page in pdf.pages]
    rows = [[n for n in range(count) if f"第{n}件" in page] for page in pages]
    begun = next(n for n, page in enumerate(pages) if f"会议交办{count}件" in page)
    assert rows[begun]  # under the sentence that announces it, not on the page after it
    assert rows[begun + 1]
    assert [n for page in rows for n in page] == list(range(count))
    assert [page.count("编号事项责任单位完成标准期限") for page in pages] == [
        int(bool(found)) for found in rows
    ]


def test_what_is_not_signed_can_not_be_compiled(district: District) -> None:
    with pytest.raises(ValueError, match="not signed"):
        compile_minutes(minutes=make_submitted(district))


def test_the_snapshot_alone_gives_the_same_bytes(district: District) -> None:
    document = made(signed(district))
    assert minutes_of(document) == compile_minutes(minutes=Minutes.objects.get())
    kept = read_file(file=renditions.finished(document=document)["pdf"])
    assert render(document, renditions.Format.PDF) == kept


def test_nothing_of_it_changes_any_more(district: District) -> None:
    document = made(signed(district))
    for change in ({"title": "另一份"}, {"issued_on": date(2025, 5, 13)}, {"version": 2}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Document.objects.filter(pk=document.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        document.delete()


def test_a_paper_of_minutes_is_issued_and_signed(district: District) -> None:
    leader = district.users["leader"]
    given: dict[str, Any] = {
        "kind": PaperKind.MINUTES,
        "bureau": district.bureau,
        "subject": district.bureau,
        "period_key": "2025-1",
        "title": "纪要",
        "compiled_at": AFTER,
        "signed_by": leader,
        "signed_at": AFTER,
        "issued_by": leader,
        "issued_at": AFTER,
    }
    for wrong in ({"state": PaperState.DRAFT}, {"state": PaperState.ISSUED, "signed_by": None}):
        broken = pytest.raises(IntegrityError, match="minutes_paper_is_signed")
        with broken, transaction.atomic():
            Document.objects.create(**{**given, **wrong})


def test_a_correction_is_a_paper_of_its_own_that_says_what_it_corrects(district: District) -> None:
    first = signed(district)
    old = made(first)
    second = minuting.correct(
        minutes=first, reason="地点写错", by=district.users["bureau"], now=LATER
    )
    minuting.record(
        minutes=second,
        values=minutes_values(district, second, place="区局五楼会议室"),
        by=district.users["bureau"],
        now=LATER,
    )
    assert issue_signed(now=LATER) == 0
    minuting.submit(minutes=second, by=district.users["bureau"], now=LATER)
    minuting.sign(minutes=second, by=district.users["leader"], now=LATER)
    new = made(second)
    assert (new.version, new.supersedes, new.correction_reason) == (2, old, "地点写错")
    text = text_of(new)
    assert "本件为第2版，更正并替代原件。更正原因：地点写错。" in text
    assert "区局五楼会议室" in text
    assert "区局三楼会议室" not in text
    assert "区局三楼会议室" in text_of(old)


def moved_on(district: District, minutes: Minutes) -> None:
    """After the signature one item goes to another street, one is taken back, one is assigned of the same meeting."""
    first, second = minutes.meeting.items.order_by("number")
    by = district.users["bureau"]
    to = Answerer.street(district.street("zhonglou"))
    items.transfer(item=first, answerer=to, text="属地划转", by=by, now=LATER)
    items.cancel(item=second, text="上级已定", by=by, now=LATER)
    make_item(district, meeting=minutes.meeting, task="签发以后才交办的", now=LATER)


def test_what_became_of_items_since_is_in_no_paper_of_their_minutes(district: District) -> None:
    minutes = signed(district)
    content = compile_minutes(minutes=minutes)
    moved_on(district, minutes)
    assert compile_minutes(minutes=minutes) == content
    assert [each.answerer for each in content.items] == ["般阳路街道", "松龄路街道"]


def test_a_correction_prints_the_items_of_the_first_version(district: District) -> None:
    first = signed(district, project=make_project(programme=ProgrammeFactory(bureau=district.bureau), street=district.street("banyanglu"), name="柳泉小区"))  # fmt: skip
    old = minutes_of(made(first))
    moved_on(district, first)
    Project.objects.filter(name="柳泉小区").update(name="柳泉新村")
    second = minuting.correct(
        minutes=first, reason="地点写错", by=district.users["bureau"], now=LATER
    )
    minuting.record(
        minutes=second,
        values=minutes_values(district, second, place="区局五楼会议室"),
        by=district.users["bureau"],
        now=LATER,
    )
    minuting.submit(minutes=second, by=district.users["bureau"], now=LATER)
    minuting.sign(minutes=second, by=district.users["leader"], now=LATER)
    new = minutes_of(made(second))
    assert new.items == old.items
    assert {each.project for each in new.items} == {"柳泉小区"}
    # Compiled without the paper of the first version it says the same, but for what a project is called.
    again = compile_minutes(minutes=second).items
    assert [each.answerer for each in again] == ["般阳路街道", "松龄路街道"]


def test_items_assigned_a_week_later_stand_in_the_series_of_their_meeting(
    district: District,
) -> None:
    minutes = make_held(district)
    for days in (7, 0):
        make_item(district, meeting=minutes.meeting, now=AFTER + timedelta(days=days))
    minuting.record(
        minutes=minutes,
        values=minutes_values(district, minutes),
        by=district.users["bureau"],
        now=AFTER,
    )
    at = AFTER + timedelta(days=7)
    minuting.submit(minutes=minutes, by=district.users["bureau"], now=at)
    minuting.sign(minutes=minutes, by=district.users["leader"], now=at)
    table = items_table(compile_minutes(minutes=minutes))
    assert [each.cells[0].value for each in table.rows] == ["〔2025〕第19周-1", "〔2025〕第19周-2"]


def test_bureau_and_streets_read_it_and_outsiders_do_not(
    client: Client, district: District, clock: Clock
) -> None:
    minutes = signed(district)
    way = f"/papers/minutes/{minutes.pk}/"
    clock.at("2025-05-12 18:00")
    client.force_login(district.users["banyanglu"])
    assert client.get(way).status_code == 202
    document = made(minutes)
    page, pdf = f"/papers/{document.pk}/", f"/papers/{document.pk}/files/pdf/"
    assert client.get(way)["Location"] == page
    for name in ("bureau", "leader", "banyanglu", "zhonglou"):
        client.force_login(district.users[name])
        shown = client.get(page)
        assert shown.status_code == 200
        text = shown.content.decode()
        assert "2025年第19周老旧小区改造周调度会纪要" in text
        assert "各街道周五前报排查清单" in text
        meeting = f"/dispatch/meetings/{minutes.meeting_id}/"
        assert f'<a href="{meeting}">2025年第1次周调度会</a>' in text
        assert f'<a href="{way}">纪要文件</a>' in client.get(meeting).content.decode()
        assert f"/papers/{document.pk}/changes/" not in text
        assert client.get(pdf)["Content-Type"] == "application/pdf"
    other = make_district("other")
    council = make_user(district.bureau, Role.COUNCIL)
    for stranger in (other.users["bureau"], council):
        client.force_login(stranger)
        assert [client.get(each).status_code for each in (page, pdf, way)] == [404, 404, 404]


def test_acts_of_other_papers_are_no_pages_of_minutes(client: Client, district: District) -> None:
    document = made(signed(district))
    client.force_login(district.users["bureau"])
    head = f"/papers/{document.pk}/"
    for tail in ("changes/", "picture/", "texts/", "acts/correct/", "files/xlsx/"):
        assert (tail, client.get(f"{head}{tail}").status_code) == (tail, 404)
    for tail in ("recompile/", "texts/outside/"):
        assert (tail, client.post(f"{head}{tail}").status_code) == (tail, 404)


@pytest.mark.parametrize("count", [1, 3])
def test_compiling_asks_as_often_for_three_items_as_for_one(
    district: District, count: int, django_assert_num_queries: Any
) -> None:
    signed(district, count=count)
    minutes = Minutes.objects.select_related("meeting__bureau", "signed_by").get()
    with django_assert_num_queries(9):
        compile_minutes(minutes=minutes)


def test_minutes_of_the_turn_of_a_year_are_titled_by_the_year_that_the_number_counts_in(
    district: District,
) -> None:
    content = compile_minutes(minutes=signed(district))
    titles = [
        replace(content, week_start=monday).title
        for monday in (date(2027, 12, 27), date(2028, 12, 25))
    ]
    assert titles == [
        "2027年第52周老旧小区改造周调度会纪要",
        "2028年第52周老旧小区改造周调度会纪要",
    ]
