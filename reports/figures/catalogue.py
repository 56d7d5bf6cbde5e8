"""The catalogue: every measure that a wing declares, in one order, by name and by code."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from projects.consent.measures import MEASURES as CONSENT
from projects.funding.applications.measures import MEASURES as APPLICATIONS
from projects.funding.measures import MEASURES as MONEY
from projects.ledger.measures import MEASURES as LEDGER
from projects.residents.aftercare.measures import MEASURES as AFTERCARE
from projects.residents.measures import MEASURES as RESIDENTS
from projects.residents.sharing.measures import MEASURES as SHARING
from projects.works.measures import MEASURES as WORKS
from renovation.core.declarations import Declaration
from supervision.dispatch.measures import MEASURES as DISPATCH
from supervision.weekly.measures import MEASURES as WEEKLY

from .divergence import MEASURES as JOINED

#: Levels at which a figure may be asked for, the widest first.
DISTRICT, STREET, PROJECT = "district", "street", "project"
LEVELS = (DISTRICT, STREET, PROJECT)
LEVEL_WORDS = {DISTRICT: "全区", STREET: "街道", PROJECT: "项目"}


@cache
def declarations() -> Mapping[str, Declaration]:
    """All declarations by name, with those that only serve as a part of another."""
    found: dict[str, Declaration] = {}
    codes: set[str] = set()
    for declaration in [
        *LEDGER,
        *WEEKLY,
        *DISPATCH,
        *MONEY,
        *APPLICATIONS,
        *WORKS,
        *CONSENT,
        *RESIDENTS,
        *SHARING,
        *AFTERCARE,
        *JOINED,
    ]:
        if declaration.name in found or declaration.code in codes:
            raise RuntimeError(f"two measures are named {declaration.name!r}")
        found[declaration.name] = declaration
        codes.add(declaration.code)
    return found


@cache
def catalogue() -> Mapping[str, Declaration]:
    """The listed measures by name, in the order in which they are shown."""
    return {name: each for name, each in declarations().items() if each.is_listed}


@cache
def by_code() -> Mapping[str, Declaration]:
    """The listed measures by the word that stands in addresses."""
    return {declaration.code: declaration for declaration in catalogue().values()}


def groups() -> dict[str, list[Declaration]]:
    """The listed measures under the headings of 指标解释, in order."""
    found: dict[str, list[Declaration]] = {}
    for declaration in catalogue().values():
        found.setdefault(declaration.group, []).append(declaration)
    return found
