"""The money of one project as its page shows it: the chain in sum, a line a source, the events."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db.models import Q

from projects.ledger.models import Project
from renovation.core.measures import format_decimal, percent, wanyuan_from_fen
from renovation.face.values import Link
from renovation.records.models import AuditEntry

from .chain import ORDER
from .enums import EventState, Stage
from .models import FundingEvent, FundingPlan, FundingSource
from .waiting import told


@dataclass(frozen=True, slots=True)
class SourceLine:
    """Money from a source in 分: planned (None where no plan stands), approved sums by stage, and what
    waits for approval by stage."""

    source: FundingSource | None
    planned_fen: int | None
    sums: dict[Stage, int]
    pending: dict[Stage, int]

    @property
    def name(self) -> str:
        """The source, or 合计."""
        return str(self.source) if self.source else "合计"

    @property
    def cells(self) -> list[tuple[str, int, int]]:
        """(stage, approved 分, pending 分) in the order of the chain."""
        return [(str(stage.label), self.sums[stage], self.pending[stage]) for stage in ORDER]


@dataclass(frozen=True, slots=True)
class EventLine:
    """An event with its corrections beside it; ``counted_fen`` is what it comes to with the approved ones."""

    event: FundingEvent
    corrections: tuple[FundingEvent, ...]

    @property
    def counted_fen(self) -> int:
        """In 分."""
        approved = [row for row in self.corrections if row.state == EventState.APPROVED]
        return self.event.amount_fen + sum(row.amount_fen for row in approved)


@dataclass(frozen=True, slots=True)
class OpeningBatch:
    """Opening entries that one act approves: how many and how much (分) by stage, and a mark of exactly these."""

    count: int
    stages: tuple[tuple[str, int, int], ...]
    seen: str


def opening_batch(*, events: Sequence[FundingEvent]) -> OpeningBatch:
    """What a reviewer is shown before approving opening entries at once. ``seen`` changes with every entry that
    comes or goes, so that nothing is approved which the page did not tell."""
    found = []
    for stage in ORDER:
        amounts = [event.amount_fen for event in events if event.stage == stage]
        if amounts:
            found.append((str(stage.label), len(amounts), sum(amounts)))
    return OpeningBatch(len(events), tuple(found), told(event.pk for event in events))


@dataclass(frozen=True, slots=True)
class Money:
    """All that the page shows. ``lines`` in order of the sources, ``total`` their sum."""

    lines: tuple[SourceLine, ...]
    total: SourceLine
    events: tuple[EventLine, ...]
    chain: tuple[Link, ...] = field(default=())


def all_sources(*, project: Project) -> list[FundingSource]:
    """The sources in use in their order, with those out of use that the project has a plan from."""
    planned = FundingPlan.objects.filter(project=project).values("source")
    own = FundingSource.objects.of_bureau(project.programme.bureau_id)
    return list(own.filter(Q(is_active=True) | Q(pk__in=planned)))


def planned_sources(*, project: Project) -> list[FundingSource]:
    """The sources that a project has a plan from; all in use where it has none yet."""
    planned = FundingSource.objects.filter(
        pk__in=FundingPlan.objects.filter(project=project).values("source")
    )
    if found := list(planned):
        return found
    return list(FundingSource.objects.of_bureau(project.programme.bureau_id).in_use())


def acts_on(*, event: FundingEvent) -> list[AuditEntry]:
    """What was done to an event, oldest first: recorded, approved, sent back with its reason."""
    rows = AuditEntry.objects.filter(
        object_type=FundingEvent._meta.label_lower, object_id=str(event.pk)
    )
    return list(rows.order_by("pk"))


def money_of(*, project: Project, events: Iterable[FundingEvent]) -> Money:
    """The money of a project from the events that its reader may see; two queries beside theirs."""
    rows = list(events)
    plans = {
        plan.source_id: plan for plan in FundingPlan.objects.filter(project=project).select_related("source")
    }  # fmt: skip
    sources = {plan.source_id: plan.source for plan in plans.values()}
    sources |= {row.source_id: row.source for row in rows if row.state != EventState.REJECTED}
    sums: defaultdict[int, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    pending: defaultdict[int, dict[Stage, int]] = defaultdict(lambda: dict.fromkeys(ORDER, 0))
    for row in rows:
        if row.state != EventState.REJECTED:
            place = sums if row.state == EventState.APPROVED else pending
            place[row.source_id][Stage(row.stage)] += row.amount_fen
    lines = tuple(
        SourceLine(
            source=source,
            planned_fen=plans[pk].planned_fen if pk in plans else None,
            sums=sums[pk],
            pending=pending[pk],
        )
        for pk, source in sorted(sources.items(), key=lambda item: (item[1].order, item[1].code))
    )
    total = SourceLine(
        source=None,
        planned_fen=sum(line.planned_fen or 0 for line in lines),
        sums={stage: sum(line.sums[stage] for line in lines) for stage in ORDER},
        pending={stage: sum(line.pending[stage] for line in lines) for stage in ORDER},
    )
    return Money(lines, total, _event_lines(rows), _chain(total))


def _event_lines(rows: Sequence[FundingEvent]) -> tuple[EventLine, ...]:
    """Newest first; a correction stands with what it corrects."""
    corrections: defaultdict[int, list[FundingEvent]] = defaultdict(list)
    for row in rows:
        if row.corrects_id is not None:
            corrections[row.corrects_id].append(row)
    originals = [row for row in rows if row.corrects_id is None]
    originals.sort(key=lambda row: (row.occurred_on, row.pk), reverse=True)
    return tuple(EventLine(row, tuple(corrections[row.pk])) for row in originals)


def _chain(total: SourceLine) -> tuple[Link, ...]:
    """计划 and the four stages on one scale, each with its rate to what it is measured by."""
    planned = total.planned_fen or 0
    received = total.sums[Stage.RECEIVED]
    bases = {
        Stage.ALLOCATED: ("下达 ÷ 计划", planned),
        Stage.RECEIVED: ("资金到位率", planned),
        Stage.RELEASED: ("拨付率", received),
        Stage.PAID: ("支付率", received),
    }
    longest = max([planned, *total.sums.values(), 1])
    links = [Link("计划", _text(planned), "万元", _share(planned, longest))]
    for stage in ORDER:
        amount = total.sums[stage]
        name, base = bases[stage]
        lines = [f"{_text(amount)} ÷ {_text(base)}"]
        if total.pending[stage]:
            lines.append(f"待核 {_text(total.pending[stage])} 万元，未计入")
        rate = format_decimal(percent(amount, base), 1)
        links.append(
            Link(
                str(stage.label),
                _text(amount),
                "万元",
                _share(amount, longest),
                tuple(lines),
                f"{name} {rate}%" if rate != "—" else f"{name} —",
            )
        )
    return tuple(links)


def _text(fen: int) -> str:
    return format_decimal(wanyuan_from_fen(fen), 2)


def _share(amount: int, longest: int) -> float:
    return round(max(amount, 0) * 100 / longest, 2)
