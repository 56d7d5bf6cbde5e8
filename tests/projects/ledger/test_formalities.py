"""Promised papers, joint reviews, what entry into the programme asks for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from projects.ledger import services
from projects.ledger.conflicts import EditConflict
from projects.ledger.enums import ExceptionAct, GateKind, Opinion
from projects.ledger.exceptions import ExceptionValues, ask_exception, decide_exception
from projects.ledger.formalities import OpinionValues, receive_paper, save_promise, save_review
from projects.ledger.gate_lines import lines_of
from projects.ledger.gatekeeping import GateRefused, findings
from projects.ledger.models import (
    DepartmentOpinion,
    Gate,
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
    ProgrammeFactory,
    ProjectFactory,
)

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
        ({"missing_gate": GateKind.CONSULTED}, "promise.gate"),
        ({"missing_gate": GateKind.PROGRAMMED}, "promise.gate"),
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
        "街道办事处": [None, "有条件同意，2025年1月12日，先拆违"],
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
