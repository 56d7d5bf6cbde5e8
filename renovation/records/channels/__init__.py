"""The ways by which a message reaches somebody: the desk (站内消息), e-mail, an HTTP gateway for SMS or office chat.

Each is a `Channel` with one method, ``carry``; ``renovation.records.sending`` is the one machine of states above
them, and ``Message`` the one log of what became of each message.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from renovation.records.models import ChannelCode

from .carrying import Channel, OutcomeUnknownError, UndeliveredError
from .desk import Desk
from .gateway import Gateway
from .mail import Mail

__all__ = ["CHANNELS", "Channel", "OutcomeUnknownError", "UndeliveredError"]

CHANNELS: Final[Mapping[str, Channel]] = {
    ChannelCode.DESK: Desk(),
    ChannelCode.MAIL: Mail(),
    ChannelCode.GATEWAY: Gateway(),
}
