"""Reminders of items: a working day before they are due, and once when they are overdue; each person once, and who
answers once more after it was sent back or passed on.

Who answers is told: the people of the street or of the company, of a section its follower. When it is overdue the
follower at the bureau is told as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Organisation, User
from renovation.core.holding import holding
from renovation.core.wording import PLATFORM
from renovation.face.wording import day as day_words
from renovation.records.models import ChannelCode, Message
from renovation.records.services import work_calendar
from renovation.records.telling import choices_of, tell
from supervision.dispatch.enums import OWED_STATES, AnswererKind, ItemAct, Telling
from supervision.dispatch.models import DispatchItem, ItemStep
from supervision.weekly.reminding.rounds import people_of

from .settling import matter_key, places_of

#: Who of an organisation that answers is told.
_ROLES = {
    OrganisationKind.STREET: (Role.CLERK, Role.STREET_HEAD),
    OrganisationKind.COMPANY: (Role.CONTRACTOR, Role.SUPERVISOR),
}


@transaction.atomic
def remind(*, kind: str, bureau: Organisation, on: date, now: datetime) -> dict[str, int]:
    """Tell the people of the items that are due on the next working day, or that are overdue since (``kind``).

    Returns how many ``items`` and ``messages``, which the ledger of runs keeps. Nobody is told on a day that is not
    worked, and of the same deadline nobody twice: an item that was given more time is reminded of anew, and who
    answers is told anew of one that was sent back or passed on since.
    """
    calendar = work_calendar()
    if not calendar.is_workday(on):
        return {"items": 0, "messages": 0}
    rows = DispatchItem.objects.filter(bureau=bureau, state__in=OWED_STATES)
    if kind == Telling.BEFORE:
        rows = rows.filter(due_on__gt=on, due_on__lte=calendar.next_workday(on))
    else:
        rows = rows.overdue_on(on)
    items = list(
        rows.select_related("bureau", "organisation", "owner", "project__street").order_by("pk")
    )
    people = _people_of_all(items, now)
    told = {item.pk: _people(item, people, with_owner=kind == Telling.OVERDUE) for item in items}
    choices = choices_of([person for those in told.values() for _, person in those])
    came_back = CameBack.read(kind, items)
    made: list[Message] = []
    with holding():  # the office hours of an organisation are looked up once
        for item in items:
            for organisation, person in told[item.pk]:
                made += tell(
                    kind=kind,
                    key=came_back.key(item, organisation, person),
                    person=person,
                    choice=choices.get(person.pk),
                    subject=_subject(kind, item, on),
                    text=_text(item, person, on),
                    link=reverse("dispatch:item", args=[item.pk]),
                    organisation=organisation,
                    period_key=matter_key(item),
                    now=now,
                )
    return {"items": len(items), "messages": len(made)}


@dataclass(frozen=True, slots=True)
class CameBack:
    """When items came back to who answers or went to another, and when each person was first told of a deadline.

    A message that was made of an item after it came back told of that already: what a release told that did not
    count is not told again.
    """

    kind: str
    returned: Mapping[int, Sequence[datetime]]
    told: Mapping[str, datetime]

    @classmethod
    def read(cls, kind: str, items: Sequence[DispatchItem]) -> CameBack:
        """Of items. One query, and one more where any came back."""
        returned: dict[int, list[datetime]] = {}
        steps = ItemStep.objects.filter(
            item__in=items, act__in=[ItemAct.SEND_BACK, ItemAct.TRANSFER]
        )
        for item_id, at in steps.values_list("item_id", "at"):
            returned.setdefault(item_id, []).append(at)
        messages = Message.objects.filter(
            kind=kind,
            channel=ChannelCode.DESK,
            period_key__in=[matter_key(item) for item in items if item.pk in returned],
        )
        return cls(kind, returned, dict(messages.values_list("key", "created_at")))

    def key(self, item: DispatchItem, organisation: Organisation, person: User) -> str:
        """By which nobody is told twice: of a deadline, who answers also of how often it came back since the first
        message. Who only follows it did that."""
        key = f"{self.kind}:{matter_key(item)}:{person.pk}"
        if organisation == item.bureau and item.answerer_kind != AnswererKind.SECTION:
            return key
        first = self.told.get(f"{key}:{ChannelCode.DESK}")
        returns = [at for at in self.returned.get(item.pk, ()) if first is None or at > first]
        return f"{key}:{len(returns)}" if returns else key


def _people_of_all(items: Sequence[DispatchItem], now: datetime) -> dict[int, list[User]]:
    """organisation → who of it is told, of all where items are answered. Two queries a kind of organisation."""
    places = {each.pk: each for item in items for each in places_of(item)}
    found: dict[int, list[User]] = {}
    for kind, roles in _ROLES.items():
        those = [each for each in places.values() if each.kind == kind]
        if those:
            found |= people_of(streets=those, now=now, roles=roles)
    return found


def _people(
    item: DispatchItem, people: Mapping[int, Sequence[User]], *, with_owner: bool
) -> Sequence[tuple[Organisation, User]]:
    """Who is told of an item, each with the organisation whose office hours count."""
    found: list[tuple[Organisation, User]] = []
    for organisation in places_of(item):
        found += [(organisation, person) for person in people[organisation.pk]]
    if with_owner or item.answerer_kind == AnswererKind.SECTION:
        found.append((item.bureau, item.owner))
    return found


def _subject(kind: str, item: DispatchItem, on: date) -> str:
    if kind == Telling.BEFORE:
        return f"提醒：{item.code} {day_words(item.due_on)}到期"
    return f"提醒：{item.code} 已逾期 {(on - item.due_on).days} 天"


def _text(item: DispatchItem, person: User, on: date) -> str:
    late = item.overdue_days(on)
    due = f"办结期限 {day_words(item.due_on)}" + (f"，已逾期 {late} 天" if late else "")
    return (
        f"{person}：\n\n交办事项 {item.code}，{item.answerer_name}办理，{item.get_state_display()}，{due}。\n\n"
        f"交办内容：{item.task}\n完成标准：{item.standard}\n\n"
        f"办好的登录平台报办结；办不完的写明原因申请延期。\n\n{PLATFORM}\n"
    )
