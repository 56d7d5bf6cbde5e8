"""Estates of completed projects with their after-care as plain facts of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from projects.ledger.enums import GateKind
from projects.ledger.facts import ProjectFacts
from projects.ledger.models import Estate
from projects.residents.models import Committee, Handover, Management


@dataclass(frozen=True, slots=True)
class CareFacts:
    """An estate of a project in scope at the end of a day: whether the project is completed, whether somebody
    speaks for its owners and somebody looks after it, and the day of its confirmed hand-over."""

    project: ProjectFacts
    name: str
    completed_on: date | None
    has_committee: bool
    has_management: bool
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
        same = self.project.name == self.name
        return self.name if same else f"{self.project.name} {self.name}"


def care_facts(*, projects: Sequence[ProjectFacts], on: date) -> list[CareFacts]:
    """The estates of projects as they stood on a day. Four queries. A hand-over counts from its day once it is
    confirmed."""
    by_pk = {project.pk: project for project in projects}
    own = {"estate__project_id__in": list(by_pk)}
    committees = set(
        Committee.objects.standing(on).filter(**own).order_by().values_list("estate_id", flat=True)
    )
    managements = set(
        Management.objects.standing(on).filter(**own).order_by().values_list("estate_id", flat=True)
    )
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
                has_committee=pk in committees,
                has_management=pk in managements,
                handed_on=handed.get(pk),
            )
        )
    return found
