"""使用手册: ``docs/handbook.md`` as a page. Raw HTML in it is shown as text, never obeyed."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt


@dataclass(frozen=True, slots=True)
class Chapter:
    """A part of the book: its anchor and words, and (anchor, words) of what it is made of."""

    anchor: str
    words: str
    sections: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Handbook:
    """The title, the rendered body, and the chapters."""

    title: str
    body: SafeString
    chapters: tuple[Chapter, ...]


def handbook_path() -> Path:
    """Where the text stands."""
    return Path(settings.BASE_DIR) / "docs" / "handbook.md"


def render_handbook(text: str) -> Handbook:
    """Markdown (CommonMark with tables) as HTML; heads below the title get anchors."""
    parser = MarkdownIt("commonmark", {"html": False, "linkify": False}).enable("table")
    tokens = parser.parse(text)
    title = "使用手册"
    chapters: list[Chapter] = []
    kept = []
    skipping = False
    for number, token in enumerate(tokens):
        if token.type == "heading_open":
            words = tokens[number + 1].content
            if token.tag == "h1":
                title, skipping = words, True
            elif token.tag == "h2":
                chapters.append(Chapter(f"c{len(chapters) + 1}", words))
                token.attrSet("id", chapters[-1].anchor)
            elif token.tag == "h3" and chapters:
                chapter = chapters[-1]
                anchor = f"{chapter.anchor}-{len(chapter.sections) + 1}"
                token.attrSet("id", anchor)
                chapters[-1] = replace(chapter, sections=(*chapter.sections, (anchor, words)))
        if not skipping:
            kept.append(token)
        if token.type == "heading_close":
            skipping = False
    body = parser.renderer.render(kept, parser.options, {})
    return Handbook(title, mark_safe(body), tuple(chapters))  # noqa: S308 - html is off in the parser


@cache
def handbook() -> Handbook:
    """The handbook as it is installed; read once a process."""
    return render_handbook(handbook_path().read_text(encoding="utf-8"))
