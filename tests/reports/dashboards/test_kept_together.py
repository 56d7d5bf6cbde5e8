"""Several readers and posts: nobody is shown what was kept for others, nor what stood before a write."""

from __future__ import annotations

import gc
import threading
from datetime import date
from typing import Any

import pytest
from django.db import connection

from projects.funding.models import FundingEvent
from renovation.accounts.middleware import STANDING_IN
from renovation.accounts.models import Membership, StandIn
from renovation.core.unchanged import FACTS, SHELVES
from reports.dashboards import overview
from reports.figures import services
from reports.figures.facts import Facts
from tests.conftest import Clock
from tests.factories.funding import FundingEventFactory, make_chain

from .conftest import Scene
from .test_kept import ADDRESSES, look, nothing_kept, seen_first

pytestmark = [pytest.mark.race, pytest.mark.django_db(transaction=True)]
__all__ = ["nothing_kept"]


def forget() -> None:
    for shelf in SHELVES:
        shelf.clear()


@pytest.mark.usefixtures("alone")
def test_a_payment_between_two_requests_at_once_is_told_to_the_second(
    scene: Scene, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The first has read the money, a payment is committed, the second finds the facts before the first has put the
    money into them."""
    one, two = scene.client("leader"), scene.client("leader")
    seen_first(one, two)
    read, go_on = threading.Event(), threading.Event()
    add_up, mine = services.money_by_street, threading.current_thread()

    def money(**given: Any) -> Any:
        found = add_up(**given)
        if threading.current_thread() is not mine:
            read.set()
            assert go_on.wait(30)
        return found

    def first() -> None:
        try:
            one.get("/projects/")
        finally:
            connection.close()

    monkeypatch.setattr(services, "money_by_street", money)
    thread = threading.Thread(target=first)
    thread.start()
    assert read.wait(30)
    source = FundingEvent.objects.filter(project=scene.on_course)[0].source
    FundingEventFactory(
        project=scene.on_course, source=source, stage="paid", amount_fen=1_0000_00,
        occurred_on=date(2025, 5, 7),
    )  # fmt: skip
    load = overview.load_facts

    def load_facts(**given: Any) -> Any:
        facts = load(**given)
        go_on.set()
        thread.join()
        return facts

    monkeypatch.setattr(overview, "load_facts", load_facts)
    told = [look(two, "/")[0] for _ in range(2)]
    forget()
    assert told == [look(two, "/")[0]] * 2


@pytest.mark.usefixtures("alone")
def test_what_is_kept_for_a_street_is_not_shown_to_the_district(scene: Scene) -> None:
    make_chain(scene.behind)  # money in another street too
    leader, street = scene.client("leader"), scene.client("banyanglu")
    seen_first(leader, street)
    for address in ADDRESSES:
        look(street, address)
    shown = [look(leader, address)[0] for address in ADDRESSES]
    forget()
    assert [look(leader, address)[0] for address in ADDRESSES] == shown


@pytest.mark.usefixtures("alone")
def test_the_money_of_some_projects_is_not_that_of_others(scene: Scene) -> None:
    """Of a light, of a street, with and without what waits for approval: one after the other as each anew."""
    make_chain(scene.behind)
    source = FundingEvent.objects.filter(project=scene.on_course)[0].source
    FundingEventFactory(
        project=scene.on_course, source=source, stage="paid", amount_fen=1_0000_00,
        occurred_on=date(2025, 5, 7), state="pending",
    )  # fmt: skip
    leader = scene.client("leader")
    seen_first(leader)
    asked = ("light=red", "street=banyanglu", "street=zhonglou", "")
    addresses = [
        f"/projects/?approval={word}&{more}" for word in ("approved", "all") for more in asked
    ]
    shown = [look(leader, address)[0] for address in addresses]
    assert len(set(shown)) == len(shown)
    for address, page in zip(addresses, shown, strict=True):
        forget()
        assert look(leader, address)[0] == page


@pytest.mark.usefixtures("alone")
def test_who_acts_in_anothers_post_sees_its_projects_and_then_his_own_again(scene: Scene) -> None:
    users = scene.district.users
    post = Membership.objects.filter(user=users["leader"])[0]
    row = StandIn.objects.create(
        principal=users["leader"], deputy=users["banyanglu"], organisation=post.organisation,
        role=post.role, valid_from=date(2025, 5, 1), valid_to=date(2025, 5, 31), reason="出差",
        appointed_by=users["admin"], appointed_at=scene.now,
    )  # fmt: skip
    client = scene.client("banyanglu")
    seen_first(client)
    seen = []
    for acts in (False, True, False, True):
        session = client.session
        session.pop(STANDING_IN, None)
        if acts:
            session[STANDING_IN] = row.pk
        session.save()
        seen += [scene.behind.name in look(client, "/projects/")[0] for _ in range(2)]
    assert seen == [False, False, True, True] * 2


@pytest.mark.usefixtures("alone")
def test_pages_that_are_kept_hold_no_facts(scene: Scene, clock: Clock) -> None:
    """They are heavy; each minute makes others."""
    gc.unfreeze()
    client = scene.client("leader")
    seen_first(client)
    for minute in range(1, 7):
        clock.at(f"2025-05-14 10:{minute:02}:00")
        client.get("/")
    gc.collect()
    assert sum(type(each) is Facts for each in gc.get_objects()) == len(FACTS) == 2
