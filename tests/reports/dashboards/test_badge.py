"""The number beside 待办 on every page: what waits now, whoever acts and in whatever order acts end; and how little is
asked for it on PostgreSQL, where it is kept."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date
from typing import Any

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from projects.ledger.models import Publication
from renovation.core.unchanged import SHELVES
from renovation.records.services import audit
from reports.dashboards.todo import todo_items
from supervision.inquiries.models import Inquiry
from supervision.weekly.enums import ReturnState
from supervision.weekly.models import WeeklyReturn
from tests.conftest import Clock
from tests.factories.weekly import make_return

from .conftest import Scene

pytestmark = pytest.mark.usefixtures("badge")
NEXT = date(2025, 5, 12)
COMING = '<span class="badge is-coming" hx-get="/todo/number/" hx-trigger="load"'
NUMBER = "/todo/number/"


@pytest.fixture(autouse=True)
def nothing_kept() -> None:
    for shelf in SHELVES:
        shelf.clear()


def number(answer: Any) -> int:
    found = re.findall(r'<span class="badge">(\d+)</span>', answer.content.decode())
    assert len(set(found)) == 1
    return int(found[0])


def badge(client: Client) -> int:
    """On a page that has nothing of its own, which may ask for it when it is there."""
    return shown(client, client.get("/nothing/"))


def shown(client: Client, answer: Any) -> int:
    return number(client.get(NUMBER) if COMING in answer.content.decode() else answer)


def waits(scene: Scene, user: str) -> int:
    """How many things the page 待办 has."""
    return len(todo_items(scope=scene.scope(user), now=scene.now))


def reported(scene: Scene, state: ReturnState, week: date = date(2025, 5, 5)) -> WeeklyReturn:
    return make_return(
        scene.street("zhonglou"), {scene.behind: ("8.0", 1)}, week_start=week, state=state
    )


def check_the_number_follows(scene: Scene) -> None:
    """A return is sent, reviewed, and a week passes: without an act in the log, and with one."""
    reviewer = scene.client("reviewer")
    seen = [badge(reviewer)]
    reported(scene, ReturnState.SUBMITTED)
    seen.append(badge(reviewer))
    reported(scene, ReturnState.REVIEWED, NEXT)
    seen.append(badge(reviewer))
    audit(act="return.review", sentence="审核了", by=scene.district.users["leader"], now=scene.now)
    seen.append(badge(reviewer))
    assert seen == [3, 2, 3, 3]
    assert waits(scene, "reviewer") == 3


@pytest.mark.django_db
def test_the_number_is_what_waits_now(scene: Scene) -> None:
    """Within a transaction, and on SQLite, it is counted for every page."""
    check_the_number_follows(scene)


@pytest.mark.django_db
def test_one_post_is_not_told_the_number_of_another(scene: Scene) -> None:
    check_each_has_its_own(scene)


def check_each_has_its_own(scene: Scene) -> None:
    counts = {user: waits(scene, user) for user in ("leader", "reviewer", "zhonglou-head")}
    assert counts["leader"] != counts["reviewer"]
    for _ in range(2):
        assert {user: badge(scene.client(user)) for user in counts} == counts


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestKept:
    """On PostgreSQL, outside of transactions."""

    def test_the_number_is_what_waits_now(self, scene: Scene) -> None:
        check_the_number_follows(scene)

    def test_one_post_is_not_told_the_number_of_another(self, scene: Scene) -> None:
        check_each_has_its_own(scene)

    @pytest.mark.usefixtures("alone")
    def test_no_page_waits_for_the_number(self, scene: Scene) -> None:
        """It has the number where that stands; else it asks for the parts whose tables were written, afterwards."""
        reviewer = scene.client("reviewer")
        for _ in range(2):  # writes the session and the weeks
            badge(reviewer)
        assert [_costs(reviewer) for _ in range(2)] == [(3, 0), (3, 0)]
        for shelf in SHELVES:
            shelf.clear()
        anew = _costs(reviewer)
        Publication.objects.update(note="")  # nothing waits for one
        behind_publications = _costs(reviewer)
        Inquiry.objects.update(purpose="")
        behind_inquiries = _costs(reviewer)
        assert (anew, behind_publications, behind_inquiries) == ((6, 28), (3, 0), (3, 4))
        assert _costs(reviewer) == (3, 0)

    @pytest.mark.usefixtures("alone")
    def test_what_waits_on_a_day_is_not_counted_every_minute(
        self, scene: Scene, clock: Clock
    ) -> None:
        reviewer = scene.client("reviewer")
        for _ in range(2):  # writes the session and the weeks
            badge(reviewer)
        clock.at("2025-05-14 10:01")
        badge(reviewer)
        clock.at("2025-05-14 10:01:59")
        same_minute = _costs(reviewer)
        clock.at("2025-05-14 10:02")
        next_minute = _costs(reviewer)  # the session is written, too
        clock.at("2025-05-15 10:02")
        reviewer = scene.client("reviewer")  # nobody is signed in overnight
        next_day = _costs(reviewer)
        assert (same_minute, next_minute, next_day) == ((3, 0), (6, 11), (8, 28))

    def test_acts_that_end_in_another_order_than_they_began_are_all_counted(
        self, scene: Scene, other: Any
    ) -> None:
        """A colleague's act, with its entry in the log, is begun first and committed last."""
        row = reported(scene, ReturnState.REVIEWED, NEXT)
        reviewer = scene.client("reviewer")
        assert badge(reviewer) == 4
        other.execute("UPDATE weekly_weeklyreturn SET state = 'submitted' WHERE id = %s", [row.pk])
        log(other)
        audit(
            act="return.note", sentence="记了一笔", by=scene.district.users["leader"], now=scene.now
        )
        assert badge(reviewer) == 4
        other.commit()
        assert badge(reviewer) == waits(scene, "reviewer") == 3

    def test_a_page_that_answers_a_post_says_what_waits_behind_it(self, scene: Scene) -> None:
        reviewer = scene.client("reviewer")
        before = badge(reviewer)
        reported(scene, ReturnState.SUBMITTED)
        refused = reviewer.post(reverse("accounts:change_password"), {})
        assert shown(reviewer, refused) == waits(scene, "reviewer") == before - 1


def _costs(client: Client) -> tuple[int, int]:
    """The queries of a page that has nothing of its own, and of the number where the page asks for it."""
    with CaptureQueriesContext(connection) as captured:
        answer = client.get("/nothing/")
        page = len(captured)
        shown(client, answer)
    return page, len(captured) - page


def log(other: Any) -> None:
    """An entry of the audit log by another connection."""
    other.execute(
        "INSERT INTO records_auditentry (at, actor_label, act, sentence, object_type, object_id, changes, reason,"
        " request_id, run_id) VALUES (now(), '', 'return.send_back', '退回了', '', '', '{}', '', '', '')"
    )


@pytest.fixture
def other() -> Iterator[Any]:
    """Another connection to the database, in no transaction."""
    with psycopg.connect(**connection.get_connection_params() | {"cursor_factory": None}) as second:
        second.rollback()
        yield second
