"""What the weekly returns tell people: reminders before, at and after the due moment, and the digest."""

from __future__ import annotations

from renovation.core.messages import MessageKind, Purpose

from .enums import Telling
from .reminding.outdated import reminder_outdated
from .reminding.rounds import digest_compiled, digest_outdated
from .reminding.settling import settled_reminders


def _reminder(code: str, label: str) -> MessageKind:
    return MessageKind(
        code=code,
        label=label,
        purpose=Purpose.REMINDER,
        in_hours=True,
        outdated=reminder_outdated,
        settled=settled_reminders,
    )


KINDS = [
    _reminder(Telling.BEFORE, "截止前提醒"),
    _reminder(Telling.DUE, "到时提醒"),
    _reminder(Telling.LATE, "关闭前提醒"),
    _reminder(Telling.BY_HAND, "催报"),
    MessageKind(
        code=Telling.DIGEST,
        label="报送情况汇总",
        purpose=Purpose.REMINDER,
        in_hours=True,
        outdated=digest_outdated,
        compiled=digest_compiled,
    ),
]
