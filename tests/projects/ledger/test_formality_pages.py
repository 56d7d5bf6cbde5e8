"""Pages of exceptions, promises and joint reviews."""

from __future__ import annotations

import re
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger.enums import ExceptionState, GateKind
from projects.ledger.models import (
    GateException,
    GatePromise,
    JointReview,
    Project,
)
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    GateFactory,
    GatePromiseFactory,
    JointReviewFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
)
from tests.unguarded import unguarded

from .test_gates import PDF

pytestmark = pytest.mark.django_db
CODE = "ZC2025-01"
TODAY = date(2025, 5, 7)


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
    return made


# -- pages -------------------------------------------------------------------------------------------
def as_user(district: District, name: str) -> Client:
    client = Client()
    client.force_login(district.users[name])
    return client


def test_an_exception_goes_its_way_on_its_pages(district: District, project: Project) -> None:
    GateFactory(project=project, kind=GateKind.PERMITTED, actual_on=None, evidence=None)
    bureau, reviewer = as_user(district, "bureau"), as_user(district, "reviewer")
    edit = reverse("ledger:gate_edit", args=[CODE, "started"])
    answer = bureau.post(
        edit, {"actual_on": "2025-04-02", "evidence": SimpleUploadedFile("开工令.pdf", PDF)}
    )
    assert answer.status_code == 422
    assert "前面的关口还没有过：施工许可。" in answer.content.decode()
    gate = reverse("ledger:gate", args=[CODE, "started"])
    new = reverse("ledger:exception_new", args=[CODE, "ledger.order.started"])
    assert new in bureau.get(gate).content.decode()
    assert new not in reviewer.get(gate).content.decode()
    answer = bureau.post(new, {"reason": "抢险在先"})
    assert answer.status_code == 422
    assert "依据文号和依据文件至少填一样。" in answer.content.decode()
    answer = bureau.post(new, {"reason": "", "document_number": ""})
    assert answer.context["form"].errors == {
        "reason": ["申请例外须写明理由。"],
        "document_number": ["依据文号和依据文件至少填一样。"],
    }
    broken = SimpleUploadedFile("纪要.pdf", b"not a PDF")
    answer = bureau.post(new, {"reason": "抢险在先", "evidence": broken})
    assert set(answer.context["form"].errors) == {"evidence"}
    assert not GateException.objects.exists()
    answer = bureau.post(
        new, {"reason": "抢险在先", "evidence": SimpleUploadedFile("纪要.pdf", PDF)}
    )
    row = GateException.objects.get()
    assert answer["Location"] == reverse("ledger:exception", args=[CODE, row.pk])
    page = bureau.get(answer["Location"]).content.decode()
    assert "由区局审核岗批准。" in page
    act = reverse("ledger:exception_decide", args=[CODE, row.pk, "approve"])
    assert bureau.post(act).status_code == 403
    assert reviewer.post(act).status_code == 302
    row.refresh_from_db()
    assert row.state == ExceptionState.APPROVED
    answer = reviewer.post(reverse("ledger:exception_decide", args=[CODE, row.pk, "revoke"]))
    assert answer.status_code == 422
    assert "撤销时请写明意见。" in answer.content.decode()
    assert bureau.get(reverse("ledger:file", args=[row.file_id])).content == PDF
    other = as_user(district, "banyanglu")
    assert other.get(reverse("ledger:exception", args=[CODE, row.pk])).status_code == 404
    assert other.get(reverse("ledger:file", args=[row.file_id])).status_code == 404


def test_a_promise_goes_its_way_on_its_pages(district: District, project: Project) -> None:
    PartyFactory(project=project, organisation=district.contractor)
    bureau = as_user(district, "bureau")
    gate = reverse("ledger:gate", args=[CODE, "started"])
    new = reverse("ledger:promise_new", args=[CODE, "started"])
    typed = {
        "lacks": "施工许可证",
        "form": "tolerated",
        "promised_by": "建设单位",
        "promised_on": "2025-04-01",
        "due_on": "2025-03-01",
    }
    answer = bureau.post(new, typed)
    assert answer.status_code == 422
    assert "补齐期限不能早于承诺日期。" in answer.content.decode()
    assert bureau.post(new, typed | {"due_on": "2025-05-06"}).status_code == 302
    row = GatePromise.objects.get()
    page = bureau.get(reverse("ledger:gates", args=[CODE])).content.decode()
    assert "1 件过期" in page
    stale = typed | {"due_on": "2025-06-06", "seen_version": "0"}
    answer = bureau.post(reverse("ledger:promise", args=[CODE, "started", row.pk]), stale)
    assert answer.status_code == 409
    assert 'value="2025-06-06"' in answer.content.decode()
    receive = reverse("ledger:promise_receive", args=[CODE, "started", row.pk])
    assert receive not in as_user(district, "contractor").get(gate).content.decode()
    assert as_user(district, "contractor").post(receive).status_code == 403
    file = SimpleUploadedFile("许可证.pdf", PDF)
    answer = bureau.post(receive, {"received_on": "2025-05-07", "evidence": file})
    assert answer.status_code == 302
    row.refresh_from_db()
    assert bureau.get(reverse("ledger:file", args=[row.received_file_id])).content == PDF
    remove = reverse("ledger:promise_remove", args=[CODE, "started", row.pk])
    assert bureau.post(remove, {"reason": ""}).status_code == 422
    assert bureau.post(remove, {"reason": "登记错了"}).status_code == 302
    assert GatePromise.objects.count() == 0


def test_only_formalities_are_offered_and_an_old_promise_says_it_is_void(
    district: District, project: Project
) -> None:
    bureau = as_user(district, "bureau")
    new = reverse("ledger:promise_new", args=[CODE, "accepted"])
    offered = bureau.get(new).content.decode().split('name="missing_gate"')[1].split("</select>")[0]
    assert re.findall(r'value="(\w+)"', offered) == [
        "surveyed", "approved", "designed", "drawn", "tendered", "permitted",
    ]  # fmt: skip
    typed = {
        "lacks": "开工令",
        "missing_gate": "started",
        "form": "tolerated",
        "promised_by": "建设单位",
        "promised_on": "2025-04-01",
        "due_on": "2025-05-31",
    }
    assert bureau.post(new, typed).status_code == 422
    assert GatePromise.objects.count() == 0
    with unguarded():
        GatePromiseFactory(project=project, gate="started", missing_gate="programmed")
    GatePromiseFactory(
        project=project, gate="started", missing_gate="permitted", lacks="施工许可证原件"
    )
    page = bureau.get(reverse("ledger:gate", args=[CODE, "started"])).content.decode()
    assert "“列入计划”不能容缺，这份承诺不作数" in page
    assert "容缺的手续：施工许可" in page
    assert "“施工许可”不能容缺" not in page


def test_a_void_promise_keeps_its_mark_when_it_is_edited(
    district: District, project: Project
) -> None:
    """Its own gate is offered once more, chosen and marked; what is sent as the page shows it changes nothing else."""
    bureau = as_user(district, "bureau")
    with unguarded():
        row = GatePromiseFactory(project=project, gate="started", missing_gate="programmed")
    here = reverse("ledger:promise", args=[CODE, "started", row.pk])
    offered = bureau.get(here).content.decode().split('name="missing_gate"')[1]
    options = re.findall(
        r'<option value="(\w+)"( selected)?>([^<]*)<', offered.split("</select>")[0]
    )
    assert [each for each in options if each[1]] == [
        ("programmed", " selected", "列入计划（不能容缺，这份承诺不作数）")
    ]
    assert [value for value, _, _ in options] == [
        "surveyed", "approved", "designed", "drawn", "tendered", "permitted", "programmed",
    ]  # fmt: skip
    typed = {
        "lacks": row.lacks,
        "missing_gate": "programmed",
        "form": row.form,
        "promised_by": row.promised_by,
        "promised_on": row.promised_on.isoformat(),
        "due_on": "2025-06-30",
        "seen_version": str(row.version),
    }
    assert bureau.post(here, typed).status_code == 302
    row.refresh_from_db()
    assert (row.due_on, row.missing_gate) == (date(2025, 6, 30), "programmed")
    page = bureau.get(reverse("ledger:gate", args=[CODE, "started"])).content.decode()
    assert "“列入计划”不能容缺，这份承诺不作数" in page


def test_a_joint_review_is_typed_department_by_department(
    district: District, project: Project
) -> None:
    bureau = as_user(district, "bureau")
    new = reverse("ledger:review_new", args=[CODE, "programmed"])
    page = bureau.get(new).content.decode()
    assert 'name="department-0" value="发展改革"' in page
    typed = {
        "gate": "programmed",
        "title": "计划申报联审",
        "held_on": "2025-01-10",
        "department-0": "区财政局",
        "opinion-0": "agreed",
        "department-1": "",
        "opinion-1": "agreed",
    }
    answer = bureau.post(new, typed)
    assert answer.status_code == 422
    assert "填了意见，还要填部门。" in answer.content.decode()
    answer = bureau.post(new, typed | {"opinion-1": "pending"})
    assert "出具了意见的，须填出具日期。" in answer.content.decode()
    answer = bureau.post(new, typed | {"opinion-1": "pending", "given_on-0": "2025-1-10"})
    assert answer.status_code == 302
    row = JointReview.objects.get()
    assert [each.department for each in row.opinions.all()] == ["区财政局"]
    page = bureau.get(reverse("ledger:gate", args=[CODE, "programmed"])).content.decode()
    assert "区财政局" in page
    remove = reverse("ledger:review_remove", args=[CODE, "programmed", row.pk])
    assert bureau.post(remove, {"reason": "重复"}).status_code == 302
    assert JointReview.objects.count() == 0


@pytest.mark.parametrize("name", ["gates", "gate"])
def test_one_and_three_promises_cost_the_same(
    name: str,
    district: District,
    project: Project,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    client = as_user(district, "bureau")
    args = [CODE] if name == "gates" else [CODE, "started"]
    address = reverse(f"ledger:{name}", args=args)
    GatePromiseFactory(project=project)
    JointReviewFactory(project=project, gate="started")
    client.get(address)
    budget = {"gates": 37, "gate": 38}[name]
    with django_assert_num_queries(budget):
        client.get(address)
    for number in (2, 3):
        GatePromiseFactory(project=project, lacks=f"材料{number}")
        JointReviewFactory(project=project, gate="started", title=f"联审{number}")
    with django_assert_num_queries(budget):
        client.get(address)
