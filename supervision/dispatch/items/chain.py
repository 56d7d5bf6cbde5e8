"""What was said and handed in about items, as far as its reader had a part in it.

The bureau, the street of the project and who helps read all of it. Who came to an item by a transfer reads what was
said since, and gets the files of its own people and of the bureau: what another street or its residents handed in
before was not said to it (CONTRACT.md, no resident's identity).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from renovation.accounts.models import Membership
from renovation.accounts.scope import Scope
from supervision.dispatch.enums import AnswererKind, ItemAct
from supervision.dispatch.models import DispatchItem, ItemStep


@dataclass(frozen=True, slots=True)
class Chain:
    """The steps that are shown, in their order; ``files`` are the steps whose file is, and ``is_cut`` says that what
    was before a transfer is not."""

    steps: tuple[ItemStep, ...] = ()
    files: frozenset[int] = frozenset()
    is_cut: bool = False

    @property
    def newest_first(self) -> tuple[ItemStep, ...]:
        return self.steps[::-1]


def chains_of(*, items: Sequence[DispatchItem], scope: Scope) -> dict[int, Chain]:
    """item id → its chain for a reader in whose sight the items are. One query for the bureau, three at most for
    others."""
    steps: defaultdict[int, list[ItemStep]] = defaultdict(list)
    rows = ItemStep.objects.filter(item__in=[item.pk for item in items]).order_by("pk")
    for step in rows.select_related("by", "stands_for", "file"):
        steps[step.item_id].append(step)
    if all(_is_bureau(item, scope) for item in items):
        return {item.pk: _whole(steps[item.pk]) for item in items}
    helped = _helped(items, scope)
    cut = {
        item.pk: _since(item, steps[item.pk], scope)
        for item in items
        if not _is_bureau(item, scope) and not _has_project(item, scope) and item.pk not in helped
    }
    people = _people(items, cut.values(), scope)
    return {
        item.pk: _cut(cut[item.pk], steps[item.pk], people)
        if item.pk in cut
        else _whole(steps[item.pk])
        for item in items
    }


def _whole(steps: Sequence[ItemStep]) -> Chain:
    return Chain(tuple(steps), frozenset(step.pk for step in steps if step.file_id is not None))


def _cut(shown: Sequence[ItemStep], steps: Sequence[ItemStep], people: frozenset[int]) -> Chain:
    files = (
        step.pk
        for step in shown
        if step.file_id is not None and (step.stands_for_id or step.by_id) in people
    )
    return Chain(tuple(shown), frozenset(files), len(shown) < len(steps))


def _is_bureau(item: DispatchItem, scope: Scope) -> bool:
    return not scope.approved_only and item.bureau_id in scope.organisation_ids


def _has_project(item: DispatchItem, scope: Scope) -> bool:
    return (
        not scope.approved_only
        and item.project is not None
        and item.project.street_id in scope.organisation_ids
    )


def _helped(items: Iterable[DispatchItem], scope: Scope) -> set[int]:
    """The items that a street of the scope helps with. One query."""
    if scope.approved_only:
        return set()
    through = DispatchItem.co_organisations.through._default_manager
    rows = through.filter(
        dispatchitem__in=[item.pk for item in items], organisation__in=scope.organisation_ids
    )
    return set(rows.values_list("dispatchitem", flat=True))


def _since(item: DispatchItem, steps: Sequence[ItemStep], scope: Scope) -> list[ItemStep]:
    """The steps while the reader's own answered, with the transfers to it and from it."""
    found: list[ItemStep] = []
    kind, organisation = item.answerer_kind, item.organisation_id
    for step in reversed(steps):
        own = _is_own(kind, organisation, scope)
        if step.act == ItemAct.TRANSFER:
            kind, organisation = step.from_kind, step.from_organisation_id
            own = own or _is_own(kind, organisation, scope)
        if own:
            found.append(step)
    return found[::-1]


def _is_own(kind: str, organisation: int | None, scope: Scope) -> bool:
    if kind == AnswererKind.PARTY:
        return organisation in scope.party_ids
    return kind == AnswererKind.STREET and organisation in scope.organisation_ids


def _people(
    items: Iterable[DispatchItem], chains: Iterable[Sequence[ItemStep]], scope: Scope
) -> frozenset[int]:
    """Who of those that handed in something is of the reader's own or of the bureau. One query, none without files."""
    hands = {
        step.stands_for_id or step.by_id
        for steps in chains
        for step in steps
        if step.file_id is not None
    }
    places = {*scope.organisation_ids, *scope.party_ids, *(item.bureau_id for item in items)}
    posts = Membership.objects.filter(user__in=hands, organisation__in=places)
    return frozenset(posts.values_list("user", flat=True))
