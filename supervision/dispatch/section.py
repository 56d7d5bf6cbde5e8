"""The row of tabs over the pages of the section 周调度; pages of higher wings are named by their address only."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.face.values import Way

P = Permission
_PAGES: tuple[tuple[str, str, frozenset[Permission]], ...] = (
    ("调度会", "dispatch:front", frozenset({P.RETURN_READ})),
    ("交办事项", "dispatch:items", frozenset({P.RETURN_READ, P.DISPATCH_ANSWER})),
    ("周调度表", "papers:sheets", frozenset({P.PAPER_READ, P.PAPER_READ_DRAFT})),
)


def section_tabs(*, scope: Scope, chosen: str) -> list[Way]:
    """The row as somebody may see it; ``chosen`` is a ``url_name``."""
    found = []
    for word, url_name, permissions in _PAGES:
        if not permissions & scope.permissions:
            continue
        try:
            found.append(Way(word, reverse(url_name), url_name == chosen))
        except NoReverseMatch:  # its wing is not there
            continue
    return found
