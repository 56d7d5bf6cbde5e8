"""Estates of completed projects with their after-care as plain facts of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.facts import ProjectFacts
from projects.ledger.models import Estate
from projects.ledger.models.estate import project_and_estate
from projects.residents.models import Committee, Handover, Management
from projects.residents.querysets import TenureQuerySet


@dataclass(frozen=True, slots=True)
class CareFacts:
    """An estate of a project in scope at the end of a day: whether the project is completed, whether somebody
    speaks for its owners and somebody looks after it within term and contract, and the day of its confirmed
    hand-over. ``expired`` names what still stands though its term or contract is over."""

    project: ProjectFacts
    name: str
    completed_on: date | None
    has_committee: bool
    has_management: bool
    expired: Sequence[str]
    handed_on: date | None

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
        """Project and estate."""
        return project_and_estate(self.project.name, self.name)


def care_facts(*, projects: Sequence[ProjectFacts], on: date) -> list[CareFacts]:
    """The estates of projects as they stood on a day. Four queries. A hand-over counts from its day once it is
    confirmed."""
    by_pk = {project.pk: project for project in projects}
    own = {"estate__project_id__in": list(by_pk)}
    committees = _until(Committee.objects.standing(on).filter(**own))
    managements = _until(Management.objects.standing(on).filter(**own))
    handed: dict[int, date] = dict(
        Handover.objects.confirmed()
        .filter(handed_on__lte=on, **own)
        .order_by()
        .values_list("estate_id", "handed_on")
    )
    estates = Estate.objects.filter(project_id__in=list(by_pk)).order_by("project_id", "pk")
    found = []
    for pk, project_id, name in estates.values_list("pk", "project_id", "name"):
        project = by_pk[project_id]
        gate = project.gates.get(GateKind.COMPLETED)
        done = project.passed(GateKind.COMPLETED) and gate is not None
        found.append(
            CareFacts(
                project=project,
                name=name,
                completed_on=gate.actual_on if done and gate is not None else None,
                has_committee=pk in committees and not _is_over(committees[pk], on),
                has_management=pk in managements and not _is_over(managements[pk], on),
                expired=[
                    word
                    for word, own_terms in (("任期已满", committees), ("合同已到期", managements))
                    if _is_over(own_terms.get(pk), on)
                ],
                handed_on=handed.get(pk),
            )
        )
    return found


def _until(rows: TenureQuerySet) -> dict[int, date | None]:
    """The last day of what stands, by estate: at most one each."""
    return dict(rows.order_by().values_list("estate_id", "until_on"))


def _is_over(until_on: date | None, on: date) -> bool:
    return until_on is not None and until_on < on
