"""The list of applications with the rates by fund and by street; every rate is a declared measure."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from projects.funding.enums import EventState
from projects.funding.models import Application, ApplicationItem, FundingSource
from renovation.accounts.scope import Scope
from renovation.core.declarations import measure
from renovation.core.measures import Approval, Measure
from renovation.face.ordering import in_order

from .facts import AskedFacts, asked_facts
from .forms import ApplicationFilterForm
from .measures import MEASURES


@dataclass(frozen=True, slots=True)
class ApplicationLine:
    """An application with the amounts in sight, in 分: a street sees those of its own projects."""

    row: Application
    project_names: tuple[str, ...]
    asked_fen: int
    granted_fen: int | None
    allocated_fen: int

    @property
    def kind(self) -> str:
        """How its state is drawn."""
        return {"draft": "quiet", "reported": "waiting", "granted": "approved"}.get(
            self.row.state, "alarm"
        )


@dataclass(frozen=True, slots=True)
class RateLine:
    """A fund or a street with its three measures."""

    name: str
    asked: Measure
    granted: Measure
    rate: Measure


@dataclass(frozen=True, slots=True)
class ApplicationTable:
    """What the page shows: the lines that fit, and the rates over all that is in sight."""

    lines: tuple[ApplicationLine, ...]
    by_source: tuple[RateLine, ...]
    by_street: tuple[RateLine, ...]
    total: RateLine
    as_of: date


KEYS: dict[str, Any] = {
    "title": lambda line: line.row.title,
    "source": lambda line: (line.row.source.order, line.row.source.code),
    "asked": lambda line: line.asked_fen,
    "granted": lambda line: line.granted_fen,
    "allocated": lambda line: line.allocated_fen,
    "reported": lambda line: line.row.reported_on,
    "decided": lambda line: line.row.decided_on,
}


def sources_in_sight(*, scope: Scope) -> list[tuple[str, str]]:
    """The funds that something was asked of, for a filter. One query."""
    rows = Application.objects.visible_to(scope)
    sources = FundingSource.objects.filter(pk__in=rows.values("source"))
    return list(sources.values_list("code", "name"))


def application_table(
    *, scope: Scope, form: ApplicationFilterForm, sort: str, today: date
) -> ApplicationTable:
    """The applications in sight that fit, and the rates; a constant number of queries."""
    rows = Application.objects.visible_to(scope)
    if state := form.chosen("state"):
        rows = rows.filter(state=state)
    if source := form.chosen("source"):
        rows = rows.filter(source__code=source)
    street = form.chosen("street")
    lines = lines_of(rows=rows, scope=scope, street=street)
    facts = [
        fact
        for fact in asked_facts(items=ApplicationItem.objects.visible_to(scope), on=today)
        if (not street or fact.street_code == street) and (not source or fact.source_code == source)
    ]
    return ApplicationTable(
        lines=tuple(in_order(lines, sort, KEYS)),
        by_source=_rates(
            sorted(facts, key=lambda fact: fact.source_order),
            lambda fact: fact.source_name,
            today,
        ),
        by_street=_rates(facts, lambda fact: fact.street_name, today),
        total=_rate("合计", facts, today),
        as_of=today,
    )


def lines_of(*, rows: Any, scope: Scope, street: str = "") -> list[ApplicationLine]:
    """Applications with the sums of their items in sight; those without any of a street asked for are left out.
    Five queries."""
    items = ApplicationItem.objects.visible_to(scope)
    if street:
        items = items.filter(project__street__code=street)
    by_application: dict[int, list[ApplicationItem]] = {}
    for item in (
        items.filter(application__in=rows).select_related("project").order_by("project__code")
    ):
        by_application.setdefault(item.application_id, []).append(item)
    found = []
    for row in rows.select_related("source", "bureau").prefetch_related(
        "allocations__event__corrections"
    ):
        own = by_application.get(row.pk, [])
        if not own and (street or row.items.exists()):
            continue
        codes = {item.project_id for item in own}
        granted = [item.granted_fen for item in own if item.granted_fen is not None]
        found.append(
            ApplicationLine(
                row=row,
                project_names=tuple(item.project.name for item in own),
                asked_fen=sum(item.asked_fen for item in own),
                granted_fen=sum(granted) if granted else None,
                allocated_fen=sum(
                    _counted(link.event)
                    for link in row.allocations.all()
                    if link.event.project_id in codes
                ),
            )
        )
    return found


def _counted(event: Any) -> int:
    """An approved 下达 with its approved corrections; 0 while it waits."""
    rows = [event, *event.corrections.all()]
    return sum(row.amount_fen for row in rows if row.state == EventState.APPROVED)


def _rates(
    facts: Sequence[AskedFacts], name_of: Callable[[AskedFacts], str], today: date
) -> tuple[RateLine, ...]:
    groups: dict[str, list[AskedFacts]] = {}
    for fact in facts:
        groups.setdefault(name_of(fact), []).append(fact)
    return tuple(_rate(name, members, today) for name, members in groups.items())


def _rate(name: str, facts: Sequence[AskedFacts], today: date) -> RateLine:
    asked, granted, rate = (
        measure(each, facts, as_of=today, approval=Approval.APPROVED) for each in MEASURES
    )
    return RateLine(name, asked, granted, rate)
