"""The rounds of a bureau's clock: who is told what of a week, each person once a round.

Reminders go to who fills in and who reviews the return of a street that still owes it; once the week is closed,
the section head of the bureau has the digest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from datetime import date, datetime, time

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse

from renovation.accounts.enums import Role
from renovation.accounts.models import Membership, Organisation, StandIn, User
from renovation.core.calendar import local_day, local_moment
from renovation.core.declarations import measure
from renovation.core.holding import holding
from renovation.core.measures import Approval, Measure
from renovation.core.periods import Week
from renovation.core.wording import PLATFORM, join
from renovation.face.wording import moment
from renovation.records.models import Message
from renovation.records.telling import choices_of, tell
from supervision.weekly.measures import MEASURES
from supervision.weekly.register import Entry, Line
from supervision.weekly.return_facts import return_facts
from supervision.weekly.weeks import Phase

from .owing import is_back, line_of, until, wanted
from .timetable import extensions

#: Who is told in a street: who fills the return in, and who reviews it.
ROLES = (Role.CLERK, Role.STREET_HEAD)


def people_of(
    *, streets: Sequence[Organisation], now: datetime, roles: Collection[Role] = ROLES
) -> dict[int, list[User]]:
    """organisation → the active people of its posts and who stands in for those who hold them today (AB岗), each once.
    Two queries."""
    today, places = local_day(now), [street.pk for street in streets]
    posts = Membership.objects.filter(
        organisation__in=places, role__in=roles, user__is_active=True
    ).valid_on(today)
    deputies = StandIn.objects.acting_on(today).filter(
        organisation__in=places, role__in=roles, deputy__is_active=True
    )
    told = [
        *((row.organisation_id, row.user) for row in posts.select_related("user").order_by("user")),
        *(
            (row.organisation_id, row.deputy)
            for row in deputies.select_related("deputy").order_by("deputy")
        ),
    ]
    found: dict[int, list[User]] = {street.pk: [] for street in streets}
    for place, person in told:
        if person not in found[place]:
            found[place].append(person)
    return found


def owed(entry: Entry) -> str:
    """What is wanted of a street, for a sentence."""
    return "已退回，尚未重报" if is_back(entry) else "尚未报送"


def address_of(week: Week, street: Organisation) -> str:
    """The page of a street's return."""
    return reverse("weekly:street_week", args=[week.key, street.code])


@transaction.atomic
def extended_round(*, kind: str, bureau: Organisation, day: date, now: datetime) -> dict[str, int]:
    """Tell the people of every street that still owes a week which closes for it by 准许延后 and is reminded of on a
    day; as ``remind_round``."""
    told = {"streets": 0, "messages": 0}
    by_week: dict[Week, set[int]] = {}
    since = local_moment(day, time())
    for at, week, street in extensions(bureau=bureau, since=since, now=now):
        if local_day(at) == day:
            by_week.setdefault(week, set()).add(street)
    for week, streets in sorted(by_week.items()):
        done = remind_round(
            kind=kind, bureau=bureau, week=week, now=now, streets=streets, nth=day.isoformat()
        )
        told = {name: told[name] + done[name] for name in told}
    return told


@transaction.atomic
def remind_round(
    *,
    kind: str,
    bureau: Organisation,
    week: Week,
    now: datetime,
    streets: Iterable[int] | None = None,
    nth: str = "",
) -> dict[str, int]:
    """Tell the people of every street (or of those given) that still owes the week's return. Returns how many
    ``streets`` and ``messages``, which the ledger of runs keeps; done twice it tells nobody twice, but for another
    ``nth`` of the same kind."""
    if streets is None:
        streets = bureau.descendants().values_list("pk", flat=True)
    line = line_of(bureau=bureau, streets=streets, week=week, now=now)
    entries = wanted(line) if line is not None else []
    if line is None or not entries:
        return {"streets": 0, "messages": 0}
    people = people_of(streets=[entry.street for entry in entries], now=now)
    choices = choices_of([person for each in people.values() for person in each])
    made: list[Message] = []
    pairs = [(entry, person) for entry in entries for person in people[entry.street.pk]]
    with holding():  # the office hours of a street are looked up once
        for entry, person in pairs:
            made += tell(
                kind=kind,
                key=":".join(
                    filter(None, (kind, str(entry.street.pk), week.key, str(person.pk), nth))
                ),
                person=person,
                choice=choices.get(person.pk),
                subject=_subject(entry, line),
                text=render_to_string(
                    "weekly/reminder.txt",
                    {
                        "person": person,
                        "entry": entry,
                        "owed": owed(entry),
                        "week": week,
                        "until": until([entry], line),
                        "by": "",
                    },
                ),
                link=address_of(week, entry.street),
                organisation=entry.street,
                period_key=week.key,
                now=now,
            )
    return {"streets": len(entries), "messages": len(made)}


def _subject(entry: Entry, line: Line) -> str:
    named = f"{entry.street.short_name}第{line.week.number}周周报"
    if line.phase is Phase.OPEN:
        return f"提醒：{named} {moment(line.moments.due_at)} 截止，{owed(entry)}"
    return f"提醒：{named} {moment(entry.closes_at)} 关闭，{owed(entry)}"


@transaction.atomic
def digest_round(*, kind: str, bureau: Organisation, week: Week, now: datetime) -> dict[str, int]:
    """Tell the section heads of a bureau how a week ended: who is missing, who was late and why, the rates. What waits
    for the office is compiled again when it leaves (``digest_compiled``)."""
    streets = bureau.descendants().values_list("pk", flat=True)
    line = line_of(bureau=bureau, streets=streets, week=week, now=now)
    if line is None or not line.expected:
        return {"missing": 0, "messages": 0}
    heads = people_of(streets=[bureau], now=now, roles=[Role.REVIEWER])[bureau.pk]
    choices = choices_of(heads)
    text = digest_text(line=line, rates=rates_of(bureau=bureau, week=week, now=now), now=now)
    made: list[Message] = []
    for person in heads:
        made += tell(
            kind=kind,
            key=f"{kind}:{bureau.pk}:{week.key}:{person.pk}",
            person=person,
            choice=choices.get(person.pk),
            subject=_digest_subject(line),
            text=_digest_letter(str(person), text),
            link=reverse("weekly:returns"),
            organisation=bureau,
            period_key=week.key,
            now=now,
        )
    return {"missing": len(line.missing), "messages": len(made)}


def digest_compiled(message: Message, now: datetime) -> tuple[str, str]:
    """Subject and text of a digest as the week stands now."""
    bureau, line = _digest_line(message, now)
    if bureau is None or line is None:
        raise ValueError("a digest of a week that asks for nothing")
    rates = rates_of(bureau=bureau, week=line.week, now=now)
    text = digest_text(line=line, rates=rates, now=now)
    return _digest_subject(line), _digest_letter(message.recipient_name, text)


def digest_outdated(message: Message, now: datetime) -> str:
    """Why a digest is not sent any more: nothing is asked of anybody in its week. "" where it holds."""
    _, line = _digest_line(message, now)
    return "" if line is not None else "这一周不再要求报送，没有再发。"


def _digest_line(message: Message, now: datetime) -> tuple[Organisation | None, Line | None]:
    """The bureau of a digest and how its week stands; no line where nothing is asked of anybody."""
    bureau, week = message.organisation, Week.from_key(message.period_key)
    if bureau is None:
        return None, None
    streets = bureau.descendants().values_list("pk", flat=True)
    line = line_of(bureau=bureau, streets=streets, week=week, now=now)
    return bureau, line if line is not None and line.expected else None


def _digest_letter(name: str, text: str) -> str:
    return f"{name}：\n\n{text}\n\n{PLATFORM}\n"


def rates_of(*, bureau: Organisation, week: Week, now: datetime) -> tuple[Measure, Measure]:
    """报送率 and 及时率 of the week alone, by their declarations."""
    facts = return_facts(bureau=bureau, first=week, last=week, on=week.end, now=now)
    declared = {each.name: each for each in MEASURES}
    reported, on_time = (
        measure(
            declared[name],
            facts,
            as_of=local_day(now),
            approval=Approval.APPROVED,
            period=week,
        )
        for name in ("报送率", "及时率")
    )
    return reported, on_time


def digest_text(*, line: Line, rates: tuple[Measure, Measure], now: datetime) -> str:
    """How a week ended, a sentence a line."""
    reported, on_time = rates
    extended = [entry for entry in line.owing if entry.is_open]
    head = (
        f"截至{moment(now)}，{line.week.label}周报应报 {len(line.expected)} 个街道，"
        f"已报 {len(line.reported)} 个。"
        f"报送率 {reported.full_text}（{reported.parts_text}），"
        f"及时率 {on_time.full_text}（{on_time.parts_text}）。"
    )
    lines = [
        head,
        _listed("未报", line.missing, lambda entry: entry.street.short_name),
        _listed("迟报", line.late, _late),
        _listed(
            "准许延后、还没有报送",
            extended,
            lambda entry: f"{entry.street.short_name}（延至 {moment(entry.closes_at)}）",
        ),
    ]
    return "\n".join(each for each in lines if each)


def _listed(word: str, entries: Iterable[Entry], name: Callable[[Entry], str]) -> str:
    found = [name(entry) for entry in entries]
    return f"{word} {len(found)} 个：{join(found)}。" if found else ""


def _late(entry: Entry) -> str:
    reason = entry.first.late_reason if entry.first else ""
    said = f"，{reason.rstrip('。')}" if reason else ""
    return f"{entry.street.short_name}（{moment(entry.sent_at)}{said}）"


def _digest_subject(line: Line) -> str:
    named = f"第{line.week.number}周周报报送情况"
    if line.missing:
        return f"{named}：未报 {len(line.missing)} 个街道"
    return f"{named}：应报的街道都已报送" if not line.owing else f"{named}：还有延后的街道没有报送"
