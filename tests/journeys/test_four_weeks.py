"""Three streets through four weeks to an issued and delivered bulletin.

Real PostgreSQL, Redis, Celery worker and SMTP server; people act through the pages, machines through the
API, the clock through the tick. At the end the same figures stand in the bulletin's text, its tables, its
workbook, the API and on the front page.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import openpyxl
import pdfplumber
import pytest
from django.test import Client

from projects.funding.enums import Stage
from projects.ledger.models import Programme, Project
from renovation.accounts.enums import TokenScope
from renovation.accounts.services import issue_token
from renovation.core.holidays import HOLIDAYS
from renovation.core.periods import Week
from renovation.intake.models import Upload, UploadState
from renovation.jobs.models import Run
from renovation.jobs.services import kinds, set_schedule
from renovation.jobs.tasks import tick
from renovation.records.models import (
    AuditEntry,
    Holiday,
    Message,
    MessageState,
    StoredFile,
    WorkState,
)
from renovation.records.sealing import verify
from renovation.records.services import read_file
from renovation.runner.processes import Child
from reports.papers import renditions
from reports.papers.enums import Format, PaperKind, PaperState
from reports.papers.models import Document
from supervision.dispatch.enums import ItemState
from supervision.dispatch.items.moving import item_seen
from supervision.dispatch.meetings.minutes import minutes_seen
from supervision.dispatch.models import DispatchItem, Minutes, Topic
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import StatusJudgement, WeeklyReturn
from tests.conftest import Clock, SmtpServer
from tests.factories.accounts import PASSWORD, District, make_district
from tests.factories.delivery import SubscriptionFactory
from tests.factories.funding import FundingEventFactory, FundingPlanFactory, FundingSourceFactory
from tests.factories.ledger import ProgrammeFactory, ProgrammeTotalFactory, make_project

pytestmark = [pytest.mark.servers, pytest.mark.django_db(transaction=True)]

WEEKS = [Week(date(2025, 9, day)) for day in (1, 8, 15, 22)]
STREETS = ("banyanglu", "songlinglu", "zhonglou")
#: Street → projects: name, households, area in ㎡, cumulative percents of the four weeks.
PLAN: Mapping[str, list[tuple[str, int, str, list[str]]]] = {
    "banyanglu": [
        ("文昌园小区", 212, "23100.00", ["52.0", "56.0", "60.5", "65.0"]),
        ("齐纺一宿舍", 164, "17800.00", ["40.0", "41.0", "42.5", "44.0"]),
    ],
    "songlinglu": [
        ("柳泉小区", 168, "15600.00", ["48.0", "52.0", "57.0", "62.5"]),
        ("松龄东苑", 124, "11600.00", ["20.0", "22.0", "24.0", "26.5"]),
    ],
    "zhonglou": [("钟楼西里", 342, "34000.00", ["45.0", "47.5", "51.0", "55.0"])],
}
LEADER_MAIL = "leader@bureau.example"
GONE_MAIL = "gone@bureau.example"


@dataclass
class Journey:
    """The district on its way; people are clients that signed in with their password."""

    district: District
    programme: Programme
    clock: Clock
    wait_for: Callable[..., None]
    clients: dict[str, Client] = field(default_factory=dict)

    def person(self, name: str) -> Client:
        """A browser in which somebody has signed in through the page."""
        client = Client()
        answer = client.post(
            "/accounts/sign-in/",
            {"username": self.district.users[name].username, "password": PASSWORD},
        )
        assert answer.status_code == 302, answer.content.decode()
        return client

    def tick(self, *expected: tuple[str, str]) -> None:
        """What beat sends; ``expected`` are the (kind, period) of runs that the worker then does."""
        tick.delay()
        for kind, period in expected:
            self.wait_for(
                lambda kind=kind, period=period: Run.objects.filter(
                    kind=kind, period_key=period, work_state=WorkState.DONE
                ).exists(),
                seconds=120,
            )

    # -- a street's week -----------------------------------------------------------------------
    def fill(self, content: bytes, number: int, street: str, spoil: str = "") -> bytes:
        """What a clerk types into the pre-filled workbook."""
        book = openpyxl.load_workbook(io.BytesIO(content))
        sheet = book["周报"]
        header = next(
            row for row in sheet.iter_rows() if any(cell.value == "项目编号" for cell in row)
        )
        columns = {str(cell.value): cell.column for cell in header if cell.value}
        codes = {
            sheet.cell(row, columns["项目编号"]).value: row
            for row in range(header[0].row + 1, sheet.max_row + 1)
        }
        for name, _, _, percents in PLAN[street]:
            project = Project.objects.get(name=name)
            row = codes[project.code]
            percent = Decimal(percents[number])
            sheet.cell(row, columns["本周累计形象进度(%)"]).value = spoil or float(percent)
            sheet.cell(row, columns["累计完成投资(万元)"]).value = float(percent * 2)
            sheet.cell(row, columns["本周完成情况"]).value = f"第 {number + 1} 周外墙保温、管网"
            sheet.cell(row, columns["存在问题"]).value = "燃气迁改未排期"
            sheet.cell(row, columns["在场人数"]).value = 12
            spoil = ""
        buffer = io.BytesIO()
        book.save(buffer)
        return buffer.getvalue()

    def upload(self, clerk: Client, week: Week, street: str, content: bytes) -> Upload:
        """Send the file by the page and wait for the worker."""
        answer = clerk.post(f"/weekly/{week.key}/{street}/upload/", {"file": io.BytesIO(content)})
        assert answer.status_code == 302, answer.content.decode()[-2000:]
        pk = int(re.findall(r"/uploads/(\d+)/", answer.headers["Location"])[0])
        self.wait_for(
            lambda: (
                Upload.objects.get(pk=pk).state not in {UploadState.RECEIVED, UploadState.READING}
            )
        )
        return Upload.objects.get(pk=pk)

    def report(self, number: int, street: str, *, late_reason: str = "") -> WeeklyReturn:
        """Workbook down, up, confirmed, submitted."""
        week, clerk = WEEKS[number], self.person(street)
        template = clerk.get(f"/weekly/{week.key}/{street}/workbook/")
        assert template.status_code == 200
        upload = self.upload(clerk, week, street, self.fill(template.content, number, street))
        faults = [fault for fault in upload.faults if fault["severity"] != "notice"]
        assert (upload.state, faults) == (UploadState.PREVIEW, [])
        assert clerk.get(f"/uploads/{upload.pk}/").status_code == 200
        confirmed = clerk.post(f"/uploads/{upload.pk}/confirm/", {"act": "write"})
        assert confirmed.status_code == 302, confirmed.content.decode()[-3000:]
        self.act(clerk, week, street, "submit", late_code="system", late_reason=late_reason)
        return WeeklyReturn.objects.get(street__code=street, week_start=week.start)

    def act(self, client: Client, week: Week, street: str, act: str, **words: str) -> None:
        answer = client.post(f"/weekly/{week.key}/{street}/act/{act}/", words)
        assert answer.status_code == 302, answer.content.decode()[-3000:]

    def paper(self, client: Client, paper: Document, act: str, **words: str) -> None:
        answer = client.post(f"/papers/{paper.pk}/acts/{act}/", words)
        assert answer.status_code == 302, answer.content.decode()[-3000:]

    def item(self, client: Client, act: str, **words: str) -> None:
        """An act on the one item that was assigned, as its page shows it to who acts."""
        item = DispatchItem.objects.get()
        words["seen_version"] = str(item_seen(item=item))
        answer = client.post(f"/dispatch/items/{item.pk}/{act}/", words)
        assert answer.status_code == 302, answer.content.decode()[-3000:]


@pytest.fixture
def journey(clock: Clock, celery_worker_process: Child, wait_for: Callable[..., None]) -> Journey:
    now = clock.at("2025-08-31 09:00")
    Holiday.objects.bulk_create(
        Holiday(day=row.day, is_workday=row.is_workday, name=row.name, source=row.source)
        for row in HOLIDAYS
    )
    district = make_district()
    programme = ProgrammeFactory(bureau=district.bureau)
    source = FundingSourceFactory()
    number = 0
    for code, rows in PLAN.items():
        street = district.street(code)
        ProgrammeTotalFactory(
            programme=programme,
            street=street,
            project_count=len(rows),
            household_count=sum(row[1] for row in rows),
            area_sqm=sum((Decimal(row[2]) for row in rows), Decimal(0)),
        )
        for name, households, area, _ in rows:
            number += 1
            project = make_project(
                programme=programme,
                street=street,
                code=f"ZC2025-{number:02d}",
                name=name,
                households=households,
                area=area,
                started_on=date(2025, 3, 10),
                reporting_from=WEEKS[0].start,
            )
            FundingPlanFactory(project=project, source=source, planned_fen=300_0000_00)
            for stage, amount in (
                (Stage.ALLOCATED, 240), (Stage.RECEIVED, 180), (Stage.RELEASED, 120), (Stage.PAID, 90),
            ):  # fmt: skip
                FundingEventFactory(
                    project=project,
                    source=source,
                    stage=stage,
                    amount_fen=amount * 1_0000_00,
                    occurred_on=date(2025, 6, 2),
                )
    for kind in kinds().values():
        set_schedule(
            kind=kind.code,
            organisation=district.bureau,
            rule=kind.default_rule,
            is_enabled=True,
            by=None,
            now=now,
        )
    for name, email in (("区局领导", LEADER_MAIL), ("已撤销的邮箱", GONE_MAIL)):
        SubscriptionFactory(
            bureau=district.bureau,
            subject=district.bureau,
            kind=PaperKind.BULLETIN,
            name=name,
            email=email,
        )
    return Journey(district, programme, clock, wait_for)


def test_three_streets_four_weeks_one_bulletin(journey: Journey, smtp_server: SmtpServer) -> None:
    smtp_server.refuse(GONE_MAIL)
    for number, week in enumerate(WEEKS):
        _live_a_week(journey, number, week)
    bulletin = _sign_the_bulletin(journey)
    _deliver(journey, bulletin, smtp_server)
    _figures_agree(journey, bulletin)
    assert verify().holds
    assert AuditEntry.objects.filter(act="return.approve").count() == 12


def _files(paper: Document) -> Mapping[str, StoredFile]:
    """What was rendered of the paper as it stands now."""
    return renditions.finished(document=Document.objects.get(pk=paper.pk))


def _live_a_week(journey: Journey, number: int, week: Week) -> None:
    thursday = f"{week.start.replace(day=week.start.day + 3)} 15:00"
    journey.clock.at(thursday)
    if number == 1:
        _a_fault_is_named_at_its_cell(journey, week)
    for street in STREETS:
        if number == 2 and street == "zhonglou":
            continue
        journey.report(number, street)
    if number == 2:
        journey.clock.at("2025-09-20 10:00")
        late = journey.report(number, "zhonglou", late_reason="停电两天")
        assert late.late_reason == "停电两天"
    for street in STREETS:
        journey.act(journey.person(f"{street}-head"), week, street, "review")
    reviewer = journey.person("reviewer")
    if number == 1:
        _settle(journey)
    if number == 0:
        journey.act(reviewer, week, "zhonglou", "send-back", comment="请补雨污分流长度")
        journey.act(journey.person("zhonglou"), week, "zhonglou", "submit")
        journey.act(journey.person("zhonglou-head"), week, "zhonglou", "review")
    for street in STREETS:
        journey.act(reviewer, week, street, "approve")
    next_workday = {0: "2025-09-08", 1: "2025-09-15", 2: "2025-09-22", 3: "2025-09-29"}[number]
    journey.clock.at(f"{next_workday} 13:01")
    journey.tick(("papers.sheets", week.key), ("weekly.judge", week.key))
    sheets = Document.objects.filter(kind=PaperKind.DISPATCH_SHEET, period_key=week.key)
    assert set(sheets.values_list("subject__code", flat=True)) == {"zichuan-bureau", *STREETS}
    district_sheet = sheets.get(subject=journey.district.bureau)
    assert district_sheet.state == PaperState.DRAFT
    assert StatusJudgement.objects.filter(week_start=week.start).count() == 5
    journey.paper(journey.person("bureau"), district_sheet, "issue", digest=district_sheet.digest)
    journey.wait_for(lambda: len(_files(district_sheet)) == 2)
    returns = WeeklyReturn.objects.filter(week_start=week.start)
    assert set(returns.values_list("state", flat=True)) == {ReturnState.PUBLISHED}
    if number == 0:
        _assign(journey, week)
    if number == 1:
        said = "交办事项在办0件；本周新交办1件，办结1件。"
        told = {sheet.subject.code for sheet in sheets if said in _page_of(journey, sheet)}
        assert told == {"zichuan-bureau", "songlinglu"}


def _page_of(journey: Journey, sheet: Document) -> str:
    answer = journey.person("leader").get(f"/papers/{sheet.pk}/")
    assert answer.status_code == 200
    return str(answer.content.decode())


def _assign(journey: Journey, week: Week) -> None:
    """The meeting about a week: its agenda, what it assigns, its minutes signed by another, their paper."""
    bureau = journey.person("bureau")
    place = {"place": "区局三楼会议室", "chair": "区局分管负责人"}
    planned = {"week": week.key, "meets_at": "2025-09-08T14:30", **place}
    answer = bureau.post("/dispatch/meetings/new/", planned)
    meeting = answer.headers["Location"]
    assert "般阳路街道" in bureau.get(meeting).content.decode()
    journey.clock.at("2025-09-08 14:35")
    bureau, leader = journey.person("bureau"), journey.person("leader")  # idle for too long
    assert bureau.post(f"{meeting}hold/", {"recorder": "区局经办岗"}).status_code == 302
    topic = Topic.objects.filter(meeting__week_start=week.start).order_by("pk")[0]
    item = {
        "task": "松龄东苑一周内增加一个外墙作业面",
        "standard": "两个作业面同时施工",
        "answerer": "street:songlinglu",
        "due_on": "2025-09-15",
        "owner": journey.district.users["bureau"].pk,
    }
    assert bureau.post(f"/dispatch/items/new/?topic={topic.pk}", item).status_code == 302
    written = {
        "met_at": "2025-09-08T14:30",
        "recorder": "区局经办岗",
        f"decision_{topic.pk}": "加快进度，下周会上报进展。",
        "seen_version": str(minutes_seen(minutes=Minutes.objects.get())),
        **{f"presence_{street}": "present" for street in STREETS},
        **{f"post_{street}": "分管负责人" for street in STREETS},
        **place,
    }
    assert bureau.post(f"{meeting}minutes/", written).status_code == 302
    pk = DispatchItem.objects.get().pk
    assert journey.person("songlinglu").get(f"/dispatch/items/{pk}/").status_code == 404
    bureau.post(f"{meeting}minutes/submit/")
    seen = {"seen_version": str(minutes_seen(minutes=Minutes.objects.get()))}
    assert bureau.post(f"{meeting}minutes/sign/", seen).status_code == 403
    assert leader.post(f"{meeting}minutes/sign/", seen).status_code == 302
    journey.tick()
    journey.wait_for(
        lambda: Document.objects.filter(kind=PaperKind.MINUTES, state=PaperState.ISSUED).exists()
    )
    (paper,) = Document.objects.filter(kind=PaperKind.MINUTES)
    journey.wait_for(lambda: Format.PDF in _files(paper))
    journey.item(journey.person("songlinglu"), "accept")


def _settle(journey: Journey) -> None:
    """In the week after: the street reports it done, another closes it, nobody else sees it."""
    street = journey.person("songlinglu")
    journey.item(street, "report", text="外墙两个作业面已同时施工")
    pk = DispatchItem.objects.get().pk
    assert journey.person("zhonglou").get(f"/dispatch/items/{pk}/").status_code == 404
    assert street.post(f"/dispatch/items/{pk}/close/").status_code == 403
    journey.item(journey.person("bureau"), "close", text="已到现场核实")
    assert DispatchItem.objects.get().state == ItemState.DONE


def _a_fault_is_named_at_its_cell(journey: Journey, week: Week) -> None:
    clerk = journey.person("banyanglu")
    template = clerk.get(f"/weekly/{week.key}/banyanglu/workbook/").content
    upload = journey.upload(
        clerk, week, "banyanglu", journey.fill(template, 1, "banyanglu", spoil="五十六")
    )
    errors = [fault for fault in upload.faults if fault["severity"] == "error"]
    assert [fault["found"] for fault in errors] == ["五十六（应只有数字）"]
    (fault,) = errors
    page = clerk.get(f"/uploads/{upload.pk}/").content.decode()
    assert fault["cell"] in page
    assert "五十六" in page
    assert not WeeklyReturn.objects.filter(
        week_start=week.start, reports__progress_percent__isnull=False
    ).exists()
    assert journey.person("songlinglu").get(f"/uploads/{upload.pk}/").status_code == 404


def _sign_the_bulletin(journey: Journey) -> Document:
    journey.clock.at("2025-10-09 09:01")  # the fourth of October is a holiday
    journey.tick(("papers.bulletin", "2025-Q3"))
    bulletin = Document.objects.get(kind=PaperKind.BULLETIN)
    assert (bulletin.period_key, bulletin.state) == ("2025-Q3", PaperState.DRAFT)
    assert journey.person("zhonglou").get(f"/papers/{bulletin.pk}/").status_code == 404
    assert journey.person("bureau").post(f"/papers/{bulletin.pk}/recompile/").status_code == 302
    journey.paper(journey.person("bureau2"), bulletin, "check")
    journey.paper(journey.person("reviewer"), bulletin, "approve")
    journey.paper(journey.person("leader"), bulletin, "sign", opinion="同意印发")
    return bulletin


def _deliver(journey: Journey, bulletin: Document, smtp_server: SmtpServer) -> None:
    journey.clock.at("2025-10-10 09:01")  # its time has come, but it has no number yet
    journey.tick(("delivery.bulletin", "2025-Q3"))
    assert Run.objects.get(kind="delivery.bulletin", period_key="2025-Q3").result["issued"] is False
    assert smtp_server.to(LEADER_MAIL) == []
    journey.paper(journey.person("office"), bulletin, "number", number="淄建发〔2025〕12号")
    journey.wait_for(lambda: len(_files(bulletin)) == 3)
    bulletin.refresh_from_db()
    assert bulletin.state == PaperState.ISSUED
    journey.clock.at("2025-10-10 09:30")
    journey.tick()
    journey.wait_for(
        lambda: Message.objects.filter(key__startswith=f"document:{bulletin.pk}:").count() == 2
    )
    journey.clock.at("2025-10-10 09:31")
    journey.tick()
    journey.wait_for(lambda: len(smtp_server.to(LEADER_MAIL)) == 1)
    (mail,) = smtp_server.to(LEADER_MAIL)
    attached = {
        part.get_filename(): part.get_payload(decode=True) for part in mail.iter_attachments()
    }
    files = _files(bulletin)
    for kind in (Format.PDF, Format.XLSX):
        assert attached[files[kind].name] == read_file(file=files[kind])
    journey.wait_for(lambda: Message.objects.get(recipient=GONE_MAIL).state == MessageState.FAILED)
    smtp_server.refusals.clear()
    office = journey.person("office")
    assert office.post(f"/delivery/documents/{bulletin.pk}/resend-failed/").status_code == 302
    journey.clock.at("2025-10-10 09:40")
    journey.tick()
    journey.wait_for(lambda: len(smtp_server.to(GONE_MAIL)) == 1)
    assert len(smtp_server.to(LEADER_MAIL)) == 1, "what was sent is not sent again"


def _figures_agree(journey: Journey, bulletin: Document) -> None:
    """Text, tables, workbook, API and front page show the same numbers."""
    files = _files(bulletin)
    with pdfplumber.open(io.BytesIO(read_file(file=files[Format.PDF]))) as pdf:
        text = re.sub(r"\s", "", "".join(page.extract_text() for page in pdf.pages))
    book = openpyxl.load_workbook(io.BytesIO(read_file(file=files[Format.XLSX])))
    _, token = issue_token(
        user=journey.district.users["leader"],
        scope=TokenScope.READ,
        days=1,
        now=datetime.fromisoformat(journey.clock.file.read_text()),
    )
    answer = Client().get(
        "/api/v1/figures",
        {"year": 2025, "as_of": "2025-09-30", "period": "quarter"},
        headers={"Authorization": f"Bearer {token}"},
    )
    api = {row["measure"]: row["value"] for row in json.loads(answer.content)}
    front = journey.person("leader").get("/", {"year": 2025, "week": WEEKS[-1].key})
    assert front.status_code == 200
    page = re.sub(r"<[^>]+>|\s", "", front.content.decode())
    assert (api["应报"], api["已报"], api["按时报"]) == ("12", "12", "11")
    assert (api["交办事项"], api["交办已办结"], api["交办按期办结率"]) == ("1", "1", "100.0")
    assert "本季度交办事项1件，截至9月30日已办结1件；" in text
    assert "按期办结1件，交办按期办结率100.0%。" in text
    for measure, sentence, sheet, row in (
        ("形象进度", "全区形象进度为{}%", "附件1 进展表", "全区合计"),
        ("序时进度", "；序时进度为{}%", "附件1 进展表", "全区合计"),
        ("支付率", "，支付率{}%", "附件1 进展表", "全区合计"),
        ("投资完成率", "万元的{}%", "附件1 进展表", "全区合计"),
        ("及时率", "，及时率{}%", "附件3 报送情况", "全区"),
    ):
        value = api[measure]
        assert value is not None
        assert sentence.format(value) in text, (measure, value)
        assert _number_at(book[sheet], row, measure) == Decimal(value), measure
    on_sunday = Client().get(
        "/api/v1/figures",
        {"year": 2025, "as_of": "2025-09-28"},
        headers={"Authorization": f"Bearer {token}"},
    )
    week = {row["measure"]: row["value"] for row in json.loads(on_sunday.content)}
    for measure, tile in (
        ("形象进度", "形象进度"),
        ("投资完成率", "投资完成率"),
        ("支付率", "支付率"),
    ):
        assert f"{tile}：{week[measure]}%" in page, (measure, week[measure])


def _number_at(sheet: Any, row: str, head: str) -> Decimal:
    """The one number of a sheet in the row with a name, under a head."""
    lines = list(sheet.iter_rows(values_only=True))
    (column,) = {
        place
        for line in lines
        for place, cell in enumerate(line)
        if re.sub(r"\s|（.*", "", str(cell)) == head
    }
    (value,) = [line[column] for line in lines if row in line[:2]]
    return Decimal(str(value))
