"""What the pages of the wing, and those of the alarm above it, share: the project in sight, crumbs, the rows of segments, filters that a reader
typed into the address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from django.urls import NoReverseMatch, reverse

from projects.ledger.books.attached import Shown, attached, way_in
from projects.ledger.models import Project
from projects.ledger.tabs import tabs_of
from renovation.accounts.enums import Permission
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.documents.sheets import Sheet
from renovation.face.values import Way

from .models import Application, AuditFinding

BOTH = ["GET", "POST"]

#: The parts of a project's money: word, address, permission. The last one is a page of a higher wing.
_PROJECT_PARTS: tuple[tuple[str, str, Permission], ...] = (
    ("台账", "funding:project", Permission.FIGURES_READ),
    ("用款预测", "funding:project_forecasts", Permission.FIGURES_READ),
    ("上级资金", "funding:project_applications", Permission.FIGURES_READ),
    ("专户", "funding:project_accounts", Permission.RETURN_READ),
    ("审计问题", "funding:project_findings", Permission.FIGURES_READ),
    ("付款背离", "figures:project_alarms", Permission.FIGURES_READ),
)
#: The lists of the bureau.
_BUREAU_PARTS: tuple[tuple[str, str, Permission], ...] = (
    ("资金总表", "funding:overview", Permission.FIGURES_READ),
    ("用款预测", "funding:forecasts", Permission.FIGURES_READ),
    ("上级资金", "funding:applications", Permission.FIGURES_READ),
    ("专户", "funding:accounts", Permission.RETURN_READ),
    ("审计问题", "funding:findings", Permission.FIGURES_READ),
    ("付款背离", "figures:alarms", Permission.FIGURES_READ),
    ("资金来源", "funding:sources", Permission.RETURN_READ),
)


def project_of(request: SignedIn, code: str) -> Project:
    """The project within the scope; 404 for anything else."""
    rows = Project.objects.visible_to(request.scope).select_related("street", "programme__bureau")
    found: Project = get_object_or_404(rows, code=code)
    return found


def bureau_of(scope: Scope) -> Organisation:
    """The bureau whose rules apply to a scope; 404 where there is none."""
    found: Organisation = get_object_or_404(Organisation, pk=scope.bureau_id)
    return found


def status_of(request: HttpRequest) -> int:
    """422 for a form that comes back."""
    return 422 if request.method == "POST" else 200


def crumbs_of(project: Project, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """项目 › the project › 资金 › more; the last one leads nowhere."""
    money = reverse("funding:project", args=[project.code])
    return [
        ("项目", reverse("dashboards:projects")),
        (project.name, reverse("dashboards:project", args=[project.code])),
        ("资金", money if more else ""),
        *more,
    ]


def bureau_crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    """资金 › more."""
    return [("资金", reverse("funding:overview") if more else ""), *more]


def project_parts(*, project: Project, chosen: str, scope: Scope) -> list[Way]:
    """The segments under the tab 资金, with how many applications and open findings there are. Two queries."""
    counts = _counts(project, scope)
    ways = []
    for word, name, permission in _PROJECT_PARTS:
        if scope.can(permission) and (href := _address(name, project.code)):
            ways.append(Way(word, href, name == chosen, counts.get(name) or None))
    return ways


def bureau_parts(*, chosen: str, scope: Scope) -> list[Way]:
    """The segments over the lists of the bureau."""
    return [
        Way(word, href, name == chosen)
        for word, name, permission in _BUREAU_PARTS
        if scope.can(permission) and (href := _address(name))
    ]


def project_page(
    request: SignedIn, project: Project, chosen: str, *crumbs: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """The context of a page of a project's money: its tabs, its segments, its crumbs."""
    return {
        "project": project,
        "tabs": tabs_of(project=project, chosen="funding:project", scope=request.scope),
        "parts": project_parts(project=project, chosen=chosen, scope=request.scope),
        "crumbs": crumbs_of(project, *crumbs),
        "section": "项目",
        **more,
    }


def bureau_page(
    request: SignedIn, chosen: str, *crumbs: tuple[str, str], **more: Any
) -> dict[str, Any]:
    """The context of a list of the bureau."""
    return {
        "parts": bureau_parts(chosen=chosen, scope=request.scope),
        "crumbs": bureau_crumbs(*crumbs),
        "section": "资金",
        **more,
    }


def streets_in_sight(scope: Scope) -> list[tuple[str, str]]:
    """(code, short name) of the streets that hold projects in sight, for a filter. One query."""
    rows = Organisation.objects.filter(
        pk__in=Project.objects.visible_to(scope).values("street")
    ).order_by("order", "code")
    return list(rows.values_list("code", "short_name"))


def export_address(request: HttpRequest, name: str) -> str:
    """The address of the workbook of what a list shows."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"{reverse(name)}?{query.urlencode()}" if query else reverse(name)


#: The lists that come back in with the workbook of a page.
BOOKS = {
    "funding:overview": ("plans",),
    "funding:forecasts": ("forecasts",),
    "funding:applications": ("applications",),
    "funding:accounts": ("accounts",),
    "funding:findings": ("findings",),
}


def import_address(request: SignedIn, name: str, year: int | None = None) -> str:
    """Where the workbook of a list comes back in; "" for who may not bring it in."""
    return way_in(scope=request.scope, slugs=BOOKS[name], year=year)


def sheets_to_change(
    request: SignedIn,
    name: str,
    *,
    codes: Collection[str],
    only: Collection[int] | None = None,
    year: int | None = None,
    now: datetime,
) -> Sequence[Sheet]:
    """The sheets in which the rows of a list come back in: those of some projects, ``only`` some of them."""
    slugs = BOOKS[name]
    shown = Shown(codes=codes, only={} if only is None else {slugs[0]: only})
    return attached(scope=request.scope, slugs=slugs, year=year, shown=shown, now=now)


def _address(name: str, *args: object) -> str:
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def _counts(project: Project, scope: Scope) -> dict[str, int]:
    items = Application.objects.visible_to(scope).filter(items__project=project)
    findings = AuditFinding.objects.visible_to(scope).filter(project=project)
    return {
        "funding:project_applications": items.distinct().count(),
        "funding:project_findings": findings.open().count(),
    }
