"""Promised papers, joint reviews, what entry into the programme asks for, and their pages."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse
from pytest_django import DjangoAssertNumQueries

from projects.ledger import services
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import ExceptionAct, ExceptionState, GateKind, Opinion
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.formalities import OpinionValues, receive_paper, save_promise, save_review
from projects.ledger.gate_lines import lines_of
from projects.ledger.gatekeeping import GateRefused, findings
from projects.ledger.models import (
    DepartmentOpinion,
    Gate,
    GateException,
    GatePromise,
    JointReview,
    Project,
)
from renovation.accounts.scope import scope_of
from renovation.core.errors import Refusal, StateConflict
from renovation.records.models import AuditEntry
from renovation.records.services import set_value
from tests.conftest import Clock
from tests.factories.accounts import District, make_district
from tests.factories.ledger import (
    EstateFactory,
    GateFactory,
    GatePromiseFactory,
    JointReviewFactory,
    PartyFactory,
    ProgrammeFactory,
    ProjectFactory,
)

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


def promise_values(**changed: Any) -> dict[str, Any]:
    return {
        "lacks": "施工许可证",
        "missing_gate": GateKind.PERMITTED,
        "form": "tolerated",
        "promised_by": "建设单位",
        "promised_on": date(2025, 4, 1),
        "due_on": date(2025, 5, 31),
        "document_number": "",
        "note": "",
    } | changed


def promise(district: District, project: Project, clock: Clock, **changed: Any) -> GatePromise:
    return save_promise(
        project=project,
        gate=GateKind.STARTED,
        values=promise_values(**changed),
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
    )


# -- promises ----------------------------------------------------------------------------------------
def test_a_promise_opens_the_gate_that_it_names(
    district: District, project: Project, clock: Clock
) -> None:
    GateFactory(project=project, kind=GateKind.DRAWN, actual_on=None, evidence=None)

    def tender() -> Gate:
        return services.pass_gate(
            project=project,
            kind=GateKind.TENDERED,
            actual_on=date(2025, 4, 2),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )

    def promised(**changed: Any) -> None:
        save_promise(
            project=project,
            gate=GateKind.TENDERED,
            values=promise_values(**changed),
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )

    promised(lacks="消防意见", missing_gate="")
    with pytest.raises(GateRefused) as caught:
        tender()
    assert caught.value.sentences == ["前面的关口还没有过：施工图预算评审。"]
    promised(lacks="审图合格书", missing_gate=GateKind.DRAWN)
    assert services.counts(tender())


def test_open_papers_keep_the_acceptance_shut(
    district: District, project: Project, clock: Clock
) -> None:
    row = promise(district, project, clock)

    def said() -> list[str | None]:
        return [
            each.sentence
            for each in findings(project=project, gates=[GateKind.ACCEPTED], on=TODAY)
            if each.check.code == "ledger.promises"
        ]

    assert said() == ["承诺补齐的材料还没有补齐：施工许可证。"]
    receive_paper(
        promise=row,
        received_on=TODAY,
        file=None,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 11:00"),
    )
    assert said() == [None]
    row.refresh_from_db()
    assert (row.received_on, row.received_by) == (TODAY, district.users["bureau"])
    assert list(AuditEntry.objects.order_by("pk").values_list("act", flat=True)) == [
        "gate_promise.create",
        "gate_promise.receive",
    ]
    with pytest.raises(StateConflict):
        receive_paper(
            promise=row,
            received_on=TODAY,
            file=None,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 12:00"),
        )
    with pytest.raises(StateConflict):
        save_promise(
            project=project,
            gate=GateKind.STARTED,
            values=promise_values(note="改"),
            promise=row,
            seen_version=2,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 12:00"),
        )


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"due_on": date(2025, 3, 31)}, "promise.due"),
        ({"missing_gate": GateKind.COMPLETED}, "promise.gate"),
        ({"missing_gate": GateKind.STARTED}, "promise.gate"),
        ({}, "promise.once"),
    ],
)
def test_what_a_promise_must_say(
    district: District, project: Project, clock: Clock, changed: dict[str, Any], code: str
) -> None:
    GatePromiseFactory(project=project)
    with pytest.raises(Refusal) as caught:
        promise(district, project, clock, **changed)
    assert caught.value.code == code
    assert GatePromise.objects.count() == 1


@pytest.mark.parametrize(
    ("day", "code"), [(date(2025, 5, 8), "promise.future"), (date(2025, 2, 28), "promise.early")]
)
def test_a_paper_comes_in_after_it_was_promised(
    district: District, project: Project, clock: Clock, day: date, code: str
) -> None:
    row = GatePromiseFactory(project=project)
    with pytest.raises(Refusal) as caught:
        receive_paper(
            promise=row,
            received_on=day,
            file=None,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 10:00"),
        )
    assert caught.value.code == code


def test_the_second_editor_of_a_promise_is_told(
    district: District, project: Project, clock: Clock
) -> None:
    row = promise(district, project, clock)
    for seen, who, words in ((1, "bureau", "甲"), (2, "bureau2", "乙")):
        save_promise(
            project=project,
            gate=GateKind.STARTED,
            values=promise_values(note=words),
            promise=row,
            seen_version=seen,
            by=district.users[who],
            now=clock.at("2025-05-07 11:00"),
        )
    with pytest.raises(EditConflict) as caught:
        save_promise(
            project=project,
            gate=GateKind.STARTED,
            values=promise_values(note="丙"),
            promise=row,
            seen_version=2,
            by=district.users["bureau"],
            now=clock.at("2025-05-07 12:00"),
        )
    assert caught.value.changes == [f"{district.users['bureau2']}把“说明”由“甲”改为“乙”。"]


@pytest.mark.parametrize(
    ("constraint", "fields"),
    [
        ("gate_promise_names_a_paper", {"lacks": ""}),
        ("gate_promise_names_who_promised", {"promised_by": ""}),
        ("gate_promise_due_after_promised", {"due_on": date(2025, 2, 1)}),
        ("gate_promise_received_after_promised", {"received_on": date(2025, 2, 1)}),
    ],
)
def test_the_database_holds_a_promise_to_its_shape(
    project: Project, constraint: str, fields: dict[str, Any]
) -> None:
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        GatePromiseFactory(project=project, **fields)


def test_the_database_knows_a_paper_once(project: Project) -> None:
    GatePromiseFactory(project=project)
    with pytest.raises(IntegrityError), transaction.atomic():  # gate_promise_once_per_paper
        GatePromiseFactory(project=project)


# -- joint reviews -----------------------------------------------------------------------------------
def review_values(**changed: Any) -> dict[str, Any]:
    return {
        "gate": GateKind.PROGRAMMED,
        "title": "计划申报联审",
        "held_on": date(2025, 1, 10),
        "document_number": "",
        "note": "",
    } | changed


AGREED = OpinionValues("区财政局", Opinion.AGREED, date(2025, 1, 10))
WAITING = OpinionValues("区消防救援大队", Opinion.PENDING)


def review(
    district: District, project: Project, clock: Clock, *opinions: OpinionValues, **more: Any
) -> JointReview:
    return save_review(
        project=project,
        values=more.pop("values", review_values()),
        opinions=opinions,
        file=None,
        by=district.users["bureau"],
        now=clock.at("2025-05-07 10:00"),
        **more,
    )


def test_a_joint_review_keeps_what_each_department_said(
    district: District, project: Project, clock: Clock
) -> None:
    row = review(district, project, clock, AGREED, WAITING)
    other = OpinionValues("街道办事处", Opinion.CONDITIONAL, date(2025, 1, 12), "先拆违")
    review(district, project, clock, AGREED, other, review=row, seen_version=1)
    assert list(row.opinions.values_list("department", "opinion", "note")) == [
        ("区财政局", "agreed", ""),
        ("街道办事处", "conditional", "先拆违"),
    ]
    assert DepartmentOpinion.history.filter(department="区消防救援大队").count() == 2
    changed = AuditEntry.objects.get(act="joint_review.update").changes
    assert changed == {
        "区消防救援大队": ["未出具", None],
        "街道办事处": [None, "有条件同意，2025-01-12，先拆违"],
    }
    with pytest.raises(EditConflict):
        review(district, project, clock, AGREED, review=row, seen_version=1)


@pytest.mark.parametrize(
    ("opinions", "code", "field"),
    [
        ((), "review.departments", "department-0"),
        ((AGREED, AGREED), "review.department_twice", "department-1"),
        ((OpinionValues("区财政局", Opinion.AGREED),), "review.given_on", "given_on-0"),
        (
            (OpinionValues("区财政局", Opinion.AGREED, date(2025, 5, 8)),),
            "review.future",
            "given_on-0",
        ),
    ],
)
def test_what_a_joint_review_must_say(
    district: District, project: Project, clock: Clock, opinions: Any, code: str, field: str
) -> None:
    with pytest.raises(Refusal) as caught:
        review(district, project, clock, *opinions)
    assert (caught.value.code, caught.value.field) == (code, field)
    assert JointReview.objects.count() == 0


def test_the_database_holds_reviews_to_their_shape(project: Project) -> None:
    row = JointReviewFactory(project=project)
    with pytest.raises(IntegrityError), transaction.atomic():  # joint_review_once
        JointReviewFactory(project=project)
    DepartmentOpinion.objects.create(review=row, department="区财政局")
    with pytest.raises(IntegrityError), transaction.atomic():  # department_opinion_once
        DepartmentOpinion.objects.create(review=row, department="区财政局")
    with (
        pytest.raises(IntegrityError, match="department_opinion_given_has_date"),
        transaction.atomic(),
    ):
        DepartmentOpinion.objects.create(review=row, department="区发改局", opinion="agreed")


# -- entry into the programme ------------------------------------------------------------------------
def entry(project: Project) -> dict[str, str | None]:
    return {
        each.check.code: each.sentence
        for each in findings(project=project, gates=[GateKind.PROGRAMMED], on=TODAY)
        if each.check.code.startswith("ledger.entry.")
    }


def test_entry_asks_for_old_estates_and_a_joint_review(
    district: District, project: Project, clock: Clock
) -> None:
    assert entry(project) == {
        "ledger.entry.built": "还没有登记小区，无法核对建成年份。",
        "ledger.entry.review": "没有登记计划申报的部门联审。",
    }
    EstateFactory(project=project, name="老院", year_built=1999)
    young = EstateFactory(project=project, name="新院", year_built=2000)
    EstateFactory(project=project, name="无档", year_built=None)
    row = review(
        district,
        project,
        clock,
        AGREED,
        WAITING,
        OpinionValues("区发改局", Opinion.OBJECTED, date(2025, 1, 10)),
    )
    assert entry(project) == {
        "ledger.entry.built": "不是 2000 年前建成：新院（2000年）；没有登记建成年份：无档。",
        "ledger.entry.review": "部门联审不同意列入：区发改局；还没有出具意见：区消防救援大队。",
    }
    set_value(
        key="ledger.entry.built_before",
        organisation=district.bureau,
        value="2001",
        effective_on=date(2025, 1, 1),
        reason="按2000年底前掌握",
        by=district.users["admin"],
        now=clock.at("2025-05-07 10:00"),
    )
    review(district, project, clock, AGREED, review=row, seen_version=1)
    project.estates.get(name="无档").delete()
    assert young.year_built == 2000
    assert entry(project) == {"ledger.entry.built": None, "ledger.entry.review": None}


def test_what_entry_leaves_open_keeps_later_gates_shut_until_it_is_excepted(
    district: District, project: Project, clock: Clock
) -> None:
    GateFactory(project=project, kind=GateKind.PROGRAMMED, actual_on=date(2025, 1, 20))
    EstateFactory(project=project, year_built=2003, name="新院")
    review(district, project, clock, AGREED)
    bureau, reviewer = district.users["bureau"], district.users["reviewer"]

    def open_points() -> str:
        """What the gate 立项批复 says of the entry; other wings' checks of it may stand there as well."""
        [found] = [
            each.sentence
            for each in findings(project=project, gates=[GateKind.APPROVED], on=TODAY)
            if each.check.code == "ledger.entered.approved"
        ]
        return found or ""

    assert open_points().startswith("列入计划的条件还没有核清：")
    assert "建成年份符合" in open_points()
    with pytest.raises(GateRefused) as caught:
        services.pass_gate(
            project=project,
            kind=GateKind.APPROVED,
            actual_on=date(2025, 2, 3),
            by=bureau,
            now=clock.at("2025-05-07 10:00"),
        )
    assert open_points() in caught.value.sentences
    row = ask_exception(
        project=project,
        check_code="ledger.entry.built",
        values=ExceptionValues("与老院一并改造", "淄住建会〔2025〕9号"),
        by=bureau,
        now=clock.at("2025-05-07 10:00"),
    )
    assert row.finding == "不是 2000 年前建成：新院（2003年）。"
    decide_exception(
        exception=row,
        act=ExceptionAct.APPROVE,
        comment="",
        scope=scope_of(reviewer, on=TODAY),
        by=reviewer,
        now=clock.at("2025-05-07 11:00"),
    )
    assert "建成年份符合" not in open_points()
    line = next(
        each for each in lines_of(project=project, on=TODAY) if each.kind == GateKind.PROGRAMMED
    )
    assert [each.check.code for each in line.excepted] == ["ledger.entry.built"]
    assert "ledger.entry.built" not in {each.check.code for each in line.shut_by}


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
    settings: Any,
) -> None:
    settings.FACE_TODO_COUNT = ""
    client = as_user(district, "bureau")
    args = [CODE] if name == "gates" else [CODE, "started"]
    address = reverse(f"ledger:{name}", args=args)
    GatePromiseFactory(project=project)
    JointReviewFactory(project=project, gate="started")
    client.get(address)
    budget = {"gates": 38, "gate": 39}[name]
    with django_assert_num_queries(budget):
        client.get(address)
    for number in (2, 3):
        GatePromiseFactory(project=project, lacks=f"材料{number}")
        JointReviewFactory(project=project, gate="started", title=f"联审{number}")
    with django_assert_num_queries(budget):
        client.get(address)
