"""Web, worker and schedule as production runs them, on a real PostgreSQL and a real Redis."""

import http.client
import os
import subprocess
import sys
import time
from pathlib import Path

import psycopg
import pytest
from django.db.migrations.loader import MigrationLoader

from renovation.core.triggers import declared
from renovation.runner import commands
from renovation.runner.processes import Group
from tests.checks import production_env
from tests.servers import ROOT, free_port, postgres, redis_server
from tests.tables import PLANTED

HOST = "portal.example.test"


def _get(port: int, path: str, **headers: str) -> tuple[int, dict[str, str], bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request("GET", path, headers={"Host": HOST, **headers})
        answer = connection.getresponse()
        return answer.status, dict(answer.headers), answer.read()
    except OSError:
        return 0, {}, b""
    finally:
        connection.close()


def _manage(env: dict[str, str], *arguments: str) -> None:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.servers
def test_the_production_shape_comes_up_and_is_well(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(ROOT)
    with postgres() as database, redis_server() as queue:
        env = {
            **os.environ,
            **production_env(),
            "DATABASE_URL": database,
            "REDIS_URL": queue,
            "MEDIA_ROOT": str(tmp_path / "files"),
            "STATIC_ROOT": str(tmp_path / "static"),
            "LOG_LEVEL": "INFO",
        }
        _manage(env, "migrate", "--noinput", "--verbosity", "0")
        with psycopg.connect(database) as connection:
            names = connection.execute(
                "SELECT tgname FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'refuse\\_%'"
            ).fetchall()
            unwatched = connection.execute(
                "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace AND NOT EXISTS"
                " (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND tgname = 'note_written' AND tgenabled = 'A')"
            ).fetchall()
            planted = {
                table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()
                for table in PLANTED
            }
        assert {name for (name,) in names} == set(
            declared(MigrationLoader(None).disk_migrations.values())
        )
        assert unwatched == [("records_written",)]
        assert planted == {table: (count,) for table, count in PLANTED.items()}
        _manage(env, "collectstatic", "--noinput", "--verbosity", "0")
        port = free_port()
        group = Group()
        try:
            web = commands.web(address=f"127.0.0.1:{port}", workers=2, threads=4)
            group.add("web", web, log=tmp_path / "web.log", env=env)
            worker = commands.worker(concurrency=2)
            group.add("worker", worker, log=tmp_path / "worker.log", env=env)
            schedule = commands.schedule(beat=tmp_path / "beat")
            group.add("schedule", schedule, log=tmp_path / "schedule.log", env=env)

            limit = time.monotonic() + 180
            while _get(port, "/healthz")[0] != 200 and time.monotonic() < limit:
                assert group.ended() is None, [child.tail() for child in group.children]
                time.sleep(1)
            status, _, body = _get(port, "/healthz")
            assert (status, b'"ok"' in body) == (200, True), [c.tail() for c in group.children]

            # Without TLS a page leads to https; behind the proxy it is the sign-in page, guarded.
            status, headers, _ = _get(port, "/accounts/sign-in/")
            assert (status, headers["Location"]) == (301, f"https://{HOST}/accounts/sign-in/")
            status, headers, page = _get(
                port, "/accounts/sign-in/", **{"X-Forwarded-Proto": "https"}
            )
            assert status == 200
            # Django writes the directives in no order of their own.
            directives = headers["Content-Security-Policy"].split("; ")
            assert "default-src 'self'" in directives
            assert "frame-ancestors 'none'" in directives
            assert "max-age=31536000" in headers["Strict-Transport-Security"]
            assert headers["X-Frame-Options"] == "DENY"
            assert "Secure" in headers["Set-Cookie"]

            # Static files carry a hash in their name and are kept by browsers for ever.
            sheet = page.decode().split('<link rel="stylesheet" href="')[1].split('"')[0]
            status, headers, _ = _get(port, sheet, **{"X-Forwarded-Proto": "https"})
            assert status == 200
            assert "immutable" in headers["Cache-Control"]

            # The worker works: the tick has come through Redis into the database.
            with psycopg.connect(database) as connection:
                ticks = connection.execute("SELECT count(*) FROM jobs_heartbeat").fetchone()
            assert ticks is not None
            assert ticks[0] >= 1
        finally:
            group.end()
        assert [child.process.returncode for child in group.children] == [0, 0, 0]
