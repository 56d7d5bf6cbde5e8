"""Drawn symbols of lights."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from html import escape
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from .values import LightLook, light_look


@cache
def symbol_of(look: LightLook) -> SafeString:
    """The symbol of a light, drawn once: a district shows thousands of four."""
    return render_to_string("components/symbol.html", {"look": look})


@cache
def _mark_of(status: str) -> tuple[str, str]:
    """What a light in a row begins with, and its word."""
    look = light_look(status)
    begun = format_html('<span class="light">{}<span class="visually-hidden">', symbol_of(look))
    return str(begun), look.word


def light_marks(statuses: Iterable[Any]) -> SafeString:
    """One symbol per status or ``(status, name)``, the words between them with commas. Not by a template: the front
    page of a district shows thousands."""
    return _marks(statuses) if isinstance(statuses, tuple) else _drawn_marks(statuses)


def _drawn_marks(statuses: Iterable[Any]) -> SafeString:
    marks = []
    for item in statuses:
        status, name = item if isinstance(item, tuple) else (item, "")
        begun, word = _mark_of(str(getattr(status, "value", status)))
        marks.append(begun + escape(f"{name}：{word}" if name else word))
    closed = "</span></span>"
    return mark_safe(f"，{closed}".join(marks) + (closed if marks else ""))  # noqa: S308 - escaped


#: Of the streets of a district, which change hardly from one look to the next.
_marks = lru_cache(maxsize=256)(_drawn_marks)


def draw_light(look: LightLook, shown: str, *, note: str, count: object, large: bool) -> SafeString:
    """A light with the word that stands beside it; without one, assistive tools read the light's own."""
    if note or count is not None:
        return _drawn(look, shown, note, count, large)
    return _plain(look, shown, large)


@lru_cache(maxsize=64, typed=True)
def _plain(look: LightLook, shown: str, large: bool) -> SafeString:
    """A list shows the same four lights row by row."""
    return _drawn(look, shown, "", None, large)


def _drawn(look: LightLook, shown: str, note: str, count: object, large: bool) -> SafeString:
    values = {"look": look, "shown": shown, "spoken": "" if shown else look.word}
    return render_to_string(
        "components/light.html", {**values, "note": note, "count": count, "large": large}
    )


def draw_state(word: object, kind: str) -> SafeString:
    """A word in its frame. A list shows the same few row by row: they are drawn once."""
    return _framed(word, kind) if isinstance(word, str) else _state(word, kind)


def _state(word: object, kind: str) -> SafeString:
    return render_to_string("components/state.html", {"word": word, "kind": kind})


#: What is safe is another word than what is to be escaped.
_framed = lru_cache(maxsize=256, typed=True)(_state)
