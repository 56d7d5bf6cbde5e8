"""Entries that wait: what can be approved is counted apart from what lacks an exception, and exceptions are named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from django.test import Client
from django.urls import reverse
from openpyxl import load_workbook
from pytest_django import DjangoAssertNumQueries

from projects.ledger.changes_waiting import changes_waiting
from projects.ledger.enrolment import waiting
from projects.ledger.enums import ExceptionState, GateKind
from projects.ledger.gate_register import register, with_exceptions
from projects.ledger.models import GateException, Project, ProjectChange
from renovation.accounts.scope import scope_of
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.consent import agree
from tests.factories.enrolment import excuse
from tests.factories.ledger import EstateFactory, GateExceptionFactory, JointReviewFactory

from .enrolling import created
from .test_entering import approve

pytestmark = pytest.mark.django_db
Signed = Callable[[str], Client]
DAY = date(2025, 5, 7)


@pytest.fixture
def entry(district: District, project: Project, clock: Clock) -> ProjectChange:
    """般阳里, proposed for 1 April; no estate, no review, nobody asked."""
    found = waiting(project=created(district, project, clock.at("2025-05-07 10:00")))
    assert found is not None
    return found


def waits(district: District, user: str) -> list[tuple[str, str, str]]:
    """What stands in 待办 of somebody about entries."""
    scope = scope_of(district.users[user], on=DAY)
    found = changes_waiting(scope=scope, today=DAY)
    return [(item.title, item.reason, item.href) for item in found]


def test_an_entry_that_lacks_its_exception_is_told_to_who_asks_for_it_and_is_not_ready(
    district: District, project: Project, entry: ProjectChange, clock: Clock
) -> None:
    """One entry holds everything, one lacks an exception until it is asked for; who asked for it does not approve."""
    now = clock.at("2025-05-07 10:00")
    fit = waiting(project=created(district, project, now, code="ZC2025-03", name="合格院"))
    assert fit is not None
    agree(fit.project)
    JointReviewFactory(project=fit.project)
    drafts = reverse("ledger:drafts", args=[2025])
    ready = "批准列入2025年度计划的项目 1 个", "批准后计入台账和各项指标", drafts
    titles = "建成年份符合、部门联审通过、同意改造率达到规定"
    assert waits(district, "reviewer") == [
        ready,
        (
            "列入2025年度计划的项目 1 个还不能批准",
            f"没有核清：{titles}；由经办补齐或申请例外以后再批准",
            f"{drafts}#entries",
        ),
    ]
    asked = (
        "列入2025年度计划的项目 1 个不符合条件，待补齐或申请例外",
        f"没有核清：{titles}；补齐或申请例外以前不能批准列入",
        reverse("ledger:entry_exceptions", args=[2025]),
    )
    assert (waits(district, "bureau"), waits(district, "bureau2")) == ([asked], [asked])
    excuse(entry, now=now, by=district.users["bureau2"])
    both = (
        "批准列入2025年度计划的项目 2 个",
        "批准后计入台账和各项指标；1 个有例外，一并批准",
        drafts,
    )
    assert waits(district, "reviewer") == [both]
    assert (waits(district, "bureau"), waits(district, "bureau2")) == ([], [])
    GateException.objects.all().delete()
    excuse(entry, now=now, by=district.users["reviewer"])
    assert waits(district, "reviewer") == [ready]


@pytest.mark.parametrize("count", [1, 3])
def test_how_many_entries_wait_costs_no_more_queries(
    district: District,
    project: Project,
    clock: Clock,
    count: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    scope = scope_of(district.users["reviewer"], on=DAY)
    with django_assert_num_queries(2):
        list(changes_waiting(scope=scope, today=DAY))
    for place in range(count):
        created(
            district,
            project,
            clock.at("2025-05-07 10:00"),
            code=f"ZC2025-3{place}",
            name=f"院{place}",
        )
    with django_assert_num_queries(19):
        list(changes_waiting(scope=scope, today=DAY))


def test_who_was_entered_with_an_exception_is_named_with_its_record(
    district: District, signed: Signed, entry: ProjectChange, clock: Clock
) -> None:
    """Reason, approver and document, on the list and in its workbook; who was entered without one is left out."""
    EstateFactory(project=entry.project, year_built=1988)
    JointReviewFactory(project=entry.project)
    excuse(entry, now=clock.at("2025-05-07 10:00"))
    approve(district, entry, clock)
    row = GateException.objects.get()
    words = (
        f"同意改造率达到规定（{row.document_number}，2025年5月7日 {district.users['reviewer']}批准）："
        f"{row.reason.rstrip('。')}"
    )
    address = reverse("ledger:register", args=[2025])
    page = signed("reviewer").get(address, {"only": "excepted"}).content.decode()
    table = page.partition("<tbody>")[2].partition("</tbody>")[0]
    assert table.count("<tr>") == 1
    href = reverse("ledger:exception", args=[entry.project.code, row.pk])
    assert f'<a href="{href}">列入例外</a>：{words}' in table
    answer = signed("reviewer").get(address, {"only": "excepted", "format": "xlsx"})
    sheet = load_workbook(BytesIO(answer.content))["关口"]
    cells = [[cell.value for cell in line] for line in sheet.iter_rows()]
    assert [(line[0], line[-1]) for line in cells if str(line[0]).startswith("ZC")] == [
        (entry.project.code, words)
    ]
    assert "列入例外</a>" not in signed("reviewer").get(address).content.decode()


def test_what_let_nobody_in_is_no_exception_of_the_entry(
    district: District, signed: Signed, entry: ProjectChange, clock: Clock
) -> None:
    """Approved for the order of the gates, or only after the entry; the one it was entered with stands alone."""
    EstateFactory(project=entry.project, year_built=1988)
    JointReviewFactory(project=entry.project)
    excuse(entry, now=clock.at("2025-05-07 10:00"))
    approve(district, entry, clock)
    with_it = GateException.objects.get()
    for code, at in (
        ("ledger.order.programmed", "2025-05-07 10:30"),
        ("ledger.entry.review", "2025-05-07 11:30"),
    ):
        GateExceptionFactory(
            project=entry.project,
            gate=GateKind.PROGRAMMED,
            check_code=code,
            state=ExceptionState.APPROVED,
            decided_by=district.users["reviewer"],
            decided_at=clock.at(at),
        )
    lines = register(
        programme=entry.project.programme,
        projects=Project.objects.filter(programme=entry.project.programme),
        on=DAY,
    )
    told = {one.project.pk: one.exceptions for one in with_exceptions(lines=lines)}
    assert [each.pk for each in told.pop(entry.project_id)] == [with_it.pk]
    assert set(told.values()) == {()}
    GateException.objects.filter(pk=with_it.pk).delete()
    page = signed("reviewer").get(reverse("ledger:register", args=[2025]), {"only": "excepted"})
    assert page.context["lines"] == []
