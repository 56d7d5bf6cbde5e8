"""Two people at one form: what a browser sends of it, and how the one who was slower is answered."""

from __future__ import annotations

from typing import Any

from django import forms
from django.test import Client

from renovation.accounts.models import User

#: Fields in which a form carries what its reader saw.
HIDDEN = {"seen_version", "seen", "version", "seen_opinions"}


def sent(form: Any) -> dict[str, Any]:
    """What a browser sends of a form as it stands, without files."""
    found: dict[str, Any] = {}
    for bound in form:
        value = bound.value()
        if isinstance(bound.field, forms.FileField) or value is None or value is False:
            continue
        shown = bound.field.prepare_value(value)
        if isinstance(shown, list | tuple):
            found[bound.html_name] = [str(each) for each in shown]
        else:
            found[bound.html_name] = "on" if shown is True else str(shown)
    return found


def check_the_second_is_told(
    url: str,
    *,
    one: Client,
    other: Client,
    by: User,
    first: dict[str, str],
    second: dict[str, str],
    told: str,
    again: int = 302,
) -> None:
    """Both open a form; who was slower is told what ``by`` did (``told``), keeps what was typed, finds in the fields
    left alone what they were or, where the page says so, what they became, and may then save (``again``: 422 where what
    was done meanwhile leaves no room for it)."""
    typed = sent(other.get(url).context["form"]) | second
    quicker = one.post(url, sent(one.get(url).context["form"]) | first)
    assert quicker.status_code == 302, quicker.context["form"].errors
    back = other.post(url, typed)
    assert back.status_code == 409, back.status_code
    (sentence,) = [each for each in back.context["conflict"].changes if told in each]
    assert str(by) in sentence
    assert sentence in back.content.decode()
    kept = sent(back.context["form"])
    assert {name: kept[name] for name in second} == second
    alone = {name: value for name, value in first.items() if name not in second}
    changed = {name for name in typed if kept.get(name) != typed[name]} - HIDDEN
    assert {name: kept.get(name) for name in changed} == {name: alone.get(name) for name in changed}
    if getattr(back.context["conflict"], "taken_over", False):
        assert {name: kept.get(name) for name in alone} == alone
    last = other.post(url, kept)
    assert last.status_code == again, last.context["form"].errors
    if again != 302:
        assert {name: sent(last.context["form"])[name] for name in second} == second
