"""Estates of completed projects with their after-care as plain facts of a day."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import DateField, OuterRef, Subquery, Value
from django.db.models.functions import Coalesce

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
    """The estates of projects as they stood on a day. One query. A hand-over counts from its day once it is
    confirmed."""
    by_pk = {project.pk: project for project in projects}
    handed = Handover.objects.confirmed().filter(estate=OuterRef("pk"), handed_on__lte=on)
    estates = Estate.objects.filter(project_id__in=list(by_pk)).order_by("project_id", "pk")
    rows = estates.values_list(
        "project_id",
        "name",
        _until(Committee.objects.standing(on)),
        _until(Management.objects.standing(on)),
        # By their own order the estate, its project and its street would be joined.
        Subquery(handed.order_by("-pk").values("handed_on")[:1]),
    )
    found = []
    for project_id, name, term, contract, handed_on in rows:
        project = by_pk[project_id]
        gate = project.gates.get(GateKind.COMPLETED)
        done = project.passed(GateKind.COMPLETED) and gate is not None
        over = {"任期已满": _is_over(term, on), "合同已到期": _is_over(contract, on)}
        found.append(
            CareFacts(
                project=project,
                name=name,
                completed_on=gate.actual_on if done and gate is not None else None,
                has_committee=term is not None and not over["任期已满"],
                has_management=contract is not None and not over["合同已到期"],
                expired=[word for word, is_over in over.items() if is_over],
                handed_on=handed_on,
            )
        )
    return found


def _until(standing: TenureQuerySet) -> Subquery:
    """Until when the first of an estate's tenures stands, the end of time where it has no end; NULL where there is
    none."""
    of_estate = standing.filter(estate=OuterRef("pk")).order_by("since_on", "pk")
    until = Coalesce("until_on", Value(date.max, output_field=DateField()))
    return Subquery(of_estate.values_list(until)[:1])


def _is_over(until_on: date | None, on: date) -> bool:
    return until_on is not None and until_on < on
