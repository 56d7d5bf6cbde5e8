"""The pages of a district are made anew after every write, whoever looks, and of what is kept before it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.funding.models import FundingEvent
from renovation.accounts.models import Membership
from renovation.accounts.scope import Scope
from renovation.core.holding import holding
from renovation.core.unchanged import LARGE, PAGES, SMALL, reading
from reports.dashboards.described import described
from supervision.weekly.return_facts import _Stored
from tests.conftest import Clock
from tests.factories.funding import FundingEventFactory
from tests.factories.ledger import StandardItemFactory

from .conftest import Scene

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PAGE = "/projects/ZC2025-01/"
ADDRESSES = ("/", "/projects/", PAGE)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    for shelf in (SMALL, PAGES, LARGE):
        shelf.clear()


def look(client: Any, address: str) -> tuple[str, int]:
    """The page without its token and how many queries it cost."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r'(Token": "|middlewaretoken" value=")\w+', "", answer.content.decode()), len(
        captured
    )


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("address", "anew", "kept"), [("/", 38, 14), ("/projects/", 19, 5), (PAGE, 65, 4)]
)
def test_a_page_that_is_looked_at_again_reads_little(
    scene: Scene, address: str, anew: int, kept: int
) -> None:
    client = scene.client("leader")
    client.get(address)  # the number beside 待办 is counted
    for shelf in (SMALL, PAGES, LARGE):
        shelf.clear()
    first, reads = look(client, address)
    again, less = look(client, address)
    assert again == first
    assert (reads, less) == (anew, kept)


@pytest.mark.usefixtures("alone")
def test_the_page_of_another_project_reads_only_what_is_its_own(scene: Scene) -> None:
    client = scene.client("leader")
    client.get("/projects/ZC2025-02/")  # the session is written
    client.get("/projects/ZC2025-02/")
    assert look(client, PAGE)[1] == 54


def test_what_was_paid_since_stands_on_the_next_page(scene: Scene) -> None:
    client = scene.client("leader")
    before = {address: look(client, address)[0] for address in ADDRESSES}
    source = FundingEvent.objects.filter(project=scene.on_course)[0].source
    FundingEventFactory(
        project=scene.on_course, source=source, stage="paid", amount_fen=1_0000_00,
        occurred_on=date(2025, 5, 7),
    )  # fmt: skip
    for address, page in before.items():
        assert look(client, address)[0] != page
    assert "101.00" in look(client, PAGE)[0]
    assert "101.00" not in before[PAGE]


def test_who_sees_less_is_not_shown_what_was_kept_for_another(scene: Scene) -> None:
    assert scene.behind.name in look(scene.client("leader"), "/projects/")[0]
    page, _ = look(scene.client("banyanglu"), "/projects/")
    assert scene.on_course.name in page
    assert scene.behind.name not in page
    look(scene.client("leader"), "/projects/ZC2025-02/")
    assert scene.client("banyanglu").get("/projects/ZC2025-02/").status_code == 404


def test_who_lost_a_post_sees_nothing_with_the_next_request(scene: Scene) -> None:
    client = scene.client("banyanglu")
    assert scene.on_course.name in look(client, "/projects/")[0]
    Membership.objects.filter(user=scene.district.users["banyanglu"]).delete()
    assert client.get("/projects/").status_code == 403


def test_the_week_of_the_address_is_another_page(scene: Scene) -> None:
    client = scene.client("leader")
    newest, _ = look(client, PAGE)
    earlier, _ = look(client, f"{PAGE}?week=2025-W18")
    assert "40.0" in newest
    assert earlier != newest
    assert look(client, PAGE)[0] == newest


def test_a_deadline_that_passes_is_seen_in_its_minute(scene: Scene, clock: Clock) -> None:
    client = scene.client("leader")
    clock.at("2025-05-12 11:59")
    assert "已关闭" not in look(client, "/")[0]
    clock.at("2025-05-12 12:01")
    assert "已关闭" in look(client, "/")[0]


def test_documents_and_standards_are_those_of_the_bureau_that_is_seen(scene: Scene) -> None:
    """Whoever sees no organisation, a company, has the same empty set in every district."""
    StandardItemFactory(bureau=scene.district.bureau)
    scope = replace(scene.scope("leader"), organisation_ids=frozenset())
    elsewhere = replace(scope, bureau_id=scene.other.programme.bureau_id)
    with reading(), holding():
        assert "衡量标准" in names(scene, scope)
        assert "衡量标准" not in names(scene, elsewhere)


def names(scene: Scene, scope: Scope) -> set[str]:
    """What the page of a project tells under 说明, by name."""
    told = described(
        project=scene.on_course, gates=[], documents=[], scope=scope, on=scene.now.date()
    )
    return {name for name, _ in told}


@pytest.mark.usefixtures("alone")
@pytest.mark.usefixtures("alone")
def test_returns_judged_at_one_moment_do_not_pile_up_behind_the_next(
    scene: Scene, clock: Clock
) -> None:
    client = scene.client("leader")
    for minute in range(3):
        clock.at(f"2025-05-14 10:0{minute}")
        client.get("/")
    (stored,) = [value for value in SMALL if isinstance(value, _Stored)]
    assert len(stored.made_at(scene.now + timedelta(minutes=2))) > 0
    assert stored.made_at(scene.now) == {}
