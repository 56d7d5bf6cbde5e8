"""How a project stands by the standards: one computation for page, table and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import QuerySet

from projects.ledger.enums import Verdict
from projects.ledger.models import Project, StandardCheck, StandardItem
from projects.ledger.querysets import ProjectQuerySet
from renovation.core.calendar import local_day


@dataclass(frozen=True, slots=True)
class Standing:
    """A project beside the standards in use: what was judged, by item id."""

    project: Project
    items: Sequence[StandardItem]
    checks: Mapping[int, StandardCheck]

    def count(self, verdict: Verdict | None) -> int:
        """How many standards in use got a verdict; None counts those that nobody judged."""
        return sum(self.verdict(item) == verdict for item in self.items)

    def verdict(self, item: StandardItem) -> Verdict | None:
        """The verdict on a standard, None where nobody judged it."""
        check = self.checks.get(item.pk)
        return Verdict(check.verdict) if check is not None else None

    def is_outdated(self, item: StandardItem) -> bool:
        """Whether the standard was reworded after it was judged."""
        check = self.checks.get(item.pk)
        return check is not None and check.item_version < item.version

    @property
    def met(self) -> int:
        """符合."""
        return self.count(Verdict.MET)

    @property
    def unmet(self) -> int:
        """不符合."""
        return self.count(Verdict.UNMET)

    @property
    def not_applicable(self) -> int:
        """不适用."""
        return self.count(Verdict.NOT_APPLICABLE)

    @property
    def open(self) -> int:
        """未核对."""
        return self.count(None)

    @property
    def without_basis(self) -> int:
        """符合, but neither a file nor words that show it (无依据): judged before a basis was asked for."""
        return sum(self.lacks_basis(item) for item in self.items)

    def lacks_basis(self, item: StandardItem) -> bool:
        """Whether a standard is 符合 with nothing that shows it."""
        return self.verdict(item) == Verdict.MET and not self.checks[item.pk].has_basis

    @property
    def checked(self) -> int:
        """Judged, whatever the verdict."""
        return len(self.items) - self.open


#: What the columns of the table are sorted by.
KEYS: dict[str, Callable[[Standing], Any]] = {
    "project": lambda row: row.project.code,
    "met": lambda row: row.met,
    "unmet": lambda row: row.unmet,
    "open": lambda row: row.open,
    "bare": lambda row: row.without_basis,
}


def standings(
    *,
    projects: ProjectQuerySet | Sequence[Project],
    items: Sequence[StandardItem],
    on: date | None = None,
) -> list[Standing]:
    """Projects beside the given standards, as they stand now or stood at the end of a day. One query, another where
    something was judged after that day, and for the projects of a queryset."""
    rows = list(projects.select_related("street") if isinstance(projects, QuerySet) else projects)
    checks: dict[int, dict[int, StandardCheck]] = {}
    found = StandardCheck.objects.filter(
        project__in=[row.pk for row in rows], item__in=[item.pk for item in items]
    ).select_related("evidence", "checked_by")
    for check in found if on is None else _judged_by(list(found), on):
        checks.setdefault(check.project_id, {})[check.item_id] = check
    return [Standing(row, items, checks.get(row.pk, {})) for row in rows]


def _judged_by(found: Sequence[StandardCheck], on: date) -> list[StandardCheck]:
    """What was judged by the end of a day; what was judged again later as it was judged then."""
    standing = [check for check in found if local_day(check.checked_at) <= on]
    later = [check.pk for check in found if local_day(check.checked_at) > on]
    if not later:
        return standing
    records = StandardCheck.history.filter(id__in=later).exclude(history_type="-")
    then: dict[int, StandardCheck] = {}
    for record in records.order_by("history_id"):
        if local_day(record.checked_at) <= on:
            then[record.id] = record.instance
    return [*standing, *then.values()]


def wordings(item: StandardItem) -> list[Any]:
    """The records of a standard's history, newest first."""
    return list(item.history.select_related("history_user").order_by("-history_id"))
