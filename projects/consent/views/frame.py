"""What the pages of a project's residents share."""

from __future__ import annotations

from typing import Any

from django.db.models import Exists, OuterRef
from django.shortcuts import get_object_or_404
from django.urls import reverse

from projects.consent import policies
from projects.consent.models import CareVisit, Household, Round
from projects.ledger.models import Project
from projects.ledger.tabs import tabs_of
from renovation.accounts.guards import SignedIn

BOTH = ["GET", "POST"]


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme__bureau")
    return get_object_or_404(rows, code=code)


def round_of(request: SignedIn, code: str, number: int) -> Round:
    """The round within the scope; 404 for anything else."""
    rows = Round.objects.visible_to(request.scope).select_related(
        "project__street",
        "project__programme__bureau",
        "drafted_by",
        "opened_by",
        "closed_by",
        "plan_document",
        "scheme__kind",
    )
    return get_object_or_404(rows, project__code=code, number=number)


def household_of(request: SignedIn, pk: int) -> Household:
    """The household within the scope, with whether anybody ever called (``was_visited``); 404 for anything else."""
    visits = CareVisit.objects.visible_to(request.scope).filter(household=OuterRef("pk"))
    rows = (
        Household.objects.visible_to(request.scope)
        .select_related("estate__project__street")
        .annotate(was_visited=Exists(visits))
    )
    return get_object_or_404(rows, pk=pk)


def status_of(request: SignedIn) -> int:
    """A form that comes back is 422, one that is opened 200."""
    return 422 if request.method == "POST" else 200


def page_of(
    request: SignedIn, project: Project, *crumbs: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """Crumbs, the project's tabs, who may do what."""
    here = reverse("consent:project", args=[project.code])
    return {
        "project": project,
        "crumbs": [
            ("项目", reverse("dashboards:projects")),
            (project.name, reverse("dashboards:project", args=[project.code])),
            ("居民", here if crumbs else ""),
            *crumbs,
        ],
        "tabs": tabs_of(project=project, chosen="consent:project", scope=request.scope),
        "can_write": policies.can_write(scope=request.scope),
        "can_read_residents": policies.can_read_residents(scope=request.scope),
        "section": "项目",
        **more,
    }
