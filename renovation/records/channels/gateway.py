"""An HTTP gateway of the house, which passes short messages on by SMS or to an office chat.

Off unless ``MESSAGE_GATEWAY_URL`` is set. A message is one POST of JSON with a secret header; the answer's
status alone is read. A redirect is not followed, so that the secret goes nowhere else.
"""

from __future__ import annotations

import json
from http.client import HTTPConnection, HTTPException, HTTPResponse, HTTPSConnection
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings

from renovation.records.models import Message

from .carrying import OutcomeUnknownError, UndeliveredError

#: Answers of a gateway that is busy: trying later helps, as with every 5xx.
BUSY: Final = frozenset({408, 425, 429})


class Gateway:
    """POST to the configured address."""

    def is_open(self) -> bool:
        """Whether an address is configured."""
        return bool(settings.MESSAGE_GATEWAY_URL)

    def carry(self, message: Message) -> None:
        """Post the message; its ``id`` never changes, so that the gateway can tell a copy."""
        if not self.is_open():
            raise UndeliveredError("没有配置短信或办公群的网关。", for_good=True)
        address = urlsplit(settings.MESSAGE_GATEWAY_URL)
        secure = address.scheme == "https"
        body = json.dumps(body_of(message), ensure_ascii=False).encode()
        headers = {
            "Content-Type": "application/json; charset=utf-8",
            settings.MESSAGE_GATEWAY_HEADER: settings.MESSAGE_GATEWAY_SECRET,
        }
        kind = HTTPSConnection if secure else HTTPConnection
        connection = kind(
            address.hostname or "", address.port, timeout=settings.MESSAGE_GATEWAY_TIMEOUT
        )
        try:
            try:
                connection.connect()
            except OSError as fault:
                raise UndeliveredError("连不上消息网关。") from fault
            try:
                path = (address.path or "/") + (f"?{address.query}" if address.query else "")
                connection.request("POST", path, body=body, headers=headers)
                answer = connection.getresponse()
            except (OSError, HTTPException) as fault:
                raise OutcomeUnknownError("与消息网关的连接中断，不知道是否已送出。") from fault
            _judge(answer)
        finally:
            connection.close()


def body_of(message: Message) -> dict[str, object]:
    """What the gateway is told of a message (docs/configuration.md)."""
    return {
        "id": message.message_id.strip("<>"),
        "kind": message.kind,
        "to": {"address": message.recipient, "name": message.recipient_name},
        "subject": message.subject,
        "text": message.text,
    }


def _judge(answer: HTTPResponse) -> None:
    if 200 <= answer.status < 300:
        return
    again = answer.status >= 500 or answer.status in BUSY
    raise UndeliveredError(f"消息网关没有接受（{answer.status}）。", for_good=not again)
