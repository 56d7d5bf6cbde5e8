"""From signed minutes to the paper. Whenever it is compiled it says what was signed: signed rows never change, and
of the items it tells those in force when the first version was signed, with who answered then and the deadline they
were assigned with. A later version corrects words; what was assigned moves on by its own acts."""

from __future__ import annotations

from collections.abc import Iterable

from renovation.accounts.models import named
from renovation.core.calendar import local_day
from renovation.core.wording import join
from renovation.records.acting import stood_for
from renovation.records.services import values_in_force
from reports.papers.parameters import PRINTED_BY
from supervision.dispatch.enums import Presence
from supervision.dispatch.items.answered import answerer_at, transfers_of
from supervision.dispatch.models import Attendee, DispatchItem, Minutes

from .values import AssignedItem, Attendance, Decided, MeetingMinutes


def compile_minutes(*, minutes: Minutes) -> MeetingMinutes:
    """The paper of a signed version; ValueError for one that is not signed. A constant number of queries."""
    if minutes.signed_at is None:
        raise ValueError(f"{minutes} is not signed")
    meeting, bureau = minutes.meeting, minutes.meeting.bureau
    signed_on = local_day(minutes.signed_at)
    attendees = list(minutes.attendees.all())
    decided = {each.topic_id: each.text for each in minutes.decisions.all()}
    return MeetingMinutes(
        bureau_name=bureau.name,
        district_name=bureau.district_name or bureau.short_name,
        printed_by=values_in_force(organisation=bureau, on=signed_on)[PRINTED_BY] or bureau.name,
        name=meeting.title,
        year=meeting.year,
        number=meeting.number or 0,
        week_start=meeting.week_start,
        met_at=minutes.met_at,
        place=minutes.place,
        chair=minutes.chair,
        recorder=minutes.recorder,
        signer=named(minutes.signed_by, stood_for(minutes, "signed_by")),
        signed_on=signed_on,
        topics=tuple(
            Decided(topic.title, topic.facts, decided.get(topic.pk, ""))
            for topic in meeting.topics.kept().order_by("place", "pk")
        ),
        attendance=tuple(_attendance(attendees)),
        items=tuple(_assigned(minutes)),
        units=tuple(
            dict.fromkeys(each.name for each in attendees if each.organisation_id != bureau.pk)
        ),
        summary=minutes.summary,
        is_extra=bool(meeting.extra_reason),
    )


def _attendance(attendees: Iterable[Attendee]) -> Iterable[Attendance]:
    for presence in Presence:
        names = tuple(str(each) for each in attendees if each.presence == presence)
        if names:
            yield Attendance(str(presence.label), names)


def _assigned(minutes: Minutes) -> Iterable[AssignedItem]:
    """What the meeting assigned, as it stood when its first version was signed."""
    first = minutes
    if minutes.version > 1:
        first = minutes.meeting.minutes.get(version=1)
    if first.signed_at is None:
        raise ValueError(f"{first} is not signed")
    rows = minutes.meeting.items.filter(in_force_at__lte=first.signed_at)
    rows = rows.exclude(cancelled_at__lte=first.signed_at).select_related("project", "organisation")
    items = list(rows.prefetch_related("co_organisations").order_by("week_start", "number"))
    transfers = transfers_of(items)
    for item in items:
        answerer = answerer_at(
            item=item, transfers=transfers.get(item.pk, ()), moment=first.signed_at
        )
        yield _item(item, answerer.name)


def _item(item: DispatchItem, answerer: str) -> AssignedItem:
    helpers = [each.short_name for each in item.co_organisations.all()]
    return AssignedItem(
        code=item.code,
        task=item.task,
        project=item.project.name if item.project is not None else "",
        answerer=answerer,
        helpers=join([*helpers, *([item.co_names] if item.co_names else [])]),
        standard=item.standard,
        due_on=item.first_due_on,
    )
