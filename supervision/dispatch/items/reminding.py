"""Reminders of items: a working day before they are due, and once when they are overdue; each person once.

Who answers is told: the people of the street or of the company, of a section its follower. When it is overdue the
follower at the bureau is told as well.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime

from django.db import transaction
from django.urls import reverse

from renovation.accounts.enums import OrganisationKind, Role
from renovation.accounts.models import Organisation, User
from renovation.core.holding import holding
from renovation.face.wording import day as day_words
from renovation.records.models import Message
from renovation.records.services import work_calendar
from renovation.records.settling import settle
from renovation.records.telling import choices_of, tell
from supervision.dispatch.enums import OWED_STATES, AnswererKind, Telling
from supervision.dispatch.models import DispatchItem
from supervision.weekly.reminding.rounds import people_of

#: Who of an organisation that answers is told.
_ROLES = {
    OrganisationKind.STREET: (Role.CLERK, Role.STREET_HEAD),
    OrganisationKind.COMPANY: (Role.CONTRACTOR, Role.SUPERVISOR),
}


@transaction.atomic
def remind(*, kind: str, bureau: Organisation, on: date, now: datetime) -> dict[str, int]:
    """Tell the people of the items that are due on the next working day, or that are overdue since (``kind``).

    Returns how many ``items`` and ``messages``, which the ledger of runs keeps. Nobody is told on a day that is not
    worked, and of the same deadline nobody twice: an item that was given more time is reminded of anew.
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
    made: list[Message] = []
    with holding():  # the office hours of an organisation are looked up once
        for item in items:
            for organisation, person in told[item.pk]:
                made += tell(
                    kind=kind,
                    key=f"{kind}:{item.pk}:{item.due_on.isoformat()}:{person.pk}",
                    person=person,
                    choice=choices.get(person.pk),
                    subject=_subject(kind, item, on),
                    text=_text(item, person, on),
                    link=reverse("dispatch:item", args=[item.pk]),
                    organisation=organisation,
                    period_key=f"{item.pk}:{item.due_on.isoformat()}",
                    now=now,
                )
    return {"items": len(items), "messages": len(made)}


def _people_of_all(items: Sequence[DispatchItem], now: datetime) -> dict[int, list[User]]:
    """organisation → who of it is told, of all where items are answered. Two queries a kind of organisation."""
    places = {each.pk: each for item in items for each in _organisations(item)}
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
    for organisation in _organisations(item):
        found += [(organisation, person) for person in people[organisation.pk]]
    if with_owner or item.answerer_kind == AnswererKind.SECTION:
        found.append((item.bureau, item.owner))
    return found


def _organisations(item: DispatchItem) -> list[Organisation]:
    """Where who answers sits; of a party without an account the street of its project."""
    organisation = item.organisation
    if item.answerer_kind == AnswererKind.SECTION:
        return []
    if organisation is not None and organisation.kind in _ROLES:
        return [organisation]
    return [item.project.street] if item.project is not None else []


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
        "办好的登录平台报办结；办不完的写明原因申请延期。\n\n老旧小区改造调度平台\n"
    )


def outdated(message: Message, now: datetime) -> str:
    """Why a reminder is not sent any more: it was reported, settled or given more time meanwhile. "" where it
    holds."""
    what = settled([message], now).get(message.pk)
    return f"{what.rstrip('。')}，没有再提醒。" if what else ""


def settled(messages: Sequence[Message], _now: datetime) -> dict[int, str]:
    """Of which reminders nothing is wanted any more, with what became of the item: it was reported, settled or given
    more time. One query."""
    due_of = {row.pk: row.period_key.partition(":")[::2] for row in messages}
    asked = {int(pk) for pk, _ in due_of.values() if pk.isdecimal()}
    items = {str(item.pk): item for item in DispatchItem.objects.filter(pk__in=asked)}
    found = {row.pk: _became(items.get(due_of[row.pk][0]), due_of[row.pk][1]) for row in messages}
    return {pk: what for pk, what in found.items() if what}


def _became(item: DispatchItem | None, due: str) -> str:
    """What became of an item that was reminded of with a deadline, "" where it is still owed by that day."""
    if item is None:
        return "这件事已撤销。"
    if item.state not in OWED_STATES:
        return f"这件事{item.get_state_display()}。"
    if item.due_on.isoformat() != due:
        return f"已延期至{day_words(item.due_on)}。"
    return ""


def settle_item(*, item: DispatchItem, before: DispatchItem, now: datetime) -> None:
    """An act has moved an item on from how it stood ``before``: its reminders are settled where it is not owed any
    more or has another deadline, and those of who answered until now where it was passed on. One statement where
    anything changes for them."""
    key = f"{before.pk}:{before.due_on.isoformat()}"
    kinds = [kind.value for kind in Telling]
    if what := _became(item, before.due_on.isoformat()):
        settle(kinds=kinds, period_key=key, what=what, now=now)
    elif (item.organisation_id, item.answerer_name) != (
        before.organisation_id,
        before.answerer_name,
    ):
        for organisation in _organisations(before):
            what = f"已转交{item.answerer_name}。"
            settle(kinds=kinds, period_key=key, what=what, now=now, organisation=organisation)
