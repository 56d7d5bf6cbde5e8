"""The weeks of a street as marks: 按时, 迟报, 未报."""

from __future__ import annotations

from functools import lru_cache

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from reports.dashboards.parts import ReturnCell

register = template.Library()


@register.simple_tag
@lru_cache(maxsize=256)
def week_marks(cells: tuple[ReturnCell, ...]) -> SafeString:
    """A mark a week. Most streets of a district returned alike, and alike for weeks: what is drawn of one is drawn of
    all."""
    return render_to_string("dashboards/week_marks.html", {"cells": cells})
