"""样式一览 shows every component: what is not on it is not on a page (docs/face.md)."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from tests.architecture.tree import ROOT
from tests.factories.accounts import make_district

pytestmark = pytest.mark.django_db
#: The stylesheets of components; the others belong to single pages.
SHEETS = ("components", "tables", "forms")
#: Classes that the gallery cannot show, and why.
OTHERWISE = {
    "button-link": "a button that looks like a link: drawn on pages that ask before an act",
    "session-warning": "made by a script when the session is about to end",
    "password-box": "made by a script around a box for a password",
    "password-show": "made by a script beside a box for a password",
    "form-wide": "a form that is a table itself: 逐项填报",
    "pending": "a cell of a paper on a page",
    "seat": "who came, with the post, side by side: 记录 of a meeting",
    "scrolls": "set by a script where a table does not fit",
    "table-versions": "the versions of a plan: cards with a column a version on a phone",
    "strip-end": "the foot of a strip with a box in it: 核对上传内容",
}


@pytest.fixture
def answer() -> object:
    client = Client()
    client.force_login(make_district().users["bureau"])
    return client.get("/gallery/")


def test_every_component_is_drawn(answer: object) -> None:
    drawn = {template.name for template in answer.templates}  # type: ignore[attr-defined]
    folder = ROOT / "templates"
    every = {str(path.relative_to(folder)) for path in (folder / "components").rglob("*.html")}
    assert every - drawn == set()


def test_every_class_of_the_components_is_shown_or_says_why_not(answer: object) -> None:
    page = answer.content.decode()  # type: ignore[attr-defined]
    shown = {word for words in re.findall(r'class="([^"]*)"', page) for word in words.split()}
    styled: set[str] = set()
    for name in SHEETS:
        text = (ROOT / "static" / "css" / f"{name}.css").read_text(encoding="utf-8")
        styled |= set(
            re.findall(r"\.([a-z][a-z0-9_-]*)", re.sub(r"/\*.*?\*/", "", text, flags=re.S))
        )
    assert styled - shown - set(OTHERWISE) == set()
    assert set(OTHERWISE) & shown == set()
    assert set(OTHERWISE) - styled == set()
