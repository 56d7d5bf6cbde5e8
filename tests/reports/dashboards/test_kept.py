"""The pages of a district are made anew after every write, whoever looks, and of what is kept before it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from typing import Any, NamedTuple

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from projects.funding.models import FundingEvent
from projects.ledger.models import Project
from renovation.accounts.models import Membership
from renovation.accounts.scope import Scope
from renovation.core.holding import holding
from renovation.core.unchanged import SHELVES, SMALL, _Reading, reading
from reports.dashboards import overview
from reports.dashboards.choice import choose
from reports.dashboards.described import described
from reports.dashboards.listing import load_facts
from reports.figures import services as figures
from supervision.weekly.return_facts import _Stored
from tests.conftest import SHANGHAI, Clock
from tests.factories.enrolment import cancel
from tests.factories.funding import FundingEventFactory
from tests.factories.ledger import StandardItemFactory

from .conftest import Scene

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
PAGE = "/projects/ZC2025-01/"
ADDRESSES = ("/", "/projects/", PAGE)


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    for shelf in SHELVES:
        shelf.clear()


def look(client: Any, address: str) -> tuple[str, int]:
    """The page without its token and how many queries it cost."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get(address)
    assert answer.status_code == 200
    return re.sub(r'(Token": "|middlewaretoken" value=")\w+', "", answer.content.decode()), len(
        captured
    )


def seen_first(*clients: Any) -> None:
    """Each has looked at each page, so that its session is written and its weeks are planned; nothing is kept."""
    for client in clients:
        for address in ADDRESSES:
            client.get(address)
    for shelf in SHELVES:
        shelf.clear()


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("address", "anew", "kept"), [("/", 38, 14), ("/projects/", 18, 5), (PAGE, 50, 4)]
)
def test_a_page_that_is_looked_at_again_reads_little(
    scene: Scene, address: str, anew: int, kept: int
) -> None:
    client = scene.client("leader")
    seen_first(client)  # the number beside 待办 is counted
    first, reads = look(client, address)
    again, less = look(client, address)
    assert again == first
    assert (reads, less) == (anew, kept)


LISTS = (
    "/projects/?sort=received",
    "/projects/?light=red",
    "/projects/?street=banyanglu",
    "/projects/?q=文昌",
    "/projects/?week=2025-04-28",
    "/figures/",
    "/figures/?level=street",
)


@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize("address", [*ADDRESSES, *LISTS])
def test_what_is_kept_has_read_all_that_it_will_read_or_says_so(
    scene: Scene, address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Outside of what is made and kept, the first look asks what every later one asks: nothing that is kept reads on
    unseen, and so shows for ever what it read first."""
    client = scene.client("leader")
    seen_first(client)
    seen: list[str] = []
    watch = _Reading.watch

    def note(self: _Reading, execute: Callable[..., Any], sql: str, *rest: Any) -> Any:
        if self.innermost is None:
            seen.append(sql)
        return watch(self, execute, sql, *rest)

    monkeypatch.setattr(_Reading, "watch", note)
    looks = []
    for _ in range(2):
        seen.clear()
        client.get(address)
        looks.append(sorted(seen))
    assert looks[0] == looks[1]
    assert any("records_written" in sql for sql in looks[0])


@pytest.mark.usefixtures("alone")
def test_the_page_of_another_project_reads_only_what_is_its_own(scene: Scene) -> None:
    client = scene.client("leader")
    client.get("/projects/ZC2025-02/")  # the session is written
    client.get("/projects/ZC2025-02/")
    assert look(client, PAGE)[1] == 40


@pytest.mark.usefixtures("alone")
def test_who_changes_a_project_leaves_its_money_as_it_was_read(scene: Scene) -> None:
    """The sums are over the very projects of the list: they are added up again where one comes in or goes."""
    client = scene.client("leader")
    seen_first(client)

    def sums() -> int:
        with CaptureQueriesContext(connection) as captured:
            client.get("/projects/")
        return sum("::integer[]" in each["sql"] for each in captured)

    assert (sums(), sums()) == (1, 0)
    Project.objects.filter(pk=scene.on_course.pk).update(feature="第 2 版")
    assert sums() == 0
    cancel(scene.on_course, date(2025, 5, 1))
    assert sums() == 1


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


def test_who_sees_less_is_not_shown_what_was_kept_for_another(
    scene: Scene, alone: Callable[[], object]
) -> None:
    leader, street = scene.client("leader"), scene.client("banyanglu")
    seen_first(leader, street)
    edition = alone()
    whole = {address: look(leader, address)[0] for address in ADDRESSES}
    part = {address: look(street, address)[0] for address in ADDRESSES}
    look(leader, "/projects/ZC2025-02/")
    assert street.get("/projects/ZC2025-02/").status_code == 404
    assert alone() == edition
    assert all(scene.behind.name in whole[address] for address in ("/", "/projects/"))
    assert all(scene.on_course.name in part[address] for address in ("/projects/", PAGE))
    assert all(scene.behind.name not in page for page in part.values())


def test_the_page_of_one_project_is_not_that_of_another(
    scene: Scene, alone: Callable[[], object]
) -> None:
    client = scene.client("leader")
    seen_first(client)
    edition = alone()
    assert scene.on_course.code in look(client, PAGE)[0]
    other, _ = look(client, "/projects/ZC2025-02/")
    assert alone() == edition
    assert scene.behind.code in other
    assert scene.on_course.code not in other


def test_who_lost_a_post_sees_nothing_with_the_next_request(scene: Scene) -> None:
    client = scene.client("banyanglu")
    assert scene.on_course.name in look(client, "/projects/")[0]
    Membership.objects.filter(user=scene.district.users["banyanglu"]).delete()
    assert client.get("/projects/").status_code == 403


@pytest.mark.parametrize("address", ADDRESSES)
def test_the_week_of_the_address_is_another_page(
    scene: Scene, alone: Callable[[], object], address: str
) -> None:
    client = scene.client("leader")
    seen_first(client)
    edition = alone()
    newest, _ = look(client, address)
    earlier, _ = look(client, f"{address}?week=2025-04-28")
    again, _ = look(client, address)
    assert alone() == edition
    assert "40.0" in newest
    assert "40.0" not in earlier
    assert again == newest


def test_a_deadline_that_passes_is_seen_in_its_minute(
    scene: Scene, clock: Clock, alone: Callable[[], object]
) -> None:
    client = scene.client("leader")
    clock.at("2025-05-12 11:59:50")
    seen_first(client)
    edition = alone()
    assert "钟楼街道第19周待报，按第18周计。" in look(client, "/")[0]
    clock.at("2025-05-12 12:00:10")
    later, _ = look(client, "/")
    assert alone() == edition  # the session is written once a minute
    assert "钟楼街道第19周未报，按第18周计。" in later


@pytest.mark.usefixtures("alone")
def test_a_minute_later_only_returns_are_told_anew(scene: Scene, clock: Clock) -> None:
    """Whatever else stands on 总览 changes with a write alone, or with the day."""
    client = scene.client("leader")
    clock.at("2025-05-14 10:00:50")
    seen_first(client)
    look(client, "/")
    clock.at("2025-05-14 10:01:05")
    client.get("/todo/")  # the session is written
    later, reads = look(client, "/")
    for shelf in SHELVES:
        shelf.clear()
    anew, more = look(client, "/")
    assert later == anew
    assert (reads, more) == (16, 38)


def test_what_is_kept_over_a_deadline_asks_returns_for_their_streets_alone(scene: Scene) -> None:
    scope = scene.scope("leader")
    choice = choose(scope=scope, asked={}, now=scene.now)
    assert choice is not None
    assert choice.before is not None
    facts = load_facts(choice=choice, scope=scope, now=scene.now)
    before = figures.at(facts=facts, day=choice.before.end, now=scene.now)
    expected = overview._without_returns(facts, before, choice, scope)
    for each in (facts, before):
        streets = [_Named(row.street_code, row.street_name) for row in each.returns]
        assert len(streets) > 0
        vars(each).update(returns=streets, _places={})
    found = overview._without_returns(facts, before, choice, scope)
    assert replace(found, curve=expected.curve) == expected


class _Named(NamedTuple):
    street_code: str
    street_name: str


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


def test_returns_judged_at_one_moment_do_not_pile_up_behind_the_next(
    scene: Scene, clock: Clock, alone: Callable[[], object]
) -> None:
    client = scene.client("leader")
    clock.at("2025-05-14 10:00:50")
    seen_first(client)
    edition = alone()
    client.get("/")
    (stored,) = [value for value in SMALL if isinstance(value, _Stored)]
    first, later = (
        datetime(2025, 5, 14, 10, 0, 50, tzinfo=SHANGHAI),
        clock.at("2025-05-14 10:01:05"),
    )
    assert len(stored.made_at(first)) > 0
    client.get("/")
    assert alone() == edition
    assert len(stored.made_at(later)) > 0
    assert stored.made_at(first) == {}
