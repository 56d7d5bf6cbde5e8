"""What wings declare of open matters, and what of it belongs to whom."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import import_module
from typing import Any

from django.apps import apps
from django.utils.module_loading import module_has_submodule

from renovation.accounts.models import User
from renovation.accounts.scope import Scope
from renovation.core.handing import Kept, MatterWords, OpenMatter


@cache
def declared() -> tuple[tuple[OpenMatter, ...], tuple[Kept, ...]]:
    """The kinds of open matters and the columns that stay, of all wings, each in the order of the wings."""
    matters: list[OpenMatter] = []
    kept: list[Kept] = []
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "open_matters"):
            module = import_module(f"{config.name}.open_matters")
            matters += module.MATTERS
            kept += getattr(module, "KEPT", [])
    codes = Counter(matter.code for matter in matters)
    if twice := [code for code, count in codes.items() if count > 1]:
        raise RuntimeError(f"two kinds of open matters have the code {twice[0]!r}")
    return tuple(matters), tuple(kept)


def label_of(code: str) -> str:
    """The word for a kind of a hand-over that was made; the code where nobody declares it any more."""
    return next((each.label for each in declared()[0] if each.code == code), code)


def unit_of(code: str) -> str:
    """What its rows are counted in."""
    return next((each.unit for each in declared()[0] if each.code == code), "件")


def counts_in_words(counts: dict[str, int]) -> str:
    """3 件核实事项、1 个审计问题"""
    return "、".join(f"{count} {unit_of(code)}{label_of(code)}" for code, count in counts.items())


def open_counts(*, scope: Scope) -> Counter[int]:
    """Person → how many open matters in the organisations of a scope. One query a kind."""
    found: Counter[int] = Counter()
    for matter in declared()[0]:
        rows = matter.open_rows(scope.organisation_ids)
        found.update(rows.values_list(f"{matter.person}_id", flat=True))
    return found


@dataclass(frozen=True, slots=True)
class Passing:
    """An open row: its words, and why it can't pass ("" where it does)."""

    row: Any
    words: MatterWords
    refusal: str


@dataclass(frozen=True, slots=True)
class Group:
    """The open rows of a kind."""

    matter: OpenMatter
    lines: tuple[Passing, ...]

    @property
    def passing(self) -> list[Passing]:
        """Those that pass."""
        return [line for line in self.lines if not line.refusal]

    @property
    def staying(self) -> list[Passing]:
        """Those that can't."""
        return [line for line in self.lines if line.refusal]


@dataclass(frozen=True, slots=True)
class Preview:
    """What a hand-over from one person to another would do now."""

    groups: tuple[Group, ...]

    @property
    def counts(self) -> dict[str, int]:
        """Kind → how many pass."""
        return {each.matter.code: len(each.passing) for each in self.groups if each.passing}

    @property
    def left(self) -> dict[str, int]:
        """Kind → how many stay."""
        return {each.matter.code: len(each.staying) for each in self.groups if each.staying}

    @property
    def passing_count(self) -> int:
        """How many pass."""
        return sum(self.counts.values())

    @property
    def staying_count(self) -> int:
        """How many stay."""
        return sum(self.left.values())

    @property
    def seal(self) -> str:
        """The same for the same rows and answers: what is confirmed is what was shown."""
        text = "\n".join(
            f"{group.matter.code} {line.row.pk} {line.refusal}"
            for group in self.groups
            for line in group.lines
        )
        return sha256(text.encode()).hexdigest()[:32]

    def as_json(self) -> list[dict[str, str]]:
        """The rows in words, as a hand-over keeps them."""
        return [
            {
                "kind": group.matter.code,
                "name": line.words.name,
                "detail": line.words.detail,
                "left": line.refusal,
            }
            for group in self.groups
            for line in group.lines
        ]


def preview(*, predecessor: User, scope: Scope, to: Scope, is_locked: bool = False) -> Preview:
    """Everything open of a person in the organisations of ``scope``, and what of it the person of ``to`` may take.
    One query a kind. ``is_locked``: inside a transaction that is about to pass them."""
    groups = []
    for matter in declared()[0]:
        rows = matter.open_rows(scope.organisation_ids).filter(**{matter.person: predecessor})
        if is_locked:
            rows = rows.select_for_update(of=("self",))
        lines = tuple(
            Passing(row, matter.words(row), matter.refusal(row, to)) for row in rows.order_by("pk")
        )
        if lines:
            groups.append(Group(matter, lines))
    return Preview(tuple(groups))


def kept_with_reason() -> Sequence[Kept]:
    """What stays with the person although one might expect it to pass."""
    return [each for each in declared()[1] if each.label]
