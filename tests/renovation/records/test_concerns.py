"""The way back from a refusal: the page above an address, and what was done to its thing meanwhile."""

from __future__ import annotations

import inspect
import re
from datetime import UTC, datetime, timedelta

import pytest
from django.apps import apps
from django.urls import URLPattern, URLResolver, get_resolver, resolve
from django.utils import timezone

from renovation.records.concerns import concerns, way_back
from renovation.records.services import audit
from tests.factories.accounts import make_district
from tests.factories.papers import make_world

_VALUES = {"int": "7", "slug": "abc", "str": "abc"}


def _addresses(patterns: list[URLPattern | URLResolver], above: str = "/") -> list[str]:
    """An address of every page outside the API and the console of Django."""
    found: list[str] = []
    for each in patterns:
        route = re.sub(
            r"<(?:(\w+):)?(\w+)>", lambda m: _VALUES.get(m[1] or "str", "abc"), str(each.pattern)
        )
        if isinstance(each, URLResolver):
            found += _addresses(each.url_patterns, above + route)
        elif route.endswith("/"):
            found.append(above + route)
    return [address for address in found if not address.startswith("/api/")]


def test_every_concern_is_a_page_of_a_model() -> None:
    for route, concern in concerns().items():
        apps.get_model(concern.model)
        assert route in {
            resolve(address).view_name for address in _addresses(get_resolver().url_patterns)
        }


def test_the_way_back_never_leads_to_what_only_takes_acts() -> None:
    """A page above is opened by a link: it must answer a GET."""
    dead = set()
    for address in _addresses(get_resolver().url_patterns):
        back = way_back(address)
        if back is not None and "@require_POST" in inspect.getsource(
            inspect.unwrap(back.match.func)
        ):
            dead.add((address, back.href))
    assert dead == set()


@pytest.mark.parametrize(
    ("path", "href", "label"),
    [
        ("/papers/5/acts/sign/", "/papers/5/", "打开这份文件最新的一页"),
        ("/weekly/2025-09-22/banyanglu/act/approve/", "/weekly/2025-09-22/banyanglu/", "打开这份周报最新的一页"),
        ("/funding/events/5/approve/", "/funding/events/5/", "打开这笔登记最新的一页"),
        ("/consent/ZC2025-01/rounds/2/close/", "/consent/ZC2025-01/rounds/2/", "打开这一轮征询最新的一页"),
        ("/ledger/projects/ZC2025-01/plans/2/approve/", "/ledger/projects/ZC2025-01/plans/", "打开最新的一页"),
        ("/overview/", None, ""),
    ],
)  # fmt: skip
def test_the_page_above(path: str, href: str | None, label: str) -> None:
    back = way_back(path)
    assert (back.href if back else None) == href
    assert (back.label if back else "") == label


@pytest.mark.django_db
def test_what_happened_meanwhile_is_of_the_thing_and_of_late() -> None:
    world = make_world()
    document, by = world.bulletin(), world.users["bureau"]
    other = make_district("ls").bureau
    now = datetime(2025, 10, 9, tzinfo=UTC)
    for sentence, target, days in (
        ("很久以前", document, 8),
        ("核稿", document, 1),
        ("别的事", other, 1),
        ("签发", document, 0),
    ):
        audit(act="x", sentence=sentence, by=by, now=now - timedelta(days=days), target=target)
    back = way_back(f"/papers/{document.pk}/acts/sign/")
    assert back is not None
    assert [row.sentence for row in back.happened(now=now)][:2] == ["签发", "核稿"]
    assert "别的事" not in [row.sentence for row in back.happened(now=now)]
    assert back.happened(now=timezone.now() + timedelta(days=3650)) == []
