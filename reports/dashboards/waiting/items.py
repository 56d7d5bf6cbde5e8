"""One thing to do, and where it leads."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse

from renovation.accounts.models import Organisation
from renovation.accounts.scope import Scope, bureau_in
from renovation.core.wording import join
from renovation.face.values import Todo


@dataclass(frozen=True, kw_only=True)
class Item:
    """One thing to do: the thing, the reason, the act and its address. ``weight`` orders (small first);
    ``is_alarm`` marks what is overdue or went wrong."""

    title: str
    reason: str
    act: str
    href: str
    weight: int
    light: str = ""
    is_alarm: bool = False

    @property
    def shown(self) -> Todo:
        """As the component takes it."""
        return Todo(self.title, self.reason, self.act, self.href, self.light)


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
