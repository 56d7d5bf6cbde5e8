"""How a project stands by the standards: one computation for page, table and export."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from projects.ledger.enums import Verdict
from projects.ledger.models import Project, StandardCheck, StandardItem
from projects.ledger.querysets import ProjectQuerySet


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
    def without_evidence(self) -> int:
        """符合, but nothing is attached that shows it."""
        return sum(
            self.verdict(item) == Verdict.MET and self.checks[item.pk].evidence_id is None
            for item in self.items
        )

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
}


def standings(*, projects: ProjectQuerySet, items: Sequence[StandardItem]) -> list[Standing]:
    """The projects of a queryset beside the given standards. Two queries."""
    rows = list(projects.select_related("street"))
    checks: dict[int, dict[int, StandardCheck]] = {}
    found = StandardCheck.objects.filter(
        project__in=[row.pk for row in rows], item__in=[item.pk for item in items]
    ).select_related("evidence", "checked_by")
    for check in found:
        checks.setdefault(check.project_id, {})[check.item_id] = check
    return [Standing(row, items, checks.get(row.pk, {})) for row in rows]


def wordings(item: StandardItem) -> list[Any]:
    """The records of a standard's history, newest first."""
    return list(item.history.select_related("history_user").order_by("-history_id"))
