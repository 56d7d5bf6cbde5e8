"""Reminding streets by hand, and keeping whom to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string

from renovation.accounts.models import Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.holding import holding
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.records.models import Message, MessageChoice
from renovation.records.services import audit
from renovation.records.telling import choices_of, tell
from supervision.weekly.enums import Telling
from supervision.weekly.models import ReportingContact
from supervision.weekly.register import Entry, Line

from .owing import line_of, until, wanted
from .rounds import address_of, owed, people_of
from .told import told_text, told_today


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """``reminders`` that were made, the one at the desk for each person; ``told`` are today's earlier ones, to
    people who were not written to again; ``unreachable`` are streets whose posts are vacant. ``leaves_at`` is when
    they leave: now, or when the office opens."""

    reminders: tuple[Message, ...]
    told: tuple[Message, ...]
    unreachable: tuple[Organisation, ...]
    leaves_at: datetime


@transaction.atomic
def remind(
    *,
    bureau: Organisation,
    week: Week,
    streets: Sequence[Organisation],
    again: bool,
    by: User,
    now: datetime,
) -> Reminded:
    """Tell the people of streets of a bureau that owe the return of a week, by the channels that each wants; who
    was reminded of it today already is left out, unless ``again`` says that it is meant. Outside office hours
    the messages wait for the next one.

    Refuses a street that owes nothing now (``reminder.not_owing``), streets whose posts are all vacant
    (``reminder.nobody``), and where all were reminded today (``reminder.again``, names them with the time).
    """
    # Two people of the bureau who remind at the same moment wait for each other here.
    locked = Organisation.objects.select_for_update(no_key=True).filter(
        pk__in=[street.pk for street in streets]
    )
    pks = list(locked.order_by("pk").values_list("pk", flat=True))
    line = line_of(bureau=bureau, streets=pks, week=week, now=now)
    owing = {entry.street.pk: entry for entry in wanted(line)} if line is not None else {}
    settled = [street.short_name for street in streets if street.pk not in owing]
    if line is None or settled:
        raise Refusal(
            "reminder.not_owing",
            f"{join(settled)}现在不用催报，可能刚刚报送了。请刷新后再选。",
            field="streets",
        )
    people = people_of(streets=streets, now=now)
    if not any(people.values()):
        names = join(street.short_name for street in streets)
        raise Refusal(
            "reminder.nobody",
            f"{names}没有在岗的填报岗和审核岗，发不了消息，请打电话或发到工作群。",
            field="streets",
        )
    earlier = told_today(streets=pks, week=week, today=local_day(now))
    counts = Counter((row.organisation_id, row.person_id) for row in earlier)
    written = {
        street.pk: [
            person for person in people[street.pk] if again or not counts[street.pk, person.pk]
        ]
        for street in streets
    }
    newest = {(row.organisation_id, row.person_id): row for row in earlier}
    told = [] if again else list(newest.values())
    if not any(written.values()):
        raise Refusal(
            "reminder.again",
            f"今天已经催过：{told_text(told)}。确要再发的，请勾选“再发一次”。",
            field="again",
        )
    choices = choices_of([person for each in written.values() for person in each])
    made = []
    for street in streets:
        with holding():  # the office hours of a street are looked up once
            for person in written[street.pk]:
                nth = counts[street.pk, person.pk] + 1
                choice = choices.get(person.pk)
                made.append(_remind(owing[street.pk], line, person, choice, nth, by, now))
        if written[street.pk]:
            audit(
                act="return.remind",
                sentence=f"催报{street.short_name}{week.label}周报，发给{join(map(str, written[street.pk]))}",
                by=by,
                now=now,
                target=made[-1],
                organisation=street,
            )
    return Reminded(
        reminders=tuple(made),
        told=tuple(told),
        unreachable=tuple(street for street in streets if not people[street.pk]),
        leaves_at=made[0].next_attempt_at,
    )


def _remind(
    entry: Entry,
    line: Line,
    person: User,
    choice: MessageChoice | None,
    nth: int,
    by: User,
    now: datetime,
) -> Message:
    """The message at the desk, which everybody has; the others are made beside it."""
    street, today = entry.street, local_day(now)
    desk, *_ = tell(
        kind=Telling.BY_HAND,
        key=f"{Telling.BY_HAND}:{street.pk}:{line.week.key}:{person.pk}:{today.isoformat()}:{nth}",
        person=person,
        choice=choice,
        subject=f"催报：{street.short_name}{line.week.label}周报{owed(entry)}",
        text=render_to_string(
            "weekly/reminder.txt",
            {
                "person": person,
                "entry": entry,
                "owed": owed(entry),
                "week": line.week,
                "until": until([entry], line),
                "by": by,
            },
        ),
        link=address_of(line.week, street),
        organisation=street,
        period_key=line.week.key,
        told_by=by,
        now=now,
    )
    return desk


@transaction.atomic
def keep_contact(
    *, street: Organisation, person: str, phone: str, by: User, now: datetime
) -> ReportingContact:
    """Keep whom to call about a street's returns, in place of whoever stood there; history keeps the earlier."""
    found = ReportingContact.objects.select_for_update().filter(street=street).first()
    before = [found.person, found.phone] if found else [None, None]
    if before == [person, phone] and found is not None:
        return found
    contact = found or ReportingContact(street=street)
    contact.person, contact.phone = person, phone
    contact.updated_at, contact.updated_by = now, by
    contact.save()
    audit(
        act="return.contact",
        sentence=f"登记{street.short_name}的报送联系人",
        by=by,
        now=now,
        target=contact,
        organisation=street,
        changes={"person": [before[0], person], "phone": [before[1], phone]},
    )
    return contact
