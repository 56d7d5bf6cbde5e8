"""Which account a movement of money goes through: checked against the account's days and its balance by source.

The callers hold the lock of the project (``projects.funding.services``).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from fractions import Fraction

from projects.funding.enums import EventState, Stage
from projects.funding.models import AccountNaming, FundingEvent, FundingSource, ProjectAccount
from projects.ledger.models import Project
from renovation.core.errors import Refusal
from renovation.core.measures import format_decimal, wanyuan_from_fen
from renovation.core.wording import chinese_date

from .discipline import (
    THROUGH_ACCOUNT,
    AccountMovement,
    Overdraw,
    balance_on,
    counts_from,
    first_overdraw,
)

COUNTING = (EventState.PENDING, EventState.APPROVED)


def accounts_of_events(*, project_ids: Collection[int]) -> dict[int, ProjectAccount]:
    """The account by event id, corrections with that of what they correct; the last naming counts. Two
    queries."""
    named: dict[int, ProjectAccount] = {}
    rows = AccountNaming.objects.filter(event__project__in=project_ids).select_related("account")
    for row in rows.order_by("pk"):
        named[row.event_id] = row.account
    corrections = FundingEvent.objects.filter(
        project__in=project_ids, corrects__isnull=False
    ).values_list("pk", "corrects")
    for pk, original in corrections:
        if pk not in named and original in named:
            named[pk] = named[original]
    return named


def account_of(*, event: FundingEvent) -> ProjectAccount | None:
    """The account of an event, for a correction that of what it corrects. One query."""
    rows = AccountNaming.objects.filter(event__in=[event.pk, event.corrects_id]).select_related(
        "account"
    )
    found: ProjectAccount | None = None
    for row in rows.order_by("pk"):
        found = row.account
    return found


def movements_of(
    *, project_ids: Collection[int], states: Collection[EventState] = COUNTING
) -> list[tuple[AccountMovement, FundingEvent]]:
    """What went through accounts, in order of dates. Three queries."""
    accounts = accounts_of_events(project_ids=project_ids)
    events = FundingEvent.objects.filter(
        project__in=project_ids, stage__in=THROUGH_ACCOUNT, state__in=states
    ).select_related("source")
    found = []
    for event in events.order_by("effective_on", "pk"):
        account = accounts.get(event.pk)
        if account is not None:
            found.append((movement_of(event=event, account=account), event))
    return found


def movement_of(*, event: FundingEvent, account: ProjectAccount) -> AccountMovement:
    """An event as it counts in an account."""
    stage = Stage(event.stage)
    day = counts_from(stage=stage, effective_on=event.effective_on, opened_on=account.opened_on)
    return AccountMovement(account.pk, event.source_id, stage, event.amount_fen, day)


def check_account(
    *, project: Project, stage: Stage, account: ProjectAccount | None, on: date, later: bool = False
) -> None:
    """Whether a movement of a day may go through an account (or through none).

    Refusals at the field ``account``: ``funding.account.stage`` (下达 and 拨付 have none),
    ``funding.account.missing`` (the project keeps an account on that day and none is named),
    ``funding.account.other`` (that of another project), ``funding.account.not_open`` and
    ``funding.account.closed``. ``later`` names it for money that came before the account was opened: it is
    brought in on that day.
    """
    if account is None:
        if stage in THROUGH_ACCOUNT and _has_account(project, on):
            raise Refusal(
                "funding.account.missing",
                "这个项目有专户，到位和支付须写明账户。",
                field="account",
            )
        return
    if stage not in THROUGH_ACCOUNT:
        raise Refusal(
            "funding.account.stage", "下达和拨付不记账户，只有到位和支付记。", field="account"
        )
    if account.project_id != project.pk:
        raise Refusal(
            "funding.account.other", "这是别的项目的账户，专款不能用别的账户收付。", field="account"
        )
    if on < account.opened_on and not (later and stage == Stage.RECEIVED):
        raise Refusal(
            "funding.account.not_open",
            f"账户 {chinese_date(account.opened_on)} 才开户，不能记 {chinese_date(on)} 的收付。",
            field="account",
        )
    if account.closed_on is not None and on > account.closed_on:
        raise Refusal(
            "funding.account.closed",
            f"账户 {chinese_date(account.closed_on)} 已销户，不能再收付。",
            field="account",
        )


def check_balance(
    *,
    project: Project,
    new: Iterable[AccountMovement] = (),
    without: Sequence[int] = (),
    states: Collection[EventState] = COUNTING,
    field: str = "account",
) -> None:
    """专款专用 over all accounts of a project with what is new and without some events; refuses
    ``funding.account.overdrawn``. Nothing is asked of a project without account (one query)."""
    if not ProjectAccount.objects.filter(project=project).exists():
        return
    rows = movements_of(project_ids=[project.pk], states=states)
    overdraw = first_overdraw(
        [*(movement for movement, event in rows if event.pk not in without), *new]
    )
    if overdraw is not None:
        raise overdraw_refusal(overdraw=overdraw, field=field)


def check_closed(*, account: ProjectAccount | None, field: str = "account") -> None:
    """A closed account is empty, as `close_account` found it: refuses ``funding.account.closed_balance`` where what
    counts (pending movements included) leaves money in it, or money that it did not have. Asks nothing of an open
    account."""
    if account is None or account.closed_on is None:
        return
    rows = movements_of(project_ids=[account.project_id])
    left = balance_on(
        (movement for movement, _ in rows), account_id=account.pk, day=account.closed_on
    )
    if left:
        amount = f"{format_decimal(Fraction(left, 100), 2)} 元"
        raise Refusal(
            "funding.account.closed_balance",
            f"{account}已于 {chinese_date(account.closed_on)} 销户，这样改会留下余额 {amount}。"
            "确有其事的，先撤销销户，改好后再销户。",
            field=field,
            found=amount,
            expected="0.00 元",
        )


def overdraw_refusal(*, overdraw: Overdraw, field: str) -> Refusal:
    """The sentence for money that was not there, with both sums."""
    account = ProjectAccount.objects.get(pk=overdraw.account_id)
    source = FundingSource.objects.get(pk=overdraw.source_id)
    paid, received = (
        f"{format_decimal(wanyuan_from_fen(fen), 2)} 万元"
        for fen in (overdraw.paid_fen, overdraw.received_fen)
    )
    return Refusal(
        "funding.account.overdrawn",
        f"到 {chinese_date(overdraw.on)}，{account}付出的“{source}”（{paid}）会超过这个账户收到的（{received}）。"
        "专款专用，钱到哪个账户就从哪个账户付。",
        field=field,
        found=paid,
        expected=f"不超过 {received}",
    )


def _has_account(project: Project, on: date) -> bool:
    return ProjectAccount.objects.filter(project=project).open_on(on).exists()
