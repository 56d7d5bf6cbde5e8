"""Who may send a message once more."""

from __future__ import annotations

from renovation.accounts.enums import Permission
from renovation.accounts.scope import Scope
from renovation.core.errors import Forbidden
from renovation.core.messages import Purpose
from renovation.records.models import Message, MessageState
from renovation.records.telling import kind_of


def can_resend(*, scope: Scope, message: Message) -> bool:
    """Failed and unknown messages, those of papers by whoever sends papers."""
    if message.state not in {MessageState.FAILED, MessageState.UNKNOWN}:
        return False
    return _may(scope, message)


def check_resend(*, scope: Scope, message: Message) -> None:
    """Raises Forbidden where the post may not; the state is the service's matter."""
    if not _may(scope, message):
        raise Forbidden("文件的邮件由办公室重发。")


def _may(scope: Scope, message: Message) -> bool:
    if kind_of(message).purpose is Purpose.PAPER:
        return scope.can(Permission.DELIVERY_MANAGE)
    return scope.can(Permission.MESSAGE_MANAGE)
