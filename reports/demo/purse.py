"""Accounts, bank statements and forecasts of the demo: what the money of two years went through, and what the
quarters were expected to cost."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal

from simple_history.utils import bulk_create_with_history

from projects.funding.accounts.discipline import THROUGH_ACCOUNT
from projects.funding.accounts.services import PURPOSE, place_of
from projects.funding.enums import EventState, Stage, VarianceReason
from projects.funding.forecasts.variance import variance
from projects.funding.models import (
    AccountNaming,
    Forecast,
    ForecastLine,
    FundingEvent,
    FundingPlan,
    ProjectAccount,
    StatementBalance,
    VarianceExplanation,
)
from projects.funding.parameters import VARIANCE_PERCENT
from projects.funding.services import wanyuan
from renovation.accounts.models import User
from renovation.core.calendar import WorkCalendar, local_day, local_moment
from renovation.core.crypto import encrypt, keyed_hash
from renovation.core.periods import Month, Quarter
from renovation.records.keys import keyring
from renovation.records.models import StoredFile
from renovation.records.services import store_file

from .acts import Acts
from .dice import Dice
from .evidence import page
from .money import WAN
from .people import District
from .told import Told

_BANKS = ("齐鲁银行淄川支行", "齐商银行淄川支行", "中国建设银行淄川支行", "淄川农村商业银行")
#: Places within a year without account, and the one whose newest statement is missing.
_WITHOUT = (7,)
_STATEMENT_MISSING = (4,)
#: Places within the newest year whose variance of the last quarter nobody has explained yet.
_UNEXPLAINED = (3, 8)
_REASONS = {
    VarianceReason.SETTLEMENT: "计量支付资料退回补正，改在下一季支付。",
    VarianceReason.PROGRESS: "雨季停工，外墙和管网节点后移，进度款相应推迟。",
    VarianceReason.FUNDS: "资金到位晚于预测，支付顺延。",
    VarianceReason.PAPERS: "施工单位发票未齐，季末未能支付。",
}
_NONE = "列入计划的当季没有编制预测，按工程预付款支付。"
_FASTER = "提前完成节点，按合同提前支付进度款。"


@dataclass
class PurseWriter:
    """Writes accounts, statements and forecasts of all years as they stand at ``now``."""

    district: District
    calendar: WorkCalendar
    acts: Acts
    now: datetime

    def write(self, told: list[Told]) -> None:
        """Everything, from the events that are there."""
        self.today = local_day(self.now)
        events: defaultdict[int, list[FundingEvent]] = defaultdict(list)
        rows = FundingEvent.objects.exclude(state=EventState.REJECTED).select_related("source")
        for event in rows.order_by("effective_on", "pk"):
            events[event.project_id].append(event)
        self._accounts(told, events)
        self._forecasts(told, events)

    # -- accounts ------------------------------------------------------------------------------------
    def _accounts(self, told: list[Told], events: dict[int, list[FundingEvent]]) -> None:
        accounts = []
        for one in told:
            own = [row for row in events[one.project.pk] if row.stage in THROUGH_ACCOUNT]
            if own and one.place not in _WITHOUT:
                accounts.append(self._account(one, own[0].effective_on))
        bulk_create_with_history(
            accounts,
            ProjectAccount,
            batch_size=200,
            default_user=self.district.users["bureau"],
            default_change_reason="登记专户",
        )
        for account in accounts:
            self.acts.add(
                "funding.account.open",
                f"登记{account.project}的资金专户{account}",
                by=self.district.users["bureau"],
                at=self._at(account.opened_on, 11),
                target=account,
                of=account.project,
            )
        namings = [
            AccountNaming(
                event=event,
                account=account,
                named_by=event.recorded_by,
                named_at=event.recorded_at,
            )
            for account in accounts
            for event in events[account.project_id]
            if event.stage in THROUGH_ACCOUNT and event.corrects_id is None
        ]
        AccountNaming.objects.bulk_create(namings, batch_size=500)
        self._statements(accounts, events, {one.project.pk: one for one in told})

    def _account(self, one: Told, first_on: date) -> ProjectAccount:
        dice = Dice(f"{one.project.code} 专户")
        digits = "1603" + "".join(str(dice.number(0, 9)) for _ in range(15))
        ring = keyring()
        digest = keyed_hash(digits, keyring=ring, purpose=PURPOSE)
        opened_on = self.calendar.roll_forward(first_on - timedelta(days=12))
        account = ProjectAccount(
            project=one.project,
            name=f"{one.project.street.name}（{one.project.name}改造专户）",
            bank=dice.pick(_BANKS),
            number_sealed=encrypt(digits.encode(), keyring=ring, aad=place_of(digest)),
            number_hash=digest,
            number_tail=digits[-4:],
            purpose=f"只用于{one.project.name}改造工程款",
            opened_on=min(opened_on, first_on),
        )
        account._history_date = self._at(account.opened_on, 11)  # type: ignore[attr-defined]
        return account

    def _statements(
        self,
        accounts: Iterable[ProjectAccount],
        events: dict[int, list[FundingEvent]],
        told: dict[int, Told],
    ) -> None:
        """A statement a month, entered in the first days of the next one; once a year some interest that the
        ledger does not know, explained."""
        rows = []
        scan: StoredFile | None = None
        for account in accounts:
            one = told[account.project_id]
            own = [
                row
                for row in events[account.project_id]
                if row.stage in THROUGH_ACCOUNT and row.state == EventState.APPROVED
            ]
            month = Month.of(account.opened_on)
            while True:
                entered = self._at(self.calendar.add_workdays(month.end, 4), 10)
                if entered >= self.now:
                    break
                is_last = self.calendar.add_workdays(month.next().end, 4) >= self.today
                if not (is_last and one.place in _STATEMENT_MISSING):
                    scan = scan or self._scan()
                    rows.append(self._statement(account, month, own, scan, entered))
                month = month.next()
        StatementBalance.objects.bulk_create(rows, batch_size=500)

    def _statement(
        self,
        account: ProjectAccount,
        month: Month,
        own: list[FundingEvent],
        scan: StoredFile,
        entered: datetime,
    ) -> StatementBalance:
        ledger = sum(
            row.amount_fen if row.stage == Stage.RECEIVED else -row.amount_fen
            for row in own
            if row.effective_on <= month.end
        )
        dice = Dice(f"{account.number_tail} {month.key}")
        interest = dice.number(9_000, 80_000) if month.month in (6, 12) and ledger else 0
        words = f"季度结息 {interest / 100:,.2f} 元，结算时一并上缴" if interest else ""
        return StatementBalance(
            account=account,
            month_end_on=month.end,
            version=1,
            balance_fen=ledger + interest,
            scan=scan,
            explanation=words,
            entered_by=self.district.users["bureau2"],
            entered_at=entered,
        )

    def _scan(self) -> StoredFile:
        return store_file(
            content=page("银行对账单", ["本页为演示数据，不是真实的对账单。"]),
            name="对账单（演示）.pdf",
            content_type="application/pdf",
            by=self.district.users["bureau2"],
            now=self.now,
            organisation=self.district.bureau,
            is_private=True,
        )

    # -- forecasts -----------------------------------------------------------------------------------
    def _forecasts(self, told: list[Told], events: dict[int, list[FundingEvent]]) -> None:
        """Made and approved in the weeks before each quarter, from the quarter after the approval up to this
        one; of one project the next one waits for approval."""
        planned: defaultdict[int, dict[int, int]] = defaultdict(dict)
        for plan in FundingPlan.objects.all():
            planned[plan.project_id][plan.source_id] = plan.planned_fen
        forecasts: list[Forecast] = []
        lines: list[tuple[Forecast, dict[int, int]]] = []
        said: list[VarianceExplanation] = []
        newest = max(one.project.entered_on.year for one in told)
        this = Quarter.of(self.today)
        for one in told:
            paid = self._paid(events[one.project.pk])
            # In the quarter of its approval a project has no forecast; what it pays then is explained.
            quarter = Quarter.of(one.project.entered_on)
            if quarter < this:
                said += self._explanations(one, quarter, {}, paid[quarter])
            quarter = quarter.next()
            while quarter <= this:
                amounts = self._amounts(one, quarter, planned[one.project.pk], paid)
                if any(amounts.values()) or any(paid[quarter].values()):
                    for version, share in self._versions(one, quarter):
                        forecast = self._forecast(one, quarter, version)
                        forecasts.append(forecast)
                        lines.append(
                            (
                                forecast,
                                {pk: amount * share // 100 for pk, amount in amounts.items()},
                            )
                        )
                    is_open = (
                        quarter == this.previous()
                        and one.place in _UNEXPLAINED
                        and one.project.entered_on.year == newest
                    )
                    if quarter < this and not is_open:
                        said += self._explanations(one, quarter, amounts, paid[quarter])
                quarter = quarter.next()
        waiting = self._waiting(told, newest, this.next(), planned)
        if waiting is not None:
            forecasts.append(waiting[0])
            lines.append(waiting)
        decided = [
            (row, row.decided_by, row.decided_at) for row in forecasts if row.decided_at is not None
        ]
        for row in forecasts:
            row.state, row.decided_by, row.decided_at = EventState.PENDING, None, None
        self._store(forecasts, lines, decided)
        VarianceExplanation.objects.bulk_create(said, batch_size=500)

    def _store(
        self,
        forecasts: list[Forecast],
        lines: list[tuple[Forecast, dict[int, int]]],
        decided: list[tuple[Forecast, User | None, datetime]],
    ) -> None:
        """Lines go in while their forecast waits, as the database asks; of two versions the first is decided
        before the second is there."""
        amounts = {id(forecast): found for forecast, found in lines}
        for version in sorted({row.version for row in forecasts}):
            batch = [row for row in forecasts if row.version == version]
            Forecast.objects.bulk_create(batch, batch_size=500)
            ForecastLine.objects.bulk_create(
                [
                    ForecastLine(forecast=row, source_id=pk, amount_fen=amount)
                    for row in batch
                    for pk, amount in amounts[id(row)].items()
                ],
                batch_size=500,
            )
            ready = []
            for row, by, at in decided:
                if row.version == version:
                    row.state, row.decided_by, row.decided_at = EventState.APPROVED, by, at
                    ready.append(row)
            Forecast.objects.bulk_update(
                ready, ["state", "decided_by", "decided_at"], batch_size=200
            )
        for row in forecasts:
            total = wanyuan(sum(amounts[id(row)].values()))
            what = f"{row.project}{row.quarter.label}用款预测第 {row.version} 版"
            self.acts.add(
                "funding.forecast.make",
                f"编制{what}，{total}",
                by=row.made_by,
                at=row.made_at,
                target=row,
                of=row.project,
            )
            if row.decided_at is not None:
                self.acts.add(
                    "funding.forecast.approve",
                    f"核定{what}",
                    by=row.decided_by,
                    at=row.decided_at,
                    target=row,
                    of=row.project,
                )

    def _paid(self, rows: list[FundingEvent]) -> defaultdict[Quarter, dict[int, int]]:
        found: defaultdict[Quarter, dict[int, int]] = defaultdict(dict)
        for row in rows:
            if row.stage == Stage.PAID and row.state == EventState.APPROVED:
                quarter = found[Quarter.of(row.effective_on)]
                quarter[row.source_id] = quarter.get(row.source_id, 0) + row.amount_fen
        return found

    def _amounts(
        self,
        one: Told,
        quarter: Quarter,
        planned: dict[int, int],
        paid: dict[Quarter, dict[int, int]],
    ) -> dict[int, int]:
        """What was expected by source: near what came, except where a project went wrong; of the quarter that
        runs a third of what is left."""
        running = quarter.end >= self.today
        found = {}
        for pk, plan in planned.items():
            dice = Dice(f"{one.project.code} {quarter.key} {pk}")
            actual = paid.get(quarter, {}).get(pk, 0)
            if running:
                left = plan - sum(each.get(pk, 0) for each in paid.values())
                expected = actual + left // 3
            elif one.place in _UNEXPLAINED and quarter.number % 2 == 1:
                expected = actual * 100 // dice.number(58, 70)
            else:
                expected = actual * dice.number(94, 108) // 100
            found[pk] = expected // WAN * WAN
        return found

    def _versions(self, one: Told, quarter: Quarter) -> list[tuple[int, int]]:
        """(version, percent of the final amount): some forecasts were made twice."""
        if one.place % 6 == 1 and quarter.number == 3:
            return [(1, 85), (2, 100)]
        return [(1, 100)]

    def _forecast(self, one: Told, quarter: Quarter, version: int) -> Forecast:
        before = -16 if version == 1 else -7
        made_on = self.calendar.roll_back(quarter.start + timedelta(days=before))
        decided_on = self.calendar.roll_back(quarter.start + timedelta(days=before + 4))
        users = self.district.users
        return Forecast(
            project=one.project,
            year=quarter.year,
            quarter_number=quarter.number,
            version=version,
            state=EventState.APPROVED,
            note="按合同付款节点调整" if version == 2 else "按合同付款节点测算",
            made_by=users["bureau"],
            made_at=self._at(made_on, 10),
            decided_by=users["reviewer"],
            decided_at=self._at(max(decided_on, made_on), 16),
        )

    def _waiting(
        self,
        told: list[Told],
        newest: int,
        quarter: Quarter,
        planned: dict[int, dict[int, int]],
    ) -> tuple[Forecast, dict[int, int]] | None:
        """The next quarter of one project, made lately, not yet approved."""
        one = next(
            (each for each in told if each.place == 1 and each.project.entered_on.year == newest),
            None,
        )
        made_on = self.calendar.roll_back(self.today - timedelta(days=2))
        if one is None or made_on < one.project.entered_on or not planned[one.project.pk]:
            return None
        forecast = self._forecast(one, quarter, 1)
        forecast.made_at = self._at(made_on, 15)
        forecast.state, forecast.decided_by, forecast.decided_at = EventState.PENDING, None, None
        amounts = {pk: plan // 8 // WAN * WAN for pk, plan in planned[one.project.pk].items()}
        return forecast, amounts

    def _explanations(
        self, one: Told, quarter: Quarter, forecast: dict[int, int], paid: dict[int, int]
    ) -> list[VarianceExplanation]:
        found = []
        limit: Decimal = VARIANCE_PERCENT.default
        at = self._at(self.calendar.add_workdays(quarter.end, 5), 9)
        if at >= self.now:
            return []
        for pk in sorted({*forecast, *paid}):
            expected, actual = forecast.get(pk), paid.get(pk, 0)
            found_here = variance(forecast_fen=expected, actual_fen=actual)
            if not (expected or actual) or not found_here.needs_explanation(limit):
                continue
            dice = Dice(f"{one.project.code} {quarter.key} {pk} 说明")
            slower = found_here.difference_fen < 0
            reason = dice.pick(list(_REASONS)) if slower else VarianceReason.PROGRESS
            text = _REASONS[reason] if slower else _FASTER
            if expected is None:
                reason, text = VarianceReason.FORECAST, _NONE
            found.append(
                VarianceExplanation(
                    project=one.project,
                    source_id=pk,
                    year=quarter.year,
                    quarter_number=quarter.number,
                    reason=reason,
                    text=text,
                    forecast_fen=expected,
                    actual_fen=actual,
                    explained_by=self.district.users["bureau"],
                    explained_at=at,
                )
            )
        return found

    def _at(self, day: date, hour: int) -> datetime:
        return min(local_moment(day, time(hour, 20)), self.now)
