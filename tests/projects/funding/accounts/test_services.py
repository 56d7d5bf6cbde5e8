"""Accounts: one project each, number encrypted, every movement names one, statements beside the ledger."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from projects.funding import services as money
from projects.funding.accounts import services
from projects.funding.accounts.naming import account_of, accounts_of_events
from projects.funding.accounts.register import project_lines
from projects.funding.accounts.services import AccountValues
from projects.funding.enums import EventState, Stage
from projects.funding.models import (
    AccountNaming,
    FundingEvent,
    FundingSource,
    ProjectAccount,
    StatementBalance,
)
from projects.funding.services import EventValues
from projects.ledger.models import Project
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.periods import Month
from renovation.records.models import AuditEntry
from tests.conftest import Clock
from tests.factories.accounts import District
from tests.factories.funding import FundingSourceFactory, make_chain
from tests.factories.ledger import ProjectFactory
from tests.projects.funding.accounts.conftest import VALUES
from tests.projects.ledger.test_gates import PDF

pytestmark = pytest.mark.django_db
SCAN = NewFile(name="3月对账单.pdf", content=PDF, content_type="application/pdf")


def record(
    district: District, project: Project, source: FundingSource, now: datetime, stage: Stage,
    wanyuan: int, day: date, account: ProjectAccount | None, *, approve: bool = True,
) -> FundingEvent:  # fmt: skip
    event = money.record_event(
        project=project,
        values=EventValues(
            source=source,
            stage=stage,
            amount_fen=wanyuan * 1_000_000,
            document_number="淄财建〔2025〕12号",
            occurred_on=day,
            account=account,
        ),
        by=district.users["bureau"],
        now=now,
    )
    if approve:
        money.approve_event(event=event, by=district.users["reviewer"], now=now)
    return event


def code_of(call: Any, **arguments: Any) -> tuple[str, str | None]:
    with pytest.raises(Refusal) as caught:
        call(**arguments)
    return caught.value.code, caught.value.field


# -- the account -------------------------------------------------------------------------------------
def test_the_number_is_encrypted_masked_and_shown_to_the_audit_log(
    district: District, account: ProjectAccount, now: datetime
) -> None:
    account.refresh_from_db()
    assert b"16030012" not in bytes(account.number_sealed)
    assert (account.number_tail, account.masked) == ("6789", "**** **** **** 6789")
    entry = AuditEntry.objects.get(act="funding.account.open")
    assert "16030012" not in str(entry.changes) + entry.sentence
    by = district.users["reviewer"]
    assert services.reveal_number(account=account, by=by, now=now) == "1603001209200456789"
    assert AuditEntry.objects.get(act="funding.account.reveal").actor == by
    columns = {column for column in account.history.values()[0] if "number" in column}  # type: ignore[attr-defined]
    assert columns == {"number_tail"}


def test_an_account_keeps_the_money_of_one_project(
    district: District, project: Project, account: ProjectAccount, now: datetime
) -> None:
    other = ProjectFactory(programme=project.programme, street=project.street)
    again = AccountValues(
        "甲", "乙", "丙", date(2025, 3, 1), "１６０３００１２０９２００４５６７８９"
    )
    by = district.users["bureau"]
    for number, code in (
        (again.number, "funding.account.twice"),
        ("16a3", "funding.account.number"),
    ):
        values = AccountValues("甲", "乙", "丙", date(2025, 3, 1), number)
        assert code_of(services.open_account, project=other, values=values, by=by, now=now) == (
            code,
            "number",
        )
    late = AccountValues("甲", "乙", "丙", date(2025, 5, 8), "6222020200112233")
    assert code_of(services.open_account, project=other, values=late, by=by, now=now) == (
        "funding.future",
        "opened_on",
    )


# -- movements ---------------------------------------------------------------------------------------
def test_received_and_paid_name_the_account(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    rest = (district, project, source, now)
    other = services.open_account(
        project=ProjectFactory(programme=project.programme, street=project.street),
        values=AccountValues("甲", "乙", "丙", date(2025, 3, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=now,
    )
    for stage, day, named, code in (
        (Stage.RECEIVED, date(2025, 4, 1), None, "funding.account.missing"),
        (Stage.RECEIVED, date(2025, 4, 1), other, "funding.account.other"),
        (Stage.ALLOCATED, date(2025, 4, 1), account, "funding.account.stage"),
    ):
        assert code_of(lambda s=stage, d=day, n=named: record(*rest, s, 10, d, n)) == (
            code,
            "account",
        )
    event = record(*rest, Stage.RECEIVED, 10, date(2025, 4, 1), account)
    assert account_of(event=event) == account
    assert FundingEvent.objects.count() == 2


def test_nothing_goes_through_an_account_before_it_opens_or_after_it_closes(
    district: District, project: Project, source: FundingSource, now: datetime
) -> None:
    account = services.open_account(
        project=project,
        values=AccountValues("甲", "乙", "丙", date(2025, 4, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=now,
    )
    make_chain(project, source=source, allocated=100_000_000, received=0, released=0, paid=0)
    services.close_account(
        account=account, closed_on=date(2025, 4, 30), by=district.users["bureau"], now=now
    )
    rest = (district, project, source, now, Stage.RECEIVED, 10)
    assert code_of(lambda: record(*rest, date(2025, 3, 31), account)) == (
        "funding.account.not_open",
        "account",
    )
    assert code_of(lambda: record(*rest, date(2025, 5, 1), account)) == (
        "funding.account.closed",
        "account",
    )
    # On a day without an open account none is asked for.
    assert record(*rest, date(2025, 5, 1), None).amount_fen == 10_000_000


def test_a_payment_takes_only_what_its_source_brought_into_the_account(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    now: datetime,
) -> None:  # fmt: skip
    second = services.open_account(
        project=project,
        values=AccountValues("甲", "齐商银行", "丙", date(2025, 3, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=now,
    )
    make_chain(project, source=source, allocated=100_000_000, received=0, released=0, paid=0)
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(*rest, Stage.RECEIVED, 10, date(2025, 4, 1), second)
    record(*rest, Stage.RELEASED, 50, date(2025, 4, 2), None)
    with pytest.raises(Refusal) as caught:
        record(*rest, Stage.PAID, 20, date(2025, 4, 8), second)
    assert caught.value.code == "funding.account.overdrawn"
    assert caught.value.message == (
        "到 2025年4月8日，齐商银行（尾号 2233）付出的“中央财政补助”（20.00 万元）会超过这个账户收到的（10.00 万元）。"
        "专款专用，钱到哪个账户就从哪个账户付。"
    )
    record(*rest, Stage.PAID, 20, date(2025, 4, 8), account)
    lines = project_lines(
        projects=[project], accounts=ProjectAccount.objects.all(), today=date(2025, 5, 7)
    )
    assert [(each.received_fen, each.paid_fen, each.balance_fen) for each in lines[0].accounts] == [
        (40_000_000, 20_000_000, 20_000_000),
        (10_000_000, 0, 10_000_000),
    ]


def test_a_correction_and_a_rejection_leave_no_account_overdrawn(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    second = services.open_account(
        project=project,
        values=AccountValues("甲", "齐商银行", "丙", date(2025, 3, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=now,
    )
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 60, date(2025, 4, 1), second)
    received = record(*rest, Stage.RECEIVED, 30, date(2025, 4, 1), account)
    record(*rest, Stage.RELEASED, 30, date(2025, 4, 2), None)
    record(*rest, Stage.PAID, 20, date(2025, 4, 3), account)
    assert code_of(
        money.correct_to,
        event=received, total_fen=10_000_000, reason="多录", by=district.users["bureau"], now=now,
    ) == ("funding.account.overdrawn", "amount")  # fmt: skip
    money.correct_to(
        event=received, total_fen=25_000_000, reason="多录", by=district.users["bureau"], now=now
    )
    correction = FundingEvent.objects.get(corrects=received)
    assert accounts_of_events(project_ids=[project.pk])[correction.pk] == account
    waiting = record(*rest, Stage.RECEIVED, 5, date(2025, 4, 4), account, approve=False)
    record(*rest, Stage.PAID, 9, date(2025, 4, 4), account, approve=False)
    assert code_of(
        money.reject_event, event=waiting, reason="重复", by=district.users["reviewer"], now=now
    ) == ("funding.account.overdrawn", "reason")


def test_what_is_approved_holds_the_account_by_itself(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    now: datetime,
) -> None:  # fmt: skip
    second = services.open_account(
        project=project,
        values=AccountValues("甲", "齐商银行", "丙", date(2025, 3, 1), "6222020200112233"),
        by=district.users["bureau"],
        now=now,
    )
    make_chain(project, source=source, allocated=100_000_000, received=0, released=0, paid=0)
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 50, date(2025, 4, 1), account)
    record(*rest, Stage.RELEASED, 50, date(2025, 4, 2), None)
    arriving = record(*rest, Stage.RECEIVED, 30, date(2025, 4, 3), second, approve=False)
    leaving = record(*rest, Stage.PAID, 30, date(2025, 4, 4), second, approve=False)
    head = district.users["reviewer"]
    assert (
        code_of(money.approve_event, event=leaving, by=head, now=now)[0]
        == "funding.account.overdrawn"
    )
    leaving.refresh_from_db()
    assert leaving.state == EventState.PENDING
    assert money.approve_events(events=[leaving, arriving], by=head, now=now) == 2


def test_old_money_is_brought_into_an_account_that_opens_later(
    district: District, project: Project, source: FundingSource, now: datetime
) -> None:
    make_chain(
        project, source=source, allocated=100_000_000, received=40_000_000, released=40_000_000,
        paid=0, on=date(2025, 2, 10),
    )  # fmt: skip
    account = services.open_account(
        project=project, values=VALUES, by=district.users["bureau"], now=now
    )
    (old,) = services.unnamed_events(project=project)
    by = district.users["bureau"]
    services.name_account(event=old, account=account, reason="", by=by, now=now)
    assert services.unnamed_events(project=project) == []
    assert services.ledger_balance(account=account, day=date(2025, 2, 28)) == 0
    assert services.ledger_balance(account=account, day=date(2025, 3, 1)) == 40_000_000
    record(district, project, source, now, Stage.PAID, 15, date(2025, 3, 2), account)
    second = services.open_account(
        project=project,
        values=AccountValues("甲", "齐商银行", "丙", date(2025, 3, 1), "6222020200112233"),
        by=by,
        now=now,
    )
    for target, reason, code in (
        (account, "", "funding.account.same"),
        (second, "", "funding.account.reason"),
        (second, "记错", "funding.account.overdrawn"),
    ):
        assert (
            code_of(
                services.name_account, event=old, account=target, reason=reason, by=by, now=now
            )[0]
            == code
        )


def test_an_account_with_money_or_later_movements_does_not_close(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    record(district, project, source, now, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    by = district.users["bureau"]
    for day, code in (
        (date(2025, 3, 31), "funding.account.later"),
        (date(2025, 4, 30), "funding.account.balance"),
        (date(2025, 5, 8), "funding.account.day"),
    ):
        assert code_of(services.close_account, account=account, closed_on=day, by=by, now=now) == (
            code,
            "closed_on",
        )
    account.refresh_from_db()
    assert account.closed_on is None


def test_an_account_is_closed_once(
    district: District, account: ProjectAccount, now: datetime
) -> None:
    by = district.users["bureau"]
    services.close_account(account=account, closed_on=date(2025, 4, 1), by=by, now=now)
    with pytest.raises(StateConflict):
        services.close_account(account=account, closed_on=date(2025, 4, 2), by=by, now=now)


def test_a_change_keeps_its_history_and_no_payment_before_the_opening(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(*rest, Stage.RELEASED, 40, date(2025, 4, 1), None)
    record(*rest, Stage.PAID, 40, date(2025, 4, 2), account)
    by = district.users["bureau"]
    later = AccountValues(account.name, account.bank, account.purpose, date(2025, 4, 3))
    change: dict[str, Any] = {"account": account, "seen_version": 1, "by": by, "now": now}
    assert code_of(services.change_account, values=later, **change) == (
        "funding.account.not_open",
        "opened_on",
    )
    account.refresh_from_db()
    moved = AccountValues(account.name, "齐商银行", account.purpose, account.opened_on)
    services.change_account(values=moved, **change)
    assert [row.bank for row in account.history.order_by("history_id")] == [  # type: ignore[attr-defined]
        "齐鲁银行淄川支行",
        "齐商银行",
    ]


# -- statements --------------------------------------------------------------------------------------
def enter(
    district: District, account: ProjectAccount, now: datetime, fen: int, **more: Any
) -> StatementBalance:
    words = {"explanation": "", "reason": "", "month": Month(2025, 4)} | more
    return services.enter_statement(
        account=account, balance_fen=fen, scan=SCAN, by=district.users["bureau"], now=now, **words
    )


def test_a_difference_from_the_bank_is_named(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    record(district, project, source, now, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(district, project, source, now, Stage.RECEIVED, 7, date(2025, 5, 1), account)
    assert code_of(lambda: enter(district, account, now, 40_031_245)) == (
        "funding.statement.difference",
        "explanation",
    )
    first = enter(district, account, now, 40_031_245, explanation="存款利息 312.45 元")
    assert first.scan.is_private
    assert code_of(lambda: enter(district, account, now, 40_000_000)) == (
        "funding.statement.reason",
        "reason",
    )
    enter(district, account, now, 40_000_000, reason="看错一行")
    (line,) = project_lines(
        projects=[project], accounts=ProjectAccount.objects.all(), today=date(2025, 5, 7)
    )
    (statement,) = line.accounts[0].statements
    assert (statement.row.balance_fen, statement.ledger_fen, statement.difference_fen) == (
        40_000_000,
        40_000_000,
        0,
    )
    assert statement.versions == 2
    # March ended while the account was open; April's statement may still come.
    assert [month.key for month in line.accounts[0].missing] == ["2025-03"]


def test_a_difference_that_comes_later_is_unexplained(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    enter(district, account, now, 0)
    record(district, project, source, now, Stage.RECEIVED, 3, date(2025, 4, 9), account)
    (line,) = project_lines(
        projects=[project], accounts=ProjectAccount.objects.all(), today=date(2025, 5, 7)
    )
    assert line.faults == ("缺 1 个月对账单", "1 个月差额未说明")


@pytest.mark.parametrize(
    ("month", "fen", "code"),
    [
        (Month(2025, 5), 0, "funding.future"),
        (Month(2025, 2), 0, "funding.statement.month"),
        (Month(2025, 4), -1, "funding.amount"),
    ],
)
def test_a_statement_of_no_month_is_refused(
    district: District, account: ProjectAccount, now: datetime, month: Month, fen: int, code: str
) -> None:
    assert code_of(lambda: enter(district, account, now, fen, month=month))[0] == code


def test_a_month_is_over_the_day_after_its_last(
    district: District, account: ProjectAccount, clock: Clock
) -> None:
    evening = clock.at("2025-04-30 18:00")
    assert services.months_of(account=account, today=date(2025, 4, 30)) == [Month(2025, 3)]
    assert code_of(lambda: enter(district, account, evening, 0)) == ("funding.future", "month")
    midnight = clock.at("2025-05-01 00:00")
    assert services.months_of(account=account, today=date(2025, 5, 1)) == [
        Month(2025, 4),
        Month(2025, 3),
    ]
    assert enter(district, account, midnight, 0).month_end_on == date(2025, 4, 30)


# -- what the database holds -------------------------------------------------------------------------
def test_namings_and_statements_are_never_changed(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    record(district, project, source, now, Stage.RECEIVED, 3, date(2025, 4, 9), account)
    enter(district, account, now, 3_000_000)
    for table, column in (
        ("funding_accountnaming", "reason"),
        ("funding_statementbalance", "explanation"),
    ):
        for sql in (f"UPDATE {table} SET {column} = 'x'", f"DELETE FROM {table}"):
            with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
                cursor.execute(sql)
    assert (AccountNaming.objects.count(), StatementBalance.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"closed_on": date(2025, 2, 1)}, "account_closes_after_opening"),
    ],
)
def test_account_constraints(account: ProjectAccount, change: dict[str, Any], name: str) -> None:
    for field, value in change.items():
        setattr(account, field, value)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        account.save()


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"balance_fen": -1}, "statement_balance_not_negative"),
        ({"version": 2}, "statement_correction_has_reason"),
        ({"version": 1}, "month_end_on|statement_version_once"),
    ],
)
def test_statement_constraints(
    district: District, account: ProjectAccount, now: datetime, change: dict[str, Any], name: str
) -> None:
    row = enter(district, account, now, 0)
    fields = {
        "account": account, "month_end_on": date(2025, 4, 30), "version": 3, "reason": "",
        "balance_fen": 0, "scan": row.scan, "entered_by": row.entered_by, "entered_at": now,
    }  # fmt: skip
    fields |= {"reason": "更正"} if "version" not in change or change["version"] == 1 else {}
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        StatementBalance.objects.create(**(fields | change))


def test_a_second_source_is_kept_apart(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    other = FundingSourceFactory(code="district")
    make_chain(project, source=other, allocated=50_000_000, received=0, released=0, paid=0)
    record(district, project, source, now, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(district, project, other, now, Stage.RECEIVED, 5, date(2025, 4, 1), account)
    record(district, project, other, now, Stage.RELEASED, 5, date(2025, 4, 2), None)
    record(district, project, other, now, Stage.PAID, 5, date(2025, 4, 3), account)
    assert services.ledger_balance(account=account, day=date(2025, 5, 7)) == 40_000_000
