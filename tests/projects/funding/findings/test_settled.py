"""Findings of years past: what was closed before the portal comes in with its day, and another person closes it."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from projects.funding.enums import FindingOrigin, FindingSeverity, FindingState
from projects.funding.findings import services
from projects.funding.findings.forms import FindingFilterForm
from projects.funding.findings.listing import FindingLine, finding_table
from projects.funding.findings.services import FindingValues
from projects.funding.models import AuditFinding, FindingStep
from projects.funding.open_matters import MATTERS
from projects.funding.pages import project_parts
from projects.ledger.books.registry import books
from projects.ledger.models import Project
from renovation.core.errors import Forbidden, Refusal
from renovation.intake import services as intake
from tests.conftest import Clock
from tests.factories.accounts import District, scope_for
from tests.projects.list_books.scene import book_of, errors, sent, write
from tests.unguarded import unguarded

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
LONG_AGO = date(2024, 11, 29)


@pytest.fixture
def now(clock: Clock) -> datetime:
    return clock.at("2025-05-07 10:00")


@pytest.fixture
def project(now: datetime, project: Project) -> Project:
    """It came into the portal on the day of the test."""
    project.history.update(history_date=now)  # type: ignore[attr-defined]
    return project


@pytest.fixture
def values(district: District) -> FindingValues:
    return FindingValues(
        origin=FindingOrigin.SETTLEMENT,
        title="沟槽回填重复计列",
        detail="",
        found_on=date(2024, 9, 1),
        amount_fen=15_300_000,
        severity=FindingSeverity.GRAVE,
        document_number="淄审〔2024〕31号",
        responsible="某公司",
        owner=district.users["zhonglou"],
        deadline_on=date(2024, 10, 31),
        settled_on=LONG_AGO,
        number="SJ2024-007",
    )


@pytest.fixture
def finding(
    district: District, project: Project, values: FindingValues, now: datetime
) -> AuditFinding:
    return services.record_finding(
        project=project, values=values, report=None, by=district.users["bureau"], now=now
    )


def test_it_waits_as_answered_and_is_closed_on_its_day_by_another(
    district: District, finding: AuditFinding, now: datetime
) -> None:
    bureau, head = district.users["bureau"], district.users["reviewer"]
    assert (finding.number, finding.state, finding.answered_by) == (
        "SJ2024-007",
        FindingState.ANSWERED,
        bureau,
    )
    line = FindingLine(finding, finding.overdue_days(now.date()))
    assert (line.overdue_days, line.is_overdue) == (29, False)
    assert not AuditFinding.objects.overdue_on(now.date()).exists()
    with pytest.raises(Forbidden):
        services.close(finding=finding, text="", by=bureau, now=now)
    services.close(finding=finding, text="", by=head, now=now)
    assert (finding.state, finding.closed_on, finding.closed_by) == (
        FindingState.CLOSED,
        LONG_AGO,
        head,
    )
    assert list(FindingStep.objects.values_list("act", "text")) == [
        ("record", "期初导入：登记到平台以前已于2024年11月29日销号。"),
        ("close", ""),
    ]


@pytest.mark.parametrize("act", [services.send_back, services.reopen])
def test_what_was_not_settled_after_all_is_closed_on_the_day_of_its_closing(
    district: District, finding: AuditFinding, clock: Clock, now: datetime, act: Any
) -> None:
    head, owner = district.users["reviewer"], district.users["zhonglou"]
    if act is services.reopen:
        services.close(finding=finding, text="", by=head, now=now)
    act(finding=finding, text="没有扣回", by=head, now=now)
    assert (finding.state, finding.settled_on) == (FindingState.OPEN, None)
    later = clock.at("2025-05-20 10:00")
    services.answer(finding=finding, text="已扣回", file=None, by=owner, now=later)
    services.close(finding=finding, text="", by=head, now=later)
    assert finding.closed_on == date(2025, 5, 20)


@pytest.mark.parametrize(
    ("change", "expected", "words"),
    [
        ({"settled_on": date(2024, 8, 31)}, ("funding.finding.settled", "settled_on"), "不能早于发现日期"),
        ({"settled_on": date(2025, 5, 7)}, ("funding.finding.settled", "settled_on"), "不是期初"),
        ({"number": "SJ2025-001"}, ("funding.finding.number", "number"), "SJ2024-001"),
        ({"number": "SJ2024-甲"}, ("funding.finding.number", "number"), "SJ2024-001"),
        ({"number": "SJ2024-9999999999999"}, ("funding.finding.number", "number"), "三位或四位"),
        ({"number": "SJ2024-8"}, ("funding.finding.number", "number"), "三位或四位"),
        ({"number": "SJ2024-008\n"}, ("funding.finding.number", "number"), "三位或四位"),
        ({"number": "SJ2024-0007"}, ("funding.finding.number", "number"), "已经用了"),
        ({}, ("funding.finding.number", "number"), "已经用了"),
    ],
)  # fmt: skip
def test_what_is_no_finding_of_years_past_is_refused(
    district: District, project: Project, values: FindingValues, finding: AuditFinding, now: datetime,
    change: dict[str, Any], expected: tuple[str, str], words: str,
) -> None:  # fmt: skip
    with pytest.raises(Refusal, match=words) as caught:
        services.record_finding(
            project=project, values=replace(values, **change), report=None,
            by=district.users["bureau"], now=now,
        )  # fmt: skip
    assert (caught.value.code, caught.value.field) == expected


def test_the_greatest_number_that_may_be_brought_leaves_room_for_the_next(
    district: District, project: Project, values: FindingValues, finding: AuditFinding, now: datetime
) -> None:  # fmt: skip
    numbers = []
    for brought in ("SJ2024-9999", ""):
        row = services.record_finding(
            project=project,
            values=replace(values, number=brought),
            report=None,
            by=district.users["bureau"],
            now=now,
        )
        numbers.append(row.number)
    assert numbers == ["SJ2024-9999", "SJ2024-10000"]


def test_it_counts_for_nothing_until_it_is_approved(
    client_of: SignIn, district: District, project: Project, finding: AuditFinding, now: datetime
) -> None:
    """Neither on the project's tab nor in the list; who hands the post over is told that it waits."""
    bureau, head = district.users["bureau"], district.users["reviewer"]

    def counted() -> tuple[int, int | None, int, int]:
        scope = scope_for(bureau)
        parts = project_parts(project=project, chosen="", scope=scope)
        (tab,) = [part.count for part in parts if part.text == "审计问题"]
        table = finding_table(
            scope=scope, form=FindingFilterForm({}, streets=[]), sort="", today=now.date()
        )
        assert table.open_fen == table.open_count * finding.amount_fen
        return AuditFinding.objects.open().count(), tab, table.open_count, table.closed_count

    assert not finding.is_open
    assert counted() == (0, None, 0, 0)
    (matter,) = MATTERS
    (row,) = matter.open_rows([project.street_id])
    assert "期初待核定" in matter.words(row).detail
    page = client_of("reviewer").get(reverse("funding:finding", args=[finding.pk]))
    assert "核定以前不计入没有销号的" in page.content.decode()
    services.close(finding=finding, text="", by=head, now=now)
    assert counted() == (0, None, 0, 1)
    services.reopen(finding=finding, text="没有扣回", by=head, now=now)
    assert finding.is_open
    assert counted() == (1, 1, 1, 0)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"settled_on": date(2024, 8, 31)}, "finding_settled_after_finding"),
        (
            {"state": "open", "answered_by": None},
            "finding_settled_is_closed_on_its_day",
        ),
    ],
)
def test_constraints(finding: AuditFinding, change: dict[str, Any], name: str) -> None:
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        AuditFinding.objects.filter(pk=finding.pk).update(**change)


def test_a_closed_one_comes_back_as_closed_where_nothing_is_known_of_it(
    client_of: SignIn, district: District, project: Project, clock: Clock, values: FindingValues
) -> None:
    """The whole way: closed here, exported, brought into a portal that does not know it, approved, exported again."""
    now = clock.at("2025-05-07 10:00")
    made = services.record_finding(
        project=project,
        values=replace(values, settled_on=None),
        report=None,
        by=district.users["bureau"],
        now=now,
    )
    services.answer(finding=made, text="已扣回", file=None, by=district.users["zhonglou"], now=now)
    services.close(finding=made, text="", by=district.users["reviewer"], now=now)
    sheet = "审计问题（可导入）"
    before = rows_of(client_of("bureau"), sheet)
    with unguarded():
        FindingStep.objects.all().delete()
        AuditFinding.objects.all().delete()
    later = clock.at("2026-01-12 10:00")
    bureau, head = client_of("bureau"), client_of("reviewer")
    project.history.update(history_date=later)  # type: ignore[attr-defined]
    book = book_of(district, "findings", later)
    names = ("project", "own_number", "origin", "title", "found_on", "document_number", "amount")
    names += ("severity", "responsible", "owner", "deadline_on", "settled_on")
    write(book, "findings", 1, **{name: before[0][name] for name in names})
    upload = sent(district, "findings", book, later)
    assert errors(upload) == []
    intake.commit(upload=upload, by=district.users["bureau"], now=later)
    waiting = AuditFinding.objects.get()
    assert (waiting.state, waiting.closed_on) == (FindingState.ANSWERED, None)
    assert rows_of(bureau, sheet)[0]["settled_on"] == before[0]["settled_on"]

    page = head.get(reverse("funding:pending"))
    assert "期初审计问题" in page.content.decode()
    assert "核定期初审计问题 1 个" in head.get(reverse("dashboards:todo")).content.decode()
    close = reverse("funding:close_settled")
    assert bureau.post(close, {"seen": page.context["waiting"].seen}).status_code == 403
    stale = head.post(close, {"seen": "x"}, follow=True).content.decode()
    assert "刚刚有变化" in stale
    done = head.post(close, {"seen": page.context["waiting"].seen}, follow=True)
    assert "已核定期初审计问题 1 个" in done.content.decode()
    waiting.refresh_from_db()
    assert (waiting.state, waiting.closed_on) == (FindingState.CLOSED, date(2025, 5, 7))
    after = rows_of(bureau, sheet)
    assert [{**row, "number": None} for row in after] == [{**row, "number": None} for row in before]


def rows_of(client: Client, sheet: str) -> list[dict[str, Any]]:
    """What the list exports, by field."""
    content = client.get(reverse("funding:findings_export")).content
    rows = openpyxl.load_workbook(io.BytesIO(content))[sheet].iter_rows(min_row=4, values_only=True)
    fields = [column.field for column in books()["findings"].columns]
    return [dict(zip(fields, row, strict=True)) for row in rows if row[0]]


def test_one_that_may_not_be_closed_stops_all(
    district: District, project: Project, values: FindingValues, finding: AuditFinding, now: datetime
) -> None:  # fmt: skip
    own = services.record_finding(
        project=project,
        values=replace(values, number="", owner=district.users["reviewer"]),
        report=None,
        by=district.users["bureau"],
        now=now,
    )
    with pytest.raises(Forbidden):
        services.close_settled(findings=[finding, own], by=district.users["reviewer"], now=now)
    finding.refresh_from_db()
    assert finding.state == FindingState.ANSWERED
