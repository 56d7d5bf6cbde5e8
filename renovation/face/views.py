"""The gallery: every component with its states, made by the tags that make the pages."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from renovation.accounts.guards import SignedIn, scoped

from . import samples


@require_safe
@scoped()
def gallery(request: SignedIn) -> HttpResponse:
    """样式一览. Its figures are invented examples; it reads no row of the portal."""
    return render(request, "gallery.html", samples.everything())
