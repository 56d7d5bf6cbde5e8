"""What was asked and granted, by project and fund, for any day: read once, answered from memory."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from projects.funding.enums import ApplicationState
from projects.funding.models import ApplicationItem
from projects.funding.querysets import ApplicationItemQuerySet
from projects.ledger.facts import ProjectFacts
from renovation.accounts.scope import Scope


@dataclass(frozen=True, slots=True)
class AskedFacts:
    """A project in an application as of a day: asked and granted in 分; ``granted_fen`` is None while nobody has
    decided."""

    project_id: int
    street_code: str
    street_name: str
    project_code: str
    project_name: str
    source_code: str
    source_name: str
    source_order: int
    title: str
    asked_fen: int
    granted_fen: int | None

    @property
    def label(self) -> str:
        """The project and the application."""
        return f"{self.project_name}　{self.title}"


def asked_facts(*, items: ApplicationItemQuerySet, on: date) -> list[AskedFacts]:
    """The items of applications reported by a day; a decision counts from its own day. One query."""
    rows = (
        items.exclude(application__state=ApplicationState.DRAFT)
        .filter(application__reported_on__lte=on)
        .select_related("project__street", "application__source")
        .order_by("project__street__order", "project__code", "application__reported_on", "pk")
    )
    return [_fact(item, on) for item in rows]


def facts_of_projects(
    *, projects: Sequence[ProjectFacts], on: date, scope: Scope | None = None
) -> list[AskedFacts]:
    """The facts of projects as somebody may see them, of the street where each was on the day. One query."""
    places = {project.pk: project for project in projects}
    rows = ApplicationItem.objects.filter(project__in=places.keys())
    facts = asked_facts(items=rows if scope is None else rows.counted_for(scope), on=on)
    return [
        replace(
            fact,
            street_code=places[fact.project_id].street_code,
            street_name=places[fact.project_id].street_name,
        )
        for fact in facts
    ]


def _fact(item: ApplicationItem, on: date) -> AskedFacts:
    application, project = item.application, item.project
    decided = application.decided_on is not None and application.decided_on <= on
    return AskedFacts(
        project_id=project.pk,
        street_code=project.street.code,
        street_name=project.street.short_name,
        project_code=project.code,
        project_name=project.name,
        source_code=application.source.code,
        source_name=application.source.name,
        source_order=application.source.order,
        title=application.title,
        asked_fen=item.asked_fen,
        granted_fen=(item.granted_fen or 0) if decided else None,
    )
