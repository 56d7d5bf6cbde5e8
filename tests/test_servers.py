"""The tests' own servers and fixtures keep what they promise."""

import smtplib
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from typing import Any

import psycopg
import pytest
import redis
from django.db import connection
from django.utils import timezone

from renovation.jobs.models import Heartbeat
from renovation.jobs.tasks import tick
from renovation.runner.processes import Child
from tests.conftest import Clock, SmtpServer
from tests.servers import ServerError, postgres, redis_server


def test_the_clock_stands_where_it_was_set(clock: Clock) -> None:
    moment = clock.at("2025-05-09 17:00")
    assert timezone.now() == moment
    assert timezone.localtime().isoformat() == "2025-05-09T17:00:00+08:00"


def test_the_mail_server_keeps_a_message_and_refuses_a_recipient(smtp_server: SmtpServer) -> None:
    smtp_server.refuse("gone@example.test", "550 gone")
    message = EmailMessage()
    message["Subject"] = "季度通报"
    message.set_content("正文")
    with smtplib.SMTP(smtp_server.host, smtp_server.port) as client:
        refused = client.send_message(
            message, "from@example.test", ["leader@example.test", "gone@example.test"]
        )
    assert refused == {"gone@example.test": (550, b"gone")}
    assert [found["Subject"] for found in smtp_server.to("leader@example.test")] == ["季度通报"]
    assert smtp_server.to("gone@example.test") == []


@pytest.mark.servers
def test_the_servers_start_answer_and_end() -> None:
    with postgres() as database, redis_server() as queue:
        with psycopg.connect(database) as connection:
            assert connection.execute("SELECT 1").fetchone() == (1,)
        client = redis.Redis.from_url(queue)
        assert client.ping()
        client.close()
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(database, connect_timeout=2)


@pytest.mark.servers
def test_a_missing_server_is_an_error_that_names_the_way_out(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(ServerError, match="make system-test"), redis_server():
        pass


@pytest.mark.servers
def test_the_worker_hears_this_process_and_ends_with_the_test(celery_worker_process: Child) -> None:
    from renovation.celery import app

    answers = app.control.ping(timeout=10, limit=1)
    assert len(answers) == 1
    assert list(answers[0].values()) == [{"ok": "pong"}]
    assert celery_worker_process.process.poll() is None


@pytest.mark.servers
def test_the_workers_tasks_live_at_the_moment_of_the_clock(
    clock: Clock, celery_worker_process: Child, wait_for: Callable[..., None]
) -> None:
    for text in ("2025-05-09 17:00", "2025-05-16 09:30"):
        moment = clock.at(text)
        tick.delay()
        wait_for(lambda at=moment: Heartbeat.objects.filter(at__gte=at).exists())
        beat = Heartbeat.objects.get()
        assert moment <= beat.at < moment + timedelta(minutes=1)


@pytest.mark.browser
def test_a_browser_opens_the_portal_and_nothing_else(page: Any, live_server: Any) -> None:
    asked: list[str] = []
    complaints: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: complaints.append(message.text))
    page.goto(f"{live_server.url}/accounts/sign-in/")
    assert page.locator("input[name=username]").is_visible()
    assert [url for url in asked if not url.startswith(live_server.url)] == []
    assert complaints == []


@pytest.mark.servers
@pytest.mark.django_db
def test_postgresql_compiles_no_statement() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SHOW jit")
        assert cursor.fetchone() == ("off",)
