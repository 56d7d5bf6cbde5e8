"""A process that starts has made the pages of leaders before anybody asks for one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from renovation.accounts.models import Membership
from reports.dashboards.warming import warm_up
from tests.servers import ROOT

from .conftest import Scene
from .test_kept import PAGE, look, seen_first


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
@pytest.mark.usefixtures("alone")
@pytest.mark.parametrize(
    ("address", "cold", "warm"), [("/", 37, 16), ("/projects/", 18, 7), (PAGE, 50, 6)]
)
def test_who_looks_first_waits_no_longer_than_those_behind(
    scene: Scene, address: str, cold: int, warm: int
) -> None:
    """Beside what every look costs, only who looks is asked once."""
    client = scene.client("leader")
    warm_up()  # the weeks of every bureau are planned
    seen_first(client)
    assert look(client, address)[1] == cold
    seen_first()  # nothing is kept any more
    warm_up()
    assert look(client, address)[1] == warm


@pytest.mark.django_db
def test_nothing_is_made_where_nobody_leads(scene: Scene) -> None:
    Membership.objects.filter(role="leader").delete()
    with CaptureQueriesContext(connection) as captured:
        warm_up()
    assert len(captured) == 1


def test_a_portal_that_cannot_be_read_yet_starts(tmp_path: Path) -> None:
    """What gunicorn imports tries to make the pages, says that it could not, and serves."""
    env = {**os.environ, "DATABASE_URL": f"sqlite:///{tmp_path / 'empty.sqlite3'}"}
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
