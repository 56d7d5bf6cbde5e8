"""The rounds in which a project's residents were asked about the menu (居民选定): what each asked, who chose what.

Rounds belong to a wing above. It declares ``menu_rounds(*, project_ids, on)`` in a module ``menu_rounds``; it is
found by name, so that works ask without knowing who answers.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib import import_module
from typing import Protocol

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from renovation.core.errors import Refusal

from .models import MenuItem


@dataclass(frozen=True, slots=True, kw_only=True)
class MenuRound:
    """A round that was opened by a day: the items it asked about (ids), and how many households chose which, by
    item and estate."""

    project_id: int
    number: int
    title: str
    answered_count: int
    asked: frozenset[int]
    chosen: Mapping[tuple[int, int], int]

    def household_count(self, item_id: int, estate_id: int | None) -> int:
        """How many households of an estate, of the project where None, chose an item."""
        return sum(
            count
            for (item, estate), count in self.chosen.items()
            if item == item_id and estate_id in (None, estate)
        )


class _Declared(Protocol):
    def __call__(self, *, project_ids: Collection[int], on: date) -> list[MenuRound]: ...


@cache
def _declared() -> tuple[_Declared, ...]:
    return tuple(
        import_module(f"{config.name}.menu_rounds").menu_rounds
        for config in apps.get_app_configs()
        if config.name != "projects.works" and module_has_submodule(config.module, "menu_rounds")
    )


def rounds_of(*, project_ids: Collection[int], on: date) -> list[MenuRound]:
    """The rounds of some projects that asked about the menu by a day, the newest first. A constant number of
    queries."""
    return [found for ask in _declared() for found in ask(project_ids=project_ids, on=on)]


def not_chosen(
    *,
    rounds: Sequence[MenuRound],
    number: int | None,
    menu_item: MenuItem,
    estate_id: int | None,
) -> Refusal | None:
    """Why an item cannot stand as chosen by residents in a round of its project; None where it can.

    ``item.round_missing``: no round is named; ``item.round``: the project has no such round that asked about the
    menu; ``item.not_asked``: the round did not ask about the item; ``item.not_chosen``: no household chose it.
    """
    known = "、".join(f"第 {each.number} 轮" for each in rounds)
    none = "本项目还没有征询问过点单，来由选“按计划必做”，或先在“征询”里问点单"
    if number is None:
        words = f"居民选定的，写明在哪一轮征询里选定{'。' if known else f'；{none}。'}"
        return Refusal(
            "item.round_missing", words, field="choice_round", found="空", expected=known or none
        )
    found = f"第 {number} 轮"
    one = next((each for each in rounds if each.number == number), None)
    if one is None:
        words = f"本项目的{found}征询没有问过点单" if known else none
        return Refusal(
            "item.round", f"{words}。", field="choice_round", found=found, expected=known or none
        )
    if menu_item.pk not in one.asked:
        return Refusal(
            "item.not_asked",
            f"{found}征询的点单里没有“{menu_item}”。",
            field="choice_round",
            found=found,
            expected="问过这一条的轮次，或按计划必做",
        )
    if not one.household_count(menu_item.pk, estate_id):
        here = "这个小区" if estate_id is not None else ""
        return Refusal(
            "item.not_chosen",
            f"{found}征询里{here}没有一户选“{menu_item}”。",
            field="choice_round",
            found="0 户",
            expected="有住户选定，或按计划必做",
        )
    return None
