"""``|who``: who did something, a stand-in with both names. Known to every template (settings)."""

from __future__ import annotations

from django import template
from django.db.models import Model

from renovation.records import acting

register = template.Library()


@register.filter
def who(row: Model, field: str) -> str:
    """``{{ change|who:"decided_by" }}``: 甲岗, or 甲岗（代乙岗）; "" where nobody did it."""
    return acting.who(row, field) if getattr(row, f"{field}_id") is not None else ""
