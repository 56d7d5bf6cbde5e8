"""Kinds of messages that wings declare: what a person is told, when, and until when it is worth telling.

A wing lists them in its ``message_kinds.py`` as ``KINDS: list[MessageKind]``; ``renovation.records`` finds them
by name, as it finds parameters. A message itself is a row there, one to one person by one channel.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any


class Purpose(StrEnum):
    """What a message is for: the headings under which a person chooses channels."""

    REMINDER = "reminder"
    RESULT = "result"
    PAPER = "paper"

    @property
    def label(self) -> str:
        return {"reminder": "提醒", "result": "处理结果", "paper": "文件"}[self.value]


#: When nothing was wanted of a message any more, and in a sentence what became of its matter.
Settled = tuple[datetime, str]


def _always(_message: Any, _now: datetime) -> str:
    return ""


@dataclass(frozen=True, kw_only=True)
class MessageKind:
    """``code`` is stable and unique in the portal, ``label`` Chinese.

    A kind ``in_hours`` leaves in office hours only: what falls due outside waits for the next one. ``outdated``
    is asked when a message is about to leave and says in a sentence why it is not wanted any more, "" where it
    still is; what is not wanted is dropped. ``settled`` is asked by the minute about those that stand open on desks,
    and about all of a matter that is opened again: it says of which (by id) nothing is wanted any more, since the
    moment of the act itself, with what became of their matter. It may answer for some of many now and for the others
    when it is asked again. Kinds that share it tell of the same matters (period, organisation): the later of two
    messages to a person stands for the earlier. Where a kind has none, nothing is ever settled.
    ``compiled`` gives the subject and the text anew when a message first leaves, of a kind that tells how things stand:
    it may have waited for the office.
    """

    code: str
    label: str
    purpose: Purpose
    in_hours: bool = False
    outdated: Callable[[Any, datetime], str] = _always
    settled: Callable[[Sequence[Any], datetime], Mapping[int, Settled]] | None = None
    compiled: Callable[[Any, datetime], tuple[str, str]] | None = None
