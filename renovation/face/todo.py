"""One thing that waits for somebody (待办): the wings find them, the front page and 待办 show them."""

from __future__ import annotations

from dataclasses import dataclass

from .values import Todo


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """The thing, the reason (may be markup), the word of the act and its address. ``weight`` orders, small first;
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
