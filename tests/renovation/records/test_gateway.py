"""The HTTP gateway against a real server on the loopback: what it is told, refusals, a line that breaks."""

from __future__ import annotations

import json
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest
from django.conf import LazySettings

from renovation.accounts.models import Organisation, User
from renovation.core.messages import MessageKind, Purpose
from renovation.records import sending, telling
from renovation.records.models import Message, MessageChoice, MessageState
from renovation.records.telling import choices_of, tell
from tests.factories.accounts import make_district
from tests.servers import free_port
from tests.supervision.weekly.office import moment

pytestmark = pytest.mark.django_db
NOW = moment("2025-05-07 10:00")
ADDRESS = "13800000001"


@dataclass
class GatewayServer:
    """Keeps what it is told; ``status`` None breaks the line off after the request."""

    port: int = 0
    status: int | None = 200
    heard: list[tuple[str, dict[str, str], dict[str, Any]]] = field(default_factory=list)


@pytest.fixture
def gateway(settings: LazySettings) -> Iterator[GatewayServer]:
    told = GatewayServer()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            told.heard.append((self.path, dict(self.headers), json.loads(body)))
            if told.status is None:
                self.connection.shutdown(socket.SHUT_RDWR)
                return
            self.send_response(told.status)
            self.send_header("Location", "http://127.0.0.1:9/elsewhere")
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_args: object) -> None:
            return

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    settings.MESSAGE_GATEWAY_URL = f"http://127.0.0.1:{told.port}/push?app=1"
    settings.MESSAGE_GATEWAY_HEADER, settings.MESSAGE_GATEWAY_SECRET = "X-Key", "very-secret"
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def person(monkeypatch: pytest.MonkeyPatch) -> User:
    """Somebody who is told by the gateway, of a kind that leaves in office hours and says what it says."""
    plain = MessageKind(code="plain", label="试", purpose=Purpose.REMINDER, in_hours=True)
    declared = {**telling.kinds(), "plain": plain}
    monkeypatch.setattr(telling, "kinds", lambda: declared)
    user = make_district().users["songlinglu"]
    MessageChoice.objects.create(
        person=user, gateway_address=ADDRESS, reminders_by_mail=False, updated_at=NOW
    )
    return user


def remind(person: User, key: str = "return.due:1") -> list[Message]:
    return tell(
        kind="plain",
        key=key,
        person=person,
        choice=choices_of([person]).get(person.pk),
        subject="第19周周报报送情况",
        text="未报 1 个。",
        organisation=Organisation.objects.get(code="zichuan-bureau"),
        now=NOW,
    )


def by_gateway() -> Message:
    return Message.objects.get(channel="gateway")


def test_the_gateway_is_told_once_with_the_secret(gateway: GatewayServer, person: User) -> None:
    assert [message.channel for message in remind(person)] == ["desk", "gateway"]
    assert remind(person) == []
    assert sending.send_due(now=NOW) == 2
    assert sending.send_due(now=NOW + timedelta(minutes=1)) == 0
    ((path, headers, body),) = gateway.heard
    assert (path, headers["X-Key"]) == ("/push?app=1", "very-secret")
    message = by_gateway()
    assert body == {
        "id": message.message_id.strip("<>"),
        "kind": "plain",
        "to": {"address": ADDRESS, "name": "松龄路街道 街道填报"},
        "subject": "第19周周报报送情况",
        "text": "未报 1 个。",
    }
    assert (message.state, message.sent_at, message.attempts) == (MessageState.SENT, NOW, 1)


def test_a_gateway_in_trouble_is_asked_again_later_each_time(
    gateway: GatewayServer, person: User
) -> None:
    gateway.status = 503
    remind(person)
    sending.send_due(now=NOW)
    message = by_gateway()
    assert (message.state, message.error) == (
        MessageState.QUEUED,
        "消息网关没有接受（503）。",
    )
    assert message.next_attempt_at == NOW + timedelta(minutes=1)
    gateway.status = 429
    sending.send_due(now=NOW + timedelta(minutes=1))
    assert by_gateway().next_attempt_at == NOW + timedelta(minutes=6)
    gateway.status = 202
    assert sending.send_due(now=NOW + timedelta(minutes=6)) == 1
    assert len({body["id"] for _, _, body in gateway.heard}) == 1


def test_a_try_that_would_fall_after_hours_waits_for_the_morning(
    gateway: GatewayServer, person: User
) -> None:
    gateway.status = 503
    remind(person)
    late = moment("2025-05-07 17:29")
    sending.send_due(now=late)
    assert sending.send_due(now=moment("2025-05-07 17:30")) == 0
    assert by_gateway().next_attempt_at == moment("2025-05-08 08:30")
    assert len(gateway.heard) == 1


@pytest.mark.parametrize("status", [302, 400, 401, 404])
def test_a_refusal_is_for_good_and_a_redirect_is_not_followed(
    gateway: GatewayServer, person: User, status: int
) -> None:
    gateway.status = status
    remind(person)
    sending.send_due(now=NOW)
    message = by_gateway()
    assert (message.state, message.error) == (
        MessageState.FAILED,
        f"消息网关没有接受（{status}）。",
    )
    assert ADDRESS not in message.error
    assert len(gateway.heard) == 1


def test_a_line_that_breaks_after_handing_over_is_unknown(
    gateway: GatewayServer, person: User
) -> None:
    gateway.status = None
    remind(person)
    sending.send_due(now=NOW)
    message = by_gateway()
    assert (message.state, message.error) == (
        MessageState.UNKNOWN,
        "与消息网关的连接中断，不知道是否已送出。",
    )
    assert sending.send_due(now=NOW + timedelta(days=1)) == 0
    assert len(gateway.heard) == 1


def test_no_gateway_there_means_later(settings: LazySettings, person: User) -> None:
    settings.MESSAGE_GATEWAY_URL = f"http://127.0.0.1:{free_port()}/"
    remind(person)
    sending.send_due(now=NOW)
    assert (by_gateway().state, by_gateway().error) == (MessageState.QUEUED, "连不上消息网关。")


def test_without_an_address_in_the_settings_nothing_is_made_or_sent(
    settings: LazySettings, person: User
) -> None:
    assert [message.channel for message in remind(person)] == ["desk"]
    settings.MESSAGE_GATEWAY_URL = "http://127.0.0.1:9/"
    remind(person, key="another")
    settings.MESSAGE_GATEWAY_URL = ""
    sending.send_due(now=NOW)
    assert (by_gateway().state, by_gateway().error) == (
        MessageState.FAILED,
        "没有配置短信或办公群的网关。",
    )
