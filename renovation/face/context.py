"""Context processor: what the head and foot of every page need."""

from __future__ import annotations

from django.http import HttpRequest

from .navigation import Navigation


def navigation(request: HttpRequest) -> dict[str, object]:
    """Give templates ``nav``; it works only when a template asks it something."""
    return {"nav": Navigation(request)}
