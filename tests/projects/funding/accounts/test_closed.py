"""A closed account stays empty; a closing that was entered too early is taken back with a reason."""

from __future__ import annotations

from datetime import date, datetime

import pytest

from projects.funding import services as money
from projects.funding.accounts import services
from projects.funding.accounts.naming import account_of
from projects.funding.accounts.services import AccountValues
from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, FundingSource, ProjectAccount
from projects.ledger.models import Project
from renovation.core.errors import StateConflict
from renovation.records.models import AuditEntry
from tests.factories.accounts import District

from .test_services import code_of, record

pytestmark = pytest.mark.django_db


@pytest.fixture
def closed(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> ProjectAccount:  # fmt: skip
    """40 万元 came in on 1 April and went out on the 2nd; closed at the end of the month."""
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(*rest, Stage.RELEASED, 40, date(2025, 4, 1), None)
    record(*rest, Stage.PAID, 40, date(2025, 4, 2), account)
    services.close_account(
        account=account, closed_on=date(2025, 4, 30), by=district.users["bureau"], now=now
    )
    return account


def test_nothing_leaves_a_balance_in_a_closed_account(
    district: District, project: Project, source: FundingSource, closed: ProjectAccount,
    now: datetime,
) -> None:  # fmt: skip
    by = district.users["bureau"]
    paid = FundingEvent.objects.get(stage=Stage.PAID)
    assert code_of(
        money.correct_event, event=paid, amount_fen=-1_000_000, reason="多录", by=by, now=now
    ) == ("funding.account.closed_balance", "amount")
    rest = (district, project, source, now)
    # A movement that is entered late, dated before the closing, would leave one as well.
    assert code_of(lambda: record(*rest, Stage.RECEIVED, 5, date(2025, 4, 3), closed)) == (
        "funding.account.closed_balance",
        "account",
    )
    # What has nothing to do with the account is not held up by it.
    allocated = FundingEvent.objects.get(stage=Stage.ALLOCATED)
    money.correct_event(event=allocated, amount_fen=1_000_000, reason="少录", by=by, now=now)
    assert FundingEvent.objects.filter(corrects__isnull=False).count() == 1


def test_what_was_still_to_be_approved_is_not_sent_back_out_of_a_closed_account(
    district: District, project: Project, source: FundingSource, account: ProjectAccount,
    allocated: FundingEvent, now: datetime,
) -> None:  # fmt: skip
    rest = (district, project, source, now)
    record(*rest, Stage.RECEIVED, 40, date(2025, 4, 1), account)
    record(*rest, Stage.RELEASED, 40, date(2025, 4, 1), None)
    paid = record(*rest, Stage.PAID, 40, date(2025, 4, 2), account, approve=False)
    by = district.users["bureau"]
    services.close_account(account=account, closed_on=date(2025, 4, 30), by=by, now=now)
    head = district.users["reviewer"]
    assert code_of(money.reject_event, event=paid, reason="重复", by=head, now=now) == (
        "funding.account.closed_balance",
        "reason",
    )
    paid.refresh_from_db()
    assert paid.state == EventState.PENDING
    money.approve_event(event=paid, by=head, now=now)


def test_a_movement_is_not_moved_out_of_a_closed_account(
    district: District, project: Project, source: FundingSource, closed: ProjectAccount,
    now: datetime,
) -> None:  # fmt: skip
    by = district.users["bureau"]
    values = AccountValues("甲", "乙", "丙", date(2025, 4, 1), "6222020200112233")
    second = services.open_account(project=project, values=values, by=by, now=now)
    received = FundingEvent.objects.get(stage=Stage.RECEIVED)
    code, _ = code_of(
        services.name_account, event=received, account=second, reason="记错", by=by, now=now
    )
    assert code in {"funding.account.closed_balance", "funding.account.overdrawn"}
    assert account_of(event=received) == closed


def test_a_closing_is_taken_back_with_a_reason_so_that_the_books_can_be_put_right(
    district: District, closed: ProjectAccount, now: datetime
) -> None:
    by = district.users["bureau"]
    assert code_of(services.reopen_account, account=closed, reason=" ", by=by, now=now) == (
        "funding.reason",
        "reason",
    )
    services.reopen_account(account=closed, reason="漏记一笔到位", by=by, now=now)
    with pytest.raises(StateConflict):
        services.reopen_account(account=closed, reason="漏记一笔到位", by=by, now=now)
    received = FundingEvent.objects.get(stage=Stage.RECEIVED)
    money.correct_event(event=received, amount_fen=1_000_000, reason="少录", by=by, now=now)
    assert code_of(
        services.close_account, account=closed, closed_on=date(2025, 4, 30), by=by, now=now
    ) == ("funding.account.balance", "closed_on")
    entry = AuditEntry.objects.get(act="funding.account.reopen")
    assert (entry.reason, entry.changes) == ("漏记一笔到位", {"closed_on": ["2025-04-30", None]})
