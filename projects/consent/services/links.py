"""Personal links: given out once on paper, answered once, taken in by the tick."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db import transaction

from projects.consent.enums import Choice, RoundState, Standing, Way
from projects.consent.models import Answer, Household, Link, Round
from projects.consent.public.models import Invitation, Submission
from projects.consent.public.services import digest_of, new_token, opinion_of
from renovation.accounts.models import User
from renovation.core.calendar import local_day, local_moment
from renovation.core.errors import Refusal, StateConflict
from renovation.records.services import audit, values_in_force

from .answers import put

TAKEN_AT_ONCE = 500


@dataclass(frozen=True, slots=True)
class Ticket:
    """A household's place and the token of its link, which is known here and on paper alone."""

    household: Household
    token: str


@transaction.atomic
def issue_links(
    *, found: Round, households: Sequence[Household], by: User, now: datetime
) -> list[Ticket]:
    """New links for the households that have not answered, for printing; older ones of theirs are void.

    Refuses a round that is not open (``StateConflict``) and where every household has answered
    (``consent.all_answered``).
    """
    present = Round.objects.select_related("project__programme__bureau", "project__street").get(
        pk=found.pk
    )
    if present.state != RoundState.OPEN:
        raise StateConflict("只有征询中的轮次才能印二维码。", state=present.state)
    ids = [row.pk for row in households]
    locked = list(
        Household.objects.select_for_update()
        .filter(pk__in=ids, estate__project=present.project)
        .order_by("pk")
    )
    answered = set(
        Answer.objects.filter(
            round=present, household__in=locked, standing__in=[Standing.CURRENT, Standing.HELD]
        ).values_list("household_id", flat=True)
    )
    answered |= _submitted(present, [row.pk for row in locked])
    order = {pk: place for place, pk in enumerate(ids)}
    asked = sorted((row for row in locked if row.pk not in answered), key=lambda row: order[row.pk])
    if not asked:
        raise Refusal("consent.all_answered", "这些住户都已经答复，没有要印的二维码。")
    old = Link.objects.filter(round=present, household__in=asked, revoked_at=None)
    Invitation.objects.filter(reference__in=old.values("reference")).update(revoked_at=now)
    old.update(revoked_at=now)
    estates = {estate.pk: estate.name for estate in present.project.estates.all()}
    last_day = last_day_of(found=present, now=now)
    expires_at = local_moment(last_day + timedelta(days=1), time(0))
    tickets = [Ticket(row, new_token()) for row in asked]
    invitations = [
        Invitation(
            reference=uuid.uuid4(),
            round_id=present.reference,
            digest=digest_of(token=ticket.token),
            estate=estates[ticket.household.estate_id],
            place=ticket.household.place,
            expires_at=expires_at,
        )
        for ticket in tickets
    ]
    Invitation.objects.bulk_create(invitations)
    Link.objects.bulk_create(
        Link(
            round=present,
            household=ticket.household,
            reference=invitation.reference,
            issued_by=by,
            issued_at=now,
        )
        for ticket, invitation in zip(tickets, invitations, strict=True)
    )
    audit(
        act="consent.links",
        sentence=f"为{present}印制 {len(tickets)} 户的二维码，先前未用的作废",
        by=by,
        now=now,
        target=present,
        organisation=present.project.street,
        changes={"count": [None, len(tickets)]},
    )
    return tickets


def _submitted(found: Round, ids: Sequence[int]) -> set[int]:
    """Households whose answer came in and waits to be taken in."""
    came = Submission.objects.filter(taken_at=None, invitation__round_id=found.reference)
    links = Link.objects.filter(
        round=found, household_id__in=ids, reference__in=came.values("invitation_id")
    )
    return set(links.values_list("household_id", flat=True))


def last_day_of(*, found: Round, now: datetime) -> date:
    """The last day on which a link that is given out now can be used."""
    values = values_in_force(organisation=found.project.programme.bureau, on=local_day(now))
    days = int(values["consent.link_days"])
    return min(found.closes_on, local_day(now) + timedelta(days=days))


def take_in(*, now: datetime, only: Round | None = None) -> int:
    """Make answers of what residents handed in; how many. Each in its own transaction, safe to run twice."""
    rows = Submission.objects.filter(taken_at=None).select_related("invitation")
    if only is not None:
        rows = rows.filter(invitation__round_id=only.reference)
    return sum(_take(submission, now) for submission in rows[:TAKEN_AT_ONCE])


@transaction.atomic
def _take(submission: Submission, now: datetime) -> bool:
    link = (
        Link.objects.select_related("round__project__street")
        .filter(reference=submission.invitation_id)
        .first()
    )
    if link is None:  # the other instance's clock ran ahead: its file of links is still to come
        return False
    household = Household.objects.select_for_update().get(pk=link.household_id)
    # The words are kept once, with the answer: there they are forgotten in time.
    taken = Submission.objects.filter(pk=submission.pk, taken_at=None)
    if not taken.update(taken_at=now, opinion_sealed=b""):
        return False
    made = Answer(
        round=link.round,
        household=household,
        choice=Choice(submission.choice),
        way=Way.LINK,
        answered_on=local_day(submission.submitted_at),
        recorded_at=now,
    )
    made.keep_opinion(opinion_of(submission=submission))
    rows = Answer.objects.filter(
        round=link.round, household=household, standing__in=[Standing.CURRENT, Standing.HELD]
    )
    current = next((row for row in rows if row.standing == Standing.CURRENT), None)
    contradicts = any(row.choice != made.choice for row in rows)
    if contradicts:
        made.standing = Standing.HELD
        made.save(force_insert=True)
    else:
        made.supersedes = current
        put(answer=made, current=current)
    made.items.set(link.round.items.filter(pk__in=submission.items))
    audit(
        act="consent.take",
        sentence=f"收入{link.round} {household.place}的扫码答复"
        + ("，与已有答复不同，待认定" if contradicts else ""),
        by=None,
        now=now,
        target=made,
        organisation=link.round.project.street,
    )
    return True
