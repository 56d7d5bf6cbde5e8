"""The row of tabs over the pages of the section 周报; pages of higher wings are named by their address only."""

from __future__ import annotations

from django.urls import NoReverseMatch, reverse

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.face.values import Way

from .policies import can_see_burden

BURDEN = "填报负担"
_PAGES: tuple[tuple[str, str, Permission], ...] = (
    ("每周报送", "weekly:returns", Permission.RETURN_READ),
    ("核实事项", "weekly:follow_ups", Permission.RETURN_READ),
    ("报送质量", "dashboards:quality", Permission.FIGURES_READ),
    ("规则豁免", "weekly:rule_waivers", Permission.RETURN_READ),
    ("街道审核停用", "weekly:review_waivers", Permission.RETURN_APPROVE),
    ("临时收数", "inquiries:list", Permission.RETURN_READ),
    (BURDEN, "weekly:burden", Permission.RETURN_READ),
)


def section_tabs(*, scope: Scope, chosen: str) -> list[Way]:
    """The row as somebody may see it; ``chosen`` is a ``url_name``."""
    found = []
    for word, url_name, permission in _PAGES:
        if not scope.can(permission) or (word == BURDEN and not can_see_burden(scope=scope)):
            continue
        try:
            found.append(Way(word, reverse(url_name), url_name == chosen))
        except NoReverseMatch:  # its wing is not there
            continue
    return found
