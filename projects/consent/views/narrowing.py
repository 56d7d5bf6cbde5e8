"""The households of a project as the address asks for them, the same on the page and in its workbook."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Q

from projects.consent import policies
from projects.consent.forms import CareForm, SearchForm
from projects.consent.models import Household
from projects.consent.querysets import HouseholdQuerySet
from projects.consent.register import CareLine, care_lines, in_order, room_order
from projects.ledger.models import Estate, Project
from renovation.accounts.guards import SignedIn
from renovation.face import ordering
from renovation.face.filtering import FilterForm

Line = TypeVar("Line", Household, CareLine)


@dataclass(frozen=True, slots=True)
class Narrowed(Generic[Line]):
    """What fits, in the order asked for; the form; how many there are in all."""

    lines: list[Line]
    form: FilterForm
    all_count: int
    query: str

    @property
    def is_narrowed(self) -> bool:
        """Whether anything is left out by the address."""
        return self.form.is_narrowed


#: What the columns of the lists are sorted by; what has no value comes last.
HOUSEHOLD_KEYS: dict[str, Callable[[Household], Any]] = {"place": room_order}
CALL_KEYS: dict[str, Callable[[Household], Any]] = {"care": lambda row: row.care or None}
CARE_KEYS: dict[str, Callable[[CareLine], Any]] = {
    "place": lambda line: room_order(line.household),
    "care": lambda line: line.household.care,
    "visited": lambda line: line.last_on,
    "waiting": lambda line: line.waiting_count,
}


def households_of(request: SignedIn, project: Project) -> HouseholdQuerySet:
    """The households of a project in sight."""
    rows: HouseholdQuerySet = Household.objects.visible_to(request.scope)
    return rows.filter(estate__project=project).select_related("estate")


def _buildings(names: Iterable[str]) -> list[tuple[str, str]]:
    return [(name, name) for name in sorted(set(names), key=lambda name: (len(name), name))]


def narrowed(
    request: SignedIn, rows: HouseholdQuerySet, estate: Estate | None = None
) -> Narrowed[Household]:
    """The list of households of a project, or of one of its estates alone. Whether somebody calls at a door is the street's alone to see. Two queries."""
    names = list(rows.values_list("building", flat=True))
    form = SearchForm(request.GET, building=_buildings(names))
    keys = HOUSEHOLD_KEYS
    if policies.can_write(scope=request.scope):
        keys = keys | CALL_KEYS
    else:
        del form.fields["care"]
    shown = rows if estate is None else rows.filter(estate=estate)
    if building := form.chosen("building"):
        shown = shown.filter(building=building)
    if text := form.chosen("q"):
        shown = shown.filter(Q(room=text) | Q(pk__in=rows.called(text)))
    if "care" in form.fields and (care := form.chosen("care")):
        shown = shown.filter(care="") if care == "no" else shown.to_call_on()
    lines = ordering.in_order(in_order(shown), request.GET.get("sort", ""), keys)
    return Narrowed(lines, form, len(names), _query(request))


def narrowed_care(request: SignedIn, rows: HouseholdQuerySet) -> Narrowed[CareLine]:
    """The list of doors to call at. Two queries."""
    every = care_lines(rows)
    form = CareForm(request.GET, building=_buildings(line.household.building for line in every))
    building, care, visited = (form.chosen(name) for name in ("building", "care", "visited"))
    fits: dict[str, Callable[[CareLine], bool]] = {
        "never": lambda line: not line.visits,
        "waiting": lambda line: line.waiting_count > 0,
        "done": lambda line: bool(line.visits) and not line.waiting_count,
    }
    lines = [
        line
        for line in every
        if (not building or line.household.building == building)
        and (not care or line.household.care == care)
        and (not visited or fits[visited](line))
    ]
    return Narrowed(
        ordering.in_order(lines, request.GET.get("sort", ""), CARE_KEYS),
        form,
        len(every),
        _query(request),
    )


def _query(request: SignedIn) -> str:
    """What the address says, for the link to the workbook: ?building=3&sort=-place; "" where it says nothing."""
    query = request.GET.copy()
    query.pop("page", None)
    return f"?{query.urlencode()}" if query else ""
