"""Contributions of residents and the joint evaluations of completed projects as plain facts of a day."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.facts import ProjectFacts
from projects.residents.enums import Gift
from projects.residents.models import Contribution, Evaluation
from renovation.core.wording import chinese_date


@dataclass(frozen=True, slots=True)
class SharingFacts:
    """A project with its latest confirmed evaluation, or one contribution (``gift`` its kind, "" for the former).

    Of a project ``base`` and what follows are people of that evaluation, 0 without one; of a contribution
    ``fen`` is what is not in the funding ledger, ``ledger_fen`` what is.
    """

    project: ProjectFacts
    what: str
    gift: str = ""
    fen: int = 0
    ledger_fen: int = 0
    hours: int = 0
    is_completed: bool = False
    evaluated_on: date | None = None
    base: int = 0
    satisfied: int = 0
    basic: int = 0

    @property
    def street_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.street_code

    @property
    def street_name(self) -> str:
        """The street's short name."""
        return self.project.street_name

    @property
    def project_code(self) -> str:
        """As ``Fact`` asks."""
        return self.project.code

    @property
    def label(self) -> str:
        """The project, and the contribution."""
        return f"{self.project.name} {self.what}".strip()


def counting(*, project_ids: Collection[int], on: date) -> dict[int, Evaluation]:
    """The evaluation of each project that counts on a day: the newest that is confirmed. One query."""
    newest: dict[int, Evaluation] = {}
    rows = Evaluation.objects.confirmed().filter(project_id__in=project_ids, held_on__lte=on)
    for row in rows.order_by("held_on", "pk"):
        newest[row.project_id] = row
    return newest


def sharing_facts(*, projects: Sequence[ProjectFacts], on: date) -> list[SharingFacts]:
    """Projects with the evaluation that counts on a day, then the confirmed contributions by that day. Two queries."""
    by_pk = {project.pk: project for project in projects}
    newest = counting(project_ids=list(by_pk), on=on)
    found = [_of_project(project, newest.get(project.pk)) for project in projects]
    gifts = Contribution.objects.confirmed().filter(project_id__in=list(by_pk), given_on__lte=on)
    for gift in gifts.order_by("given_on", "pk"):
        fen = gift.amount_fen or 0
        found.append(
            SharingFacts(
                project=by_pk[gift.project_id],
                what=f"{chinese_date(gift.given_on)}{gift.get_kind_display()}：{gift.purpose}",
                gift=gift.kind,
                fen=0 if gift.is_in_funding or gift.kind != Gift.MONEY else fen,
                ledger_fen=fen if gift.is_in_funding else 0,
                hours=gift.hours or 0,
            )
        )
    return found


@dataclass(frozen=True, slots=True)
class SharingSums:
    """What facts come to, as the measures count it (``measures``): money in 分 apart from the funding ledger,
    hours, projects with an evaluation, the people of those."""

    apart_fen: int
    hours: int
    evaluated: int
    base: int
    satisfied: int


def sums_of(facts: Iterable[SharingFacts]) -> SharingSums:
    """The totals of a list."""
    own = list(facts)
    return SharingSums(
        apart_fen=sum(fact.fen for fact in own),
        hours=sum(fact.hours for fact in own),
        evaluated=sum(fact.evaluated_on is not None for fact in own),
        base=sum(fact.base for fact in own),
        satisfied=sum(fact.satisfied for fact in own),
    )


def _of_project(project: ProjectFacts, row: Evaluation | None) -> SharingFacts:
    done = project.passed(GateKind.COMPLETED)
    if row is None:
        return SharingFacts(project=project, what="", is_completed=done)
    return SharingFacts(
        project=project,
        what="",
        is_completed=done,
        evaluated_on=row.held_on,
        base=row.base_count,
        satisfied=row.satisfied_count,
        basic=row.basic_count,
    )
