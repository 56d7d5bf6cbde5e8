"""A project is entered where the conditions of 列入计划 hold or an exception stands for each; what stays open is named."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from projects.ledger.changes import Decision, decide_change
from projects.ledger.enrolment import propose_entry, waiting
from projects.ledger.entering import ask_for_entries, asked_at_entry, open_conditions
from projects.ledger.enums import ChangeAct, ChangeState, ExceptionState, GateKind
from projects.ledger.exceptions import ExceptionValues, ask_together
from projects.ledger.models import Gate, GateException, Project, ProjectChange
from projects.ledger.roster.approving import approve_roster
from renovation.accounts.scope import scope_of
from renovation.core.errors import Forbidden, Refusal
from renovation.core.files import NewFile
from renovation.records.models import AuditEntry, StoredFile
from reports.dashboards.todo import todo_items
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.consent import agree
from tests.factories.enrolment import DOCUMENT, excuse
from tests.factories.ledger import (
    EstateFactory,
    GateExceptionFactory,
    GateFactory,
    JointReviewFactory,
    ProgrammeFactory,
    make_project,
)

from .enrolling import created

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
DAY = date(2025, 5, 7)
#: Queries of asking for the exceptions of entries, beside an entry of the log each.
BUDGET_OF_ASKING = 26
CODES = ["consent.renovation", "ledger.entry.built", "ledger.entry.review"]


@pytest.fixture
def entry(district: District, project: Project, clock: Clock) -> ProjectChange:
    """般阳里, proposed for 1 April; no estate, no review, nobody asked."""
    found = waiting(project=created(district, project, clock.at("2025-05-07 10:00")))
    assert found is not None
    return found


def approve(district: District, change: ProjectChange, clock: Clock, by: str = "reviewer") -> None:
    user = district.users[by]
    decide_change(
        change=change,
        decision=Decision(act=ChangeAct.APPROVE, approved_on=DAY, document_number=DOCUMENT),
        scope=scope_of(user, on=DAY),
        by=user,
        now=clock.at("2025-05-07 11:00"),
    )


def entered(change: ProjectChange) -> date | None:
    found: date | None = Project.objects.get(pk=change.project_id).approved_on
    return found


def test_an_entry_below_the_rule_is_refused_and_nothing_of_it_stands(
    district: District, entry: ProjectChange, clock: Clock
) -> None:
    with pytest.raises(Refusal) as caught:
        approve(district, entry, clock)
    assert caught.value.code == "enrolment.conditions"
    assert caught.value.message == (
        "列入计划的条件不符合，也没有申请例外：建成年份符合、部门联审通过、同意改造率达到规定。"
        "补齐，或由经办申请例外以后再批准。"
    )
    entry.refresh_from_db()
    assert (entry.state, entered(entry)) == (ChangeState.DRAFT, None)


def test_a_programme_is_entered_whole_or_not_at_all(
    district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    """The refusal names the project below the rule; who holds everything waits with it."""
    now, reviewer = clock.at("2025-05-07 10:00"), district.users["reviewer"]
    fit = waiting(project=created(district, project, now, code="ZC2025-03", name="合格院"))
    assert fit is not None
    agree(fit.project)
    JointReviewFactory(project=fit.project)
    with pytest.raises(Refusal) as caught:
        approve_roster(
            entries=[fit, entry],
            baselines=[],
            approved_on=DAY,
            document_number=DOCUMENT,
            scope=scope_of(reviewer, on=DAY),
            by=reviewer,
            now=now,
        )
    assert caught.value.code == "enrolment.conditions"
    assert caught.value.message.startswith("般阳里：列入计划的条件不符合，也没有申请例外：")
    assert caught.value.message.endswith("一项也没有批准。")
    assert (entered(fit), entered(entry)) == (None, None)


def test_an_entry_whose_conditions_hold_needs_no_exception(
    district: District, entry: ProjectChange, clock: Clock
) -> None:
    EstateFactory(project=entry.project, household_count=5)
    agree(entry.project)
    JointReviewFactory(project=entry.project)
    approve(district, entry, clock)
    assert entered(entry) == date(2025, 4, 1)
    assert not GateException.objects.exists()


def test_the_exceptions_of_an_entry_are_approved_with_it_by_another(
    district: District, entry: ProjectChange, clock: Clock
) -> None:
    """Asked by one, approved by another: the record of any exception at a gate."""
    EstateFactory(project=entry.project, year_built=1988)
    JointReviewFactory(project=entry.project)
    assert excuse(entry, now=clock.at("2025-05-07 10:00"), by=district.users["reviewer"]) == 1
    with pytest.raises(Forbidden) as caught:
        approve(district, entry, clock)
    assert caught.value.message == "待批准的例外是您申请的，列入由另一人批准。"
    assert entered(entry) is None
    GateException.objects.all().delete()
    bureau2 = district.users["bureau2"]
    excuse(entry, now=clock.at("2025-05-07 10:00"), by=bureau2)
    approve(district, entry, clock)
    assert entered(entry) == date(2025, 4, 1)
    row = GateException.objects.get()
    assert (row.check_code, row.gate, row.state, row.requested_by, row.decided_by) == (
        "consent.renovation",
        GateKind.PROGRAMMED,
        ExceptionState.APPROVED,
        bureau2,
        district.users["reviewer"],
    )
    assert (row.reason, row.document_number, row.comment) == (
        "区政府会议同意先列入",
        "淄政会〔2025〕6号",
        "随列入计划一并批准",
    )
    acts = AuditEntry.objects.filter(act="gate_exception.approve")
    assert [each.actor for each in acts] == [district.users["reviewer"]]


def test_what_was_entered_before_the_portal_or_in_a_past_year_is_not_asked(
    district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    """A past year's programme comes in whole; of this year, what was passed before the portal and approved so."""
    past = ProgrammeFactory(bureau=district.bureau, year=2024, approved_on=date(2024, 1, 20))
    old = waiting(
        project=created(
            district,
            project,
            clock.at("2025-05-07 10:00"),
            programme=past,
            code="ZC2024-07",
            name="旧院",
            approved_on=date(2024, 1, 20),
        )
    )
    assert old is not None
    asked = asked_at_entry(changes=[entry, old], on=DAY)
    assert sorted(each.check.code for each in asked[entry]) == CODES
    assert asked[old] == []
    approve(district, old, clock)
    assert entered(old) == date(2024, 1, 20)
    found = open_conditions(projects=[old.project_id], on=DAY)
    assert sorted(each.check.code for each in found[old.project_id]) == CODES  # and is named
    Gate.objects.filter(project=entry.project, kind=GateKind.PROGRAMMED).delete()
    GateFactory(
        project=entry.project,
        kind=GateKind.PROGRAMMED,
        actual_on=date(2025, 2, 1),
        is_opening=True,
    )
    assert open_conditions(projects=[entry.project_id], on=DAY) == {entry.project_id: []}
    approve(district, entry, clock)
    assert entered(entry) == date(2025, 4, 1)


@pytest.mark.parametrize("moment", ["2025-12-31 11:00", "2026-01-01 11:00"])
def test_new_year_opens_no_door_to_an_entry_that_waited(
    district: District, entry: ProjectChange, clock: Clock, moment: str
) -> None:
    now, user = clock.at(moment), district.users["reviewer"]
    scope = scope_of(user, on=now.date())

    def decide(change: ProjectChange, act: ChangeAct) -> ProjectChange:
        decision = Decision(
            act=act, approved_on=DAY, document_number=DOCUMENT, comment="条件不符合"
        )
        return decide_change(change=change, decision=decision, scope=scope, by=user, now=now)

    with pytest.raises(Refusal) as caught:
        decide(entry, ChangeAct.APPROVE)
    assert caught.value.code == "enrolment.conditions"
    decide(entry, ChangeAct.REFUSE)
    again = propose_entry(
        project=entry.project,
        approved_on=date(2025, 4, 1),
        by=district.users["bureau"],
        now=now,
    )
    with pytest.raises(Refusal) as caught:
        decide(again, ChangeAct.APPROVE)
    assert caught.value.code == "enrolment.conditions"
    assert entered(entry) is None


def test_a_project_that_is_told_when_its_year_is_over_is_history(
    district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    now = clock.at("2026-01-05 10:00")
    late = waiting(project=created(district, project, now, code="ZC2025-08", name="补登的院"))
    assert late is not None
    asked = asked_at_entry(changes=[entry, late], on=now.date())
    assert sorted(each.check.code for each in asked[entry]) == CODES
    assert asked[late] == []


@pytest.mark.parametrize("count", [1, 3])
def test_exceptions_are_asked_together_in_as_many_queries_and_by_one_file(
    district: District,
    project: Project,
    entry: ProjectChange,
    clock: Clock,
    count: int,
) -> None:
    now = clock.at("2025-05-07 10:00")
    for number in range(count - 1):
        created(district, project, now, code=f"ZC2025-1{number}", name=f"院{number}")
    rows = list(
        ProjectChange.objects.filter(state=ChangeState.DRAFT).select_related(
            "project__programme__bureau"
        )
    )
    values = ExceptionValues(
        reason="区政府会议同意先列入", file=NewFile("纪要.pdf", b"%PDF-1.4 x", "application/pdf")
    )
    files = StoredFile.objects.count()
    with CaptureQueriesContext(connection) as captured:
        asked = ask_for_entries(changes=rows, values=values, by=district.users["bureau"], now=now)
    assert asked == 3 * count
    log = [each for each in captured if "records_auditentry" in each["sql"]]
    assert (len(log), len(captured) - len(log)) == (3 * count, BUDGET_OF_ASKING)
    assert StoredFile.objects.count() == files + 1
    made = GateException.objects.all()
    assert {row.file_id for row in made} == {made[0].file_id}
    assert {(row.state, row.requested_by) for row in made} == {
        (ExceptionState.ASKED, district.users["bureau"])
    }
    assert GateException.history.filter(history_user=district.users["bureau"]).count() == asked
    entries = AuditEntry.objects.filter(act="gate_exception.ask")
    assert sorted(each.object_id for each in entries) == sorted(str(row.pk) for row in made)
    with pytest.raises(Refusal) as caught:
        ask_together(
            asked=[(entry.project, each) for each in asked_at_entry(changes=rows, on=DAY)[entry]],
            values=values,
            organisation=district.bureau,
            by=district.users["bureau"],
            now=now,
        )
    assert caught.value.code == "exception.once"


def test_what_is_asked_for_entries_is_one_item_and_not_one_each(
    district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    now = clock.at("2025-05-07 10:00")
    excuse(entry, now=now, by=district.users["bureau2"])
    Gate.objects.filter(project=entry.project, kind=GateKind.PROGRAMMED).update(
        planned_on=date(2025, 4, 1)
    )

    def titles() -> list[str]:
        scope = scope_of(district.users["reviewer"], on=DAY)
        return [item.title for item in todo_items(scope=scope, now=now) if "列入" in item.title]

    assert titles() == ["批准列入2025年度计划的项目 1 个"]
    GateExceptionFactory(
        project=entry.project, gate=GateKind.PROGRAMMED, check_code="ledger.order.programmed"
    )
    own = f"批准{project}关口“列入计划”的例外"
    GateExceptionFactory(
        project=project, gate=GateKind.PROGRAMMED, check_code="ledger.entry.review"
    )
    order = f"批准{entry.project}关口“列入计划”的例外"
    assert sorted(titles()) == sorted(["批准列入2025年度计划的项目 1 个", own, order])


def test_conditions_cost_the_same_for_one_and_three_entries(
    district: District,
    project: Project,
    entry: ProjectChange,
    clock: Clock,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    now = clock.at("2025-05-07 10:00")
    for number in (3, 4):
        created(district, project, now, code=f"ZC2025-0{number}", name=f"院{number}")
    rows = list(
        ProjectChange.objects.filter(state=ChangeState.DRAFT).select_related("project__programme")
    )
    for some in (rows[:1], rows):
        with django_assert_num_queries(17):
            asked_at_entry(changes=some, on=DAY)


# -- pages -------------------------------------------------------------------------------------------
def test_a_programme_comes_in_with_its_exceptions_through_the_pages(
    signed: Signed, district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    """The page of drafts leaves out what lacks an exception; one form asks for all; the approval takes them along."""
    fit = waiting(
        project=created(
            district, project, clock.at("2025-05-07 10:00"), code="ZC2025-03", name="合格院"
        )
    )
    assert fit is not None
    agree(fit.project)
    JointReviewFactory(project=fit.project)
    drafts = reverse("ledger:drafts", args=[2025])
    ask = reverse("ledger:entry_exceptions", args=[2025])
    page = signed("reviewer").get(drafts).content.decode()
    assert re.findall(r'name="entry" value="(\d+)"', page) == [str(fit.pk)]
    assert "1 个项目有不符合、也没有申请例外的事项" in page
    assert ask not in page
    assert signed("reviewer").get(ask).status_code == 403
    bureau = signed("bureau")
    assert ask in bureau.get(drafts).content.decode()
    page = bureau.get(ask).content.decode()
    asked = re.findall(r'name="asked" value="([^"]+)"', page)
    assert asked == [f"{entry.pk} {code}" for code in CODES]
    assert "没有登记计划申报的部门联审。" in page
    assert f"申请 {len(CODES)} 项例外</button>" in page
    assert "合格院" not in page
    typed = {"asked": asked, "reason": "区政府会议同意先列入", "document_number": ""}
    answer = bureau.post(ask, typed)
    assert answer.status_code == 422
    assert "依据文号和依据文件至少填一样。" in answer.content.decode()
    assert not GateException.objects.exists()
    stale = typed | {"asked": asked[1:], "document_number": "淄政会〔2025〕6号"}
    assert bureau.post(ask, stale).headers["Location"] == ask
    assert not GateException.objects.exists()
    assert bureau.post(ask, typed | {"document_number": "淄政会〔2025〕6号"}).status_code == 302
    rows = GateException.objects.order_by("check_code")
    assert [(row.check_code, row.state) for row in rows] == [
        (code, ExceptionState.ASKED) for code in CODES
    ]
    assert "没有要申请例外的事项" in bureau.get(ask).content.decode()
    page = signed("reviewer").get(drafts).content.decode()
    entries = re.findall(r'name="entry" value="(\d+)"', page)
    assert set(entries) == {str(entry.pk), str(fit.pk)}
    assert "<b>3 项例外</b>待批准" in page
    body = {"approved_on": "2025-05-07", "document_number": DOCUMENT, "entry": entries}
    assert signed("reviewer").post(drafts, body).status_code == 302
    assert (entered(entry), entered(fit)) == (date(2025, 4, 1), date(2025, 4, 1))
    assert {row.state for row in GateException.objects.all()} == {ExceptionState.APPROVED}


def test_the_page_of_an_entry_offers_no_approval_while_an_exception_lacks(
    signed: Signed, entry: ProjectChange, clock: Clock
) -> None:
    page = reverse("ledger:change", args=[entry.project.code, entry.pk])
    act = reverse("ledger:change_decide", args=[entry.project.code, entry.pk, "approve"])
    shut = signed("reviewer").get(page).content.decode()
    assert "现在还不能批准。" in shut
    assert "3 项不符合，也没有申请例外。" in shut
    assert act not in shut
    body = {"approved_on": "2025-05-07", "document_number": DOCUMENT}
    answer = signed("reviewer").post(act, body)
    assert answer.status_code == 422
    assert "列入计划的条件不符合，也没有申请例外：" in answer.content.decode()
    excuse(entry, now=clock.at("2025-05-07 10:00"))
    open_ = signed("reviewer").get(page).content.decode()
    assert "有 3 项例外待批准，批准列入时一并批准" in open_
    assert act in open_
    assert signed("reviewer").post(act, body).status_code == 302
    assert entered(entry) == date(2025, 4, 1)


def test_who_was_entered_with_open_conditions_is_named_in_the_list_of_gates(
    signed: Signed, project: Project
) -> None:
    agree(project)
    JointReviewFactory(project=project)
    open_ = make_project(
        programme=project.programme, street=project.street, code="ZC2025-09", name="未核清的院"
    )
    JointReviewFactory(project=open_)
    address = reverse("ledger:register", args=[2025])
    page = signed("reviewer").get(address, {"only": "entry"}).content.decode()
    assert "未核清的院" in page
    assert "列入条件未核清</a>：同意改造率达到规定" in page
    assert reverse("ledger:gates", args=[project.code]) not in page
    answer = signed("reviewer").get(address, {"only": "entry", "format": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content))["关口"]
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert [(row[0], row[-2]) for row in cells if str(row[0]).startswith("ZC")] == [
        ("ZC2025-09", "同意改造率达到规定")
    ]
    assert "列入条件未核清</a>" not in signed("reviewer").get(address).content.decode()
