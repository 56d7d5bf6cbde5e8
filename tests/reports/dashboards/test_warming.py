"""A process that starts has made the pages of leaders before anybody asks for one."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from structlog.testing import capture_logs

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership
from reports.dashboards.warming import leaders, warm_up
from tests.conftest import Clock
from tests.factories.accounts import BureauFactory, make_user
from tests.servers import ROOT

from .conftest import Scene
from .test_kept import PAGE, look, seen_first


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
class TestOnPostgres:
    @pytest.mark.usefixtures("alone")
    @pytest.mark.parametrize(
        ("address", "cold", "warm", "colleague"),
        [("/", 38, 16, 26), ("/projects/", 18, 7, 12), (PAGE, 50, 6, 37)],
    )
    def test_who_looks_first_finds_most_of_it_read(
        self, scene: Scene, clock: Clock, address: str, cold: int, warm: int, colleague: int
    ) -> None:
        """Beside what every look costs, the leader is asked once who looks; a colleague a minute later finds the
        district read, and what is kept by person or minute is made anew."""
        leader, second = Client(), scene.client("leader")
        leader.force_login(make_user(scene.district.bureau, Role.LEADER, "came last"))
        warm_up()  # the weeks of every bureau are planned
        seen_first(leader, second)
        assert look(leader, address)[1] == cold
        seen_first()  # nothing is kept any more
        with capture_logs() as told:
            warm_up()
        assert "not_warm" not in {line["event"] for line in told}
        assert look(leader, address)[1] == warm
        clock.at("2025-05-14 10:01")
        seen_first(second)  # its session is written anew
        warm_up()
        clock.at("2025-05-14 10:01:30")
        seen_first()
        warm_up()
        clock.at("2025-05-14 10:02")
        assert look(second, address)[1] == colleague

    def test_nobody_waits_for_a_start_behind_a_lock(self, scene: Scene) -> None:
        params = connection.get_connection_params() | {"cursor_factory": None}
        with psycopg.connect(**params) as other, capture_logs() as told:
            other.execute("LOCK TABLE ledger_project IN ACCESS EXCLUSIVE MODE")
            warm_up()
        assert [line["event"] for line in told].count("not_warm") == 1
        assert "文昌园小区" in look(scene.client("leader"), "/projects/")[0]

    def test_a_process_that_is_forked_later_shares_no_connection(self, scene: Scene) -> None:
        warm_up()
        assert connection.connection is None
        assert connection.alias in connection._connection_pools
        child = os.fork()
        if child == 0:
            os._exit(len(connection._connection_pools))
        assert os.waitpid(child, 0)[1] == 0
        with connection.cursor() as cursor:
            cursor.execute("SHOW lock_timeout")
            assert cursor.fetchone() == ("0",)

    def test_the_first_request_is_not_in_such_a_hurry(self, scene: Scene) -> None:
        warm_up()
        for name in ("lock_timeout", "statement_timeout"):
            with connection.cursor() as cursor:
                cursor.execute(f"SHOW {name}")
                assert cursor.fetchone() == ("0",)


@pytest.mark.django_db
def test_the_pages_are_those_of_who_leads_a_bureau_today(scene: Scene) -> None:
    today, bureau = scene.now.date(), scene.district.bureau
    mine = scene.district.users["leader"]
    Membership.objects.exclude(user=mine).delete()
    make_user(scene.district.city, Role.LEADER, "of the city")
    make_user(bureau, Role.REVIEWER, "reviewer again")
    gone = make_user(bureau, Role.LEADER, "gone")
    gone.is_active = False
    gone.save()
    past = make_user(bureau, Role.LEADER, "past")
    past.memberships.update(valid_to=today - timedelta(days=1))
    assert leaders(today) == [mine]
    for number in range(3):
        make_user(BureauFactory(), Role.LEADER, f"leader of {number}")
    assert len(leaders(today)) == 2


@pytest.mark.django_db
def test_nothing_is_made_where_nobody_leads(scene: Scene) -> None:
    Membership.objects.filter(role="leader").delete()
    with capture_logs() as told, CaptureQueriesContext(connection) as captured:
        warm_up()
    assert told == []
    assert sum(each["sql"].startswith("SELECT") for each in captured) == 1


def test_a_portal_that_cannot_be_read_yet_starts(tmp_path: Path) -> None:
    """What gunicorn imports tries to make the pages, says that it could not, and serves."""
    env = {**os.environ, "DATABASE_URL": "", "SQLITE_FILE": str(tmp_path / "empty.sqlite3")}
    code = "from renovation.wsgi import application; print(type(application).__name__)"
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1] == "WSGIHandler"
    assert (done.stdout + done.stderr).count('"event": "not_warm"') == 1
