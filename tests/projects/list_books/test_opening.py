"""期初: gates that were passed before the portal knew the project."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from projects.ledger.books.registry import books
from projects.ledger.enums import GateKind, OpeningAct, OpeningState
from projects.ledger.models import Gate, GateOpening, Project
from projects.ledger.openings import decide_opening
from renovation.accounts.scope import scope_of
from renovation.intake import services as intake
from renovation.intake.models import Upload
from tests.factories.accounts import District
from tests.factories.ledger import (
    GateFactory,
)

from .scene import book_of, errors, sent, write

pytestmark = pytest.mark.django_db


def opened(district: District, now: datetime, **values: Any) -> Upload:
    book = book_of(district, "gates", now)
    write(book, "gates", 4, **values)  # 立项批复
    return sent(district, "gates", book, now)


def test_what_was_passed_before_the_portal_comes_in_without_its_checks(
    district: District, project: Project, now: datetime
) -> None:
    upload = opened(district, now, actual_on=date(2025, 2, 10), is_opening="是")
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    opening = GateOpening.objects.get()
    assert (opening.kind, opening.actual_on, opening.state, opening.recorded_by) == (
        GateKind.APPROVED,
        date(2025, 2, 10),
        OpeningState.PENDING,
        district.users["bureau"],
    )
    assert not Gate.objects.filter(kind=GateKind.APPROVED).exists()  # nothing counts yet
    approve(district, opening, now)
    gate = Gate.objects.get(kind=GateKind.APPROVED)
    assert (gate.actual_on, gate.is_opening, gate.history.count()) == (
        date(2025, 2, 10),
        True,
        1,
    )


def approve(district: District, opening: GateOpening, now: datetime) -> None:
    reviewer = district.users["reviewer"]
    decide_opening(
        opening=opening,
        act=OpeningAct.APPROVE,
        comment="",
        scope=scope_of(reviewer, on=now.date()),
        by=reviewer,
        now=now,
    )


def test_what_waits_goes_out_and_comes_back_unchanged(
    district: District, project: Project, now: datetime
) -> None:
    """The workbook shows the entry that waits; another day of it has to be returned first."""
    upload = opened(
        district,
        now,
        actual_on=date(2025, 2, 10),
        is_opening="是",
        document_number="淄发改〔2025〕6号",
    )
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    again = sent(district, "gates", book_of(district, "gates", now), now)
    assert errors(again) == []
    intake.commit(upload=again, by=district.users["bureau"], now=now)
    assert GateOpening.objects.count() == 1
    moved = opened(district, now, actual_on=date(2025, 2, 11))
    (fault,) = errors(moved)
    assert (fault.column, fault.message) == (
        "实际日期",
        "这个关口的期初登记（2025年2月10日）等另一人核定；要改的，先退回或撤回。",
    )
    planned = opened(district, now, forecast_on=date(2025, 3, 1))
    assert errors(planned) == []
    intake.commit(upload=planned, by=district.users["bureau"], now=now)
    gate = Gate.objects.get(kind=GateKind.APPROVED)
    assert (gate.actual_on, gate.forecast_on) == (None, date(2025, 3, 1))
    approve(district, GateOpening.objects.get(), now)
    gate.refresh_from_db()
    assert (gate.actual_on, gate.is_opening, gate.document_number) == (
        date(2025, 2, 10),
        True,
        "淄发改〔2025〕6号",
    )


def test_a_gate_that_was_only_planned_becomes_an_opening_one(
    district: District, project: Project, now: datetime
) -> None:
    GateFactory(
        project=project,
        kind=GateKind.APPROVED,
        planned_on=date(2025, 2, 1),
        actual_on=None,
        evidence=None,
    )
    upload = opened(district, now, actual_on=date(2025, 2, 10), is_opening="是")
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=now)
    gate = Gate.objects.get(kind=GateKind.APPROVED)
    assert (gate.actual_on, gate.is_opening) == (None, False)
    approve(district, GateOpening.objects.get(), now)
    gate.refresh_from_db()
    assert (gate.actual_on, gate.is_opening, gate.planned_on) == (
        date(2025, 2, 10),
        True,
        date(2025, 2, 1),
    )


def test_otherwise_a_gate_has_to_hold_what_its_checks_ask(
    district: District, project: Project, now: datetime
) -> None:
    GateFactory(project=project, kind=GateKind.PROGRAMMED, actual_on=None, evidence=None)
    upload = opened(district, now, actual_on=date(2025, 2, 10))
    assert [(fault.code, fault.cell) for fault in errors(upload)] == [("L171", "F7")]
    assert errors(upload)[0].message == (
        "按 2025年2月10日 的情况核查：前面的关口还没有过：列入计划。"
        "列入计划的条件还没有核清：部门联审通过、同意改造率达到规定。"
    )
    assert not Gate.objects.filter(kind=GateKind.APPROVED).exists()


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"is_opening": "是"}, "actual_on"),
        ({"actual_on": date(2025, 5, 7), "is_opening": "是"}, "is_opening"),
    ],
)
def test_an_opening_lies_before_the_project_was_entered(
    district: District, project: Project, now: datetime, values: dict[str, Any], field: str
) -> None:
    found = errors(opened(district, now, **values))
    label = next(c.label for c in books()["gates"].columns if c.field == field)
    assert [(fault.code, fault.column) for fault in found] == [("L171", label)]


def test_a_gate_that_has_its_day_is_no_opening_any_more(
    district: District, project: Project, now: datetime
) -> None:
    book = book_of(district, "gates", now)
    write(book, "gates", 9, is_opening="是")  # 开工, passed on 3 March with its evidence
    upload = sent(district, "gates", book, now)
    assert "不能改为期初" in errors(upload)[0].message
    assert not Gate.objects.get(kind=GateKind.STARTED).is_opening
