"""Reminding streets by mail, a row per reminder, and keeping whom to call."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.template.loader import render_to_string

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, User
from renovation.core.calendar import local_day
from renovation.core.errors import Refusal
from renovation.core.periods import Week
from renovation.core.wording import join
from renovation.face.wording import moment
from renovation.records.mail import queue_mail
from renovation.records.services import audit
from supervision.weekly.models import Reminder, ReportingContact
from supervision.weekly.register import Entry, Line

from .owing import is_back, line_of, until, wanted

#: Who is written to in a street: who fills the return in, and who reviews it.
ROLES = (Role.CLERK, Role.STREET_HEAD)


@dataclass(frozen=True, kw_only=True)
class Reminded:
    """``reminders`` that were made; ``told`` are today's earlier ones, to people who were not written to again;
    ``unreachable`` are streets in which nobody has a mail address."""

    reminders: tuple[Reminder, ...]
    told: tuple[Reminder, ...]
    unreachable: tuple[Organisation, ...]


def people_of(*, streets: Sequence[Organisation], now: datetime) -> dict[int, list[User]]:
    """street → the active people of its posts who have a mail address. One query."""
    rows = (
        Membership.objects.filter(
            organisation__in=[street.pk for street in streets],
            role__in=ROLES,
            user__is_active=True,
        )
        .valid_on(local_day(now))
        .exclude(user__email="")
        .select_related("user")
        .order_by("user__pk")
    )
    found: dict[int, list[User]] = {street.pk: [] for street in streets}
    for row in rows:
        if row.user not in found[row.organisation_id]:
            found[row.organisation_id].append(row.user)
    return found


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
    """Write to the people of streets of a bureau that owe the return of a week; who was reminded of it today
    already is left out, unless ``again`` says that it is meant.

    Refuses a street that owes nothing now (``reminder.not_owing``), streets in which nobody can be reached by
    mail (``reminder.nobody``), and where all were reminded today (``reminder.again``, names them with the time).
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
            f"{names}没有登记邮箱，发不了邮件，请打电话或发到工作群。",
            field="streets",
        )
    today = local_day(now)
    earlier = list(
        Reminder.objects.filter(street__in=pks, week_start=week.start, on=today)
        .select_related("recipient")
        .order_by("pk")
    )
    counts = Counter((row.street_id, row.recipient_id) for row in earlier)
    written = {
        street.pk: [
            person for person in people[street.pk] if again or not counts[street.pk, person.pk]
        ]
        for street in streets
    }
    newest = {(row.street_id, row.recipient_id): row for row in earlier}
    told = [] if again else list(newest.values())
    if not any(written.values()):
        raise Refusal(
            "reminder.again",
            f"今天已经催过：{told_text(told)}。确要再发的，请勾选“再发一次”。",
            field="again",
        )
    made = []
    for street in streets:
        for person in written[street.pk]:
            nth = counts[street.pk, person.pk] + 1
            made.append(_remind(owing[street.pk], line, person, nth, by, now))
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
    )


def told_text(rows: Sequence[Reminder]) -> str:
    """松龄路街道 街道填报 5月10日 09:30、…"""
    return join(f"{row.recipient} {moment(row.sent_at)}" for row in rows)


def _remind(entry: Entry, line: Line, person: User, nth: int, by: User, now: datetime) -> Reminder:
    street, today = entry.street, local_day(now)
    owed = "已退回，尚未重报" if is_back(entry) else "尚未报送"
    mail = queue_mail(
        key=f"return.reminder:{street.pk}:{line.week.key}:{person.pk}:{today.isoformat()}:{nth}",
        recipient=person.email,
        recipient_name=str(person),
        subject=f"催报：{street.short_name}{line.week.label}周报{owed}",
        text=render_to_string(
            "weekly/reminder.txt",
            {
                "person": person,
                "entry": entry,
                "owed": owed,
                "week": line.week,
                "until": until([entry], line),
                "by": by,
            },
        ),
        organisation=street,
        now=now,
    )
    return Reminder.objects.create(
        street=street,
        week_start=line.week.start,
        recipient=person,
        mail=mail,
        on=today,
        nth=nth,
        sent_at=now,
        sent_by=by,
    )


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
