"""Paragraphs that stand at the end of a section of a bulletin where there is something to say."""

from __future__ import annotations

from renovation.core.wording import chinese_number

from .bulletin_text import Draft


def ordinal(draft: Draft, section: str) -> str:
    """`（三）`, the number of the next paragraph of a section."""
    said = sum(1 for passage in draft.passages if passage.section == section)
    return f"（{chinese_number(said + 1)}）"


def say_behind(draft: Draft, section: str, *, key: str, name: str, text: str) -> None:
    """A paragraph behind the last one of a section that has one."""
    place = max(n for n, passage in enumerate(draft.passages) if passage.section == section)
    draft.say(key, name, section, text)
    draft.passages.insert(place + 1, draft.passages.pop())
