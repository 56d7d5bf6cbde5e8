"""Contributions and joint evaluations of a project as its page shows them, money beside the funding ledger's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import BigIntegerField, Q, Sum
from django.db.models.functions import Cast

from projects.funding.enums import Stage
from projects.funding.models import FundingEvent
from projects.ledger.enums import GateKind
from projects.ledger.models import Gate, Project
from projects.ledger.querysets import ProjectQuerySet
from projects.residents.enums import Gift, RecordState
from projects.residents.models import Contribution, Evaluation, Opinion
from projects.residents.querysets import (
    ContributionQuerySet,
    EvaluationQuerySet,
    OpinionQuerySet,
)
from renovation.accounts.scope import Scope
from renovation.core.measures import format_decimal, percent
from renovation.face.ordering import in_order

from .facts import counting

#: The source of DOMAIN.md §2.5 that stands for residents' own money.
SOURCE = "residents"


@dataclass(frozen=True, slots=True)
class GiftSums:
    """What the confirmed contributions come to: money apart from the funding ledger and within it, in 分; hours of
    labour; gifts of materials. ``waiting`` is how many nobody has confirmed yet; they are in none of the rest."""

    count: int
    apart_fen: int
    in_funding_fen: int
    hours: int
    materials: int
    waiting: int


def gift_sums(rows: Iterable[Contribution]) -> GiftSums:
    """The sums of contributions; what materials are worth is in none of them."""
    every = list(rows)
    own = [row for row in every if row.state == RecordState.CONFIRMED]
    money = [row for row in own if row.kind == Gift.MONEY]
    return GiftSums(
        count=len(own),
        apart_fen=sum(row.amount_fen or 0 for row in money if not row.is_in_funding),
        in_funding_fen=sum(row.amount_fen or 0 for row in money if row.is_in_funding),
        hours=sum(row.hours or 0 for row in own),
        materials=sum(row.kind == Gift.MATERIAL for row in own),
        waiting=sum(row.state == RecordState.DRAFT for row in every),
    )


def in_ledger(*, project_ids: Sequence[int], on: date, scope: Scope) -> dict[int, int]:
    """到位 of the source 居民出资 by project, in 分, as the funding ledger has it and the scope may see. One query."""
    rows = (
        FundingEvent.objects.visible_to(scope)
        .as_of(on)
        .filter(project_id__in=project_ids, source__code=SOURCE, stage=Stage.RECEIVED)
    )
    sums = rows.order_by().values_list("project_id")
    return dict(sums.annotate(fen=Cast(Sum("amount_fen"), BigIntegerField())))


def mark_of(row: Evaluation | Contribution) -> str:
    """The kind of state mark of a record (docs/face.md)."""
    marks = {RecordState.DRAFT: "waiting", RecordState.CONFIRMED: "approved"}
    return marks.get(RecordState(row.state), "quiet")


@dataclass(frozen=True, slots=True)
class EvaluationLine:
    """An evaluation with its opinions, and its rates as text."""

    row: Evaluation
    opinions: Sequence[Opinion]

    @property
    def open_count(self) -> int:
        """Opinions of which nothing has become yet."""
        return sum(not opinion.outcome for opinion in self.opinions)

    @property
    def satisfied_rate(self) -> str:
        """满意 ÷ 参评, in percent."""
        return format_decimal(percent(self.row.satisfied_count, self.row.base_count), 1)

    @property
    def approving_rate(self) -> str:
        """满意和基本满意 ÷ 参评, in percent."""
        return format_decimal(
            percent(self.row.satisfied_count + self.row.basic_count, self.row.base_count), 1
        )

    @property
    def approving_count(self) -> int:
        """满意和基本满意."""
        return self.row.satisfied_count + self.row.basic_count

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md)."""
        return mark_of(self.row)


def evaluation_lines(
    *, evaluations: EvaluationQuerySet, opinions: OpinionQuerySet
) -> list[EvaluationLine]:
    """Evaluations, newest first, with those of their opinions that are in sight. Two queries."""
    joined = ("project__street", "file", "recorded_by", "confirmed_by", "withdrawn_by")
    rows = list(evaluations.select_related(*joined).order_by("-held_on", "-pk"))
    own: defaultdict[int, list[Opinion]] = defaultdict(list)
    found = opinions.filter(evaluation_id__in=[row.pk for row in rows])
    for opinion in found.select_related("answered_by").order_by("pk"):
        own[opinion.evaluation_id].append(opinion)
    return [EvaluationLine(row, own[row.pk]) for row in rows]


@dataclass(frozen=True, slots=True, kw_only=True)
class SharingLine:
    """A project of the list: what its residents brought in, the evaluation that counts, the newest that waits
    beside it."""

    project: Project
    completed_on: date | None
    gifts: GiftSums
    ledger_fen: int
    evaluation: EvaluationLine | None
    draft: EvaluationLine | None = None

    @property
    def open_count(self) -> int:
        """Opinions of which nothing has become yet, of both evaluations."""
        return sum(line.open_count for line in (self.evaluation, self.draft) if line)

    @property
    def state(self) -> str:
        """``done`` with an evaluation that counts, ``draft`` with one that waits alone; else ``not_due`` before
        完工, ``due`` after it."""
        if self.evaluation is not None:
            return "done"
        if self.draft is not None:
            return "draft"
        return "due" if self.completed_on else "not_due"

    @property
    def word(self) -> str:
        """The state in words."""
        return STATE_WORDS[self.state]

    @property
    def mark(self) -> str:
        """The kind of state mark (docs/face.md)."""
        marks = {"not_due": "quiet", "due": "alarm", "draft": "waiting"}
        return marks.get(self.state, "approved")


STATE_WORDS: Mapping[str, str] = {
    "not_due": "没有完工",
    "due": "待共评",
    "draft": "共评待确认",
    "done": "已共评",
}
_FIRST = {"due": 0, "draft": 1, "done": 2, "not_due": 3}


def sharing_lines(
    *, projects: Sequence[Project], scope: Scope, on: date, gifts: ContributionQuerySet
) -> list[SharingLine]:
    """Projects with what their residents brought in by a day, the evaluation that counts as the measures count it,
    and the newest that waits. Six queries."""
    pks = [project.pk for project in projects]
    own: defaultdict[int, list[Contribution]] = defaultdict(list)
    for gift in gifts.filter(project_id__in=pks, given_on__lte=on):
        own[gift.project_id].append(gift)
    gates = Gate.objects.counting().filter(
        project_id__in=pks, kind=GateKind.COMPLETED, actual_on__lte=on
    )
    completed = dict(gates.values_list("project_id", "actual_on"))
    ledger = in_ledger(project_ids=pks, on=on, scope=scope)
    counted = {row.pk for row in counting(project_ids=pks, on=on).values()}
    rows = Evaluation.objects.visible_to(scope).filter(project_id__in=pks, held_on__lte=on)
    newest: dict[int, EvaluationLine] = {}
    drafts: dict[int, EvaluationLine] = {}
    for line in evaluation_lines(
        evaluations=rows.filter(Q(pk__in=counted) | Q(state=RecordState.DRAFT)),
        opinions=Opinion.objects.visible_to(scope),
    ):
        (newest if line.row.pk in counted else drafts).setdefault(line.row.project_id, line)
    return [
        SharingLine(
            project=project,
            completed_on=completed.get(project.pk),
            gifts=gift_sums(own[project.pk]),
            ledger_fen=ledger.get(project.pk, 0),
            evaluation=newest.get(project.pk),
            draft=drafts.get(project.pk),
        )
        for project in projects
    ]


def _rate(line: SharingLine) -> Any:
    found = line.evaluation
    return percent(found.row.satisfied_count, found.row.base_count) if found else None


SORTS: Mapping[str, Callable[[SharingLine], Any]] = {
    "project": lambda line: line.project.code,
    "money": lambda line: line.gifts.apart_fen,
    "ledger": lambda line: line.ledger_fen,
    "hours": lambda line: line.gifts.hours,
    "held": lambda line: line.evaluation.row.held_on if line.evaluation else None,
    "satisfied": _rate,
}


def sharing_listed(
    scope: Scope, *, projects: ProjectQuerySet, on: date, state: str = "", sort: str = ""
) -> list[SharingLine]:
    """The projects in scope on a day: what should have been evaluated first, what is not due last."""
    rows = projects.in_scope_on(on).select_related("street")
    lines = sharing_lines(
        projects=list(rows.order_by("street__order", "code")),
        scope=scope,
        on=on,
        gifts=Contribution.objects.visible_to(scope),
    )
    if state == "given":
        lines = [line for line in lines if line.gifts.count or line.gifts.waiting]
    elif state == "unconfirmed":
        lines = [line for line in lines if line.gifts.waiting]
    elif state == "open":
        lines = [line for line in lines if line.open_count]
    elif state == "draft":
        lines = [line for line in lines if line.draft]
    elif state:
        lines = [line for line in lines if line.state == state]
    return in_order(sorted(lines, key=lambda line: _FIRST[line.state]), sort, SORTS)
