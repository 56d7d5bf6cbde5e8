"""What the people of a week were told: the rows of the delivery log, a telling with its messages by channel."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from renovation.accounts.models import Organisation, User
from renovation.accounts.scope import Scope
from renovation.core.calendar import local_day
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.face.wording import moment
from renovation.records.acting import who
from renovation.records.models import ChannelCode, Message
from renovation.records.telling import kind_of
from supervision.weekly.enums import Telling


@dataclass(frozen=True, kw_only=True)
class Told:
    """One person told once: by hand (``by``, both persons of a stand-in) or by the clock (""), with a message for each channel. ``nth`` counts what
    the person was told by hand of the week on that day."""

    label: str
    street: Organisation | None
    person: User | None
    at: datetime
    by: str
    nth: int
    messages: tuple[Message, ...]

    @property
    def channels(self) -> list[tuple[str, str, str, str]]:
        """(channel, word, kind of mark, reason) of each message."""
        return [(each.get_channel_display(), *each.mark, each.error) for each in self.messages]


def told_of(*, scope: Scope, week: Week) -> list[Told]:
    """Everything that the people of the streets in sight were told of a week, the newest first. One query."""
    rows = (
        Message.objects.visible_to(scope)
        .filter(kind__in=[each for each in Telling if each is not Telling.DIGEST])
        .filter(period_key=week.key)
        .select_related("organisation", "person", "told_by")
        .defer("text", "html")
        .order_by("pk")
    )
    found: dict[str, list[Message]] = {}
    for row in rows:
        found.setdefault(row.key.rpartition(":")[0], []).append(row)
    counts: Counter[tuple[object, ...]] = Counter()
    tellings = []
    for messages in found.values():
        first = messages[0]
        if first.told_by_id is not None:
            counts[_place(first)] += 1
        tellings.append(
            Told(
                label=kind_of(first).label,
                street=first.organisation,
                person=first.person,
                at=first.created_at,
                by=who(first, "told_by") if first.told_by else "",
                nth=counts[_place(first)],
                messages=tuple(messages),
            )
        )
    tellings.reverse()
    return tellings


def _place(message: Message) -> tuple[object, ...]:
    return message.organisation_id, message.person_id, local_day(message.created_at)


def told_today(*, streets: Iterable[int], week: Week, today: date) -> list[Message]:
    """The messages at the desk by which people of streets were reminded of a week by hand on a day, in order:
    one a person and time. One query."""
    rows = (
        Message.objects.filter(
            kind=Telling.BY_HAND,
            channel=ChannelCode.DESK,
            organisation__in=list(streets),
            period_key=week.key,
        )
        .select_related("person")
        .order_by("pk")
    )
    return [row for row in rows if local_day(row.created_at) == today]


def told_text(rows: Iterable[Message]) -> str:
    """松龄路街道 街道填报 5月10日 09:30、…"""
    return join(f"{row.person} {moment(row.created_at)}" for row in rows)
