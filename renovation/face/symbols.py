"""Drawn symbols of lights."""

from __future__ import annotations

from functools import cache

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from .values import LightLook


@cache
def symbol_of(look: LightLook) -> SafeString:
    """The symbol of a light, drawn once: a district shows thousands of four."""
    return render_to_string("components/symbol.html", {"look": look})
