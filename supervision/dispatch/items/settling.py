"""When what a reminder of an item asks for is settled, and when it is wanted again.

A reminder belongs to the item with its deadline (``matter_key``) and to where who answers sits, the follower's to the
bureau: it holds while the item is owed by that day and whom it was sent to is still told.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime

from projects.ledger.models import Project
from renovation.accounts.enums import OrganisationKind
from renovation.accounts.models import Organisation
from renovation.core.messages import Settled
from renovation.core.wording import join
from renovation.face.wording import day as day_words
from renovation.records.models import Message
from renovation.records.settling import settle, settle_anew
from supervision.dispatch.enums import (
    OWED_STATES,
    AnswererKind,
    ExtensionState,
    ItemAct,
    ItemState,
    Telling,
)
from supervision.dispatch.models import DispatchItem, ItemExtension, ItemStep

#: Where people have accounts of their own who answer.
_ANSWERING = frozenset({OrganisationKind.STREET, OrganisationKind.COMPANY})
_KINDS = [kind.value for kind in Telling]


def matter_key(item: DispatchItem) -> str:
    """What a reminder is about: the item, with the deadline in force."""
    return f"{item.pk}:{item.due_on.isoformat()}"


def places_of(item: DispatchItem) -> list[Organisation]:
    """Where who answers sits; of a party without an account the street of its project, of a section nowhere: its
    follower is told."""
    return _places(item.answerer_kind, item.organisation, item.project)


def _places(
    kind: str, organisation: Organisation | None, project: Project | None
) -> list[Organisation]:
    if kind == AnswererKind.SECTION:
        return []
    if organisation is not None and organisation.kind in _ANSWERING:
        return [organisation]
    return [project.street] if project is not None else []


# -- asked of the wing -------------------------------------------------------------------------------
def outdated(message: Message, now: datetime) -> str:
    """Why a reminder is not sent any more: it was reported, settled, given more time or passed on meanwhile. "" where
    it holds."""
    found = settled([message], now).get(message.pk)
    return f"{found[1].rstrip('。')}，没有再提醒。" if found else ""


def settled(messages: Sequence[Message], now: datetime) -> dict[int, Settled]:
    """Of which reminders nothing is wanted any more, since which act, with what became of the item. One query, and one
    each where items were given more time or passed on."""
    matter = {row.pk: row.period_key.partition(":")[::2] for row in messages}
    asked = {int(pk) for pk, _ in matter.values() if pk.isdecimal()}
    rows = DispatchItem.objects.filter(pk__in=asked)
    items = {
        str(item.pk): item
        for item in rows.select_related("organisation", "owner", "project__street")
    }
    found: dict[int, Settled] = {}
    extended: list[tuple[Message, DispatchItem]] = []
    passed: list[tuple[Message, DispatchItem]] = []
    for row in messages:
        item = items.get(matter[row.pk][0])
        if item is None:
            found[row.pk] = now, "这件事已撤销。"
        elif item.state not in OWED_STATES:
            found[row.pk] = _ended_at(item) or now, f"这件事{item.get_state_display()}。"
        elif row.period_key != matter_key(item):
            extended.append((row, item))
        elif not _is_told(row, item):
            passed.append((row, item))
    return found | _extended(extended, now) | _passed_on(passed, now)


def _ended_at(item: DispatchItem) -> datetime | None:
    """The act by which an item came to where nothing is owed."""
    return {
        ItemState.REPORTED: item.reported_at,
        ItemState.DONE: item.done_at,
        ItemState.CANCELLED: item.cancelled_at,
    }.get(ItemState(item.state))


def _extended(rows: Sequence[tuple[Message, DispatchItem]], now: datetime) -> dict[int, Settled]:
    """When the deadline of each was moved, and to which day."""
    granted: dict[str, ItemExtension] = {}
    if rows:
        extensions = ItemExtension.objects.filter(
            item__in={item.pk for _, item in rows}, state=ExtensionState.GRANTED
        )
        granted = {f"{each.item_id}:{each.due_on_then.isoformat()}": each for each in extensions}
    found: dict[int, Settled] = {}
    for row, item in rows:
        extension = granted.get(row.period_key)
        until: date = item.due_on
        at = now
        if extension is not None:
            until, at = extension.granted_on or until, extension.decided_at or at
        found[row.pk] = at, f"已延期至{day_words(until)}。"
    return found


def _is_told(message: Message, item: DispatchItem) -> bool:
    """Whether an item that is owed is still a matter of whom a reminder of it was sent to."""
    if message.organisation_id == item.bureau_id:
        follows = message.kind == Telling.OVERDUE or item.answerer_kind == AnswererKind.SECTION
        return follows and message.person_id == item.owner_id
    return message.organisation_id in {place.pk for place in places_of(item)}


def _passed_on(rows: Sequence[tuple[Message, DispatchItem]], now: datetime) -> dict[int, Settled]:
    """When each left where its reminder was sent to, and who has it now."""
    steps: dict[int, list[ItemStep]] = defaultdict(list)
    if rows:
        acts = ItemStep.objects.filter(
            item__in={item.pk for _, item in rows}, act__in=[ItemAct.TRANSFER, ItemAct.HAND_OVER]
        )
        for each in acts.select_related("from_organisation").order_by("-pk"):
            steps[each.item_id].append(each)
    found: dict[int, Settled] = {}
    for row, item in rows:
        step = next((each for each in steps[item.pk] if _left_by(each, row, item)), None)
        if row.organisation_id == item.bureau_id and row.person_id != item.owner_id:
            what = f"已由{item.owner}跟办。"
        elif step is not None:
            what = f"已转交{item.answerer_name}。"
        else:  # its project moved to another street
            what = f"已由{join(place.short_name for place in places_of(item))}接办。"
        found[row.pk] = step.at if step is not None else now, what
    return found


def _left_by(step: ItemStep, message: Message, item: DispatchItem) -> bool:
    """Whether an item left whom a reminder was sent to by a step."""
    if message.organisation_id == item.bureau_id:
        if message.person_id != item.owner_id:
            return step.act == ItemAct.HAND_OVER
        return step.from_kind == AnswererKind.SECTION
    if step.act == ItemAct.HAND_OVER:
        return False
    left = _places(step.from_kind, step.from_organisation, item.project)
    return message.organisation_id in {place.pk for place in left}


# -- done by an act ----------------------------------------------------------------------------------
def settle_item(*, item: DispatchItem, before: DispatchItem, now: datetime) -> None:
    """An act has moved an item on from how it stood ``before``: its reminders are settled where it is not owed any
    more or has another deadline. Where it is owed again or passed on, they stand open with who answers now, and those
    of who answered until now are settled. One statement where it ends, nothing where nothing changes for them."""
    key = matter_key(before)
    if item.state not in OWED_STATES:
        what = f"这件事{item.get_state_display()}。"
        settle(kinds=_KINDS, period_key=key, what=what, now=now)
    elif item.due_on != before.due_on:
        what = f"已延期至{day_words(item.due_on)}。"
        settle(kinds=_KINDS, period_key=key, what=what, now=now)
    elif before.state not in OWED_STATES or _told(item) != _told(before):
        settle_anew(kinds=_KINDS, period_key=key, now=now)


def _told(item: DispatchItem) -> tuple[object, ...]:
    return item.answerer_kind, item.answerer_name, item.organisation_id, item.owner_id
