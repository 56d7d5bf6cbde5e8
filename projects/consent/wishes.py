"""From wish to plan to result: what households chose, what is planned for it, what was delivered (L2, L5)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db.models import Count

from projects.ledger.models import Project
from projects.works.models import MenuItem

from .facts import opened_rounds
from .models import Answer, Round


@dataclass(frozen=True, slots=True)
class Chosen:
    """An item of the menu and how many households chose it."""

    item: MenuItem
    household_count: int


@dataclass(frozen=True, slots=True)
class Menu:
    """The round whose menu counts, how many households answered it, and its items, the most wished first."""

    round: Round
    answered_count: int
    chosen: tuple[Chosen, ...]


def menu_round(*, project: Project, on: date) -> Round | None:
    """The newest round with a menu that was opened by a day. Two queries; in a reading request that asked what
    households said none, and one where there is such a round."""
    asked = (
        each.pk
        for each in opened_rounds(project_ids=[project.pk])
        if each.has_menu and each.opened_on <= on
    )
    pk = next(asked, None)
    return None if pk is None else Round.objects.get(pk=pk)


def chosen_items(*, project: Project, on: date) -> Menu | None:
    """What the households of a project chose, by the newest round with a menu; None where none was asked.

    An answer counts for its items whatever it says of the plan itself..
    """
    found = menu_round(project=project, on=on)
    if found is None:
        return None
    speaking = Answer.objects.filter(round=found).speaking_on(on)
    counts = dict(
        speaking.filter(items__isnull=False)
        .order_by()
        .values_list("items")
        .annotate(count=Count("pk"))
    )
    items = [
        Chosen(item, counts.get(item.pk, 0)) for item in found.items.select_related("menu_class")
    ]
    items.sort(key=lambda row: (-row.household_count, row.item.menu_class.order, row.item.order))
    return Menu(round=found, answered_count=speaking.count(), chosen=tuple(items))
