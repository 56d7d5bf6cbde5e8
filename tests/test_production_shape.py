"""The production shape by hand: a real PostgreSQL and Redis, and the very command lines of the containers.

There is no container engine in the tests; what `docker compose up` would start is started here as processes.
"""

from __future__ import annotations

import json
import os
import re
import secrets
import subprocess
import sys
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode

import pytest

from renovation.runner import commands
from renovation.runner.processes import end, start, wait_until
from tests.servers import ROOT, free_port, postgres, redis_server

pytestmark = pytest.mark.servers


@pytest.fixture
def production(tmp_path: Path) -> Iterator[Mapping[str, str]]:
    """An environment as docs/operations.md gives it, but for TLS, which ends at the proxy."""
    with ExitStack() as stack:
        database, queue = stack.enter_context(postgres()), stack.enter_context(redis_server())
        yield {
            **{key: value for key, value in os.environ.items() if key in {"PATH", "HOME", "LANG"}},
            "PRODUCTION": "true",
            "SECRET_KEY": secrets.token_urlsafe(64),
            "SECURE_SSL": "false",
            "ALLOWED_HOSTS": "127.0.0.1",
            "DATABASE_URL": database,
            "REDIS_URL": queue,
            "EMAIL_URL": "smtp://127.0.0.1:9",
            "MEDIA_ROOT": str(tmp_path / "files"),
            "STATIC_ROOT": str(tmp_path / "static"),
        }


def manage(env: Mapping[str, str], *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "manage.py", *arguments],
        cwd=ROOT, env=dict(env), capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_web_worker_and_schedule_run_as_installed(
    production: Mapping[str, str], tmp_path: Path
) -> None:
    manage(production, "migrate", "--noinput", "--verbosity", "0")
    manage(production, "collectstatic", "--noinput", "--verbosity", "0")
    founded = manage(
        production, "found_bureau", "--code", "zichuan-bureau", "--name", "淄川区住房和城乡建设局",
        "--short-name", "区住建局", "--district", "淄川区", "--prefix", "淄建发",
    )  # fmt: skip
    password = founded.splitlines()[-1]
    port = free_port()
    home = f"http://127.0.0.1:{port}"
    log = tmp_path / "log"
    running = [
        start(command, log=log, env=production, cwd=ROOT)
        for command in (
            commands.web(address=f"127.0.0.1:{port}", workers=1, threads=2),
            commands.worker(concurrency=1),
            commands.schedule(beat=tmp_path / "beat"),
        )
    ]

    def healthy() -> bool:
        """The tick has been: schedule, queue, worker, database and web hold hands."""
        try:
            with urllib.request.urlopen(f"{home}/healthz", timeout=5) as answer:
                return bool(json.load(answer)["tick_age_seconds"] is not None)
        except OSError:
            return False

    try:
        assert wait_until(healthy, process=running[0], seconds=150), log.read_text()
        assert [process.poll() for process in running] == [None, None, None]
        browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        page = browser.open(f"{home}/", timeout=20).read().decode()
        sheet = re.search(r'href="(/static/css/base\.[0-9a-f]+\.css)"', page)
        assert sheet, "static files carry their digest in production"
        assert browser.open(home + sheet[1], timeout=20).status == 200
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token
        form = {"username": "admin", "password": password, "csrfmiddlewaretoken": token[1]}
        address = f"{home}/accounts/sign-in/"
        request = urllib.request.Request(
            address, urlencode(form).encode(), headers={"Referer": address}
        )
        inside = browser.open(request, timeout=20)
        assert inside.url == f"{home}/accounts/password/"
        assert "区住建局 系统管理岗" in inside.read().decode()
    finally:
        for process in reversed(running):
            end(process)
    assert "Traceback" not in log.read_text()
