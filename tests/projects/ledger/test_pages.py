"""Pages of the ledger: who may, what was typed stays, nothing hidden is shown."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import BaselineState, GateKind
from projects.ledger.models import Estate, Programme, ProgrammeTotal, Project
from renovation.core.documents.reading import read_workbook
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.consent import agree
from tests.factories.ledger import (
    EstateFactory,
    GateFactory,
    JointReviewFactory,
    PartyFactory,
    ProgrammeFactory,
    ProgrammeTotalFactory,
    ProjectFactory,
    RestWindowFactory,
    make_project,
)
from tests.factories.residents import told_all

from .test_gates import PDF
from .test_sheets import mark_in

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"


@pytest.fixture
def district(clock: Clock) -> District:
    return make_district()


@pytest.fixture
def programme(district: District) -> Programme:
    made: Programme = ProgrammeFactory(bureau=district.bureau)
    return made


@pytest.fixture
def project(district: District, programme: Programme) -> Project:
    made = make_project(
        programme=programme, street=district.street("zhonglou"), code=CODE, name="文昌园"
    )
    PartyFactory(project=made, organisation=district.contractor)
    return made


def as_user(client: Client, district: District, name: str) -> Client:
    client.force_login(district.users[name])
    return client


def own_fields(project: Project, **changed: str) -> dict[str, str]:
    return {
        "code": project.code,
        "name": project.name,
        "programme": str(project.programme_id),
        "street": str(project.street_id),
        "renovation_type": project.renovation_type,
        "approved_on": project.approved_on.isoformat(),
        "seen_version": str(project.version),
    } | changed


READ = ("estates", "parties", "gates", "baselines", "changes")
WRITE = ("edit", "estate_new", "party_new", "change_new")


@pytest.mark.parametrize(
    ("user", "read", "write"),
    [
        ("bureau", 200, 200),
        ("reviewer", 200, 403),
        ("leader", 200, 403),
        ("zhonglou", 200, 403),
        ("banyanglu", 404, 403),
        ("contractor", 200, 403),
        ("supervisor", 404, 403),
        ("inspector", 200, 403),
        ("npc", 200, 403),
        ("auditor", 403, 403),
        ("admin", 403, 403),
    ],
)
def test_who_sees_and_who_writes(
    client: Client,
    district: District,
    project: Project,
    user: str,
    read: int,
    write: int,
) -> None:
    as_user(client, district, user)

    def status(name: str, *args: str) -> int:
        return client.get(reverse(f"ledger:{name}", args=[CODE, *args])).status_code

    assert {status(name) for name in READ} == {read}
    assert {*(status(name) for name in WRITE), status("gate_edit", "started")} == {write}
    assert status("gate", "started") == read


def test_a_project_of_another_district_is_not_there(
    client: Client, district: District, project: Project
) -> None:
    other = make_district("boshan-")
    client.force_login(other.users["bureau"])
    assert client.get(reverse("ledger:edit", args=[CODE])).status_code == 404
    assert client.get(reverse("ledger:programme", args=[2025])).status_code == 404


def test_faults_stand_at_their_fields(client: Client, district: District, project: Project) -> None:
    as_user(client, district, "bureau")
    answer = client.post(
        reverse("ledger:new"),
        own_fields(
            project, name="", approved_on="2025-02-30", plan_code="x" * 41, code=project.code
        ),
    )
    assert answer.status_code == 422
    page = answer.content.decode()
    for sentence in (
        "4 处有错，改正后再保存",
        "已有这个项目编号。",
        "<p>项目名称未填。</p>",
        "没有这一天。",
        "不超过 40 个字。",
    ):
        assert sentence in page
    assert 'value="2025-02-30"' in page
    assert Project.objects.count() == 1


def test_an_estate_is_read_as_offices_type_numbers(
    client: Client, district: District, project: Project
) -> None:
    as_user(client, district, "bureau")
    address = reverse("ledger:estate_new", args=[CODE])
    typed = {
        "name": "南院",
        "building_count": "１２",
        "household_count": "1,024",
        "area_sqm": "３,302.46",
    }
    answer = client.post(address, typed | {"area_sqm": "3302.466"})
    assert answer.status_code == 422
    assert "小数位数过多：应为最多2位小数。" in answer.content.decode()
    assert 'value="3302.466"' in answer.content.decode()
    assert client.post(address, typed).status_code == 302
    estate = Estate.objects.get(name="南院")
    assert (estate.building_count, estate.household_count, estate.area_sqm) == (
        12,
        1024,
        Decimal("3302.46"),
    )
    assert estate.history.get().history_user == district.users["bureau"]
    assert client.post(address, typed).status_code == 422  # the same name again
    remove = reverse("ledger:estate_remove", args=[CODE, estate.pk])
    assert client.post(remove, {"reason": ""}).status_code == 422
    assert client.post(remove, {"reason": "重复"}).status_code == 302
    assert not Estate.objects.filter(name="南院").exists()


def test_a_gate_takes_its_evidence_and_gives_it_to_whom_it_concerns(
    client: Client, district: District, project: Project
) -> None:
    agree(project)
    JointReviewFactory(project=project)
    told_all(project)
    as_user(client, district, "bureau")
    address = reverse("ledger:gate_edit", args=[CODE, "started"])
    wrong = SimpleUploadedFile("开工令.pdf", b"MZ\x90\x00" + bytes(100))
    answer = client.post(address, {"actual_on": "2025年3月3日", "evidence": wrong})
    assert answer.status_code == 422
    assert "依据文件只收 PDF、JPG 和 PNG" in answer.content.decode()
    assert "文件没有保存，改正后请重新选择。" in answer.content.decode()
    right = SimpleUploadedFile("开工令.pdf", PDF)
    assert client.post(address, {"actual_on": "2025-3-3", "evidence": right}).status_code == 302
    gate = project.gates.get(kind=GateKind.STARTED)
    assert (gate.actual_on, gate.evidence and gate.evidence.content_type) == (
        date(2025, 3, 3),
        "application/pdf",
    )
    file = reverse("ledger:file", args=[gate.evidence_id])
    answer = client.get(file)
    assert answer.content == PDF
    assert answer["Cache-Control"] == "private, no-store"
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert answer["Content-Disposition"].startswith("attachment;")
    for user, status in (
        ("zhonglou", 200),
        ("contractor", 200),
        ("banyanglu", 404),
        ("auditor", 403),
    ):
        assert as_user(Client(), district, user).get(file).status_code == status
    answer = client.post(address, {"actual_on": "2025-5-8", "seen_version": "1"})
    assert "实际日期不能晚于今天。" in answer.content.decode()
    stale = {"actual_on": "2025-3-4", "note": "我写的说明", "seen_version": "0"}
    answer = client.post(address, stale)
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "填了“实际日期”：2025年3月3日。" in text
    assert "我写的说明" in text
    assert 'name="seen_version" value="1"' in text
    gate.refresh_from_db()
    assert gate.actual_on == date(2025, 3, 3)


def plan_fields(**changed: str) -> dict[str, str]:
    return {
        "planned_start_on": "2025-03-01",
        "planned_completion_on": "2025-06-30",
        "planned_investment_fen": "１,２６８.５０",
        "area_sqm": "10000",
        "work-2025-03": "demolition",
        "target-2025-03": "20",
        "target-2025-04": "50%",
        "task-2025-03": "围挡进场",
    } | changed


def test_a_plan_that_costs_much_for_its_area_is_pointed_out_to_who_approves(
    client: Client, district: District, programme: Programme
) -> None:
    as_user(client, district, "bureau")
    texts = []
    for code, amount in (("ZC2025-08", "600"), ("ZC2025-09", "9999999")):
        project = ProjectFactory(programme=programme, street=district.street("zhonglou"), code=code)
        address = reverse("ledger:baseline_new", args=[code])
        assert client.post(address, plan_fields(planned_investment_fen=amount)).status_code == 302
        listing = reverse("ledger:baselines", args=[project.code])
        texts.append(as_user(Client(), district, "reviewer").get(listing).content.decode())
    said = "每平方米投资 9,999,999.0 元，不在常见的 80—600 元之间，请核对单位和小数点。"
    assert [said in text for text in texts] == [False, True]
    assert "不在常见的" not in texts[0]


def test_a_plan_is_drafted_and_approved_on_its_pages(
    client: Client, district: District, programme: Programme
) -> None:
    project = ProjectFactory(
        programme=programme, street=district.street("zhonglou"), code="ZC2025-09"
    )
    GateFactory(
        project=project,
        kind="permitted",
        planned_on=date(2025, 2, 10),
        actual_on=None,
        evidence=None,
    )
    PartyFactory(project=project, organisation=district.contractor)
    RestWindowFactory(
        bureau=district.bureau, from_on=date(2025, 3, 1), to_on=date(2025, 3, 10), work_kind="all"
    )
    as_user(client, district, "bureau")
    address = reverse("ledger:baseline_new", args=[project.code])
    assert 'value="2025-02-10"' in client.get(address).content.decode()
    answer = client.post(address, plan_fields(planned_completion_on="2025-04-15", act="months"))
    page = answer.content.decode()
    assert answer.status_code == 200
    assert 'name="target-2025-04"' in page  # typed there, so it stays
    assert 'name="target-2025-05"' not in page
    assert "2025年3月要推进 20.0 个百分点（拆违），其中 10 天在高温停工期" in page
    answer = client.post(address, plan_fields(planned_completion_on="2025-04-15"))
    assert answer.status_code == 422
    assert "2025年4月的月末不在计划开工与计划完工之间，不用填目标。" in answer.content.decode()
    answer = client.post(address, plan_fields(**{"node-permitted": "2025-3-02"}))
    assert answer.status_code == 422
    assert "“开工”（2025年3月1日）早于前面的“施工许可”（2025年3月2日）。" in answer.content.decode()
    assert client.post(address, plan_fields(**{"node-permitted": "2025-2-20"})).status_code == 302
    draft = project.baselines.get(version=1)
    assert draft.planned_investment_fen == 1268_50 * 10_000
    assert list(draft.targets.values_list("target_percent", "task", "work_kind")) == [
        (Decimal("20.0"), "围挡进场", "demolition"),
        (Decimal("50.0"), "", None),
    ]
    assert list(draft.nodes.values_list("gate", "planned_on")) == [("permitted", date(2025, 2, 20))]
    listing = reverse("ledger:baselines", args=[project.code])
    approve = reverse("ledger:baseline_approve", args=[project.code, 1])
    assert "批准这一版" not in client.get(listing).content.decode()
    assert client.post(approve, {"approved_on": "2025-05-07"}).status_code == 403
    reviewer = as_user(Client(), district, "reviewer")
    assert "批准这一版" in reviewer.get(listing).content.decode()
    answer = reviewer.post(approve, {"approved_on": "2025-05-08"})
    assert answer.status_code == 422
    assert "批准日期不能晚于今天。" in answer.content.decode()
    contractor = as_user(Client(), district, "contractor")
    assert "第 1 版" not in contractor.get(listing).content.decode()  # a draft is not theirs
    answer = reviewer.post(approve, {"approved_on": "2025-05-07"})
    assert "批准须写明停工期内施工的理由" in answer.content.decode()
    reasoned = {"approved_on": "2025-05-07", "rest_reason": "只做围挡和拆违，避开高温时段"}
    assert reviewer.post(approve, reasoned).status_code == 302
    draft.refresh_from_db()
    assert draft.state == BaselineState.APPROVED
    assert "第 1 版" in contractor.get(listing).content.decode()
    answer = client.get(address)  # from now on by a change
    assert answer["Location"] == reverse("ledger:change_new", args=[project.code])


# -- programme ---------------------------------------------------------------------------------------
def test_official_totals_stand_beside_the_ledger(
    client: Client, district: District, programme: Programme, project: Project
) -> None:
    ProgrammeTotalFactory(
        programme=programme, street=project.street, project_count=1, household_count=120
    )
    make_project(programme=programme, street=district.street("banyanglu"), code="ZC2025-02")
    page = as_user(client, district, "bureau").get(reverse("ledger:programme", args=[2025]))
    text = page.content.decode()
    assert "钟楼街道：户数台账 100 户，下达 120 户，少 20 户。" in text
    ProgrammeTotal.objects.update(estate_count=1, building_count=9)
    text = client.get(reverse("ledger:programme", args=[2025])).content.decode()
    assert "楼栋台账 3 栋，下达 9 栋，少 6 栋；户数台账 100 户" in text
    assert "小区台账" not in text
    assert "般阳路街道还没有录入计划下达数。" in text
    foot = text[text.index("<tfoot>") : text.index("</tfoot>")]
    assert ("不一致" in foot, ">一致" in foot) == (True, False)
    assert "还有 <b>177 天</b>，<b>2 个</b>项目没有开工" in text  # 5-07 to 10-31
    street = as_user(Client(), district, "zhonglou").get(reverse("ledger:programme", args=[2025]))
    assert "般阳路街道" not in street.content.decode()
    GateFactory(project=project, kind=GateKind.STARTED)
    text = client.get(reverse("ledger:programme", args=[2025])).content.decode()
    assert "<b>1 个</b>项目没有开工" in text


def test_official_totals_are_edited_whole_or_not_at_all(
    client: Client, district: District, programme: Programme
) -> None:
    as_user(client, district, "bureau")
    address = reverse("ledger:programme_edit", args=[2025])
    street = district.street("zhonglou")
    own = {"name": programme.name, "approved_on": "2025-01-20", "start_deadline_on": "2025-09-30"}
    own["seen"] = mark_in(client.get(address))
    typed = own | {f"projects-{street.pk}": "2", f"households-{street.pk}": "636"}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "要填就填全" in answer.content.decode()
    assert client.post(address, typed | {f"area-{street.pk}": "63,000"}).status_code == 302
    total = programme.totals.get()
    assert (total.project_count, total.household_count, total.area_sqm) == (2, 636, Decimal(63000))
    assert AuditEntry.objects.get(act="programme.update").changes == {
        "document_number": ["淄建发〔2025〕3号", ""],
        "start_deadline_on": ["2025-10-31", "2025-09-30"],
        street.code: [None, "2 个，636 户，63000.00 ㎡"],
    }
    more = {f"estates-{street.pk}": "3", f"buildings-{street.pk}": "41"}
    own["seen"] = mark_in(client.get(address))
    answer = client.post(address, own | more)
    assert answer.status_code == 422
    assert "要填就填全" in answer.content.decode()
    whole = {**typed, **own, f"area-{street.pk}": "63,000", **more}
    assert client.post(address, whole).status_code == 302
    total.refresh_from_db()
    assert (total.estate_count, total.building_count) == (3, 41)
    own["seen"] = mark_in(client.get(address))
    assert client.post(address, own).status_code == 302
    assert programme.totals.count() == 0


def test_a_year_has_one_programme(client: Client, district: District, programme: Programme) -> None:
    as_user(client, district, "bureau")
    address = reverse("ledger:programme_new")
    typed = {"year": "2025", "name": "又一个", "approved_on": "2025-01-20"}
    answer = client.post(address, typed)
    assert answer.status_code == 422
    assert "已有 2025 年度的计划。" in answer.content.decode()
    assert client.post(address, typed | {"year": "2026"}).status_code == 302
    assert Programme.objects.get(year=2026).history.get().history_user == district.users["bureau"]


# -- export ------------------------------------------------------------------------------------------
def sheets(content: bytes) -> dict[str, list[list[object]]]:
    book = read_workbook(content, "台账.xlsx")
    return {
        sheet.name: [[cell.value if cell else None for cell in row] for row in sheet.rows]
        for sheet in book.visible_sheets
    }


def test_the_export_holds_what_is_in_sight(
    client: Client, district: District, programme: Programme, project: Project
) -> None:
    project.name = "=HYPERLINK(1)"
    project.save()
    make_project(
        programme=programme, street=district.street("banyanglu"), code="ZC2025-02", name="别街道"
    )
    answer = as_user(client, district, "zhonglou").get(reverse("ledger:export") + "?year=2025")
    assert answer["Cache-Control"] == "private, no-store"
    import io

    import openpyxl

    book = openpyxl.load_workbook(io.BytesIO(answer.content))
    assert book.sheetnames == ["年度计划", "项目", "数据说明", "_portal"]
    page = book["项目"]
    assert page.freeze_panes == "E4"
    texts = {cell.value for row in page.iter_rows() for cell in row}
    assert CODE in texts
    assert not texts & {"ZC2025-02", "别街道"}
    (cell,) = [c for row in page.iter_rows() for c in row if c.value == "=HYPERLINK(1)"]
    assert (cell.data_type, cell.quotePrefix) == ("s", True)
    headers = [cell.value for cell in page[3]]
    described = {row[1].value for row in book["数据说明"].iter_rows() if row[0].value == "项目"}
    assert {header.split("（")[0] for header in headers} == described
    for user, status in (("contractor", 403), ("office", 200)):
        answer = as_user(Client(), district, user).get(reverse("ledger:export"))
        assert answer.status_code == status
    assert client.get(reverse("ledger:export") + "?year=x").status_code == 404


@pytest.mark.parametrize("name", ["export", "estates", "programme"])
def test_one_and_three_cost_the_same(
    client: Client,
    district: District,
    programme: Programme,
    project: Project,
    name: str,
    django_assert_num_queries: DjangoAssertNumQueries,
    settings: Any,
) -> None:
    settings.FACE_TODO_COUNT = ""  # the number beside 待办 is another page's business
    budget = {"export": 15, "estates": 10, "programme": 21}[name]
    address = {
        "export": reverse("ledger:export") + "?year=2025",
        "estates": reverse("ledger:estates", args=[CODE]),
        "programme": reverse("ledger:programme", args=[2025]),
    }[name]
    as_user(client, district, "bureau")
    client.get(address)
    with django_assert_num_queries(budget):
        client.get(address)
    EstateFactory.create_batch(2, project=project)
    for number in (2, 3):
        make_project(programme=programme, street=project.street, code=f"ZC2025-0{number}")
    with django_assert_num_queries(budget):
        client.get(address)
