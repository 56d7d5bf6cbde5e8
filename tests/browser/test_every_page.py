"""Every page that a link leads to, as each post sees it in the demo: whole at 1440 and 360 px, accessible, calm.

The pages are found by following links from the front page, so that a new page is tried as soon as it is linked,
and one that no link leads to is named. Each kind of page (a route) is looked at once in a browser. The post that sees
most is one test, the others another, so that two processes of ``pytest -n`` share the work; more parts would load the
demo and follow its links more often than they save.
"""

from __future__ import annotations

import json
import os
import re
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from django.test import Client
from django.urls import Resolver404, resolve
from playwright.sync_api import Browser, BrowserContext, Page
from pytest_django.live_server_helper import LiveServer

from renovation.accounts.models import User
from tests.architecture.test_access import PUBLIC, _pages, _sample
from tests.architecture.tree import judge, modules, templates
from tests.axe import ALL, OF_THE_WIDTH, faults_by_axe
from tests.reports.demo.conftest import load_on

pytestmark = [pytest.mark.browser, pytest.mark.slow]

#: The post that sees most: every page that it comes to is looked at as it sees it.
FIRST = "bureau"
#: In the order in which a page that the first does not come to is given to them.
OTHERS = (
    "reviewer", "songlinglu", "songlinglu-head", "leader", "office", "admin", "auditor", "contractor",
    "npc", "inspector",
)  # fmt: skip
WIDTHS = (1440, 360)
#: So many addresses of a route does a post open whose route nobody of its test opened before it; else one.
SAMPLES = 2

#: Addresses that neither a page of the demo leads to nor a template or a view names, each with the reason.
UNLINKED: dict[str, str] = {
    "funding/applications/<int:pk>/take-back/": (
        "an act on an application that waits for its answer; its name is put together from the act's"
    ),
    "gallery/": "for who writes pages; the README names it",
}


@dataclass(frozen=True, slots=True)
class Found:
    """A page: its route, who opened it, at which address."""

    route: str
    post: str
    path: str


@dataclass(slots=True)
class Crawl:
    """What following the links found."""

    pages: dict[str, Found] = field(default_factory=dict)
    #: Routes that a link, a form or a picture of some page leads to.
    linked: set[str] = field(default_factory=set)
    faults: list[str] = field(default_factory=list)


class _Ways(HTMLParser):
    """The addresses on a page: ``links`` to open, and all ``ways`` on."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.links: list[str] = []
        self.ways: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        for name, value in attrs:
            if name not in {"href", "action", "src", "hx-get", "hx-post"} or not value:
                continue
            parts = urlsplit(value)
            path = parts.path or self.base
            if parts.scheme or parts.netloc or value.startswith("#") or not path.startswith("/"):
                continue
            self.ways.append(path)
            if tag == "a" and name == "href":
                self.links.append(f"{path}?{parts.query}" if parts.query else path)


def _crawl(*posts: str) -> Crawl:
    found = Crawl()
    for post in posts:
        client = Client()
        client.force_login(User.objects.get(username=post))
        known = set(found.pages)
        opened: Counter[str] = Counter()
        seen = {"/"}
        waiting = deque(["/"])
        while waiting:
            path = waiting.popleft()
            route = _route(path)
            if route is None:
                found.faults.append(f"{post} {path}: no such address")
                continue
            if opened[route] >= (1 if route in known else SAMPLES) or route == "accounts/sign-out/":
                continue
            opened[route] += 1
            response: Any = client.get(path, follow=True)
            if response.status_code not in {200, 202}:  # 202: a paper that is being made
                found.faults.append(f"{post} {path}: {response.status_code}")
                continue
            is_page = response.get("Content-Type", "").startswith("text/html")
            if not is_page or "attachment" in response.get("Content-Disposition", ""):
                continue
            found.pages.setdefault(route, Found(route, post, path))
            html = response.content.decode()
            if ">---------<" in html:
                found.faults.append(f"{post} {path}: offers a choice named ---------")
            ways = _Ways(response.request["PATH_INFO"])
            ways.feed(html)
            found.linked |= {way for way in map(_route, ways.ways) if way is not None}
            waiting += [link for link in _ends(ways.links) if link not in seen]
            seen |= set(ways.links)
    return found


def _ends(links: list[str]) -> Iterator[str]:
    """The first and the last link of each route on a page: lists are sorted, so that their ends differ most."""
    by_route: dict[str | None, list[str]] = {}
    for link in links:
        by_route.setdefault(_route(link), []).append(link)
    for same in by_route.values():
        yield from dict.fromkeys((same[0], same[-1]))


def _route(path: str) -> str | None:
    try:
        return resolve(urlsplit(path).path).route
    except Resolver404:
        return None


def _without_a_way(linked: set[str]) -> Iterator[str]:
    """Routes that no page of the demo leads to. One whose name a template or a view writes down is left out:
    its link waits for a state that the demo has not, such as a finding with a file."""
    texts = [text for _, text in templates()]
    texts += [module.text for module in modules() if not module.is_kind("urls")]
    for route, _ in _pages():
        name = resolve(_sample(route)).view_name
        is_named = any(f'"{name}"' in text or f"'{name}'" in text for text in texts)
        if route not in linked and route not in PUBLIC and not is_named:
            yield route


def _look(page: Page, address: str) -> Iterator[str]:
    """What is wrong with a page, a line a fault."""
    page.set_viewport_size({"width": WIDTHS[0], "height": 900})
    response = page.goto(address)
    if response is None or not response.ok:
        yield f"answers {response and response.status}"
    if not re.search(r"[\u4e00-\u9fff]", page.title()):
        yield f"has the title {page.title()!r}"
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 900})
        page.evaluate("() => new Promise(done => requestAnimationFrame(() => setTimeout(done)))")
        rules = ALL if width == WIDTHS[0] else OF_THE_WIDTH
        yield from (f"{width}: {fault}" for fault in faults_by_axe(page, rules))
        across = page.evaluate("document.documentElement.scrollWidth")
        if across > width:
            yield f"{width}: runs {across - width} px off the side"
    small = page.evaluate(
        """() => [...document.querySelectorAll('main *')].filter(node =>
             [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim())
             && !node.closest('svg') && node.getClientRects().length
             && parseFloat(getComputedStyle(node).fontSize) < 13)
             .map(node => node.className || node.tagName)"""
    )
    yield from (f"type below 13 px: {name}" for name in sorted(set(small)))


def _context(browser: Browser, live_server: LiveServer, post: str) -> BrowserContext:
    """A browser that the post is signed in to."""
    client = Client()
    client.force_login(User.objects.get(username=post))
    context = browser.new_context()
    cookie = client.cookies["sessionid"]
    context.add_cookies([{"name": "sessionid", "value": cookie.value, "url": live_server.url}])
    return context


def _faults_of(pages: list[Found], browser: Browser, live_server: LiveServer) -> list[str]:
    """A line for each fault of some pages, with what the browser complained of."""
    faults: list[str] = []
    complaints: list[str] = []
    for post in dict.fromkeys(page.post for page in pages):
        context = _context(browser, live_server, post)
        window = context.new_page()
        window.on(
            "console", lambda said: complaints.append(said.text) if said.type == "error" else None
        )
        window.on("pageerror", lambda error: complaints.append(str(error)))
        for page in pages:
            if page.post == post:
                found = [*_look(window, live_server.url + page.path), *complaints]
                faults += [f"{post} {page.path} {fault}" for fault in found]
                complaints.clear()
        context.close()
    return faults


@pytest.fixture
def demo(transactional_db: None, clock: Any, badge: None) -> None:
    """The demo of a Tuesday late in the year, with its papers; nobody acts, so the badge of a post is counted once."""
    clock.at("2026-11-24 10:00")
    load_on("2026-11-24", with_papers=True)


@pytest.fixture
def ways_of_the_first(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the test of the first post leaves which routes it came to and which are linked, for this run's other test."""
    folder = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        folder = folder.parent  # of all processes
    return folder / f"ways-of-{FIRST}.json"


def test_every_page_of_the_post_that_sees_most(
    demo: None, browser: Browser, live_server: LiveServer, ways_of_the_first: Path
) -> None:
    found = _crawl(FIRST)
    whole = ways_of_the_first.with_suffix(f".{os.getpid()}")
    whole.write_text(json.dumps([sorted(found.pages), sorted(found.linked)]), encoding="utf-8")
    whole.rename(ways_of_the_first)
    assert len(found.pages) > 100

    faults = found.faults + _faults_of(list(found.pages.values()), browser, live_server)
    assert not faults, "\n".join(faults)


def test_every_page_that_only_other_posts_see(
    demo: None, browser: Browser, live_server: LiveServer, ways_of_the_first: Path
) -> None:
    """With the ways of all posts: each page of this district is linked somewhere."""
    found = _crawl(*OTHERS)
    if ways_of_the_first.exists():
        seen, linked = map(set, json.loads(ways_of_the_first.read_text(encoding="utf-8")))
    else:  # run without the other test, or before it
        first = _crawl(FIRST)
        seen, linked = set(first.pages), first.linked
    assert len(seen) > 100
    pages = [page for page in found.pages.values() if page.route not in seen]
    assert len(pages) > 20

    faults = found.faults + _faults_of(pages, browser, live_server)
    assert not faults, "\n".join(faults)

    judge(_without_a_way(found.linked | linked), UNLINKED)
