"""Pages of the money: who may, corrections beside what they correct, what waits, files, export."""

from __future__ import annotations

import io
from datetime import date
from typing import Any

import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from projects.funding import planned, services
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingPlan, FundingSource
from projects.ledger.models import Project
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.funding import (
    FundingEventFactory,
    FundingPlanFactory,
    FundingSourceFactory,
    make_chain,
)
from tests.factories.ledger import EstateFactory, PartyFactory, ProgrammeFactory, ProjectFactory
from tests.projects.ledger.test_gates import PDF
from tests.projects.ledger.test_sheets import mark_in, value_in

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"
WAN = 1_000_000


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def project(district: District) -> Project:
    made: Project = ProjectFactory(
        programme=ProgrammeFactory(bureau=district.bureau),
        street=district.street("zhonglou"),
        code=CODE,
        name="文昌园",
    )
    PartyFactory(project=made, organisation=district.contractor)
    return made


@pytest.fixture
def source(db: None) -> FundingSource:
    made: FundingSource = FundingSourceFactory()
    return made


def client_of(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


@pytest.mark.parametrize(
    ("user", "read", "write", "decide"),
    [
        ("bureau", 200, 200, 403),
        ("reviewer", 200, 403, 302),
        ("leader", 200, 403, 403),
        ("zhonglou", 200, 403, 403),
        ("banyanglu", 404, 403, 403),
        ("npc", 200, 403, 403),
        ("contractor", 403, 403, 403),
        ("inspector", 403, 403, 403),
    ],
)
def test_who_sees_records_and_decides(
    district: District, project: Project, user: str, read: int, write: int, decide: int
) -> None:
    pending = FundingEventFactory(project=project, state=EventState.PENDING)
    client = client_of(district, user)
    assert client.get(reverse("funding:project", args=[CODE])).status_code == read
    for name in ("record", "plans"):
        assert client.get(reverse(f"funding:{name}", args=[CODE])).status_code == write
    approve = client.post(reverse("funding:approve", args=[pending.pk]))
    assert approve.status_code == decide


def test_the_council_sees_only_what_is_approved(district: District, project: Project) -> None:
    approved, pending = (
        FundingEventFactory(project=project, state=state, document_number=number)
        for state, number in ((EventState.APPROVED, "甲号"), (EventState.PENDING, "乙号"))
    )
    client = client_of(district, "npc")
    page = client.get(reverse("funding:project", args=[CODE])).content.decode()
    assert "甲号" in page
    assert "乙号" not in page
    assert client.get(reverse("funding:event", args=[approved.pk])).status_code == 200
    assert client.get(reverse("funding:event", args=[pending.pk])).status_code == 404


def test_a_correction_counts_once_it_is_approved(district: District, project: Project) -> None:
    event = FundingEventFactory(project=project, amount_fen=1000_000_000)
    correction = FundingEventFactory(
        project=project, source=event.source, corrects=event, stage=event.stage,
        amount_fen=-68_500_000, state=EventState.PENDING, reason="文件改发",
    )  # fmt: skip
    one = reverse("funding:event", args=[event.pk])
    page = client_of(district, "bureau").get(one).content.decode()
    assert "连同更正" not in page
    assert "−68.50 万元</span>，未计入" in page
    council = client_of(district, "npc").get(one).content.decode()
    assert "文件改发" not in council
    assert "未计入" not in council
    approve = reverse("funding:approve", args=[correction.pk])
    assert client_of(district, "reviewer").post(approve).status_code == 302
    council = client_of(district, "npc").get(one).content.decode()
    assert "文件改发" in council
    assert "连同更正" in council


def typed(source: FundingSource, **changed: Any) -> dict[str, Any]:
    return {
        "source": str(source.pk),
        "stage": "allocated",
        "amount": "１,２６８.５０",
        "occurred_on": "2025年2月20日",
        "document_number": "淄财〔2025〕1号",
    } | changed


def test_from_recording_to_correcting(
    district: District, project: Project, source: FundingSource
) -> None:
    bureau, reviewer = client_of(district, "bureau"), client_of(district, "reviewer")
    record = reverse("funding:record", args=[CODE])
    answer = bureau.post(record, typed(source, amount="1268.505", stage=""))
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "小数位数过多" in page
    assert 'value="1268.505"' in page
    assert "2025年2月20日" in page
    assert bureau.post(record, typed(source, stage="received")).status_code == 422
    bare = bureau.post(record, typed(source, stage="received", document_number=""))
    assert "到位要写文号或凭证号；没有的，附进账单。" in bare.content.decode()
    file = SimpleUploadedFile("下达文件.pdf", PDF)
    assert bureau.post(record, typed(source, evidence=file)).status_code == 302
    event = FundingEvent.objects.get()
    assert (event.stage, event.amount_fen, event.occurred_on, event.state) == (
        Stage.ALLOCATED,
        1_268_500_000,
        date(2025, 2, 20),
        EventState.PENDING,
    )
    stored = reverse("funding:file", args=[event.file_id])
    answer = bureau.get(stored)
    assert (answer.content, answer["Cache-Control"]) == (PDF, "private, no-store")
    for user, status in (("zhonglou", 200), ("banyanglu", 404), ("contractor", 403)):
        assert client_of(district, user).get(stored).status_code == status

    listing = reviewer.get(reverse("funding:pending")).content.decode()
    assert "1,268.50" in listing
    one = reverse("funding:event", args=[event.pk])
    assert "退回须写明原因。" in reviewer.post(
        reverse("funding:reject", args=[event.pk]), {"reason": ""}
    ).content.decode()  # fmt: skip
    assert reviewer.post(reverse("funding:approve", args=[event.pk])).status_code == 302
    event.refresh_from_db()
    assert event.approved_by == district.users["reviewer"]
    assert "没有待核的资金登记" in reviewer.get(reverse("funding:pending")).content.decode()

    correct = reverse("funding:correct", args=[event.pk])
    answer = bureau.post(correct, {"amount": "1200.00", "reason": ""})
    assert answer.status_code == 422
    assert 'value="1200.00"' in answer.content.decode()
    lost = {"amount": "1200.00", "reason": "", "evidence": SimpleUploadedFile("改发.pdf", PDF)}
    assert "文件没有保存" in bureau.post(correct, lost).content.decode()
    paper = SimpleUploadedFile("改发文件.pdf", PDF)
    corrected = {"amount": "1200.00", "reason": "文件改发", "document_number": "淄财〔2025〕9号"}
    assert bureau.post(correct, corrected | {"evidence": paper}).status_code == 302
    made = FundingEvent.objects.get(corrects=event)
    assert (made.document_number, str(made.file)) == ("淄财〔2025〕9号", "改发文件.pdf")
    page = bureau.get(reverse("funding:project", args=[CODE])).content.decode()
    assert "更正 −68.50" in page
    assert "更正原因：文件改发（淄财〔2025〕9号）" in page
    for shown in (page, bureau.get(one).content.decode()):
        assert f'href="{reverse("funding:file", args=[made.file_id])}">改发文件.pdf</a>' in shown
    assert "−68.50 万元" in bureau.get(one).content.decode()


def test_allocated_above_plan_warns_and_is_not_refused(
    district: District, project: Project, source: FundingSource
) -> None:
    bureau = client_of(district, "bureau")
    plans = reverse("funding:plans", args=[CODE])
    assert bureau.post(plans, {f"planned-{source.pk}": "-1"}).status_code == 422
    assert bureau.post(plans, {f"planned-{source.pk}": "99"}).status_code == 302
    make_chain(ProjectFactory(), source=source)
    FundingEventFactory(project=project, source=source)
    page = bureau.get(reverse("funding:project", args=[CODE])).content.decode()
    assert "“中央财政补助”下达 100.00 万元，超过计划 99.00 万元。" in page
    assert "下达 ÷ 计划 101.0%" in page


def test_a_stale_form_resets_no_planned_amount(
    district: District, project: Project, source: FundingSource
) -> None:
    other = FundingSourceFactory(code="district")
    third = FundingSourceFactory(code="residents")
    by, now = district.users["bureau"], timezone.now()
    planned.set_plans(project=project, planned={source: 300 * WAN, other: 50 * WAN}, by=by, now=now)
    address = reverse("funding:plans", args=[CODE])
    quick, slow = client_of(district, "bureau"), client_of(district, "bureau2")
    names = [f"planned-{each.pk}" for each in (source, other, third)]
    opened = dict(zip(names, ("300.00", "50.00", ""), strict=True))
    opened["seen"] = mark_in(slow.get(address))
    # The first one raises one amount, takes another away and enters a third.
    changed = dict(zip(names, ("320", "", "8.5"), strict=True))
    assert quick.post(address, opened | changed).status_code == 302
    answer = slow.post(address, opened | {names[1]: "60"})
    page = answer.content.decode()
    assert answer.status_code == 409
    for sentence in (
        f"{by}把“中央财政补助计划”由“300.00 万元”改为“320.00 万元”。",
        f"{by}把“区级财政计划”由“50.00 万元”改为“空”。",
        f"{by}把“居民出资计划”由“空”改为“8.50 万元”。",
    ):
        assert sentence in page
    assert [value_in(page, name) for name in names] == ["320.00", "60", "8.50"]
    shown = {name: value_in(page, name) for name in (*names, "seen")}
    assert slow.post(address, shown).status_code == 302
    assert dict(FundingPlan.objects.values_list("source", "planned_fen")) == {
        source.pk: 320 * WAN,
        other.pk: 60 * WAN,
        third.pk: 8_500_000,
    }


def test_planned_amounts_that_are_too_much_ask_for_a_reason(
    district: District, project: Project, source: FundingSource
) -> None:
    EstateFactory(project=project, area_sqm=10_000)
    other = FundingSourceFactory(code="district")
    client = client_of(district, "bureau")
    address = reverse("funding:plans", args=[CODE])
    first, second = f"planned-{source.pk}", f"planned-{other.pk}"
    usual = {first: "500", second: "100", "seen": mark_in(client.get(address))}
    assert 'name="explanation"' not in client.get(address).content.decode()
    assert client.post(address, usual).status_code == 302  # 600 元 a ㎡
    typed = {first: "500", second: "9999999", "seen": mark_in(client.get(address))}
    answer = client.post(address, typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert (
        "各来源合计 10,000,499.00 万元 ÷ 10,000.00 ㎡ = 10,000,499.0 元，"
        "高于每平方米常见的 80—600 元。请核对单位是不是万元、小数点；没有填错的，写明原因再保存。"
        in page
    )
    assert value_in(page, second) == "9999999"
    assert value_in(page, "explanation") == ""
    assert FundingPlan.objects.get(source=other).planned_fen == 100 * WAN
    assert client.post(address, typed | {"explanation": " "}).status_code == 422
    meant = typed | {second: "700", "explanation": "含加装电梯 40 部"}
    assert client.post(address, meant).status_code == 302
    assert FundingPlan.objects.get(source=other).planned_fen == 700 * WAN
    entry = AuditEntry.objects.filter(act="funding.plan").latest("pk")
    assert entry.reason == "含加装电梯 40 部"
    # What stands is not asked about again, nor is less.
    less = {first: "500", second: "699", "seen": mark_in(client.get(address))}
    assert client.post(address, less).status_code == 302


def test_another_project_s_amounts_are_no_conflict(
    district: District, project: Project, source: FundingSource
) -> None:
    client = client_of(district, "bureau")
    address = reverse("funding:plans", args=[CODE])
    mark = mark_in(client.get(address))
    abroad = ProjectFactory(programme=project.programme, street=project.street, code="ZC2025-02")
    FundingPlanFactory(project=abroad, source=source)
    answer = client.post(address, {f"planned-{source.pk}": "99", "seen": mark})
    assert answer.status_code == 302
    assert FundingPlan.objects.get(project=project).planned_fen == 99 * WAN


def test_the_export_is_of_the_scope_and_costs_the_same(
    district: District,
    project: Project,
    source: FundingSource,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    FundingEventFactory(project=project, source=source, document_number="=1+1")
    other = ProjectFactory(
        programme=project.programme, street=district.street("banyanglu"), code="ZC2025-02"
    )
    FundingEventFactory(project=other, source=source)
    client = client_of(district, "zhonglou")
    address = reverse("funding:export") + "?year=2025"
    client.get(address)
    with django_assert_num_queries(8):
        content = client.get(address).content
    FundingEventFactory.create_batch(2, project=project, source=source)
    with django_assert_num_queries(8):
        client.get(address)
    sheet = openpyxl.load_workbook(io.BytesIO(content))["资金台账"]
    cells = {cell.value: cell for row in sheet.iter_rows() for cell in row}
    assert CODE in cells
    assert "ZC2025-02" not in cells
    assert (cells["=1+1"].data_type, cells["=1+1"].quotePrefix) == ("s", True)
    assert sheet.freeze_panes == "D4"


def test_openings_are_approved_at_once_by_another(
    district: District, project: Project, source: FundingSource
) -> None:
    by, head = district.users["bureau"], district.users["reviewer"]
    for stage, person in (
        (Stage.RECEIVED, by),
        (Stage.ALLOCATED, by),
        (Stage.ALLOCATED, head),  # the reviewer's own waits for somebody else
    ):
        FundingEventFactory(
            project=project,
            source=source,
            stage=stage,
            state=EventState.PENDING,
            is_opening=True,
            recorded_by=person,
        )
    assert (
        client_of(district, "bureau").post(reverse("funding:approve_openings")).status_code == 403
    )
    reviewer = client_of(district, "reviewer")
    page = reviewer.get(reverse("funding:pending"))
    seen = page.context["openings"].seen
    assert "下达 1 笔" in page.content.decode()
    late = FundingEventFactory(
        project=project, source=source, state=EventState.PENDING, is_opening=True, recorded_by=by
    )
    reviewer.post(reverse("funding:approve_openings"), {"seen": seen})
    assert not FundingEvent.objects.filter(state=EventState.APPROVED).exists()
    seen = reviewer.get(reverse("funding:pending")).context["openings"].seen
    reviewer.post(reverse("funding:approve_openings"), {"seen": seen})
    late.refresh_from_db()
    assert late.state == EventState.APPROVED
    assert list(
        FundingEvent.objects.filter(state=EventState.PENDING).values_list("recorded_by", flat=True)
    ) == [head.pk]


def test_openings_cost_the_same_queries_but_one_audit_entry_each(
    district: District, project: Project, source: FundingSource, clock: Clock
) -> None:
    """A year of opening money is approved in one act: the chain is read once, not once an entry."""
    costs = []
    for count in (1, 3):
        rows = FundingEventFactory.create_batch(
            count, project=project, source=source, state=EventState.PENDING, is_opening=True
        )
        with CaptureQueriesContext(connection) as queries:
            services.approve_events(
                events=rows, by=district.users["reviewer"], now=clock.at("2025-05-07 10:00")
            )
        entries = sum("INSERT INTO" in query["sql"] for query in queries)
        assert entries == count
        costs.append(sum("funding_fundingevent" in query["sql"] for query in queries))
    assert costs[0] == costs[1]
