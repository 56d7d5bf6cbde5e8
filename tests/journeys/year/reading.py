"""What a page says to a person's eye: its tables by caption, and what a form of it would send."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class _Page(HTMLParser):
    """Tables (rows of cells as text, without what only a screen reader hears twice) and forms."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tables: dict[str, list[list[str]]] = {}
        self.forms: list[tuple[str, list[tuple[str, str]]]] = []
        self._rows: list[list[str]] = []
        self._caption: list[str] | None = None
        self._name = ""
        self._cell: list[str] | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        if tag == "table":
            self._rows, self._name = [], ""
        elif tag == "caption":
            self._caption = []
        elif tag == "tr":
            self._rows.append([])
        elif tag in {"td", "th"}:
            self._cell = []
        elif tag == "form":
            self.forms.append((given.get("action", ""), []))
        elif tag == "select":
            self._select = given.get("name", "")
        elif tag == "option" and "selected" in given and self.forms and self._select:
            self.forms[-1][1].append((self._select, given.get("value", "")))
        elif tag == "input" and self.forms and given.get("name"):
            kind = given.get("type")
            if kind != "file" and (kind not in {"checkbox", "radio"} or "checked" in given):
                self.forms[-1][1].append((given["name"], given.get("value", "")))

    def handle_endtag(self, tag: str) -> None:
        if tag == "caption" and self._caption is not None:
            self._name, self._caption = "".join(self._caption).strip(), None
        elif tag in {"td", "th"} and self._cell is not None:
            self._rows[-1].append(re.sub(r"\s+", " ", "".join(self._cell)).strip())
            self._cell = None
        elif tag == "table":
            self.tables[self._name] = self._rows

    def handle_data(self, data: str) -> None:
        if self._caption is not None:
            self._caption.append(data)
        elif self._cell is not None:
            self._cell.append(data)


def tables_of(html: str) -> dict[str, list[list[str]]]:
    """The rows of each table by its caption."""
    page = _Page()
    page.feed(html)
    return page.tables


def form_of(html: str, naming: str) -> dict[str, list[str]]:
    """What the form that has a field of that name would send unchanged."""
    page = _Page()
    page.feed(html)
    for _, fields in page.forms:
        if naming in {name for name, _ in fields}:
            found: dict[str, list[str]] = {}
            for name, value in fields:
                found.setdefault(name, []).append(value)
            return found
    raise AssertionError(f"no form with a field “{naming}”")


def text_of(html: str) -> str:
    """The words of a page without its tags and blanks."""
    return re.sub(r"<[^>]+>|\s", "", html)
