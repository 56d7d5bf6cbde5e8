"""Accounts as pages and the workbook show them: balances by the ledger and by the bank, and what breaks the
discipline (专户存储、专账管理、专款专用)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from projects.funding.enums import EventState, Stage
from projects.funding.models import FundingEvent, ProjectAccount, StatementBalance
from projects.funding.querysets import ProjectAccountQuerySet
from projects.ledger.models import Project
from renovation.core.periods import Month

from .discipline import THROUGH_ACCOUNT, AccountMovement, balance_on
from .naming import accounts_of_events, movement_of


@dataclass(frozen=True, slots=True)
class Statement:
    """The bank's balance of a month's end beside the ledger's, in 分; ``versions`` counts its corrections."""

    row: StatementBalance
    ledger_fen: int
    versions: int = 1

    @property
    def difference_fen(self) -> int:
        """Bank − ledger."""
        return self.row.balance_fen - self.ledger_fen

    @property
    def month(self) -> Month:
        """The month that ended."""
        return Month.of(self.row.month_end_on)

    @property
    def is_unexplained(self) -> bool:
        """Whether the two differ and nobody said why (also after a later entry moved the ledger)."""
        return bool(self.difference_fen) and not self.row.explanation


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account today: what it received, paid and holds (分, approved), its statements (newest first), and the
    last month that ended without one (None where all are there)."""

    account: ProjectAccount
    received_fen: int
    paid_fen: int
    pending_fen: int
    statements: tuple[Statement, ...]
    missing: tuple[Month, ...]

    @property
    def balance_fen(self) -> int:
        """到位 − 支付."""
        return self.received_fen - self.paid_fen

    @property
    def last(self) -> Statement | None:
        """The newest statement."""
        return self.statements[0] if self.statements else None

    @property
    def faults(self) -> tuple[str, ...]:
        """What is to be put right, in words."""
        found = []
        if self.missing:
            found.append(f"缺 {len(self.missing)} 个月对账单")
        unexplained = sum(each.is_unexplained for each in self.statements)
        if unexplained:
            found.append(f"{unexplained} 个月差额未说明")
        return tuple(found)


@dataclass(frozen=True, slots=True)
class ProjectLine:
    """A project with money: its accounts, and the 到位 and 支付 that name none (count and sum in 分)."""

    project: Project
    accounts: tuple[AccountLine, ...]
    unnamed_count: int
    unnamed_fen: int
    received_fen: int

    @property
    def faults(self) -> tuple[str, ...]:
        """What breaks the discipline, in words."""
        found = [fault for line in self.accounts for fault in line.faults]
        if not self.accounts and self.received_fen:
            found.insert(0, "有到位资金，没有专户")
        elif self.accounts and self.unnamed_count:
            found.insert(0, f"{self.unnamed_count} 笔收付未记账户")
        return tuple(found)

    @property
    def balance_fen(self) -> int:
        """到位 − 支付 over its accounts."""
        return sum(line.balance_fen for line in self.accounts)


def account_lines(*, accounts: ProjectAccountQuerySet, today: date) -> list[AccountLine]:
    """The accounts of a query with their balances and statements; five queries."""
    rows = list(accounts.select_related("project__street"))
    return _lines(rows, _movements({row.project_id for row in rows}), today)


def project_lines(
    *, projects: Sequence[Project], accounts: ProjectAccountQuerySet, today: date
) -> list[ProjectLine]:
    """The projects that have received money or keep an account, in their order; six queries."""
    ids = [project.pk for project in projects]
    rows = list(accounts.filter(project__in=ids))
    events = _events(ids)
    named = accounts_of_events(project_ids=ids)
    lines: defaultdict[int, list[AccountLine]] = defaultdict(list)
    for line in _lines(rows, _named_movements(events, named), today):
        lines[line.account.project_id].append(line)
    received: defaultdict[int, int] = defaultdict(int)
    unnamed: defaultdict[int, list[int]] = defaultdict(list)
    for event in events:
        if event.state == EventState.APPROVED and event.stage == Stage.RECEIVED:
            received[event.project_id] += event.amount_fen
        if event.pk not in named and event.corrects_id is None:
            unnamed[event.project_id].append(event.amount_fen)
    return [
        ProjectLine(
            project=project,
            accounts=tuple(lines[project.pk]),
            unnamed_count=len(unnamed[project.pk]),
            unnamed_fen=sum(unnamed[project.pk]),
            received_fen=received[project.pk],
        )
        for project in projects
        if lines[project.pk] or received[project.pk]
    ]


def _events(ids: Iterable[int]) -> list[FundingEvent]:
    rows = FundingEvent.objects.filter(
        project__in=list(ids),
        stage__in=THROUGH_ACCOUNT,
        state__in=[EventState.APPROVED, EventState.PENDING],
    )
    return list(rows.order_by("effective_on", "pk"))


def _movements(ids: set[int]) -> list[tuple[AccountMovement, bool]]:
    return _named_movements(_events(ids), accounts_of_events(project_ids=ids))


def _named_movements(
    events: Iterable[FundingEvent], named: Mapping[int, ProjectAccount]
) -> list[tuple[AccountMovement, bool]]:
    """Movements with whether each is approved."""
    return [
        (movement_of(event=event, account=named[event.pk]), event.state == EventState.APPROVED)
        for event in events
        if event.pk in named
    ]


def _lines(
    rows: Sequence[ProjectAccount],
    movements: Sequence[tuple[AccountMovement, bool]],
    today: date,
) -> list[AccountLine]:
    approved = [movement for movement, is_approved in movements if is_approved]
    statements: defaultdict[int, dict[date, StatementBalance]] = defaultdict(dict)
    stored = StatementBalance.objects.filter(account__in=rows).select_related("entered_by", "scan")
    for row in stored.order_by("month_end_on", "version"):
        statements[row.account_id][row.month_end_on] = row
    found = []
    for account in rows:
        own = [movement for movement in approved if movement.account_id == account.pk]
        waiting = [
            movement
            for movement, is_approved in movements
            if movement.account_id == account.pk and not is_approved
        ]
        known = statements[account.pk]
        found.append(
            AccountLine(
                account=account,
                received_fen=_sum(own, Stage.RECEIVED),
                paid_fen=_sum(own, Stage.PAID),
                pending_fen=sum(abs(movement.amount_fen) for movement in waiting),
                statements=tuple(
                    Statement(
                        known[day],
                        balance_on(own, account_id=account.pk, day=day),
                        known[day].version,
                    )
                    for day in sorted(known, reverse=True)
                ),
                missing=tuple(month for month in _months(account, today) if month.end not in known),
            )
        )
    return found


def _sum(movements: Iterable[AccountMovement], stage: Stage) -> int:
    return sum(movement.amount_fen for movement in movements if movement.stage == stage)


#: The bank sends its statement in the days after a month's end; before that none is missed.
_DAYS_TO_COME = 10


def _months(account: ProjectAccount, today: date) -> list[Month]:
    """The months of which a statement should be there: those that ended while the account was open."""
    found = []
    month = Month.of(account.opened_on)
    while (today - month.end).days > _DAYS_TO_COME:
        if account.closed_on is not None and month.start > account.closed_on:
            break
        found.append(month)
        month = month.next()
    return found
