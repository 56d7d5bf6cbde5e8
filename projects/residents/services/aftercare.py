"""After-care of an estate: committees and managements that follow one another, fees, the maintenance fund."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import models, transaction

from projects.ledger.editing import save_row
from projects.residents.enums import FundMove, ManagementForm
from projects.residents.models import Committee, FeeCollection, FundEntry, Management
from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.files import NewFile
from renovation.core.wording import chinese_date

from .notices import lock

Related = Mapping[str, Sequence[models.Model]]


@transaction.atomic
def save_tenure(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Add or change a committee or a management, as ``ledger.editing.save_row``. One that stands is ended on the
    day its successor begins; one entered before another ends where that begins.

    Refuses an end before the beginning (``tenure.period``), an end without its reason (``tenure.reason``), one
    in the future (``tenure.future``), two from the same day (``tenure.twice``), two at once
    (``tenure.overlap``), a professional manager without end of contract or fee (``tenure.contract``).
    """
    if not isinstance(row, Committee | Management):
        raise TypeError("a committee or a management is saved")
    lock(row.estate.project_id)
    _check_period(row, today=local_day(now))
    if isinstance(row, Management) and row.form == ManagementForm.PROFESSIONAL:
        if row.until_on is None:
            raise Refusal("tenure.contract", "专业物业须填合同止。", field="until_on")
        if row.fee_fen is None:
            raise Refusal("tenure.contract", "专业物业须填物业费。", field="fee_fen")
    before = _settle(row)
    if before is not None:
        before.ended_on, before.end_reason = row.since_on, f"由{row}接替"[:120]
        save_row(
            row=before,
            organisation=organisation,
            of=of,
            by=by,
            now=now,
            seen_version=before.version,
            reason=f"{row}自 {chinese_date(row.since_on)} 接替",
        )
    return save_row(
        row=row,
        organisation=organisation,
        of=of,
        by=by,
        now=now,
        seen_version=seen_version,
        file=file,
        related=related,
        reason=reason,
    )


def _check_period(row: Committee | Management, *, today: date) -> None:
    if row.until_on is not None and row.until_on < row.since_on:
        raise Refusal(
            "tenure.period",
            f"{_verbose(row, 'until_on')}不能早于{_verbose(row, 'since_on')}。",
            field="until_on",
        )
    if row.ended_on is None:
        row.end_reason = ""
        return
    if row.ended_on <= row.since_on:
        raise Refusal(
            "tenure.period", f"终止日期要晚于{_verbose(row, 'since_on')}。", field="ended_on"
        )
    if not row.end_reason.strip():
        raise Refusal("tenure.reason", "终止原因未填。", field="end_reason")
    present = type(row)._default_manager.filter(pk=row.pk).values_list("ended_on", flat=True)
    if row.ended_on > today and row.ended_on not in list(present):
        raise Refusal("tenure.future", "终止日期不能晚于今天。", field="ended_on")


def _settle(row: Committee | Management) -> Committee | Management | None:
    """Fit a row between its neighbours; gives the one before it where that still stands."""
    others: list[Committee | Management] = list(
        type(row)
        ._default_manager.select_for_update()
        .filter(estate=row.estate)
        .exclude(pk=row.pk)
        .order_by("since_on")
    )
    before = [other for other in others if other.since_on < row.since_on]
    after = [other for other in others if other.since_on >= row.since_on]
    if after:
        following = after[0]
        if following.since_on == row.since_on:
            raise Refusal(
                "tenure.twice",
                f"{chinese_date(row.since_on)}已登记{following}，同一天不登记两个。",
                field="since_on",
            )
        if row.ended_on is None:
            row.ended_on, row.end_reason = following.since_on, f"由{following}接替"[:120]
        if row.ended_on > following.since_on:
            raise Refusal(
                "tenure.overlap",
                f"{following}自 {chinese_date(following.since_on)} 起，终止日期不能更晚。",
                field="ended_on",
            )
    if not before:
        return None
    previous = before[-1]
    if previous.ended_on is None:
        return previous
    if previous.ended_on > row.since_on:
        raise Refusal(
            "tenure.overlap",
            f"{previous}到 {chinese_date(previous.ended_on)} 才终止，{_verbose(row, 'since_on')}不能更早。",
            field="since_on",
        )
    return None


def _verbose(row: models.Model, name: str) -> str:
    return str(row._meta.get_field(name).verbose_name)  # type: ignore[union-attr]


@transaction.atomic
def save_collection(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Add or change what was collected of the fee in a period, as ``ledger.editing.save_row``. Refuses a period
    without length or ahead (``fee.period``), one that overlaps another (``fee.overlap``), nothing due or more
    collected than was due (``fee.amount``)."""
    if not isinstance(row, FeeCollection):
        raise TypeError("a collection is saved")
    lock(row.estate.project_id)
    if row.to_on <= row.from_on:
        raise Refusal("fee.period", "止要晚于起。", field="to_on")
    if row.to_on > local_day(now):
        raise Refusal("fee.period", "收缴期还没有结束，结束后再登记。", field="to_on")
    if not row.due_fen:
        raise Refusal("fee.amount", "应收要大于 0。", field="due_fen")
    if row.collected_fen > row.due_fen:
        raise Refusal(
            "fee.amount", "实收不能超过应收；补缴的往年欠费不计在内。", field="collected_fen"
        )
    others = FeeCollection.objects.filter(
        estate=row.estate, from_on__lte=row.to_on, to_on__gte=row.from_on
    )
    found = others.exclude(pk=row.pk).first()
    if found is not None:
        raise Refusal(
            "fee.overlap",
            f"与已登记的 {chinese_date(found.from_on)}至{chinese_date(found.to_on)} 重叠。",
            field="from_on",
        )
    return save_row(
        row=row,
        organisation=organisation,
        of=of,
        by=by,
        now=now,
        seen_version=seen_version,
        file=file,
        related=related,
        reason=reason,
    )


@transaction.atomic
def save_fund_entry(
    *,
    row: models.Model,
    organisation: Organisation,
    of: str,
    by: User,
    now: datetime,
    seen_version: int = 0,
    file: NewFile | None = None,
    related: Related | None = None,
    reason: str = "",
) -> models.Model:
    """Add or change an entry of the maintenance fund, as ``ledger.editing.save_row``.

    Refuses a day ahead (``fund.future``), no amount (``fund.amount``), money paid in without the number of
    households or for more than the estate has (``fund.households``), a use without its purpose (``fund.note``),
    a second founding or anything before it (``fund.order``), a balance below zero on any day (``fund.balance``).
    """
    if not isinstance(row, FundEntry):
        raise TypeError("an entry of the fund is saved")
    lock(row.estate.project_id)
    if row.moved_on > local_day(now):
        raise Refusal("fund.future", "日期不能晚于今天。", field="moved_on")
    if not row.amount_fen:
        raise Refusal("fund.amount", "金额要大于 0。", field="amount_fen")
    if row.move == FundMove.USED:
        if row.household_count is not None:
            raise Refusal("fund.households", "支用不填交存户数。", field="household_count")
        if not row.note.strip():
            raise Refusal("fund.note", "支用须写明用途。", field="note")
    elif not row.household_count:
        raise Refusal("fund.households", "累计交存户数未填。", field="household_count")
    elif row.household_count > row.estate.household_count:
        raise Refusal(
            "fund.households",
            f"小区共 {row.estate.household_count} 户，交存户数不能更多。",
            field="household_count",
        )
    _check_fund(row)
    return save_row(
        row=row,
        organisation=organisation,
        of=of,
        by=by,
        now=now,
        seen_version=seen_version,
        file=file,
        related=related,
        reason=reason,
    )


def _check_fund(row: FundEntry) -> None:
    """The fund is founded once and first, and never below zero at the end of a day."""
    others = FundEntry.objects.filter(estate=row.estate).exclude(pk=row.pk)
    entries = sorted([*others, row], key=lambda entry: entry.moved_on)
    founded = [entry for entry in entries if entry.move == FundMove.ESTABLISHED]
    if len(founded) > 1:
        raise Refusal("fund.order", "维修资金已经建立，补交的选“续筹”。", field="move")
    if not founded or founded[0].moved_on > entries[0].moved_on:
        raise Refusal("fund.order", "先登记“建立”，续筹和支用不能早于它。", field="move")
    balance = 0
    by_day: dict[date, int] = {}
    for entry in entries:
        balance += -entry.amount_fen if entry.move == FundMove.USED else entry.amount_fen
        by_day[entry.moved_on] = balance
    short = next((day for day, left in by_day.items() if left < 0), None)
    if short is not None:
        raise Refusal(
            "fund.balance", f"到 {chinese_date(short)} 支用超过余额。", field="amount_fen"
        )
