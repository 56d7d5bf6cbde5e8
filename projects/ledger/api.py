"""``GET /projects`` and ``GET /projects/{code}`` (CONTRACT.md)."""

from datetime import date
from decimal import Decimal

from django.db.models import Prefetch
from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router, Schema
from ninja.pagination import PageNumberPagination, paginate

from renovation.accounts import tokens
from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden

from .models import Baseline, Project
from .querysets import ProjectQuerySet
from .services import counts

router = Router(tags=["项目"])


class EstateOut(Schema):
    """A residential estate."""

    name: str
    address: str
    year_built: int | None
    building_count: int
    household_count: int
    area_sqm: Decimal


class PartyOut(Schema):
    """Who builds, supervises, designs or answers."""

    role: str
    name: str
    licence_number: str


class TargetOut(Schema):
    """The cumulative target at a month's end."""

    month_end_on: date
    target_percent: Decimal


class BaselineOut(Schema):
    """A version of the plan."""

    version: int
    approved_on: date | None
    planned_start_on: date
    planned_completion_on: date
    planned_investment_fen: int
    area_sqm: Decimal
    targets: list[TargetOut]


class GateOut(Schema):
    """A gate; ``counts`` is false for a claim without its evidence."""

    kind: str
    planned_on: date | None
    actual_on: date | None
    document_number: str
    counts: bool


class ProjectOut(Schema):
    """A line of the ledger."""

    code: str
    plan_code: str | None
    budget_code: str | None
    name: str
    year: int
    street: str
    renovation_type: str
    approved_on: date | None
    cancelled_on: date | None
    estates: list[EstateOut]


class ProjectDetailOut(ProjectOut):
    """A project with its parties, plans and gates."""

    parties: list[PartyOut]
    baselines: list[BaselineOut]
    gates: list[GateOut]


class ProjectQuery(Schema):
    """Which projects."""

    year: int | None = None
    street: str | None = None


def _visible(request: HttpRequest) -> ProjectQuerySet:
    scope: Scope = request.scope  # type: ignore[attr-defined]
    if not scope.can(Permission.LEDGER_READ):
        raise Forbidden("您的岗位不能读取项目台账。")
    return Project.objects.visible_to(scope).select_related("programme", "street")


def _line(project: Project) -> dict[str, object]:
    return {
        "code": project.code,
        "plan_code": project.plan_code,
        "budget_code": project.budget_code,
        "name": project.name,
        "year": project.programme.year,
        "street": project.street.code,
        "renovation_type": project.get_renovation_type_display(),
        "approved_on": project.approved_on,
        "cancelled_on": project.cancelled_on,
        "estates": list(project.estates.all()),
    }


@router.get("/projects", response=list[ProjectOut], auth=tokens.read, summary="项目台账")
@paginate(PageNumberPagination)
def projects(request: HttpRequest, query: Query[ProjectQuery]) -> list[dict[str, object]]:
    """The projects in the scope of the token's user, by street and code."""
    rows = _visible(request).prefetch_related("estates")
    if query.year is not None:
        rows = rows.filter(programme__year=query.year)
    if query.street is not None:
        rows = rows.filter(street__code=query.street)
    return [_line(project) for project in rows]


@router.get("/projects/{code}", response=ProjectDetailOut, auth=tokens.read, summary="一个项目")
def project(request: HttpRequest, code: str) -> dict[str, object]:
    """One project with parties, approved plans and gates."""
    found = get_object_or_404(
        _visible(request).prefetch_related(
            "estates",
            "parties",
            "gates",
            Prefetch(
                "baselines",
                Baseline.objects.approved().prefetch_related("targets"),
                "approved_plans",
            ),
        ),
        code=code,
    )
    return _line(found) | {
        "parties": [
            {
                "role": party.get_role_display(),
                "name": party.name,
                "licence_number": party.licence_number,
            }
            for party in found.parties.all()
        ],
        "baselines": [
            {
                "version": plan.version,
                "approved_on": plan.approved_on,
                "planned_start_on": plan.planned_start_on,
                "planned_completion_on": plan.planned_completion_on,
                "planned_investment_fen": plan.planned_investment_fen,
                "area_sqm": plan.area_sqm,
                "targets": list(plan.targets.all()),
            }
            for plan in found.approved_plans  # type: ignore[attr-defined]
        ],
        "gates": [
            {
                "kind": gate.get_kind_display(),
                "planned_on": gate.planned_on,
                "actual_on": gate.actual_on,
                "document_number": gate.document_number,
                "counts": counts(gate),
            }
            for gate in found.gates.all()
        ],
    }
