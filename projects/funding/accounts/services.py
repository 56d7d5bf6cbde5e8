"""Opening, changing and closing accounts, naming the account of old movements, entering bank statements."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from django.db import transaction
from django.db.models import Q

from projects.funding.enums import EventState, Stage
from projects.funding.models import (
    AccountNaming,
    FundingEvent,
    ProjectAccount,
    StatementBalance,
)
from projects.funding.services import lock
from projects.ledger.conflicts import check_seen
from projects.ledger.models import Project
from renovation.accounts.models import User
from renovation.core.calendar import local_day
from renovation.core.crypto import decrypt, encrypt, keyed_hash, keyed_hashes
from renovation.core.errors import Refusal, StateConflict
from renovation.core.files import NewFile
from renovation.core.measures import format_decimal
from renovation.core.periods import Month
from renovation.core.reading import to_halfwidth
from renovation.core.wording import chinese_date
from renovation.records.keys import keyring
from renovation.records.services import audit, keep_file

from .discipline import THROUGH_ACCOUNT, balance_on
from .naming import accounts_of_events, check_account, check_balance, check_closed, movements_of

#: The keyed hash of account numbers joins with no other column.
PURPOSE = "funding.account"
SHORTEST, LONGEST = 8, 30


@dataclass(frozen=True, slots=True)
class AccountValues:
    """What a person says of an account; ``number`` is empty where it is not changed (it never is)."""

    name: str
    bank: str
    purpose: str
    opened_on: date
    number: str = ""


def yuan(fen: int) -> str:
    """An amount for people to the cent, as bank statements are: 1,234,567.89 元."""
    return f"{format_decimal(Fraction(fen, 100), 2)} 元"


@transaction.atomic
def open_account(
    *, project: Project, values: AccountValues, by: User, now: datetime
) -> ProjectAccount:
    """Enter an account of a project. Refuses a number that is none (``funding.account.number``), one that is
    known already (``funding.account.twice``) and an opening in the future (``funding.future``)."""
    lock(project=project)
    digits = _digits(values.number)
    if values.opened_on > local_day(now):
        raise Refusal("funding.future", "开户日期不能晚于今天。", field="opened_on")
    ring = keyring()
    known = ProjectAccount.objects.filter(
        number_hash__in=keyed_hashes(digits, keyring=ring, purpose=PURPOSE)
    )
    if known.exists():
        raise Refusal(
            "funding.account.twice", "这个账号已经登记过，一个专户只管一个项目。", field="number"
        )
    digest = keyed_hash(digits, keyring=ring, purpose=PURPOSE)
    account = ProjectAccount(
        project=project,
        name=values.name,
        bank=values.bank,
        purpose=values.purpose,
        opened_on=values.opened_on,
        number_sealed=encrypt(digits.encode(), keyring=ring, aad=place_of(digest)),
        number_hash=digest,
        number_tail=digits[-4:],
    )
    account._history_user = by  # type: ignore[attr-defined]
    account.save()
    audit(
        act="funding.account.open",
        sentence=f"登记{project}的资金专户{account}",
        by=by,
        now=now,
        target=account,
        organisation=project.street,
        changes={"purpose": [None, values.purpose], "opened_on": [None, f"{values.opened_on}"]},
    )
    return account


@transaction.atomic
def change_account(
    *,
    account: ProjectAccount,
    values: AccountValues,
    seen_version: int,
    by: User,
    now: datetime,
) -> ProjectAccount:
    """Change name, bank, purpose or opening day; the number stays. Refuses an opening after what already went
    through it (``funding.account.not_open``). Raises ``EditConflict`` where somebody changed, closed or reopened the
    account since ``seen_version``."""
    lock(project=account.project)
    account.refresh_from_db()
    check_seen(row=account, seen_version=seen_version, noun="专户")
    before = {name: getattr(account, name) for name in ("name", "bank", "purpose", "opened_on")}
    for name in before:
        setattr(account, name, getattr(values, name))
    changes = {
        name: [str(old), str(getattr(account, name))]
        for name, old in before.items()
        if old != getattr(account, name)
    }
    if not changes:
        return account
    paid = [
        event.effective_on
        for movement, event in movements_of(project_ids=[account.project_id])
        if movement.account_id == account.pk and movement.stage == Stage.PAID
    ]
    if paid and min(paid) < account.opened_on:
        raise Refusal(
            "funding.account.not_open",
            f"{chinese_date(min(paid))} 已从这个账户支付，开户日期不能更晚。",
            field="opened_on",
        )
    account.version += 1
    account._history_user = by  # type: ignore[attr-defined]
    account.save()
    check_balance(project=account.project, field="opened_on")
    audit(
        act="funding.account.change",
        sentence=f"修改{account.project}的资金专户{account}",
        by=by,
        now=now,
        target=account,
        organisation=account.project.street,
        changes=changes,
    )
    return account


@transaction.atomic
def close_account(
    *, account: ProjectAccount, closed_on: date, by: User, now: datetime
) -> ProjectAccount:
    """Close an account on a day. Refuses money that is left in it (``funding.account.balance``) and movements
    after the day (``funding.account.later``); what is closed is not closed again (``StateConflict``)."""
    lock(project=account.project)
    account.refresh_from_db()
    if account.closed_on is not None:
        raise StateConflict(f"账户 {chinese_date(account.closed_on)} 已经销户。", state="closed")
    if not account.opened_on <= closed_on <= local_day(now):
        raise Refusal(
            "funding.account.day", "销户日期应在开户日期之后、不晚于今天。", field="closed_on"
        )
    own = [
        movement
        for movement, _ in movements_of(project_ids=[account.project_id])
        if movement.account_id == account.pk
    ]
    later = [movement.counts_on for movement in own if movement.counts_on > closed_on]
    if later:
        raise Refusal(
            "funding.account.later",
            f"{chinese_date(max(later))} 还有收付，销户日期不能早于这一天。",
            field="closed_on",
        )
    left = balance_on(own, account_id=account.pk, day=closed_on)
    if left:
        raise Refusal(
            "funding.account.balance",
            f"账户还有余额 {yuan(left)}，付清或转出后再销户。",
            field="closed_on",
            found=yuan(left),
            expected=yuan(0),
        )
    account.closed_on = closed_on
    account.version += 1
    account._history_user = by  # type: ignore[attr-defined]
    account.save()
    audit(
        act="funding.account.close",
        sentence=f"{account.project}的资金专户{account}于{chinese_date(closed_on)}销户",
        by=by,
        now=now,
        target=account,
        organisation=account.project.street,
        changes={"closed_on": [None, f"{closed_on}"]},
    )
    return account


@transaction.atomic
def reopen_account(
    *, account: ProjectAccount, reason: str, by: User, now: datetime
) -> ProjectAccount:
    """Take a closing back that was entered too early or by mistake, so that what was left out can be entered or
    corrected. Refuses without a reason (``funding.reason``) and what is not closed (``StateConflict``)."""
    lock(project=account.project)
    account.refresh_from_db()
    if account.closed_on is None:
        raise StateConflict("账户没有销户。", state="open")
    if not reason.strip():
        raise Refusal("funding.reason", "撤销销户须写明原因。", field="reason")
    before, account.closed_on = account.closed_on, None
    account.version += 1
    account._history_user = by  # type: ignore[attr-defined]
    account._change_reason = reason.strip()  # type: ignore[attr-defined]
    account.save()
    audit(
        act="funding.account.reopen",
        sentence=f"撤销{account.project}的资金专户{account}的销户",
        by=by,
        now=now,
        target=account,
        organisation=account.project.street,
        reason=reason,
        changes={"closed_on": [f"{before}", None]},
    )
    return account


@transaction.atomic
def name_account(
    *, event: FundingEvent, account: ProjectAccount, reason: str, by: User, now: datetime
) -> AccountNaming:
    """Say through which account an entry went that names none yet, or another one with a reason
    (``funding.account.reason``). A rejected entry and a correction have none of their own, and a closed account
    stays empty (``funding.account.closed_balance``)."""
    lock(project=event.project)
    event.refresh_from_db()
    if event.state == EventState.REJECTED or event.corrects_id is not None:
        raise StateConflict("退回的登记和更正不单独记账户。", state=event.state)
    present = accounts_of_events(project_ids=[event.project_id]).get(event.pk)
    if present == account:
        raise Refusal("funding.account.same", "已经记在这个账户。", field="account")
    if present is not None and not reason.strip():
        raise Refusal("funding.account.reason", "改记账户须写明原因。", field="reason")
    check_account(
        project=event.project,
        stage=Stage(event.stage),
        account=account,
        on=event.effective_on,
        later=True,
    )
    naming = AccountNaming.objects.create(
        event=event, account=account, reason=reason, named_by=by, named_at=now
    )
    check_balance(project=event.project)
    for each in (present, account):
        check_closed(account=each)
    audit(
        act="funding.account.name",
        sentence=f"{event.project}“{event.source}”{event.get_stage_display()}记入{account}",
        by=by,
        now=now,
        target=event,
        organisation=event.project.street,
        reason=reason,
        changes={"account": [str(present) if present else None, str(account)]},
    )
    return naming


def unnamed_events(*, project: Project) -> list[FundingEvent]:
    """到位 and 支付 that count and name no account, oldest first."""
    named = accounts_of_events(project_ids=[project.pk])
    rows = FundingEvent.objects.filter(
        Q(state=EventState.APPROVED) | Q(state=EventState.PENDING),
        project=project,
        stage__in=THROUGH_ACCOUNT,
        corrects=None,
    ).select_related("source")
    return [row for row in rows.order_by("effective_on", "pk") if row.pk not in named]


def ledger_balance(*, account: ProjectAccount, day: date) -> int:
    """到位 − 支付 of an account at the end of a day by what is approved, in 分."""
    rows = movements_of(project_ids=[account.project_id], states=(EventState.APPROVED,))
    return balance_on((row for row, _ in rows), account_id=account.pk, day=day)


@transaction.atomic
def enter_statement(
    *,
    account: ProjectAccount,
    month: Month,
    balance_fen: int,
    scan: NewFile,
    explanation: str,
    reason: str,
    by: User,
    now: datetime,
) -> StatementBalance:
    """Enter the balance of a month's bank statement; the scan is kept encrypted.

    Refusals: a month that is not over (``funding.future``) or before the account was opened or after it was
    closed (``funding.statement.month``), a difference from the ledger without a word (``funding.statement.difference``),
    and a second entry for a month without the reason of the correction (``funding.statement.reason``).
    """
    lock(project=account.project)
    account.refresh_from_db()
    if month.end >= local_day(now):
        raise Refusal("funding.future", "这个月还没有过完，月末余额还没有。", field="month")
    if month.end < account.opened_on or (account.closed_on and month.start > account.closed_on):
        raise Refusal("funding.statement.month", "这个月账户没有开着。", field="month")
    if balance_fen < 0:
        raise Refusal("funding.amount", "余额不能是负数。", field="balance")
    difference = balance_fen - ledger_balance(account=account, day=month.end)
    if difference and not explanation.strip():
        raise Refusal(
            "funding.statement.difference",
            f"与台账余额相差 {yuan(difference)}，请说明差额。",
            field="explanation",
            found=yuan(balance_fen),
            expected=yuan(balance_fen - difference),
        )
    rows = StatementBalance.objects.filter(account=account, month_end_on=month.end)
    version = rows.count() + 1
    if version > 1 and not reason.strip():
        raise Refusal(
            "funding.statement.reason",
            f"{month.label}已经登记过，更正须写明原因。",
            field="reason",
        )
    stored = keep_file(
        file=scan, organisation=account.project.street, by=by, now=now, is_private=True
    )
    statement = StatementBalance.objects.create(
        account=account,
        month_end_on=month.end,
        version=version,
        balance_fen=balance_fen,
        scan=stored,
        explanation=explanation,
        reason=reason if version > 1 else "",
        entered_by=by,
        entered_at=now,
    )
    audit(
        act="funding.statement",
        sentence=f"登记{account.project}{account}{month.label}末余额 {yuan(balance_fen)}",
        by=by,
        now=now,
        target=statement,
        organisation=account.project.street,
        changes={"balance_fen": [None, balance_fen]},
        reason=reason,
    )
    return statement


@transaction.atomic
def reveal_number(*, account: ProjectAccount, by: User, now: datetime) -> str:
    """The full number, for who must pay; every look is in the audit log."""
    digits = decrypt(
        bytes(account.number_sealed), keyring=keyring(), aad=place_of(account.number_hash)
    ).decode()
    audit(
        act="funding.account.reveal",
        sentence=f"查看{account.project}资金专户{account}的完整账号",
        by=by,
        now=now,
        target=account,
        organisation=account.project.street,
    )
    return digits


def _digits(number: str) -> str:
    digits = "".join(sign for sign in to_halfwidth(number) if sign not in " -\u3000")
    if not digits.isdecimal() or not digits.isascii() or not SHORTEST <= len(digits) <= LONGEST:
        raise Refusal(
            "funding.account.number",
            f"账号应为 {SHORTEST} 到 {LONGEST} 位数字。",
            field="number",
            expected="数字",
        )
    return digits


def place_of(digest: str) -> bytes:
    """What ties a sealed number to its row."""
    return f"funding.projectaccount.number:{digest}".encode()


def months_of(*, account: ProjectAccount, today: date) -> list[Month]:
    """The months that ended while the account was open, newest first: those a statement may be entered for."""
    found = []
    month = Month.of(account.opened_on)
    while month.end < today and not (account.closed_on and month.start > account.closed_on):
        found.append(month)
        month = month.next()
    return found[::-1]
