"""What works ask of consent: the rounds that asked about the menu, and who chose what (found by name)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from datetime import date

from django.db.models import Count

from projects.works.menu_rounds import MenuRound

from .enums import RoundState
from .models import Answer, Round


def menu_rounds(*, project_ids: Collection[int], on: date) -> list[MenuRound]:
    """The rounds of some projects that had been opened with a menu by a day, the newest first. Four queries.

    An answer counts for its items whatever it says of the plan itself.
    """
    rounds = list(
        Round.objects.filter(project_id__in=list(project_ids), items__isnull=False)
        .exclude(state=RoundState.DRAFT)
        .asked_by(on)
        .distinct()
        .prefetch_related("items")
    )
    keys = [found.pk for found in rounds]
    speaking = Answer.objects.filter(round__in=keys).speaking_on(on)
    answered = dict(speaking.order_by().values_list("round").annotate(count=Count("pk")))
    chosen: dict[int, dict[tuple[int, int], int]] = defaultdict(dict)
    counts = (
        speaking.filter(items__isnull=False)
        .order_by()
        .values_list("round", "items", "household__estate")
        .annotate(count=Count("pk"))
    )
    for round_id, item_id, estate_id, count in counts:
        chosen[round_id][item_id, estate_id] = count
    return [
        MenuRound(
            project_id=found.project_id,
            number=found.number,
            title=found.title,
            answered_count=answered.get(found.pk, 0),
            asked=frozenset(item.pk for item in found.items.all()),
            chosen=chosen[found.pk],
        )
        for found in rounds
    ]
