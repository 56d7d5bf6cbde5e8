"""Where a thing to do leads, and how it names projects."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.wording import join


def address(name: str, *args: object, otherwise: str = "dashboards:todo") -> str:
    """The address of a page, of the page ``otherwise`` where it does not stand."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return reverse(otherwise)


def bureau_of(scope: Scope) -> Organisation:
    bureau = bureau_in(scope)
    if bureau is None:
        raise LookupError("the scope belongs to no bureau")
    return bureau


def few(names: list[str]) -> str:
    """The first three projects by name, and how many there are."""
    return join(names[:3]) + (f"等 {len(names)} 个项目" if len(names) > 3 else "")
