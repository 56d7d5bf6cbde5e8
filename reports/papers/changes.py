"""Whether a paper was overtaken: its stored figures compared with what they are now (HOUSE.md §2)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .compiling import present_content
from .models import Document
from .sheets import DispatchSheet
from .snapshots import content_of

GONE = "（没有）"


@dataclass(frozen=True)
class Change:
    """A figure that is not what it was when the paper was compiled."""

    name: str
    before: str
    now: str


def changes_since(*, document: Document, now: datetime) -> list[Change]:
    """The figures that differ now, in the order of the paper; empty where nothing was corrected.

    For a dispatch sheet also the returns that came in or were approved since.
    """
    old, new = content_of(document), present_content(document=document, now=now)
    before, after = old.shown_figures(), new.shown_figures()
    found = [
        Change(name, before.get(name, GONE), after.get(name, GONE))
        for name in dict.fromkeys([*before, *after])
        if before.get(name) != after.get(name)
    ]
    if isinstance(old, DispatchSheet) and isinstance(new, DispatchSheet):
        states = {each.street_name: each for each in old.inputs}
        for each in new.inputs:
            was = states.get(each.street_name)
            if was is not None and (was.word, was.version) != (each.word, each.version):
                found.append(Change(f"{each.street_name}周报", was.word, each.word))
    return found
