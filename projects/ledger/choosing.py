"""What the lists over all projects in sight share: which projects the filter bar chooses, what stands around a list."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.core.paginator import Paginator
from django.db.models import Q
from django.urls import reverse

from projects.ledger.filtering import ProjectListForm
from projects.ledger.models import Programme, Project
from projects.ledger.querysets import ProjectQuerySet
from projects.ledger.tabs import section_tabs
from renovation.accounts.guards import SignedIn
from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.face.values import Way
from renovation.records.services import values_in_force

PAGE = 50


@dataclass(frozen=True)
class Choices:
    """What can be chosen over a list: years of programmes and streets; newest and first first."""

    years: Sequence[int]
    streets: Sequence[tuple[str, str]]


def choices_of(scope: Scope) -> Choices:
    """The choices of somebody: those of the projects in sight. Two queries."""
    projects = Project.objects.visible_to(scope)
    years = projects.order_by().values_list("programme__year", flat=True).distinct()
    streets = (
        projects.order_by("street__order")
        .values_list("street__code", "street__short_name", "street__order")
        .distinct()
    )
    return Choices(
        years=sorted(years, reverse=True), streets=[(code, name) for code, name, _ in streets]
    )


def chosen_projects(scope: Scope, *, year: int, street: str, words: str) -> ProjectQuerySet:
    """The projects of a programme year in a street whose name or code holds the words."""
    rows = Project.objects.visible_to(scope).filter(programme__year=year)
    if street:
        rows = rows.filter(street__code=street)
    if words:
        rows = rows.filter(Q(name__icontains=words) | Q(code__icontains=words))
    return rows


def bureau_of(scope: Scope, *, projects: ProjectQuerySet) -> Organisation | None:
    """The bureau whose settings apply to a list; None where nothing is in sight."""
    programme = Programme.objects.visible_to(scope).select_related("bureau").first()
    if programme is not None:
        return programme.bureau
    first = projects.select_related("programme__bureau").first()
    return None if first is None else first.programme.bureau


@dataclass(frozen=True)
class Chosen:
    """What the filter bar chose; ``values`` are the settings in force today."""

    form: Any
    year: int
    projects: ProjectQuerySet
    today: date
    values: Mapping[str, Any]


def choose(
    request: SignedIn,
    form_class: type[ProjectListForm],
    *,
    now: datetime,
    **offered: Any,
) -> Chosen | None:
    """The filter bar as chosen; None where no project is in sight. A year that is none is the newest. ``offered`` are
    the choices of the form's own fields."""
    choices = choices_of(request.scope)
    if not choices.years:
        return None
    asked = request.GET.copy()
    if asked.get("year") not in {str(year) for year in choices.years}:
        asked["year"] = str(choices.years[0])
    form = form_class(asked, years=choices.years, streets=choices.streets, **offered)
    year = int(str(asked["year"]))
    projects = chosen_projects(
        request.scope, year=year, street=form.chosen("street"), words=form.chosen("q")
    )
    today = local_day(now)
    bureau = bureau_of(request.scope, projects=projects)
    values = values_in_force(organisation=bureau, on=today) if bureau else {}
    return Chosen(form, year, projects, today, values)


def frame_of_list(
    request: SignedIn,
    chosen: Chosen | None,
    *,
    wing: str,
    part: str,
    lists: Sequence[tuple[str, str]],
    **more: Any,
) -> dict[str, Any]:
    """What every list shows: crumbs, the lists of its wing (URL name and word, the first one its tab), the filter bar,
    where to export."""
    here = reverse(f"{wing}:{part}")
    query = request.GET.copy()
    query.pop("page", None)
    tail = f"?{query.urlencode()}" if query else ""
    word = dict(lists)[part]
    return {
        "tabs": section_tabs(scope=request.scope, chosen=f"{wing}:{lists[0][0]}"),
        "parts": [Way(each, reverse(f"{wing}:{name}"), name == part) for name, each in lists],
        "crumbs": [("项目", reverse("dashboards:projects")), (word, "")],
        "section": "项目",
        "word": word,
        "chosen": chosen,
        "form": chosen.form if chosen else None,
        "clear_href": f"{here}?year={chosen.year}" if chosen else here,
        "export_href": f"{reverse(f'{wing}:{part}_export')}{tail}",
        **more,
    }


def page_of(request: SignedIn, rows: Sequence[Any]) -> Any:
    """The page of a list that the address names."""
    return Paginator(rows, PAGE).get_page(request.GET.get("page"))
