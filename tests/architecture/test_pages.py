"""Pages load nothing from outside, run nothing inline, and speak Chinese."""

import ast
import re
from collections.abc import Iterator
from html.parser import HTMLParser

from django import forms
from django.apps import apps
from django.db import models

from tests.architecture.tree import CHINESE, PACKAGES, ROOT, judge, modules, templates

OUTSIDE = re.compile(
    r"""(?:src|href|action|srcset|poster|data|hx-get|hx-post)\s*=\s*["']?\s*(?:https?:)?//""", re.I
)
OUTSIDE_CSS = re.compile(r"""(?:url\(\s*["']?|@import\s+["'])(?:https?:)?//""", re.I)
INLINE = re.compile(
    r"""<style[\s>]|\sstyle\s*=|\son[a-z]+\s*=\s*["']|javascript:|<script(?![^>]*\ssrc\s*=)""", re.I
)
TOO_NEW = re.compile(
    r"color-mix\(|oklch\(|oklab\(|light-dark\(|@scope\b|@starting-style|^\s*&", re.M
)
TAGS = re.compile(r"{%.*?%}|{{.*?}}|{#.*?#}", re.S)
COMMENTS = re.compile(r"{%\s*comment\s*%}.*?{%\s*endcomment\s*%}", re.S)
CLASS_BLOCKS = re.compile(r"{%\s*block\s+\w*class\w*\s*%}.*?{%\s*endblock.*?%}", re.S)
ENGLISH = re.compile(r"[A-Za-z]{2,}(?:[ ,'’-]+[A-Za-z]{2,}){2,}")
HALF_WIDTH = re.compile(
    r"[\u4e00-\u9fff][,;:!?](?=[\u4e00-\u9fff\s]|$)|[\u4e00-\u9fff]\.(?=[\u4e00-\u9fff])"
)

#: Templates that are set for paper or mail and not sent as pages: they may carry their own style.
NOT_PAGES = ("templates/papers/", "templates/mail/")
#: English texts on pages, with the reason.
ENGLISH_ALLOWED: dict[str, str] = {}
#: Words of form fields and choices that are rightly not Chinese, with the reason.
LABELS_ALLOWED: dict[str, str] = {
    "papers.Rendition.format=pdf": "PDF is what readers call it",
    "papers.Rendition.format=xlsx": "Excel is what readers call it",
}


def _pages() -> list[tuple[str, str]]:
    return [(path, text) for path, text in templates() if path.endswith((".html", ".svg"))]


def test_templates_load_nothing_from_outside() -> None:
    assert [path for path, text in templates() if OUTSIDE.search(text)] == []


def test_style_sheets_load_nothing_from_outside() -> None:
    bad = [
        str(path.relative_to(ROOT))
        for path in (ROOT / "static").rglob("*.css")
        if OUTSIDE_CSS.search(path.read_text(encoding="utf-8"))
    ]
    assert bad == []


def test_pages_run_nothing_inline() -> None:
    bad = [
        f"{path}: {found.group().strip()}"
        for path, text in _pages()
        if not path.startswith(NOT_PAGES) and (found := INLINE.search(COMMENTS.sub("", text)))
    ]
    assert bad == []


def test_style_sheets_keep_to_chromium_109() -> None:
    bad = [
        f"{path.relative_to(ROOT)}: {found.group().strip()}"
        for path in (ROOT / "static" / "css").rglob("*.css")
        if (found := TOO_NEW.search(path.read_text(encoding="utf-8")))
    ]
    assert bad == []


class _Texts(HTMLParser):
    """What a reader sees of a template: its text and the attributes that are read out."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []
        self._silent = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag in {"script", "style", "code", "pre"}:
            self._silent += 1
        self.found += [
            value
            for name, value in attrs
            if value and name in {"title", "placeholder", "aria-label", "alt"}
        ]

    def handle_endtag(self, tag: str) -> None:
        if tag in {"script", "style", "code", "pre"}:
            self._silent = max(0, self._silent - 1)

    def handle_data(self, data: str) -> None:
        if not self._silent:
            self.found.append(data)


def _read_by_people(text: str) -> list[str]:
    parser = _Texts()
    parser.feed(TAGS.sub(" ", CLASS_BLOCKS.sub("", COMMENTS.sub("", text))))
    return [found.strip() for found in parser.found if found.strip()]


def test_pages_speak_chinese() -> None:
    judge(
        (
            f"{path}: {found.group()}"
            for path, text in _pages()
            for part in _read_by_people(text)
            if (found := ENGLISH.search(part))
        ),
        ENGLISH_ALLOWED,
    )


def test_templates_use_full_width_punctuation() -> None:
    bad = [
        f"{path}: {found.group()}"
        for path, text in templates()
        for part in _read_by_people(text)
        if (found := HALF_WIDTH.search(part))
    ]
    assert bad == []


def _sentences() -> Iterator[tuple[str, str]]:
    """(place, text) of every Chinese string in the code that is no docstring and no pattern."""
    for module in modules():
        if module.is_migration:
            continue
        docstrings = {
            id(node.value) for node in ast.walk(module.tree) if isinstance(node, ast.Expr)
        }
        for node in ast.walk(module.tree):
            if (
                isinstance(node, ast.Constant)
                and isinstance(node.value, str)
                and id(node) not in docstrings
                and CHINESE.search(node.value)
            ):
                yield f"{module.path}:{node.lineno}", node.value


def test_sentences_in_code_use_full_width_punctuation() -> None:
    bad = [
        f"{place}: {found.group()}"
        for place, text in _sentences()
        if "\\" not in text and (found := HALF_WIDTH.search(text))
    ]
    assert bad == []


def _labels() -> Iterator[tuple[str, str]]:
    for model in apps.get_models():
        if model.__module__.split(".")[0] not in PACKAGES or model.__name__.startswith(
            "Historical"
        ):
            continue
        for field in model._meta.get_fields():
            choices = getattr(field, "choices", None)
            if isinstance(field, models.Field) and choices:
                for value, label in field.flatchoices:
                    yield f"{model._meta.label}.{field.name}={value}", str(label)
    for module in modules():
        if module.is_kind("forms"):
            __import__(module.name)
    for form in _all_forms(forms.BaseForm):
        for name, field in getattr(form, "base_fields", {}).items():
            if not field.widget.is_hidden:
                yield f"{form.__module__}.{form.__name__}.{name}", str(field.label or name)


def _all_forms(base: type) -> Iterator[type]:
    for form in base.__subclasses__():
        if form.__module__.split(".")[0] in PACKAGES:
            yield form
        yield from _all_forms(form)


def test_choices_and_form_fields_have_chinese_labels() -> None:
    judge(
        {place for place, label in _labels() if not CHINESE.search(label)},
        LABELS_ALLOWED,
    )
