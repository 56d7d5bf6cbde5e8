"""How a page answers a refusal: at its field, or as a message. What is forbidden is never said in passing: it
is a 403 (HOUSE.md §4.8), so both ways let ``Forbidden`` go on."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpRequest

from renovation.core.errors import Forbidden, Refusal


def refuse(form: forms.BaseForm, refusal: Refusal) -> None:
    """Put a refusal at its field, or on top where the form has none of that name, with the way to where what is
    missing can be done (``Refusal.href``); raises what is forbidden."""
    if isinstance(refusal, Forbidden):
        raise refusal
    at = refusal.field if refusal.field in form.fields else None
    form.add_error(at, refusal.message)
    if at is None and refusal.href:
        form.ways = getattr(form, "ways", {}) | {refusal.message: refusal.href}  # type: ignore[attr-defined]


def say(request: HttpRequest, refusal: Refusal) -> None:
    """Tell a refusal on the next page; raises what is forbidden."""
    if isinstance(refusal, Forbidden):
        raise refusal
    messages.error(request, refusal.message)
