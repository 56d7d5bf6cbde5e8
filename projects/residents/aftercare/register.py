"""The after-care of an estate as it stands on a day: who, until when, what is lacking."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from fractions import Fraction
from typing import Any, TypeVar

from django.db.models import QuerySet

from projects.ledger.enums import GateKind
from projects.ledger.models import Estate, Gate
from projects.residents.enums import FundMove, RecordState
from projects.residents.models import Committee, FeeCollection, FundEntry, Handover, Management
from projects.residents.querysets import HandoverQuerySet
from renovation.core.measures import format_decimal, percent
from renovation.core.wording import chinese_date

Tenure = TypeVar("Tenure", Committee, Management)


def yuan(fen: int | None) -> str:
    """分 as 元 with two decimals: 0.65, 128,000.00; “—” for None."""
    return format_decimal(None if fen is None else Fraction(fen, 100), 2)


@dataclass(frozen=True, slots=True)
class TenureLine:
    """A committee or a management with the days that its term still has, negative where it is over; None where
    it has no end."""

    row: Committee | Management
    days_left: int | None
    is_current: bool

    @property
    def is_over(self) -> bool:
        """Whether it still stands though its term is over."""
        return self.is_current and self.days_left is not None and self.days_left < 0


@dataclass(frozen=True, slots=True)
class CollectionLine:
    """What was collected of a fee in a period, in words."""

    row: FeeCollection

    @property
    def rate(self) -> str:
        """The collection rate in percent, one decimal."""
        return format_decimal(percent(self.row.collected_fen, self.row.due_fen), 1)

    @property
    def collected(self) -> str:
        """实收 in 元."""
        return yuan(self.row.collected_fen)

    @property
    def due(self) -> str:
        """应收 in 元."""
        return yuan(self.row.due_fen)


@dataclass(frozen=True, slots=True)
class Fund:
    """The maintenance fund at the end of a day: ``balance_fen`` None where none was founded."""

    entries: Sequence[FundEntry] = ()

    @property
    def balance_fen(self) -> int | None:
        """What came in less what was used."""
        if not self.entries:
            return None
        return sum(
            -entry.amount_fen if entry.move == FundMove.USED else entry.amount_fen
            for entry in self.entries
        )

    @property
    def household_count(self) -> int | None:
        """How many households have paid in."""
        paid = [entry.household_count for entry in self.entries if entry.household_count]
        return paid[-1] if paid else None

    @property
    def balance(self) -> str:
        """The balance in 元."""
        return yuan(self.balance_fen)

    @property
    def lines(self) -> list[tuple[FundEntry, str]]:
        """The entries, newest first, each with its amount in 元."""
        return [(entry, yuan(entry.amount_fen)) for entry in reversed(self.entries)]


@dataclass(frozen=True, slots=True, kw_only=True)
class Care:
    """The after-care of an estate on the day ``on``; ``completed_on`` is its project's 完工, None before it.

    ``committees`` and ``managements`` are the newest first; ``handover`` is the one that stands, confirmed or
    not yet, ``withdrawn`` those that were wrong.
    """

    estate: Estate
    on: date
    completed_on: date | None
    committees: Sequence[TenureLine] = ()
    managements: Sequence[TenureLine] = ()
    collections: Sequence[CollectionLine] = ()
    fund: Fund = field(default_factory=Fund)
    handover: Handover | None = None
    withdrawn: Sequence[Handover] = ()

    @property
    def committee(self) -> TenureLine | None:
        """The committee in office."""
        return next((line for line in self.committees if line.is_current), None)

    @property
    def management(self) -> TenureLine | None:
        """The management in force."""
        return next((line for line in self.managements if line.is_current), None)

    @property
    def fee(self) -> str:
        """The fee in 元 per ㎡ and month, “—” where none is charged by area."""
        row = self.management.row if self.management else None
        return yuan(row.fee_fen if isinstance(row, Management) else None)

    @property
    def is_handed_over(self) -> bool:
        """Whether the hand-over is confirmed."""
        return self.handover is not None and self.handover.state == RecordState.CONFIRMED

    @property
    def handed_after(self) -> int | None:
        """Days from 完工 to a confirmed hand-over: 0 on the very day ([淄川2025])."""
        if self.handover is None or self.completed_on is None or not self.is_handed_over:
            return None
        return (self.handover.handed_on - self.completed_on).days

    @property
    def households(self) -> str:
        """172 户."""
        return f"{self.estate.household_count:,} 户"

    @property
    def lacks_plan(self) -> bool:
        """Whether nobody speaks for the owners, or nobody looks after the estate: a committee whose term is over
        and a contract that has expired do neither."""
        return any(line is None or line.is_over for line in (self.committee, self.management))

    @property
    def expired(self) -> list[str]:
        """What still stands though its term or contract is over, in words."""
        return [
            f"{line.row}{noun} {chinese_date(until)} {over}"
            for line, noun, over, until in self._terms()
            if line.is_over
        ]

    def ends_within(self, days: int) -> list[str]:
        """What will end within so many days, in words; what is over already is ``expired``."""
        return [
            f"{line.row}{noun} {chinese_date(until)} 届满"
            for line, noun, _, until in self._terms()
            if line.days_left is not None and 0 <= line.days_left <= days
        ]

    def _terms(self) -> Iterator[tuple[TenureLine, str, str, date]]:
        for line, noun, over in (
            (self.committee, "任期", "已满"),
            (self.management, "合同", "已到期"),
        ):
            if line is not None and line.row.until_on is not None:
                yield line, noun, over, line.row.until_on

    @property
    def gaps(self) -> list[str]:
        """What keeps the gate 移交管养 shut, a clause each."""
        found = []
        if self.committee is None:
            found.append("没有在任的自治组织")
        elif self.committee.is_over:
            found.append(f"{self.committee.row}任期已满")
        if self.management is None:
            found.append("管理方式没有落实")
        elif self.management.is_over:
            found.append(f"{self.management.row}合同已到期")
        if self.handover is None:
            found.append("没有登记移交")
        elif not self.is_handed_over:
            found.append("移交还没有确认")
        elif self.handover.handed_on > self.on:
            found.append(f"到 {chinese_date(self.handover.handed_on)} 才移交")
        return found

    @property
    def state(self) -> str:
        """How it stands: ``not_due`` before 完工, ``lacking`` without plan or with one that is over, ``unhanded``, ``complete``."""
        if self.completed_on is None:
            return "not_due"
        if self.lacks_plan:
            return "lacking"
        return "complete" if not self.gaps else "unhanded"

    @property
    def word(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md)."""
        marks = {"not_due": "quiet", "lacking": "alarm", "unhanded": "waiting"}
        return marks.get(self.state, "approved")


STATE_WORDS: Mapping[str, str] = {
    "not_due": "没有完工",
    "lacking": "没有落实",
    "unhanded": "没有移交到位",
    "complete": "已落实",
}


def care_of(*, estates: QuerySet[Estate], on: date, handovers: HandoverQuerySet) -> list[Care]:
    """The after-care of the estates of a queryset, in its order, as it stood on a day. Seven queries; what is
    recorded of later days is left out. ``handovers`` are those in sight."""
    rows = list(estates.select_related("project__street", "project__programme__bureau"))
    pks = [row.pk for row in rows]
    days: dict[int, date | None] = dict(
        Gate.objects.counting()
        .filter(
            project__among={row.project_id for row in rows},
            kind=GateKind.COMPLETED,
            actual_on__lte=on,
        )
        .values_list("project_id", "actual_on")
    )
    committees = _by_estate(
        Committee.objects.filter(estate__among=pks, since_on__lte=on), "-since_on"
    )
    managements = _by_estate(
        Management.objects.filter(estate__among=pks, since_on__lte=on), "-since_on"
    )
    collections = _by_estate(
        FeeCollection.objects.filter(estate__among=pks, to_on__lte=on), "-to_on"
    )
    entries = _by_estate(FundEntry.objects.filter(estate__among=pks, moved_on__lte=on), "moved_on")
    handed = _by_estate(handovers.filter(estate__among=pks), "-pk")
    found = []
    for row in rows:
        own: Sequence[Handover] = handed[row.pk]
        for each in own:
            each.estate = row
        found.append(
            Care(
                estate=row,
                on=on,
                completed_on=days.get(row.project_id),
                committees=[_tenure(each, on) for each in committees[row.pk]],
                managements=[_tenure(each, on) for each in managements[row.pk]],
                collections=[CollectionLine(each) for each in collections[row.pk]],
                fund=Fund(entries[row.pk]),
                handover=next((e for e in own if e.state != RecordState.WITHDRAWN), None),
                withdrawn=[e for e in own if e.state == RecordState.WITHDRAWN],
            )
        )
    return found


def _by_estate(rows: Any, order: str) -> defaultdict[int, list[Any]]:
    own: defaultdict[int, list[Any]] = defaultdict(list)
    people = ("file", "recorded_by", "confirmed_by", "withdrawn_by")
    names = {each.name for each in rows.model._meta.concrete_fields}
    joined = [name for name in people if name in names]
    for row in (rows.select_related(*joined) if joined else rows).order_by(order, "pk"):
        own[row.estate_id].append(row)
    return own


def _tenure(row: Committee | Management, on: date) -> TenureLine:
    current = row.ended_on is None or row.ended_on > on
    left = (row.until_on - on).days if row.until_on is not None and current else None
    return TenureLine(row, left, current)


def last_day(on: date, days: int) -> date:
    """The last day of a term that ends within so many days."""
    return on + timedelta(days=days)
